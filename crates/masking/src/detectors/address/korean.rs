//! Korean addresses by street (`서울특별시 강남구 테헤란로 152`) and by lot (`부산광역시 해운대구 우동 1408-3`).

use super::super::text::char_at;
use crate::ByteSpan;

/// Provinces and metropolitan cities, and what follows their names.
#[rustfmt::skip]
pub(super) const LITERALS: &[&str] = &[
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "경기", "강원", "충북", "충남", "전북", "전남", "경북", "경남", "제주", "충청북도",
    "충청남도", "전라북도", "전라남도", "경상북도", "경상남도", "로 1", "로 2", "로 3", "로 4", "로 5", "로 6", "로 7", "로 8", "로 9", "길 1",
    "길 2", "길 3", "길 4", "길 5", "길 6", "길 7", "길 8", "길 9",
];
/// Words of the longest address before its number.
const MAX_WORDS: usize = 6;
/// Bytes of one word.
const MAX_WORD: usize = 36;
/// Ends of the words that divide an address, and of those that a number follows.
const DIVISIONS: [char; 5] = ['시', '군', '구', '읍', '면'];
const STREETS: [char; 5] = ['로', '길', '동', '리', '가'];

/// The address that starts at a province, or around a street before a number.
pub(super) fn address(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let literal = &text[at.range()];
    if literal.ends_with(|c: char| c.is_ascii_digit()) {
        let start = start_before(text, at.start + literal.chars().next()?.len_utf8())?;
        return forward(text, start).map(|end| (start, end));
    }
    forward(text, at.start).map(|end| (at.start, end))
}

/// Where the district before a street starts: `강남구 테헤란로`.
fn start_before(text: &str, street: usize) -> Option<usize> {
    let mut start = street;
    let mut district = None;
    for nth in 0..MAX_WORDS {
        let floor = text.ceil_char_boundary(start.saturating_sub(MAX_WORD));
        let length: usize = text[floor..start]
            .chars()
            .rev()
            .take_while(|c| is_hangul(*c))
            .map(char::len_utf8)
            .sum();
        let word = &text[start - length..start];
        if length == 0 || nth > 0 && !word.ends_with(DIVISIONS) && !word.ends_with('도') {
            break;
        }
        let from = start - length;
        if nth > 0 {
            district = Some(from);
        }
        match text[..from].strip_suffix(' ') {
            Some(before) => start = before.len(),
            None => break,
        }
    }
    district
}

/// Where the address that starts at `start` ends: its words, the number, the floor or flat behind.
fn forward(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    let mut has_division = false;
    for _ in 0..=MAX_WORDS {
        let length: usize = text[at..]
            .chars()
            .take(MAX_WORD / 3)
            .take_while(|c| is_hangul(*c) || c.is_ascii_digit())
            .map(char::len_utf8)
            .sum();
        let word = &text[at..at + length];
        let next = at + length;
        text[next..].starts_with(' ').then_some(())?;
        if word.ends_with(STREETS) && has_division && starts_number(text, next + 1) {
            return number_end(text, next + 1).map(|end| details(text, end));
        }
        has_division |= word.ends_with(DIVISIONS);
        if length == 0
            || !(word.ends_with(DIVISIONS) || word.ends_with(STREETS) || word.ends_with('도') || at == start)
        {
            return None;
        }
        at = next + 1;
    }
    None
}

fn starts_number(text: &str, at: usize) -> bool {
    char_at(text, at).is_some_and(|c| c.is_ascii_digit())
}

/// `152`, `1408-3`.
fn number_end(text: &str, at: usize) -> Option<usize> {
    let digits = |at: usize| text[at..].bytes().take(5).take_while(u8::is_ascii_digit).count();
    let first = digits(at);
    let end = at + first;
    if !(1..=4).contains(&first) {
        return None;
    }
    let second = text[end..].strip_prefix('-').map_or(0, |_| digits(end + 1));
    Some(if second > 0 { end + 1 + second } else { end })
}

/// `, 12층`, ` 101동 1502호`, ` (역삼동)`: what stands behind the number.
fn details(text: &str, mut end: usize) -> usize {
    for _ in 0..3 {
        let rest = &text[end..];
        let gap = rest.len() - rest.trim_start_matches([',', ' ', '(']).len();
        let word: usize = rest[gap..]
            .chars()
            .take(10)
            .take_while(|c| is_hangul(*c) || c.is_ascii_alphanumeric())
            .map(char::len_utf8)
            .sum();
        let is_detail = rest[gap..gap + word].ends_with(['층', '호', '동'])
            && (rest[gap..].starts_with(|c: char| c.is_ascii_digit()) || rest[..gap].contains('('));
        if gap == 0 || gap > 3 || !is_detail {
            break;
        }
        end += gap + word;
        if text[end..].starts_with(')') && rest[..gap].contains('(') {
            end += 1;
        }
    }
    end
}

const fn is_hangul(c: char) -> bool {
    matches!(c, '\u{AC00}'..='\u{D7A3}')
}
