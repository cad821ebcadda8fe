//! Names behind roles without a mark: `Patient Lucien Lhermite was admitted`, `our client Maren Tilsiter`, `reviewed by
//! Eleni Papageorgiou`, `gez. Annelie Brackhage`.

use std::sync::LazyLock;

use super::super::names::{self, Name, name_at};
use super::super::text::{char_at, line_before, word_start};
use super::Span;
use crate::ByteSpan;
use crate::lexicon::is_common_word;

/// A word of [`roles`].
pub(super) struct Role {
    /// In the case that wakes; of a short one with the space behind it.
    pub(super) literal: String,
    /// A single name is enough where somebody's it is: `my wife Ottoline`.
    pub(super) is_near: bool,
}

/// Every role, those that ASCII case does not fold in both cases.
pub(super) static ROLES: LazyLock<Vec<Role>> = LazyLock::new(|| {
    let lines = include_str!("roles.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let mut roles: Vec<Role> = lines
        .flat_map(str::split_ascii_whitespace)
        .flat_map(spellings)
        .collect();
    roles.sort_by(|a, b| a.literal.cmp(&b.literal));
    roles.dedup_by(|a, b| {
        a.literal == b.literal && {
            b.is_near |= a.is_near;
            true
        }
    });
    roles
});

fn spellings(word: &str) -> impl Iterator<Item = Role> {
    let bare = word.trim_end_matches('=');
    let is_near = bare.len() < word.len();
    let mut letters = bare.chars();
    let capital = letters.next().filter(|first| !first.is_ascii());
    let capital = capital.map(|first| first.to_uppercase().chain(letters).collect::<String>());
    [Some(bare.to_owned()), capital]
        .into_iter()
        .flatten()
        .map(move |word| Role {
            // A short one ends many other words.
            literal: if word.len() > SHORT { word } else { word + " " },
            is_near,
        })
}

/// Longest role that wakes only with a space behind it, in bytes.
const SHORT: usize = 3;

/// Words that a name follows and that nothing else does, at a sentence's place: a single name is enough.
pub(super) const SIGNED: &[&str] = &[
    "signed, ",
    "signed: ",
    "gez. ",
    "/s/ ",
    "i. a. ",
    "i. v. ",
    "i.a. ",
    "i.v. ",
    "unterzeichnet: ",
    "firmado: ",
    "signé : ",
    "signé: ",
    "firmato: ",
    "geb. ",
    "geborene ",
    "née ",
    "urodzona ",
    "z domu ",
    "урожд. ",
    "p.p. ",
    "ppa. ",
    "c/o ",
    "z. hd. ",
    "z.hd. ",
    "attn. ",
    "fao ",
];
/// Words before the name of who did something; a verb stands before them.
pub(super) const DOERS: &[&str] = &[
    " by ",
    " von ",
    " par ",
    " por ",
    " da ",
    " dal ",
    " przez ",
    " tarafından ",
    " av ",
    " af ",
    " door ",
];
/// What a person alone does with somebody; behind those that open with a space things follow too, and a first name has to.
pub(super) const WITH: &[&str] = &[
    " named ",
    " added ",
    " removed ",
    " invited ",
    " namens ",
    " nommé ",
    " nommée ",
    " llamado ",
    " llamada ",
    " di nome ",
    " chamado ",
    " chamada ",
    "i, ",
    "ich, ",
    "yo, ",
    "eu, ",
    "Я, ",
    "undersigned ",
    "undersigned, ",
    "je soussigné ",
    "je soussignée ",
    "sottoscritto ",
    "sottoscritta ",
    "ondergetekende ",
    "podpisany ",
    "podpisana ",
    "estate of ",
    "son of ",
    "daughter of ",
    "wife of ",
    "husband of ",
    "attorney for ",
    "interview with ",
    "meeting with ",
    "spoke with ",
    "spoke to ",
    "call with ",
    "talked to ",
    "met with ",
    "on behalf of ",
    "behalf of ",
    "a person named ",
    "a man named ",
    "a woman named ",
    "named after ",
    "care of ",
    "gespräch mit ",
    "telefonat mit ",
    "im namen von ",
    "entretien avec ",
    "reunión con ",
    "colloquio con ",
    "reunião com ",
    "gesprek met ",
    "assigned to ",
    "delegated to ",
    "escalated to ",
    "zugewiesen an ",
    "admitted by ",
];
/// Endings of the verbs that say so.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "ed", "written", "done", "sent", "made", "taken", "given", "drawn", "driven", "seen", "met", "told", "sold", "paid", "held", "led", "found",
    "t", "en", "é", "ée", "és", "ado", "ada", "ido", "ida", "ato", "ata", "ito", "ita", "ne", "ny", "na", "to",
];
/// Whose somebody may be.
#[rustfmt::skip]
const OWNERS: &[&str] = &[
    "my", "our", "his", "her", "their", "your", "mein", "meine", "meiner", "meinem", "meinen", "unser", "unsere", "unserer", "unserem", "seine", "ihre", "ihr", "sein", "mon", "ma",
    "notre", "son", "sa", "mi", "mis", "nuestro", "nuestra", "su", "il mio", "mio", "mia", "nostro", "nostra", "meu", "minha", "nosso", "nossa", "mijn", "onze",
    "mój", "moja", "mojej", "mojego", "nasz", "nasza", "мой", "моя", "моей", "моего", "наш", "наша",
];
/// Endings of German nouns that are no names.
const NOUNS: &[&str] = &[
    "ung", "ungen", "heit", "keit", "tion", "schaft", "tät", "nis", "ment", "bank", "daten", "akte", "konto",
];
/// What nobody but a person does.
const PERSONAL: &[&str] = &[
    "approved",
    "reviewed",
    "signed",
    "countersigned",
    "submitted",
    "prepared",
    "checked",
    "reported",
    "requested",
    "witnessed",
    "examined",
    "treated",
    "diagnosed",
    "interviewed",
    "admitted",
    "hired",
    "referred",
    "prescribed",
    "represented",
    "drafted",
];
const WINDOW: usize = 24;
/// Longest verb before ` by `.
const VERB_WINDOW: usize = 40;

