//! Base64 by its characters (RFC 4648), in both alphabets, with padding or without.

/// Signs of padding: base64 has two at most, base32 six.
const MAX_PADDING: usize = 6;

/// The three bytes of four characters.
pub(super) fn quad(run: &[u8], at: usize) -> Option<[u8; 3]> {
    let [a, b, c, d] = *run.get(at..at + 4)? else {
        return None;
    };
    let value = |byte: u8| u32::from(VALUES[usize::from(byte)]);
    let bits = value(a) << 18 | value(b) << 12 | value(c) << 6 | value(d);
    let [_, first, second, third] = bits.to_be_bytes();
    Some([first, second, third])
}

/// The bytes of a run in either alphabet of base64; a last character that holds no whole byte is left out.
pub(super) fn decode(run: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(run.len() / 4 * 3 + 3);
    for at in (0..run.len() / 4 * 4).step_by(4) {
        decoded.extend(quad(run, at)?);
    }
    let rest = &run[run.len() / 4 * 4..];
    if rest.len() > 1 {
        let padded: Vec<u8> = rest.iter().copied().chain([b'A', b'A']).take(4).collect();
        decoded.extend(quad(&padded, 0)?.iter().take(rest.len() - 1));
    }
    Some(decoded)
}

/// The same as [`in_alphabet`], by comparisons that are made in vectors.
pub(super) const fn is_letter(byte: u8) -> bool {
    let small = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    small | digit | (byte == b'+') | (byte == b'/') | (byte == b'-') | (byte == b'_')
}

pub(super) fn in_alphabet(byte: u8) -> bool {
    VALUES[usize::from(byte)] < 64
}

/// By the character: its six bits in either alphabet, 64 for one of neither.
static VALUES: [u8; 256] = {
    let mut table = [64; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => 64,
        };
        byte += 1;
    }
    table
};

pub(super) fn run_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !in_alphabet(*byte))
        .unwrap_or(bytes.len())
}

pub(super) fn padding(rest: &[u8]) -> usize {
    rest.iter()
        .take(MAX_PADDING)
        .take_while(|byte| **byte == b'=')
        .count()
}
