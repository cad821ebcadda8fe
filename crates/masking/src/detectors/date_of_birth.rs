//! DATE_OF_BIRTH: a date that a label or a verb calls somebody's birth. Other dates are nobody's.

mod date;
mod era;
mod months;
mod said;

use std::sync::Arc;

pub use said::SaidBirths;

use super::text::{char_at, is_han, line_after, line_before, word_end, word_start};
use super::{Found, Rule, Wake};
use crate::fields::Place;
use crate::{ByteSpan, EntityType, Score};

/// How far behind `born` the date may stand (`born in Paris on 4 July 1976`).
const VERB_WINDOW: usize = 48;
/// How far behind `出生` (`出生于北京,1985年3月12日`).
const HAN_VERB_WINDOW: usize = 24;
/// How far before `出生` its date may start.
const BEFORE_WINDOW: usize = 40;

/// Verbs: the date stands somewhere behind, on the same line.
const VERBS: [&str; 11] = [
    "born",
    "geboren",
    "né le",
    "née le",
    "naissance le",
    "nato il",
    "nata il",
    "nació",
    "nascido em",
    "生于",
    "出生",
];

/// Finds dates of birth.
pub struct DateOfBirth {
    name: Arc<str>,
}

impl DateOfBirth {
    /// The rule, as `date_of_birth`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "date_of_birth".into(),
        }
    }
}

impl Default for DateOfBirth {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for DateOfBirth {
    fn literals(&self) -> Vec<String> {
        VERBS.iter().map(|verb| (*verb).to_owned()).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { at, .. } = wake else { return };
        // `dateOfBirth` and `userBirthday` start inside a word.
        let whole = word_start(text, at.start) || text.as_bytes()[at.start].is_ascii_uppercase();
        let whole = whole || text.as_bytes()[at.start - 1] == b'_';
        if !whole {
            return;
        }
        let span = if text[..at.start].ends_with('出') {
            // `出生于` wakes twice; `出生` has looked.
            None
        } else if char_at(text, at.start).is_some_and(is_han) {
            after_verb(text, at.end, HAN_VERB_WINDOW).or_else(|| before_verb(text, at.start))
        } else if word_end(text, at.end) {
            after_verb(text, at.end, VERB_WINDOW)
        } else {
            None
        };
        if let Some((start, end)) = span {
            found.push(EntityType::DateOfBirth, start, end, Score::STRONG, &self.name);
        }
    }
}

/// The date at the start of a field's value.
pub(super) fn judge(text: &str, place: &Place) -> Option<ByteSpan> {
    if text[place.at..].starts_with('{') {
        return year_in_object(text, place.at);
    }
    let start = place.at + leading_word(&text[place.at..]);
    let end = match place.close {
        Some(close) if close >= start => {
            let end = date::date_at(&text[..close], start)?;
            matches!(text.as_bytes()[end..close], [] | [b'T' | b' ', ..]).then_some(end)?
        }
        _ => date::date_at(text, start)?,
    };
    Some(ByteSpan::new(start, end))
}

/// The year among the members of an object: `{"year": 1985, "month": 7, "day": 3}`.
fn year_in_object(text: &str, at: usize) -> Option<ByteSpan> {
    let window = line_after(text, at, VERB_WINDOW);
    let object = &window[..window.find('}')?];
    let key = object.to_ascii_lowercase().find("year")? + "year".len();
    let start = at + key + object[key..].find(|c: char| c.is_ascii_digit())?;
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    (digits == 4 && object.to_ascii_lowercase().contains("day")).then(|| ByteSpan::new(start, start + digits))
}

/// Bytes of a word between a label and its date.
fn leading_word(rest: &str) -> usize {
    ["on ", "am ", "le ", "the ", "il ", "el ", "op ", "("]
        .iter()
        .find(|word| rest.starts_with(**word))
        .map_or(0, |word| word.len())
}

fn after_verb(text: &str, end: usize, window: usize) -> Option<(usize, usize)> {
    let window = line_after(text, end, window);
    let sentence = window.find(['。', ';', '?', '!']).unwrap_or(window.len());
    first_date(text, end, end + sentence)
}

/// The date that ends directly before `at`: `1985年3月12日出生`.
fn before_verb(text: &str, at: usize) -> Option<(usize, usize)> {
    let window = line_before(text, at, BEFORE_WINDOW);
    let trimmed = window.trim_end_matches([' ', '于', '，', ',']);
    let to = at - (window.len() - trimmed.len());
    if !trimmed.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '日' | '号' | '月')) {
        return None;
    }
    first_date(text, at - window.len(), to).filter(|(_, end)| *end == to)
}

