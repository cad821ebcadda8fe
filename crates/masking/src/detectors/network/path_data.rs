//! Paths of SVG, whose numbers need no blanks between: `M1.87 2.83.5.2c.41-.3`.

/// How far around a number its path is read.
const REACH: usize = 64;
/// Numbers of the shortest path.
const MIN_NUMBERS: usize = 3;
/// The commands of a path.
const COMMANDS: &[u8] = b"MmLlHhVvCcSsQqTtAaZz";

/// Whether `start..end` stands in a path: numbers and commands around it, one of them directly beside a number.
pub(super) fn is_around(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let before = bytes[..start]
        .iter()
        .rev()
        .take(REACH)
        .take_while(|b| belongs(**b))
        .count();
    let after = bytes[end..]
        .iter()
        .take(REACH)
        .take_while(|b| belongs(**b))
        .count();
    let path = &bytes[start - before..end + after];
    let has_command = path.windows(2).any(|pair| match pair {
        [first, second] if COMMANDS.contains(first) => matches!(second, b'0'..=b'9' | b'.' | b'-'),
        [first, second] => first.is_ascii_digit() && COMMANDS.contains(second),
        _ => false,
    });
    let is_number = |part: &&[u8]| part.iter().any(u8::is_ascii_digit);
    let parts = path.split(|b| matches!(b, b' ' | b',' | b'-') || b.is_ascii_alphabetic());
    has_command && parts.filter(is_number).take(MIN_NUMBERS).count() == MIN_NUMBERS
}

fn belongs(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b',' | b'.' | b'-') || COMMANDS.contains(&byte)
}

#[cfg(test)]
mod tests {
    use crate::detectors::network::Network;
    use crate::detectors::testing::assert_finds;

    #[test]
    fn numbers_of_paths_are_no_addresses() {
        assert_finds(
            Network::default,
            &[
                ("d=\"M1.87 2.83.5.2 8.1.2.3zM12.5 4.1.1.9\"", &[]),
                ("m9.9 1.2.3.4 5.6.7.8", &[]),
                ("lookup 149.112.112.112 took 1.5 ms", &["149.112.112.112"]),
                ("0.003 9.9.9.9 443 0.2", &["9.9.9.9"]),
                (
                    "149.112.112.112,149.112.112.113",
                    &["149.112.112.112", "149.112.112.113"],
                ),
            ],
        );
    }
}
