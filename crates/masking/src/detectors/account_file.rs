//! PASSWORD: files that keep accounts by position: `.pgpass`, `.netrc`, `ipsec.secrets`, `chap-secrets`.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_given_password;
use super::text::{line_after, line_before, word_start};
use crate::lexicon::is_common_word;
use crate::{ByteSpan, EntityType, Score};

/// Ports of databases between colons, any port, and what a `.netrc`, `ipsec.secrets` and `chap-secrets` have.
const LITERALS: [&str; 12] = [
    ":5432:",
    ":5433:",
    ":6432:",
    ":*:",
    "machine ",
    ": psk ",
    ": eap ",
    ": xauth ",
    ": rsa ",
    ": ecdsa ",
    "# client",
    "chap-secrets",
];
const NETRC: usize = 4;
const IPSEC: usize = 5;
const CHAP: usize = 10;
const MAX_LINE: usize = 256;
/// Fields of `.pgpass`.
const FIELDS: usize = 5;
/// Words of a machine in `.netrc`: its name, and a few keys with their values.
const MAX_WORDS: usize = 10;
const MAX_MACHINE: usize = 320;
/// Lines below the head of `chap-secrets`.
const MAX_LINES: usize = 16;

/// Finds passwords by their place.
pub(super) struct AccountFiles {
    detector: Arc<str>,
}

impl AccountFiles {
    pub(super) fn new() -> Self {
        Self {
            detector: "password.account_file".into(),
        }
    }
}

impl Rule for AccountFiles {
    fn literals(&self) -> Vec<String> {
        LITERALS.map(str::to_owned).into()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let mut push = |password: &str| {
            let start = password.as_ptr() as usize - text.as_ptr() as usize;
            if is_given_password(password.as_bytes()) {
                found.push(
                    EntityType::Password,
                    start,
                    start + password.len(),
                    Score::STRONG,
                    &self.detector,
                );
            }
        };
        match index {
            ..NETRC => pgpass(text, at).into_iter().for_each(push),
            NETRC => netrc(text, at).into_iter().for_each(push),
            IPSEC..CHAP => ipsec(text, at, index).into_iter().for_each(push),
            _ => chap(text, at, &mut push),
        }
    }
}

