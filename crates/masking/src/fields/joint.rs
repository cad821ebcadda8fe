//! How a label and its value hang together, and where the value stands. Finds places, judges nothing.

mod markup;
mod pair;
mod said;

use super::concept::Concept;
use super::label::Label;
use crate::ByteSpan;
use crate::detectors::text::{
    char_at, char_before, is_unspaced, line_after, line_before, starts_with_ignore_case,
};

/// Longest value in quotes, in bytes.
const MAX_QUOTED: usize = 2048;
/// Most white space around an operator.
const MAX_SPACE: usize = 24;
/// Longest type between a label and its value: `password: Optional[str] = "..."`.
const MAX_TYPE: usize = 40;
/// Longest remark in brackets behind a label.
const MAX_REMARK: usize = 32;
/// Deepest indentation of a value below its label.
const MAX_INDENT: usize = 64;
/// The longest path and number that a tool writes before a line.
const MAX_PREFIX: usize = 120;
/// Most items of a list, and its longest reach in bytes.
const MAX_ITEMS: usize = 64;
const MAX_LIST: usize = 2048;
/// Parts of the names of functions that are given a setting's name and its value.
const SETTERS: [&str; 13] = [
    "get", "set", "env", "put", "add", "append", "header", "property", "default", "option", "config",
    "param", "define",
];

/// What joins a label and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    /// `=`, `:`, `=>` and their like.
    Assigned,
    /// The next item of a list or of a call's arguments.
    Argument,
    /// An element of markup, or an attribute beside the one that names it.
    Element,
    /// The head of a column and its cell.
    Column,
    /// A label on a line of its own, the value on the next.
    Below,
    /// `is`, `was`, `changed to`.
    Said,
    /// White space, where a form or a command line has nothing else.
    Spaced,
    /// Nothing but that it stands there.
    Adjacent,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) joint: Joint,
    /// Where it starts.
    pub(crate) at: usize,
    /// Where it ends, if quotes, tags or the edges of a cell enclose it.
    pub(crate) close: Option<usize>,
    /// It is set by the label's name, in a form that code and prose do not have: `ENV DB_PASSWORD ...`.
    pub(crate) is_setting: bool,
}

impl Place {
    const fn bare(joint: Joint, at: usize) -> Self {
        Self {
            joint,
            at,
            close: None,
            is_setting: false,
        }
    }

    pub(crate) const fn is_quoted(&self) -> bool {
        self.close.is_some()
    }
}

/// Calls `each` with the places at which a value of `label` may stand, the likeliest first, until it answers that it was one.
/// What follows a value by an arrow is its second one.
pub(crate) fn each_place(text: &str, label: &Label, mut each: impl FnMut(Place) -> Option<usize>) -> bool {
    let direct = markup::place(text, label).or_else(|| operator(text, label));
    if let Some(place) = direct {
        let end = each(place);
        let is_second = second(text, label, end.or_else(|| empty_end(text, &place)))
            .and_then(&mut each)
            .is_some();
        if end.is_some() && text[..place.at].ends_with("- ") {
            items_below(text, place.at, |item| {
                each(item);
            });
        }
        if end.is_some() || is_second {
            return true;
        }
    }
    if let Some(place) = pair::place(text, label)
        && each(place).is_some()
    {
        return true;
    }
    let mut any = false;
    items(text, direct, |place| any |= each(place).is_some());
    any
}

/// The items of a list below a label, behind the one at `at`: `- Anna Miller`, a line each.
fn items_below(text: &str, mut at: usize, mut each: impl FnMut(Place)) {
    for _ in 0..MAX_ITEMS {
        let Some(line) = memchr::memchr(
            b'\n',
            &text.as_bytes()[at..text.floor_char_boundary(text.len().min(at + MAX_QUOTED))],
        ) else {
            return;
        };
        at += line + 1;
        let indent = text[at..]
            .bytes()
            .take(MAX_INDENT)
            .take_while(|b| *b == b' ')
            .count();
        if !text[at + indent..].starts_with("- ") {
            return;
        }
        at += indent + 2;
        each(value_at(text, at, Joint::Below));
    }
}

/// Where an empty value in quotes ends.
fn empty_end(text: &str, place: &Place) -> Option<usize> {
    (place.close == Some(place.at) && text.len() > place.at).then_some(place.at)
}

