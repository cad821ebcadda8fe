//! JWT: signed (RFC 7515) and encrypted (RFC 7516) tokens in compact form, whose header says which algorithm.

use std::ops::Range;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;

use super::rule::{Found, Rule, Wake};
use super::secret::{has, may_start};
use super::wrapped::{Unwrapped, is_break};
use crate::{EntityType, Score};

/// Base64 of `{"`, `{` and a line break, `{ "`: how a header starts.
const STARTS: [&str; 3] = ["eyJ", "ewog", "eyAi"];
/// A longer header is none.
const MAX_HEADER: usize = 8 * 1024;
/// A header that stands shortly behind another inside a longer word is only read this far.
const MAX_GLUED_HEADER: usize = 200;
/// How far back another start is looked for.
const CROWD_REACH: usize = 1024;
/// An encrypted token has five parts.
const MAX_PARTS: usize = 5;
/// Base64 characters of the signatures of 32, 48, 64, 96, 132, 256, 384 and 512 bytes.
const SIGNATURES: [usize; 8] = [43, 64, 86, 128, 176, 342, 512, 683];
/// A signature without a payload before it, or behind one that is no JSON, has at least this many characters.
const MIN_SIGNATURE: usize = 20;

/// Finds tokens by their header.
pub(super) struct Jwt {
    detector: Arc<str>,
}

impl Jwt {
    pub(super) fn new() -> Self {
        Self {
            detector: "jwt".into(),
        }
    }
}

impl Rule for Jwt {
    fn literals(&self) -> Vec<String> {
        STARTS.iter().map(|start| start.to_ascii_lowercase()).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let bytes = text.as_bytes();
        if bytes[at.range()] != *STARTS[index].as_bytes() || !may_start(bytes, at.start) {
            return;
        }
        let read = read_token(&bytes[at.start..], is_crowded(bytes, at.start));
        let stop = at.start + read.as_ref().map_or_else(|stop| *stop, |token| token.len);
        let wrapped = is_break(bytes, stop).then(|| wrapped_end(bytes, at.start..stop, read.as_ref().ok()));
        let Some(end) = wrapped.flatten().or(read.is_ok().then_some(stop)) else {
            return;
        };
        found.push(EntityType::Jwt, at.start, end, Score::CERTAIN, &self.detector);
    }
}

/// Where the token ends that goes on behind the line break at `part.end`; `plain` is the token without what follows.
fn wrapped_end(bytes: &[u8], part: Range<usize>, plain: Option<&Token>) -> Option<usize> {
    if plain.is_some_and(Token::is_signed) {
        return None;
    }
    let read = |enough| {
        let unwrapped = Unwrapped::read(bytes, part.clone(), enough)?;
        let token = read_token(unwrapped.bytes(), false).ok()?;
        Some((unwrapped, token))
    };
    let (loose, token) = read(usize::MAX)?;
    // A signature's length says which of the following lines belong to it.
    let signed = loose
        .piece_ends()
        .filter(|end| *end <= token.len)
        .find(|end| token.cut(*end).is_some_and(|token| token.is_signed()));
    if let Some(end) = signed {
        return Some(loose.end_in_text(end));
    }
    let (strict, token) = read(plain.map_or(usize::MAX, |token| token.len))?;
    Some(strict.end_in_text(token.len))
}

/// A token that was read whole.
struct Token {
    len: usize,
    /// Bytes of the last part.
    signature: usize,
}

impl Token {
    /// Whether the signature is as long as one of the registered algorithms (RFC 7518, RFC 8037) makes it.
    fn is_signed(&self) -> bool {
        SIGNATURES.contains(&self.signature)
    }

    /// The token that ends at `end`, if that is in the signature.
    fn cut(&self, end: usize) -> Option<Self> {
        let signature = self.signature.checked_sub(self.len - end)?;
        Some(Self { len: end, signature })
    }
}

const fn is_url64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Whether the start at `at` stands inside a longer word, shortly behind another start: each of a run of them would read
/// the rest of the run.
fn is_crowded(bytes: &[u8], at: usize) -> bool {
    // Most are seen close by.
    [CROWD_REACH / 32, CROWD_REACH].into_iter().any(|reach| {
        let window = &bytes[at.saturating_sub(reach)..at];
        let word = window.iter().rev().take_while(|b| is_url64(**b)).count();
        let mut before = window[window.len() - word..].windows(3).rev();
        before.any(|part| STARTS.iter().any(|start| start.as_bytes().starts_with(part)))
    })
}

fn url64_run(bytes: &[u8], most: usize) -> usize {
    bytes.iter().take(most).take_while(|b| is_url64(**b)).count()
}

