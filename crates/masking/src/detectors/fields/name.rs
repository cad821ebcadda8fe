//! PERSON: whether the value of a field is somebody's name.

use super::column::{Company, sample};
use crate::ByteSpan;
use crate::detectors::names::{Name, is_assistant, is_common_word, is_given_name, is_name_word, name_at};
use crate::detectors::person::han;
use crate::detectors::secret::is_template;
use crate::detectors::text::{char_at, is_han, is_unspaced, line_after};
use crate::fields::{Column, Concept, Joint, Label, Place, concept_of, starts_line};

/// The longest name, in bytes.
const MAX_NAME: usize = 80;
/// Most words of one.
const MAX_WORDS: usize = 6;

/// What forms and documentation write where a name is missing, and types.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "string", "str", "text", "varchar", "char", "null", "nil", "none", "n/a", "na", "undefined", "unknown", "true", "false",
    "required", "optional", "yes", "no", "int", "integer", "number", "object", "any", "email", "name", "anonymous", "test",
    "admin", "root", "user", "guest", "system", "default", "todo", "tbd", "example", "first", "last", "self", "this", "value",
    "firstname", "lastname", "surname", "unassigned", "nobody", "everyone", "bot", "select", "enum", "date", "bool", "boolean",
    "未知", "无", "不详", "匿名", "請填寫", "请填写", "必須", "任意", "未入力", "未設定", "非公開", "不明", "없음", "нет",
];

/// What follows a label of Chinese and Japanese forms and is no value: a demand, or the rest of another word (`联系人方式`).
#[rustfmt::skip]
const NO_VALUES: &[&str] = &[
    "请", "請", "必", "任意", "未", "方式", "信息", "管理", "应", "须", "和", "与", "时", "安全", "权", "常", "不能", "不", "或", "列表", "电话", "地址", "姓名", "名称",
];

/// Heads of tables about programs, products and settings, whose names are no persons'.
#[rustfmt::skip]
const TECHNICAL: &[&str] = &[
    "type", "description", "default", "version", "license", "value", "url", "path", "size", "required", "purpose", "package",
    "module", "command", "language", "platform", "file", "example", "notes", "details", "meaning", "usage", "key", "option",
    "parameter", "feature", "stars", "downloads", "created", "updated", "status", "price", "category", "brand", "product", "sku",
];

/// How much a label says about what follows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A name or anything else: only known first names count.
    Weak,
    /// A name or a short phrase: several words, or a known first name.
    Medium,
    /// A name: any word that is no everyday word.
    Strong,
}

impl Strength {
    /// `None` where the label says nothing about persons.
    fn of(text: &str, label: &Label, place: &Place) -> Option<Self> {
        let joint = place.joint;
        let is_unspaced = char_at(text, place.at).is_some_and(is_unspaced);
        let entry = label.entry;
        let is_owned = label.has_owner(text);
        let strength = match entry.concept {
            _ if !is_owned && (is_form(text, label, joint) || fills_literal(text, label, place)) => {
                Self::Medium
            }
            _ if !is_owned => Self::Weak,
            Concept::PersonRole if entry.is_doubtful => Self::Weak,
            Concept::PersonRole => Self::Medium,
            _ if entry.is_doubtful => Self::Weak,
            _ if entry.is_column && !entry.is_owned => Self::Medium,
            _ => Self::Strong,
        };
        match joint {
            Joint::Adjacent
                if is_unspaced && entry.is_glued || !is_unspaced && leads(&text[label.phrase.range()]) =>
            {
                Some(strength)
            }
            Joint::Adjacent => None,
            Joint::Said if strength < Self::Strong && !is_unspaced => None,
            _ => Some(strength),
        }
    }

    fn accepts(self, name: &Name) -> bool {
        match self {
            _ if name.is_known => true,
            Self::Weak => false,
            // Constants and column types are written in capitals.
            Self::Medium => name.words > 1 && !name.is_capitals,
            Self::Strong => name.end - name.start > 2 && (name.words > 1 || !name.is_capitals),
        }
    }
}

/// Whether a label ends in a word that a name follows without a mark: `reported by`.
fn leads(phrase: &str) -> bool {
    let last = phrase.rsplit([' ', '_', '-']).next().unwrap_or(phrase);
    last.len() < phrase.len()
        && ["by", "to", "von", "par", "por", "da", "door", "przez"]
            .iter()
            .any(|word| last.eq_ignore_ascii_case(word))
}

