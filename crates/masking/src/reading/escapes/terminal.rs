//! Control sequences of terminals (ECMA-48): colours and the like inside text that was copied from one.

/// Longest parameters that are looked at, in bytes.
const MAX_PARAMETERS: usize = 32;

/// A control sequence.
pub(in crate::reading) struct Sequence {
    /// From the escape character or its spelling to the final letter.
    pub(in crate::reading) len: usize,
    /// What a reader sees in its place: nothing, or a gap where it moves the cursor.
    pub(in crate::reading) shown: Option<char>,
}

/// The sequence that `bytes` start with, after the escape character or one of its spellings, `introducer` bytes long.
pub(in crate::reading) fn sequence(bytes: &[u8], introducer: usize) -> Option<Sequence> {
    let body = bytes.get(introducer..)?.strip_prefix(b"[")?;
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
        len: introducer + 1 + parameters + 1,
        shown,
    })
}

/// Bytes of the escape character as programs and JSON spell it: `\\u001b`, `\\x1b`, `\\033`, `\\e`.
pub(super) fn spelled_escape(bytes: &[u8]) -> Option<usize> {
    const SPELLINGS: [&[u8]; 4] = [b"\\u001b", b"\\x1b", b"\\033", b"\\e"];
    SPELLINGS
        .iter()
        .map(|spelling| spelling.len())
        .zip(SPELLINGS)
        .find(|(len, spelling)| {
            bytes
                .get(..*len)
                .is_some_and(|start| start.eq_ignore_ascii_case(spelling))
        })
        .map(|(len, _)| len)
}
