//! Reads personal names in scripts with capitals, word by word; says how sure a reading is. Finds no place by itself.

mod lexicon;
mod word;

use lexicon::{Lexicon, Sense};
use word::{Shape, Word, word_at};

use super::text::char_at;

/// Most words of a name, particles included.
const MAX_WORDS: usize = 6;

/// Lower-case words inside names.
const PARTICLES: &[&str] = &[
    "van", "von", "de", "der", "den", "da", "das", "do", "dos", "di", "del", "della", "du", "la", "le", "el",
    "al", "bin", "bint", "ibn", "ter", "ten", "zu", "zur", "zum", "vom", "y", "e", "i", "af", "av", "degli",
    "delle", "dei", "dal", "dalla", "las", "los", "het", "te", "op", "binti", "ben", "bat", "abu", "abd",
    "ul", "und", "des",
];
/// What is glued to a name before its capital: `d'Hautefeuille`, `dell'Acqua`.
const ELIDED: &[&str] = &["d", "l", "dell", "dall", "degl", "all"];
/// Names of models and assistants, whom people greet and credit as they do persons.
#[rustfmt::skip]
const ASSISTANTS: &[&str] = &[
    "claude", "sonnet", "opus", "haiku", "fable", "gpt", "chatgpt", "openai", "anthropic", "gemini", "copilot",
    "github", "codex", "cursor", "grok", "llama", "mistral", "mixtral", "deepseek", "qwen", "kimi", "perplexity", "siri", "cortana", "aider", "windsurf", "gemma", "mini", "pro", "flash", "nano", "turbo", "code", "desktop",
];
/// What may follow a name and belongs to it.
const SUFFIXES: &[&str] = &[", Jr.", ", Sr.", " Jr.", " Sr.", " Jr", " III", " II", " IV"];

/// A name as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Words, particles and initials included.
    pub(super) words: usize,
    /// A word of it is a known first name (and not an everyday word standing alone).
    pub(super) is_known: bool,
    /// Every letter is a capital.
    pub(super) is_capitals: bool,
}

/// The name that starts at `start`: capitalised words up to the first everyday word. `None` if the first is one.
pub(super) fn name_at(text: &str, start: usize) -> Option<Name> {
    let lexicon = Lexicon::shared();
    let mut name = Name {
        start,
        end: start,
        words: 0,
        is_known: false,
        is_capitals: true,
    };
    let mut ambiguous = false;
    let mut full_words = 0;
    let mut at = start;
    let mut particles = 0;
    while name.words + particles < MAX_WORDS {
        if name.words > 0
            && let Some(next) = particle_end(text, at)
        {
            particles += 1;
            at = next;
            continue;
        }
        let Some(word) = word_at(text, elided_end(text, at)) else {
            break;
        };
        match lexicon.sense(&text[word.start..word.end], word.shape) {
            Sense::Common => break,
            Sense::Given => name.is_known = true,
            Sense::AmbiguousGiven => ambiguous = true,
            Sense::Unknown => {}
        }
        name.words += 1 + particles;
        particles = 0;
        full_words += usize::from(word.shape != Shape::Initial);
        name.is_capitals &= word.shape != Shape::Title;
        name.end = word.end;
        at = match next_word(text, &word) {
            Some(next) => next,
            None => break,
        };
        if heads_column(text, word.end, at) {
            break;
        }
    }
    if full_words == 0 || is_assistant(&text[start..name.end]) {
        return None;
    }
    name.is_known |= ambiguous && full_words > 1;
    name.end += suffix_len(&text[name.end..]);
    Some(name)
}

/// Bytes of the suffix that `rest`, the text behind a name, starts with.
fn suffix_len(rest: &str) -> usize {
    if !rest.starts_with([' ', ',']) {
        return 0;
    }
    SUFFIXES
        .iter()
        .find(|suffix| rest.starts_with(**suffix))
        .map_or(0, |suffix| suffix.len())
}

/// Whether a word that starts with a capital may be one of a name: `McDonald`, not `ResourceId`. Any other may.
pub(super) fn is_name_word(word: &str) -> bool {
    let word = word.trim_matches([',', '.', '(', ')']);
    let starts = word.is_ascii() && word.len() > 1 && word.starts_with(|c: char| c.is_ascii_uppercase());
    !starts || word_at(word, 0).is_some()
}

/// Whether the whole lower-case `word` is a first name and nothing else.
pub(super) fn is_given_name(word: &str) -> bool {
    Lexicon::shared().sense(word, Shape::Title) == Sense::Given && !is_assistant(word)
}

/// Whether the word is an everyday one: of prose, business or code.
pub(super) fn is_common_word(word: &str) -> bool {
    Lexicon::shared().sense(word, Shape::Title) == Sense::Common
}

fn next_word(text: &str, word: &Word) -> Option<usize> {
    match char_at(text, word.end)? {
        ' ' => Some(word.end + 1 + usize::from(text[word.end + 1..].starts_with(' '))),
        // J.R.R. Tolkien
        c if word.shape == Shape::Initial && c.is_uppercase() => Some(word.end),
        _ => None,
    }
}

