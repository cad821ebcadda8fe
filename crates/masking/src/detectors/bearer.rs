//! BEARER_TOKEN: what authorization headers carry.

use std::sync::Arc;

use data_encoding::{BASE64, BASE64_NOPAD};

use super::rule::{Found, Rule, Wake};
use super::secret::{behind_pieces, has, is_random, is_template, is_unbroken};
use super::url::is_password;
use crate::{ByteSpan, EntityType, Score};

const LITERALS: [&str; 3] = ["authorization", "bearer ", "basic "];
/// A token behind a scheme's name, and one that only its header shows.
const MIN_TOKEN: usize = 16;
/// Base64 of four to six bytes: a name, a colon and a password have no fewer.
const MIN_BASIC: usize = 8;
const MAX_TOKEN: usize = 4096;
/// Longest credentials that are decoded.
const MAX_BASIC: usize = 512;
/// Longer than the name of any registered scheme.
const MAX_SCHEME: usize = 24;
/// Most blanks before a token.
const MAX_BLANKS: usize = 8;
/// Finds credentials by their header or scheme.
pub(super) struct BearerTokens {
    bearer: Arc<str>,
    basic: Arc<str>,
}

impl BearerTokens {
    pub(super) fn new() -> Self {
        Self {
            bearer: "bearer_token".into(),
            basic: "bearer_token.basic".into(),
        }
    }

    fn push(found: &mut Found, span: Option<ByteSpan>, score: Score, detector: &Arc<str>) {
        if let Some(span) = span {
            found.push(EntityType::BearerToken, span.start, span.end, score, detector);
        }
    }
}

impl Rule for BearerTokens {
    fn literals(&self) -> Vec<String> {
        LITERALS.map(str::to_owned).to_vec()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let bytes = text.as_bytes();
        if found.covers(at.start, &EntityType::BearerToken) {
            return;
        }
        match index {
            0 => Self::push(found, in_header(bytes, at.end), Score::STRONG, &self.bearer),
            1 => Self::push(found, token(bytes, at.end), Score::STRONG, &self.bearer),
            _ => Self::push(found, basic(bytes, at.end), Score::CERTAIN, &self.basic),
        }
    }
}

const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=' | b':')
}

fn token_len(bytes: &[u8]) -> usize {
    let len = bytes
        .iter()
        .take(MAX_TOKEN)
        .take_while(|b| is_token_byte(**b))
        .count();
    let dots = bytes[..len]
        .iter()
        .rev()
        .take_while(|b| matches!(b, b'.' | b':'))
        .count();
    len - dots
}

/// The random token that starts at `from`.
fn token(bytes: &[u8], from: usize) -> Option<ByteSpan> {
    let blanks = bytes[from..].iter().take(MAX_BLANKS).take_while(|b| **b == b' ');
    let from = behind_pieces(bytes, from + blanks.count());
    let token = &bytes[from..from + token_len(&bytes[from..])];
    let is_made = is_random(token) || is_unbroken(token);
    let is_token = token.len() >= MIN_TOKEN && is_made && !is_template(token);
    is_token.then(|| ByteSpan::new(from, from + token.len()))
}

/// The credentials of the header whose name ends at `from`: `Authorization: Token ...`, with or without a scheme.
/// Those of `Bearer` and `Basic` are found by the scheme.
fn in_header(bytes: &[u8], from: usize) -> Option<ByteSpan> {
    let gap = bytes[from..]
        .iter()
        .take(8)
        .take_while(|b| {
            matches!(
                b,
                b'"' | b'\'' | b'\\' | b' ' | b':' | b'=' | b'>' | b',' | b'`' | b']'
            )
        })
        .count();
    let start = from + gap;
    let scheme = bytes[start..]
        .iter()
        .take(MAX_SCHEME)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count();
    let name = &bytes[start..start + scheme];
    let before = bytes[..from - LITERALS[0].len()].last();
    let is_glued =
        before.is_some_and(|b| is_token_byte(*b)) && !has(&bytes[from.saturating_sub(20)..from], "proxy-");
    if gap == 0 || is_glued || name.eq_ignore_ascii_case(b"bearer") || name.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    // An argument of a call, which is no literal: `set("Authorization", header(token))`.
    let marks = &bytes[from..start];
    if marks.contains(&b',') && !matches!(marks.last(), Some(b'"' | b'\'' | b'`' | b'\\')) {
        return None;
    }
    let found = match bytes.get(start + scheme) {
        Some(b' ' | b'=') if scheme > 0 => token(bytes, start + scheme + 1),
        _ => token(bytes, start),
    };
    found.filter(|span| {
        let is_call = matches!(bytes.get(span.end), Some(b'(' | b'['));
        !is_call && !is_member(&bytes[span.range()])
    })
}

