//! BEARER_TOKEN: cookies that sign somebody in: in headers, commands, dictionaries of code, exports and files of browsers.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::{behind_pieces, has, is_random, is_template};
use super::text::{line_after, line_before, word_start};
use crate::{ByteSpan, EntityType, Score};

/// What several cookies follow: a header, its name in code, an option of `curl`.
const HEADERS: [&str; 7] = [
    "cookie:",
    "cookie\"",
    "cookie'",
    " -b '",
    " -b \"",
    "--cookie '",
    "--cookie \"",
];
/// Names of cookies that hold nothing but a session.
const NAMES: [&str; 8] = [
    "sessionid",
    "phpsessid",
    "jsessionid",
    "connect.sid",
    "asp.net_sessionid",
    "laravel_session",
    "ci_session",
    "__secure-next-auth.session-token",
];
/// What stands in every line of a browser's file of cookies, before the time.
const JAR: [&str; 2] = ["\ttrue\t", "\tfalse\t"];
/// Columns of such a file.
const COLUMNS: usize = 7;
/// Parts of the names of cookies that sign somebody in.
const SESSION_NAMES: [&str; 9] = [
    "sess", "sid", "auth", "token", "jwt", "sso", "login", "remember", "secret",
];
const MIN_TOKEN: usize = 16;
const MAX_TOKEN: usize = 4096;
/// Most cookies of one header.
const MAX_COOKIES: usize = 64;
const MAX_NAME: usize = 64;
/// Most marks between a name and its value: `", "value": "`.
const MAX_GAP: usize = 24;
const UUID: usize = 36;

/// Finds cookies by their name.
pub(super) struct Cookies {
    detector: Arc<str>,
}

impl Cookies {
    pub(super) fn new() -> Self {
        Self {
            detector: "bearer_token.cookie".into(),
        }
    }
}

impl Rule for Cookies {
    fn literals(&self) -> Vec<String> {
        let all = HEADERS.into_iter().chain(NAMES).chain(JAR);
        all.map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        if found.covers(at.start, &EntityType::BearerToken) {
            return;
        }
        let mut push = |span: ByteSpan| {
            found.push(
                EntityType::BearerToken,
                span.start,
                span.end,
                Score::STRONG,
                &self.detector,
            );
        };
        if index < HEADERS.len() {
            headed(text.as_bytes(), at, push);
        } else if index < HEADERS.len() + NAMES.len() {
            if word_start(text, at.start) {
                named(text.as_bytes(), at.end).into_iter().for_each(&mut push);
            }
        } else {
            kept(text, at.start).into_iter().for_each(push);
        }
    }
}

/// The values behind `label` that sign somebody in.
fn headed(bytes: &[u8], label: ByteSpan, mut on_value: impl FnMut(ByteSpan)) {
    let before = label.start.checked_sub(1).map(|at| bytes[at]);
    let is_option = bytes[label.start] == b' ';
    if !is_option
        && before.is_some_and(|b| !(b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'-' | b'`')))
    {
        return;
    }
    let marks = bytes[label.end..].iter().take(6);
    let mut at = label.end
        + marks
            .take_while(|b| matches!(b, b' ' | b':' | b'"' | b'\'' | b'=' | b'>'))
            .count();
    for _ in 0..MAX_COOKIES {
        at += bytes[at..].iter().take(4).take_while(|b| **b == b' ').count();
        let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let name = &bytes[at..][..bytes[at..].iter().take(MAX_NAME).take_while(is_name).count()];
        let from = at + name.len() + 1;
        if name.is_empty() || bytes.get(from - 1) != Some(&b'=') {
            return;
        }
        let from = behind_pieces(bytes, from);
        let value = &bytes[from..from + value_len(&bytes[from..])];
        if SESSION_NAMES.iter().any(|part| has(name, part)) && is_session(value) {
            on_value(ByteSpan::new(from, from + value.len()));
        }
        at = from + value.len();
        if bytes.get(at) != Some(&b';') {
            return;
        }
        at += 1;
    }
}

