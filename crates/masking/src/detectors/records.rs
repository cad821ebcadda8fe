//! Private values in records whose fields have positions instead of labels: HL7 v2, X12, EDIFACT, SWIFT MT, OFX, vCard,
//! `passwd`, travel documents, DICOM, GEDCOM. What a position holds says the table of its format; whether a value is one
//! is judged by its form, so that what documentation writes there (`LASTNAME^FIRSTNAME`) stays.

mod lines;
mod segment;
mod table;
mod value;

use std::sync::Arc;

use self::lines::Line;
use self::table::{FORMATS, Format, Position};
use super::rule::{Found, Rule, Wake};
use crate::{ByteSpan, EntityType, Score};

/// What a position holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// The parts of a person's name, an id before them perhaps: `0148^Tilsiter^Maren`.
    Name,
    /// A person's or a company's name in one value.
    Party,
    Birth,
    Address,
    Phone,
    NationalId,
    HealthId,
    /// A patient's id with its kind: `4711^^^HOSP^MR`, `523448192^^^SSA^SS`.
    PatientId,
    Passport,
    Account,
}

impl Holds {
    const fn entity(self) -> (EntityType, Score) {
        match self {
            Self::Name | Self::Party => (EntityType::Person, Score::LIKELY),
            Self::Address => (EntityType::Address, Score::LIKELY),
            Self::Birth => (EntityType::DateOfBirth, Score::STRONG),
            Self::Phone => (EntityType::Phone, Score::STRONG),
            Self::NationalId => (EntityType::NationalId, Score::STRONG),
            Self::HealthId | Self::PatientId => (EntityType::HealthId, Score::STRONG),
            Self::Passport => (EntityType::Passport, Score::STRONG),
            Self::Account => (EntityType::BankAccount, Score::STRONG),
        }
    }
}

/// What a literal opens.
enum Opens {
    Segment(&'static Format, &'static [Position]),
    Line(Line),
}

/// Finds what positions hold.
pub(super) struct Records {
    name: Arc<str>,
    literals: Vec<(String, Opens)>,
}

impl Records {
    pub(super) fn new() -> Self {
        let mut literals = Vec::new();
        for format in FORMATS {
            for (tag, positions) in format.segments {
                let literal = format!("{}{}", tag.to_ascii_lowercase(), format.field);
                literals.push((literal, Opens::Segment(format, positions)));
            }
        }
        for (literal, line) in lines::LITERALS {
            literals.push(((*literal).to_owned(), Opens::Line(*line)));
        }
        Self {
            name: "record".into(),
            literals,
        }
    }
}

impl Rule for Records {
    fn literals(&self) -> Vec<String> {
        self.literals.iter().map(|(literal, _)| literal.clone()).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let mut push = |holds: Holds, span: ByteSpan| {
            let (entity, score) = holds.entity();
            found.push(entity, span.start, span.end, score, &self.name);
        };
        match &self.literals[index].1 {
            Opens::Segment(format, positions) => segment::read(text, at, format, positions, &mut push),
            Opens::Line(line) => lines::read(text, at, *line, &mut push),
        }
    }
}

#[cfg(test)]
mod tests;