/// Whether a would-be token is a path of names in code: `self.auth2Header`.
fn is_member(token: &[u8]) -> bool {
    let is_name = |name: &[u8]| {
        name.first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && !is_random(name)
    };
    token.contains(&b'.') && token.split(|b| *b == b'.').all(is_name)
}

/// Base64 of `user:password` that starts at `from`.
fn basic(bytes: &[u8], from: usize) -> Option<ByteSpan> {
    let rest = &bytes[from..];
    let len = rest
        .iter()
        .take(MAX_BASIC + 1)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        .count();
    let encoded = &rest[..len];
    if !(MIN_BASIC..=MAX_BASIC).contains(&len) || encoded.iter().all(u8::is_ascii_lowercase) {
        return None;
    }
    let decoded = BASE64
        .decode(encoded)
        .or_else(|_| BASE64_NOPAD.decode(encoded))
        .ok()?;
    let colon = decoded.iter().position(|b| *b == b':')?;
    let is_text = std::str::from_utf8(&decoded).is_ok_and(|text| !text.contains(char::is_control));
    (is_text && is_password(&decoded[..colon], &decoded[colon + 1..]))
        .then(|| ByteSpan::new(from, from + len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{found, typed};

    fn secrets(text: &str) -> Vec<String> {
        found(BearerTokens::new(), text)
    }

    fn made() -> String {
        ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat()
    }

    #[test]
    fn tokens_in_headers() {
        let made = made();
        for text in [
            format!("Authorization: Bearer {made}"),
            format!("\"authorization\": \"Bearer {made}\","),
            format!("curl -H 'Authorization: token {made}' https://host"),
            format!("headers[\"Authorization\"] = \"Bot {made}\""),
            format!("Proxy-Authorization: {made}"),
            format!("Authorization: ApiKey {made}"),
            format!("it says bearer {made}."),
            format!("headers.set('Authorization', 'Bearer {made}')"),
        ] {
            assert_eq!(
                typed(BearerTokens::new(), &text),
                [format!("BEARER_TOKEN {made}")],
                "{text}"
            );
        }
    }

    #[test]
    fn a_token_behind_a_template_is_one() {
        let made = made();
        for before in ["<x>", "${x}", "{{a}}", "\u{fffc}", "example-", "fake_", "..."] {
            let text = format!("Authorization: Bearer {before}{made}");
            let found = secrets(&text);
            assert_eq!(found.len(), 1, "{text} {found:?}");
            assert!(found[0].ends_with(&made), "{text}");
        }
    }

    #[test]
    fn blanks_and_short_names_of_templates_stand_before_a_token() {
        let token = made();
        for before in ["Authorization: Bearer  ", "authorization: Bearer %x%"] {
            assert_eq!(
                secrets(&format!("{before}{token} ")),
                [token.as_str()],
                "{before}"
            );
        }
    }

    #[test]
    fn an_unbroken_word_is_a_token() {
        assert_eq!(
            secrets("Authorization: Bearer abcdef1234567890"),
            ["abcdef1234567890"]
        );
    }

    #[test]
    fn basic_credentials() {
        let encoded = BASE64.encode(b"bob:hunter2");
        assert_eq!(
            secrets(&format!("Authorization: Basic {encoded}")),
            [encoded.as_str()]
        );
    }

    #[test]
    fn words_and_templates_are_none() {
        for text in [
            "Authorization: Bearer <token>",
            "Authorization: Bearer ${TOKEN}",
            "Authorization: Bearer YOUR_ACCESS_TOKEN_HERE",
            "f\"Bearer {self.access_token}\"",
            "Authorization: Bearer $ACCESS_TOKEN_FOR_STAGE2",
            "the bearer authentication scheme, a bearer of news",
            "basic understanding of the basic authentication-scheme",
            "Basic dXNlcjpwYXNzd29yZA==",
            "basic Information",
            "authorization_policy: allow_all_users_in_group",
            "authorization: required",
            "('Binary Authorization', k8s_util.GetBinAuthzPolicy(record))",
            "req.Header.Set(\"Authorization\", makeBearerHeader1(tok))",
            "('Authorization', self.getAuth2HeaderValue(x))",
            "headers[\"Authorization\"] = self.getAuth2HeaderValue(x1)",
            "headers[\"Authorization\"] = k8s_util.oauth2_header_value",
        ] {
            assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
        }
    }

    #[test]
    fn hostile_runs_end() {
        for unit in [
            "bearer ",
            "bearer a1b2=",
            "authorization",
            "authorization:",
            "authorization: a1B2c3",
            "basic ",
            "basic QUI6",
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(secrets(&text).len() <= text.len() / unit.len());
        }
    }
}