/// Whether a wide gap lies between `end` and `at`, and the word there is a label: `SMITH, ALICE  Born: 1980`.
fn heads_column(text: &str, end: usize, at: usize) -> bool {
    at > end + 1 && word_at(text, at).is_some_and(|word| text[word.end..].starts_with(':'))
}

/// Whether every word names a model or an assistant: `Claude`, `Claude Sonnet`, `GitHub Copilot`.
pub(super) fn is_assistant(name: &str) -> bool {
    name.split(' ').all(|word| {
        ASSISTANTS
            .iter()
            .any(|assistant| word.eq_ignore_ascii_case(assistant))
    })
}

/// Where the capitalised part of the word at `at` starts, behind an elided article or preposition.
pub(super) fn elided_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let length = rest.bytes().take(5).take_while(u8::is_ascii_lowercase).count();
    let mark = rest[length..].chars().next().filter(|c| matches!(c, '\'' | '’'));
    match mark {
        Some(mark) if ELIDED.contains(&&rest[..length]) => at + length + mark.len_utf8(),
        _ => at,
    }
}

/// Where the family name behind its particles starts: `von der Heide`; `at` if no particle stands there.
pub(super) fn particles_end(text: &str, at: usize) -> usize {
    const MOST: usize = 4;
    (0..MOST)
        .try_fold(at, |at, _| particle_end(text, at).ok_or(at))
        .unwrap_or_else(|at| at)
}

/// Whether `name` is a person's where nothing but the layout says so: an unmistakable first name opens it, or no word of
/// at least two is an everyday one.
pub(super) fn is_person(text: &str, name: &Name) -> bool {
    let lexicon = Lexicon::shared();
    let words = text[name.start..name.end].split([' ', ',']);
    let words = words.filter(|word| word.starts_with(char::is_uppercase) && !word.contains('.'));
    let (mut full, mut opens, mut known, mut telling, mut everyday) = (0, false, false, 0, 0);
    for word in words {
        let sense = lexicon.sense(word, Shape::Title);
        opens |= full == 0 && sense == Sense::Given;
        known |= sense == Sense::Given;
        full += 1;
        if sense == Sense::Given {
            telling += 1;
        } else if crate::lexicon::is_common_word(word) || sense == Sense::Common {
            everyday += usize::from(sense != Sense::AmbiguousGiven);
        } else {
            telling += 1;
        }
    }
    // `d'Hautefeuille` opens with a small letter and is a word too.
    let full =
        full + usize::from(name.start < name.end && !text[name.start..].starts_with(char::is_uppercase));
    let whole = everyday == 0 && telling > 0;
    full > 1
        && if name.is_capitals {
            known && whole
        } else {
            opens || whole
        }
}

/// Where the word behind a particle at `at` starts.
fn particle_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let length = rest.bytes().take(7).take_while(u8::is_ascii_lowercase).count();
    let particle = length > 0 && rest[length..].starts_with(' ') && PARTICLES.contains(&&rest[..length]);
    particle.then_some(at + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<&str> {
        name_at(text, 0).map(|name| &text[..name.end])
    }

    #[test]
    fn names_of_many_shapes() {
        for name in [
            "Alice",
            "Alice Smith",
            "Mary-Jane O'Brien",
            "José María de la Cruz",
            "Ludwig van Beethoven",
            "J. R. R. Tolkien",
            "J.R.R. Tolkien",
            "Ian McKellen",
            "Łukasz Żółć",
            "Иван Петров",
            "ALICE SMITH",
            "Alice SMITH",
            "Will Smith",
            "Martin Luther King Jr.",
            "Jean-François Müller-Lüdenscheidt",
        ] {
            assert_eq!(read(name), Some(name));
        }
    }

    #[test]
    fn names_end_at_other_words() {
        for (text, name) in [
            ("Alice's phone", "Alice"),
            ("Alice’s phone", "Alice"),
            ("James' phone", "James"),
            ("Alice Smith Please", "Alice Smith"),
            ("Alice, Bob", "Alice"),
            ("Alice. The", "Alice"),
            ("Alice and Bob", "Alice"),
            ("Alice de facto", "Alice"),
            ("Alice\nBob", "Alice"),
        ] {
            assert_eq!(read(text), Some(name), "{text}");
        }
    }

    #[test]
    fn identifiers_and_everyday_words_are_none() {
        for text in [
            "JavaScript",
            "QStatus",
            "getName",
            "The",
            "Please Wait",
            "Alice2",
            "Alice_x",
            "Alice.name",
            "Alice::new",
            "Alice(",
            "A",
            "",
            "alice",
            "张三",
            "Team",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn everyday_first_names_need_company() {
        assert!(!name_at("Will", 0).unwrap().is_known);
        assert!(name_at("Will Smith", 0).unwrap().is_known);
        assert!(name_at("Alice", 0).unwrap().is_known);
        assert!(!name_at("Okonkwo Xyzzy", 0).unwrap().is_known);
        assert!(is_given_name("alice") && !is_given_name("may") && !is_given_name("string"));
    }
}
