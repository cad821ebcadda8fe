//! The words around one that wakes, and what the lexicon says of them.

use super::edges::NUMBERS;
use crate::ByteSpan;
use crate::detectors::text::{char_at, char_before, ends_with_ignore_case, is_unspaced};
use crate::fields::concept::Concept;
use crate::fields::lexicon::{Entry, Lexicon, MAX_WORDS, is_letter};

/// The longest word that is read around a waking one; bytes.
pub(super) const MAX_WORD: usize = 24;

/// A word, and what of it stands before a word for a number: `phonenumber`, `passwords`.
pub(super) fn stems(text: &str, word: ByteSpan) -> impl Iterator<Item = ByteSpan> {
    let stem = move |end: &str| {
        let stem = ByteSpan::new(
            word.start,
            word.end.checked_sub(end.len()).filter(|end| *end > word.start)?,
        );
        ends_with_ignore_case(&text[word.range()], end).then_some(stem)
    };
    let whole = (!word.is_empty()).then_some(word);
    whole
        .into_iter()
        .chain(NUMBERS.iter().filter_map(move |end| stem(end)))
}

/// Most words that are read: an owner, those of a phrase before a waking one, itself, and those behind it.
const MAX_READ: usize = 2 * MAX_WORDS + 2;

/// The words around a waking one, itself among them, in order.
pub(super) struct Words {
    spans: [ByteSpan; MAX_READ],
    len: usize,
    /// Which of them wakes.
    waking: usize,
    /// Their letters in lower case, one behind the other, and where each word's start.
    letters: String,
    starts: [usize; MAX_READ + 1],
}

impl Words {
    /// Reads as many words around the one at `at` as a phrase of the lexicon with it has; `None` where none holds it.
    pub(super) fn around(text: &str, at: ByteSpan) -> Option<Self> {
        let mut words = Self {
            spans: [ByteSpan::new(0, 0); MAX_READ],
            len: 0,
            waking: 0,
            letters: String::with_capacity(4 * MAX_WORD),
            starts: [0; MAX_READ + 1],
        };
        push_lower(&mut words.letters, &text[at.range()]);
        let lexicon = Lexicon::shared();
        let (before, behind) = match lexicon.holding(&words.letters) {
            Some(holding) => {
                let reach = |may_be: bool| if may_be { usize::from(holding.reach) } else { 0 };
                let bytes = text.as_bytes();
                (
                    reach(holding.may_come_later(bytes, at)),
                    reach(holding.may_go_on(bytes, at)),
                )
            }
            // A word of columns alone wakes nothing, and is held by no phrase that does; one character of a script
            // without spaces may end a word that is a phrase.
            None if !words.letters.is_ascii() => (0, 0),
            None => lexicon.entry(&words.letters).map(|_| (0, 0))?,
        };
        let mut from = at.start;
        // Up to the first word that no phrase holds, which may be an owner.
        while words.len <= before
            && let Some(word) = word_before(text, from)
        {
            from = word.start;
            words.spans[words.len] = word;
            words.len += 1;
            if words.len <= before && !words.is_held(text, word) {
                break;
            }
        }
        words.spans[..words.len].reverse();
        words.waking = words.len;
        words.spans[words.len] = at;
        words.len += 1;
        let mut to = at.end;
        while words.len - words.waking <= behind
            && let Some(word) = word_behind(text, to)
            && words.is_held(text, word)
        {
            to = word.end;
            words.spans[words.len] = word;
            words.len += 1;
        }
        words.letters.clear();
        for nth in 0..words.len {
            words.starts[nth] = words.letters.len();
            push_lower(&mut words.letters, &text[words.spans[nth].range()]);
        }
        words.starts[words.len] = words.letters.len();
        Some(words)
    }

    /// Whether some phrase holds the word.
    fn is_held(&mut self, text: &str, word: ByteSpan) -> bool {
        self.letters.clear();
        push_lower(&mut self.letters, &text[word.range()]);
        Lexicon::shared().holding(&self.letters).is_some()
    }

