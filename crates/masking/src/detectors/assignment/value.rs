//! Where the value of a label is: behind its operator, in quotes or bare.

use super::label::{Kind, Label, starts_line};
use crate::ByteSpan;
use crate::detectors::secret::{has, piece_in_value};
use crate::detectors::text::{is_word, line_after, line_before, starts_with_ignore_case};

/// Longest value in quotes, in bytes.
const MAX_QUOTED: usize = 2048;
/// Longest value without quotes, in bytes.
const MAX_BARE: usize = 128;
/// Most white space around an operator.
const MAX_SPACE: usize = 8;
/// Longest type between a label and its value: `password: Optional[str] = "..."`.
const MAX_TYPE: usize = 40;
/// Longest run of words between a label and `is`: `the password for the router is ...`.
const MAX_WORDS: usize = 24;

/// Deepest indentation of a value below its label.
const MAX_INDENT: usize = 64;
/// Longest name of a user before a password.
const MAX_USER: usize = 64;
/// Words that say what a password is, with the space behind them.
const VERBS: [&str; 6] = ["is ", "was ", "ist ", "lautet ", "est ", "es "];

/// Longest token without quotes, in bytes.
const MAX_BARE_TOKEN: usize = 2048;
/// Parts of the names of functions that are given a setting's name and its value.
const SETTERS: [&str; 13] = [
    "get", "set", "env", "put", "add", "append", "header", "property", "default", "option", "config",
    "param", "define",
];

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes.
    Quoted,
    /// Bare, behind an operator: `password=hunter2`.
    Bare,
    /// Bare, in a sentence: `the password is hunter2`.
    Prose,
    /// Bare, and nothing but its look joins it to the label: `the password S3cretPw99x`.
    Adjacent,
    /// Bare, between tags: `<password>hunter2</password>`.
    Element,
}

/// A value in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) span: ByteSpan,
    pub(super) form: Form,
    /// It is set by the label's name, in a form that code and prose do not have: `ENV DB_PASSWORD ...`.
    pub(super) is_setting: bool,
}

impl Value {
    pub(super) fn is_quoted(&self) -> bool {
        self.form == Form::Quoted
    }
}

/// What joins a label and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`, `:`, `=>` and their like.
    Assign,
    /// `is`, `was`, `是`.
    Verb,
    /// `>` of an element's tag.
    Tag,
    /// `,` or white space: the value must be in quotes.
    QuotedOnly,
    /// White space behind an option or in a netrc line.
    Space,
    /// Nothing.
    Adjacent,
}

/// The value that stands behind `label`.
pub(super) fn behind(text: &str, label: &Label) -> Option<Value> {
    let (operator, at) = operator(text, label)?;
    if label.is_plural {
        return None;
    }
    if label.is_pair {
        return read(text, behind_user(text, at)?, label.kind, Operator::Adjacent);
    }
    let below = (operator == Operator::Assign)
        .then(|| below(text, label, at))
        .flatten();
    let at = below.unwrap_or_else(|| skip_type(text, at, operator));
    let value = read(text, at, label.kind, operator)?;
    let is_whole = || {
        line_after(text, value.span.end, MAX_SPACE)
            .trim_matches(['"', '\'', ',', ' '])
            .is_empty()
    };
    if below.is_some() && !is_whole() {
        return None;
    }
    Some(Value {
        is_setting: operator == Operator::Space || operator == Operator::QuotedOnly,
        ..value
    })
}

/// Where what an operator assigns to `label` starts.
pub(super) fn assigned(text: &str, label: &Label) -> Option<usize> {
    operator(text, label)
        .filter(|(operator, _)| *operator == Operator::Assign)
        .map(|(_, at)| at)
}

