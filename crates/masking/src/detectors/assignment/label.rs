//! Labels that are given secrets: which word, of which kind, and how it is written.

use crate::ByteSpan;
use crate::detectors::text::{char_before, ends_with_ignore_case, is_unspaced, is_word, line_before};

/// What a label is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    /// `client_secret`, `JWT_SECRET`: chosen by a person or made by a machine.
    Secret,
    /// `api_key`, `signing_key`: made by a machine.
    Key,
    /// Like a key, but code has many harmless tokens.
    Token,
    PrivateKey,
    /// A session's identifier in a cookie.
    Session,
}

/// The words that wake the rule. Short ones bring the separator that must follow.
pub(super) const WORDS: &[(&str, Kind)] = &[
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("passcode", Kind::Password),
    ("passwort", Kind::Password),
    ("kennwort", Kind::Password),
    ("contraseña", Kind::Password),
    ("mot de passe", Kind::Password),
    ("senha", Kind::Password),
    ("пароль", Kind::Password),
    ("密码", Kind::Password),
    ("密碼", Kind::Password),
    ("口令", Kind::Password),
    ("パスワード", Kind::Password),
    ("비밀번호", Kind::Password),
    ("pwd", Kind::Password),
    ("pw:", Kind::Password),
    ("pw=", Kind::Password),
    ("pw =", Kind::Password),
    ("pw\"", Kind::Password),
    ("pw'", Kind::Password),
    ("mdp:", Kind::Password),
    ("mdp :", Kind::Password),
    ("mdp=", Kind::Password),
    ("credentials:", Kind::Password),
    ("creds:", Kind::Password),
    ("pass=", Kind::Password),
    ("pass:", Kind::Password),
    ("pass =", Kind::Password),
    ("pass :", Kind::Password),
    ("pass\"", Kind::Password),
    ("pass'", Kind::Password),
    ("requirepass", Kind::Password),
    ("identified by", Kind::Password),
    ("secret", Kind::Secret),
    ("token", Kind::Token),
    ("key", Kind::Key),
    ("密钥", Kind::Key),
    ("秘钥", Kind::Key),
    ("令牌", Kind::Token),
    ("sessid=", Kind::Session),
    ("sessionid=", Kind::Session),
    ("session=", Kind::Session),
    ("connect.sid=", Kind::Session),
];

/// Words that make a `key` secret when they stand before it.
#[rustfmt::skip]
const KEY_OWNERS: &[&str] = &[
    "api", "access", "secret", "auth", "encryption", "encrypt", "signing", "signature", "account", "master",
    "subscription", "service", "shared", "storage", "app", "application", "deploy", "hmac", "consumer",
    "client", "admin", "webhook", "license", "jwt", "cipher", "aes", "write", "ingest", "server", "rest",
    "function", "host", "host ", "connection", "primary_access", "secondary_access",
];

/// Words that make a token harmless when they stand before it: it marks a place or a request.
#[rustfmt::skip]
const HARMLESS_TOKENS: &[&str] = &[
    "page", "next", "prev", "previous", "continuation", "continue", "sync", "resume", "cursor",
    "pagination", "scroll", "marker", "cancellation", "public", "stop", "pad", "eos", "bos", "unk",
    "idempotency", "starting", "request", "change", "update", "unit",
];

/// What may follow a label's word inside its identifier: `password2`, `token_prod`.
#[rustfmt::skip]
const SUFFIXES: &[&str] = &[
    "_prod", "_production", "_dev", "_development", "_test", "_staging", "_live", "_sandbox", "_old",
    "_new", "_value", "_string", "_raw", "_plain", "_base64", "_b64", "_hex", "_base", "value", "string", "_confirm",
    "_confirmation",
];

/// Longest option before a label.
const MAX_OPTION: usize = 32;
/// The longest path and number that a tool writes before a line.
const MAX_PREFIX: usize = 120;
/// How far back an identifier is read.
const REACH: usize = 48;

/// A label in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    pub(super) kind: Kind,
    /// From the start of its identifier to the end.
    pub(super) span: ByteSpan,
    /// Written as constants and environment variables are: `DB_PASSWORD`.
    pub(super) is_constant: bool,
    /// A parameter of a URL's query.
    pub(super) in_query: bool,
    /// An option of a command line: `--password`.
    pub(super) is_option: bool,
    /// Names who calls, and is as often a random mark of a request as a secret: `client_token`.
    pub(super) is_doubtful: bool,
    /// Names several, which a list holds: `passwords`.
    pub(super) is_plural: bool,
    /// Names a user and a password: `credentials`.
    pub(super) is_pair: bool,
}

