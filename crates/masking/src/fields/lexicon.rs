//! The words of labels, in all languages: one list for each concept (`lexicon/*.txt`), made ready once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hashbrown::HashMap;

use super::concept::{Concept, FILES};
use crate::ByteSpan;

/// No phrase is longer, in words; what is looked up around a waking word.
pub(super) const MAX_WORDS: usize = 6;
/// Words of three letters that stand in every text.
const EVERYDAY: [&str; 13] = [
    "von", "par", "por", "via", "the", "for", "nom", "dal", "del", "per", "art", "pod", "key",
];
/// Letters of a word that needs more than itself to wake.
const SHORT: usize = 3;
/// Bytes of a word that wake: enough for few other words to, few enough for the automaton to stay small.
const MAX_START: usize = 5;

/// A phrase of the lexicon, and how far it may be trusted.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) concept: Concept,
    /// Its language, or the format whose word it is.
    pub(crate) language: &'static str,
    /// Its number among all.
    pub(crate) nth: u16,
    /// Means this only when an owner stands before it or above it.
    pub(crate) is_owned: bool,
    /// Is used for other things too: the value must prove itself.
    pub(crate) is_doubtful: bool,
    /// An abbreviation that is also a word: in capitals, or as a key directly before its mark.
    pub(crate) is_capital: bool,
    /// Only the head of a column or a field of a record.
    pub(crate) is_column: bool,
    /// A value may stand behind it without anything between: `联系人王伟`.
    pub(crate) is_glued: bool,
    /// Names a user and a password: `credentials: bob / hunter2`.
    pub(crate) is_pair: bool,
    /// A plate, not a number of a vehicle's frame.
    pub(crate) is_plate: bool,
    /// Names a number so plainly that one of the right length counts beside it even when its check fails.
    pub(crate) is_explicit: bool,
    /// Words may stand between, and the value may come first.
    pub(crate) is_near: bool,
    /// Which forms the value may have; empty: those of the concept.
    pub(crate) schemes: Vec<&'static str>,
    /// One of these must stand shortly before; empty: nothing must.
    pub(crate) company: Vec<&'static str>,
}

/// What the phrases that hold a word have in common: most of what wakes is known for no label by it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Holding {
    /// It is a phrase by itself.
    pub(super) is_alone: bool,
    /// How many words one may have before or behind it.
    pub(super) reach: u8,
    /// How the words before it end, and how those behind it start.
    pub(super) before: Letters,
    pub(super) behind: Letters,
    /// Sentences say the value of one.
    pub(super) is_said: bool,
    /// The value of one may stand before it.
    pub(super) is_near: bool,
    /// One may be the end of a longer word: `dbpassword`, `customername`.
    pub(super) may_be_glued: bool,
}

/// A set of letters; those that are not ASCII are one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Letters(u32);

impl Letters {
    const fn bit(byte: u8) -> u32 {
        match byte.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => 1 << (letter - b'a'),
            b'0'..=b'9' => 1 << 26,
            0x80.. => 1 << 27,
            _ => 0,
        }
    }

    const fn add(&mut self, byte: u8) {
        self.0 |= Self::bit(byte);
    }

    pub(super) const fn has(self, byte: u8) -> bool {
        self.0 & Self::bit(byte) != 0
    }
}

/// What of an entry decides how its phrase wakes.
#[derive(Clone, Copy)]
struct Ways {
    is_capital: bool,
    is_said: bool,
    is_near: bool,
    may_be_glued: bool,
}

