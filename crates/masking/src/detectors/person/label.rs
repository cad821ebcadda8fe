//! Names behind labels (`Customer: Alice Smith`, `"first_name": "Alice"`) and phrases (`my name is Alice`).

use super::super::names::{Name, is_common_word, is_given_name, name_at};
use super::super::text::{
    char_at, char_before, ends_with_ignore_case, is_han, is_word, line_before, value_after_label, word_end,
    word_start,
};
use super::Strength::{Medium, Strong, Weak};
use super::{Span, Strength, han};
use crate::ByteSpan;

/// Whole words that a name may follow behind a colon or the like.
pub(super) const LABELS: &[(&str, Strength)] = &[
    ("patient", Strong),
    ("surname", Strong),
    ("cardholder", Strong),
    ("card holder", Strong),
    ("account holder", Strong),
    ("beneficiary", Strong),
    ("vorname", Strong),
    ("nachname", Strong),
    ("prénom", Strong),
    ("apellido", Strong),
    ("apellidos", Strong),
    ("sobrenome", Strong),
    ("cognome", Strong),
    ("next of kin", Strong),
    ("emergency contact", Strong),
    // Case is folded for ASCII only.
    ("ФИО", Strong),
    ("Имя", Strong),
    ("имя", Strong),
    ("Фамилия", Strong),
    ("attn", Medium),
    ("recipient", Medium),
    ("applicant", Medium),
    ("employee", Medium),
    ("customer", Medium),
    ("contact", Medium),
    ("contact person", Medium),
    ("manager", Medium),
    ("supervisor", Medium),
    ("physician", Medium),
    ("doctor", Medium),
    ("passenger", Medium),
    ("tenant", Medium),
    ("landlord", Medium),
    ("witness", Medium),
    ("plaintiff", Medium),
    ("defendant", Medium),
    ("spouse", Medium),
    ("reporter", Medium),
    ("reported by", Medium),
    ("assignee", Medium),
    ("assigned to", Medium),
    ("author", Medium),
    ("authored by", Medium),
    ("written by", Medium),
    ("approved by", Medium),
    ("reviewed by", Medium),
    ("prepared by", Medium),
    ("submitted by", Medium),
    ("signed by", Medium),
    ("ansprechpartner", Medium),
    ("ansprechpartnerin", Medium),
    ("kontaktperson", Medium),
    ("kunde", Medium),
    ("kundin", Medium),
    ("patientin", Medium),
    ("mitarbeiter", Medium),
    ("mitarbeiterin", Medium),
    ("mieter", Medium),
    ("versicherter", Medium),
    ("interlocuteur", Medium),
    ("destinataire", Medium),
    ("contacto", Medium),
    ("cliente", Medium),
    ("nombre", Medium),
    ("nome", Medium),
    ("nom", Medium),
    ("client", Weak),
    ("from", Weak),
    ("to", Weak),
    ("cc", Weak),
    ("owner", Weak),
    ("user", Weak),
    ("lead", Weak),
];

/// Words that a name follows directly.
pub(super) const PHRASES: &[(&str, Strength)] = &[
    ("my name is ", Strong),
    ("mein name ist ", Strong),
    ("ich heiße ", Strong),
    ("je m'appelle ", Strong),
    ("je m’appelle ", Strong),
    ("me llamo ", Strong),
    ("mi nombre es ", Strong),
    ("meu nome é ", Strong),
    ("mi chiamo ", Strong),
    ("меня зовут ", Strong),
    ("Меня зовут ", Strong),
    ("i am ", Weak),
    ("i'm ", Weak),
    ("i’m ", Weak),
    ("call me ", Weak),
    ("this is ", Weak),
    ("je suis ", Weak),
    ("ich bin ", Weak),
];

