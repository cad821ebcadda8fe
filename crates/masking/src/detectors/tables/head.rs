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
const PASSWORDS: [&str; 12] = [
    "password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "contraseña", "senha", "mdp", "密码",
    "密碼", "口令",
];
/// Passwords beside a user's column only: tests pass too.
const SHORT_PASSWORDS: [&str; 2] = ["pass", "pwd"];
const SECRETS: [&str; 1] = ["secretkey"];
#[rustfmt::skip]
const KEYS: [&str; 7] = [
    "apikey", "accesskey", "authkey", "accesstoken", "refreshtoken", "authtoken", "privatekey",
];
/// Tokens and secrets of any kind: only what a machine made by chance is one.
const TOKENS: [&str; 2] = ["token", "secret"];
#[rustfmt::skip]
const PHONES: [&str; 18] = [
    "phone", "phoneno", "phonenumber", "mobileno", "mobilenumber", "telno", "telephone", "telephonenumber",
    "cellphone", "fax", "whatsapp", "telefon", "telefono", "手机号", "手机号码", "电话", "电话号码", "联系方式",
];
/// Phones beside a person's column, or in the form of a number: visits of a site are mobile too, and cells have genes.
const SHORT_PHONES: [&str; 4] = ["mobile", "cell", "tel", "手机"];
#[rustfmt::skip]
const BIRTHS: [&str; 13] = [
    "dob", "birthdate", "dateofbirth", "birthday", "bday", "geburtsdatum", "geburtstag",
    "datedenaissance", "fechadenacimiento", "出生日期", "出生年月", "生日", "出生",
];
/// Columns beside which a short word is a password, as the ends of their names.
#[rustfmt::skip]
const USERS: [&str; 12] = [
    "user", "username", "userid", "login", "email", "mail", "account", "host", "hostname", "用户名", "账号", "用户",
];
/// Columns of people.
#[rustfmt::skip]
const PEOPLE: [&str; 24] = [
    "name", "fullname", "firstname", "lastname", "surname", "givenname", "familyname", "contact", "contactname",
    "customer", "customername", "employee", "employeename", "person", "user", "username", "email", "vorname",
    "nachname", "nombre", "nom", "姓名", "名字", "联系人",
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
    /// A password by a short name.
    ShortPassword,
    /// A token or secret by that word alone.
    Token,
    Phone,
    /// A number that only its form shows to be a phone's.
    FormalPhone,
    Birth,
}

/// The head of a table of lines.
pub(super) struct Head {
    pub(super) delimiter: u8,
    /// How many of them each row has.
    pub(super) delimiters: usize,
    /// Names have a space behind the comma before them, as code and prose do.
    pub(super) is_spaced: bool,
    /// The columns that are private, by their number and in its order.
    pub(super) columns: Vec<(usize, Column)>,
}

/// The head that `line` is.
pub(super) fn read(line: &str) -> Option<Head> {
    if line.len() > MAX_HEAD || !opens_with_name(line) {
        return None;
    }
    let delimiter = *[b'\t', b'|', b';', b',']
        .iter()
        .find(|delimiter| memchr::memchr(**delimiter, line.as_bytes()).is_some())?;
    let row = line.as_bytes();
    let mut names = Vec::new();
    let (mut from, mut is_spaced) = (0, false);
    for end in delimiters(row, delimiter).chain([row.len()]) {
        let cell = value_in(row, from, end);
        let name = without_marks(&line[cell.range()], names.is_empty());
        // The bars around a row of Markdown.
        let is_edge = delimiter == b'|' && (from == 0 || end == row.len()) && name.is_empty();
        if !is_edge && !is_name(name) {
            return None;
        }
        is_spaced |= delimiter == b',' && from > 0 && row[from..end].starts_with(b" ");
        names.push(plain(name));
        from = end + 1;
    }
    let columns = columns(&names);
    (!columns.is_empty()).then_some(Head {
        delimiter,
        delimiters: names.len() - 1,
        is_spaced,
        columns,
    })
}

/// Whether nothing but a name, with the marks around it, stands before the first delimiter: most lines of programs are
/// known to be no heads by their first few bytes.
fn opens_with_name(line: &str) -> bool {
    let is_of_name = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'_'
                    | b'-'
                    | b'.'
                    | b'/'
                    | b'#'
                    | b'*'
                    | b'`'
                    | b'"'
                    | b'\''
                    | b'+'
                    | b'>'
                    | b'\r'
                    | 0x80..
            )
    };
    let first = line.bytes().find(|byte| !is_of_name(*byte));
    first.is_some_and(|byte| matches!(byte, b'\t' | b'|' | b';' | b','))
}

/// A name without the marks of Markdown and, in the first column, what tools write before a line.
fn without_marks(name: &str, is_first: bool) -> &str {
    let name = name.trim_matches(['*', '`', '"', '\'', ' ']);
    match name.split_once('→') {
        Some((number, rest)) if is_first && number.trim().bytes().all(|b| b.is_ascii_digit()) => rest,
        _ if is_first => name.trim_start_matches(['+', '#', '>', ' ', '\u{feff}']),
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

/// A column's name in small letters and without the separators in it; empty for what is no name.
pub(super) fn plain(name: &str) -> String {
    if name.len() > MAX_NAME {
        return String::new();
    }
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Which of the columns of those plain names are private, by their number.
pub(super) fn columns(names: &[String]) -> Vec<(usize, Column)> {
    let has_user = names
        .iter()
        .any(|name| USERS.iter().any(|user| name.ends_with(user)));
    let has_person = names.iter().any(|name| PEOPLE.contains(&name.as_str()));
    let in_context = |column: &Column| *column != Column::ShortPassword || has_user;
    names
        .iter()
        .enumerate()
        .filter_map(|(nth, name)| Some((nth, column(name).filter(in_context)?)))
        .map(|(nth, column)| match column {
            Column::FormalPhone if has_person => (nth, Column::Phone),
            other => (nth, other),
        })
        .collect()
}

/// What the column of that plain name holds.
fn column(plain: &str) -> Option<Column> {
    let is_one_of = |names: &[&str]| {
        let is_owned =
            |name: &&str| names.contains(name) && plain.len() > name.len() && plain.ends_with(*name);
        names.contains(&plain) || OWNED.iter().any(is_owned)
    };
    // With an owner, a secret is one: `client_secret`.
    let is_owned_secret = plain.ends_with("secret") && plain != "secret";
    let columns: [(&[&str], Column); 8] = [
        (&PASSWORDS, Column::Secret(Cells::Passwords)),
        (&SHORT_PASSWORDS, Column::ShortPassword),
        (&SECRETS, Column::Secret(Cells::Secrets)),
        (&KEYS, Column::Secret(Cells::Keys)),
        (&TOKENS, Column::Token),
        (&PHONES, Column::Phone),
        (&SHORT_PHONES, Column::FormalPhone),
        (&BIRTHS, Column::Birth),
    ];
    if is_owned_secret {
        return Some(Column::Secret(Cells::Secrets));
    }
    columns
        .into_iter()
        .find(|(names, _)| is_one_of(names))
        .map(|(_, column)| column)
}
