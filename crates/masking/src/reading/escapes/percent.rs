//! `%40`, `%2540`, `%u0040`: RFC 3986, 2.1, and the form that older browsers' `escape` writes.

use super::{Escape, bytes_escape, hex};

/// The escape at the start of `bytes`, which is a percent sign.
pub(super) fn read(bytes: &[u8]) -> Option<Escape> {
    let signs = percent_signs(bytes, 0)?;
    let rest = &bytes[signs..];
    if let Some(digits) = rest.strip_prefix(b"u").and_then(|rest| rest.get(..4)) {
        let char = char::from_u32(hex(digits)?)?;
        return Escape::of(signs + 5, char);
    }
    let first = first_byte(bytes, 0)?;
    let escape = bytes_escape(1, |nth| {
        if nth == 0 {
            Some(first.1)
        } else {
            nth_byte(bytes, nth)
        }
    })?;
    if escape.len == 1 && first.1 >= 0x80 && bytes.get(first.0) == Some(&b'%') {
        return None;
    }
    // Each byte may be escaped to a depth of its own.
    let mut len = 0;
    for _ in 0..escape.len {
        len += first_byte(bytes, len)?.0;
    }
    Some(Escape { len, ..escape })
}

/// Bytes of the percent sign at `at`, which may be escaped itself any number of times: `%`, `%25`, `%2525`.
fn percent_signs(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?.strip_prefix(b"%")?;
    let again = rest.chunks_exact(2).take_while(|pair| *pair == b"25").count();
    // In `%25` at the end the last pair is the escape's own.
    let follows = |again: usize| {
        let rest = &rest[again * 2..];
        rest.first() == Some(&b'u') || rest.get(..2).is_some_and(|pair| hex(pair).is_some())
    };
    let again = if follows(again) {
        again
    } else {
        again.checked_sub(1)?
    };
    Some(1 + 2 * again)
}

/// Length and value of the escaped byte at `at`.
fn first_byte(bytes: &[u8], at: usize) -> Option<(usize, u8)> {
    let signs = percent_signs(bytes, at)?;
    let digits = bytes.get(at + signs..at + signs + 2)?;
    Some((signs + 2, u8::try_from(hex(digits)?).ok()?))
}

fn nth_byte(bytes: &[u8], nth: usize) -> Option<u8> {
    let mut at = 0;
    for _ in 0..nth {
        at += first_byte(bytes, at)?.0;
    }
    Some(first_byte(bytes, at)?.1)
}
