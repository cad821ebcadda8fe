//! Colours and links of terminals.

use super::super::marked::{Marked, Scope};
use super::markup::{between, middle, one};
use super::{Reading, stretch};

const TERMINAL: &str = "terminal";

pub(super) fn all() -> Vec<Reading> {
    let wraps: &[(&str, &str, &str)] = &[
        ("colour", "\u{1b}[31m", "\u{1b}[0m"),
        ("bold colour", "\u{1b}[1;38;5;208m", "\u{1b}[m"),
        (
            "link",
            "\u{1b}]8;;https://host.example\u{1b}\\",
            "\u{1b}]8;;\u{1b}\\",
        ),
        ("link, BEL", "\u{1b}]8;id=4;file:///tmp/a\u{7}", "\u{1b}]8;;\u{7}"),
        ("title", "\u{1b}]0;make\u{7}", "\u{1b}[K"),
    ];
    let mut all: Vec<Reading> = Vec::new();
    for (name, before, after) in wraps.iter().copied() {
        all.push(stretch(TERMINAL, name, move |text| {
            Some(between(text, before, after))
        }));
    }
    all.push(
        stretch(TERMINAL, "colour inside", |text| {
            middle(text, "\u{1b}[0m\u{1b}[32m")
        })
        .only(Scope::EVERY_WORD),
    );
    all.push(
        stretch(TERMINAL, "colour of one character", |text| {
            one(text, "\u{1b}[4m", "\u{1b}[24m")
        })
        .only(Scope::EVERY_WORD),
    );
    all.push(
        stretch(TERMINAL, "colour of each character", |text| {
            let each = (0..text.len()).map(|at| between(&text.slice(at..at + 1), "\u{1b}[3m", "\u{1b}[0m"));
            Some(each.fold(Marked::default(), |all, next| all.then(&next)))
        })
        .only(Scope::EVERY_WORD),
    );
    all
}
