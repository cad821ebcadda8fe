//! Decoded views: percent, HTML entity, backslash and quoted-printable escapes undone word by word.

use super::{Builder, View, terminal};

/// How far a word may reach beyond an escape, in bytes.
const WORD_REACH: usize = 2048;
/// What consecutive views of one long word share, in bytes: longer than any value but a private key.
const WORD_OVERLAP: usize = 512;

/// One decoded character and the bytes that spelled it.
struct Escape {
    len: usize,
    /// `None`: the escape stands for nothing (a soft line break).
    char: Option<char>,
}

type Decode = fn(&str) -> Option<Escape>;

const KINDS: [(u8, Decode); 4] = [
    (b'%', percent),
    (b'&', html_entity),
    (b'\\', backslash),
    (b'=', quoted_printable),
];

/// Calls `on_view` with a decoded view of each word that holds an escape; a word too long for one view comes in
/// several that overlap.
pub(crate) fn encoded_words(text: &str, mut on_view: impl FnMut(&View<'_>)) {
    for (marker, decode) in KINDS {
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr(marker, &text.as_bytes()[at..]) {
            let escape = at + found;
            if decode(&text[escape..]).is_none() {
                at = escape + 1;
                continue;
            }
            let start = word_start(text, from, escape);
            let word = decode_word(text, start, escape, (marker, decode));
            on_view(&word.view);
            // What follows the cut is read once more, so that a value on the seam is whole in one of the views.
            at = if word.cut {
                text.floor_char_boundary(word.end - WORD_OVERLAP)
            } else {
                word.end
            };
            from = at;
        }
    }
}

/// Where the word around `escape` starts, `from` at the earliest.
fn word_start(text: &str, from: usize, escape: usize) -> usize {
    let reach = text
        .floor_char_boundary(escape.saturating_sub(WORD_REACH))
        .max(from);
    text[reach..escape]
        .char_indices()
        .rfind(|(_, char)| ends_word(*char))
        .map_or(reach, |(at, char)| reach + at + char.len_utf8())
}

struct Word {
    view: View<'static>,
    end: usize,
    /// The word goes on, but is too long for one view.
    cut: bool,
}

fn decode_word(text: &str, start: usize, first: usize, (marker, decode): (u8, Decode)) -> Word {
    let mut builder = Builder::new(text, start);
    let limit = text.ceil_char_boundary((first + WORD_REACH).min(text.len()));
    let mut at = start;
    while let Some(char) = text[at..limit.max(at)].chars().next() {
        let escape = if char == char::from(marker) {
            decode(&text[at..])
        } else {
            None
        };
        if let Some(escape) = escape {
            builder.fold(at, at + escape.len, escape.char);
            at += escape.len;
        } else if ends_word(char) {
            return Word {
                view: builder.finish(at),
                end: at,
                cut: false,
            };
        } else {
            at += char.len_utf8();
        }
    }
    Word {
        view: builder.finish(at),
        end: at,
        cut: at < text.len(),
    }
}

fn ends_word(char: char) -> bool {
    char.is_whitespace() || matches!(char, '"' | '\'' | '<' | '>' | '`')
}

fn visible(char: char) -> Option<char> {
    (!char.is_control() || char == '\n' || char == '\t').then_some(char)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| {
        Some(value * 16 + char::from(*digit).to_digit(16)?)
    })
}

