//! API_KEY by context: keys that look like any other random word, told by the name of their service before them and by a
//! word such as `key` or `token` beside it: `my Datadog API key is ...`, `CLOUDFLARE_TOKEN=...`.

mod services;

use std::sync::Arc;

use self::services::{SERVICES, Service};
use super::api_key::Shape;
use super::rule::{Found, Rule, Wake};
use super::secret::{has, is_random, is_template};
use crate::{ByteSpan, EntityType, Score};

/// How far behind the service's name its key may stand.
const REACH: usize = 100;
/// How far before the name the word `key` may stand: `the API key for Datadog: ...`.
const REACH_BACK: usize = 24;
/// No key of the table is shorter.
const MIN_KEY: usize = 15;
/// No word is read further.
const MAX_WORD: usize = 128;
/// Words that say that a secret follows.
const INDICATORS: [&str; 8] = [
    "key",
    "token",
    "secret",
    "password",
    "credential",
    "密钥",
    "令牌",
    "秘钥",
];

/// Finds keys by their service's name.
pub(super) struct ServiceKeys {
    services: Vec<Known>,
    /// Which service each literal names.
    named: Vec<usize>,
}

struct Known {
    shapes: Vec<Shape>,
    detector: Arc<str>,
}

impl ServiceKeys {
    pub(super) fn new() -> Self {
        let count = |(nth, service): (usize, &Service)| std::iter::repeat_n(nth, service.names.len());
        Self {
            services: SERVICES.iter().map(known).collect(),
            named: SERVICES.iter().enumerate().flat_map(count).collect(),
        }
    }
}

fn known(service: &Service) -> Known {
    let shape = |text: &&'static str| Shape::parse(text).expect("a test reads every shape of the table");
    Known {
        shapes: service.shapes.iter().map(shape).collect(),
        detector: format!("api_key.{}", service.provider).into(),
    }
}

impl Rule for ServiceKeys {
    fn literals(&self) -> Vec<String> {
        let names = SERVICES.iter().flat_map(|service| service.names);
        names.map(|name| (*name).to_owned()).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let service = &self.services[self.named[index]];
        if let Some(key) = service.key_behind(text.as_bytes(), at) {
            found.push(
                EntityType::ApiKey,
                key.start,
                key.end,
                Score::LIKELY,
                &service.detector,
            );
        }
    }
}

impl Known {
    fn key_behind(&self, bytes: &[u8], name: ByteSpan) -> Option<ByteSpan> {
        let to = bytes.len().min(name.end + REACH);
        let mut at = name.end;
        while at < to {
            let word = bytes[at..]
                .iter()
                .take(MAX_WORD)
                .take_while(|b| !separates(**b))
                .count();
            if word >= MIN_KEY && separates(bytes[at - 1]) {
                let key = self
                    .key_at(bytes, at)
                    .filter(|key| is_indicated(bytes, name, key.start));
                if key.is_some() {
                    return key;
                }
            }
            if bytes[at + word..].starts_with(b"\n\n") {
                return None;
            }
            at += word + 1;
        }
        None
    }

    fn key_at(&self, bytes: &[u8], at: usize) -> Option<ByteSpan> {
        let ends = self.shapes.iter().filter_map(|shape| shape.read(bytes, at).ok());
        let end = ends
            .filter(|end| bytes.get(*end).is_none_or(|b| separates(*b) || *b == b'.'))
            .max()?;
        let key = &bytes[at..end];
        (is_random(key) && !is_template(key)).then(|| ByteSpan::new(at, end))
    }
}

/// Whether the text before the key that starts at `key` says that it is one.
fn is_indicated(bytes: &[u8], name: ByteSpan, key: usize) -> bool {
    let said = &bytes[name.start.saturating_sub(REACH_BACK)..key];
    INDICATORS.iter().any(|word| has(said, word))
}

/// What stands around a value.
const fn separates(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b'"' | b'\''
                | b'`'
                | b'='
                | b':'
                | b'('
                | b')'
                | b'>'
                | b'<'
                | b'|'
                | b','
                | b';'
                | b'\\'
                | b']'
                | b'*'
                | b'&'
                | 0x80..
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{found, typed};

    fn made(service: &Service, seed: u64) -> impl Iterator<Item = String> {
        service
            .shapes
            .iter()
            .map(move |shape| Shape::parse(shape).unwrap().sample(seed))
    }

    #[test]
    fn every_service_is_found_in_sentences_and_settings() {
        for (service, seed) in SERVICES.iter().zip(5..) {
            for key in made(service, seed).filter(|key| is_random(key.as_bytes())) {
                let name = service.names[0];
                for text in [
                    format!("my {name} API key is {key}."),
                    format!("the secret for {name}: \"{key}\""),
                    format!("{name}_token={key}\n"),
                    format!("{name} 的密钥：{key}。"),
                ] {
                    assert_eq!(
                        typed(ServiceKeys::new(), &text),
                        [format!("API_KEY {key}")],
                        "{service:?} {text}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_random_word_without_its_context_is_none() {
        for (service, seed) in SERVICES.iter().zip(50..) {
            for key in made(service, seed) {
                let name = service.names[0];
                for text in [
                    format!("{name} is at commit {key}"),
                    format!("the API key: {key}"),
                    format!("the {name} API key\n\n{key}"),
                    format!("{name} key {key}_{key}"),
                    format!("{name} key {}", &key[..key.len() - 4]),
                ] {
                    assert!(found(ServiceKeys::new(), &text).is_empty(), "{text}");
                }
            }
        }
        assert!(
            found(
                ServiceKeys::new(),
                "datadog api key: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            )
            .is_empty()
        );
    }

    #[test]
    fn hostile_runs_end() {
        for unit in ["datadog", "datadog key ", "datadog key a1b2c3 "] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(found(ServiceKeys::new(), &text).is_empty());
        }
    }
}