/// The value at `at`, which `operator` joins to its label.
pub(super) fn read(text: &str, at: usize, kind: Kind, operator: Operator) -> Option<Value> {
    // Laravel: `APP_KEY=base64:...`.
    let scheme = if kind == Kind::Key && text[at..].starts_with("base64:") {
        "base64:".len()
    } else {
        0
    };
    let at = at + scheme;
    let rest = &text[at..];
    if let Some((open, close)) = opening_quote(rest) {
        return quoted(text, at + open, close);
    }
    let form = match operator {
        Operator::QuotedOnly => return None,
        Operator::Assign | Operator::Space => Form::Bare,
        Operator::Verb => Form::Prose,
        Operator::Tag => Form::Element,
        Operator::Adjacent => Form::Adjacent,
    };
    let len = match kind {
        Kind::Password | Kind::Secret => bare_len(rest, form)?,
        Kind::Key | Kind::Token | Kind::PrivateKey | Kind::Session => token_len(rest.as_bytes()),
    };
    let closes = form != Form::Element || rest[len..].starts_with("</");
    (len > 0 && closes).then_some(Value {
        span: ByteSpan::new(at, at + len),
        form,
        is_setting: false,
    })
}

/// The value in quotes that starts at `from`, without the white space around it. Where a line ends before its quotes
/// close, all of the line is taken for it.
fn quoted(text: &str, from: usize, close: &str) -> Option<Value> {
    let body = cut(&text[from..], MAX_QUOTED);
    let line = memchr::memchr2(b'\n', b'\r', body.as_bytes()).unwrap_or(body.len());
    let close = closing_at(&body.as_bytes()[..line], close.as_bytes());
    let is_closed = close.is_some();
    let inner = &body[..close.or((line < body.len()).then_some(line))?];
    let start = from + inner.len() - inner.trim_start().len();
    Some(Value {
        span: ByteSpan::new(start, start + inner.trim().len()),
        form: if is_closed { Form::Quoted } else { Form::Bare },
        is_setting: false,
    })
}

