//! PRIVATE_KEY: the 12 to 24 words that restore a wallet (BIP 39), behind a label that calls them so. Any words will do:
//! no list is asked, as wallets have lists in many languages.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::text::{has_word, word_start};
use crate::{EntityType, Score};

const LABELS: [&str; 14] = [
    "seed phrase",
    "seed_phrase",
    "seedphrase",
    "seed words",
    "mnemonic",
    "mnemonic phrase",
    "recovery phrase",
    "recovery_phrase",
    "backup phrase",
    "secret phrase",
    "wallet seed",
    "助记词",
    "助記詞",
    "恢复短语",
];
/// How many words a phrase may have (BIP 39).
const COUNTS: [usize; 5] = [12, 15, 18, 21, 24];
const LETTERS: std::ops::RangeInclusive<usize> = 3..=8;
/// Letters of a short word. A third of a phrase's words are longer at least; lists of an assembler's instructions are short words.
const SHORT: usize = 4;
/// The longest phrase, with its separators and numbers, in bytes.
const MAX_PHRASE: usize = 512;
/// Most bytes between a label and the first word.
const MAX_GAP: usize = 24;
/// Words of sentences that no list has.
const OF_SENTENCES: [&str; 10] = [
    "the", "and", "for", "your", "are", "was", "not", "with", "from", "which",
];

/// Finds phrases that restore wallets.
pub(super) struct SeedPhrases {
    detector: Arc<str>,
}

impl SeedPhrases {
    pub(super) fn new() -> Self {
        Self {
            detector: "private_key.seed_phrase".into(),
        }
    }
}

impl Rule for SeedPhrases {
    fn literals(&self) -> Vec<String> {
        LABELS.map(str::to_owned).into()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { at, .. } = wake else {
            return;
        };
        let is_own = word_start(text, at.start) || text[..at.start].ends_with('_');
        let Some(start) = value_start(text, at.end).filter(|_| is_own) else {
            return;
        };
        if let Some(end) = phrase_end(text, start) {
            found.push(EntityType::PrivateKey, start, end, Score::STRONG, &self.detector);
        }
    }
}

/// Where the first word behind the label that ends at `end` starts: an operator or a line's end stands between.
fn value_start(text: &str, end: usize) -> Option<usize> {
    let window = &text[end..text.floor_char_boundary(text.len().min(end + MAX_GAP))];
    let window = window.strip_prefix('s').unwrap_or(window);
    let value = window.trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ':' | '=' | '：' | '是' | '"' | '\'' | '`' | '“' | '\\' | '*' | '[' | '>'
            )
    });
    let value = value
        .strip_prefix("is ")
        .or_else(|| value.strip_prefix("is: "))
        .unwrap_or(value);
    let start = text.len().min(end + MAX_GAP);
    let start = text.floor_char_boundary(start) - value.len();
    (start > end && value.starts_with(|c: char| c.is_ascii_lowercase())).then_some(start)
}

/// Where the phrase that starts at `start` ends, if nothing but a phrase is there.
fn phrase_end(text: &str, start: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[start..text.len().min(start + MAX_PHRASE)];
    let (mut count, mut long, mut at, mut end) = (0, 0, 0, 0);
    let mut is_in_line = true;
    loop {
        let word = bytes[at..].iter().take_while(|b| b.is_ascii_lowercase()).count();
        if !LETTERS.contains(&word) || count == 24 {
            break;
        }
        count += 1;
        long += usize::from(word > SHORT);
        end = at + word;
        // In one line, one word a line, or in a list of a program.
        let is_gap = |b: &&u8| matches!(b, b' ' | b',' | b'"' | b'\'' | b'\n' | b'\r' | b'\t');
        let gap = bytes[end..].iter().take(8).take_while(is_gap).count();
        let newlines = bytes[end..end + gap].iter().filter(|b| **b == b'\n').count();
        if count == 1 {
            is_in_line = newlines == 0;
        }
        // Behind a phrase in one line, the next line holds something else.
        let is_over = newlines > 1 || newlines == 1 && is_in_line && COUNTS.contains(&count);
        if gap == 0 || is_over {
            break;
        }
        at = end + gap;
    }
    let phrase = &text[start..start + end];
    let rest = bytes[end..].trim_ascii_start();
    let is_closed = bytes[end..].starts_with(b"\n")
        || bytes[end..].starts_with(b"\r")
        || !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    let is_sentence = || OF_SENTENCES.iter().any(|word| has_word(phrase, word));
    let is_phrase = COUNTS.contains(&count) && long * 3 >= count;
    (is_phrase && is_closed && !is_sentence()).then_some(start + end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, typed};

    const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    #[test]
    fn phrases_behind_their_labels_are_found() {
        for text in [
            format!("seed phrase: {WORDS}"),
            format!("My recovery phrase is {WORDS}."),
            format!("MNEMONIC=\"{WORDS}\"\n"),
            format!("\"mnemonic\": \"{WORDS}\","),
            format!("助记词：{WORDS}"),
            format!("wallet_mnemonic: '{WORDS}'"),
            format!("Seed phrase:\n{WORDS}\n\nKeep it safe"),
            format!("mnemonic: {WORDS}\nport: 1"),
        ] {
            assert_eq!(
                typed(SeedPhrases::new(), &text),
                [format!("PRIVATE_KEY {WORDS}")],
                "{text}"
            );
        }
        let long = format!("{WORDS} {WORDS}");
        let lines = WORDS.replace(' ', "\n");
        let text = format!("seed phrase:\n{lines}\n\nport: 1");
        assert_eq!(typed(SeedPhrases::new(), &text), [format!("PRIVATE_KEY {lines}")]);
        let text = format!("recovery phrase: {long}");
        assert_eq!(typed(SeedPhrases::new(), &text), [format!("PRIVATE_KEY {long}")]);
    }

    #[test]
    fn sentences_are_no_phrases() {
        for text in [
            "seed phrase: write your words down and keep them somewhere safe from others",
            "a mnemonic is any device that helps one keep things easily in memory",
            "mnemonic: legal winner thank year",
            "mnemonic: legal winner thank year wave sausage worth useful legal winner thank yellow legal",
            "mnemonic: string",
            "mnemonic: add sub mul div mov cmp jmp call ret push pop nop",
        ] {
            assert!(typed(SeedPhrases::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(SeedPhrases::new(), &["mnemonic ", "mnemonic: legal ", "助记词"]);
    }
}
