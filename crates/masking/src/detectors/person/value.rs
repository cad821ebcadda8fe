//! Whether a whole value is a person's name, or a list of them, as forms and headers write them: `Marquardt, Lena`,
//! `TILSITER, MAREN K.`, `Quental, Ines; Tobias Wendorff (Ext)`, `Dr. van den Hoek`, `高橋 美咲`.

use super::super::names::{self, Name, name_at, particles_end};
use super::super::text::{char_at, starts_with_ignore_case};
use super::{Span, cjk, uncased};
use crate::ByteSpan;
use crate::lexicon::is_common_word;

/// How much the place of a value says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Trust {
    /// People stand here as a rule (`To`, a chat's sender): several words, none of them an everyday one.
    Layout,
    /// Nothing but a person's name stands here (`氏名`, `Nachname`, `Patient`): one word is enough.
    Label,
}

/// Most bytes and people of a list.
const MAX_BYTES: usize = 4096;
const MAX_PEOPLE: usize = 64;
/// Words before a name that belong to no name.
#[rustfmt::skip]
const HONORIFICS: &[&str] = &[
    "dr.", "dr", "prof.", "prof", "professor", "mr.", "mr", "mrs.", "mrs", "ms.", "ms", "miss", "herr", "herrn", "frau", "m.",
    "mme", "mlle", "monsieur", "madame", "sr.", "sra.", "srta.", "sig.", "sig.ra", "dott.", "dott.ssa", "ing.", "dipl.-ing.",
    "mgr.", "mag.", "lic.", "ir.", "mevr.", "dhr.", "pan", "pani", "sayın", "г-н", "г-жа", "κ.", "κα", "med.", "i.a.", "i.v.",
];
/// Letters behind a name that belong to no name.
const DEGREES: &[&str] = &[
    "md", "m.d.", "phd", "ph.d.", "rn", "dds", "esq.", "esq", "jd", "do", "np", "pa-c", "mba", "cpa", "msc",
    "ll.m.",
];

/// The name, or the list of names, that is all of the value at `span`: from the first one's start to the last one's end.
pub(in super::super) fn person_in(text: &str, span: ByteSpan, trust: Trust) -> Option<ByteSpan> {
    let people = people_in(text, span, trust);
    Some(ByteSpan::new(people.first()?.0, people.last()?.1))
}

/// The names in the value at `span`; none if anything else is in it.
pub(in super::super) fn people_in(text: &str, span: ByteSpan, trust: Trust) -> Vec<Span> {
    let mut people = Vec::new();
    let value = &text[span.range()];
    let trimmed = value.trim_matches([' ', '\t', '\r', '"', '\'', '*', '_', '`', ';', ',', '\u{3000}']);
    if trimmed.is_empty() || trimmed.len() > MAX_BYTES {
        return people;
    }
    let start = span.start + (trimmed.as_ptr() as usize - value.as_ptr() as usize);
    let end = start + trimmed.len();
    let separators: &[char] = if trimmed.contains(';') {
        &[';']
    } else {
        &[',', '/', '&', '、']
    };
    let mut at = start;
    while at < end {
        let Some((person, next)) = one(text, at, end, separators, trust) else {
            return Vec::new();
        };
        people.push(person);
        if people.len() > MAX_PEOPLE {
            return Vec::new();
        }
        at = next;
    }
    people
}

/// The person at `at` of a list that ends at `end`, and where the next one starts.
fn one(text: &str, at: usize, end: usize, separators: &[char], trust: Trust) -> Option<(Span, usize)> {
    let at = honorifics_end(text, skip(text, at, end, &[' ', '\t', '"', '\'']), end);
    let person = match char_at(text, at).filter(|_| at < end)? {
        c if cjk::is_letter(c) => cjk::person_at(text, at, end, trust)?,
        c if uncased::is_letter(c) && trust == Trust::Label => uncased::person_at(text, at, end)?,
        _ => cased(text, at, end, separators == [';'], trust)?,
    };
    let behind = remarks_end(text, person.1, end);
    let rest = &text[behind..end];
    if rest.is_empty() {
        return Some((person, end));
    }
    let conjunction = [
        " und ", " and ", " et ", " y ", " e ", " en ", " i ", " ve ", " и ",
    ]
    .iter()
    .find(|word| text[person.1..end].starts_with(**word));
    if let Some(word) = conjunction {
        return Some((person, person.1 + word.len()));
    }
    let separator = rest.chars().next().filter(|c| separators.contains(c))?;
    Some((
        person,
        skip(
            text,
            behind + separator.len_utf8(),
            end,
            &[' ', '\t', '"', '\n', '\r'],
        ),
    ))
}