/// Where the quotes close: one that a backslash stands before is part of the value, unless the opening one was escaped too.
fn closing_at(line: &[u8], close: &[u8]) -> Option<usize> {
    let is_escaped = |at: usize| line[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let mut all = memchr::memmem::find_iter(line, close);
    all.find(|at| close.starts_with(b"\\") || !is_escaped(*at))
}

fn operator(text: &str, label: &Label) -> Option<(Operator, usize)> {
    let bytes = text.as_bytes();
    let closing = closing_len(&bytes[label.span.end..]);
    let closed = label.span.end + closing;
    let at = closed + space(&bytes[closed..]);
    let rest = &text[at..];
    let assign = |len: usize| Some((Operator::Assign, at + len + space(&bytes[at + len..])));
    match rest.as_bytes() {
        [b':', b':', ..] => None,
        [b':', b'=', ..] | [b'=', b'>' | b'=', ..] => assign(2),
        [b'|', b'|', ..] | [b'?', b'?' | b':', ..] => Some((Operator::QuotedOnly, skip_space(text, at + 2))),
        [b':' | b'=' | b'|', ..] => assign(1),
        [b')', ..] if closing > 0 => fallback(text, at + 1),
        [b'o', b'r', b' ', ..] if text[..closed].ends_with(']') => {
            Some((Operator::QuotedOnly, skip_space(text, at + 3)))
        }
        [b'(', b'\'' | b'"', ..] if is_sql(text, label) => Some((Operator::QuotedOnly, at + 1)),
        [b'(', ..] if at > closed => behind_remark(text, at),
        [b'>', ..] if label.span.start > 0 && matches!(bytes[label.span.start - 1], b'<' | b'"' | b'\'') => {
            Some((Operator::Tag, at + 1))
        }
        [b',', ..] if closing > 0 && is_looked_up(text, label) => {
            Some((Operator::QuotedOnly, at + 1 + space(&bytes[at + 1..])))
        }
        _ if rest.starts_with('：') || rest.starts_with('＝') => assign(3),
        _ if closing > 0 && starts_with_ignore_case(rest, "value=") => assign("value=".len()),
        // `mysql_native_password BY '...'`.
        _ if at > closed && starts_with_ignore_case(rest, "by ") => Some((Operator::QuotedOnly, at + 3)),
        _ if at == closed && !rest.starts_with(is_verb_char) => adjacent(text, label, at),
        _ => verb(text, at)
            .or_else(|| by_space(text, label, at))
            .or_else(|| adjacent(text, label, at)),
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    at + space(&text.as_bytes()[at..])
}

/// The default behind a call that looks a setting up: `getenv("PASSWORD") ?: "..."`.
fn fallback(text: &str, at: usize) -> Option<(Operator, usize)> {
    let at = skip_space(text, at);
    let joint = ["||", "??", "?:", "or "]
        .iter()
        .find(|joint| text[at..].starts_with(**joint))?;
    Some((Operator::QuotedOnly, skip_space(text, at + joint.len())))
}

/// What a remark in brackets parts from the label: `Password (root): ...`.
fn behind_remark(text: &str, at: usize) -> Option<(Operator, usize)> {
    let close = at + line_after(text, at, MAX_WORDS).find(')')? + 1;
    matches!(text.as_bytes().get(close), Some(b':' | b'='))
        .then(|| (Operator::Assign, skip_space(text, close + 1)))
}

/// A word that follows a label of prose and nothing else.
fn adjacent(text: &str, label: &Label, at: usize) -> Option<(Operator, usize)> {
    let word = &text[label.span.range()];
    let is_prose = label.kind == Kind::Password && word.len() > 4 && !word.contains(['_', '.', '-']);
    let starts = text.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
    (is_prose && starts && (at > label.span.end || !word.is_ascii())).then_some((Operator::Adjacent, at))
}

/// Where the password starts behind a user's name: `bob / hunter2`, `bob:hunter2`.
fn behind_user(text: &str, at: usize) -> Option<usize> {
    let is_name = |b: &&u8| is_word(**b) || matches!(b, b'.' | b'-' | b'@' | b'+');
    let name = text.as_bytes()[at..]
        .iter()
        .take(MAX_USER)
        .take_while(is_name)
        .count();
    let joint = skip_space(text, at + name);
    (name > 0 && matches!(text.as_bytes().get(joint), Some(b'/' | b':' | b'|')))
        .then(|| skip_space(text, joint + 1))
}

/// Where a value starts that stands in the line below its label and deeper than it, as YAML writes one behind a
/// block's mark (`|`, `>-`) or none.
fn below(text: &str, label: &Label, at: usize) -> Option<usize> {
    let mark = line_after(text, at, MAX_SPACE);
    let line_end = at + mark.len();
    let is_open = matches!(mark.trim_end(), "" | "|" | ">" | "|-" | ">-" | "|+" | ">+");
    let behind = &text[line_end..];
    let next = behind.strip_prefix('\r').unwrap_or(behind).strip_prefix('\n')?;
    let next_start = text.len() - next.len();
    if !is_open || !starts_line(text, label) {
        return None;
    }
    let before = line_before(text, label.span.start, MAX_INDENT);
    let start = next_start + prefix_len(next, before);
    (start - next_start > before.len()).then_some(start)
}

/// Bytes before the first word of `line`: white space, a number that a view of a file writes, the mark of a diff or a
/// comment that the line `above` has too.
fn prefix_len(line: &str, above: &str) -> usize {
    let spaces = |at: usize| {
        let rest = &line.as_bytes()[at..];
        at + rest
            .iter()
            .take(MAX_INDENT)
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count()
    };
    let at = spaces(0);
    let digits = line[at..]
        .bytes()
        .take(MAX_SPACE)
        .take_while(u8::is_ascii_digit)
        .count();
    let numbered = line[at + digits..].starts_with('→') && digits > 0;
    let at = if numbered {
        spaces(at + digits + '→'.len_utf8())
    } else {
        at
    };
    let mark = line.as_bytes().get(at).copied();
    let is_shared = mark.is_some_and(|mark| matches!(mark, b'+' | b'#') && above.as_bytes().contains(&mark));
    if is_shared || mark == Some(b'-') && above.starts_with('-') {
        spaces(at + 1)
    } else {
        at
    }
}

/// Whether the label is the first argument of a call that reads or writes a setting: `getenv("PASSWORD", "...")`.
fn is_looked_up(text: &str, label: &Label) -> bool {
    let before = line_before(text, label.span.start, 40);
    let Some((call, "")) = before.trim_end_matches(['"', '\'', ' ']).rsplit_once('(') else {
        return false;
    };
    let name = call
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
        .unwrap_or(call);
    SETTERS.iter().any(|part| has(name.as_bytes(), part))
}

/// Quotes, brackets and emphasis that close a label.
fn closing_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(4)
        .take_while(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b']' | b'*'))
        .count()
}

