//! CONNECTION_STRING as a list of `key=value;` pairs (ADO.NET, ODBC, Azure) and as a JDBC address, covered whole. Those
//! in the form of a URL are in [`url`](super::url).

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::text::{char_before, ends_with_ignore_case, follows_template_head, word_start};
use super::url::is_password;
use crate::{ByteSpan, EntityType, Score};

/// Keys of pairs that hold the secret; the last wakes the rule for JDBC.
const SECRET_KEYS: [&str; 8] = [
    "password=",
    "pwd=",
    "accountkey=",
    "sharedaccesskey=",
    "accesskey=",
    "secret=",
    "sharedaccesssignature=",
    "password =",
];
const JDBC: &str = "jdbc:";
/// Keys of which at least one stands beside the secret.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "server", "data source", "datasource", "host", "hostname", "addr", "address", "network address",
    "driver", "provider", "user id", "userid", "uid", "user", "username", "user name", "database",
    "initial catalog", "dbq", "dsn", "port", "defaultendpointsprotocol", "accountname", "accountendpoint",
    "endpoint", "blobendpoint", "sharedaccesskeyname", "id", "deviceid",
];
/// How far before its secret a list may start.
const REACH: usize = 512;
const MAX_LIST: usize = 1024;
/// The longest name before a list and its first key: `CONNECTION_STRING=Password=`.
const MAX_KEY: usize = 64;
const MAX_VALUE: usize = 200;

/// Finds connection strings by the pair that holds their secret.
pub(super) struct ConnectionStrings {
    detector: Arc<str>,
}

impl ConnectionStrings {
    pub(super) fn new() -> Self {
        Self {
            detector: "connection_string".into(),
        }
    }
}

impl Rule for ConnectionStrings {
    fn literals(&self) -> Vec<String> {
        let keys = SECRET_KEYS.into_iter().chain([JDBC]);
        keys.map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let span = if index < SECRET_KEYS.len() {
            list(text, at)
        } else {
            jdbc(text, at)
        };
        if let Some(span) = span {
            found.push(
                EntityType::ConnectionString,
                span.start,
                span.end,
                Score::CERTAIN,
                &self.detector,
            );
        }
    }
}

/// The list of pairs whose secret's key stands at `at`, if it is the list's first secret.
fn list(text: &str, at: ByteSpan) -> Option<ByteSpan> {
    if !is_in_list(text.as_bytes(), at) || !starts_key(text, at.start) || !is_secret_key(text, at) {
        return None;
    }
    let from = line_start(text, at.start);
    let mut next = from;
    let mut start = None;
    let mut end = from;
    let (mut has_secret, mut has_known) = (false, false);
    while let Some((pair, behind)) = pair(text, next).filter(|_| next < from + MAX_LIST) {
        match pair.kind {
            PairKind::Secret if pair.span.end < at.start => return None,
            PairKind::Secret => has_secret |= pair.is_real,
            PairKind::Known => has_known = true,
            PairKind::Other if start.is_none() => {
                next = behind?;
                continue;
            }
            PairKind::Other => {}
        }
        start.get_or_insert(pair.span.start);
        end = pair.span.end + usize::from(text[pair.span.end..].starts_with(';'));
        match behind {
            Some(behind) => next = behind,
            None => break,
        }
    }
    let start = start.filter(|_| has_secret && has_known && end > at.end)?;
    Some(ByteSpan::new(start, end))
}

/// Whether the key at `at` is that of its pair, and no other key's value (`Password=Server=x`): a list without a secret
/// is not read to its end for each of them.
fn is_secret_key(text: &str, at: ByteSpan) -> bool {
    let from = text.ceil_char_boundary(at.start.saturating_sub(MAX_KEY));
    let before = &text[from..at.start];
    let own = before
        .rfind(|c: char| c == ';' || c.is_ascii() && ends_list(c as u8))
        .map_or(from, |edge| from + edge + 1);
    let behind = cut_at(&text[at.end..], MAX_VALUE);
    let item = &text[own..at.end + behind.len()];
    matches!(key_and_value(item), Some((PairKind::Secret, ..)))
}

/// The part of `text` before its first `;` or end of a list, at most `most` bytes.
fn cut_at(text: &str, most: usize) -> &str {
    let window = &text[..text.floor_char_boundary(most.min(text.len()))];
    window
        .find(|c: char| c == ';' || c.is_ascii() && ends_list(c as u8))
        .map_or(window, |end| &window[..end])
}

/// Whether `;` stands before the pair whose key is at `at`, or behind it: whether it is one of several.
fn is_in_list(bytes: &[u8], at: ByteSpan) -> bool {
    let before = bytes[..at.start].trim_ascii_end();
    let behind = &bytes[at.end..bytes.len().min(at.end + MAX_VALUE)];
    before.ends_with(b";") || memchr::memchr(b';', behind).is_some()
}