/// The first date that starts in `from..to`.
fn first_date(text: &str, from: usize, to: usize) -> Option<(usize, usize)> {
    if !text[from..to].contains(|c: char| c.is_ascii_digit() || c == '年') {
        return None;
    }
    let mut at = from;
    while at < to {
        let c = char_at(text, at)?;
        if word_start(text, at)
            && let Some(end) = date::date_at(text, at)
        {
            return Some((at, end));
        }
        at += c.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        testing::found_with_fields(DateOfBirth::new(), &EntityType::DateOfBirth, text)
    }

    #[test]
    fn labels_and_verbs_in_many_languages() {
        for (text, date) in [
            ("Date of birth: 12/03/1985", "12/03/1985"),
            ("DOB 03-12-85", "03-12-85"),
            ("D.O.B.: 12 Mar 1985", "12 Mar 1985"),
            ("DOB (MM/DD/YYYY): 03/12/1985", "03/12/1985"),
            ("\"date_of_birth\": \"1985-03-12\"", "1985-03-12"),
            ("\"dateOfBirth\":\"1985-03-12T00:00:00Z\"", "1985-03-12"),
            ("user_birthday = '19850312'", "19850312"),
            ("date of birth: March 12, 1985", "March 12, 1985"),
            ("My birthday is on 12 March 1985.", "12 March 1985"),
            ("She was born on July 4th, 1976 in Ohio", "July 4th, 1976"),
            ("He was born in Paris on the 4th of July 1976", "4th of July 1976"),
            ("Geburtsdatum: 12.03.1985", "12.03.1985"),
            ("geboren am 12. März 1985 in Bonn", "12. März 1985"),
            ("née le 1er août 1985", "1er août 1985"),
            ("Date de naissance : 12/03/1985", "12/03/1985"),
            ("Fecha de nacimiento: 12 de marzo de 1985", "12 de marzo de 1985"),
            ("Data de nascimento: 12/03/1985", "12/03/1985"),
            ("出生日期:1985年3月12日", "1985年3月12日"),
            ("出生年月:1985年3月", "1985年3月"),
            ("生日是1985-03-12", "1985-03-12"),
            ("他生于1985年3月12日", "1985年3月12日"),
            ("1985年3月12日出生", "1985年3月12日"),
            ("一九八五年三月十二日出生", "一九八五年三月十二日"),
            ("出生于1985年3月12日", "1985年3月12日"),
            ("birthday: 12-Mar-1985", "12-Mar-1985"),
            ("DOB: 1985/3/12", "1985/3/12"),
            ("DOB: 12 Mar '85", "12 Mar '85"),
        ] {
            assert_eq!(found(text), [date], "{text}");
        }
    }

    #[test]
    fn other_dates_and_code_are_none() {
        for text in [
            "created: 1985-03-12",
            "released on 12 March 2020",
            "date_of_birth: Date",
            "dob: string",
            "date of birth: 45/13/1985",
            "birthday: 1234567",
            "airborne on 12 March 1985",
            "reborn 12/03/1985",
            "born again",
            "Dobson 12/03/1985",
            "生日快乐",
            "他出生。2020年3月12日发布",
            "birthday party for 30",
            "dob: 1985-03-1234",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_are_bounded() {
        testing::endure(
            DateOfBirth::new(),
            &["born ", "dob:", "born 1", "出生", "出生1年", "生日:1", "dob 12 "],
        );
    }
}
