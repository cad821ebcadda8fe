//! Values that lie across the parts of one message.

use super::builder::Builder;
use super::marked::{Marked, Role};
use super::places::Place;
use super::subjects::SUBJECTS;

const KIND: &str = "split over parts";

pub(super) fn add(builder: &mut Builder) {
    for subject in SUBJECTS {
        for place in [Place::Alone, Place::Prose] {
            for cut in Cut::ALL {
                let value = (subject.make)(&mut builder.seeded);
                let label = builder.turn();
                let text = place.lay(subject, label, &Marked::value(&value));
                let parts = cut.of(&text);
                if parts.len() > 1 {
                    let name = format!("{cut:?} / {}", place.name());
                    builder.texts(subject, KIND, &name, value, parts, true);
                }
            }
        }
    }
}

/// Where a text is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    BehindLabel,
    AtValue,
    EarlyInValue,
    MiddleOfValue,
    LateInValue,
    Thirds,
}

impl Cut {
    const ALL: [Self; 6] = [
        Self::BehindLabel,
        Self::AtValue,
        Self::EarlyInValue,
        Self::MiddleOfValue,
        Self::LateInValue,
        Self::Thirds,
    ];

    fn of(self, text: &Marked) -> Vec<Marked> {
        let roles: Vec<Role> = text.chars().iter().map(|(_, role)| *role).collect();
        let start = roles
            .iter()
            .position(|role| *role >= Role::Edge)
            .unwrap_or_default();
        let end = roles
            .iter()
            .rposition(|role| *role >= Role::Edge)
            .map_or(start, |at| at + 1);
        let length = end - start;
        let mut cuts = match self {
            Self::BehindLabel => roles
                .iter()
                .rposition(|role| *role == Role::Label)
                .map(|at| at + 1)
                .into_iter()
                .collect(),
            Self::AtValue => vec![start],
            Self::EarlyInValue => vec![start + length.min(3)],
            Self::MiddleOfValue => vec![start + length / 2],
            Self::LateInValue => vec![end - length.min(3)],
            Self::Thirds => vec![start + length / 3, start + 2 * length / 3],
        };
        cuts.push(text.len());
        let mut from = 0;
        let mut parts = Vec::new();
        for cut in cuts {
            if cut > from {
                parts.push(text.slice(from..cut));
                from = cut;
            }
        }
        parts
    }
}