/// The label whose word stands at `at`; `None` when it is part of another word.
pub(super) fn read(text: &str, (word, kind): (&str, Kind), at: ByteSpan) -> Option<Label> {
    let bytes = text.as_bytes();
    let word_end = at.start + word.trim_end_matches(['=', ':', '"', '\'', ' ']).len();
    let is_plural = is_plural(bytes, word_end);
    let suffix = suffix(&text[word_end..]).or(is_plural.then_some(1));
    // Behind a word of a script without spaces, a value may stand at once.
    let is_unspaced = char_before(text, word_end).is_some_and(is_unspaced);
    let end = word_end + suffix.or(is_unspaced.then_some(0))?;
    let start = at.start - identifier_before(bytes, at.start);
    let owner = &text[start..at.start];
    if !is_own_word(text, word, at.start) {
        return None;
    }
    let kind = match kind {
        Kind::Key if word == "key" => key_kind(text, at.start)?,
        Kind::Token if is_harmless_token(owner) => return None,
        other => other,
    };
    // A value that looks like a label is the value of the label before it.
    let before = start.checked_sub(1).map(|at| bytes[at]);
    if before == Some(b'=') && !is_in_option(bytes, start) {
        return None;
    }
    // Test runners write `PASS: TestName1`.
    if &text[start..end] == "PASS" {
        return None;
    }
    // `arn:aws:secretsmanager:...:secret:name` names a secret.
    if before == Some(b':') && kind == Kind::Secret && is_part_of_name(&bytes[end..]) {
        return None;
    }
    let identifier = &text[start..end];
    Some(Label {
        kind,
        span: ByteSpan::new(start, end),
        is_constant: identifier.len() > 3
            && !identifier.bytes().any(|b| b.is_ascii_lowercase())
            && word.is_ascii(),
        in_query: matches!(before, Some(b'?' | b'&')),
        is_option: owner.starts_with('-') || before == Some(b'-'),
        is_doubtful: kind == Kind::Token
            && ends_with_ignore_case(owner.trim_end_matches(['_', '-']), "client"),
        is_plural,
        is_pair: word.starts_with("cred"),
    })
}

/// Whether the label is the first word of its line, as in YAML. A comment's or a quotation's mark, the marks of a diff,
/// and what tools write before the lines that they show (`12→`, `file.yml:12:`) are no words.
pub(super) fn starts_line(text: &str, label: &Label) -> bool {
    const MARKS: [char; 10] = [' ', '\t', '-', '+', '"', '\'', '#', '/', '*', '>'];
    let before = line_before(text, label.span.start, MAX_PREFIX).trim_end_matches(MARKS);
    let number = before.trim_end_matches(['→', '│', '|', ':']).trim();
    let is_path = before.contains(['.', '/'])
        && before.ends_with(|c: char| c == ':' || c.is_ascii_digit())
        && !before.contains(|c: char| c.is_whitespace() || matches!(c, '(' | '=' | ','));
    number.bytes().all(|b| b.is_ascii_digit()) || is_path
}

/// Whether an `s` ends the identifier.
fn is_plural(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|b| b.eq_ignore_ascii_case(&b's'))
        && !bytes.get(at + 1).is_some_and(|b| is_word(*b) || *b == b'-')
}

/// Whether another part of a name follows, as in `secret:name`.
fn is_part_of_name(behind: &[u8]) -> bool {
    matches!(behind, [b':', next, ..] if !next.is_ascii_whitespace())
}

/// Whether the label at `at` belongs to an option: `--from-literal=password=...`.
fn is_in_option(bytes: &[u8], at: usize) -> bool {
    let window = &bytes[at.saturating_sub(MAX_OPTION)..at];
    let word = window.iter().rev().take_while(|b| b.is_ascii_graphic()).count();
    word < window.len() && window[window.len() - word..].starts_with(b"-") || word == at && bytes[0] == b'-'
}

/// Bytes of the suffix that `rest` starts with; `None` when the identifier goes on in another way.
fn suffix(rest: &str) -> Option<usize> {
    let len = rest
        .bytes()
        .take(32)
        .take_while(|b| is_word(*b) || *b == b'-')
        .count();
    let tail = &rest.as_bytes()[..len];
    let known = len <= 2 && tail.iter().all(u8::is_ascii_digit)
        || SUFFIXES
            .iter()
            .any(|known| tail.eq_ignore_ascii_case(known.as_bytes()));
    known.then_some(len)
}

fn identifier_before(bytes: &[u8], at: usize) -> usize {
    bytes[at.saturating_sub(REACH)..at]
        .iter()
        .rev()
        .take_while(|b| is_word(**b) || matches!(b, b'-' | b'.'))
        .count()
}

/// Whether the word starts at `at` and is not the end of another: `compass=`, `OLDPWD`, but `dbPassword` and `MYSQLPWD`.
fn is_own_word(text: &str, word: &str, at: usize) -> bool {
    let own = |before: char| {
        !before.is_alphanumeric()
            || !word.is_ascii()
            || before.is_ascii_lowercase() && text.as_bytes()[at].is_ascii_uppercase()
            || before.is_ascii_digit()
    };
    // Long words are found at the end of others: `dbpassword`, `accesstoken`, `clientsecret`.
    let is_long = word == "key"
        || word.len() >= 5 && !word.starts_with("pass") && word != "senha"
        || word.starts_with("pass") && word.len() > 5;
    is_long || char_before(text, at).is_none_or(own)
}

fn key_kind(text: &str, at: usize) -> Option<Kind> {
    let owner = text[..at]
        .strip_suffix(['_', '-', ' ', '.'])
        .unwrap_or(&text[..at]);
    if ends_with_ignore_case(owner, "private") {
        return Some(Kind::PrivateKey);
    }
    KEY_OWNERS
        .iter()
        .any(|word| ends_with_ignore_case(owner, word))
        .then_some(Kind::Key)
}

fn is_harmless_token(owner: &str) -> bool {
    let owner = owner.trim_end_matches(['_', '-', '.']);
    HARMLESS_TOKENS
        .iter()
        .any(|word| ends_with_ignore_case(owner, word))
}
