//! What operators are called: lower case, so that no two differ in case alone.

const LONGEST: usize = 64;

/// The name as it is stored; none when it can be nobody's.
pub(crate) fn normalised(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let is_first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_plain = |b: u8| is_first(b) || matches!(b, b'.' | b'_' | b'@' | b'-');
    let is_name = (1..=LONGEST).contains(&name.len())
        && name.bytes().next().is_some_and(is_first)
        && name.bytes().all(is_plain);
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert_eq!(
            normalised(" Alice.B@example.com ").as_deref(),
            Some("alice.b@example.com")
        );
        for bad in ["", "-a", "a b", "a'--", "ä", &"a".repeat(65)] {
            assert_eq!(normalised(bad), None, "{bad}");
        }
    }
}