/// The name in a script with capitals at `at`, a family name first perhaps.
fn cased(text: &str, at: usize, end: usize, is_set_apart: bool, trust: Trust) -> Option<Span> {
    let family = particles_end(text, at);
    let name = name_at(text, family).filter(|name| name.end <= end)?;
    let (name_end, is_whole) = match initials_end(text, name.end, end) {
        Some(to) => (to, true),
        None => (name.end, false),
    };
    if let Some(given) = given_behind(text, &name, end, is_set_apart || family > at)
        && is_reversed(text, &name, &given, trust)
    {
        return Some((at, given.end));
    }
    let counts = match trust {
        _ if is_whole => true,
        Trust::Layout => names::is_person(text, &name) || family > at && !is_everyday(text, &name),
        Trust::Label if name.is_capitals && name.words == 1 => {
            !is_everyday(text, &name) && name.end - name.start > 2
        }
        Trust::Label if name.is_capitals => names::is_person(text, &name) || !is_everyday(text, &name),
        Trust::Label => name.end - name.start > 2,
    };
    counts.then_some((at, name_end))
}

/// Whether any word of it means something else.
fn is_everyday(text: &str, name: &Name) -> bool {
    text[name.start..name.end]
        .split(' ')
        .any(|word| is_common_word(word) || names::is_common_word(&word.to_lowercase()))
}

/// `Иванов И.И.`, `Kowalska-Nowak A. B.`: where the initials behind a family name end.
fn initials_end(text: &str, at: usize, end: usize) -> Option<usize> {
    let mut to = None;
    let mut here = at;
    for _ in 0..3 {
        here = skip(text, here, end, &[' ']);
        let Some(initial) = char_at(text, here).filter(|c| c.is_uppercase() && here < end) else {
            break;
        };
        let dot = here + initial.len_utf8();
        if !text[dot..end].starts_with('.') {
            break;
        }
        here = dot + 1;
        to = Some(here);
    }
    to
}

/// The given names behind the comma of `Marquardt, Lena`; in a list with commas only what is shorter than a whole name.
fn given_behind(text: &str, family: &Name, end: usize, is_set_apart: bool) -> Option<Name> {
    let rest = &text[family.end..end];
    let comma = rest.strip_prefix(',')?;
    let start = family.end + 1 + (comma.len() - comma.trim_start_matches(' ').len());
    if family.words > 3 {
        return None;
    }
    let given = name_at(text, start).filter(|given| given.end <= end && given.words < 4)?;
    if DEGREES.contains(&text[given.start..given.end].to_lowercase().as_str()) {
        return None;
    }
    let is_short = given.words == 1 || text[given.start..given.end].contains('.') || is_set_apart;
    (is_short && (family.words == 1 || is_set_apart || is_last(text, given.end, end)) || family.words == 1)
        .then_some(given)
}

/// Whether nothing but a remark follows.
fn is_last(text: &str, at: usize, end: usize) -> bool {
    remarks_end(text, at, end) == end
}

fn is_reversed(text: &str, family: &Name, given: &Name, trust: Trust) -> bool {
    let plain = !is_everyday(text, family) && !is_everyday(text, given);
    match trust {
        Trust::Layout => given.is_known || plain,
        Trust::Label => true,
    }
}

/// Behind remarks and degrees that follow a name: `(Ext)`, `<lena@...>`, `, MD`.
fn remarks_end(text: &str, at: usize, end: usize) -> usize {
    const LONGEST: usize = 100;
    let mut at = at;
    for _ in 0..3 {
        let here = skip(text, at, end, &[' ', '"', '\'', '\t', '\r', '*', '_']);
        let rest = &text[here..end];
        let degree = rest.trim_start_matches([',', ' ']);
        let known = DEGREES.iter().find(|known| {
            starts_with_ignore_case(degree, known)
                && degree[known.len()..]
                    .chars()
                    .next()
                    .is_none_or(|c| !c.is_alphanumeric())
        });
        let close = match rest.chars().next() {
            Some('(') => rest.find(')'),
            Some('<') => rest.find('>'),
            Some('[') => rest.find(']'),
            Some('.') if rest.len() == 1 => Some(0),
            _ => None,
        };
        at = match (close, known) {
            (Some(close), _) if close < LONGEST => here + close + 1,
            (_, Some(known)) if degree.len() < rest.len() || here > at => end - degree.len() + known.len(),
            _ => {
                return if rest.is_empty() {
                    end
                } else {
                    here.min(at.max(here))
                };
            }
        };
    }
    skip(text, at, end, &[' ', '"', '\'', '\t', '\r', '*', '_'])
}

fn honorifics_end(text: &str, at: usize, end: usize) -> usize {
    let mut at = at;
    for _ in 0..4 {
        let Some(word) = text[at..end].split(' ').next().filter(|word| word.len() < 20) else {
            break;
        };
        if text[at..end].len() <= word.len() || !HONORIFICS.contains(&word.to_lowercase().as_str()) {
            break;
        }
        at = skip(text, at + word.len(), end, &[' ']);
    }
    at
}

fn skip(text: &str, at: usize, end: usize, what: &[char]) -> usize {
    end - text[at.min(end)..end].trim_start_matches(what).len()
}
