//! Whether bytes are text, and which.

use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use unicode_normalization::char::is_combining_mark;

use super::super::canonical::is_invisible;

/// Fewer characters are no value; one beyond ASCII counts as three.
const MIN_CHARS: usize = 6;
/// Fewer units of UTF-16 are readable by chance.
const MIN_UNITS: usize = 4;
/// Half of all units are letters of some script: fewer are of one by chance.
const MIN_FOREIGN: usize = 6;
/// Random bytes are hardly ever readable for so many characters.
const CHANCE_CHARS: usize = 24;
/// So many readable characters may have one among them that is not.
const READABLE_PER_STRAY: usize = 8;

/// The text that the bytes hold, compressed or not; at most `most` bytes are inflated, and only then can it be cut.
pub(super) fn text_of(bytes: &[u8], most: usize) -> Option<String> {
    match inflated(bytes, most) {
        // Nothing is compressed by chance.
        Some(inflated) => String::from_utf8(inflated).map_or_else(|error| plain(error.as_bytes()), Some),
        None => plain(bytes),
    }
}

fn plain(bytes: &[u8]) -> Option<String> {
    utf8(bytes).or_else(|| utf16(bytes))
}

/// gzip (RFC 1952) and zlib (RFC 1950). What is cut off is read as far as it goes.
fn inflated(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let mut inflated = Vec::new();
    let result = match bytes {
        [0x1f, 0x8b, 8, ..] => MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut inflated),
        // Of the second byte, five bits are a check.
        [0x78, second, ..] if (0x7800 + u16::from(*second)).is_multiple_of(31) => {
            ZlibDecoder::new(bytes).take(limit).read_to_end(&mut inflated)
        }
        _ => return None,
    };
    (result.is_ok() || !inflated.is_empty()).then_some(inflated)
}

/// Whether bytes that others may follow could be the beginning of a text.
pub(super) fn may_be_text(head: &[u8]) -> bool {
    matches!(head, [0x1f, 0x8b, ..] | [0x78, ..]) || strays_in_utf8(head).is_some() || may_be_utf16(head)
}

/// How many control characters and bytes that are no UTF-8 there are; `None` where they are too many for a text, which
/// bytes that are none show by their first few.
fn strays_in_utf8(bytes: &[u8]) -> Option<usize> {
    let most = (bytes.len() / (READABLE_PER_STRAY + 1)).max(1);
    let (mut strays, mut awaited) = (0, 0);
    for byte in bytes {
        let (stray, awaits) = match *byte {
            0x80..=0xbf if awaited > 0 => (false, awaited - 1),
            b'\n' | b'\r' | b'\t' | 0x1b | b' '..=b'~' => (awaited > 0, 0),
            0xc2..=0xdf => (awaited > 0, 1),
            0xe0..=0xef => (awaited > 0, 2),
            0xf0..=0xf4 => (awaited > 0, 3),
            _ => (true, 0),
        };
        awaited = awaits;
        strays += usize::from(stray);
        if strays > most {
            return None;
        }
    }
    strays += usize::from(awaited > 0);
    (strays <= most).then_some(strays)
}

fn may_be_utf16(bytes: &[u8]) -> bool {
    let most = bytes.len() / (2 * READABLE_PER_STRAY);
    let orders: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];
    orders.into_iter().any(|order| {
        let units = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
        // A character of two units may be cut at the end.
        let chars = char::decode_utf16(units).map(|char| char.unwrap_or('\0'));
        chars.filter(|char| is_stray_unit(*char)).take(most + 2).count() <= most + 1
    })
}

/// Whether a character has no place in a text of UTF-16 that we know.
fn is_stray_unit(char: char) -> bool {
    // By the page of 256 characters: whether any is a number of its script, or what no reader sees. Most of what random
    // bytes spell is on a page without.
    static HAS_OTHERS: LazyLock<[bool; 256]> = LazyLock::new(|| {
        let chars = |page: usize| (page << 8..(page + 1) << 8).filter_map(|char| char::from_u32(char as u32));
        std::array::from_fn(|page| chars(page).any(|char| is_invisible(char) || char.is_numeric()))
    });
    if char.is_ascii() {
        return !matches!(char, '\t' | '\n' | '\r' | ' '..='~');
    }
    let is_other = || HAS_OTHERS[char as usize >> 8] && (is_invisible(char) || char.is_numeric());
    !is_letter(char) && char < '\u{10000}' && !is_other()
}

/// Mostly readable: a stray control character or a byte that is no UTF-8 does not make a text binary.
fn utf8(bytes: &[u8]) -> Option<String> {
    // Where nothing but strays opens, something else stands there.
    strays_in_utf8(&bytes[..bytes.len().min(CHANCE_CHARS)])?;
    strays_in_utf8(bytes)?;
    let text = String::from_utf8_lossy(bytes).replace(char::REPLACEMENT_CHARACTER, "\0");
    let text = text.trim_matches(is_stray);
    let (mut readable, mut stray) = (0_usize, 0_usize);
    for char in text.chars() {
        if is_stray(char) {
            stray += 1;
        } else {
            readable += if char.is_ascii() { 1 } else { 3 };
        }
    }
    let is_text = readable >= MIN_CHARS && stray * READABLE_PER_STRAY <= readable && has_words(text);
    is_text.then(|| text.to_owned())
}

/// A control character that texts do not have. What terminals show may be full of escape characters.
const fn is_stray(char: char) -> bool {
    char.is_ascii_control() && !matches!(char, '\n' | '\r' | '\t' | '\u{1b}')
}

