//! Words of documentation: those that say that a value is made up, and those that stand beside them.

/// What a word says about the value that it is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// That something is to be put here: any words may follow.
    Instruction,
    /// That it is made up.
    MadeUp,
    /// Nothing; it stands in such values.
    Nothing,
}

/// Inside a longer word, only words of so many letters are looked for.
const MIN_INSIDE: usize = 3;
/// No word of the lists is longer, which a test checks.
const LONGEST: usize = 12;

/// By their first byte in lower case, longest first.
#[rustfmt::skip]
const fn words(first: u8) -> &'static [(&'static str, Says)] {
    use Says::{Instruction, MadeUp, Nothing};
    match first {
        b'a' => &[
            ("application", Nothing), ("anthropic", Nothing), ("account", Nothing), ("access", Nothing),
            ("actual", Nothing), ("admin", Nothing), ("azure", Nothing), ("auth", Nothing), ("and", Nothing),
            ("api", Nothing), ("app", Nothing), ("aws", Nothing), ("add", Nothing), ("an", Nothing), ("a", Nothing),
        ],
        b'b' => &[("bearer", Nothing), ("bot", Nothing), ("by", Nothing)],
        b'c' => &[
            ("changeme", Instruction), ("changeit", Instruction), ("censored", MadeUp), ("change", Instruction),
            ("client", Nothing), ("code", Nothing),
        ],
        b'd' => &[
            ("database", Nothing), ("default", Nothing), ("docker", Nothing), ("dummy", MadeUp), ("demo", Nothing),
            ("dev", Nothing), ("db", Nothing),
        ],
        b'e' => &[
            ("encryption", Nothing), ("examples", MadeUp), ("example", MadeUp), ("enter", Nothing),
            ("email", Nothing), ("env", Nothing),
        ],
        b'f' => &[("fake", MadeUp), ("from", Nothing), ("for", Nothing)],
        b'g' => &[
            ("generated", Nothing), ("github", Nothing), ("gitlab", Nothing), ("google", Nothing), ("goes", Nothing),
        ],
        b'h' => &[("here", Instruction), ("hash", Nothing), ("host", Nothing)],
        b'i' => &[("insert", Instruction), ("id", Nothing), ("in", Nothing), ("is", Nothing), ("it", Nothing)],
        b'j' => &[("jwt", Nothing)],
        b'k' => &[("keys", Nothing), ("key", Nothing)],
        b'l' => &[("local", Nothing), ("long", Nothing), ("live", Nothing)],
        b'm' => &[("mongodb", Nothing), ("master", Nothing), ("mysql", Nothing), ("me", Nothing), ("my", Nothing)],
        b'n' => &[("notreal", MadeUp), ("name", Nothing), ("not", MadeUp), ("new", Nothing)],
        b'o' => &[("openai", Nothing), ("oauth", Nothing), ("own", Nothing), ("of", Nothing), ("or", Nothing)],
        b'p' => &[
            ("placeholder", Instruction), ("passphrase", Nothing), ("production", Nothing), ("passcode", Nothing),
            ("passwort", Nothing), ("password", Nothing), ("postgres", Nothing), ("private", Nothing),
            ("project", Nothing), ("passwd", Nothing), ("please", Nothing), ("public", Nothing), ("place", Nothing),
            ("paste", Nothing), ("pass", Nothing), ("prod", Nothing), ("pwd", Nothing), ("put", Nothing),
            ("pw", Nothing),
        ],
        b'r' => &[
            ("replaceme", Instruction), ("redacted", MadeUp), ("replace", Instruction), ("random", Nothing),
            ("redis", Nothing), ("real", Nothing),
        ],
        b's' => &[
            ("signing", Nothing), ("secrets", Nothing), ("service", Nothing), ("staging", Nothing),
            ("secret", Nothing), ("secure", Nothing), ("string", Nothing), ("stripe", Nothing), ("strong", Nothing),
            ("server", Nothing), ("sample", Nothing), ("super", Nothing), ("slack", Nothing), ("some", Nothing),
        ],
        b't' => &[
            ("testing", Nothing), ("tokens", Nothing), ("token", Nothing), ("test", Nothing), ("text", Nothing),
            ("this", Nothing), ("that", Nothing), ("the", Nothing), ("to", Nothing),
        ],
        b'u' => &[("username", Nothing), ("user", Nothing), ("use", Nothing)],
        b'v' => &[("variable", Nothing), ("value", Nothing), ("var", Nothing)],
        b'w' => &[("webhook", Nothing), ("with", Nothing)],
        b'y' => &[("your", Instruction)],
        _ => &[],
    }
}

/// The longest known word at `at` of `token`, letters and digits without a break, and what it says.
pub(super) fn word_at(token: &[u8], at: usize) -> Option<(usize, Says)> {
    let rest = &token[at..token.len().min(at + LONGEST)];
    let is_own = |len: usize| {
        let starts = at == 0 || token[at - 1].is_ascii_lowercase() && token[at].is_ascii_uppercase();
        let ends = token.get(at + len).is_none_or(u8::is_ascii_uppercase);
        starts && ends
    };
    words(token[at].to_ascii_lowercase())
        .iter()
        .find(|(word, _)| {
            rest.len() >= word.len()
                && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes())
                && (word.len() >= MIN_INSIDE || is_own(word.len()))
        })
        .map(|(word, says)| (word.len(), *says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_found_first() {
        for first in b'a'..=b'z' {
            let words = words(first);
            assert!(
                words.windows(2).all(|pair| pair[0].0.len() >= pair[1].0.len()),
                "{first}"
            );
            for (word, _) in words {
                assert!(word.starts_with(first as char) && word.len() <= LONGEST, "{word}");
            }
        }
        assert_eq!(word_at(b"changeme1", 0), Some((8, Says::Instruction)));
    }

    #[test]
    fn short_words_stand_by_themselves() {
        assert_eq!(word_at(b"my", 0), Some((2, Says::Nothing)));
        assert_eq!(word_at(b"myKey", 0), Some((2, Says::Nothing)));
        assert_eq!(word_at(b"myriad", 0), None);
        assert_eq!(word_at(b"enemy", 3), None);
    }
}
