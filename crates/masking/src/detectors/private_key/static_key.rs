//! The static keys of OpenVPN: hexadecimal lines between marks of their own.

use crate::ByteSpan;

/// What the opening line says.
pub(super) const LITERAL: &str = "begin openvpn static key";
const CLOSING: &[u8] = b"-----END OpenVPN Static key";
/// Longest rest of a line of marks.
const MAX_MARK: usize = 24;
/// A key has sixteen lines of thirty-two digits.
const MAX_LINES: usize = 64;
const MIN_DIGITS: usize = 32;

/// The block whose opening line says so at `literal`.
pub(super) fn block(bytes: &[u8], literal: ByteSpan) -> Option<(usize, usize)> {
    let dashes = bytes[..literal.start]
        .iter()
        .rev()
        .take(5)
        .take_while(|b| **b == b'-')
        .count();
    let rest = bytes[literal.end..].iter().take(MAX_MARK);
    let mut at = literal.end + rest.take_while(|b| !matches!(b, b'\n' | b'\\')).count();
    let mut digits = 0;
    let mut end = at;
    for _ in 0..MAX_LINES {
        at += breaks(&bytes[at..]);
        let line = bytes[at..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        if line == 0 {
            break;
        }
        digits += line;
        at += line;
        end = at;
    }
    if bytes[at..].starts_with(CLOSING) {
        let rest = bytes[at + CLOSING.len()..].iter().take(MAX_MARK);
        end = at
            + CLOSING.len()
            + rest
                .take_while(|b| !matches!(b, b'\n' | b'\r' | b'\\' | b'"' | b'<'))
                .count();
    }
    (digits >= MIN_DIGITS).then_some((literal.start - dashes, end))
}

/// Bytes of the line breaks and blanks, written or escaped, that `bytes` start with.
fn breaks(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < MAX_MARK {
        match &bytes[at..] {
            [b'\\', b'n' | b'r', ..] => at += 2,
            [b' ' | b'\t' | b'\n' | b'\r', ..] => at += 1,
            _ => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::PrivateKeys;
    use crate::detectors::testing::found;

    #[test]
    fn keys_of_openvpn_are_found_whole() {
        let line = "5ad1f0c97e3b24685ad1f0c97e3b2468";
        for joint in ["\n", "\r\n", "\\n"] {
            let key = [
                "-----BEGIN OpenVPN Static key V1-----",
                line,
                line,
                "-----END OpenVPN Static key V1-----",
            ]
            .join(joint);
            let text = format!("<tls-auth>{joint}{key}{joint}</tls-auth>");
            assert_eq!(found(PrivateKeys::new(), &text), [key.as_str()], "{text}");
        }
        assert!(
            found(
                PrivateKeys::new(),
                "-----BEGIN OpenVPN Static key V1-----\n<key>\n"
            )
            .is_empty()
        );
    }
}