fn value_len(bytes: &[u8]) -> usize {
    let is_value = |b: &&u8| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'"' | b'\'' | b'\\' | b'`');
    bytes.iter().take(MAX_TOKEN).take_while(is_value).count()
}

fn is_session(value: &[u8]) -> bool {
    value.len() >= MIN_TOKEN && is_random(value) && !is_template(value)
}

/// The value behind the name that ends at `from`: of a dictionary, a header's, or in the pair of an export.
fn named(bytes: &[u8], from: usize) -> Option<ByteSpan> {
    let window = &bytes[from..bytes.len().min(from + MAX_GAP)];
    let is_mark = |b: &&u8| b"\"'\\ :=>,\n\t".contains(b);
    let mut gap = window.iter().take_while(is_mark).count();
    let has_joint = window[..gap].iter().any(|b| b":=".contains(b));
    if let Some(behind) = window[gap..].strip_prefix(b"value").filter(|_| !has_joint) {
        gap += "value".len() + behind.iter().take_while(is_mark).count();
    } else if !has_joint {
        return None;
    }
    let start = from + gap;
    let value = &bytes[start..start + value_len(&bytes[start..])];
    let is_uuid = value.len() == UUID && value[8] == b'-';
    (is_session(value) && !is_uuid && !value.contains(&b'('))
        .then(|| ByteSpan::new(start, start + value.len()))
}

/// The value of the line of a browser's file that the column at `at` is in, if its name signs somebody in.
fn kept(text: &str, at: usize) -> Option<ByteSpan> {
    let start = at - line_before(text, at, MAX_NAME * 2).len();
    let line = line_after(text, start, MAX_TOKEN);
    let columns: Vec<&str> = line.split('\t').take(COLUMNS + 1).collect();
    let [.., name, value] = columns.as_slice() else {
        return None;
    };
    let start = start + line.len() - value.len();
    let is_cookie = columns.len() == COLUMNS && columns[4].bytes().all(|b| b.is_ascii_digit());
    let signs_in = SESSION_NAMES.iter().any(|part| has(name.as_bytes(), part));
    (is_cookie && signs_in && is_session(value.as_bytes())).then(|| ByteSpan::new(start, start + value.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, found};

    const MADE: &str = "q7Zr2XvT9mKc4LwPaB3d";

    #[test]
    fn cookies_that_sign_in() {
        for text in [
            "Cookie: theme=dark; session_id=MADE; lang=en",
            "Set-Cookie: connect.sid=s%3AMADE; Path=/; HttpOnly",
            "-H 'cookie: __Secure-next-auth.session-token=MADE'",
            "curl https://x -b 'theme=dark; auth_session=MADE'",
            "curl --cookie \"sid=MADE\" https://x",
            "cookies = {'theme': 'dark', 'sessionid': 'MADE'}",
            "headers = {\"cookie\": \"auth_token=MADE; lang=en\"}",
            "{\"name\": \"connect.sid\", \"value\": \"MADE\"}",
            ".example.net\tTRUE\t/\tTRUE\t1782345600\tsessionid\tMADE\n",
            "Cookie: session_id=<x>MADE",
        ] {
            let text = text.replace("MADE", MADE);
            let found = found(Cookies::new(), &text);
            assert_eq!(found.len(), 1, "{text} {found:?}");
            assert!(found[0].ends_with(MADE), "{text} {found:?}");
        }
    }

    #[test]
    fn settings_and_words_are_none() {
        for text in [
            "Cookie: theme=dark-mode-with-a-long-name; lang=en",
            "cookie: the session is stored in it",
            "curl -b cookies.txt -c cookies.txt https://x",
            "set-cookie: session=<session>; path=/",
            "sessionid: f7eb9340-051e-467a-a4a3-6ee0987b3544",
            "sessionid = request.cookies.get('sessionid')",
            "a\tTRUE\t/\tFALSE\t0\ttheme\tq7Zr2XvT9mKc4LwPaB3d",
        ] {
            assert!(found(Cookies::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(
            Cookies::new(),
            &[
                "cookie: a=",
                "cookie: a=b; ",
                "sessionid",
                "sessionid=a1b2",
                "\ttrue\t",
                " -b 'a=b;",
            ],
        );
    }
}
