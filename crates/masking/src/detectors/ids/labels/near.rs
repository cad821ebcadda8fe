//! Where the values of a label may stand. Finds places, judges nothing.

use crate::ByteSpan;
use crate::detectors::ids::value::may_start;
use crate::detectors::text::is_unspaced;

/// How far behind its label a value may start, in bytes.
const REACH: usize = 48;
/// How far the values of one list may be apart.
const LIST_GAP: usize = 12;
/// How far before its label a value may end.
const REACH_BACK: usize = 20;
/// Most groups of a value before its label.
const MAX_GROUPS: usize = 6;
/// Most places behind a label that are tried.
const MAX_TRIES: usize = 3;
/// Characters of a value within which its first digit comes.
const FIRST_DIGIT: usize = 8;
/// More of a word is not read at once.
const MAX_WORD: usize = 64;
/// Words that link the values of a list.
const LINKS: &[&[u8]] = &[b"and", b"or", b"und", b"oder", b"et", b"ou", b"y", b"e"];

/// Whether a digit stands near enough to a label for it to have a value.
pub(super) fn has_digit_around(text: &str, label: ByteSpan) -> bool {
    let bytes = text.as_bytes();
    let from = label.start.saturating_sub(REACH_BACK + FIRST_DIGIT);
    let to = bytes.len().min(label.end + REACH + FIRST_DIGIT);
    let has_digit = |bytes: &[u8]| bytes.iter().any(u8::is_ascii_digit);
    has_digit(&bytes[label.end..to]) || has_digit(&bytes[from..label.start])
}

/// Places behind a label that ends at `end` where a value may start: words with a digit, and capitals before one. Other
/// words may stand between; a statement's end, a second line, or the text behind the first words of the next line may not.
pub(super) fn candidates(text: &str, end: usize) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut at = end;
    let mut lines = 0;
    let mut assigned = false;
    let mut word_since = false;
    let mut tries = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && at - end <= REACH {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                let word = at;
                at += word_len(bytes, at);
                let has_digit = bytes[word..at].iter().any(u8::is_ascii_digit);
                if (has_digit || is_prefix(bytes, word, at)) && may_start(text, word) {
                    tries += 1;
                    return (tries <= MAX_TRIES).then_some(word);
                }
                if lines > 0 && !has_digit {
                    return None;
                }
                word_since = true;
                continue;
            }
            match byte {
                b';' | b'{' | b'}' => return None,
                b'\n' if lines == 1 => return None,
                b'\n' => lines += 1,
                // A second `name:` labels something else.
                b':' | b'=' if assigned && word_since => return None,
                b':' | b'=' => (assigned, word_since) = (true, false),
                _ => {}
            }
            at += 1;
        }
        None
    })
}

/// Where the next value of a list starts when the last one ended at `end`.
pub(super) fn next_of_list(text: &str, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = end;
    while at < bytes.len() && at - end <= LIST_GAP {
        let len = word_len(bytes, at);
        let word = &bytes[at..at + len];
        if len == 0 {
            let is_link = matches!(
                bytes[at],
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b';' | b'|' | b'/' | b'&' | b'"' | b'\'' | b'-' | b'*'
            ) || text
                .get(at..)
                .is_some_and(|rest| rest.starts_with(['、', '，', '和', '与', '及']));
            if !is_link {
                return None;
            }
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        } else if word.iter().any(u8::is_ascii_digit) || is_prefix(bytes, at, at + len) {
            return (at > end && may_start(text, at)).then_some(at);
        } else if LINKS.iter().any(|link| word.eq_ignore_ascii_case(link)) {
            at += len;
        } else {
            return None;
        }
    }
    None
}

/// Where a value ends that stands before the label at `start`, with nothing but a few words or brackets between.
pub(super) fn value_before(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while at > 0 && start - at <= REACH_BACK {
        let last = bytes[at - 1];
        if last.is_ascii_alphanumeric() {
            let word = bytes[..at]
                .iter()
                .rev()
                .take(REACH_BACK)
                .take_while(|b| b.is_ascii_alphanumeric())
                .count();
            if bytes[at - word..at].iter().any(u8::is_ascii_digit) {
                return (at < start).then_some(at);
            }
            at -= word;
        } else if matches!(last, b' ' | b'(' | b'[' | b'"' | b'\'' | b'*') {
            at -= 1;
        } else {
            let char = text[..at].chars().next_back()?;
            if char != '（' && !is_unspaced(char) {
                return None;
            }
            at -= char.len_utf8();
        }
    }
    None
}

/// Starts of the groups of a value that ends at `end`, the farthest first.
pub(super) fn group_starts(text: &str, end: usize) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut starts = [0; MAX_GROUPS];
    let mut count = 0;
    let mut at = end;
    while count < MAX_GROUPS && at > 0 {
        let len = bytes[..at]
            .iter()
            .rev()
            .take(REACH)
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        if len == 0 {
            break;
        }
        at -= len;
        starts[count] = at;
        count += 1;
        if at == 0 || !matches!(bytes[at - 1], b' ' | b'-' | b'.' | b'/') {
            break;
        }
        at -= 1;
    }
    (0..count)
        .rev()
        .map(move |n| starts[n])
        .filter(|at| may_start(text, *at))
}

fn word_len(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .take(MAX_WORD)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count()
}

/// One to four capitals, a separator, and a digit behind: `AB 12 34 56 C`, `DE 123 456 789`.
fn is_prefix(bytes: &[u8], start: usize, end: usize) -> bool {
    (1..=4).contains(&(end - start))
        && bytes[start..end].iter().all(u8::is_ascii_uppercase)
        && matches!(bytes[end..], [b' ' | b'-', b'0'..=b'9', ..])
}
