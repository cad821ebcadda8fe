//! Harmless texts in the same spellings: nothing in them may change.

mod texts;

use super::Twin;
use super::marked::{Marked, Role, Scope};
use super::program::LANGUAGES;
use super::readings;
use crate::labelled::seeded::Seeded;
use texts::{TEXTS, made};

/// Readings that a value of the text and the whole text are put in.
const SCOPES: [Scope; 2] = [Scope::Value, Scope::All];

/// Texts that assign a word to a label of a secret. With some of its characters escaped the word is none any more, and
/// nobody can tell it from a secret.
fn assigns(name: &str) -> bool {
    [
        "i18n",
        "i18n, German",
        "html form",
        "python",
        "environment",
        "shell, variables",
    ]
    .contains(&name)
}

pub(super) fn all() -> Vec<Twin> {
    let mut twins = Vec::new();
    let mut seeded = Seeded::new(77);
    let mut texts: Vec<(String, String)> = TEXTS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    texts.extend(made(&mut seeded));
    for (name, text) in &texts {
        add(&mut twins, "plain", name, vec![text.clone()], true);
    }
    for reading in readings::all() {
        for (name, text) in &texts {
            let marked = with_a_word(text);
            // Six or eight bytes between colons are the address of a device.
            let scopes = if reading.name == "colons" {
                &SCOPES[1..]
            } else {
                &SCOPES
            };
            if assigns(name) && reading.is_partial() {
                continue;
            }
            for scope in scopes.iter().filter(|scope| reading.scopes.contains(scope)) {
                if let Some(spelled) = reading.spell(&marked, *scope) {
                    let kind = format!(
                        "{}, {}",
                        reading.kind,
                        if *scope == Scope::All {
                            "whole text"
                        } else {
                            "word"
                        }
                    );
                    let name = format!("{name} / {}, {}", reading.kind, reading.name);
                    add(&mut twins, &kind, &name, vec![spelled.text()], true);
                }
            }
        }
    }
    for (name, text) in &texts {
        for cut in [3, 2] {
            let middle = text
                .char_indices()
                .nth(text.chars().count() / cut)
                .map_or(0, |(at, _)| at);
            let parts = vec![text[..middle].to_owned(), text[middle..].to_owned()];
            add(&mut twins, "split over parts", name, parts, true);
        }
    }
    for (nth, language) in LANGUAGES.iter().enumerate() {
        for (name, text) in texts.iter().skip(nth % 3).step_by(3) {
            let put = language.put("message", &Marked::of(text, Role::Around), 3);
            add(
                &mut twins,
                "concatenation",
                &format!("{name} / {}", language.name),
                vec![put.text()],
                true,
            );
        }
    }
    twins
}

fn add(twins: &mut Vec<Twin>, kind: &str, name: &str, texts: Vec<String>, together: bool) {
    let id = format!("{name} / {}", twins.len());
    twins.push(Twin {
        id,
        kind: kind.to_owned(),
        texts,
        together,
    });
}

/// The longest word stands for a value.
fn with_a_word(text: &str) -> Marked {
    let words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let word = words.reduce(|best, next| if next.len() > best.len() { next } else { best });
    let Some((before, word, after)) = word.and_then(|word| {
        let (before, after) = text.split_once(word)?;
        Some((before, word, after))
    }) else {
        return Marked::value(text);
    };
    Marked::of(before, Role::Around)
        .with(word, Role::Tells)
        .around(after)
}