/// Whose name the label `... name` may be, without a doubt.
const STRONG_OWNERS: &[&str] = &[
    "full",
    "first",
    "last",
    "middle",
    "given",
    "family",
    "maiden",
    "sur",
    "legal",
    "preferred",
    "birth",
    "real",
    "customer",
    "client",
    "patient",
    "contact",
    "employee",
    "applicant",
    "recipient",
    "holder",
    "cardholder",
    "beneficiary",
    "student",
    "teacher",
    "guest",
    "passenger",
    "author",
    "buyer",
    "seller",
    "sender",
    "receiver",
    "member",
    "person",
    "spouse",
    "mother",
    "father",
    "parent",
    "guardian",
    "child",
    "tenant",
    "landlord",
    "doctor",
    "physician",
    "candidate",
    "signatory",
    "payee",
    "payer",
    "insured",
    "subscriber",
    "driver",
    "attendee",
    "participant",
    "donor",
    "resident",
    "assignee",
    "reporter",
    "reviewer",
    "approver",
    "lawyer",
    "attorney",
    "manager",
    "my",
    "your",
    "his",
    "her",
    "their",
    "billing",
    "shipping",
    "lead",
    "owner",
];
/// Whose name it may also be.
const WEAK_OWNERS: &[&str] = &[
    "user", "display", "nick", "screen", "profile", "account", "creator",
];
/// Things that have names too.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "app", "application", "branch", "bucket", "class", "cluster", "code", "column", "command", "component", "container",
    "database", "db", "device", "directory", "domain", "event", "field", "file", "folder", "font", "function", "game",
    "group", "host", "image", "index", "job", "key", "method", "model", "module", "node", "package", "param", "parameter",
    "path", "pet", "plugin", "process", "product", "project", "property", "queue", "repo", "repository", "resource",
    "role", "schema", "script", "server", "service", "session", "song", "table", "tag", "task", "theme", "thread", "tool",
    "topic", "type", "variable", "volume", "workflow", "zone",
];
const OWNER_WINDOW: usize = 16;

/// The name behind the word `name` at `at`.
pub(super) fn after_name(text: &str, at: ByteSpan) -> Option<Span> {
    // Most are identifiers (`name_id`, `namespace`, `names`, `.name`): the next byte tells.
    let next = *text.as_bytes().get(at.end)?;
    if is_word(next) && next != b'_' || matches!(next, b',' | b'.' | b'(' | b')' | b';' | b'\n') {
        return None;
    }
    let value = value_after_label(text, at.end)?;
    let first = char_at(text, value)?;
    if first.is_ascii_lowercase() {
        // Mostly code; whose name it is is asked last.
        return lower_case_name(text, value).filter(|_| owner_strength(text, at, value) == Some(Strong));
    }
    if !first.is_uppercase() && !is_han(first) {
        return None;
    }
    let strength = owner_strength(text, at, value)?;
    name_value(text, value, strength).or_else(|| in_literal(text, at, value))
}

/// The name that fills a literal with its label, `"Name: Nguyen Lindqvist"`, if no word of it means anything else.
fn in_literal(text: &str, at: ByteSpan, value: usize) -> Option<Span> {
    let quote = char_before(text, at.start).filter(|c| matches!(c, '"' | '\''))?;
    let (start, end) = name_value(text, value, Medium)?;
    let is_name = |word: &str| !is_common_word(word);
    let fills = text[at.end..value].contains(':') && text[end..].starts_with(quote);
    (fills && text[start..end].split(' ').all(is_name)).then_some((start, end))
}