fn space(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(MAX_SPACE)
        .take_while(|b| matches!(b, b' ' | b'\t' | b'*'))
        .count()
}

const fn is_verb_char(char: char) -> bool {
    matches!(char, '是' | '为' | '為' | 'は')
}

/// `is` and its like, directly or behind a few words.
fn verb(text: &str, at: usize) -> Option<(Operator, usize)> {
    let rest = &text[at..];
    if let Some(char) = rest.chars().next().filter(|char| is_verb_char(*char)) {
        let end = at + char.len_utf8();
        let colon = if text[end..].starts_with('：') {
            3
        } else {
            usize::from(text[end..].starts_with(':'))
        };
        return Some((
            Operator::Verb,
            end + colon + space(&text.as_bytes()[end + colon..]),
        ));
    }
    let words = rest
        .bytes()
        .take(MAX_WORDS)
        .take_while(|b| b.is_ascii_lowercase() || matches!(b, b' ' | b'\''))
        .count();
    let behind = |verb: &str| {
        let found = rest[..words].find(verb)?;
        let own_word = found == 0 || rest.as_bytes()[found - 1] == b' ';
        own_word.then_some(at + found + verb.len())
    };
    let end = VERBS.iter().find_map(|verb| behind(verb));
    let colon = || (words > 0 && rest[words..].starts_with(": ")).then_some(at + words + 2);
    end.or_else(colon).map(|end| (Operator::Verb, end))
}

/// Values that only white space parts from their label.
fn by_space(text: &str, label: &Label, at: usize) -> Option<(Operator, usize)> {
    let word = &text[label.span.range()];
    let line = line_before(text, label.span.start, 80);
    if label.is_option
        || word.eq_ignore_ascii_case("requirepass")
        || line.contains("login ")
        || !word.is_ascii()
        || label.kind == Kind::Key && word.contains('_')
    {
        return Some((Operator::Space, at));
    }
    // `ENV DB_PASSWORD ...` of a Dockerfile, `setenv DB_PASSWORD ...` of csh.
    if label.is_constant
        && ["ENV ", "setenv "]
            .iter()
            .any(|set| line.trim_start().ends_with(set))
    {
        return Some((Operator::Space, at));
    }
    let is_quoted = opening_quote(&text[at..]).is_some();
    (is_sql(text, label) && is_quoted).then_some((Operator::QuotedOnly, at))
}

/// Whether the label is written as SQL does.
fn is_sql(text: &str, label: &Label) -> bool {
    let word = &text[label.span.range()];
    matches!(word, "PASSWORD" | "password") || word.eq_ignore_ascii_case("identified by")
}

/// Skips the type in `password: str = "..."`, where one stands between.
fn skip_type(text: &str, at: usize, operator: Operator) -> usize {
    let rest = cut(&text[at..], MAX_TYPE);
    let is_type = |b: u8| b.is_ascii_alphanumeric() || b" _&'<>[]|?.:,*".contains(&b);
    if operator != Operator::Assign || !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '&') {
        return at;
    }
    let len = rest.bytes().take_while(|b| is_type(*b)).count();
    let behind = &rest.as_bytes()[len..];
    match behind {
        [b'=', b' ', b'"' | b'\'', ..] if rest[..len].ends_with(' ') => at + len + 2,
        _ => at,
    }
}