/// The last of the five fields of the line that `at` is in: `host:port:database:user:password`.
fn pgpass(text: &str, at: ByteSpan) -> Option<&str> {
    let before = line_before(text, at.start, MAX_LINE);
    let start = at.start - before.len();
    let line = line_after(text, start, MAX_LINE).trim();
    let line = line.trim_matches(['"', '\'', '`']);
    let mut fields = [""; FIELDS];
    let mut count = 0;
    let mut from = 0;
    let bytes = line.as_bytes();
    for nth in memchr::memchr_iter(b':', bytes).chain([line.len()]) {
        if nth > 0 && nth < line.len() && bytes[nth - 1] == b'\\' {
            continue;
        }
        *fields.get_mut(count)? = &line[from..nth];
        count += 1;
        from = nth + 1;
    }
    let [host, port, database, user, password] = fields;
    let is_name = |field: &str, marks: &[u8]| {
        field == "*"
            || !field.is_empty()
                && field
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
    };
    let is_port = port == "*" || (2..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    let is_line = count == FIELDS
        && is_name(host, b".-_/")
        && is_port
        && is_name(database, b"_-.$")
        && is_name(user, b"_-.$@");
    let is_position = |field: &str| !field.is_empty() && field.bytes().all(|b| b.is_ascii_digit());
    (is_line
        && !is_position(database)
        && !is_common_word(password)
        && !password.contains(char::is_whitespace))
    .then_some(password)
}

/// The password of the machine whose keyword stands at `at`: `machine host login bob password hunter2`.
fn netrc(text: &str, at: ByteSpan) -> Option<&str> {
    if !word_start(text, at.start) {
        return None;
    }
    let entry = &text[at.end..text.floor_char_boundary(text.len().min(at.end + MAX_MACHINE))];
    let mut words = entry.split_ascii_whitespace().take(MAX_WORDS);
    // `machine learning password policy` is none.
    let mut is_entry = words.next()?.contains('.');
    while let Some(key) = words.next() {
        let value = words.next()?;
        match key {
            "password" | "passwd" if is_entry => return Some(value.trim_matches(['`', '"', '\''])),
            "login" | "user" | "account" | "port" => is_entry = true,
            _ => return None,
        }
    }
    None
}

/// The secret behind the kind of that index at `at`: `10.0.0.1 : PSK "hunter2"`.
fn ipsec(text: &str, at: ByteSpan, index: usize) -> Option<&str> {
    let before = line_before(text, at.start, MAX_LINE);
    let is_selector = |c: char| c.is_ascii_alphanumeric() || " \t.:%@-_*,=/\\".contains(c);
    if !before.chars().all(is_selector) || !text[at.range()].bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let line = line_after(text, at.end, MAX_LINE).trim();
    let is_file = index == 8 || index == 9;
    if let Some(open) = line.find('"').filter(|open| *open == 0 || is_file) {
        let inner = &line[open + 1..];
        return Some(&inner[..inner.find('"')?]);
    }
    let is_word = !line.contains(char::is_whitespace) && !is_common_word(line);
    (is_word && !is_file).then_some(line)
}

/// The third words of the lines below the head of `chap-secrets` at `at`: `client server secret addresses`.
fn chap<'t>(text: &'t str, at: ByteSpan, on_password: &mut impl FnMut(&'t str)) {
    let head = line_after(text, at.end, MAX_LINE);
    let is_head = text[at.range()].starts_with('#') && head.contains("secret");
    if !is_head && text[at.range()].starts_with('#') {
        return;
    }
    let lines = &text
        [at.end + head.len()..text.floor_char_boundary(text.len().min(at.end + head.len() + MAX_LINE * 4))];
    for line in lines.lines().skip(1).take(MAX_LINES) {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let mut rest = line;
        let mut word = || {
            rest = rest.trim_start();
            let (word, behind) = match rest.strip_prefix('"') {
                Some(inner) => inner.split_once('"')?,
                None => rest.split_once([' ', '\t']).unwrap_or((rest, "")),
            };
            rest = behind;
            (!word.is_empty()).then_some(word)
        };
        let (Some(_client), Some(_server), Some(secret)) = (word(), word(), word()) else {
            return;
        };
        let is_end =
            word().is_none_or(|address| address == "*" || address.starts_with(|c: char| c.is_ascii_digit()));
        if !is_end {
            return;
        }
        on_password(secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{assert_finds, endure};

    #[test]
    fn passwords_stand_in_their_places() {
        assert_finds(
            AccountFiles::new,
            &[
                ("db1:5432:crm:crm_app:hunter2x!", &["hunter2x!"]),
                ("localhost:5432:*:app:kettledrum", &["kettledrum"]),
                ("# pg\n*:*:*:postgres:a\\:hunter2\n", &["a\\:hunter2"]),
                (
                    "machine api.example.net login ops password kettledrum",
                    &["kettledrum"],
                ),
                (
                    "machine git.example.net\n  login ops\n  password hunter2x\n\nmachine b.example\n\tpassword brambleTart",
                    &["hunter2x", "brambleTart"],
                ),
                ("10.0.0.1 %any : PSK \"kettle drum\"", &["kettle drum"]),
                (
                    ": RSA gw.pem \"hunter2x\"\nbob : XAUTH hunter3x",
                    &["hunter2x", "hunter3x"],
                ),
                (
                    "# client server secret IP\ncust1 * kettledrum *\n\"b\" pptpd \"bramble tart\" 10.0.0.7",
                    &["kettledrum", "bramble tart"],
                ),
            ],
        );
    }

    #[test]
    fn other_lines_hold_none() {
        assert_finds(
            AccountFiles::new,
            &[
                ("127.0.0.1:5432:5432", &[]),
                ("src/main.rs:5432:10:error:expected", &[]),
                ("hostname:*:database:username:password", &[]),
                ("db1:5432:crm:crm_app:${PGPASSWORD}", &[]),
                ("machine learning password policy", &[]),
                ("the machine which password managers use", &[]),
                ("TLS: PSK cipher suites are faster", &[]),
                ("PSK: PSK authentication", &[]),
                ("# client\nlet a = b * c * d;\n", &[]),
            ],
        );
    }

    #[test]
    fn hostile_runs_end() {
        endure(
            AccountFiles::new(),
            &[
                ":*:",
                "a:5432:",
                "machine ",
                "machine a login ",
                ": PSK ",
                "# client secret\n",
                "# client secret a b c d\n",
            ],
        );
    }
}
