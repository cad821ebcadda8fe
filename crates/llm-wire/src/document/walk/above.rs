//! Keys that say little without the ones above them: `first` under `name` under `customer`.

/// The longest path, in bytes.
const MAX_PATH: usize = 64;
/// Keys above one that count.
const MAX_ABOVE: usize = 2;

/// Words that many things have, without regard to case and `_`.
#[rustfmt::skip]
const SHORT: &[&str] = &[
    "name", "first", "last", "middle", "given", "family", "full", "text", "display", "line", "line1", "line2", "street",
    "phone", "mobile", "address", "email", "year", "month", "day",
];

/// Whether `key` needs to be read with what stands above it.
pub(super) fn is_short_for(key: &str) -> bool {
    key.len() <= 8 && SHORT.iter().any(|word| key.eq_ignore_ascii_case(word))
}

/// Whether `key` names the session of an agent, which providers and observers are told. Its id lets nobody in there, but
/// under its name it would count as one that does.
pub(super) fn is_session_id(key: &str) -> bool {
    let letters = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    letters.map(|byte| byte.to_ascii_lowercase()).eq(*b"sessionid")
}

/// The path of `key` below `parent`, which may be one itself; `None` for one that is text rather than a key.
pub(super) fn joined(parent: &str, key: &str) -> Option<String> {
    let is_key = parent.len() <= MAX_PATH && !parent.is_empty() && !parent.contains(char::is_whitespace);
    let from = parent
        .rmatch_indices('.')
        .nth(MAX_ABOVE - 1)
        .map_or(0, |(at, _)| at + 1);
    let path = format!("{}.{key}", &parent[from..]);
    // The name of a user's record is who it is, not the `user name` to sign in with.
    let is_login = ["user.name", "account.name"]
        .iter()
        .any(|login| path.to_ascii_lowercase().ends_with(login));
    (is_key && !is_login).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_hold_two_keys_above() {
        assert_eq!(joined("customer", "name").as_deref(), Some("customer.name"));
        assert_eq!(
            joined("a.customer.name", "first").as_deref(),
            Some("customer.name.first")
        );
        assert_eq!(joined("a sentence", "first"), None);
        assert_eq!(joined("user", "name"), None);
        assert!(is_short_for("First") && !is_short_for("password"));
    }
}