/// Whether a label is written as forms write it: with a capital where there are any, at its line's start, before a colon.
fn is_form(text: &str, label: &Label, joint: Joint) -> bool {
    joint == Joint::Assigned
        && !text[label.span.start..].starts_with(char::is_lowercase)
        && text[label.span.end..]
            .trim_start_matches(['*', '"', ' '])
            .starts_with([':', '：'])
        && starts_line(text, label)
        && !text[..label.span.start].ends_with(['"', '\''])
}

/// Whether label and name fill a literal, no word of which means anything else: `"Name: Nguyen Lindqvist"`.
fn fills_literal(text: &str, label: &Label, place: &Place) -> bool {
    let quote = text[..label.span.start]
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\''));
    let name = name_at(text, place.at).filter(|_| place.joint == Joint::Assigned && !place.is_quoted());
    quote.zip(name).is_some_and(|(quote, name)| {
        let words = text[name.start..name.end]
            .split(' ')
            .all(|word| !is_common_word(word));
        words && text[name.end..].starts_with(quote)
    })
}

/// The name at `place`, if `label` says that one stands there.
pub(super) fn judge(text: &str, label: &Label, place: &Place) -> Option<ByteSpan> {
    let first = char_at(text, place.at)?;
    let may_open = first.is_uppercase() || is_unspaced(first) || is_caseless(first);
    if !first.is_alphabetic() || !may_open && !place.is_quoted() {
        return None;
    }
    let is_label = |close| is_name_label(&text[place.at..close]);
    if place.close.is_some_and(is_label) {
        return None;
    }
    let strength = Strength::of(text, label, place)?;
    if NO_VALUES.iter().any(|word| text[place.at..].starts_with(word)) {
        return None;
    }
    if place.joint == Joint::Spaced && !is_unspaced(first) {
        return None;
    }
    if let Some(close) = place.close {
        let whole = ByteSpan::new(place.at, close);
        if strength == Strength::Strong && is_whole_name(text, whole, label.entry.concept) {
            return Some(whole);
        }
        if place.joint == Joint::Column && is_whole_name(text, whole, label.entry.concept) {
            return Some(whole);
        }
    }
    if is_hangul(first) {
        return of_line(text, label, place).filter(|_| strength > Strength::Weak);
    }
    if is_han(first) || is_unspaced(first) {
        let is_told = strength > Strength::Weak && place.joint != Joint::Adjacent;
        let span = han::after_label_value(text, place.at, is_told)
            .or_else(|| han::japanese_name(text, place.at).filter(|_| label.entry.language == "ja"))?;
        return Some(ByteSpan::new(span.0, span.1));
    }
    if is_caseless(first) {
        return of_line(text, label, place).filter(|_| strength > Strength::Weak);
    }
    if !first.is_uppercase() {
        return None;
    }
    let name = name_at(text, place.at)?;
    if let Some(end) = surname_first(text, &name, strength) {
        return Some(ByteSpan::new(name.start, end));
    }
    let fits = strength.accepts(&name) && ends_value(text, &name, strength);
    fits.then(|| ByteSpan::new(name.start, name.end))
}

/// A name in a script without capitals, which nothing but its line or a mark ends.
fn of_line(text: &str, label: &Label, place: &Place) -> Option<ByteSpan> {
    let line = line_after(text, place.at, MAX_NAME);
    let end = line.find([',', '،', ';', '؛', '|', '<', '"', '।', '\t']);
    let value = line[..end.unwrap_or(line.len())].trim_end();
    let span = ByteSpan::new(place.at, place.at + value.len());
    let is_told = place.joint == Joint::Assigned && !place.is_quoted();
    (is_told && is_whole_name(text, span, label.entry.concept)).then_some(span)
}

/// The end of `Smith, Alice`.
fn surname_first(text: &str, name: &Name, strength: Strength) -> Option<usize> {
    let comma = text[name.end..].starts_with(", ") && name.words < 3 && strength > Strength::Weak;
    let given = comma.then(|| name_at(text, name.end + 2))??;
    ((given.is_known || strength == Strength::Strong) && given.words < 4).then_some(given.end)
}

/// Whether an unknown name fills its value: `Customer: Alpine Linux image` is none.
fn ends_value(text: &str, name: &Name, strength: Strength) -> bool {
    if name.is_known || strength == Strength::Strong {
        return true;
    }
    let rest = text[name.end..].trim_start_matches(' ');
    !rest.starts_with(char::is_alphanumeric)
}

