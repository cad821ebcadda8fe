//! Ordinary answers come back whole: mails, notes, tables, lists, code, JSON, in several languages.

use crate::fixture::{Fixture, VALUES};

/// Answers, parted by lines of `=`; `{EMAIL}` and its like stand for placeholders.
const ANSWERS: &str = include_str!("ordinary.txt");
const NAMES: [&str; 7] = [
    "{PERSON}",
    "{EMAIL}",
    "{PHONE}",
    "{PASSWORD}",
    "{CARD}",
    "{ADDRESS}",
    "{KEY}",
];
/// Placeholders of a hundred that may stay for caution.
const MAX_KEPT: u64 = 2;

fn answers() -> impl Iterator<Item = &'static str> {
    ANSWERS.split("\n=====\n")
}

#[test]
fn ordinary_answers_are_restored() {
    let fixture = Fixture::new();
    let (mut kept, mut all) = (0, 0);
    let mut where_kept = Vec::new();
    for answer in answers() {
        let masked = filled(answer, |index| fixture.placeholder(index).to_owned());
        let (out, counts) = fixture.restored([masked.as_str()]);
        kept += counts.kept_in_urls;
        all += counts.kept_in_urls + counts.restored;
        if counts.kept_in_urls > 0 {
            where_kept.push(out);
        } else {
            assert_eq!(out, filled(answer, |index| VALUES[index].1.to_owned()));
        }
    }
    assert!(all >= 250, "{all} placeholders");
    assert!(
        kept * 100 <= MAX_KEPT * all,
        "{kept} of {all} stay:\n{}",
        where_kept.join("\n-----\n")
    );
}

#[test]
fn text_without_placeholders_comes_through() {
    let fixture = Fixture::new();
    for answer in answers() {
        assert_eq!(fixture.restored([answer]).0, answer);
        let letters = answer.split_inclusive(|_: char| true);
        assert_eq!(fixture.restored(letters).0, answer);
    }
}

fn filled(answer: &str, value: impl Fn(usize) -> String) -> String {
    NAMES
        .iter()
        .enumerate()
        .fold(answer.to_owned(), |text, (index, name)| {
            text.replace(name, &value(index))
        })
}
