//! URL_CREDENTIALS and CONNECTION_STRING in the form of a URL: `scheme://user:password@host`, signatures and keys in
//! queries. Of a database's URL everything is covered, of others only what gives access.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::{behind_pieces, has, is_ordinary, is_random, is_template, means_password, piece_at};
use super::text::starts_with_ignore_case;
use crate::{ByteSpan, EntityType, Score};

/// Query parameters that hold nothing but secrets, beside those that [`assignment`](super::assignment) knows.
const PARAMETERS: [&str; 9] = [
    "?key=",
    "&key=",
    "?sig=",
    "&sig=",
    "?code=",
    "&code=",
    "signature=",
    "?auth=",
    "&auth=",
];
/// Schemes of stores and brokers.
#[rustfmt::skip]
const STORES: &[&str] = &[
    "postgres", "postgresql", "mysql", "mysqlx", "mariadb", "mongodb", "redis", "rediss", "valkey", "amqp",
    "amqps", "mssql", "sqlserver", "oracle", "cockroachdb", "clickhouse", "clickhouses", "cassandra",
    "couchbase", "neo4j", "bolt", "nats", "kafka", "memcached", "snowflake", "db2", "libsql", "influxdb",
    "elasticsearch", "trino", "ldap", "ldaps", "timescaledb", "edgedb", "gel", "redshift", "bigquery",
    "vertica", "firebird", "cockroach", "stomp", "mqtt", "mqtts", "smtp", "smtps", "imap", "imaps",
];
const MAX_SCHEME: usize = 32;
const MAX_USERINFO: usize = 256;
const MAX_URL: usize = 2048;
/// A user name alone is a token when it is as long as this and random.
const MIN_TOKEN: usize = 16;
const MIN_PASSWORD: usize = 3;
const MIN_PARAMETER: usize = 20;
const MAX_PARAMETER: usize = 512;

/// Finds secrets in URLs.
pub(super) struct UrlSecrets {
    credentials: Arc<str>,
    query: Arc<str>,
    store: Arc<str>,
}

impl UrlSecrets {
    pub(super) fn new() -> Self {
        Self {
            credentials: "url_credentials".into(),
            query: "url_credentials.query".into(),
            store: "connection_string.url".into(),
        }
    }
}

impl Rule for UrlSecrets {
    fn literals(&self) -> Vec<String> {
        let markers = ["://"].into_iter().chain(PARAMETERS);
        markers.map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        if index > 0 {
            if let Some(span) = parameter(text.as_bytes(), at.end, index < 3) {
                found.push(
                    EntityType::UrlCredentials,
                    span.start,
                    span.end,
                    Score::STRONG,
                    &self.query,
                );
            }
            return;
        }
        let Some((start, scheme)) = scheme(text, at.start) else {
            return;
        };
        if found.covers(at.start, &EntityType::ConnectionString) {
            return;
        }
        let is_store = is_store(scheme);
        let userinfo = userinfo(text, at.end, is_store);
        if is_store {
            let parameter = password_parameter(text, at.end);
            if userinfo.is_some() || parameter.is_some() {
                // Behind the secret, other letters than ASCII's are the sentence around the URL.
                let secret = userinfo.map(|span| span.end).max(parameter).unwrap_or(at.end);
                let end = secret + url_len(&text.as_bytes()[secret..], MAX_URL);
                found.push(
                    EntityType::ConnectionString,
                    start,
                    end,
                    Score::CERTAIN,
                    &self.store,
                );
            }
        } else if let Some(span) = userinfo {
            found.push(
                EntityType::UrlCredentials,
                span.start,
                span.end,
                Score::CERTAIN,
                &self.credentials,
            );
        }
    }
}

/// Start and text of the scheme that ends at `end`.
fn scheme(text: &str, end: usize) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    let len = bytes[end.saturating_sub(MAX_SCHEME)..end]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        .count();
    let scheme = text[end - len..end].trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    // `your-postgres://`: a name before it is none of the scheme's.
    let scheme = scheme
        .rsplit('-')
        .next()
        .filter(|last| is_store(last))
        .unwrap_or(scheme);
    (!scheme.is_empty()).then_some((end - scheme.len(), scheme))
}

fn is_store(scheme: &str) -> bool {
    let name = scheme.split('+').next().unwrap_or(scheme);
    let is_web = starts_with_ignore_case(name, "http") || starts_with_ignore_case(name, "ssh");
    !is_web && STORES.iter().any(|store| name.eq_ignore_ascii_case(store))
}