/// The second value behind one that ends at `end`: `"old" -> "new"`, and of phones `... / ...`.
fn second(text: &str, label: &Label, end: Option<usize>) -> Option<Place> {
    let rest = line_after(text, end?, MAX_SPACE);
    if label.entry.concept == Concept::Phone {
        let number = ["/", ",", ";", "or ", "oder ", "ou ", "o ", "und ", "and "]
            .iter()
            .find_map(|joint| rest.trim_start().strip_prefix(joint))?
            .trim_start();
        let is_number = number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('));
        return is_number.then(|| {
            Place::bare(
                Joint::Assigned,
                end.unwrap_or_default() + rest.len() - number.len(),
            )
        });
    }
    let behind = rest.trim_start_matches(['"', '\'', '`', ' ']);
    let arrow = ["->", "=>", "→", "⇒", "to "]
        .iter()
        .find(|arrow| behind.starts_with(**arrow))?;
    // In prose a word follows `to`.
    let is_said = *arrow == "to ";
    let at = end? + (rest.len() - behind.len()) + arrow.len();
    let place = value_at(text, skip_space(text, at), Joint::Assigned);
    let is_value = !is_said || text.as_bytes()[..end?].ends_with(b"'") || has_digit(text, place.at);
    is_value.then_some(Place {
        is_setting: true,
        ..place
    })
}

fn has_digit(text: &str, at: usize) -> bool {
    let word = text.as_bytes()[at..].iter().take(MAX_REMARK);
    word.take_while(|b| b.is_ascii_graphic()).any(u8::is_ascii_digit)
}

/// The value at `at`: to the closing quotes, if it is in quotes. Where a line ends before they close, it is bare.
pub(super) fn value_at(text: &str, at: usize, joint: Joint) -> Place {
    let Some((open, close)) = opening_quote(&text[at..]) else {
        return Place::bare(joint, at);
    };
    let from = at + open;
    let body = cut(&text[from..], MAX_QUOTED);
    let line = memchr::memchr2(b'\n', b'\r', body.as_bytes()).unwrap_or(body.len());
    let end = closing_at(&body.as_bytes()[..line], close.as_bytes());
    let inner = &body[..end.unwrap_or(line)];
    let start = from + inner.len() - inner.trim_start().len();
    Place {
        close: end.map(|_| start + inner.trim().len()),
        ..Place::bare(joint, start)
    }
}

/// Where the quotes close: one that a backslash stands before is part of the value, unless the opening one was escaped
/// too, and so is a doubled one of SQL.
fn closing_at(line: &[u8], close: &[u8]) -> Option<usize> {
    let is_escaped = |at: usize| line[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let mut all = memchr::memmem::find_iter(line, close);
    all.find(|at| close.starts_with(b"\\") || !is_escaped(*at))
}

/// Bytes of an opening quote with its prefix, and what closes it.
fn opening_quote(rest: &str) -> Option<(usize, &'static str)> {
    const QUOTES: [(&str, &str); 8] = [
        ("\\\"", "\\\""),
        ("\"", "\""),
        ("'", "'"),
        ("`", "`"),
        ("“", "”"),
        ("„", "“"),
        ("「", "」"),
        ("‘", "’"),
    ];
    let prefix = match rest.as_bytes() {
        [b'b' | b'r' | b'f' | b'u' | b'@' | b'L' | b'N', b'"' | b'\'', ..] => 1,
        _ => 0,
    };
    let first = rest.as_bytes().get(prefix)?;
    if first.is_ascii_alphanumeric() {
        return None;
    }
    let found = QUOTES.iter().find(|(open, _)| rest[prefix..].starts_with(open));
    found.map(|(open, close)| (prefix + open.len(), *close))
}

/// The place behind the label's own operator.
fn operator(text: &str, label: &Label) -> Option<Place> {
    let bytes = text.as_bytes();
    let closing = closing_len(&bytes[label.span.end..]);
    let closed = label.span.end + closing;
    let at = closed + space(&bytes[closed..]);
    let rest = &text[at..];
    let assign = |len: usize| assigned(text, label, at + len);
    let quoted = |at: usize| argument(text, skip_space(text, at));
    match rest.as_bytes() {
        [b':', b':', ..] => None,
        // `${DB_PASSWORD:?required}` of a shell.
        [b':', b'?', ..] if text[..label.span.start].ends_with("${") => None,
        [b':', b'=', ..] | [b'=', b'>' | b'=', ..] => assign(2),
        [b'-', b'>', ..] => assign(2),
        [b'|', b'|', ..] | [b'?', b'?' | b':', ..] => quoted(at + 2),
        [b':' | b'=', ..] => assign(1),
        [b'|', ..] => cell(text, label, at + 1),
        [b')', ..] if closing > 0 => fallback(text, at + 1),
        [b'o', b'r', b' ', ..] if text[..closed].ends_with(']') => quoted(at + 3),
        [b'(', b'\'' | b'"', ..] if is_sql(text, label) => quoted(at + 1),
        [b'(', ..] if at > closed => behind_remark(text, label, at),
        // A second label: `Tel/Fax: ...`.
        [b'/', ..] if at == closed => {
            let concept = label.entry.concept;
            let has_others = concept.is_numbered() || concept.is_name() || concept == Concept::BirthDate;
            let colon = line_after(text, at, MAX_REMARK).find(':').filter(|_| has_others);
            colon.and_then(|colon| assigned(text, label, at + colon + 1))
        }
        [b',', ..] if closing > 0 && (is_looked_up(text, label) || is_first_of_list(text, label)) => {
            quoted(at + 1)
        }
        // Two items of a list of arguments, the first of which is an option: `["--password", "..."]`.
        [b',', ..] if closing > 0 && label.is_option(text) => quoted(at + 1).map(|place| Place {
            is_setting: true,
            ..place
        }),
        [] | [b'\n' | b'\r', ..] => below(text, label, at),
        // The dots of a form: `Name ........ Anna Berger`.
        [b'.', b'.', b'.', ..] => {
            let dots = rest.len() - rest.trim_start_matches(['.', ' ']).len();
            (dots <= MAX_PREFIX).then(|| value_at(text, at + dots, Joint::Assigned))
        }
        _ if rest.starts_with('（') => {
            let close = at + line_after(text, at, MAX_REMARK).find('）')? + '）'.len_utf8();
            let mark = char_at(text, close).filter(|c| matches!(c, ':' | '：'))?;
            assigned(text, label, close + mark.len_utf8())
        }
        _ if rest.starts_with(['：', '＝']) => assign(3),
        _ if closing > 0 && starts_with_ignore_case(rest, "value=") => assign("value=".len()),
        // `mysql_native_password BY '...'`.
        _ if at > closed && starts_with_ignore_case(rest, "by ") => quoted(at + 3),
        _ => said::place(text, label, at).or_else(|| spaced(text, label, closed, at)),
    }
}

/// The value that an operator which ends at `at` assigns to `label`: there, behind a type, or in the next line.
fn assigned(text: &str, label: &Label, at: usize) -> Option<Place> {
    let at = skip_space(text, at);
    let mark = line_after(text, at, MAX_SPACE);
    if matches!(mark.trim_end(), "" | "|" | ">" | "|-" | ">-" | "|+" | ">+") {
        // In a file of settings an empty one is just that: `PHONE=`.
        let is_empty = text[..at].trim_end().ends_with('=');
        return below(text, label, at + mark.trim_end().len()).filter(|_| !is_empty);
    }
    Some(value_at(text, skip_type(text, at), Joint::Assigned))
}

/// The cell from `at` on, beside the one that names it; none in the head of a table, below which a rule stands or whose
/// next name is a label too.
fn cell(text: &str, label: &Label, at: usize) -> Option<Place> {
    let line = line_after(text, at, MAX_QUOTED);
    let inner = &line[..line.find('|').unwrap_or(line.len())];
    let below = text[at + line.len()..].trim_start_matches(['\r', '\n']);
    let is_rule = below.starts_with(['|', '-', '+', ' ']) && line_after(below, 0, MAX_REMARK).contains("--");
    let marks = [' ', '\t', '*', '`'];
    let start = at + inner.len() - inner.trim_start_matches(marks).len();
    let close = start + inner.trim_matches(marks).len();
    // `Password | secret` may be meant so.
    let is_head = || {
        let cell = ByteSpan::new(start, close);
        let is_short = close > start && close - start <= MAX_REMARK && !label.entry.concept.is_credential();
        is_short && Label::named(text, cell).is_some_and(|next| next.span == cell)
    };
    (close > start && !is_rule && !is_head()).then_some(Place {
        close: Some(close),
        ..Place::bare(Joint::Element, start)
    })
}

/// A value in quotes at `at`.
fn argument(text: &str, at: usize) -> Option<Place> {
    let place = value_at(text, at, Joint::Argument);
    place.is_quoted().then_some(Place {
        is_setting: true,
        ..place
    })
}

/// The value in the line below a label with nothing behind it, from `at` on.
fn below(text: &str, label: &Label, at: usize) -> Option<Place> {
    let rest = line_after(text, at, MAX_SPACE);
    let behind = text[at + rest.len()..]
        .strip_prefix('\r')
        .unwrap_or(&text[at + rest.len()..]);
    let next = behind.strip_prefix('\n')?;
    if !rest.trim().is_empty() || !starts_line(text, label) {
        return None;
    }
    let before = line_before(text, label.span.start, MAX_INDENT);
    let start = text.len() - next.len() + prefix_len(next, before);
    let is_deeper = start - (text.len() - next.len()) > before.len();
    let is_set = text[..at]
        .trim_end_matches([' ', '|', '>', '-', '+'])
        .ends_with([':', '：', '=']);
    // A list below its key: its first item.
    let item = text[start..]
        .strip_prefix("- ")
        .map_or(start, |item| text.len() - item.len());
    let joint = if is_deeper && is_set {
        Joint::Assigned
    } else {
        Joint::Below
    };
    char_at(text, item).filter(|c| !c.is_whitespace())?;
    // Another field, which has a value of its own.
    let line = line_after(text, item, MAX_INDENT);
    if joint == Joint::Below && (line.contains('=') || line.trim_end().ends_with([':', '：'])) {
        return None;
    }
    Some(value_at(text, item, joint))
}

/// Whether the label is the first word of its line, as in YAML. A comment's or a quotation's mark, the marks of a diff,
/// and what tools write before the lines that they show (`12→`, `file.yml:12:`) are no words.
pub(crate) fn starts_line(text: &str, label: &Label) -> bool {
    const MARKS: [char; 10] = [' ', '\t', '-', '+', '"', '\'', '#', '/', '*', '>'];
    let before = line_before(text, label.span.start, MAX_PREFIX).trim_end_matches(MARKS);
    let number = before.trim_end_matches(['→', '│', '|', ':']).trim();
    let is_path = before.contains(['.', '/'])
        && before.ends_with(|c: char| c == ':' || c.is_ascii_digit())
        && !before.contains(|c: char| c.is_whitespace() || matches!(c, '(' | '=' | ','));
    number.bytes().all(|b| b.is_ascii_digit()) || is_path
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
    let digits = line[at..].bytes().take(8).take_while(u8::is_ascii_digit).count();
    let numbered = line[at + digits..].starts_with('→') && digits > 0;
    let at = if numbered {
        spaces(at + digits + '→'.len_utf8())
    } else {
        at
    };
    let mark = line.as_bytes().get(at).copied();
    let is_shared =
        mark.is_some_and(|mark| matches!(mark, b'+' | b'#' | b'>') && above.as_bytes().contains(&mark));
    if is_shared || mark == Some(b'-') && above.starts_with('-') {
        spaces(at + 1)
    } else {
        at
    }
}

/// The default behind a call that looks a setting up: `getenv("PASSWORD") ?: "..."`.
fn fallback(text: &str, at: usize) -> Option<Place> {
    let at = skip_space(text, at);
    let joint = ["||", "??", "?:", "or "]
        .iter()
        .find(|joint| text[at..].starts_with(**joint))?;
    argument(text, skip_space(text, at + joint.len()))
}

/// What a remark in brackets parts from the label: `Password (root): ...`, `DOB (MM/DD/YYYY) 03/12/1985`.
fn behind_remark(text: &str, label: &Label, at: usize) -> Option<Place> {
    let close = at + line_after(text, at, MAX_REMARK).find(')')? + 1;
    if text[at..close].bytes().any(|b| b.is_ascii_digit()) && !label.entry.concept.is_credential() {
        return Some(Place::bare(Joint::Spaced, at + 1));
    }
    match char_at(text, close)? {
        ':' | '=' | '：' => assigned(text, label, close + char_at(text, close)?.len_utf8()),
        ' ' => Some(Place::bare(Joint::Spaced, skip_space(text, close))),
        _ => None,
    }
}

/// Values that only white space parts from their label, or nothing.
fn spaced(text: &str, label: &Label, closed: usize, at: usize) -> Option<Place> {
    let place = |joint| Some(value_at(text, at, joint));
    if at == closed {
        // Behind a word of a script without spaces, a value may stand at once; and glued to a label: `SSN536904399`.
        let is_unspaced = char_before(text, at).is_some_and(is_unspaced);
        let is_number = char_at(text, at).is_some_and(|c| c.is_ascii_digit() || c == '#');
        return (is_unspaced || is_number)
            .then(|| Place::bare(Joint::Adjacent, at + usize::from(text[at..].starts_with('#'))));
    }
    let is_set = label.is_option(text)
        || is_in_command(text, label)
        || char_before(text, label.span.end).is_some_and(is_unspaced)
        || label.entry.concept.is_credential() && text[label.span.range()].contains('_');
    if is_set {
        return place(Joint::Spaced).map(|place| Place {
            is_setting: true,
            ..place
        });
    }
    let quoted = argument(text, at).filter(|_| is_sql(text, label));
    quoted.or_else(|| place(Joint::Adjacent))
}

/// `ENV DB_PASSWORD ...` of a Dockerfile, `setenv DB_PASSWORD ...` of csh, `requirepass ...`, `login ... password ...` of netrc.
fn is_in_command(text: &str, label: &Label) -> bool {
    let word = &text[label.span.range()];
    let line = line_before(text, label.span.start, 80);
    let is_environment = label.is_constant(text)
        && ["ENV ", "setenv "]
            .iter()
            .any(|set| line.trim_start().ends_with(set));
    word.eq_ignore_ascii_case("requirepass") || line.contains("login ") || is_environment
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
    let name = name.to_ascii_lowercase();
    SETTERS.iter().any(|part| name.contains(part))
}

/// Whether the label is the first of two items in brackets: `["DB_PASSWORD", "..."]`.
fn is_first_of_list(text: &str, label: &Label) -> bool {
    let before = line_before(text, label.span.start, 8).trim_end_matches(['"', '\'', ' ']);
    let quoted = text[..label.span.start].ends_with(['"', '\'']);
    quoted && before.ends_with('[') && label.is_constant(text)
}

/// Whether the label is written as SQL does.
fn is_sql(text: &str, label: &Label) -> bool {
    let word = &text[label.span.range()];
    matches!(word, "PASSWORD" | "password") || word.eq_ignore_ascii_case("identified by")
}

/// The quoted items of a list that the label is given: `passwords = ["...", "..."]`.
fn items(text: &str, direct: Option<Place>, mut each: impl FnMut(Place)) {
    let bytes = text.as_bytes();
    let Some(open) = direct.filter(|place| place.joint == Joint::Assigned && !place.is_quoted()) else {
        return;
    };
    if bytes.get(open.at) != Some(&b'[') {
        return;
    }
    let mut at = skip_white(bytes, open.at + 1);
    for _ in 0..MAX_ITEMS {
        let item = value_at(text, at, Joint::Argument);
        let Some(end) = item.close.filter(|end| *end < open.at + MAX_LIST) else {
            return;
        };
        each(item);
        let close = end
            + bytes[end..]
                .iter()
                .take(3)
                .take_while(|b| matches!(b, b'\\' | b'"' | b'\'' | b'`'))
                .count();
        let next = skip_white(bytes, close);
        if bytes.get(next) != Some(&b',') {
            return;
        }
        at = skip_white(bytes, next + 1);
    }
}

/// Skips the type in `password: str = "..."`, where one stands between.
fn skip_type(text: &str, at: usize) -> usize {
    let rest = cut(&text[at..], MAX_TYPE);
    let is_type = |b: u8| b.is_ascii_alphanumeric() || b" _&'<>[]|?.:,*".contains(&b);
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '&') {
        return at;
    }
    let len = rest.bytes().take_while(|b| is_type(*b)).count();
    match &rest.as_bytes()[len..] {
        [b'=', b' ', b'"' | b'\'', ..] if rest[..len].ends_with(' ') => at + len + 2,
        _ => at,
    }
}

/// Quotes, brackets and emphasis that close a label.
fn closing_len(bytes: &[u8]) -> usize {
    let is_closing = |b: &&u8| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b']' | b'*');
    bytes.iter().take(4).take_while(is_closing).count()
}

fn space(bytes: &[u8]) -> usize {
    let is_space = |b: &&u8| matches!(b, b' ' | b'\t' | b'*');
    bytes.iter().take(MAX_SPACE).take_while(is_space).count()
}

fn skip_space(text: &str, at: usize) -> usize {
    at + space(&text.as_bytes()[at..])
}

fn skip_white(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[bytes.len().min(at)..];
    at + rest
        .iter()
        .take(MAX_INDENT)
        .take_while(|b| b.is_ascii_whitespace())
        .count()
}

/// The start of `text`, at most `most` bytes, cut at a character.
pub(super) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}
