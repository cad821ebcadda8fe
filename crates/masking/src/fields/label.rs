//! A label in a text: which phrase of the lexicon, whose, and how it is written.

use super::above;
use super::concept::Concept;
use super::lexicon::{Entry, Holding, Lexicon, MAX_WORDS, is_letter};
use crate::ByteSpan;
use crate::detectors::text::{
    char_at, char_before, ends_with_ignore_case, is_unspaced, starts_with_ignore_case,
};

/// Words that belong to the label of a number, behind its phrase: `phone_number`, `Kontonummer`, `SSNs`.
#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    "numbers", "number", "nummern", "nummer", "numero", "número", "numéro", "num", "nos", "nr", "no", "n°", "nº", "n.º",
    "№", "#", "s",
    "号码", "號碼", "番号", "번호", "号", "號",
];
/// The same, where the value is no phone's.
const IDS: &[&str] = &["ids", "id"];
/// What may follow any phrase inside its identifier: `password2`, `token_prod`.
#[rustfmt::skip]
const SUFFIXES: &[&str] = &[
    "production", "prod", "development", "dev", "test", "staging", "live", "sandbox", "old", "new", "value", "string",
    "raw", "plain", "base64", "b64", "hex", "base", "confirmation", "confirm", "primary", "secondary", "text", "field",
    "input",
];
/// The longest word that is read around a waking one; bytes.
const MAX_WORD: usize = 24;
/// How far before its phrase an identifier goes; bytes.
const MAX_OWNER: usize = 48;

/// A label in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) entry: &'static Entry,
    /// The phrase, with what belongs to it: `password2`, `phone number`.
    pub(crate) phrase: ByteSpan,
    /// From the start of its identifier to the end of the phrase: `db_password`, `--customer-phone`.
    pub(crate) span: ByteSpan,
    /// An owner stands in its identifier or as a word before it.
    is_owned: bool,
}

impl Label {
    /// The label whose waking word stands at `at`; `None` where it is part of another word.
    pub(crate) fn around(text: &str, at: ByteSpan) -> Option<Self> {
        let words = Words::around(text, at);
        let (entry, phrase) = words.longest()?;
        let end = behind(text, phrase.end, entry)?;
        let start = before(text, phrase.start, entry)?;
        if entry.is_capital && !is_abbreviation(text, phrase, end) {
            return None;
        }
        if (entry.is_owned || entry.is_doubtful) && words.is_of_thing(phrase.start) {
            return None;
        }
        let is_owned = entry.is_owned && words.has_owner(phrase.start);
        // A member of something that is no person: `self.name`.
        if entry.is_owned && !is_owned && start < phrase.start && !text[start..].starts_with('-') {
            return None;
        }
        Some(Self {
            entry,
            phrase: ByteSpan::new(phrase.start, end),
            span: ByteSpan::new(start, end),
            is_owned,
        })
    }

    /// The label whose waking word starts at `at`, where the start of that number in the lexicon stands.
    pub(crate) fn woken(text: &str, start: usize, at: usize) -> Option<Self> {
        let lexicon = Lexicon::shared();
        if !text.as_bytes()[at].is_ascii() {
            return lexicon
                .words_at(text, start, at)
                .find_map(|word| Self::around(text, word));
        }
        let (stem, holding) = waking_word(text, start, at)?;
        let is_told = holding.may_follow(text.as_bytes(), stem);
        if is_told { Self::around(text, stem) } else { None }
    }

    /// The label that a column's head at `name` is: the longest in it.
    pub(crate) fn named(text: &str, name: ByteSpan) -> Option<Self> {
        let text = &text[..name.end];
        let mut found: Option<Self> = None;
        let mut at = name.start;
        while at < name.end {
            let word = word_from(text, at);
            let label = stems(text, word).find_map(|stem| Self::around(text, stem));
            if let Some(label) =
                label.filter(|label| name.start <= label.phrase.start && label.phrase.end <= name.end)
                && found.is_none_or(|best| best.phrase.len() < label.phrase.len())
            {
                found = Some(label);
            }
            at = word.end.max(at + char_at(text, at).map_or(1, char::len_utf8));
        }
        found
    }

    /// Whether its field is a person's: by an owner beside it or above it, or because the phrase needs none.
    pub(crate) fn has_owner(&self, text: &str) -> bool {
        !self.entry.is_owned || self.is_owned || above::has_owner(text, self.span)
    }

