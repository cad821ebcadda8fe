//! The head of a table: a row of plain names, at least one of which says that its column is private.

use crate::detectors::assignment::Cells;
use crate::detectors::row::{delimiters, value_in};

/// What stands in every name of [`column`]; texts without any are not read.
#[rustfmt::skip]
pub(super) const STEMS: [&str; 31] = [
    "pass", "pwd", "kennwort", "contraseña", "senha", "mdp", "密码", "密碼", "口令", "secret", "token", "key",
    "phone", "mobil", "tel", "fax", "whatsapp", "手机", "手機", "电话", "電話", "联系", "dob", "birth", "geburt",
    "bday", "cell", "naissance", "nacimiento", "出生", "生日",
];
/// The longest head, in bytes; what is longer is data.
const MAX_HEAD: usize = 4096;
/// The longest name of a column, in bytes.
const MAX_NAME: usize = 40;

#[rustfmt::skip]
const PASSWORDS: [&str; 14] = [
    "password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "pwd", "pass", "contraseña",
    "senha", "mdp", "密码", "密碼", "口令",
];
const SECRETS: [&str; 2] = ["secret", "secretkey"];
#[rustfmt::skip]
const KEYS: [&str; 8] = [
    "apikey", "accesskey", "authkey", "token", "accesstoken", "refreshtoken", "authtoken", "privatekey",
];
#[rustfmt::skip]
const PHONES: [&str; 22] = [
    "phone", "phoneno", "phonenumber", "mobile", "mobileno", "mobilenumber", "tel", "telno",
    "telephone", "telephonenumber", "cell", "cellphone", "fax", "whatsapp", "telefon", "telefono", "手机",
    "手机号", "手机号码", "电话", "电话号码", "联系方式",
];
#[rustfmt::skip]
const BIRTHS: [&str; 13] = [
    "dob", "birthdate", "dateofbirth", "birthday", "bday", "geburtsdatum", "geburtstag",
    "datedenaissance", "fechadenacimiento", "出生日期", "出生年月", "生日", "出生",
];
/// Ends of names that owners and adjectives precede: `db_password`, `home_phone`.
#[rustfmt::skip]
const OWNED: [&str; 8] = [
    "password", "apikey", "secret", "phone", "phonenumber", "mobile", "电话", "手机",
];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Secret(Cells),
    Phone,
    Birth,
}

/// The head of a table of lines.
pub(super) struct Head {
    pub(super) delimiter: u8,
    /// How many of them each row has.
    pub(super) delimiters: usize,
    /// The columns that are private, by their number.
    pub(super) columns: Vec<(usize, Column)>,
}

/// The head that `line` is.
pub(super) fn read(line: &str) -> Option<Head> {
    if line.len() > MAX_HEAD {
        return None;
    }
    let delimiter = *[b'\t', b'|', b';', b',']
        .iter()
        .find(|delimiter| memchr::memchr(**delimiter, line.as_bytes()).is_some())?;
    let row = line.as_bytes();
    let mut columns = Vec::new();
    let (mut from, mut count) = (0, 0);
    for end in delimiters(row, delimiter).chain([row.len()]) {
        let cell = value_in(row, from, end);
        let name = without_marks(&line[cell.range()], count == 0);
        // The bars around a row of Markdown.
        let is_edge = delimiter == b'|' && (from == 0 || end == row.len()) && name.is_empty();
        if !is_edge && !is_name(name) {
            return None;
        }
        columns.extend(column(name).map(|column| (count, column)));
        count += 1;
        from = end + 1;
    }
    (!columns.is_empty()).then_some(Head {
        delimiter,
        delimiters: count - 1,
        columns,
    })
}

/// A name without the marks of Markdown and, in the first column, what tools write before a line.
fn without_marks(name: &str, is_first: bool) -> &str {
    let name = name.trim_matches(['*', '`', '"', '\'', ' ']);
    match name.split_once('→') {
        Some((number, rest)) if is_first && number.trim().bytes().all(|b| b.is_ascii_digit()) => rest,
        _ if is_first => name.trim_start_matches(['+', '#', ' ', '\u{feff}']),
        _ => name,
    }
}

/// Whether a cell of the head is nothing but a name.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.split(' ').count() <= 3
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | '/' | '#'))
}

/// What the column of that name holds, in any case and with any separators in its name.
pub(super) fn column(name: &str) -> Option<Column> {
    if name.len() > MAX_NAME {
        return None;
    }
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let is_one_of = |names: &[&str]| {
        let is_owned = |name: &&str| names.contains(name) && plain.ends_with(*name);
        names.contains(&plain.as_str()) || OWNED.iter().any(is_owned)
    };
    let columns: [(&[&str], Column); 5] = [
        (&PASSWORDS, Column::Secret(Cells::Passwords)),
        (&SECRETS, Column::Secret(Cells::Secrets)),
        (&KEYS, Column::Secret(Cells::Keys)),
        (&PHONES, Column::Phone),
        (&BIRTHS, Column::Birth),
    ];
    columns
        .into_iter()
        .find(|(names, _)| is_one_of(names))
        .map(|(_, column)| column)
}