/// Bytes spelled as two hex digits after `marker` (RFC 3986, RFC 2045): UTF-8 sequences are read whole.
fn hex_bytes(text: &str, marker: u8) -> Option<Escape> {
    let byte = |at: usize| -> Option<u8> {
        let unit = text.as_bytes().get(at..at + 3)?;
        if unit[0] != marker {
            return None;
        }
        u8::try_from(hex(&unit[1..])?).ok()
    };
    let first = byte(0)?;
    let count = match first {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes = (0..count).map(|nth| byte(nth * 3)).collect::<Option<Vec<u8>>>()?;
    let char = std::str::from_utf8(&bytes)
        .ok()?
        .chars()
        .next()
        .and_then(visible)?;
    Some(Escape {
        len: count * 3,
        char: Some(char),
    })
}

fn percent(text: &str) -> Option<Escape> {
    hex_bytes(text, b'%')
}

fn quoted_printable(text: &str) -> Option<Escape> {
    for soft_break in ["=\r\n", "=\n"] {
        if text.starts_with(soft_break) {
            return Some(Escape {
                len: soft_break.len(),
                char: None,
            });
        }
    }
    hex_bytes(text, b'=')
}

/// The named references (HTML Living Standard, 13.5) that hide characters which values are made of.
const NAMED: [(&str, char); 19] = [
    ("&amp;", '&'),
    ("&apos;", '\''),
    ("&colon;", ':'),
    ("&comma;", ','),
    ("&commat;", '@'),
    ("&dash;", '-'),
    ("&equals;", '='),
    ("&gt;", '>'),
    ("&hyphen;", '-'),
    ("&lowbar;", '_'),
    ("&lpar;", '('),
    ("&lt;", '<'),
    ("&nbsp;", ' '),
    ("&num;", '#'),
    ("&period;", '.'),
    ("&plus;", '+'),
    ("&quot;", '"'),
    ("&rpar;", ')'),
    ("&sol;", '/'),
];

fn html_entity(text: &str) -> Option<Escape> {
    let Some(number) = text.strip_prefix("&#") else {
        let (name, char) = NAMED.iter().find(|(name, _)| text.starts_with(name))?;
        return Some(Escape {
            len: name.len(),
            char: Some(*char),
        });
    };
    let (digits, radix) = number
        .strip_prefix(['x', 'X'])
        .map_or((number, 10), |digits| (digits, 16));
    let count = digits
        .bytes()
        .take(8)
        .take_while(|b| char::from(*b).is_digit(radix))
        .count();
    let value = u32::from_str_radix(&digits[..count], radix).ok()?;
    let closed = usize::from(digits[count..].starts_with(';'));
    let len = text.len() - digits.len() + count + closed;
    Some(Escape {
        len,
        char: Some(char::from_u32(value).and_then(visible)?),
    })
}

/// `\uXXXX`, `\u{X}`, `\xXX`, and a backslash before punctuation (JSON, JavaScript, Markdown).
fn backslash(text: &str) -> Option<Escape> {
    let bytes = text.as_bytes();
    let terminal =
        terminal::spelled_escape(bytes).and_then(|introducer| terminal::sequence(bytes, introducer));
    if let Some(sequence) = terminal {
        return Some(Escape {
            len: sequence.len,
            char: sequence.shown,
        });
    }
    match *bytes.get(1)? {
        b'u' if bytes.get(2) == Some(&b'{') => {
            let count = bytes[3..]
                .iter()
                .take(6)
                .take_while(|b| b.is_ascii_hexdigit())
                .count();
            let closed = bytes.get(3 + count) == Some(&b'}');
            let char = char::from_u32(hex(&bytes[3..3 + count])?).and_then(visible)?;
            (closed && count > 0).then_some(Escape {
                len: count + 4,
                char: Some(char),
            })
        }
        b'u' => unicode_escape(bytes),
        b'x' => {
            let char = char::from_u32(hex(bytes.get(2..4)?)?).and_then(visible)?;
            Some(Escape {
                len: 4,
                char: Some(char),
            })
        }
        byte @ (b'/' | b'@' | b'.' | b'-' | b'_' | b'+' | b':' | b'(' | b')') => Some(Escape {
            len: 2,
            char: Some(char::from(byte)),
        }),
        _ => None,
    }
}

fn unicode_escape(bytes: &[u8]) -> Option<Escape> {
    let high = hex(bytes.get(2..6)?)?;
    if let Some(char) = char::from_u32(high) {
        return Some(Escape {
            len: 6,
            char: Some(visible(char)?),
        });
    }
    let low = hex(bytes
        .get(6..)
        .filter(|rest| rest.starts_with(b"\\u"))?
        .get(2..6)?)?;
    let char = char::decode_utf16([u16::try_from(high).ok()?, u16::try_from(low).ok()?])
        .next()?
        .ok()?;
    Some(Escape {
        len: 12,
        char: Some(char),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ByteSpan;

    fn hidden<'a>(original: &'a str, wanted: &str) -> Vec<&'a str> {
        let mut all = Vec::new();
        encoded_words(original, |view| {
            if let Some(start) = view.text().find(wanted) {
                let span = ByteSpan::new(start, start + wanted.len());
                assert!(view.touches_fold(span));
                all.push(&original[view.original(span).range()]);
            }
        });
        all
    }

    #[test]
    fn each_encoding_maps_back_to_its_spelling() {
        for spelled in [
            "alice%40corp.com",
            "alice&#64;corp.com",
            "alice&#x40;corp&period;com",
            "alice&commat;corp.com",
            "alice\\u0040corp.com",
            "alice\\x40corp.com",
            "\\u{61}lice@corp.com",
            "alice=40corp.com",
            "alice@co=\r\nrp.com",
            "ali\\u001b[1mce@corp.com",
            "ali\\x1b[0;1mce\\x1b[0m@corp.com",
            "ali\\033[1mce\\e[m@corp.com",
        ] {
            let text = format!("see https://x.example/?q={spelled} or, ü {spelled}");
            assert_eq!(
                hidden(&text, "alice@corp.com").first(),
                Some(&spelled),
                "{spelled}"
            );
        }
    }

    #[test]
    fn a_value_on_the_seam_of_a_long_word_is_found() {
        for padding in WORD_REACH - 40..WORD_REACH + 10 {
            let text = format!("%41{}=alice%40corp.com&{}", "x".repeat(padding), "y".repeat(900));
            assert!(!hidden(&text, "=alice@corp.com").is_empty(), "{padding}");
        }
    }

    #[test]
    fn utf8_in_percent_escapes_is_one_character() {
        assert_eq!(hidden("q=%E5%BC%A0%E4%BC%9F.", "张伟"), ["%E5%BC%A0%E4%BC%9F"]);
        assert_eq!(hidden("\\ud83d\\ude00x", "😀"), ["\\ud83d\\ude00"]);
    }

    #[test]
    fn what_is_no_escape_makes_no_view() {
        encoded_words("100% of a & b, c:\\dir, x = 1, 50%-60%", |view| {
            panic!("{}", view.text())
        });
    }
}
