//! The battery: made-up values of every entity type, in every spelling that a reader knows, in every place, and
//! harmless twins of the same spellings. The same on every machine.

mod again;
mod builder;
mod layers;
mod marked;
mod parts;
mod places;
mod program;
mod readings;
mod run;
mod special;
mod subjects;
mod twins;

use std::collections::HashSet;

use self::marked::{Marked, Role};
pub use self::run::{Battery, Fate};
pub use self::subjects::DENIED;

/// So many characters of a value in a row are a piece of it, and no chance.
const PIECE: usize = 6;

/// Texts of one request that hold a private value.
#[derive(Debug)]
pub struct Case {
    /// What it hides and how: `email / percent, signs / value / yaml / 17`.
    pub id: String,
    /// What it is counted under.
    pub kind: String,
    /// The value as its owner writes it.
    pub value: String,
    parts: Vec<Marked>,
    together: bool,
}

impl Case {
    /// The texts as they stand in the request.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.parts.iter().map(Marked::text).collect()
    }

    /// Whether the texts are parts of one message; else each is a message of its own.
    #[must_use]
    pub const fn is_together(&self) -> bool {
        self.together
    }

    /// A piece of the value, plain or as spelled, that is left in what the text with this number became; nothing where
    /// the text around has the same letters.
    #[must_use]
    pub fn leak(&self, part: usize, outbound: &str) -> Option<String> {
        let part = self.parts.get(part)?;
        let around: String = part
            .chars()
            .iter()
            .map(|(c, role)| if *role == Role::Tells { '\n' } else { *c })
            .collect();
        let tells =
            |window: &[(char, Role)]| window.iter().filter(|(_, role)| *role == Role::Tells).count() > 1;
        // What a data address holds is packed again: pieces of a placeholder's name or of the text around, at another phase,
        // may look like pieces of the value.
        let piece = if part.text().contains(";base64,") {
            2 * PIECE
        } else {
            PIECE
        };
        let spelled = part.chars().windows(piece).filter(|window| tells(window));
        let spelled = spelled.map(|window| window.iter().map(|(c, _)| c).collect::<String>());
        // With much between its characters, no window holds two of them.
        let tells = part.telling();
        let whole = tells
            .first()
            .zip(tells.last())
            .map(|(first, last)| part.text()[first.start..last.end].to_owned());
        if let Some(whole) = whole.filter(|whole| whole.chars().count() > PIECE && outbound.contains(whole)) {
            return Some(whole);
        }
        let written = self.value.split_whitespace().flat_map(pieces);
        let (innocent, left) = (windows(&around), windows(outbound));
        spelled.chain(written).find(|piece| match piece.chars().count() {
            PIECE => left.contains(piece) && !innocent.contains(piece),
            _ => outbound.contains(piece) && !around.contains(piece),
        })
    }
}

fn windows(text: &str) -> HashSet<String> {
    let chars: Vec<char> = text.chars().collect();
    chars
        .windows(PIECE)
        .map(|window| window.iter().collect())
        .collect()
}

/// Every stretch of [`PIECE`] characters; a shorter text whole, if it is long enough to say something.
fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let least = if text.is_ascii() { 4 } else { 2 };
    if chars.len() >= PIECE {
        chars
            .windows(PIECE)
            .map(|window| window.iter().collect())
            .collect()
    } else if chars.len() >= least {
        vec![text.to_owned()]
    } else {
        Vec::new()
    }
}

/// Texts of one request that hold nothing private, spelled like those that do: they must not change.
#[derive(Debug)]
pub struct Twin {
    /// What it is and how it is spelled.
    pub id: String,
    /// What it is counted under.
    pub kind: String,
    /// The texts.
    pub texts: Vec<String>,
    /// Whether the texts are parts of one message; else each is a message of its own.
    pub together: bool,
}

/// Every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut builder = builder::Builder::new();
    builder.readings();
    program::add(&mut builder);
    special::add(&mut builder);
    parts::add(&mut builder);
    again::add(&mut builder);
    layers::add(&mut builder);
    builder.cases
}

/// Every twin.
#[must_use]
pub fn twins() -> Vec<Twin> {
    twins::all()
}

#[cfg(test)]
mod tests {
    use masking::EntityType;

    use super::subjects::SUBJECTS;
    use super::*;

    #[test]
    fn every_entity_type_has_values() {
        for entity in EntityType::BUILT_IN {
            let is_it = |subject: &subjects::Subject| subject.entity.as_ref() == Some(entity);
            // What could not be read to its end has no values of its own.
            let is_cover = *entity == EntityType::Opaque;
            assert!(is_cover || SUBJECTS.iter().any(is_it), "{entity}");
        }
    }

    #[test]
    fn there_are_enough_and_all_are_told_apart() {
        let (cases, twins) = (cases(), twins());
        assert!(cases.len() >= 20_000, "{}", cases.len());
        assert!(twins.len() >= 5_000, "{}", twins.len());
        let ids: HashSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids.len(), cases.len());
        let texts: HashSet<Vec<String>> = cases.iter().map(Case::texts).collect();
        assert!(texts.len() * 100 >= cases.len() * 98, "{}", texts.len());
        for (case, again) in cases.iter().zip(super::cases()).step_by(97) {
            assert_eq!(case.texts(), again.texts(), "{}", case.id);
        }
    }

    #[test]
    fn a_case_that_leaves_as_it_is_leaks() {
        for case in cases().iter().step_by(41).filter(|case| case.kind != "plain") {
            let texts = case.texts();
            let leaks = texts
                .iter()
                .enumerate()
                .any(|(part, text)| case.leak(part, text).is_some());
            // What is too short to tell from chance is only seen by the spans.
            let short = case.value.chars().count() <= PIECE;
            assert!(leaks || short || texts.len() > 1, "{}: {texts:?}", case.id);
            assert_eq!(
                case.leak(0, "<EMAIL_k7qf2m> and nothing else"),
                None,
                "{}",
                case.id
            );
        }
    }
}
