//! Percent signs, HTML entities, quoted-printable.

use super::super::marked::{Marked, Role};
use super::{Reading, letters, stretch};

const PERCENT: &str = "percent";
const HTML: &str = "html entities";
const QUOTED: &str = "quoted-printable";

pub(super) fn all() -> Vec<Reading> {
    let mut all = percent();
    all.extend(html());
    all.extend(quoted_printable());
    all
}

pub(super) fn is_sign(c: char) -> bool {
    !c.is_ascii_alphanumeric()
}

/// The bytes of a character, each written by `write`.
pub(super) fn bytes(c: char, write: impl Fn(u8) -> String) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().map(write).collect()
}

/// The UTF-16 units of a character, each written by `write`.
pub(super) fn units(c: char, write: impl Fn(u16) -> String) -> String {
    c.encode_utf16(&mut [0; 2])
        .iter()
        .map(|unit| write(*unit))
        .collect()
}

fn percent() -> Vec<Reading> {
    let signs =
        |before: &'static str| move |c: char| is_sign(c).then(|| bytes(c, |b| format!("%{before}{b:02X}")));
    // A plus sign alone is no sign of a form.
    let form = |text: &Marked| {
        let plain = text.text();
        let has_sign = plain.contains(|c| c != ' ' && is_sign(c));
        (plain.contains(' ') && has_sign).then(|| {
            text.each(|c| match c {
                ' ' => Some("+".into()),
                c if is_sign(c) => Some(bytes(c, |b| format!("%{b:02X}"))),
                _ => None,
            })
        })
    };
    vec![
        letters(PERCENT, "every byte, upper", |c| {
            Some(bytes(c, |b| format!("%{b:02X}")))
        }),
        letters(PERCENT, "every byte, lower", |c| {
            Some(bytes(c, |b| format!("%{b:02x}")))
        }),
        letters(PERCENT, "signs, upper", signs("")),
        letters(PERCENT, "signs, lower", |c| {
            is_sign(c).then(|| bytes(c, |b| format!("%{b:02x}")))
        }),
        letters(PERCENT, "signs, twice", signs("25")),
        letters(PERCENT, "signs, three times", signs("2525")),
        letters(PERCENT, "every byte, twice", |c| {
            Some(bytes(c, |b| format!("%25{b:02X}")))
        }),
        letters(PERCENT, "letters only", |c| {
            c.is_ascii_alphabetic().then(|| bytes(c, |b| format!("%{b:02X}")))
        }),
        letters(PERCENT, "digits only", |c| {
            c.is_ascii_digit().then(|| bytes(c, |b| format!("%{b:02X}")))
        }),
        letters(PERCENT, "vowels only", |c| {
            "aeiouAEIOU13579"
                .contains(c)
                .then(|| bytes(c, |b| format!("%{b:02x}")))
        }),
        stretch(PERCENT, "form body", form),
        letters(PERCENT, "%u, every character", |c| {
            Some(units(c, |u| format!("%u{u:04x}")))
        }),
        letters(PERCENT, "%u, signs", |c| {
            is_sign(c).then(|| units(c, |u| format!("%u{u:04X}")))
        }),
    ]
}

/// The name of a sign in HTML.
fn named(c: char) -> Option<&'static str> {
    Some(match c {
        '@' => "commat",
        '.' => "period",
        '+' => "plus",
        ':' => "colon",
        '/' => "sol",
        '_' => "lowbar",
        '!' => "excl",
        '#' => "num",
        '$' => "dollar",
        '%' => "percnt",
        '"' => "quot",
        '\'' => "apos",
        '(' => "lpar",
        ')' => "rpar",
        ',' => "comma",
        '=' => "equals",
        '?' => "quest",
        ';' => "semi",
        '&' => "amp",
        ' ' => "nbsp",
        _ => return None,
    })
}

