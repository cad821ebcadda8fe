//! Looking around a place in a text: word boundaries, lines, prefixes. Shared by the rules; finds nothing itself.

use crate::placeholder::is_type;

/// Bytes of the longest word that [`cased_word`] reads.
const MAX_CASED_WORD: usize = 40;

/// An ASCII letter, digit or `_`. Bytes of other characters are not: Chinese text has no spaces between words.
#[must_use]
pub(crate) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A character that continues a word: alphanumeric or `_`, but no ideograph, kana or hangul.
#[must_use]
pub(crate) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        is_word(c as u8)
    } else {
        c.is_alphanumeric() && !is_unspaced(c)
    }
}

/// Whether a character belongs to a script that writes words without spaces between (Han, kana) or glues particles to them (hangul).
#[must_use]
pub(crate) const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a character is a Chinese ideograph.
#[must_use]
pub(crate) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The character that ends at `at`.
#[must_use]
pub(crate) fn char_before(text: &str, at: usize) -> Option<char> {
    match at.checked_sub(1).map(|last| text.as_bytes()[last]) {
        Some(byte) if byte.is_ascii() => Some(byte as char),
        Some(_) => text[..at].chars().next_back(),
        None => None,
    }
}

/// The character that starts at `at`.
#[must_use]
pub(crate) fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(*byte as char),
        Some(_) => text[at..].chars().next(),
        None => None,
    }
}

/// Whether no word character stands directly before `at`.
#[must_use]
pub(crate) fn word_start(text: &str, at: usize) -> bool {
    !char_before(text, at).is_some_and(is_word_char)
}

/// Whether no word character stands directly at `at`, the end of a would-be word.
#[must_use]
pub(crate) fn word_end(text: &str, at: usize) -> bool {
    !char_at(text, at).is_some_and(is_word_char)
}

/// Whether what stands before `at` is the head of something shaped like a placeholder, or of a template's name:
/// `EMAIL_`, `<PERSON_k7qf2m_`, `<your-`. Nothing issued it, so what follows is as it was written.
#[must_use]
pub(crate) fn follows_template_head(text: &str, at: usize) -> bool {
    const LONGEST: usize = 48;
    let before = &text.as_bytes()[..at];
    if !matches!(before.last(), Some(b'_' | b'-')) {
        return false;
    }
    let letters = before.iter().rev().take(LONGEST);
    let start = at - letters.take_while(|b| is_word(**b) || **b == b'-').count();
    let name = text[start..at - 1].split_once(|c: char| c.is_ascii_lowercase());
    let name = name.map_or(&text[start..at - 1], |(name, _)| name.trim_end_matches('_'));
    before[..start].ends_with(b"<") || is_type(name)
}

/// Whether what starts at `at` is the rest of an escaped percent sign: `%2574` is `%74`, escaped twice.
#[must_use]
pub(crate) fn is_escaped_percent(text: &str, at: usize) -> bool {
    text[..at].ends_with('%') && text[at..].starts_with("25")
}

/// The part of the line before `at`, at most `most` bytes (cut at a character's start).
#[must_use]
pub(crate) fn line_before(text: &str, at: usize, most: usize) -> &str {
    let mut from = at.saturating_sub(most);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let window = &text[from..at];
    memchr::memrchr2(b'\n', b'\r', window.as_bytes()).map_or(window, |end| &window[end + 1..])
}

/// The part of the line from `at` on, at most `most` bytes (cut at a character's start).
#[must_use]
pub(crate) fn line_after(text: &str, at: usize, most: usize) -> &str {
    let mut to = text.len().min(at.saturating_add(most));
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let window = &text[at..to];
    memchr::memchr2(b'\n', b'\r', window.as_bytes()).map_or(window, |end| &window[..end])
}