/// The name behind the role at `at`.
pub(super) fn after_role(text: &str, at: ByteSpan, is_near: bool) -> Option<Span> {
    let gap = if text[at.range()].ends_with(' ') {
        0
    } else {
        let rest = &text[at.end..];
        [" ", ", ", ": ", " (", " – "]
            .iter()
            .rev()
            .find(|gap| rest.starts_with(**gap))?
            .len()
    };
    let name = named(text, ByteSpan::new(at.start, at.end + gap))?;
    // Where nouns are capitalised, words say less: `Der Kunde Datenbank Verwaltung`.
    let is_noun = char_at(text, at.start).is_some_and(char::is_uppercase) && holds_noun(text, &name);
    let counts = (name.is_known || !is_noun) && names::is_person(text, &name) || has_patronymic(text, &name);
    let owned = is_near && is_owned(text, at.start) && !is_everyday(text, &name) && !name.is_capitals;
    (counts || owned).then(|| with_initials(text, &name))
}

/// The name behind the sign of a mention: `@Maren Tilsiter`.
pub(super) fn after_mention(text: &str, at: ByteSpan) -> Option<Span> {
    let name = named(text, at)?;
    (name.is_known && names::is_person(text, &name)).then_some((name.start, name.end))
}

/// The name behind words that only people follow.
pub(super) fn after_phrase(text: &str, at: ByteSpan) -> Option<Span> {
    let name = named(text, at)?;
    let is_plain = text[at.start..].starts_with(' ') && !name.is_known;
    (!is_plain && names::is_person(text, &name)).then_some((name.start, name.end))
}