/// Whether a URL ends at this byte.
const fn ends_url(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | 0x7f..)
}

/// How long the URL is of which the bytes are the part behind `://`, without the punctuation of its sentence.
fn url_len(bytes: &[u8], most: usize) -> usize {
    let len = bytes.iter().take(most).take_while(|b| !ends_url(**b)).count();
    trim_sentence(&bytes[..len]).len()
}

fn trim_sentence(url: &[u8]) -> &[u8] {
    let tail = url
        .iter()
        .rev()
        .take_while(|b| matches!(b, b'.' | b',' | b';' | b':' | b')' | b']' | b'}' | b'!' | b'*'))
        .count();
    &url[..url.len() - tail]
}

/// How long the URL is where it may hold letters of any script: people type passwords into it as they are.
fn typed_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let stop = bytes[at..]
            .iter()
            .position(|byte| !byte.is_ascii() || ends_url(*byte));
        let Some(plain) = stop else {
            return bytes.len();
        };
        at += plain;
        // A template's name is part of a URL: what stands around it may be a password.
        let piece = if bytes[at] == b'<' { piece_at(bytes, at) } else { 0 };
        if piece > 0 {
            at += piece;
            continue;
        }
        let near = &bytes[at..bytes.len().min(at + 4)];
        let valid = near.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        match valid.chars().next().filter(|char| !ends_typed(*char)) {
            Some(char) => at += char.len_utf8(),
            None => return at,
        }
    }
}

