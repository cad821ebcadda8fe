//! Pieces of one value that a program or a reader puts together: string literals, and groups of digits over a line end.

use memchr::{memchr_iter, memchr2};

use super::changes::Changes;
use super::signs::Signs;

/// Most bytes between two literals that belong together: an operator, a line end and the next line's indentation.
const MAX_SEAM: usize = 96;
/// Longest literal whose beginning is looked for, in bytes.
const MAX_LITERAL: usize = 512;
/// Most white space around the end of a line that a number goes over.
const MAX_BREAK: usize = 32;
/// Digits of one group of a number that is written in groups.
const GROUP: std::ops::RangeInclusive<usize> = 3..=HALF_ID;
/// Half of a number of eighteen digits, which has a date, a place and a check digit in it: no two numbers of a column have.
const HALF_ID: usize = 9;

/// Everything in `text` that is put together.
pub(super) fn joined(text: &str, signs: Signs) -> Changes {
    let bytes = text.as_bytes();
    let mut seams = Vec::new();
    if signs.has(Signs::QUOTE) {
        seams = literal_seams(bytes);
    }
    if signs.has(Signs::LINE) && signs.has(Signs::DIGIT) {
        seams.extend(memchr_iter(b'\n', bytes).filter_map(|line_end| number_break(bytes, line_end)));
    }
    seams.sort_unstable_by_key(|seam| seam.start);
    let mut changes = Changes::default();
    for Seam { start, end, read } in seams {
        if start >= changes.end() {
            changes.push(start, end, read, true);
        }
    }
    changes
}

/// A stretch between two pieces.
struct Seam {
    start: usize,
    end: usize,
    read: &'static str,
}

/// From the quote that closes a literal to the one that opens the next, with nothing between that would part them.
fn literal_seams(bytes: &[u8]) -> Vec<Seam> {
    let mut seams: Vec<Seam> = Vec::new();
    let mut at = 0;
    let mut first_quote = b'"';
    while let Some(found) = memchr2(b'"', b'\'', &bytes[at..]) {
        let start = at + found;
        let is_joined = seams.last().is_some_and(|last| last.end == at);
        let last_quote = at.checked_sub(1).map_or(0, |last| bytes[last]);
        at = start + 1;
        let Some(before) = start.checked_sub(1).map(|before| bytes[before]) else {
            continue;
        };
        if before == b'\\' {
            continue;
        }
        let goes_on = |byte: &u8| {
            byte.is_ascii_whitespace() || matches!(byte, b'+' | b'&' | b'.' | b'|' | b'\\') || is_quote(*byte)
        };
        let seam = bytes
            .get(at)
            .filter(|byte| goes_on(byte))
            .and_then(|_| seam_len(before, &bytes[start..bytes.len().min(start + MAX_SEAM)]));
        if let Some(len) = seam {
            at += len;
            if !is_joined {
                seams.extend(opening(bytes, start));
                first_quote = bytes[start];
            }
            seams.push(Seam {
                start,
                end: at,
                read: "",
            });
        } else if is_joined && bytes[start] == last_quote && bytes[start] != first_quote {
            // The whole ends with the sign that it began with.
            seams.push(Seam {
                start,
                end: at,
                read: if first_quote == b'"' { "\"" } else { "'" },
            });
        }
    }
    seams
}

/// What stands before the first of several literals and says nothing: the letter of a prefix, and the bracket that lets
/// them stand in several lines.
fn opening(bytes: &[u8], close: usize) -> Option<Seam> {
    let floor = close.saturating_sub(MAX_LITERAL);
    let quote = floor + memchr::memrchr(bytes[close], &bytes[floor..close])?;
    let is_prefix = quote > 0 && matches!(bytes[quote - 1], b'b' | b'f' | b'r' | b'u' | b'L' | b'N' | b'@');
    let from = quote - usize::from(is_prefix && quote > 1 && !bytes[quote - 2].is_ascii_alphanumeric());
    let before = bytes[..from].trim_ascii_end();
    let is_assigned = before
        .strip_suffix(b"(")
        .is_some_and(|before| before.trim_ascii_end().ends_with(b"="));
    let start = if is_assigned { before.len() - 1 } else { from };
    (start < quote && quote - start < MAX_SEAM).then_some(Seam {
        start,
        end: quote,
        read: "",
    })
}