/// Whether `text` starts with the ASCII lower-case or non-ASCII `prefix`, in any ASCII case.
#[must_use]
pub(crate) fn starts_with_ignore_case(text: &str, prefix: &str) -> bool {
    text.len() >= prefix.len() && text.as_bytes()[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}

/// Whether `text` ends with the ASCII lower-case or non-ASCII `suffix`, in any ASCII case.
#[must_use]
pub(crate) fn ends_with_ignore_case(text: &str, suffix: &str) -> bool {
    text.len() >= suffix.len()
        && text.as_bytes()[text.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
}

/// Whether the ASCII lower-case or non-ASCII `word` stands in `text` as a whole word, in any ASCII case.
#[must_use]
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let (Some(last), bytes) = (text.len().checked_sub(word.len()), text.as_bytes()) else {
        return false;
    };
    (0..=last).any(|at| {
        bytes[at..at + word.len()].eq_ignore_ascii_case(word.as_bytes())
            && word_start(text, at)
            && word_end(text, at + word.len())
    })
}

/// Endings of files that people and programs name after somebody: recordings, pictures, documents, exports.
#[rustfmt::skip]
const FILE_ENDINGS: &[&str] = &[
    "3gp", "7z", "aac", "amr", "avi", "bak", "bin", "bmp", "bz2", "csv", "dat", "db", "doc", "docx", "eml", "enc",
    "flac", "gif", "gpg", "gz", "heic", "htm", "html", "ics", "jpeg", "jpg", "json", "jsonl", "log", "m4a", "m4v",
    "md", "mkv", "mov", "mp3", "mp4", "mpeg", "msg", "odt", "ods", "oga", "ogg", "opus", "p12", "pdf", "pem", "pfx",
    "png", "ppt", "pptx", "rar", "rtf", "svg", "tar", "tgz", "tif", "tiff", "tsv", "txt", "vcf", "wav", "webm",
    "webp", "wma", "wmv", "xls", "xlsm", "xlsx", "xml", "yaml", "yml", "zip", "zst",
];
/// No ending of the list is longer.
const LONGEST_ENDING: usize = 5;

/// Bytes of the file's ending that stands at `at` with its dot (`.pdf`), 0 if none does.
#[must_use]
pub(crate) fn file_ending(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    if rest.first() != Some(&b'.') {
        return 0;
    }
    let letters = rest[1..]
        .iter()
        .take(LONGEST_ENDING + 1)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let ending = &rest[1..=letters];
    let is_known = FILE_ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known.as_bytes()));
    if is_known && word_end(text, at + 1 + letters) {
        letters + 1
    } else {
        0
    }
}

/// Where the word of letters, apostrophes and hyphens that starts at `at` ends; `None` if none does, or a very long one.
#[must_use]
pub(crate) fn cased_word(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    for (offset, c) in text[at..].char_indices() {
        if offset > MAX_CASED_WORD {
            return None;
        }
        let here = at + offset;
        if c.is_alphabetic() && !is_unspaced(c) {
            end = here + c.len_utf8();
        } else if !(matches!(c, '\'' | '’' | '-') && end == here && end > at) {
            break;
        }
    }
    (end > at).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_ideographs_but_not_at_accents() {
        assert!(word_start("电话138", "电话".len()));
        assert!(!word_start("Zoë1", "Zoë".len()));
        assert!(word_end("138分机", 3));
        assert!(!word_end("Mill\u{e9}", 4));
        assert!(word_start("x", 0) && word_end("x", 1));
    }

    #[test]
    fn lines_are_cut_at_their_ends_and_at_characters() {
        assert_eq!(line_before("a\nbc d", 6, 40), "bc d");
        assert_eq!(line_before("电话: 1", "电话: ".len(), 4), ": ");
        assert_eq!(line_after("ab\ncd", 0, 40), "ab");
        assert_eq!(line_after("电话", 0, 4), "电");
    }

    #[test]
    fn whole_words_in_any_case() {
        assert!(has_word("Please CALL me", "call"));
        assert!(!has_word("recall, callback", "call"));
        assert!(!has_word("", "call"));
    }
}
