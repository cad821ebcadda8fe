//! Whether a text is nothing but a placeholder, in any of the spellings that models and escapes give it.

use crate::EntityType;

/// Longer than any placeholder with its brackets escaped.
const MAX_BYTES: usize = 160;
const OPENING: [&str; 5] = ["<", "&lt;", "\\u003c", "%3c", "&#60;"];
const CLOSING: [&str; 5] = [">", "&gt;", "\\u003e", "%3e", "&#62;"];

/// Letters that codes have where few values collide, and so do variants.
const MAX_LETTERS: usize = 10;

/// A placeholder stands for a value and is none: a model writes it where it saw it, with or without its brackets.
/// Without them it counts only as masking spells it: `password_hunters` is a password that somebody chose.
pub(crate) fn is_spelled_placeholder(text: &str) -> bool {
    if text.len() > MAX_BYTES || !text.contains('_') {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let inner = trim(&lower);
    let in_brackets = inner.len() < lower.len();
    let bare = if in_brackets { inner } else { text }.replace('\\', "");
    let parts: Vec<&str> = bare.split('_').collect();
    [1, 2].into_iter().any(|letters| {
        parts.len() > letters && {
            let (name, letters) = parts.split_at(parts.len() - letters);
            let name = name.join("_");
            letters[0].len() >= 6
                && letters
                    .iter()
                    .all(|part| (2..=MAX_LETTERS).contains(&part.len()) && part.bytes().all(is_letter))
                && is_type(&if in_brackets {
                    name.to_ascii_uppercase()
                } else {
                    name
                })
        }
    })
}

/// Without backslashes and one bracket on either side.
fn trim(text: &str) -> &str {
    let strip = |text: &str| text.len() - text.trim_start_matches('\\').len();
    let opened = OPENING.iter().find_map(|open| {
        let from = text.find(open).filter(|at| *at <= strip(text))?;
        Some(&text[from + open.len()..])
    });
    let text = opened.unwrap_or(text);
    let closed = CLOSING.iter().find_map(|close| text.strip_suffix(close));
    closed.unwrap_or(text)
}

/// Whether placeholders write a type as `name`.
pub(crate) fn is_type(name: &str) -> bool {
    let entity = match name.strip_prefix("CUSTOM_") {
        Some(own) => format!("CUSTOM:{own}").parse::<EntityType>(),
        None => name.parse(),
    };
    entity.is_ok()
}

/// Whether codes and variants have it.
pub(crate) const fn is_letter(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'2'..=b'7')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_known_and_values_are_not() {
        for spelled in [
            "PASSWORD_2dsfbv",
            "&lt;password_2dsfbv&gt;",
            "<API_KEY_abcdef_x3>",
            "&lt;PASSWORD_2dsfbv&gt;",
            "%3CAPI_KEY_abcdef%3E",
            "\\u003cAPI_KEY_abcdef\\u003e",
            "\\<API\\_KEY\\_abcdef\\>",
            "<CUSTOM_BADGE_abcdef>",
        ] {
            assert!(is_spelled_placeholder(spelled), "{spelled}");
        }
        for value in [
            "hunter2_abcdef",
            "PASSWORD",
            "my_PASSWORD_2dsfbv",
            "password_2dsfbv",
            "password_hunters",
            "Password_summer22",
            "PASSWORD_abcdefghijkl",
            "PASSWORD_2dsf",
            "PASSWORD_2dsfb1",
            "_",
            "",
        ] {
            assert!(!is_spelled_placeholder(value), "{value}");
        }
    }
}
