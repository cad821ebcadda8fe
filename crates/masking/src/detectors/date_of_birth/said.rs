//! Dates of birth that no label names: `(*03.07.1985)`, `née à Lyon le 3 juillet 1985`, `平成3年11月6日生まれ`,
//! `"birth": {"year": 1985, "month": 7, "day": 3}`.

use std::sync::Arc;

use super::super::text::{char_before, is_unspaced, line_after, line_before, word_end, word_start};
use super::super::{Found, Rule, Wake};
use super::date::date_at;
use super::first_date;
use crate::{EntityType, Score};

/// How far behind its verb a date may stand: `née à Lyon le 3 juillet 1985`.
const REACH: usize = 48;
/// How far before its word a date may start.
const REACH_BEFORE: usize = 40;
/// Bytes of the object that holds year, month and day.
const OBJECT: usize = 96;

/// Verbs: the date stands behind, on the same line. Those that inflection goes on are written to its start.
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "né(e)", "né·e", "né-e", "né à", "née à", "né(e) à", "nacido", "nacida", "nascido", "nascida", "nato a",
    "nata a", "nato/a", "urodzon", "ur.", "родил", "Родил", "рожд.", "род.", "народи", "født", "fødd", "född",
    "syntynyt", "narozen", "született", "szül.", "născut", "roden", "rođen", "γεννήθηκε", "Γεννήθηκε", "مواليد",
    "ولد", "जन्म", "doğdu", "doğ.", "(b. ", ", b. ", "birth on", "date of birth is",
];
/// Words directly behind the date: `03.07.1985 г.р.`, `3 Temmuz 1985 doğumlu`.
#[rustfmt::skip]
const BEFORE: &[&str] = &[
    "г.р", "г. р", "года рожд", "р.н.", "doğumlu", "生まれ", "生れ", "日生", "일생", "출생", "年出生",
];
/// The star of genealogists, before a date.
const STARS: &[&str] = &["*0", "*1", "*2", "*3", "* 0", "* 1", "* 2", "* 3"];
/// An object of its own, as contact formats and FHIR's relatives have it.
const OBJECTS: &[&str] = &["birth\"", "birthday\"", "birthdate\"", "birth_date\"", "dob\""];

/// Finds dates of birth that words and signs around them tell.
pub struct SaidBirths {
    name: Arc<str>,
}

impl SaidBirths {
    /// The rule, as `date_of_birth`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "date_of_birth".into(),
        }
    }

    fn push(&self, (start, end): (usize, usize), found: &mut Found) {
        found.push(EntityType::DateOfBirth, start, end, Score::STRONG, &self.name);
    }
}

impl Default for SaidBirths {
    fn default() -> Self {
        Self::new()
    }
}

/// How the text beside a literal is read; the order of [`Rule::literals`].
const FAMILIES: [&[&str]; 4] = [BEHIND, BEFORE, STARS, OBJECTS];

impl Rule for SaidBirths {
    fn literals(&self) -> Vec<String> {
        FAMILIES.concat().into_iter().map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let (behind, before) = (BEHIND.len(), BEHIND.len() + BEFORE.len());
        if index < behind {
            let is_said = !text[at.range()].starts_with(',')
                || char_before(text, at.start).is_some_and(char::is_alphabetic);
            if is_said
                && starts_word(text, at.start)
                && let Some(date) = after_verb(text, at.end)
            {
                self.push(date, found);
            }
        } else if index < before {
            if let Some(date) = before_word(text, at.start, at.end) {
                self.push(date, found);
            }
        } else if index < before + STARS.len() {
            if let Some(date) = after_star(text, at.start) {
                self.push(date, found);
            }
        } else {
            for part in parts_of_object(text, at.end) {
                self.push(part, found);
            }
        }
    }
}

fn starts_word(text: &str, at: usize) -> bool {
    word_start(text, at) || text[at..].starts_with(|c: char| !c.is_alphanumeric())
}

fn after_verb(text: &str, end: usize) -> Option<(usize, usize)> {
    let window = line_after(text, end, REACH);
    // Neither a sentence ends between, nor is something assigned.
    let sentence = window
        .find(['。', ';', '?', '!', '=', '_', '"', '{'])
        .unwrap_or(window.len());
    first_date(text, end, end + sentence)
}

/// The date that ends directly before the word at `start..end`, or that its first character ends (`日生`).
fn before_word(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let word = &text[start..end];
    let own = word.chars().next().filter(|c| matches!(c, '日' | '일' | '年'));
    let to = start + own.map_or(0, char::len_utf8);
    let window = line_before(text, to, REACH_BEFORE);
    let trimmed = window.trim_end_matches([' ', ',', '\u{a0}', '年']);
    let ended = to - window.len() + trimmed.len();
    let last = trimmed.chars().next_back()?;
    if !(last.is_ascii_digit() || matches!(last, '日' | '일' | '月' | '월')) {
        return None;
    }
    let from = to - window.len();
    let mut starts = text[from..ended]
        .char_indices()
        .map(|(at, _)| from + at)
        .filter(|at| word_start(text, *at) || char_before(text, *at).is_some_and(is_unspaced));
    starts.find_map(|at| date_at(text, at).filter(|end| *end == ended).map(|end| (at, end)))
}