/// Whether all of `span` may be a name where the label leaves no doubt: a few words of letters, in any case and script.
fn is_whole_name(text: &str, span: ByteSpan, concept: Concept) -> bool {
    let value = text[span.range()].trim();
    let is_part = |c: char| {
        c.is_alphabetic()
            || is_mark(c)
            || matches!(
                c,
                ' ' | '\'' | '’' | '-' | '.' | ',' | '·' | '・' | '(' | ')' | '/'
            )
    };
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let words = value
        .split([' ', ',', '.'])
        .filter(|word| !word.is_empty())
        .count();
    let lower = value.to_lowercase();
    let is_sentence = value.ends_with('.') && words > 3 || value.contains(". ") && words > 4;
    let is_camel = value
        .split(' ')
        .any(|word| is_identifier(word) || !is_name_word(word));
    let is_word = words == 1
        && concept == Concept::PersonName
        && (!value.starts_with(char::is_uppercase) || is_common_word(&lower))
        && value.is_ascii();
    letters >= if value.is_ascii() { 2 } else { 1 }
        && value.len() <= MAX_NAME
        && words <= MAX_WORDS
        && value.chars().all(is_part)
        && !NO_NAMES.contains(&lower.as_str())
        && !is_template(value.as_bytes())
        && !is_assistant(value)
        && !is_sentence
        && !is_camel
        && !is_word
        && !lower
            .split(' ')
            .all(|word| is_common_word(word) && !is_given_name(word))
}

/// Whether a value is the label in another language: `"lastName": "Nachname"`.
fn is_name_label(value: &str) -> bool {
    value.len() <= MAX_NAME
        && concept_of(&value.to_lowercase()).is_some_and(|of| of.is_name() && of != Concept::PersonRole)
}

/// A syllable of Korean, whose names stand between spaces.
const fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

/// A letter of a script without capitals.
fn is_caseless(c: char) -> bool {
    !c.is_uppercase() && !c.is_lowercase()
}

/// Marks of scripts that write vowels above their letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{97f}' | '\u{610}'..='\u{65f}')
}

/// `userName`, `customer.first`: a program's word.
fn is_identifier(word: &str) -> bool {
    let inner = word.trim_end_matches(['.', ',']);
    let small = |c: char| c.is_lowercase();
    inner.starts_with(small) && inner.contains(char::is_uppercase) && !inner.contains(['\'', '’', '-'])
        || inner.contains('.') && inner.starts_with(small)
}

/// Whether a column holds names: by its head, by what else its table holds, or by most of its cells.
pub(super) fn is_column(text: &str, column: &Column, company: &Company) -> bool {
    let entry = column.label.entry;
    let is_plain = entry.concept == Concept::PersonRole || entry.is_doubtful || !column.label.has_owner(text);
    let (mut all, mut plausible, mut sure) = (0, 0, 0);
    for cell in sample(text, column) {
        all += 1;
        let span = ByteSpan::new(0, cell.len());
        plausible += usize::from(is_whole_name(cell, span, Concept::FamilyName));
        sure += usize::from(is_sure(cell, company.is_technical));
    }
    if plausible * 2 < all {
        return false;
    }
    !is_plain || sure * 2 >= all || company.tellers > usize::from(tells_person(column))
}

/// Whether such a head stands in tables about programs, products and settings.
pub(super) fn is_technical(head: &str) -> bool {
    TECHNICAL.contains(&head.to_lowercase().as_str())
}

/// Whether a cell shows by itself that it is a name: `Alice Smith`, `Smith, Alice`, and in a table that is not about
/// programs any two capitalised words that mean nothing else.
fn is_sure(cell: &str, is_technical: bool) -> bool {
    if char_at(cell, 0).is_some_and(is_han) {
        return han::after_label_value(cell, 0, true).is_some();
    }
    let Some(name) = name_at(cell, 0) else {
        return false;
    };
    let given = cell[name.end..]
        .strip_prefix(", ")
        .and_then(|rest| name_at(rest, 0).filter(|given| given.end == rest.len()));
    let is_whole = name.end == cell.len() && name.words > 1 || given.is_some();
    let is_known = name.is_known || given.is_some_and(|given| given.is_known);
    is_whole && !name.is_capitals && (is_known || !is_technical)
}

/// Whether only tables of people have such a column.
pub(super) fn tells_person(column: &Column) -> bool {
    !column.label.entry.is_doubtful
        && matches!(
            column.label.entry.concept,
            Concept::GivenName
                | Concept::FamilyName
                | Concept::BirthDate
                | Concept::Phone
                | Concept::Email
                | Concept::NationalId
                | Concept::HealthId
                | Concept::Passport
                | Concept::DriverLicense
                | Concept::Street
                | Concept::Address
        )
}