/// Whether not even a URL as it is typed goes on with the character: white space, and the punctuation around it.
fn ends_typed(char: char) -> bool {
    match u8::try_from(char).ok().filter(u8::is_ascii) {
        Some(byte) => ends_url(byte),
        None => {
            char.is_whitespace()
                || char.is_control()
                || matches!(char, '«' | '»' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
        }
    }
}

/// Whether what stands before an `@` is a URL and the sentence behind it, and no user and password: in scripts without
/// spaces nothing but a port or a bracket parts them.
fn is_prose(info: &[u8], colon: usize) -> bool {
    let (user, password) = (&info[..colon], &info[colon + 1..]);
    let digits = password.iter().take_while(|b| b.is_ascii_digit()).count();
    let is_port = digits > 1 && password.get(digits).is_some_and(|b| b",;)".contains(b));
    !info.is_ascii() && (is_port || user.iter().any(|b| b"()[],;".contains(b)))
}

/// User and password, or a token in the user's place, in the URL whose authority starts at `from`.
fn userinfo(text: &str, from: usize, is_store: bool) -> Option<ByteSpan> {
    let bytes = &text.as_bytes()[from..];
    let window = &bytes[..bytes.len().min(MAX_USERINFO + 1)];
    memchr::memchr(b'@', window)?;
    let whole = typed_len(window);
    let plain = window[..whole]
        .iter()
        .position(|b| matches!(b, b'/' | b'?' | b'#'))
        .unwrap_or(whole);
    let authority = &window[..plain];
    let at = memchr::memrchr(b'@', authority).or_else(|| {
        // Passwords are pasted into URLs as they are, `/` and all; a port is none.
        let colon = memchr::memchr(b':', authority).filter(|_| is_store)?;
        let is_port = authority[colon + 1..].iter().all(u8::is_ascii_digit);
        memchr::memrchr(b'@', &window[..whole]).filter(|_| !is_port)
    })?;
    let info = &window[..at];
    let host = &window[at + 1..];
    let is_secret = match memchr::memchr(b':', info) {
        Some(colon) => is_password(&info[..colon], &info[colon + 1..]) && !is_prose(info, colon),
        // A Sentry address names the project with a key that its documentation calls public.
        None => {
            info.is_ascii()
                && info.len() >= MIN_TOKEN
                && is_random(info)
                && !is_template(info)
                && !has(host, "sentry.io")
        }
    };
    is_secret.then(|| ByteSpan::new(from, from + at))
}

/// Whether a password beside a user name is one, and not what documentation and development set-ups write.
pub(super) fn is_password(user: &[u8], password: &[u8]) -> bool {
    let is_default = user.eq_ignore_ascii_case(password) || is_ordinary(user) || user.is_empty();
    let is_documented = means_password(password)
        || is_default && is_ordinary(password)
        || user.starts_with(b"[") && means_password(password.strip_suffix(b"]").unwrap_or(password))
        || is_template(password);
    password.len() >= MIN_PASSWORD && !is_documented && password.iter().any(|b| *b != password[0])
}

/// Where the password ends that a parameter of the URL holds whose authority starts at `from`.
fn password_parameter(text: &str, from: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[from..];
    let window = &bytes[..bytes.len().min(MAX_URL)];
    // The next URL is looked at by itself: in hostile text every byte would be read for each before it.
    let window = &window[..memchr::memmem::find(window, b"://").unwrap_or(window.len())];
    memchr::memchr(b'?', window)?;
    let url = &window[..typed_len(window)];
    let query = memchr::memchr(b'?', url)? + 1;
    let mut next = query;
    url[query..].split(|b| *b == b'&').find_map(|whole_pair| {
        let pair = trim_sentence(whole_pair);
        let end = from + next + pair.len();
        next += whole_pair.len() + 1;
        let value = [b"password=".as_slice(), b"pwd="]
            .iter()
            .find_map(|name| pair.strip_prefix(*name))?;
        is_password(b"-", value).then_some(end)
    })
}

/// The value of a query parameter that starts at `from`. One called `key` may be a path in a store.
fn parameter(bytes: &[u8], from: usize, is_key: bool) -> Option<ByteSpan> {
    let from = behind_pieces(bytes, from);
    let rest = &bytes[from..];
    let body = rest
        .iter()
        .take(MAX_PARAMETER + 1)
        .take_while(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'%' | b'-' | b'_' | b'.' | b'~' | b'+' | b'/')
        })
        .count();
    let padding = rest[body..].iter().take(2).take_while(|b| **b == b'=').count();
    let value = &rest[..body];
    let ends = rest
        .get(body + padding)
        .is_none_or(|b| ends_url(*b) || b"&#)],;".contains(b));
    let is_path = is_key && value.contains(&b'/');
    let fits = (MIN_PARAMETER..=MAX_PARAMETER).contains(&body) && ends && !is_path;
    let is_secret = fits && is_random(value) && !is_template(value);
    is_secret.then(|| ByteSpan::new(from, from + body + padding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{found, typed};

    fn secrets(text: &str) -> Vec<String> {
        found(UrlSecrets::new(), text)
    }

    #[test]
    fn users_and_passwords() {
        for (text, value) in [
            ("clone https://bob:hunter2@git.host/x.git now", "bob:hunter2"),
            ("ftp://bob:p%40ss1@host", "bob:p%40ss1"),
            ("http://:hunter2@10.0.0.1:8080/", ":hunter2"),
            ("(socks5://bob:hunter2@proxy:1080)", "bob:hunter2"),
            ("git+https://bob:swordfish@host/x", "bob:swordfish"),
            (
                "https://9f86d081884c7d659a2feaa0c55ad015@host/x",
                "9f86d081884c7d659a2feaa0c55ad015",
            ),
        ] {
            assert_eq!(
                typed(UrlSecrets::new(), text),
                [format!("URL_CREDENTIALS {value}")],
                "{text}"
            );
        }
    }

    #[test]
    fn a_name_before_a_store_is_none_of_its_scheme() {
        assert_eq!(
            typed(
                UrlSecrets::new(),
                "use <your-postgres://app:qcqYbfzGEAsb@db.internal/x> here"
            ),
            ["CONNECTION_STRING postgres://app:qcqYbfzGEAsb@db.internal/x"]
        );
    }

    #[test]
    fn passwords_hold_letters_of_any_script() {
        for (text, value) in [
            (
                "https://bob:passwörtxy9@h.com/",
                "URL_CREDENTIALS bob:passwörtxy9",
            ),
            ("https://böb:S3cretPw99x@h.com", "URL_CREDENTIALS böb:S3cretPw99x"),
            (
                "postgres://bob:päss99x@db/x ok",
                "CONNECTION_STRING postgres://bob:päss99x@db/x",
            ),
            (
                "redis://:geheim密码99@h",
                "CONNECTION_STRING redis://:geheim密码99@h",
            ),
            (
                "mysql://root:pä/w#1@db/app",
                "CONNECTION_STRING mysql://root:pä/w#1@db/app",
            ),
            (
                "连接redis://:geheim密码99@h：可以",
                "CONNECTION_STRING redis://:geheim密码99@h",
            ),
            (
                "postgresql://db/app?user=app&password=hünter2&x=1.",
                "CONNECTION_STRING postgresql://db/app?user=app&password=hünter2&x=1",
            ),
            (
                "postgresql://db/app?password=hunter2",
                "CONNECTION_STRING postgresql://db/app?password=hunter2",
            ),
        ] {
            assert_eq!(typed(UrlSecrets::new(), text), [value], "{text}");
        }
        for text in [
            "见 https://host.com:8080,联系bob@x.com",
            "(https://host.com)联系:bob@x.com",
            "https://host.com，联系:bob@x.com",
            "https://host.com/路径:值@x",
        ] {
            assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
        }
    }

    #[test]
    fn passwords_with_a_template_in_them_are_passwords() {
        for password in [
            "<x>hunter2!Xq9",
            "${x}hunter2Xq",
            "b4na{a}na!Split",
            "example-hunter2Xq9",
            "[a]hunter2Xq",
        ] {
            assert_eq!(
                secrets(&format!("https://bob:{password}@host/x")),
                [format!("bob:{password}")]
            );
            let store = format!("postgres://bob:{password}@db:5432/app");
            assert_eq!(secrets(&format!("DATABASE_URL={store}")), [store.as_str()]);
        }
        let key = ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat();
        assert_eq!(secrets(&format!("https://host/api?sig=<x>{key}&n=1")), [key]);
        for text in [
            "https://user:<your-token>@host/<id>/x",
            "postgres://<user>:<password>@<host>:5432/<db>",
            "postgres://user:your-password@host/app",
            "https://bob:{{ token1 }}@host",
        ] {
            assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
        }
    }

    #[test]
    fn addresses_of_stores_are_covered_whole() {
        for url in [
            "postgres://app:hunter2@db.host:5432/app?sslmode=require",
            "mongodb+srv://app:hunter2@cluster0.host.net/?retryWrites=true",
            "redis://:hunter2@cache:6379/0",
            "amqp://app:hunter2@mq:5672/%2f",
            "mysql://root:p/w#1@db/app",
            "postgresql+asyncpg://app:hunter2@db/app",
            "postgresql://db/app?user=app&password=hunter2",
        ] {
            for text in [
                format!("DATABASE_URL={url}"),
                format!("use \"{url}\", please"),
                format!("it is {url}."),
            ] {
                assert_eq!(
                    typed(UrlSecrets::new(), &text),
                    [format!("CONNECTION_STRING {url}")],
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn keys_and_signatures_in_queries() {
        let key = ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat();
        for text in [
            format!("https://host/api?key={key}&n=1"),
            format!("https://host/blob?sv=2024-01-01&sig={key}%3D"),
            format!("https://host/api/function?code={key}=="),
            format!("https://host/x?X-Amz-Signature={key}"),
        ] {
            assert_eq!(secrets(&text).len(), 1, "{text}");
        }
    }

    #[test]
    fn other_urls_hold_none() {
        for text in [
            "https://host:8080/@vite/client",
            "https://medium.com/@bob/story",
            "http://localhost:3000/a:b@c",
            "ssh://git@github.com/org/x.git and git@github.com:org/x",
            "postgres://localhost:5432/app",
            "postgres://user:password@localhost:5432/app",
            "postgres://postgres:postgres@localhost/app",
            "amqp://guest:guest@localhost",
            "postgres://${USER}:${PASSWORD}@host/app",
            "postgres://{user}:{password}@host/app",
            "https://user:<token>@host, https://bob:$TOKEN@host, https://bob:***@host, https://u:%s@host",
            "https://username:pass@host",
            "http://joe:password@proxy.host:3128",
            "scheme://[user:passwd@]host",
            "https://s3.host/x.html?key=reports/7870825a-1b2c-4def-92e7-c4f8dd360cca",
            "https://0f1e2d3c4b5a69788796a5b4c3d2e1f0@o1.ingest.sentry.io/2",
            "https://host/?key=value&code=200&sig=none",
            "https://host/search?key=some-long-parameter-name-here",
            "a://b://c:d",
        ] {
            assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
        }
    }

    #[test]
    fn hostile_runs_end() {
        for unit in [
            "://",
            "a://",
            "a://b:c",
            "redis://b:c",
            "redis://b:cd1@",
            "?key=",
            "?key=<a>",
            "a://b:<c",
            "a://b:<c>",
            "&key=a1B",
            "@",
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(secrets(&text).len() <= text.len() / unit.len());
        }
    }
}
