//! The canonical form of a text: compatibility forms folded (NFKC), invisible characters and stray marks gone, one kind of
//! line end.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::folded::{Folded, Folding};
use super::terminal;

/// What a control character does, which no reader sees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Controls {
    /// It parts words.
    Part,
    /// It is not there.
    Vanish,
}

/// The form of `text` in which detectors look, and whether it has control characters in it.
pub(super) fn canonical(text: &str, controls: Controls) -> (Folded<'_>, bool) {
    if plain_len(text.as_bytes()) == text.len() {
        return (Folded::same(text), false);
    }
    let mut folding = Folding::new(text, 0);
    let mut has_controls = false;
    let mut after_ascii = false;
    let mut read = 0;
    loop {
        // Nothing in plain ASCII is folded, but its last character may bear a mark.
        let at = read + plain_len(&text.as_bytes()[read..]).saturating_sub(1);
        let Some(char) = text[at..].chars().next() else {
            break;
        };
        if char == '\u{1b}'
            && let Some(sequence) = terminal::sequence(&text.as_bytes()[at..])
        {
            read = at + sequence.len;
            folding.fold(at..read, sequence.shown);
            continue;
        }
        if char == '\u{1b}'
            && controls == Controls::Vanish
            && let Some(len) = terminal::system_command(&text.as_bytes()[at..])
        {
            read = at + len;
            folding.fold(at..read, None);
            continue;
        }
        let end = at + char.len_utf8();
        read = end;
        if char == '\u{1b}' && controls == Controls::Part && terminal::is_spelled(&text.as_bytes()[at..]) {
            has_controls = true;
            continue;
        }
        match fold(char, after_ascii) {
            Fold::Keep => {
                after_ascii = takes_no_mark(char);
                // Marks belong to the character that they stand on, so that none is left when it is replaced.
                let marks = || text[end..].chars().take_while(|mark| is_combining_mark(*mark));
                if after_ascii && marks().next().is_some() {
                    read = end + marks().map(char::len_utf8).sum::<usize>();
                    folding.fold(at..read, Some(char));
                }
            }
            Fold::Remove => folding.fold(at..end, None),
            Fold::Control => {
                has_controls = true;
                let space = (controls == Controls::Part).then_some(' ');
                folding.fold(at..end, space);
            }
            Fold::Line => {
                let is_pair = char == '\r' && text[end..].starts_with('\n');
                read = end + usize::from(is_pair);
                folding.fold(at..read, Some('\n'));
            }
            Fold::Hyphen => folding.fold(at..end, Some('-')),
            Fold::Digit(digit) => {
                folding.fold(at..end, Some(digit));
                after_ascii = true;
            }
            Fold::Compatible => {
                folding.fold(at..end, std::iter::once(char).nfkc());
                after_ascii = folding.ends_with(|c: char| c.is_ascii_graphic());
            }
        }
    }
    if folding.is_untouched() {
        (Folded::same(text), has_controls)
    } else {
        (folding.finish(text.len()), has_controls)
    }
}

/// Whether a mark on the character is no part of how any language is written.
const fn takes_no_mark(char: char) -> bool {
    char.is_ascii_graphic() || char == ' ' || matches!(char, '\u{4e00}'..='\u{9fff}')
}

enum Fold {
    Keep,
    Remove,
    /// A character that no reader sees and that parts what it stands between.
    Control,
    /// The end of a line, in another spelling than LF.
    Line,
    Compatible,
    /// A decimal digit of another script, as its ASCII digit.
    Digit(char),
    /// A hyphen or dash, which word processors put for a plain one.
    Hyphen,
}

/// Bytes of ASCII without controls but tabs and line feeds at the start. Whole blocks are folded without an early way out,
/// so that they are compared in vectors.
fn plain_len(bytes: &[u8]) -> usize {
    // A vector register, which every x86-64 and AArch64 has.
    const BLOCK: usize = 16;
    let is_odd = |byte: &u8| !byte.is_ascii() | matches!(byte, 0..=8 | 11..=31 | 127);
    let mut len = 0;
    for block in bytes.chunks(BLOCK) {
        if block.iter().fold(false, |any, byte| any | is_odd(byte)) {
            return len + block.iter().position(is_odd).unwrap_or(block.len());
        }
        len += block.len();
    }
    len
}

fn fold(char: char, after_ascii: bool) -> Fold {
    match char {
        '\t' | '\n' | ' '..='~' => Fold::Keep,
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fold::Line,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Fold::Control,
        // The bulk of Chinese, Japanese and Korean prose: never folded.
        '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => Fold::Keep,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Fold::Hyphen,
        _ if is_invisible(char) => Fold::Remove,
        _ if after_ascii && is_combining_mark(char) => Fold::Remove,
        _ if is_folded(char) => Fold::Compatible,
        _ => ascii_digit(char).map_or(Fold::Keep, Fold::Digit),
    }
}