/// `(*03.07.1985)`, `Maren Tilsiter, * 3. Juli 1985`; a list's star stands at the start of its line, a product's behind
/// a number or a name of a program.
fn after_star(text: &str, star: usize) -> Option<(usize, usize)> {
    let blank = usize::from(text.as_bytes().get(star + 1) == Some(&b' '));
    let start = star + 1 + blank;
    let end = date_at(text, start)?;
    let date = &text[start..end];
    let has_letters = || date.contains(|c: char| c.is_alphabetic());
    let is_dotted = date.bytes().filter(|b| *b == b'.').count() == 2;
    let before = line_before(text, star, REACH).trim_end_matches(' ');
    let behind = line_after(text, end, REACH);
    let tells = match before.chars().next_back() {
        Some('(') => has_letters() || date.contains(['.', '-', '/']),
        // Of a list only what says where.
        None => (is_dotted || has_letters()) && names_place(behind),
        Some(c) => (c.is_alphabetic() || matches!(c, ',' | ')')) && (is_dotted || has_letters()),
    };
    (tells && !text[..star].ends_with('*')).then_some((start, end))
}

/// ` in Köln`, ` à Lyon`: a place behind a date.
fn names_place(behind: &str) -> bool {
    [" in ", " à ", " en ", " a ", " w ", " i ", " em ", " te "]
        .iter()
        .find_map(|word| behind.strip_prefix(word))
        .is_some_and(|place| place.starts_with(char::is_uppercase))
}

/// The numbers of year, month and day in the object behind a key.
fn parts_of_object(text: &str, key: usize) -> Vec<(usize, usize)> {
    let rest = &text[key..text.floor_char_boundary(text.len().min(key + OBJECT))];
    let open = rest.len() - rest.trim_start_matches([' ', ':', '\n', '\r', '\t']).len();
    let object = &rest[open..];
    let Some(close) = object.find('}').filter(|_| object.starts_with('{')) else {
        return Vec::new();
    };
    let object = &object[..close];
    let part = |name: &str, most: usize| {
        let at = object.find(&format!("\"{name}\""))? + name.len() + 2;
        let gap = object[at..].len() - object[at..].trim_start_matches([' ', ':', '"', '\n']).len();
        let digits = object[at + gap..].bytes().take_while(u8::is_ascii_digit).count();
        let start = key + open + at + gap;
        ((1..=most).contains(&digits) && word_end(text, start + digits)).then_some((start, start + digits))
    };
    let (year, month, day) = (part("year", 4), part("month", 2), part("day", 2));
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => vec![year, month, day],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        testing::found(SaidBirths::new(), text)
    }

    #[test]
    fn stars_and_verbs_tell_of_births() {
        for (text, date) in [
            ("(*03.07.1985)", "03.07.1985"),
            ("Maren Tilsiter (* 3. Juli 1985 in Köln)", "3. Juli 1985"),
            ("Tilsiter, Maren, * 03.07.1985", "03.07.1985"),
            ("* 3.7.85 in Bonn", "3.7.85"),
            ("né(e) le 03.07.1985", "03.07.1985"),
            ("née à Lyon le 3 juillet 1985", "3 juillet 1985"),
            ("nacida en Madrid el 03/07/1985", "03/07/1985"),
            ("urodzona 3 lipca 1985 r.", "3 lipca 1985"),
            ("родился 3 июля 1985 года", "3 июля 1985"),
            ("03.07.1985 г.р.", "03.07.1985"),
            ("3 Temmuz 1985 doğumlu", "3 Temmuz 1985"),
            ("född 1985-07-03", "1985-07-03"),
            ("Tilsiter (b. 7 March 1985)", "7 March 1985"),
            ("平成3年11月6日生まれ", "平成3年11月6日"),
            ("令和元年5月1日生", "令和元年5月1日"),
            ("1985년 7월 3일생", "1985년 7월 3일"),
            ("1985.07.03 출생", "1985.07.03"),
        ] {
            assert_eq!(found(text), [date], "{text}");
        }
        assert_eq!(
            found(r#""birth":{"year":1985,"month":7,"day":3}"#),
            ["1985", "7", "3"]
        );
    }

    #[test]
    fn lists_products_and_other_dates_are_none() {
        for text in [
            "* 03.07.2026 release",
            "* 2026-03-01 fixed",
            "x * 1985",
            "a * 19850703",
            "/** 03.07.2026 */",
            "n * 3.14",
            "(*1.2.3)",
            "令和6年3月1日",
            "2026-03-01, b. 2026-03-01",
            "our. 03.07.1985",
            "город. 03.07.1985",
            "2026年3月1日発売",
            r#""birth":{"year":1985}"#,
            r#""birth": 1985, "month": 7"#,
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn hostile_runs_are_bounded() {
        testing::endure(
            SaidBirths::new(),
            &[
                "* 1",
                "(*1.",
                "né(e) 1",
                "日生",
                "1日生",
                "1985年",
                "birth\":{",
                "ولد 1 ",
            ],
        );
    }
}