/// Where the line or the quoted text starts that `at` is in, [`REACH`] bytes back at most.
fn line_start(text: &str, at: usize) -> usize {
    let from = text.ceil_char_boundary(at.saturating_sub(REACH));
    let before = &text.as_bytes()[from..at];
    let edge = memchr::memrchr3(b'"', b'\'', b'\n', before);
    let start = edge.map_or(0, |edge| edge + 1);
    let tag = memchr::memrchr3(b'>', b'<', b'`', &before[start..]);
    from + start + tag.map_or(0, |tag| tag + 1)
}

const fn ends_list(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b'\n' | b'\r' | b'<' | b'>' | b'\\')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PairKind {
    Secret,
    Known,
    Other,
}

/// One pair of a list, from the key's start to the value's end.
struct Pair {
    kind: PairKind,
    /// Whether the value is one, and not a template's name.
    is_real: bool,
    span: ByteSpan,
}

/// The pair that starts at `at`, and where the next one does, if the list goes on.
fn pair(text: &str, at: usize) -> Option<(Pair, Option<usize>)> {
    let rest = &text.as_bytes()[at..];
    let len = rest
        .iter()
        .take(MAX_LIST)
        .position(|b| *b == b';' || ends_list(*b))
        .unwrap_or(rest.len().min(MAX_LIST));
    let item = &text[at..at + len];
    let goes_on = rest.get(len) == Some(&b';');
    let (kind, key, value) = key_and_value(item)?;
    // White space ends the last value, not one before a `;`.
    let value_len = if goes_on {
        item.len() - value
    } else {
        item[value..].find(' ').unwrap_or(item.len() - value)
    };
    let pair = Pair {
        kind,
        is_real: kind == PairKind::Secret && is_real(&item[value..value + value_len]),
        span: ByteSpan::new(at + key, at + value + value_len),
    };
    let spaces = rest[len..].iter().skip(1).take_while(|b| **b == b' ').count();
    Some((pair, goes_on.then_some(at + len + 1 + spaces)))
}

/// Whether a value is a password; ODBC writes those with special characters in braces, templates write names so.
fn is_real(value: &str) -> bool {
    let inner = value
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    match inner {
        Some(inner) => inner.bytes().any(|b| b.is_ascii_digit()) && is_password(b"-", inner.as_bytes()),
        None => is_password(b"-", value.trim().as_bytes()),
    }
}

/// What an item's key says, where it starts behind other text, and where its value starts.
fn key_and_value(item: &str) -> Option<(PairKind, usize, usize)> {
    let mut equals = item.find('=')?;
    // A variable's name may stand before the list: `CONN=Server=...`.
    let second = item[equals + 1..].find('=').map(|at| equals + 1 + at);
    if let Some(second) = second.filter(|second| known_key(&item[..*second]).is_some()) {
        equals = second;
    }
    let spaces = item[equals + 1..].bytes().take_while(|b| *b == b' ').count();
    let (kind, start) = known_key(&item[..equals]).unwrap_or((PairKind::Other, 0));
    Some((kind, start, equals + 1 + spaces))
}

/// The known key that `text` ends with, and where it starts.
fn known_key(text: &str) -> Option<(PairKind, usize)> {
    let text = text.trim_end_matches(' ');
    let secret = SECRET_KEYS
        .iter()
        .map(|key| (PairKind::Secret, key.trim_end_matches([' ', '='])));
    let known = KEYS.iter().map(|key| (PairKind::Known, *key));
    secret
        .chain(known)
        .filter(|(_, key)| ends_with_ignore_case(text, key))
        .map(|(kind, key)| (kind, text.len() - key.len()))
        .filter(|(_, start)| starts_key(text, *start))
        .min_by_key(|(_, start)| *start)
}

fn starts_key(text: &str, at: usize) -> bool {
    word_start(text, at) || follows_template_head(text, at)
}

