//! Control sequences of terminals (ECMA-48): colours, links and the like inside text that was copied from one.

/// Longest parameters that are looked at, in bytes.
const MAX_PARAMETERS: usize = 32;

/// A control sequence.
pub(super) struct Sequence {
    /// From the escape character to the final letter.
    pub(super) len: usize,
    /// What a reader sees in its place: nothing, or a gap where it moves the cursor.
    pub(super) shown: Option<char>,
}

/// The sequence that `bytes` start with.
pub(super) fn sequence(bytes: &[u8]) -> Option<Sequence> {
    let body = bytes.strip_prefix(b"\x1b[")?;
    let parameters = body
        .iter()
        .take(MAX_PARAMETERS)
        .take_while(|b| is_parameter(**b))
        .count();
    let shown = match body.get(parameters)? {
        b'm' | b'K' | b'h' | b'l' => None,
        // It begins an escape.
        b'\\' => return None,
        b'@'..=b'~' => Some(' '),
        _ => return None,
    };
    Some(Sequence {
        len: 2 + parameters + 1,
        shown,
    })
}

/// Parameters and what may stand behind them. `&`, `%` and `=` are hardly any: with them begin
/// escapes that have yet to be undone.
const fn is_parameter(byte: u8) -> bool {
    matches!(byte, b' '..=b'?') && !matches!(byte, b'%' | b'&' | b'=')
}

/// Whether the escape character that `bytes` start with is that of a sequence of which a part is spelled otherwise: it
/// shows only when that is undone.
pub(super) fn is_spelled(bytes: &[u8]) -> bool {
    let Some(body) = bytes.strip_prefix(b"\x1b[") else {
        // A backslash alone ends an operating system command.
        return matches!(
            bytes,
            [_, b'%' | b'&' | b'=', ..] | [_, b'\\', b'[' | b'u' | b'U' | b'x' | b'N' | b'1', ..]
        );
    };
    let parameters = body.iter().take(MAX_PARAMETERS);
    let parameters = parameters.take_while(|byte| is_parameter(**byte)).count();
    matches!(body.get(parameters), Some(b'\\' | b'%' | b'&' | b'='))
}

/// Bytes of an operating system command (a title, a link): from ESC `]` to BEL or ESC `\`.
pub(super) fn system_command(bytes: &[u8]) -> Option<usize> {
    const MAX: usize = 2048;
    let body = bytes.strip_prefix(b"\x1b]")?;
    let within = &body[..body.len().min(MAX)];
    let end = memchr::memchr2(7, 0x1b, within)?;
    let closing = match within[end..] {
        [7, ..] => 1,
        [0x1b, b'\\', ..] => 2,
        _ => return None,
    };
    Some(2 + end + closing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_otherwise_is_left_for_later() {
        for (text, len) in [
            ("\u{1b}[1;38mx", Some(7)),
            ("\u{1b}[1&amp;semi;3mx", None),
            ("\u{1b}[\\u0034mx", None),
        ] {
            assert_eq!(
                sequence(text.as_bytes()).map(|sequence| sequence.len),
                len,
                "{text}"
            );
        }
        for text in [
            "\u{1b}[1&amp;semi;3m",
            "\u{1b}\\[4m",
            "\u{1b}[=\r\n4m",
            "\u{1b}%5B4m",
        ] {
            assert!(is_spelled(text.as_bytes()), "{text}");
        }
        for text in ["\u{1b}[4m", "\u{1b}]8;;\u{7}", "\u{1b}\\ the end"] {
            assert!(!is_spelled(text.as_bytes()), "{text}");
        }
    }
}
