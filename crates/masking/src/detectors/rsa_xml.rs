//! PRIVATE_KEY: the private members of an RSA key in XML, as .NET writes one (`RSAKeyValue`).

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_template;
use super::text::ends_with_ignore_case;
use crate::{EntityType, Score};

/// The end tags of the private members.
const END_TAGS: [&str; 6] = ["</d>", "</p>", "</q>", "</dp>", "</dq>", "</inverseq>"];
/// The shortest value: half of 512 bits in base64.
const MIN_VALUE: usize = 42;
/// The longest: 8192 bits, in lines.
const MAX_VALUE: usize = 1500;

/// Finds private members of RSA keys in XML.
pub(super) struct RsaXmlKeys {
    detector: Arc<str>,
}

impl RsaXmlKeys {
    pub(super) fn new() -> Self {
        Self {
            detector: "private_key.rsa_xml".into(),
        }
    }
}

impl Rule for RsaXmlKeys {
    fn literals(&self) -> Vec<String> {
        END_TAGS.map(str::to_owned).into()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let is_part =
            |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\n' | b'\r' | b' ');
        let before = &text.as_bytes()[at.start.saturating_sub(MAX_VALUE)..at.start];
        let len = before.iter().rev().take_while(is_part).count();
        let start = at.start - len;
        let value = &text.as_bytes()[start..at.start];
        let open = END_TAGS[index].replace("</", "<");
        if len >= MIN_VALUE && ends_with_ignore_case(&text[..start], &open) && is_key(value) {
            found.push(
                EntityType::PrivateKey,
                start,
                at.start,
                Score::STRONG,
                &self.detector,
            );
        }
    }
}

/// Whether a value is as mixed as a key.
fn is_key(value: &[u8]) -> bool {
    let mixed = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    mixed.iter().all(|class| value.iter().any(class)) && !value.contains(&b' ') && !is_template(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, typed};

    #[test]
    fn private_members_are_found() {
        let value = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE=";
        let text = format!(
            "<RSAKeyValue><Modulus>{value}</Modulus><Exponent>AQAB</Exponent><P>{value}</P><InverseQ>{value}</InverseQ>\n  <D>{value}</D></RSAKeyValue>"
        );
        let expected = format!("PRIVATE_KEY {value}");
        assert_eq!(
            typed(RsaXmlKeys::new(), &text),
            [&*expected, &*expected, &*expected]
        );
    }

    #[test]
    fn paragraphs_and_paths_are_not() {
        for text in [
            "<p>A paragraph of 12 words that goes on and on for quite a while</p>",
            "<p>M10203040506070809010011012013014015016017018019</p>",
            "<d>short1A</d>",
        ] {
            assert!(typed(RsaXmlKeys::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(RsaXmlKeys::new(), &["</d>", "<d>aA1</d>", "aA1"]);
    }
}