fn html() -> Vec<Reading> {
    let code = |c: char| u32::from(c);
    vec![
        letters(HTML, "decimal", move |c| Some(format!("&#{};", code(c)))),
        letters(HTML, "hex, lower", move |c| Some(format!("&#x{:x};", code(c)))),
        letters(HTML, "hex, upper", move |c| Some(format!("&#X{:X};", code(c)))),
        letters(HTML, "decimal, padded", move |c| {
            Some(format!("&#{:07};", code(c)))
        }),
        letters(HTML, "hex, padded", move |c| Some(format!("&#x{:06x};", code(c)))),
        letters(HTML, "signs", move |c| {
            is_sign(c).then(|| format!("&#{};", code(c)))
        }),
        letters(HTML, "signs, padded a lot", move |c| {
            is_sign(c).then(|| format!("&#{:020};", code(c)))
        }),
        letters(HTML, "named", |c| named(c).map(|name| format!("&{name};"))),
        letters(HTML, "signs, twice", move |c| {
            is_sign(c).then(|| format!("&amp;#{};", code(c)))
        }),
        letters(HTML, "named, twice", |c| {
            named(c).map(|name| format!("&amp;{name};"))
        }),
        letters(HTML, "signs, three times", move |c| {
            is_sign(c).then(|| format!("&amp;amp;#{};", code(c)))
        }),
        letters(HTML, "digits only", move |c| {
            c.is_ascii_digit().then(|| format!("&#x{:x};", code(c)))
        }),
        stretch(HTML, "decimal, open", |text| Some(open(text, |_| true))),
        stretch(HTML, "signs, open", |text| Some(open(text, is_sign))),
    ]
}

/// Without the semicolon where what follows is no digit.
fn open(text: &Marked, is_written: fn(char) -> bool) -> Marked {
    let mut opened = Marked::default();
    for (at, (c, role)) in text.chars().iter().enumerate() {
        let next = text.chars().get(at + 1).map(|(c, _)| *c);
        let is_open = next.is_some_and(|next| is_written(next) || !next.is_ascii_digit());
        let mark = if is_open { "" } else { ";" };
        opened = if is_written(*c) {
            opened.with(&format!("&#{}{mark}", u32::from(*c)), *role)
        } else {
            opened.with(&c.to_string(), *role)
        };
    }
    opened
}

fn quoted_printable() -> Vec<Reading> {
    let every = |c: char| Some(bytes(c, |b| format!("={b:02X}")));
    let signs = |c: char| (is_sign(c) && !" \n".contains(c)).then(|| bytes(c, |b| format!("={b:02X}")));
    let needed = |c: char| (c == '=' || !c.is_ascii()).then(|| bytes(c, |b| format!("={b:02X}")));
    let soft = |end: &'static str, width: usize| {
        move |text: &Marked| {
            let written = text.each(needed);
            (written.len() > width).then(|| broken(&written, width, end))
        }
    };
    vec![
        letters(QUOTED, "every byte", every),
        letters(QUOTED, "signs", signs),
        letters(QUOTED, "signs, lower", |c| {
            (is_sign(c) && !" \n".contains(c)).then(|| bytes(c, |b| format!("={b:02x}")))
        }),
        letters(QUOTED, "what must be", needed),
        stretch(QUOTED, "soft line ends", soft("=\n", 7)),
        stretch(QUOTED, "soft line ends, CRLF", soft("=\r\n", 9)),
        stretch(QUOTED, "signs and soft line ends", move |text| {
            let written = text.each(signs);
            (written.len() > 11).then(|| broken(&written, 11, "=\r\n"))
        }),
    ]
}

/// A soft line end after every `width` characters, never inside a code.
fn broken(text: &Marked, width: usize, end: &str) -> Marked {
    let mut lines = Marked::default();
    let mut column = 0;
    let mut at = 0;
    while at < text.len() {
        let whole = if text.chars()[at].0 == '=' { 3 } else { 1 };
        let next = (at + whole).min(text.len());
        if column + whole > width && column > 0 {
            lines = lines.with(end, Role::Around);
            column = 0;
        }
        lines = lines.then(&text.slice(at..next));
        column += whole;
        at = next;
    }
    lines
}