/// How many bytes behind the closing quote at the start of `seam` the next literal's text begins. `before` is the last
/// byte of the literal that it closes.
fn seam_len(before: u8, seam: &[u8]) -> Option<usize> {
    let skip = |from: usize| {
        let blanks = seam.get(from..)?.iter();
        Some(from + blanks.take_while(|byte| byte.is_ascii_whitespace()).count())
    };
    let first = skip(1)?;
    let operator = match seam.get(first..)? {
        // A line that goes on.
        [b'\\', blank, ..] if blank.is_ascii_whitespace() => 1,
        [b'.', b'.', ..] | [b'|', b'|', ..] => 2,
        [b'+' | b'&' | b'.', ..] => 1,
        _ => 0,
    };
    let mut next = if operator > 0 {
        skip(first + operator)?
    } else {
        first
    };
    // Basic says with an underscore that a line goes on.
    if operator > 0 && seam.get(next) == Some(&b'_') {
        next = skip(next + 1)?;
    }
    // `b"..."` and `f'...'` are literals too.
    let opening = [next, next + 1]
        .into_iter()
        .find(|at| seam.get(*at).is_some_and(|byte| is_quote(*byte)))?;
    if opening > next && !seam[next].is_ascii_alphabetic() {
        return None;
    }
    // Two quotes side by side are one escaped quote, an empty literal, or the shell's way of joining two words.
    let after = *seam.get(opening + 1)?;
    let fits = match (operator > 0, opening == 1) {
        // An operator joins whatever stands on its sides.
        (false, true) => {
            let is_text = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
            let goes_on =
                || before != b' ' && after == b' ' && is_text(seam.get(opening + 2).copied().unwrap_or(b' '));
            (is_text(before) || is_text(after) || goes_on()) && is_word(before) && is_word(after)
        }
        _ => !is_quote(before) && !is_quote(after),
    };
    fits.then_some(opening)
}

const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

/// A letter or digit of any script, or a sign that addresses, numbers and secrets have inside.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || !byte.is_ascii()
        || matches!(byte, b' ' | b'#'..=b'&' | b'('..=b'/' | b':' | b';' | b'=' | b'?' | b'@' | b'^' | b'_' | b'~' | b'!')
}

/// The end of a line inside a number in groups, two of which stand on one side of it.
fn number_break(bytes: &[u8], line_end: usize) -> Option<Seam> {
    let may_end =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'.' | b'\t' | b'\n');
    if !bytes[..line_end].last().is_some_and(may_end) {
        return None;
    }
    // Most lines neither end nor begin with a number.
    let ends = bytes[..line_end].iter().rev().take(8).any(u8::is_ascii_digit);
    let begins = bytes[line_end..]
        .iter()
        .take(MAX_BREAK)
        .find(|byte| byte.is_ascii_alphanumeric());
    if !ends || !begins.is_some_and(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return None;
    }
    let parts = |byte: &u8| matches!(byte, b' ' | b'-' | b'.' | b'\t' | b'\n');
    let floor = line_end.saturating_sub(MAX_BREAK);
    let before = &bytes[floor..line_end];
    let before = &before[..before.iter().rposition(|byte| !parts(byte))? + 1];
    let ceiling = (line_end + MAX_BREAK).min(bytes.len());
    let after = &bytes[line_end..ceiling];
    // A reply's quote signs stand before the rest.
    let after = &after[after.iter().position(|byte| !parts(byte) && *byte != b'>')?..];
    let group = |bytes: &mut dyn Iterator<Item = &u8>| {
        let group: Vec<u8> = bytes
            .take(GROUP.end() + 1)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .copied()
            .collect();
        // An account's number has the letters of its bank in it.
        let is_number = group.iter().any(u8::is_ascii_digit)
            || group.len() == 4 && group.iter().all(u8::is_ascii_uppercase);
        (GROUP.contains(&group.len()) && is_number).then_some(group.len())
    };
    let last = group(&mut before.iter().rev())?;
    let Some(first) = group(&mut after.iter()) else {
        return check_digits(bytes, floor + before.len(), ceiling - after.len());
    };
    let goes_on = |rest: &mut dyn Iterator<Item = &u8>| {
        let mut rest = rest.peekable();
        let parting = *rest.next().filter(|byte| matches!(byte, b' ' | b'-' | b'.'))?;
        group(&mut rest).map(|_| parting)
    };
    let parting =
        goes_on(&mut before.iter().rev().skip(last)).or_else(|| goes_on(&mut after.iter().skip(first)));
    let read = match parting {
        Some(b'-') => "-",
        Some(_) => " ",
        // Both halves in one piece: the first stands behind words, so that the two are no column of numbers.
        None if last.abs_diff(first) < 2
            && (last == first && last == HALF_ID || has_words(bytes, floor + before.len() - last)) =>
        {
            ""
        }
        None => return None,
    };
    Some(Seam {
        start: floor + before.len(),
        end: ceiling - after.len(),
        read,
    })
}