type Phrase = (&'static str, Ways);

/// All phrases.
pub(crate) struct Lexicon {
    entries: Vec<Entry>,
    /// By their letters alone.
    by_letters: HashMap<String, u16>,
    /// Words that say whose or what a field is, likewise: `account` is one, and a label too.
    companies: HashMap<String, u16>,
    /// By the letters of a word that phrases hold.
    holding: HashMap<String, Holding>,
    /// Starts of words that wake a look at the label around them.
    starts: Vec<String>,
    /// The words with each start, longest first.
    words: Vec<Vec<String>>,
    /// By start: whether one of its words may be the end of a longer word.
    glued: Vec<bool>,
}

static SHARED: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

impl Lexicon {
    pub(crate) fn shared() -> &'static Self {
        &SHARED
    }

    /// The starts of the words that wake, for [`Rule::literals`](crate::detectors::Rule::literals).
    pub(crate) fn starts(&self) -> &[String] {
        &self.starts
    }

    /// The words of the lexicon that stand at `at`, where the start of that number does; longest first.
    pub(crate) fn words_at<'a>(
        &'a self,
        text: &'a str,
        start: usize,
        at: usize,
    ) -> impl Iterator<Item = ByteSpan> + 'a {
        let rest = &text.as_bytes()[at..];
        let stands = move |word: &&String| {
            rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes())
        };
        self.words[start]
            .iter()
            .filter(stands)
            .map(move |word| ByteSpan::new(at, at + word.len()))
    }

    /// Whether a word with that start may be the end of a longer word.
    pub(super) fn may_be_glued(&self, start: usize) -> bool {
        self.glued[start]
    }

    /// All entries, in the order of their numbers.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a phrase, given by its letters and digits in lower case without anything between.
    pub(super) fn entry(&self, letters: &str) -> Option<&Entry> {
        self.by_letters
            .get(letters)
            .map(|at| &self.entries[usize::from(*at)])
    }

    /// What the phrases have in common that hold a word, given by its letters.
    pub(super) fn holding(&self, letters: &str) -> Option<Holding> {
        self.holding.get(letters).copied()
    }

    /// What the word says that stands before a label, given by its letters.
    pub(super) fn company(&self, letters: &str) -> Option<&Entry> {
        self.companies
            .get(letters)
            .map(|at| &self.entries[usize::from(*at)])
    }

    fn read() -> Self {
        let mut entries = Vec::new();
        let (mut by_letters, mut companies) = (HashMap::new(), HashMap::new());
        let mut phrases = Vec::new();
        for (concept, file) in FILES {
            for line in file.lines().filter(|line| !line.starts_with('#')) {
                let Ok(at) = u16::try_from(entries.len()) else {
                    break;
                };
                let Some((phrase, entry)) = entry(*concept, at, line) else {
                    continue;
                };
                let all = if entry.concept.is_company() {
                    &mut companies
                } else {
                    &mut by_letters
                };
                all.entry(letters(phrase)).or_insert(at);
                if entry.concept.is_sought() {
                    let ways = Ways {
                        is_capital: entry.is_capital,
                        is_said: entry.concept.is_said(),
                        is_near: entry.is_near,
                        may_be_glued: entry.is_owned
                            || entry.concept.is_credential() && !entry.is_doubtful
                            || entry.concept.is_numbered(),
                    };
                    phrases.push((phrase, ways));
                }
                entries.push(entry);
            }
        }
        let (starts, words) = wakers(&phrases);
        let holding = holding(&phrases);
        let may_be_glued = |word: &String| holding.get(&letters(word)).is_none_or(|word| word.may_be_glued);
        Self {
            glued: words.iter().map(|words| words.iter().any(may_be_glued)).collect(),
            holding,
            entries,
            by_letters,
            companies,
            starts,
            words,
        }
    }
}

/// A letter or digit, or a mark that belongs to one, as Devanagari and Arabic write vowels.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{65f}' | '\u{900}'..='\u{97f}' | '\u{200c}'..='\u{200d}')
}

/// The letters and digits of a phrase, by which it is looked up.
fn letters(phrase: &str) -> String {
    phrase.chars().filter(|c| is_letter(*c)).collect()
}

/// What the lower-case `word` is the label of: `"password": "Passwort"` is a translation.
pub(crate) fn concept_of(word: &str) -> Option<Concept> {
    Some(Lexicon::shared().entry(&letters(word))?.concept)
}

/// The entry that a line is: language, phrase, flags.
fn entry(concept: Concept, nth: u16, line: &'static str) -> Option<(&'static str, Entry)> {
    let mut parts = line.split('\t');
    let (language, phrase) = (parts.next()?, parts.next()?);
    let flags: Vec<&'static str> = parts.next().unwrap_or_default().split(' ').collect();
    let has = |flag: &str| flags.contains(&flag);
    let list = |name: &str| {
        let of = flags.iter().find_map(|flag| flag.strip_prefix(name));
        of.map_or_else(Vec::new, |all| all.split(',').collect())
    };
    let entry = Entry {
        concept,
        language,
        nth,
        is_owned: has("owned"),
        is_doubtful: has("doubtful"),
        is_capital: has("capital"),
        is_column: has("column"),
        is_glued: has("glued"),
        is_pair: has("pair"),
        is_plate: has("plate"),
        is_explicit: has("explicit"),
        is_near: has("near") || has("explicit"),
        schemes: list("schemes="),
        company: list("company="),
    };
    Some((phrase, entry))
}

