//! BEARER_TOKEN: what authorization headers and session cookies carry, and `user:password` given to `curl -u`.

use std::sync::Arc;

use data_encoding::{BASE64, BASE64_NOPAD};

use super::rule::{Found, Rule, Wake};
use super::secret::{behind_pieces, has, is_random, is_template, is_unbroken};
use super::text::{has_word, line_before};
use super::url::is_password;
use crate::{ByteSpan, EntityType, Score};

const LITERALS: [&str; 7] = [
    "authorization",
    "bearer ",
    "basic ",
    "cookie:",
    " -u ",
    " --user ",
    " --user=",
];
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
/// Most cookies of one header.
const MAX_COOKIES: usize = 64;
const MAX_NAME: usize = 64;
/// Parts of the names of cookies that sign somebody in.
const SESSION_NAMES: [&str; 9] = [
    "sess", "sid", "auth", "token", "jwt", "sso", "login", "remember", "secret",
];
/// How far before its option `curl` may stand.
const COMMAND_REACH: usize = 200;

/// Finds credentials by their header, scheme or option.
pub(super) struct BearerTokens {
    bearer: Arc<str>,
    basic: Arc<str>,
    cookie: Arc<str>,
    option: Arc<str>,
}

impl BearerTokens {
    pub(super) fn new() -> Self {
        Self {
            bearer: "bearer_token".into(),
            basic: "bearer_token.basic".into(),
            cookie: "bearer_token.cookie".into(),
            option: "password.option".into(),
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
            2 => Self::push(found, basic(bytes, at.end), Score::CERTAIN, &self.basic),
            3 => cookies(bytes, at, |span| {
                Self::push(found, Some(span), Score::STRONG, &self.cookie);
            }),
            _ => {
                if let Some(span) = option(text, at) {
                    found.push(
                        EntityType::Password,
                        span.start,
                        span.end,
                        Score::STRONG,
                        &self.option,
                    );
                }
            }
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

/// The values of the cookies behind `label` that sign somebody in.
fn cookies(bytes: &[u8], label: ByteSpan, mut on_value: impl FnMut(ByteSpan)) {
    let before = label.start.checked_sub(1).map(|at| bytes[at]);
    if before.is_some_and(|b| !(b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'-' | b'`'))) {
        return;
    }
    let mut at = label.end;
    for _ in 0..MAX_COOKIES {
        at += bytes[at..].iter().take(4).take_while(|b| **b == b' ').count();
        let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let name = &bytes[at..][..bytes[at..].iter().take(MAX_NAME).take_while(is_name).count()];
        let from = at + name.len() + 1;
        if name.is_empty() || bytes.get(from - 1) != Some(&b'=') {
            return;
        }
        let is_value =
            |b: &&u8| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'"' | b'\'' | b'\\' | b'`');
        let from = behind_pieces(bytes, from);
        let value = &bytes[from..][..bytes[from..].iter().take(MAX_TOKEN).take_while(is_value).count()];
        if value.len() >= MIN_TOKEN
            && SESSION_NAMES.iter().any(|part| has(name, part))
            && is_random(value)
            && !is_template(value)
        {
            on_value(ByteSpan::new(from, from + value.len()));
        }
        at = from + value.len();
        if bytes.get(at) != Some(&b';') {
            return;
        }
        at += 1;
    }
}

/// `user:password` behind the option at `at` of a `curl` or `wget` command.
fn option(text: &str, at: ByteSpan) -> Option<ByteSpan> {
    let bytes = text.as_bytes();
    let quote = usize::from(matches!(bytes.get(at.end), Some(b'"' | b'\'')));
    let from = at.end + quote;
    let len = bytes[from..]
        .iter()
        .take(MAX_BASIC)
        .take_while(|b| !b.is_ascii() || b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'\\'))
        .count();
    let pair = &bytes[from..from + len];
    let colon = pair.iter().position(|b| *b == b':')?;
    let (user, password) = (&pair[..colon], &pair[colon + 1..]);
    let command = line_before(text, at.start, COMMAND_REACH);
    let is_client = ["curl", "wget", "http", "https", "xh"]
        .iter()
        .any(|name| has_word(command, name));
    (is_client && !is_template(user) && is_password(user, password)).then(|| ByteSpan::new(from, from + len))
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
            for text in [
                format!("Authorization: Bearer {before}{made}"),
                format!("Cookie: session_id={before}{made}"),
                format!("curl -u bob:{before}{made} https://host"),
            ] {
                let found = secrets(&text);
                assert_eq!(found.len(), 1, "{text} {found:?}");
                assert!(found[0].ends_with(&made), "{text}");
            }
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
        assert_eq!(secrets("curl -u bob:hunter2 https://host"), ["bob:hunter2"]);
        assert_eq!(
            secrets("curl -s --user \"bob:hunter2\" https://host"),
            ["bob:hunter2"]
        );
    }

    #[test]
    fn session_cookies() {
        let made = made();
        for text in [
            format!("Cookie: theme=dark; session_id={made}; lang=en"),
            format!("Set-Cookie: connect.sid=s%3A{made}; Path=/; HttpOnly"),
            format!("-H 'cookie: __Secure-next-auth.session-token={made}'"),
        ] {
            assert_eq!(secrets(&text).len(), 1, "{text}");
            assert!(secrets(&text)[0].ends_with(&made), "{text}");
        }
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
            "Cookie: theme=dark-mode-with-a-long-name; lang=en",
            "cookie: the session is stored in it",
            "docker run -u 1000:1000 image",
            "docker run -u node:node image",
            "sudo -u postgres psql -u a:b1c",
            "curl -u $USER:$PASS https://host",
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
            "cookie: a=",
            "cookie: a=b; ",
            " -u a:b1",
            "curl -u ",
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(secrets(&text).len() <= text.len() / unit.len());
        }
    }
}
