//! Backslashes: the escapes of programs, and JSON in strings.

use super::super::marked::{Marked, Role, Scope};
use super::escapes::{bytes, is_sign, units};
use super::{Reading, letters, stretch};

const BACKSLASH: &str = "backslash";
const JSON: &str = "json literal";

pub(super) fn all() -> Vec<Reading> {
    let hex = |c: char| bytes(c, |b| format!("\\x{b:02x}"));
    let unicode = |c: char| units(c, |u| format!("\\u{u:04x}"));
    let long = |c: char| format!("\\U{:08X}", u32::from(c));
    let brackets = |c: char| format!("\\u{{{:x}}}", u32::from(c));
    let octal = |c: char| bytes(c, |b| format!("\\{b:03o}"));
    let signs = |write: fn(char) -> String| move |c: char| is_sign(c).then(|| write(c));
    let mut all = vec![
        letters(BACKSLASH, "\\x", move |c| Some(hex(c))),
        letters(BACKSLASH, "\\x, signs", signs(hex)),
        letters(BACKSLASH, "\\x, upper", |c| {
            Some(bytes(c, |b| format!("\\x{b:02X}")))
        }),
        letters(BACKSLASH, "\\u", move |c| Some(unicode(c))),
        letters(BACKSLASH, "\\u, signs", signs(unicode)),
        letters(BACKSLASH, "\\u, upper", |c| {
            Some(units(c, |u| format!("\\u{u:04X}")))
        }),
        letters(BACKSLASH, "\\u, digits only", move |c| {
            c.is_ascii_digit().then(|| unicode(c))
        }),
        letters(BACKSLASH, "\\u{}", move |c| Some(brackets(c))),
        letters(BACKSLASH, "\\u{}, signs", signs(brackets)),
        letters(BACKSLASH, "\\x{}, signs", |c| {
            is_sign(c).then(|| format!("\\x{{{:x}}}", u32::from(c)))
        }),
        letters(BACKSLASH, "\\U", move |c| Some(long(c))),
        letters(BACKSLASH, "\\U, signs", signs(long)),
        letters(BACKSLASH, "octal", move |c| Some(octal(c))),
        letters(BACKSLASH, "octal, signs", signs(octal)),
        letters(BACKSLASH, "\\N{}, signs", |c| {
            sign_name(c).map(|name| format!("\\N{{{name}}}"))
        }),
        letters(BACKSLASH, "\\N{}", |c| {
            letter_name(c).map(|name| format!("\\N{{{name}}}"))
        }),
        letters(BACKSLASH, "doubled \\x", |c| {
            Some(bytes(c, |b| format!("\\\\x{b:02x}")))
        }),
        letters(BACKSLASH, "doubled \\u, signs", |c| {
            is_sign(c).then(|| units(c, |u| format!("\\\\u{u:04x}")))
        }),
        letters(BACKSLASH, "eight times \\u, signs", |c| {
            is_sign(c).then(|| units(c, |u| format!("\\\\\\\\\\\\\\\\u{u:04x}")))
        }),
        letters(BACKSLASH, "doubled octal, signs", |c| {
            is_sign(c).then(|| bytes(c, |b| format!("\\\\{b:03o}")))
        }),
        letters(BACKSLASH, "before signs", |c| {
            c.is_ascii_punctuation().then(|| format!("\\{c}"))
        }),
    ];
    all.extend(json());
    all
}

fn json() -> Vec<Reading> {
    let literal = |text: &Marked| Some(quoted(&escaped(text)));
    let twice = |text: &Marked| Some(quoted(&escaped(&quoted(&escaped(text)))));
    let mut all = vec![
        stretch(JSON, "literal", literal).only(&[Scope::Line, Scope::All]),
        stretch(JSON, "literal in a literal", twice).only(&[Scope::Line, Scope::All]),
        letters(JSON, "escaped slashes", |c| (c == '/').then(|| "\\/".into())),
        letters(JSON, "ASCII only", |c| {
            (!c.is_ascii()).then(|| units(c, |u| format!("\\u{u:04x}")))
        }),
    ];
    for (name, escape) in [
        ("\\n", "\\n"),
        ("\\t", "\\t"),
        ("\\r", "\\r"),
        ("\\r\\n", "\\r\\n"),
        ("\\\\n", "\\\\n"),
        ("\\u000a", "\\u000a"),
    ] {
        all.push(
            stretch(JSON, format!("between {name}"), move |text| {
                let before = Marked::of("first line", Role::Around).around(escape);
                Some(before.then(text).around(escape).around("last line"))
            })
            .only(&[Scope::Value, Scope::Line])
            .parting()
            .apart()
            .line(),
        );
    }
    all
}

fn escaped(text: &Marked) -> Marked {
    text.each(|c| match c {
        '"' | '\\' => Some(format!("\\{c}")),
        '\n' => Some("\\n".into()),
        '\r' => Some("\\r".into()),
        '\t' => Some("\\t".into()),
        _ => None,
    })
}

fn quoted(text: &Marked) -> Marked {
    Marked::of("\"", Role::Around).then(text).around("\"")
}

/// The name of a sign in the Unicode Character Database.
fn sign_name(c: char) -> Option<&'static str> {
    Some(match c {
        '@' => "COMMERCIAL AT",
        '.' => "FULL STOP",
        '-' => "HYPHEN-MINUS",
        '+' => "PLUS SIGN",
        ':' => "COLON",
        '/' => "SOLIDUS",
        '_' => "LOW LINE",
        ' ' => "SPACE",
        '!' => "EXCLAMATION MARK",
        '#' => "NUMBER SIGN",
        '$' => "DOLLAR SIGN",
        '%' => "PERCENT SIGN",
        '=' => "EQUALS SIGN",
        ',' => "COMMA",
        '(' => "LEFT PARENTHESIS",
        ')' => "RIGHT PARENTHESIS",
        '\'' => "APOSTROPHE",
        '\\' => "REVERSE SOLIDUS",
        _ => return None,
    })
}

fn letter_name(c: char) -> Option<String> {
    const DIGITS: [&str; 10] = [
        "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
    ];
    match c {
        '0'..='9' => Some(format!("DIGIT {}", DIGITS[c as usize - '0' as usize])),
        'a'..='z' => Some(format!("LATIN SMALL LETTER {}", c.to_ascii_uppercase())),
        'A'..='Z' => Some(format!("LATIN CAPITAL LETTER {c}")),
        _ => sign_name(c).map(str::to_owned),
    }
}