    /// Whether it names several, which a list holds: `passwords`.
    pub(crate) fn is_plural(&self, text: &str) -> bool {
        let mut letters = String::new();
        push_lower(&mut letters, &text[self.phrase.range()]);
        let singular = letters.strip_suffix('s');
        singular.is_some_and(|singular| {
            Lexicon::shared()
                .entry(&singular.replace([' ', '_', '-'], ""))
                .is_some()
        })
    }

    /// Written as constants and environment variables are: `DB_PASSWORD`.
    pub(crate) fn is_constant(&self, text: &str) -> bool {
        let identifier = &text[self.span.range()];
        identifier.len() > 3
            && identifier.is_ascii()
            && !identifier.bytes().any(|b| b.is_ascii_lowercase() || b == b' ')
    }

    /// A parameter of a URL's query.
    pub(crate) fn in_query(&self, text: &str) -> bool {
        text[..self.span.start].ends_with(['?', '&'])
    }

    /// An option of a command line: `--password`.
    pub(crate) fn is_option(&self, text: &str) -> bool {
        text[self.span.range()].starts_with('-')
    }

    /// What of its identifier stands before the phrase: `db_`.
    pub(crate) fn owner<'a>(&self, text: &'a str) -> &'a str {
        &text[self.span.start..self.phrase.start]
    }
}

/// The word at `at`, of ASCII, if phrases hold it: whole, or without the word for a number behind it. Most that wakes is a
/// part of another word, which a few bytes and one look-up tell.
fn waking_word(text: &str, start: usize, at: usize) -> Option<(ByteSpan, Holding)> {
    let bytes = text.as_bytes();
    let mut letters = [0; MAX_WORD];
    let mut len = 0;
    while let Some(byte) = bytes.get(at + len).filter(|b| b.is_ascii_alphabetic()) {
        let is_hump = len > 0 && byte.is_ascii_uppercase() && bytes[at + len - 1].is_ascii_lowercase();
        if is_hump || len == MAX_WORD {
            break;
        }
        letters[len] = byte.to_ascii_lowercase();
        len += 1;
    }
    let lexicon = Lexicon::shared();
    let word = std::str::from_utf8(&letters[..len]).ok()?;
    let last = at.checked_sub(1).map(|last| bytes[last]);
    let is_glued = last.is_some_and(|last| {
        last.is_ascii_alphabetic() && !(last.is_ascii_lowercase() && bytes[at].is_ascii_uppercase())
    });
    let known = |word: &str| {
        lexicon
            .holding(word)
            .filter(|holding| holding.may_be_glued || !is_glued)
    };
    // `D.O.B.`, and words with letters that are not ASCII.
    let is_other = bytes
        .get(at + len)
        .is_some_and(|b| *b == b'.' && len == 1 || !b.is_ascii());
    if is_other && let Some(whole) = lexicon.words_at(text, start, at).find(|word| word.len() > len) {
        let near = Holding {
            reach: 2,
            ..Holding::default()
        };
        return Some((whole, near));
    }
    if let Some(holding) = known(word) {
        return Some((ByteSpan::new(at, at + len), holding));
    }
    let ends: &[&str] = match letters[..len].last()? {
        b's' => &["s", "ids", "nos", "numbers"],
        b'r' => &["number", "nr", "nummer"],
        b'o' => &["no", "numero"],
        b'd' => &["id"],
        b'm' => &["num"],
        b'n' => &["nummern"],
        _ => return None,
    };
    let stems = ends
        .iter()
        .filter_map(|end| word.strip_suffix(*end))
        .filter(|stem| stem.len() > 1);
    let (stem, holding) = stems.into_iter().find_map(|stem| Some((stem, known(stem)?)))?;
    Some((ByteSpan::new(at, at + stem.len()), holding))
}

impl Holding {
    /// Whether what follows a word that is held may follow a label, or another word of it.
    fn may_follow(self, bytes: &[u8], word: ByteSpan) -> bool {
        let is_joined = self.reach > 0;
        match bytes[word.end..] {
            // `PASSWORD('...')` of SQL.
            [b'(', b'\'' | b'"', ..] => true,
            [
                b'(' | b';' | b'!' | b'+' | b'&' | b'%' | b'~' | b'{' | b'}' | b'?',
                ..,
            ] => false,
            [b')' | b',', ..] => self.is_near,
            [b'.', next, ..] if next.is_ascii_alphanumeric() => is_joined,
            [b' ', next, ..] if next.is_ascii_alphanumeric() => is_joined || self.is_said || self.is_near,
            _ => true,
        }
    }
}