    /// The longest phrase of the lexicon that holds the waking word.
    pub(super) fn longest(&self) -> Option<(&'static Entry, ByteSpan)> {
        let lexicon = Lexicon::shared();
        let mut best: Option<(&'static Entry, ByteSpan)> = None;
        for first in (0..=self.waking).rev() {
            for last in self.waking..self.len {
                let letters = &self.letters[self.starts[first]..self.starts[last + 1]];
                let span = ByteSpan::new(self.spans[first].start, self.spans[last].end);
                if best.is_none_or(|(_, best)| best.len() < span.len())
                    && let Some(entry) = lexicon.entry(letters)
                {
                    best = Some((entry, span));
                }
            }
        }
        best
    }

    /// How many words stand before `phrase`.
    fn before(&self, phrase: usize) -> usize {
        self.spans[..self.len]
            .iter()
            .take_while(|span| span.end <= phrase)
            .count()
    }

    /// Whether the word before `phrase` says that it is about a thing: `host name`, `fileName`.
    pub(super) fn is_of_thing(&self, phrase: usize) -> bool {
        let Some(last) = self.before(phrase).checked_sub(1) else {
            return false;
        };
        let entry = Lexicon::shared().company(&self.letters[self.starts[last]..self.starts[last + 1]]);
        entry.is_some_and(|entry| entry.concept == Concept::Thing)
    }

    /// Whether one of the words before `phrase`, or several together, are an owner.
    pub(super) fn has_owner(&self, phrase: usize) -> bool {
        let lexicon = Lexicon::shared();
        let before = self.before(phrase);
        let is = |first: usize, last: usize| {
            is_owner(lexicon, &self.letters[self.starts[first]..self.starts[last]])
        };
        (0..before).any(|first| (first + 1..=before).any(|last| is(first, last)))
    }
}

pub(super) fn is_owner(lexicon: &Lexicon, letters: &str) -> bool {
    let is = |letters: &str| {
        let owns = |entry: &Entry, concept| entry.concept == concept && !entry.is_doubtful;
        lexicon
            .company(letters)
            .is_some_and(|entry| owns(entry, Concept::Owner))
            || lexicon
                .entry(letters)
                .is_some_and(|entry| owns(entry, Concept::PersonRole))
    };
    is(letters) || letters.strip_suffix('s').is_some_and(is)
}

/// Whether `name`, a key above a field, says that the field is a person's.
pub(in crate::fields) fn names_owner(name: &str) -> bool {
    let lexicon = Lexicon::shared();
    let mut at = 0;
    let mut letters = String::new();
    while at < name.len() {
        let word = word_from(name, at);
        letters.clear();
        push_lower(&mut letters, &name[word.range()]);
        if is_owner(lexicon, &letters) {
            return true;
        }
        at = word.end.max(at + char_at(name, at).map_or(1, char::len_utf8));
    }
    false
}

pub(super) fn push_lower(letters: &mut String, word: &str) {
    if word.is_ascii() {
        let from = letters.len();
        letters.push_str(word);
        letters[from..].make_ascii_lowercase();
        if !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let kept: String = letters[from..]
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            letters.truncate(from);
            letters.push_str(&kept);
        }
    } else {
        letters.extend(
            word.chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase),
        );
    }
}

const fn is_between(c: char) -> bool {
    matches!(c, ' ' | '_' | '-' | '.' | '\'' | '’' | '/')
}

/// The word that starts at `at`, up to a hump: one character of a script without spaces.
pub(super) fn word_from(text: &str, at: usize) -> ByteSpan {
    let mut end = at;
    let (mut was_lower, mut was_digit) = (false, None);
    for (offset, c) in text[at..].char_indices() {
        let is_hump = was_lower && c.is_uppercase() || was_digit.is_some_and(|was| was != c.is_numeric());
        was_digit = Some(c.is_numeric());
        if !is_letter(c) || is_hump || offset > MAX_WORD || end > at && is_unspaced(c) {
            break;
        }
        was_lower = c.is_lowercase();
        end = at + offset + c.len_utf8();
        if is_unspaced(c) {
            break;
        }
    }
    ByteSpan::new(at, end)
}

/// The word behind `at`, at once or behind one separator.
fn word_behind(text: &str, at: usize) -> Option<ByteSpan> {
    let first = char_at(text, at)?;
    let from = if is_between(first) {
        at + first.len_utf8()
    } else {
        at
    };
    // `Acct. No.`
    let from = from + usize::from(first == '.' && text[from..].starts_with([' ', '-']));
    let word = word_from(text, from);
    let is_letter = first == ' ' && word.len() == 1;
    (!word.is_empty() && !is_letter).then_some(word)
}

/// The word before `at`, directly or before one separator.
pub(super) fn word_before(text: &str, at: usize) -> Option<ByteSpan> {
    let last = char_before(text, at)?;
    let to = if is_between(last) {
        at - last.len_utf8()
    } else {
        at
    };
    let mut start = to;
    let mut above: Option<char> = char_at(text, to).filter(|_| to == at);
    while let Some(c) = char_before(text, start) {
        let is_hump = above.is_some_and(|above| {
            c.is_lowercase() && above.is_uppercase() || c.is_numeric() != above.is_numeric()
        });
        if !is_letter(c) || is_hump && start < to || to - start > MAX_WORD || start < to && is_unspaced(c) {
            break;
        }
        start -= c.len_utf8();
        if is_unspaced(c) {
            break;
        }
        above = Some(c);
    }
    (start < to).then(|| ByteSpan::new(start, to))
}
