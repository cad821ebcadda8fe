//! What a value must look like to be taken for an enumeration, an id or sealed bytes. Anything else is text.

/// An enumeration's value: one short word of `[A-Za-z0-9._:/-]` with at least one letter in it.
pub(crate) fn is_enumeration(text: &str) -> bool {
    text.len() <= 64 && is_word(text, |byte| matches!(byte, b'.' | b'_' | b':' | b'/' | b'-'))
}

/// An enumeration's value that could not be a secret either: lower-case letters, `_`, `-` and `.`.
pub(crate) fn is_plain_enumeration(text: &str) -> bool {
    text.len() <= 48
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.'))
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// A model's name: `[A-Za-z0-9._:/@-]`, at most 128 bytes.
///
/// Hosts write versions as `name@20250514` and prefix owners as `@owner/name`; `name@host.tld` is an address.
pub(crate) fn is_model(text: &str) -> bool {
    let address = text.split_once('@').is_some_and(|(before, after)| {
        !before.is_empty() && after.bytes().any(|byte| byte == b'.' || byte == b'@')
    });
    let allowed = |byte| matches!(byte, b'.' | b'_' | b':' | b'/' | b'@' | b'-');
    text.len() <= 128 && !address && is_word(text, allowed)
}

/// An id: `[A-Za-z0-9_.:-]{1,256}`.
pub(crate) fn is_identifier(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-'))
}

/// Sealed bytes: one run of base64 in either alphabet.
pub(crate) fn is_sealed(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'.' | b':')
        })
}

/// A setting's number: too short for anything that a detector of digits could confirm.
pub(crate) fn is_setting(number: &str) -> bool {
    number.len() <= 9
}

fn is_word(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || allowed(byte))
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerations_are_short_words() {
        for text in [
            "user",
            "json_schema",
            "web_search_20250305",
            "reasoning.encrypted_content",
            "24h",
        ] {
            assert!(is_enumeration(text), "{text}");
        }
        let long = "a".repeat(65);
        for text in [
            "",
            "two words",
            "4155550123",
            "415-555-0123",
            "a@b.com",
            "\u{7528}\u{6237}",
            &long,
        ] {
            assert!(!is_enumeration(text), "{text}");
        }
        assert!(is_plain_enumeration("input_text"));
        for text in ["AKIAIOSFODNN7EXAMPLE", "sk-proj-1", "", "___"] {
            assert!(!is_plain_enumeration(text), "{text}");
        }
    }

    #[test]
    fn a_model_is_not_an_address() {
        for text in [
            "gpt-5.1-codex",
            "claude-sonnet-4@20250514",
            "@cf/meta/llama-3.1-8b-instruct",
            "ft:gpt-4o-mini-2024-07-18:acme::abc",
            "models/gemini-2.5-flash",
        ] {
            assert!(is_model(text), "{text}");
        }
        for text in ["alice@corp.com", "gpt alice", "+14155550123", "", "a@b@c"] {
            assert!(!is_model(text), "{text}");
        }
    }

    #[test]
    fn ids_are_bounded_words() {
        assert!(is_identifier("call_aB3.x:y-z"));
        let long = "a".repeat(257);
        for text in ["", "alice@corp.com", "a/b", "a b", &long] {
            assert!(!is_identifier(text), "{text}");
        }
    }

    #[test]
    fn sealed_bytes_are_not_prose() {
        assert!(is_sealed("gAAAAABo_x-9=="));
        assert!(is_sealed("EqQBCgIYAhIM+/abc="));
        for text in ["", "Alice Smith", "alice@corp.com", "a\nb"] {
            assert!(!is_sealed(text), "{text}");
        }
    }
}
