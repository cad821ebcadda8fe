//! PRIVATE_KEY: the private members of JSON Web Keys (RFC 7518, section 6), in a text or as a member by itself.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_template;
use crate::{EntityType, Score};

/// Private members: of RSA, elliptic curve and octet keys.
const MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
/// The shortest private value: 256 bits in base64url (RFC 7518, 6.2.2).
const MIN_VALUE: usize = 42;
/// The longest: 8192 bits.
const MAX_VALUE: usize = 1400;
/// How far away `"kty"` may stand: a whole RSA key of 4096 bits, indented.
const REACH: usize = 4096;
/// Names a JSON Web Key's type, which every one has.
const TYPE: &[u8] = b"\"kty\"";

/// Finds private members of JSON Web Keys.
pub(super) struct JsonWebKeys {
    detector: Arc<str>,
}

impl JsonWebKeys {
    pub(super) fn new() -> Self {
        Self {
            detector: "private_key.jwk".into(),
        }
    }
}

impl Rule for JsonWebKeys {
    fn literals(&self) -> Vec<String> {
        let quoted = MEMBERS.iter().map(|name| format!("\"{name}\""));
        let labels = MEMBERS.iter().map(|name| format!("{name}: "));
        quoted.chain(labels).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let bytes = text.as_bytes();
        let span = if index < MEMBERS.len() {
            member(bytes, at.start, at.end)
        } else if at.start == 0 && MEMBERS[index - MEMBERS.len()] != "k" {
            // The label of a whole value; `k` is too common a name for anything.
            value(bytes, at.end).filter(|(_, end)| *end == bytes.len())
        } else {
            None
        };
        if let Some((start, end)) = span {
            found.push(EntityType::PrivateKey, start, end, Score::STRONG, &self.detector);
        }
    }
}

/// The value behind the name at `from..to`, in an object that says it is a key.
fn member(bytes: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let colon = to + spaces(&bytes[to..]);
    let open = colon + 1 + spaces(bytes.get(colon + 1..)?);
    if bytes[colon] != b':' || bytes.get(open) != Some(&b'"') {
        return None;
    }
    let (start, end) = value(bytes, open + 1).filter(|(_, end)| bytes.get(*end) == Some(&b'"'))?;
    let before = &bytes[from.saturating_sub(REACH)..from];
    let after = &bytes[end..bytes.len().min(end + REACH)];
    let is_key = [before, after]
        .iter()
        .any(|near| memchr::memmem::find(near, TYPE).is_some());
    is_key.then_some((start, end))
}

/// A run of base64url at `at`, as long and as mixed as a key.
fn value(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let is_base64url = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let run = bytes[at..]
        .iter()
        .take(MAX_VALUE + 1)
        .take_while(is_base64url)
        .count();
    let value = &bytes[at..at + run];
    let mixed = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    let is_key = (MIN_VALUE..=MAX_VALUE).contains(&run)
        && mixed.iter().all(|class| value.iter().any(class))
        && !is_template(value);
    is_key.then_some((at, at + run))
}

fn spaces(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(64)
        .take_while(|b| b.is_ascii_whitespace())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::typed;

    /// RFC 7517, A.2, its first key.
    const D: &str = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";

    #[test]
    fn private_members_of_a_key_are_found() {
        for text in [
            format!(r#"{{"kty":"EC","crv":"P-256","d":"{D}","use":"enc"}}"#),
            format!("{{\n  \"d\" : \"{D}\",\n  \"kty\" : \"OKP\"\n}}"),
            format!(r#"{{"kty":"oct","k":"{D}"}}"#),
            format!("d: {D}"),
            format!("dp: {D}"),
        ] {
            assert_eq!(
                typed(JsonWebKeys::new(), &text),
                [format!("PRIVATE_KEY {D}")],
                "{text}"
            );
        }
    }

    #[test]
    fn public_members_and_other_objects_are_not() {
        for text in [
            format!(r#"{{"kty":"EC","x":"{D}"}}"#),
            format!(r#"{{"d":"{D}"}}"#),
            format!("k: {D}"),
            format!("and d: {D}"),
            r#"{"kty":"EC","d":"M10 20 30 40 50 60 70 80 90 100 110 120 130"}"#.to_owned(),
            format!(r#"{{"kty":"EC","d":"{}"}}"#, "a".repeat(43)),
        ] {
            assert!(typed(JsonWebKeys::new(), &text).is_empty(), "{text}");
        }
    }
}