/// The name behind a signature's mark, or behind `née`.
pub(super) fn after_signed(text: &str, at: ByteSpan) -> Option<Span> {
    let name = named(text, at)?;
    let is_single =
        name.words == 1 && !name.is_capitals && !is_everyday(text, &name) && is_birth(&text[at.range()]);
    let follows_name = || {
        line_before(text, at.start, WINDOW)
            .trim_end_matches([' ', ',', '('])
            .ends_with(char::is_alphabetic)
    };
    (names::is_person(text, &name) || is_single && follows_name()).then_some((name.start, name.end))
}

fn is_birth(mark: &str) -> bool {
    [
        "geb. ",
        "Geb. ",
        "geborene ",
        "née ",
        "z domu ",
        "урожд. ",
        "urodzona ",
    ]
    .contains(&mark)
}

/// The name behind `by`, if a verb stands before it: `reviewed by`, `Assigned to Jens by`.
pub(super) fn after_by(text: &str, at: ByteSpan) -> Option<Span> {
    let name = name_at(text, at.end).filter(|name| name.words > 1)?;
    let before = line_before(text, at.start, VERB_WINDOW);
    let verb = before.rsplit(' ').next().unwrap_or_default();
    let is_personal = PERSONAL
        .iter()
        .any(|personal| verb.eq_ignore_ascii_case(personal));
    if !(name.is_known || is_personal) || !names::is_person(text, &name) {
        return None;
    }
    let is_verb = verb.len() > 3
        && verb.starts_with(char::is_alphabetic)
        && VERBS.iter().any(|ending| verb.ends_with(ending));
    let is_english = text[at.range()].trim() == "by";
    let names_another = is_english && before.contains(" to ") && verb.starts_with(char::is_uppercase);
    (is_verb || names_another).then_some((name.start, name.end))
}

/// The name at the end of `at`, a whole word.
fn named(text: &str, at: ByteSpan) -> Option<Name> {
    // Most roles are words of prose and code: the next letter tells.
    let next = char_at(text, at.end)?;
    let starts = text[at.start..].starts_with([' ', '@']) || word_start(text, at.start);
    if !next.is_uppercase() && !next.is_ascii_lowercase() || !starts {
        return None;
    }
    let family = names::particles_end(text, at.end);
    let at = names::elided_end(text, family);
    if !char_at(text, at)?.is_uppercase() {
        return None;
    }
    name_at(text, family)
}

fn is_everyday(text: &str, name: &Name) -> bool {
    let is_everyday = |word: &str| is_common_word(word) || names::is_common_word(&word.to_lowercase());
    text[name.start..name.end].split(' ').any(is_everyday)
}

/// Whether a word of it ends as German nouns do that are no names.
fn holds_noun(text: &str, name: &Name) -> bool {
    let ends = |word: &str| NOUNS.iter().any(|ending| word.ends_with(ending));
    text[name.start..name.end].split(' ').any(ends)
}

fn is_owned(text: &str, at: usize) -> bool {
    let before = line_before(text, at, WINDOW);
    let owner = before
        .trim_end()
        .rsplit([' ', '\t', '(', '"'])
        .next()
        .unwrap_or_default();
    before.ends_with(' ') && OWNERS.contains(&owner.to_lowercase().as_str())
}

/// Russian names with their father's: `Кожевников Тимофей Ильич`.
fn has_patronymic(text: &str, name: &Name) -> bool {
    let ends = |word: &str| {
        ["вич", "ьич", "вна", "чна", "шна"]
            .iter()
            .any(|ending| word.ends_with(ending))
    };
    let words = &text[name.start..name.end];
    let has_initials = !words.is_ascii() && words.ends_with('.') && name.words > 1;
    words.split(' ').skip(1).any(ends) || has_initials || with_initials(text, name).1 > name.end
}

/// With the initials behind a family name: `Иванов И.И.`
fn with_initials(text: &str, name: &Name) -> Span {
    let mut end = name.end;
    for _ in 0..2 {
        let at = end + usize::from(text[end..].starts_with(' '));
        let Some(initial) = char_at(text, at).filter(|c| c.is_uppercase()) else {
            break;
        };
        if !text[at + initial.len_utf8()..].starts_with('.') {
            break;
        }
        end = at + initial.len_utf8() + 1;
    }
    (name.start, end)
}