/// The zeros of the scripts whose decimal digits (Unicode category `Nd`) have no compatibility form.
#[rustfmt::skip]
const ZEROS: [char; 37] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{1090}', '\u{17e0}', '\u{1810}',
    '\u{1946}', '\u{19d0}', '\u{1a80}', '\u{1a90}', '\u{1b50}', '\u{1bb0}', '\u{1c40}', '\u{1c50}', '\u{a620}', '\u{a8d0}',
    '\u{a900}', '\u{a9d0}', '\u{a9f0}', '\u{aa50}', '\u{abf0}', '\u{104a0}', '\u{1e950}',
];

fn ascii_digit(char: char) -> Option<char> {
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= char)].last()?;
    char::from_digit(u32::from(char) - u32::from(*zero), 10)
}

fn is_folded(char: char) -> bool {
    let mut folded = std::iter::once(char).nfkc();
    folded.next() != Some(char) || folded.next().is_some()
}

/// Characters of the Unicode property `Default_Ignorable_Code_Point`, and interlinear annotation.
pub(super) fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ByteSpan;

    fn found<'a>(original: &'a str, wanted: &str) -> &'a str {
        found_with(original, wanted, Controls::Part)
    }

    fn found_with<'a>(original: &'a str, wanted: &str, controls: Controls) -> &'a str {
        let (folded, _) = canonical(original, controls);
        let start = folded
            .text
            .find(wanted)
            .unwrap_or_else(|| panic!("it reads {:?}", folded.text));
        &original[folded.written(ByteSpan::new(start, start + wanted.len())).range()]
    }

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["plain ascii\n", "你好，世界".trim_end_matches("，世界"), "Grüße"] {
            assert!(
                matches!(
                    canonical(text, Controls::Part).0.text,
                    std::borrow::Cow::Borrowed(_)
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn hidden_characters_go_and_map_back() {
        assert_eq!(
            found("x al\u{200b}ice\u{ad}@corp.com\u{200b} y", "alice@corp.com"),
            "al\u{200b}ice\u{ad}@corp.com"
        );
        assert_eq!(
            found("a\u{301}lice＠ｃｏｒｐ．ｃｏｍ", "alice@corp.com"),
            "a\u{301}lice＠ｃｏｒｐ．ｃｏｍ"
        );
        assert_eq!(
            found("电话：１３８００１３８０００。", "13800138000"),
            "１３８００１３８０００"
        );
        assert_eq!(
            found("\u{202e}sk-\u{2060}proj-1", "sk-proj-1"),
            "sk-\u{2060}proj-1"
        );
    }

    #[test]
    fn controls_part_words_or_are_not_there() {
        assert_eq!(found("x\0sk-proj-1\u{1}y", " sk-proj-1 "), "\0sk-proj-1\u{1}");
        assert_eq!(
            found_with("x sk-\0proj-1", "sk-proj-1", Controls::Vanish),
            "sk-\0proj-1"
        );
        assert_eq!(
            found_with(
                "see \u{1b}]8;;https://x.example\u{1b}\\zel\u{1b}]8;;\u{7}da",
                "zelda",
                Controls::Vanish
            ),
            "zel\u{1b}]8;;\u{7}da"
        );
    }

    #[test]
    fn all_line_ends_are_one() {
        assert_eq!(found("a\r\nb", "a\nb"), "a\r\nb");
        assert_eq!(found("a\rb\u{85}c", "a\nb\nc"), "a\rb\u{85}c");
    }

    #[test]
    fn digits_of_other_scripts_are_digits() {
        assert_eq!(found("هاتف ٠٥٥١٢٣٤٥٦٧ و", "0551234567"), "٠٥٥١٢٣٤٥٦٧");
        for digits in ["۱۲۳۴", "१२३४", "๑๒๓๔", "১২৩৪"] {
            assert_eq!(found(&format!("x {digits} y"), "1234"), digits);
        }
    }

    #[test]
    fn control_sequences_of_terminals_go() {
        for text in [
            "x ali\u{1b}[1mce@corp.com",
            "x ali\u{1b}[38;5;196mce\u{1b}[0m@corp.com",
            "x alice\u{1b}[K@corp.com",
        ] {
            assert_eq!(found(text, "alice@corp.com"), &text[2..]);
        }
        assert_eq!(found("a\u{1b}[10Cb \u{1b}[", "a b"), "a\u{1b}[10Cb");
        assert_eq!(found("a\u{1b}[31", "a [31"), "a\u{1b}[31");
    }

    #[test]
    fn dashes_of_word_processors_are_hyphens() {
        assert_eq!(
            found("SSN 536\u{2011}22\u{2013}8726", "536-22-8726"),
            "536\u{2011}22\u{2013}8726"
        );
    }

    #[test]
    fn a_char_that_unfolds_to_several_is_covered_whole() {
        assert_eq!(found("№5 ﬁx", "fi"), "ﬁ");
        assert_eq!(found("№5 ﬁx", "i"), "ﬁ");
    }
}