/// The JDBC address that starts at `at`, if it holds a password.
fn jdbc(text: &str, at: ByteSpan) -> Option<ByteSpan> {
    let rest = &text.as_bytes()[at.end..];
    let starts = matches!(
        char_before(text, at.start),
        None | Some('"' | '\'' | '`' | '=' | '(' | ',' | '>' | ' ' | '\n' | '\t')
    );
    if !starts {
        return None;
    }
    let len = (0..rest.len().min(MAX_LIST))
        .take_while(|at| rest[*at] > b' ' && !ends_list(rest[*at]) && !rest[*at..].starts_with(b"jdbc:"))
        .count();
    let address = text[at.end..at.end + len].trim_end_matches(['.', ',', ')']);
    let by_name = address.split(['?', '&', ';']).any(|pair| {
        let value = pair
            .split_once('=')
            .filter(|(key, _)| key.eq_ignore_ascii_case("password") || key.eq_ignore_ascii_case("pwd"));
        value.is_some_and(|(_, value)| is_password(b"-", value.as_bytes()))
    });
    let userinfo = address.split_once('@').map(|(before, _)| before);
    let by_place = userinfo.is_some_and(|before| {
        // `oracle:thin:user/password@`, `mysql://user:password@`.
        let user_and_password = before.rsplit_once("//").map_or_else(
            || before.rsplit_once(':').and_then(|(_, pair)| pair.split_once('/')),
            |(_, pair)| pair.split_once(':'),
        );
        user_and_password.is_some_and(|(user, password)| is_password(user.as_bytes(), password.as_bytes()))
    });
    (by_name || by_place).then(|| ByteSpan::new(at.start, at.end + address.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::found;

    fn secrets(text: &str) -> Vec<String> {
        found(ConnectionStrings::new(), text)
    }

    #[test]
    fn lists_are_covered_whole() {
        let key = ["q7Zr2XvT9m", "Kc4LwPaB3d", "=="].concat();
        for list in [
            "Server=tcp:db.host,1433;Initial Catalog=app;User ID=app;Password=hunter2;Encrypt=True"
                .to_owned(),
            "Data Source=db; User Id=app; Password=hunter2; Connection Timeout=30".to_owned(),
            "Host=db;Port=5432;Username=app;Password=hunter2;Database=app".to_owned(),
            "Driver={ODBC Driver 18 for SQL Server};Server=db;Uid=app;Pwd={hunter2}".to_owned(),
            "Pwd=hunter2;Uid=app".to_owned(),
            format!(
                "DefaultEndpointsProtocol=https;AccountName=app;AccountKey={key};EndpointSuffix=core.windows.net"
            ),
            format!(
                "Endpoint=sb://app.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={key}"
            ),
            format!("AccountEndpoint=https://app.documents.azure.com:443/;AccountKey={key}"),
            format!("HostName=app.azure-devices.net;DeviceId=d1;SharedAccessKey={key}"),
            format!("Endpoint=https://app.azconfig.io;Id=a-b-c;Secret={key}"),
            "Server=sql01;Database=crm;User Id=app;Password=icit0kHNAmYz;".to_owned(),
        ] {
            for text in [
                format!("\"Default\": \"{list}\""),
                format!("connection string: {list}\nThanks"),
                format!("CONN={list}"),
                format!("please use {list} for it"),
                format!("please use EMAIL_{list} for it"),
                format!("please use <{list}> for it"),
            ] {
                assert_eq!(secrets(&text), [list.as_str()], "{text}");
            }
        }
    }

    #[test]
    fn passwords_with_a_template_in_them_are_passwords() {
        for password in [
            "${x}hunter2Xq",
            "{a}hunter2Xq",
            "example-hunter2Xq9",
            "fake_9fK2x..",
            "[a]hunter2Xq",
        ] {
            let list = format!("Server=db;Uid=app;Pwd={password};Database=x");
            assert_eq!(secrets(&list), [list.as_str()]);
        }
    }

    #[test]
    fn jdbc_addresses_are_covered_whole() {
        for address in [
            "jdbc:postgresql://db:5432/app?user=app&password=hunter2",
            "jdbc:sqlserver://db:1433;databaseName=app;user=sa;password=hunter2;encrypt=true",
            "jdbc:oracle:thin:scott/hunter2@db:1521:orcl",
            "jdbc:mysql://app:hunter2@db:3306/app",
        ] {
            let text = format!("spring.datasource.url={address}\nx");
            assert!(
                secrets(&text).contains(&address.to_owned()),
                "{text} {:?}",
                secrets(&text)
            );
        }
    }

    #[test]
    fn other_lists_and_addresses_are_none() {
        for text in [
            "Server=db;Database=app;Trusted_Connection=True;",
            "Server=db;User Id=app;Password=${PASSWORD};",
            "Server=db;User Id=app;Password={password};",
            "Server=db;User Id=app;Password=<password>;",
            "password=hunter2; done",
            "jdbc:postgresql://db:5432/app",
            "jdbc:postgresql://db/app?user=app&password=${PW}",
            "for (secret=1; secret<9; secret++) {}",
        ] {
            assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
        }
    }

    /// `Password=Server=x` is no secret's pair, and each of them read the list around it.
    #[test]
    fn keys_that_are_values_read_no_list() {
        let text = "Server=x;Password=".repeat(8);
        for (start, word) in text.match_indices("Password=").take(7) {
            assert!(!is_secret_key(&text, ByteSpan::new(start, start + word.len())));
        }
    }

    #[test]
    fn hostile_runs_end() {
        for unit in [
            "password=",
            "password=a;",
            "password=ab1;uid=a;",
            "uid=a;",
            "Server=x;Password=",
            "Server=x;Password=;",
            "jdbc:",
            "jdbc:a@",
            "=;",
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(secrets(&text).len() <= text.len() / unit.len());
        }
    }
}
