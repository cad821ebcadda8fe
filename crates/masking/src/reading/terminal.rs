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
        .take_while(|b| matches!(b, b' '..=b'?'))
        .count();
    let shown = match body.get(parameters)? {
        b'm' | b'K' | b'h' | b'l' => None,
        b'@'..=b'~' => Some(' '),
        _ => return None,
    };
    Some(Sequence {
        len: 2 + parameters + 1,
        shown,
    })
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
