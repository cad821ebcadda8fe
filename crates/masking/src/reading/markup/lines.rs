//! The signs that patches and quoted mail put at the start of a line.

use memchr::memchr;

use super::Mark;

/// Adds `+`, `-`, `>` and `@@` at line starts where they touch what follows: a list's `- ` hides nothing.
pub(super) fn signs(text: &str, marks: &mut Vec<Mark>) {
    let bytes = text.as_bytes();
    let mut start = 0;
    loop {
        let len = sign(&bytes[start..]);
        if len > 0 {
            marks.push(Mark {
                start,
                end: start + len,
                read: "",
                tells: true,
            });
        }
        match memchr(b'\n', &bytes[start..]) {
            Some(end) => start += end + 1,
            None => return,
        }
    }
}

/// Bytes of the signs that a line starts with.
fn sign(line: &[u8]) -> usize {
    let len = match line {
        // The head of a patch, and rules.
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => 0,
        [b'+' | b'-', b'+' | b'-', ..] => 2,
        [b'+' | b'-', ..] => 1,
        [b'@', b'@', ..] => 2,
        [b'>', ..] => line
            .iter()
            .take(16)
            .take_while(|byte| matches!(byte, b'>' | b' '))
            .count(),
        _ => 0,
    };
    let touches = line.get(len).is_some_and(|byte| !byte.is_ascii_whitespace());
    if touches { len } else { 0 }
}