fn owner_strength(text: &str, at: ByteSpan, value: usize) -> Option<Strength> {
    let before = line_before(text, at.start, OWNER_WINDOW);
    let joint = before.ends_with(['_', ' ', '-']) || text.as_bytes()[at.start] == b'N';
    let owner = before.trim_end_matches(['_', ' ', '-']);
    let owner = owner
        .strip_suffix("'s")
        .or_else(|| owner.strip_suffix("’s"))
        .unwrap_or(owner);
    let owned_by = |list: &[&str]| list.iter().any(|word| ends_with_word(owner, word));
    if owned_by(STRONG_OWNERS) && (joint || owner.len() == before.len()) {
        Some(Strong)
    } else if owned_by(WEAK_OWNERS) {
        Some(Weak)
    } else if owned_by(THINGS) || !word_start(text, at.start) || before.ends_with(['_', '-', '.', '$', '@']) {
        None
    } else if text.as_bytes()[at.start] == b'N' && is_field(before) && text[at.end..value].contains(':') {
        Some(Medium)
    } else {
        Some(Weak)
    }
}

/// Whether the label opens its line: only list and markup signs before.
fn is_field(before: &str) -> bool {
    before
        .chars()
        .all(|c| !c.is_alphanumeric() && !matches!(c, '"' | '\'' | '<' | '(' | '{'))
}

/// Whether `text` ends with `word` as a word of prose, snake case or camel case.
fn ends_with_word(text: &str, word: &str) -> bool {
    let start = text.len().wrapping_sub(word.len());
    ends_with_ignore_case(text, word)
        && (!char_before(text, start).is_some_and(char::is_alphanumeric)
            || text.as_bytes()[start].is_ascii_uppercase())
}

/// The name behind the label at `at`.
pub(super) fn after_label(text: &str, at: ByteSpan, strength: Strength) -> Option<Span> {
    if !word_start(text, at.start) || !word_end(text, at.end) {
        return None;
    }
    let value = value_after_label(text, at.end)?;
    let marked = text[at.end..value].contains([':', '=', '|']);
    let by = text[at.range()].ends_with(['y', 'Y', 'o', 'O']) && at.len() > 4;
    (marked || by).then(|| name_value(text, value, strength))?
}

/// The name that follows the words at `at`.
pub(super) fn after_phrase(text: &str, at: ByteSpan, strength: Strength) -> Option<Span> {
    if !word_start(text, at.start) {
        return None;
    }
    let name = name_at(text, at.end)?;
    strength.accepts(&name).then_some((name.start, name.end))
}

fn name_value(text: &str, value: usize, strength: Strength) -> Option<Span> {
    let first = char_at(text, value)?;
    if is_han(first) {
        return han::after_label_value(text, value, strength);
    }
    if first.is_ascii_lowercase() {
        return lower_case_name(text, value).filter(|_| strength == Strong);
    }
    if !first.is_uppercase() {
        return None;
    }
    let name = name_at(text, value)?;
    if let Some(end) = surname_first(text, &name, strength) {
        return Some((name.start, end));
    }
    (strength.accepts(&name) && ends_value(text, &name, strength)).then_some((name.start, name.end))
}

/// The end of `Smith, Alice`.
fn surname_first(text: &str, name: &Name, strength: Strength) -> Option<usize> {
    let comma = text[name.end..].starts_with(", ") && name.words < 3 && strength > Weak;
    let given = comma.then(|| name_at(text, name.end + 2))??;
    (given.is_known && given.words < 4).then_some(given.end)
}

/// Whether an unknown name fills its value: `Customer: Alpine Linux image` is none.
fn ends_value(text: &str, name: &Name, strength: Strength) -> bool {
    if name.is_known || strength == Strong {
        return true;
    }
    let rest = text[name.end..].trim_start_matches(' ');
    !rest.starts_with(char::is_alphanumeric)
}

/// `"first_name": "alice"`: a known first name, nothing else in the value.
fn lower_case_name(text: &str, value: usize) -> Option<Span> {
    let length = text[value..]
        .bytes()
        .take(24)
        .take_while(u8::is_ascii_lowercase)
        .count();
    let end = value + length;
    let whole =
        !char_at(text, end).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '(' | ' '));
    let word = &text[value..end];
    (whole && is_given_name(word) && !is_common_word(word)).then_some((value, end))
}