/// By the letters of each word of the phrases.
fn holding(phrases: &[Phrase]) -> HashMap<String, Holding> {
    let mut holding: HashMap<String, Holding> = HashMap::new();
    for (phrase, entry) in phrases {
        let words: Vec<String> = phrase.split([' ', '-', '\'', '/', '.']).map(letters).collect();
        let count = words.len();
        for (nth, word) in words.iter().enumerate() {
            let known = holding.entry(word.clone()).or_default();
            let last = nth.checked_sub(1).and_then(|before| words[before].bytes().last());
            let next = words.get(nth + 1).and_then(|behind| behind.bytes().next());
            last.into_iter().for_each(|byte| known.before.add(byte));
            next.into_iter().for_each(|byte| known.behind.add(byte));
            let most = nth.max(count - 1 - nth).min(MAX_WORDS);
            known.reach = known.reach.max(u8::try_from(most).unwrap_or_default());
            known.is_said |= entry.is_said;
            known.is_near |= entry.is_near;
            known.may_be_glued |= entry.may_be_glued;
        }
        let whole = holding.entry(letters(phrase)).or_default();
        whole.is_alone = true;
        whole.is_said |= entry.is_said;
        whole.is_near |= entry.is_near;
        whole.may_be_glued |= entry.may_be_glued;
    }
    holding
}

/// One word of each phrase that wakes: one that wakes anyway, or its longest; of short ones all of them, written as one.
/// With whether it is an abbreviation that is also a word.
fn waking_words(phrases: &[Phrase]) -> BTreeMap<String, bool> {
    let phrases = || phrases.iter().map(|(phrase, ways)| (*phrase, ways.is_capital));
    let single: BTreeSet<&str> = phrases()
        .map(|(phrase, _)| phrase)
        .filter(|phrase| !phrase.contains(' '))
        .collect();
    let of_one = phrases().filter(|(phrase, _)| single.contains(phrase));
    let mut words: BTreeMap<String, bool> = of_one
        .map(|(word, is_capital)| (word.to_owned(), is_capital))
        .collect();
    for (phrase, is_capital) in phrases().filter(|(phrase, _)| phrase.contains(' ')) {
        let wakes = |word: &str| word.len() > SHORT && single.contains(word);
        if phrase.split(' ').any(wakes) {
            continue;
        }
        let longest = phrase.split(' ').max_by_key(|word| word.len()).unwrap_or(phrase);
        if longest.len() <= SHORT {
            words.entry(phrase.replace(' ', "")).or_insert(is_capital);
            words.entry(phrase.replace(' ', ".")).or_insert(is_capital);
        }
        words.entry(longest.to_owned()).or_insert(is_capital);
    }
    words
}

/// The words by their starts, which the automaton looks for.
fn wakers(phrases: &[Phrase]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut by_start: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let words = waking_words(phrases);
    let words = words
        .iter()
        .flat_map(|(word, is_capital)| cases(word).into_iter().map(|word| (word, *is_capital)));
    for (word, is_capital) in words {
        let needs_mark = word.len() < SHORT || is_capital || EVERYDAY.contains(&word.as_str());
        if word.is_ascii() && word.len() <= SHORT && needs_mark {
            for mark in marks(&word) {
                by_start
                    .entry(format!("{word}{mark}"))
                    .or_default()
                    .push(word.clone());
            }
            continue;
        }
        let start = &word[..word.ceil_char_boundary(MAX_START.min(word.len()))];
        by_start.entry(start.to_owned()).or_default().push(word);
    }
    for words in by_start.values_mut() {
        words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    }
    by_start.into_iter().unzip()
}

/// What a short word wakes with, since it stands inside many others: the marks behind a label, and a space only where it
/// is no word of every day.
fn marks(word: &str) -> impl Iterator<Item = &'static str> {
    const MARKS: [&str; 16] = [
        " is ", "<", ":", "=", "\"", "'", " :", " =", ">", "|", "\t", ",", ";", ".", "\\", ")",
    ];
    const OPEN: [&str; 8] = [" ", "#", "/", "_", "-", "n", "s", "1"];
    let is_open = word.len() == SHORT && !EVERYDAY.contains(&word);
    let is_word = word.len() > 1;
    MARKS
        .into_iter()
        .filter(move |_| is_word)
        .chain(OPEN.into_iter().filter(move |_| is_open))
}

/// A word in every case that ASCII folding does not give.
fn cases(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return vec![word.to_owned()];
    }
    let mut chars = word.chars();
    let title: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect();
    vec![word.to_owned(), title, word.to_uppercase()]
}