/// A word, and what of it stands before a word for a number: `phonenumber`, `passwords`.
fn stems(text: &str, word: ByteSpan) -> impl Iterator<Item = ByteSpan> {
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
struct Words {
    spans: [ByteSpan; MAX_READ],
    len: usize,
    /// Which of them wakes.
    waking: usize,
    /// Their letters in lower case, one behind the other, and where each word's start.
    letters: String,
    starts: [usize; MAX_READ + 1],
}

impl Words {
    /// Reads as many words around the one at `at` as a phrase of the lexicon with it has.
    fn around(text: &str, at: ByteSpan) -> Self {
        let mut words = Self {
            spans: [ByteSpan::new(0, 0); MAX_READ],
            len: 0,
            waking: 0,
            letters: String::with_capacity(4 * MAX_WORD),
            starts: [0; MAX_READ + 1],
        };
        push_lower(&mut words.letters, &text[at.range()]);
        let reach = Lexicon::shared()
            .holding(&words.letters)
            .map_or(0, |holding| holding.reach);
        let mut from = at.start;
        // Up to the first word that no phrase holds, which may be an owner.
        while words.len <= usize::from(reach)
            && let Some(word) = word_before(text, from)
        {
            from = word.start;
            words.spans[words.len] = word;
            words.len += 1;
            if !words.is_held(text, word) {
                break;
            }
        }
        words.spans[..words.len].reverse();
        words.waking = words.len;
        words.spans[words.len] = at;
        words.len += 1;
        let mut to = at.end;
        while words.len - words.waking <= usize::from(reach)
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
        words
    }

    /// Whether some phrase holds the word.
    fn is_held(&mut self, text: &str, word: ByteSpan) -> bool {
        self.letters.clear();
        push_lower(&mut self.letters, &text[word.range()]);
        Lexicon::shared().holding(&self.letters).is_some()
    }

    /// The longest phrase of the lexicon that holds the waking word.
    fn longest(&self) -> Option<(&'static Entry, ByteSpan)> {
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
    fn is_of_thing(&self, phrase: usize) -> bool {
        let Some(last) = self.before(phrase).checked_sub(1) else {
            return false;
        };
        let entry = Lexicon::shared().company(&self.letters[self.starts[last]..self.starts[last + 1]]);
        entry.is_some_and(|entry| entry.concept == Concept::Thing)
    }

    /// Whether one of the words before `phrase`, or several together, are an owner.
    fn has_owner(&self, phrase: usize) -> bool {
        let lexicon = Lexicon::shared();
        let before = self.before(phrase);
        let is = |first: usize, last: usize| {
            is_owner(lexicon, &self.letters[self.starts[first]..self.starts[last]])
        };
        (0..before).any(|first| (first + 1..=before).any(|last| is(first, last)))
    }
}

fn is_owner(lexicon: &Lexicon, letters: &str) -> bool {
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
pub(super) fn names_owner(name: &str) -> bool {
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

fn push_lower(letters: &mut String, word: &str) {
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
fn word_from(text: &str, at: usize) -> ByteSpan {
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
fn word_before(text: &str, at: usize) -> Option<ByteSpan> {
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

/// Where a label ends whose phrase ends at `at`: behind what belongs to it. `None` when the identifier goes on in
/// another way (`password_hash`, `names`).
fn behind(text: &str, at: usize, entry: &Entry) -> Option<usize> {
    let mut end = at;
    for nth in 0..3 {
        let Some(next) = char_at(text, end) else {
            return Some(end);
        };
        let is_joined = matches!(next, '_' | '-' | '.') && !text[end..].starts_with(". ")
            || entry.concept.is_numbered() && next == ' ';
        let from = end + usize::from(is_joined);
        let rest = &text[from..];
        let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
        let is_glued = from == end;
        if (1..=2).contains(&digits) && next != ' ' && ends_word(text, from + digits) {
            end = from + digits;
            continue;
        }
        let list: &[&str] = if entry.concept.is_numbered() {
            NUMBERS
        } else {
            &["s"]
        };
        let ids = if entry.concept.is_numbered() && entry.concept != Concept::Phone {
            IDS
        } else {
            &[]
        };
        let suffixes = if next == ' ' { &[] } else { SUFFIXES };
        let known = list.iter().chain(ids).chain(suffixes).find(|word| {
            starts_with_ignore_case(rest, word)
                && (!is_glued || nth == 0)
                && (word.len() > 1 || is_glued || **word == "#")
                && (**word == "#" || ends_word(text, from + word.len()))
        });
        match known {
            Some(word) => {
                end = from + word.len();
                // `No. 123`.
                end += usize::from(matches!(text.as_bytes()[end..], [b'.', b' ' | b':', ..]));
            }
            None => break,
        }
    }
    // The dot of an abbreviation.
    if matches!(
        text.as_bytes()[end..],
        [b'.', b' ' | b':' | b'#' | b'\t', ..] | [b'.']
    ) && end - at == 0
    {
        return Some(end + usize::from(text.len() > end + 1));
    }
    goes_on(text, end).then_some(end)
}

/// Whether a word may end at `at`: no letter follows but the next hump.
fn ends_word(text: &str, at: usize) -> bool {
    match (char_before(text, at), char_at(text, at)) {
        (_, None) => true,
        (Some(last), Some(next)) if is_unspaced(last) || is_unspaced(next) => true,
        (Some(last), Some(next)) if last.is_lowercase() && next.is_uppercase() => true,
        (_, Some(next)) => !next.is_alphanumeric(),
    }
}

/// Whether an identifier that reaches `at` ends there.
fn goes_on(text: &str, at: usize) -> bool {
    let last = char_before(text, at);
    match char_at(text, at) {
        None => true,
        Some(next) if last.is_some_and(|last| last == '#' || is_unspaced(last)) || is_unspaced(next) => true,
        Some(next) if next.is_alphanumeric() => false,
        Some(mark @ ('_' | '-' | '.')) => {
            !char_at(text, at + 1).is_some_and(|c| c.is_alphanumeric() || c == mark || c == '_')
        }
        Some(_) => true,
    }
}

/// Where the identifier starts that the phrase at `at` ends; `None` where the phrase is the end of another word
/// (`compass`, `rename`), unless what is glued before it is an owner or the word is too long to be chance.
fn before(text: &str, at: usize, entry: &Entry) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = char_at(text, at)?;
    let last = char_before(text, at);
    let is_glued = last.is_some_and(|last| {
        let is_joined =
            is_unspaced(last) || is_unspaced(first) || last.is_lowercase() && first.is_uppercase();
        last.is_alphabetic() && !is_joined
    });
    let start = at
        - bytes[at.saturating_sub(MAX_OWNER)..at]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            .count();
    if is_glued {
        let word = word_before(text, at)?;
        let mut letters = String::new();
        push_lower(&mut letters, &text[word.range()]);
        let is_long = entry.concept.is_credential() && !entry.is_doubtful;
        if !is_long && !is_owner(Lexicon::shared(), &letters) {
            return None;
        }
    }
    Some(start)
}

/// Whether an abbreviation stands in capitals, or as a key directly before its mark.
fn is_abbreviation(text: &str, phrase: ByteSpan, end: usize) -> bool {
    let written = &text[phrase.range()];
    let is_upper = !written.chars().any(char::is_lowercase);
    let behind = text[end..].trim_start_matches(['"', '\'']);
    is_upper || behind.trim_start_matches(' ').starts_with([':', '='])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str, word: &str) -> Option<(Concept, String)> {
        let at = text.to_lowercase().find(word)?;
        let label = Label::around(text, ByteSpan::new(at, at + word.len()))?;
        Some((label.entry.concept, text[label.span.range()].to_owned()))
    }

    #[test]
    fn labels_in_every_style() {
        for (text, word, concept, whole) in [
            ("firstName: x", "name", Concept::GivenName, "firstName"),
            ("first_name: x", "name", Concept::GivenName, "first_name"),
            ("FIRST-NAME=x", "name", Concept::GivenName, "FIRST-NAME"),
            ("firstname=x", "name", Concept::GivenName, "firstname"),
            ("Date of birth: x", "birth", Concept::BirthDate, "birth"),
            ("db_password=x", "password", Concept::Password, "db_password"),
            ("dbpassword=x", "password", Concept::Password, "dbpassword"),
            ("password2 = x", "password", Concept::Password, "password2"),
            ("phoneNumber: x", "phone", Concept::Phone, "phoneNumber"),
            ("customer_phone: x", "phone", Concept::Phone, "customer_phone"),
        ] {
            let found = label(text, word).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.0, concept, "{text}");
            assert!(found.1.ends_with(whole), "{text}: {}", found.1);
        }
    }

    #[test]
    fn parts_of_other_words_are_none() {
        for (text, word) in [
            ("rename: x", "name"),
            ("namespace: x", "name"),
            ("password_hash: x", "password"),
            ("passwords_enabled: x", "password"),
            ("phone_type: x", "phone"),
        ] {
            assert_eq!(label(text, word), None, "{text}");
        }
    }
}