/// The token that the bytes start with, or where they stop being one.
fn read_token(bytes: &[u8], is_crowded: bool) -> Result<Token, usize> {
    let header = url64_run(
        bytes,
        if is_crowded {
            MAX_GLUED_HEADER
        } else {
            MAX_HEADER + 1
        },
    );
    if bytes.get(header) != Some(&b'.') || header > MAX_HEADER {
        return Err(header);
    }
    let encrypted = match decoded_header(&bytes[..header]) {
        Some(json) => has(&json, "\"enc\""),
        None => return Err(0),
    };
    let mut parts = [0; MAX_PARTS];
    let mut count = 1;
    let mut end = header;
    while count < if encrypted { MAX_PARTS } else { 3 } && bytes.get(end) == Some(&b'.') {
        parts[count] = url64_run(&bytes[end + 1..], bytes.len());
        end += 1 + parts[count];
        count += 1;
    }
    let payload = &bytes[header + 1..header + 1 + parts[1]];
    let is_token = match count {
        MAX_PARTS => parts[2..].iter().sum::<usize>() >= MIN_SIGNATURE,
        _ if encrypted => false,
        _ => STARTS.iter().any(|start| payload.starts_with(start.as_bytes())) || parts[2] >= MIN_SIGNATURE,
    };
    let token = Token {
        len: end,
        signature: parts[count - 1],
    };
    if is_token { Ok(token) } else { Err(end) }
}

/// The header's JSON, if it is an object that names an algorithm.
fn decoded_header(header: &[u8]) -> Option<Vec<u8>> {
    let json = BASE64URL_NOPAD.decode(header).ok()?;
    let trimmed = json.trim_ascii();
    (trimmed.starts_with(b"{") && trimmed.ends_with(b"}") && has(trimmed, "\"alg\"")).then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::RuleSet;

    fn found(text: &str) -> Vec<&str> {
        let rules = RuleSet::new(vec![Box::new(Jwt::new())]).unwrap();
        let mut detections = Vec::new();
        rules.find(text, &mut detections);
        detections.into_iter().map(|d| &text[d.span.range()]).collect()
    }

    fn token(header: &str, rest: &[&str]) -> String {
        let mut token = BASE64URL_NOPAD.encode(header.as_bytes());
        for part in rest {
            token.push('.');
            token.push_str(part);
        }
        token
    }

    fn signed() -> String {
        let payload = BASE64URL_NOPAD.encode(br#"{"sub":"42","name":"A. Person"}"#);
        token(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            &[&payload, "dQw4w9WgXcQ-7_kqLmN0pRsTuVwXyZ12345678abcde"],
        )
    }

    #[test]
    fn signed_unsigned_encrypted_and_cut_tokens() {
        let payload = BASE64URL_NOPAD.encode(br#"{"sub":"42"}"#);
        let signature = "dQw4w9WgXcQ-7_kqLmN0pRsTuVwXyZ12345678abcde";
        for token in [
            signed(),
            token(r#"{"alg":"none"}"#, &[&payload, ""]),
            token(
                "{\n \"typ\": \"JWT\", \"alg\": \"RS256\"}\n",
                &[&payload, signature],
            ),
            token(r#"{ "alg":"ES256"}"#, &["", signature]),
            token(
                r#"{"alg":"dir","enc":"A256GCM"}"#,
                &["", "48V1_ALb6US04U3b", signature, "XFBoMYUZodetZdv"],
            ),
            token(r#"{"alg":"HS256"}"#, &[&payload]),
        ] {
            assert_eq!(
                found(&format!("Cookie: t={token}; x")),
                [token.as_str()],
                "{token}"
            );
        }
    }

    #[test]
    fn a_name_may_be_glued_to_a_token() {
        let long = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "k".repeat(300));
        let rest = signed();
        let payload = rest.split('.').nth(1).unwrap();
        for token in [
            signed(),
            token(&long, &[payload, "dQw4w9WgXcQ-7_kqLmN0pRsTuVwXyZ12345678abcde"]),
        ] {
            for before in ["jwt_", "my-token-", "a.", "<EMAIL_", "key=", "t:", "x/"] {
                assert_eq!(found(&format!("{before}{token}")), [token.as_str()], "{before}");
            }
        }
    }

    #[test]
    fn a_wrapped_token_is_one() {
        let token = signed();
        for width in [20, 40, 64, 76] {
            let lines: Vec<_> = token
                .as_bytes()
                .chunks(width)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            let wrapped = lines.join("\n");
            assert_eq!(
                found(&format!("{wrapped}\n\nThanks")),
                [wrapped.as_str()],
                "{width}"
            );
        }
        assert_eq!(found(&format!("{token}\nThanks")), [token.as_str()]);
    }

    #[test]
    fn other_base64_is_none() {
        let json = BASE64URL_NOPAD.encode(br#"{"cursor":{"id":42,"after":true}}"#);
        for text in [
            json.clone(),
            format!("{json}.{json}.{json}"),
            token(r#"{"alg":"HS256"}"#, &[]),
            format!("{}...", token(r#"{"alg":"HS256"}"#, &[])),
            token(r#"{"alg":"HS256"}"#, &["to_string", "len"]),
            format!("x{}", signed()),
        ] {
            assert!(found(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        let header = token(r#"{"alg":"none"}"#, &[]);
        for unit in [
            "eyJ",
            "eyJ.",
            "-eyJhbGciOi",
            &format!("-eyJ{}", "a".repeat(1100)),
            &format!("{header}."),
            &format!("-{header}"),
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(found(&text).len() <= text.len() / unit.len());
        }
    }
}