/// Two check digits behind a hyphen that the line breaks before: `529.982.247` and `-25`.
fn check_digits(bytes: &[u8], end: usize, at: usize) -> Option<Seam> {
    let is_group = |group: &[u8]| group.len() == 4 && group[1..].iter().all(u8::is_ascii_digit);
    let before = &bytes[end.checked_sub(8)?..end];
    let is_parted = before
        .chunks_exact(4)
        .all(|group| is_group(group) && group[0] == b'.');
    let digits = bytes[at..]
        .iter()
        .take(3)
        .take_while(|byte| byte.is_ascii_alphanumeric());
    let fits = digits.clone().count() == 2 && digits.clone().all(u8::is_ascii_digit);
    (is_parted && fits && bytes[..at].ends_with(b"-")).then_some(Seam {
        start: end,
        end: at,
        read: "-",
    })
}

/// Whether a letter stands before `at` in its line.
fn has_words(bytes: &[u8], at: usize) -> bool {
    let line = bytes[at.saturating_sub(MAX_SEAM)..at].iter().rev();
    line.take_while(|byte| **byte != b'\n')
        .any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let changes = joined(text, Signs::of(text));
        if changes.is_empty() {
            return text.to_owned();
        }
        changes.apply(text, 1 << 20).0.text.into_owned()
    }

    #[test]
    fn literals_join_as_programs_join_them() {
        for spelled in [
            r#""zel" + "da""#,
            r#"'zel' . 'da'"#,
            r#""zel".."da""#,
            r#""zel" & "da""#,
            r#"'zel' || 'da'"#,
            "\"zel\"\n    \"da\"",
            "\"zel\" \\\n  \"da\"",
            "'zel''da'",
            "'zel'\"da\"",
            "\"zel\" + 'da'",
            "\"zel\" +\n f\"da\"",
        ] {
            assert_eq!(read(spelled).trim_matches(['"', '\'']), "zelda", "{spelled}");
        }
    }

    #[test]
    fn the_whole_ends_with_the_quote_that_it_began_with() {
        assert_eq!(read("let a = 'zel' + \"da\";"), "let a = 'zelda';");
        assert_eq!(read("a='Oak Drive,'\" Portland\""), "a='Oak Drive, Portland'");
        assert_eq!(read("a=\"(212)\"\" 736\"\"4866\""), "a=\"(212) 7364866\"");
    }

    #[test]
    fn values_side_by_side_stay_apart() {
        for text in [
            r#"["zel", "da"]"#,
            r#"{"zel": "da"}"#,
            r#"say "" and "", '' or "#,
            r#"a="zel";b="da""#,
            r#""""docs""""#,
            "it's Ada's",
            "x == \"\" && y",
        ] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn numbers_in_groups_go_over_lines() {
        assert_eq!(read("card 4111 1111\n  1111 1111."), "card 4111 1111 1111 1111.");
        assert_eq!(
            read("DE89 3704 0044\n0532 0130 00"),
            "DE89 3704 0044 0532 0130 00"
        );
        assert_eq!(read("Card: 5478\n9042-8089-9258"), "Card: 5478-9042-8089-9258");
        assert_eq!(read("Card: 45855886\n89982402"), "Card: 4585588689982402");
        assert_eq!(read("Card: 3789320\n02777884"), "Card: 378932002777884");
        assert_eq!(read("CPF: 529.982.247\n-25."), "CPF: 529.982.247-25.");
        assert_eq!(read("CPF: 529.982.247\n> -25"), "CPF: 529.982.247-25");
        for column in [
            "12345678\n90123456",
            "1 apple\n22 pears",
            "see 2024\n17 people",
            "1 2\n3 4",
        ] {
            assert_eq!(read(column), column);
        }
    }
}
