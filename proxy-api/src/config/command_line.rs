//! Upstreams of the command line as a layer of the configuration: `name=url[;adapter=...][;path_prefix=/path]`, the form that
//! other local proxies have.

use std::collections::BTreeMap;

use figment::value::{Dict, Empty, Map, Tag, Value};
use figment::{Error, Metadata, Profile, Provider};

use super::ConfigError;
use super::upstreams::{AZURE, is_azure};

const FORM: &str = "not an upstream; expected name=url with a name of a-z, 0-9, _ and -, then ;adapter=openai, anthropic or \
                    azure and ;path_prefix=/path where they are needed";

/// The upstreams by name.
#[derive(Debug, Default)]
pub(super) struct Arguments(BTreeMap<String, Entry>);

/// Base URLs that an argument comes to, checked with all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    openai: Option<String>,
    is_azure: bool,
    anthropic: Option<String>,
}

impl Arguments {
    pub(super) fn new(texts: &[String]) -> Result<Self, ConfigError> {
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for (nth, text) in texts.iter().enumerate() {
            let name = text.split('=').next().unwrap_or_default().trim();
            // What has the form of a name is no secret that went to the wrong place.
            let is_name = text.contains('=') && is_name(name);
            let fail = |problem| {
                let number = format!("number {}", nth + 1);
                let shown = if is_name { name } else { number.as_str() };
                ConfigError::Keys(format!("--upstream {shown}: {problem}"))
            };
            if !is_name {
                return Err(fail(FORM));
            }
            let entry = Entry::parse(text).map_err(fail)?;
            let known = entries.entry(name.to_owned()).or_default();
            let is_twice = (known.openai.is_some() && entry.openai.is_some())
                || (known.anthropic.is_some() && entry.anthropic.is_some());
            if is_twice {
                return Err(fail("given twice for one API; `adapter` says for which each is"));
            }
            known.is_azure |= entry.is_azure;
            known.openai = known.openai.take().or(entry.openai);
            known.anthropic = known.anthropic.take().or(entry.anthropic);
        }
        Ok(Self(entries))
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        let (name, url) = parts.next().and_then(|part| part.split_once('=')).ok_or(FORM)?;
        let (mut adapter, mut prefix) = (None, None);
        for part in parts {
            let (key, value) = part.split_once('=').ok_or(FORM)?;
            let slot = match key.trim() {
                "adapter" => &mut adapter,
                "path_prefix" => &mut prefix,
                _ => return Err("unknown option; allowed: adapter, path_prefix"),
            };
            if slot.replace(value.trim()).is_some() {
                return Err("an option is given twice");
            }
        }
        let url = url.trim().trim_end_matches('/');
        let host = url.split('/').nth(2).unwrap_or_default();
        let is_azure = name.trim() == AZURE || is_azure(host.split(':').next().unwrap_or_default());
        let base = match prefix.map(|prefix| prefix.trim_matches('/')) {
            None | Some("") => url.to_owned(),
            Some(prefix) => format!("{url}/{prefix}"),
        };
        let mut segments = base.split('/').skip(3);
        let is_versioned = segments.any(is_version) || prefix == Some("/");
        let versionless = base.strip_suffix("/v1").map(str::to_owned);
        let openai = || {
            let version = if is_versioned { "" } else { "/v1" };
            Some(format!("{base}{version}"))
        };
        let anthropic = || versionless.clone().unwrap_or_else(|| base.clone());
        Ok(match adapter {
            None if is_azure => Self::azure(base),
            Some("azure") => Self::azure(base),
            Some("openai") => Self {
                openai: openai(),
                ..Self::default()
            },
            Some("anthropic") => Self {
                anthropic: Some(anthropic()),
                ..Self::default()
            },
            // The path that a caller asks for says which API it means.
            None => Self {
                openai: openai(),
                anthropic: (versionless.is_some() || !is_versioned).then(anthropic),
                is_azure: false,
            },
            Some(_) => return Err("unknown adapter; allowed: openai, anthropic, azure"),
        })
    }

    fn azure(base: String) -> Self {
        Self {
            openai: Some(base),
            is_azure: true,
            anthropic: None,
        }
    }

    /// All keys that say where an upstream is: what a file says of them no longer holds.
    fn values(&self) -> Dict {
        let text = |text: Option<&str>| text.map_or(Value::Empty(Tag::Default, Empty::None), Value::from);
        let api = self
            .openai
            .as_ref()
            .map(|_| if self.is_azure { "azure" } else { "openai" });
        Dict::from([
            ("base_url".to_owned(), text(self.openai.as_deref())),
            ("anthropic_base_url".to_owned(), text(self.anthropic.as_deref())),
            ("api".to_owned(), text(api)),
        ])
    }
}

fn is_name(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    (1..=32).contains(&text.len()) && text.bytes().all(is_plain)
}

/// `v1`, `v4`, `v1beta`.
fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

impl Provider for Arguments {
    fn metadata(&self) -> Metadata {
        Metadata::named("command line").interpolater(|_, keys| {
            let name = keys.get(1).copied().unwrap_or_default();
            format!("--upstream {name}")
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let entries = self.0.iter();
        let upstreams: Dict = entries
            .map(|(name, entry)| (name.clone(), Value::from(entry.values())))
            .collect();
        let mut layer = Dict::new();
        if !upstreams.is_empty() {
            layer.insert("upstreams".to_owned(), Value::from(upstreams));
        }
        Ok(Profile::Default.collect(layer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_comes_to_base_urls() {
        let both = |openai: &str, anthropic: &str| (Some(openai.to_owned()), Some(anthropic.to_owned()));
        for (text, expected) in [
            ("a=https://h", both("https://h/v1", "https://h")),
            ("a=https://h/v1/", both("https://h/v1", "https://h")),
            ("a=https://h:8/x", both("https://h:8/x/v1", "https://h:8/x")),
            (
                "a=https://h;adapter=anthropic;path_prefix=/x",
                (None, Some("https://h/x".to_owned())),
            ),
            (
                "a = https://h ; path_prefix=x/v1 ; adapter=anthropic",
                (None, Some("https://h/x".to_owned())),
            ),
            (
                "a=https://h;adapter=openai;path_prefix=/openai",
                (Some("https://h/openai/v1".to_owned()), None),
            ),
            (
                "a=https://h;path_prefix=/api/paas/v4",
                (Some("https://h/api/paas/v4".to_owned()), None),
            ),
            (
                "a=https://h;adapter=openai;path_prefix=/",
                (Some("https://h".to_owned()), None),
            ),
            (
                "a=https://r.openai.azure.com",
                (Some("https://r.openai.azure.com".to_owned()), None),
            ),
            (
                "azure=http://127.0.0.1:1/openai/v1",
                (Some("http://127.0.0.1:1/openai/v1".to_owned()), None),
            ),
        ] {
            let entry = Entry::parse(text).unwrap();
            assert_eq!((entry.openai, entry.anthropic), expected, "{text}");
        }
    }
}
