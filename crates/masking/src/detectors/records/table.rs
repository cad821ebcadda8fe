//! The positions of formats: segment, field and component, and what stands there. A new format is lines in this table.

use super::Holds;

/// How a format parts its segments.
pub(super) struct Format {
    pub(super) field: char,
    pub(super) component: char,
    /// Between repetitions of a field.
    pub(super) repetition: Option<char>,
    /// What ends a segment, beside the end of a line.
    pub(super) end: Option<char>,
    /// The segments that are read, by tag.
    pub(super) segments: &'static [(&'static str, &'static [Position])],
}

/// A place in a segment. The tag is field 0, as the formats' own numbers have it.
pub(super) struct Position {
    pub(super) field: usize,
    /// The last field, where a value goes over several.
    pub(super) to: usize,
    pub(super) component: usize,
    /// A field and what it has to be.
    pub(super) when: Option<(usize, &'static [&'static str])>,
    pub(super) holds: Holds,
}

const fn at(field: usize, holds: Holds) -> Position {
    Position {
        field,
        to: field,
        component: 0,
        when: None,
        holds,
    }
}

impl Position {
    const fn when(self, field: usize, is: &'static [&'static str]) -> Self {
        Self {
            when: Some((field, is)),
            ..self
        }
    }

    const fn to(self, to: usize) -> Self {
        Self { to, ..self }
    }

    const fn component(self, component: usize) -> Self {
        Self { component, ..self }
    }
}

pub(super) const FORMATS: &[Format] = &[
    Format {
        field: '|',
        component: '^',
        repetition: Some('~'),
        end: None,
        segments: HL7,
    },
    Format {
        field: '*',
        component: ':',
        repetition: None,
        end: Some('~'),
        segments: X12,
    },
    Format {
        field: '+',
        component: ':',
        repetition: None,
        end: Some('\''),
        segments: EDIFACT,
    },
];

const HL7: &[(&str, &[Position])] = &[
    (
        "PID",
        &[
            at(2, Holds::PatientId),
            at(3, Holds::PatientId),
            at(4, Holds::PatientId),
            at(5, Holds::Name),
            at(6, Holds::Name),
            at(7, Holds::Birth),
            at(9, Holds::Name),
            at(11, Holds::Address),
            at(13, Holds::Phone),
            at(14, Holds::Phone),
            at(19, Holds::NationalId),
        ],
    ),
    (
        "NK1",
        &[
            at(2, Holds::Name),
            at(4, Holds::Address),
            at(5, Holds::Phone),
            at(6, Holds::Phone),
            at(16, Holds::Birth),
            at(37, Holds::NationalId),
        ],
    ),
    (
        "GT1",
        &[
            at(3, Holds::Name),
            at(4, Holds::Name),
            at(5, Holds::Address),
            at(6, Holds::Phone),
            at(7, Holds::Phone),
            at(8, Holds::Birth),
            at(12, Holds::NationalId),
        ],
    ),
    (
        "IN1",
        &[
            at(16, Holds::Name),
            at(18, Holds::Birth),
            at(19, Holds::Address),
            at(36, Holds::HealthId),
            at(49, Holds::PatientId),
        ],
    ),
    ("IN2", &[at(2, Holds::NationalId), at(22, Holds::Name)]),
    (
        "PV1",
        &[
            at(7, Holds::Name),
            at(8, Holds::Name),
            at(9, Holds::Name),
            at(17, Holds::Name),
            at(52, Holds::Name),
        ],
    ),
    ("PD1", &[at(4, Holds::Name)]),
    ("MRG", &[at(1, Holds::PatientId), at(7, Holds::Name)]),
    ("STF", &[at(3, Holds::Name)]),
    (
        "OBR",
        &[
            at(10, Holds::Name),
            at(16, Holds::Name),
            at(28, Holds::Name),
            at(32, Holds::Name),
        ],
    ),
    (
        "ORC",
        &[at(10, Holds::Name), at(11, Holds::Name), at(12, Holds::Name)],
    ),
    ("DG1", &[at(16, Holds::Name)]),
    (
        "PR1",
        &[at(8, Holds::Name), at(11, Holds::Name), at(12, Holds::Name)],
    ),
    ("ROL", &[at(4, Holds::Name)]),
    (
        "TXA",
        &[
            at(5, Holds::Name),
            at(9, Holds::Name),
            at(10, Holds::Name),
            at(11, Holds::Name),
        ],
    ),
];

/// Persons are 1, companies are 2.
const PERSON: &[&str] = &["1"];
const PHONES: &[&str] = &["TE", "FX", "CP", "HP", "WP"];

const X12: &[(&str, &[Position])] = &[
    (
        "NM1",
        &[
            at(3, Holds::Name).to(5).when(2, PERSON),
            at(9, Holds::HealthId).when(8, &["MI", "II"]),
            at(9, Holds::NationalId).when(8, &["34"]),
        ],
    ),
    ("N1", &[at(2, Holds::Party)]),
    ("N3", &[at(1, Holds::Address).to(2)]),
    ("N4", &[at(1, Holds::Address).to(3)]),
    ("DMG", &[at(2, Holds::Birth).when(1, &["D8"])]),
    (
        "REF",
        &[
            at(2, Holds::NationalId).when(1, &["SY"]),
            at(2, Holds::HealthId).when(1, &["0F", "1L", "1W", "EA", "EJ", "IG"]),
        ],
    ),
    (
        "PER",
        &[
            at(2, Holds::Party),
            at(4, Holds::Phone).when(3, PHONES),
            at(6, Holds::Phone).when(5, PHONES),
            at(8, Holds::Phone).when(7, PHONES),
        ],
    ),
];

const EDIFACT: &[(&str, &[Position])] = &[
    ("NAD", &[at(4, Holds::Party), at(5, Holds::Address).to(8)]),
    ("CTA", &[at(2, Holds::Party).component(1)]),
    ("DTM", &[at(1, Holds::Birth).component(1).when(1, &["329"])]),
    ("DOC", &[at(2, Holds::Passport).when(1, &["P"])]),
    ("COM", &[at(1, Holds::Phone)]),
];