/// Bytes of an opening quote with its prefix, and what closes it.
fn opening_quote(rest: &str) -> Option<(usize, &'static str)> {
    let prefix = match rest.as_bytes() {
        [b'b' | b'r' | b'f' | b'u' | b'@' | b'L', b'"' | b'\'', ..] => 1,
        _ => 0,
    };
    let quotes = [
        ("\\\"", "\\\""),
        ("\"", "\""),
        ("'", "'"),
        ("`", "`"),
        ("“", "”"),
        ("「", "」"),
        ("‘", "’"),
    ];
    quotes
        .iter()
        .find(|(open, _)| rest[prefix..].starts_with(open))
        .map(|(open, close)| (prefix + open.len(), *close))
}

/// How long the bare value is; `None` when it is longer than values are.
fn bare_len(rest: &str, form: Form) -> Option<usize> {
    let window = cut(rest, MAX_BARE + 4);
    let bytes = window.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let ends = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => false,
            b'<' | b'$' | b'{' | b'%' | b'#' | b'[' | b'(' if goes_on_behind(bytes, at, form) => {
                at += piece_in_value(bytes, at);
                continue;
            }
            b'<' => at > 0,
            b'"' | b'\'' | b'`' | b'>' | b'\\' => form != Form::Element,
            b',' | b';' | b'&' => form == Form::Bare && ends_item(&bytes[at + 1..]),
            b')' | b']' | b'}' => !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric),
            0..=b' ' => true,
            0x80.. => window[at..].starts_with(|c: char| c.is_whitespace() || is_east_asian(c)),
            _ => false,
        };
        if ends {
            break;
        }
        at += if byte.is_ascii() {
            1
        } else {
            window[at..].chars().next().map_or(1, char::len_utf8)
        };
    }
    let value = window[..at].trim_end_matches(['.', ',', ';', ':', '?']);
    (at <= MAX_BARE).then_some(value.len())
}

/// Whether a piece of a template stands at `at`, and is part of a bare value: its start, or with more of it behind.
fn goes_on_behind(bytes: &[u8], at: usize, form: Form) -> bool {
    let piece = piece_in_value(bytes, at);
    let behind = bytes.get(at + piece).copied().unwrap_or(b' ');
    let is_part = behind.is_ascii_alphanumeric() || b"!@#$%^&*~+=_-".contains(&behind);
    let is_last = matches!(bytes[at], b'$' | b'#' | b'%') && !behind.is_ascii_graphic();
    piece > 0 && (at == 0 || is_last || is_part && !(form == Form::Element && bytes[at] == b'<'))
}

/// How long the bare value of a machine is; 0 where it goes on as other text does.
fn token_len(bytes: &[u8]) -> usize {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"-_.~+/%".contains(b);
    let mut body = 0;
    while let Some(byte) = bytes.get(body).filter(|_| body < MAX_BARE_TOKEN) {
        let piece = if is_part(byte) && *byte != b'%' {
            0
        } else {
            piece_in_value(bytes, body)
        };
        // Something shaped like a placeholder with a key in it is no piece.
        let opens = body == 0 && *byte == b'<';
        if piece == 0 && !is_part(byte) && !opens {
            break;
        }
        body += piece.max(1);
    }
    let padding = bytes[body..].iter().take(3).take_while(|b| **b == b'=').count();
    let dots = bytes[..body].iter().rev().take_while(|b| **b == b'.').count();
    match bytes.get(body + padding) {
        Some(b'(' | b'[' | b'{' | b':' | b'!' | b'?' | b'@' | b'$' | b'^' | b'=') => 0,
        Some(b) if padding > 0 && b.is_ascii_alphanumeric() => 0,
        _ if padding > 0 => body + padding,
        _ => body - dots,
    }
}

/// Whether a separator is followed by white space, the end, or another `name=`.
fn ends_item(behind: &[u8]) -> bool {
    let name = behind
        .iter()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' '))
        .count();
    match behind.first() {
        None => true,
        Some(first) => {
            first.is_ascii_whitespace() || name > 0 && matches!(behind.get(name), Some(b'=' | b':'))
        }
    }
}

const fn is_east_asian(char: char) -> bool {
    matches!(char, '\u{2018}'..='\u{201F}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{FF00}'..='\u{FFEF}')
}

/// The start of `text`, at most `most` bytes, cut at a character.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}