/// What is not ASCII is letters or digits of some script, and letters and digits are the most of a text so short that
/// chance could have made it. What no reader sees counts as nothing.
fn has_words(text: &str) -> bool {
    let seen = || text.chars().filter(|char| !is_unseen(*char));
    let all = seen().count();
    let words = seen()
        .filter(|char| char.is_alphanumeric() || *char == ' ')
        .count();
    let is_sign = |char: char| matches!(char, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let odd = seen()
        .filter(|char| !char.is_ascii() && !char.is_alphanumeric() && !is_sign(*char))
        .count();
    (all > CHANCE_CHARS || words * 5 >= all * 3) && odd * 8 <= all
}

/// Characters that are drawn as nothing, or on the one before them.
fn is_unseen(char: char) -> bool {
    !char.is_ascii() && (is_invisible(char) || is_combining_mark(char))
}

/// UTF-16 of either order, with or without a mark: units of ASCII or of one other block of letters. Digits of another
/// script and surrogates in pairs do not come by chance either.
fn utf16(bytes: &[u8]) -> Option<String> {
    if bytes.len() < 2 * MIN_UNITS || !may_be_utf16(bytes) {
        return None;
    }
    let orders: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];
    orders.into_iter().find_map(|order| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]))
            .collect();
        let units = units.strip_prefix(&[0xfeff]).unwrap_or(&units);
        let (mut seen, mut stray, mut telling) = (0_usize, 0_usize, 0_usize);
        for char in char::decode_utf16(units.iter().copied()) {
            let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
            if !char.is_ascii() && is_invisible(char) {
                continue;
            }
            seen += 1;
            let is_telling = matches!(char, '\t' | '\n' | '\r' | ' '..='~')
                || !char.is_ascii() && char.is_numeric()
                || char > '\u{ffff}' && char.is_alphanumeric();
            telling += usize::from(is_telling);
            stray += usize::from(!is_telling && !is_letter(char));
        }
        let tells = telling * 2 >= seen || units.len() >= MIN_FOREIGN && is_one_script(units);
        let is_text = seen >= MIN_UNITS && stray * READABLE_PER_STRAY <= seen && tells;
        is_text.then(|| String::from_utf16_lossy(units))
    })
}

/// Latin letters with marks, Greek, Cyrillic, kana, Han, Hangul.
const fn is_letter(char: char) -> bool {
    matches!(char, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}')
}

fn is_one_script(units: &[u16]) -> bool {
    let script = |unit: u16| match unit {
        0x370..=0x3ff => 1,
        0x400..=0x52f => 2,
        0x3000..=0x30ff | 0x4e00..=0x9fff | 0xff00..=0xffef => 3,
        0xac00..=0xd7a3 => 4,
        _ => 0,
    };
    let mut scripts = units
        .iter()
        .map(|unit| script(*unit))
        .filter(|script| *script > 0);
    scripts
        .next()
        .is_some_and(|first| scripts.all(|other| other == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_bytes() {
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        for (bytes, text) in [
            (b"zelda@corp.com".to_vec(), "zelda@corp.com"),
            (b"hunter2!Xq9".to_vec(), "hunter2!Xq9"),
            ("Jürgen Großmann".into(), "Jürgen Großmann"),
            ("电话：13800138000".into(), "电话：13800138000"),
            (wide("zelda@corp.com", u16::to_le_bytes), "zelda@corp.com"),
            (wide("联系人：张伟，电话", u16::to_be_bytes), "联系人：张伟，电话"),
            ("卡号 ६०११२२३४".into(), "卡号 ६०११२२३४"),
            ("𝟒𝟏𝟏𝟏 ⁴¹¹¹".into(), "𝟒𝟏𝟏𝟏 ⁴¹¹¹"),
            (
                "z\u{200b}e\u{200b}l\u{200b}d\u{200b}a\u{200b}".into(),
                "z\u{200b}e\u{200b}l\u{200b}d\u{200b}a\u{200b}",
            ),
            (wide("𝟒𝟏𝟏𝟏 ۱۲۳۴", u16::to_le_bytes), "𝟒𝟏𝟏𝟏 ۱۲۳۴"),
            (
                wide("\u{feff}4\u{3164}1\u{3164}1\u{3164}1\u{3164}", u16::to_be_bytes),
                "4\u{3164}1\u{3164}1\u{3164}1\u{3164}",
            ),
            (b"zelda\x01@corp.com".to_vec(), "zelda\u{1}@corp.com"),
            (
                b"\x1b[3mz\x1b[0m\x1b[3me\x1b[0m\x1b[3ml\x1b[0m".to_vec(),
                "\u{1b}[3mz\u{1b}[0m\u{1b}[3me\u{1b}[0m\u{1b}[3ml\u{1b}[0m",
            ),
            (b"\xffzelda@corp.com".to_vec(), "zelda@corp.com"),
        ] {
            assert_eq!(text_of(&bytes, 1000).as_deref(), Some(text));
        }
        for bytes in [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec(),
            data_encoding::HEXLOWER
                .decode(b"9f86d081884c7d659a2feaa0c55ad015")
                .unwrap(),
            data_encoding::BASE64_NOPAD
                .decode(b"getElementByIdentifier99")
                .unwrap(),
            b"abc".to_vec(),
        ] {
            assert_eq!(text_of(&bytes, 1000), None);
        }
    }

    #[test]
    fn what_is_inflated_is_bounded() {
        use std::io::Write as _;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all("mail zelda@corp.com now ".repeat(1000).as_bytes())
            .unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(text_of(&gzip, 1 << 20).map(|text| text.len()), Some(24_000));
        assert_eq!(text_of(&gzip, 50).map(|text| text.len()), Some(50));
    }
}
