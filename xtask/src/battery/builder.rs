//! Puts cases together: every reading of every subject in places taken in turn.

use masking::EntityType;

use super::Case;
use super::marked::{Marked, Scope};
use super::places::Place;
use super::readings::{self, Reading};
use super::subjects::{SUBJECTS, Subject};
use crate::labelled::seeded::Seeded;

/// In how many places each reading of each subject stands.
const PLACES_EACH: usize = 1;

pub(super) struct Builder {
    pub(super) seeded: Seeded,
    pub(super) cases: Vec<Case>,
    pub(super) readings: Vec<Reading>,
    turn: usize,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            seeded: Seeded::new(31),
            cases: Vec::new(),
            readings: readings::all(),
            turn: 0,
        }
    }

    /// A number that goes up: which label or place is next.
    pub(super) fn turn(&mut self) -> usize {
        self.turn += 1;
        self.turn
    }

    /// One message with one text.
    pub(super) fn text(&mut self, subject: &Subject, kind: &str, name: &str, value: String, text: Marked) {
        self.texts(subject, kind, name, value, vec![text], true);
    }

    pub(super) fn texts(
        &mut self,
        subject: &Subject,
        kind: &str,
        name: &str,
        value: String,
        parts: Vec<Marked>,
        together: bool,
    ) {
        let entity = subject
            .entity
            .as_ref()
            .map_or_else(|| "CUSTOM".to_owned(), EntityType::to_string);
        self.cases.push(Case {
            id: format!("{entity}: {} / {name} / {}", subject.name, self.cases.len()),
            kind: kind.to_owned(),
            value,
            parts,
            together,
        });
    }

    /// A subject's value behind a label in one of its places, the value as `change` writes it.
    pub(super) fn laid(
        &mut self,
        subject: &Subject,
        fits: impl Fn(Place) -> bool,
        change: impl Fn(&Marked) -> Marked,
    ) -> (String, Place, Marked) {
        let mut places = Place::of(subject);
        places.retain(|place| fits(*place));
        let turn = self.turn();
        let place = places[turn % places.len()];
        let value = (subject.make)(&mut self.seeded);
        let text = place.lay(subject, turn / places.len(), &change(&Marked::value(&value)));
        (value, place, text)
    }

    /// The values as they are, in every place and behind every label; then in every reading.
    pub(super) fn readings(&mut self) {
        for subject in SUBJECTS {
            for place in Place::of(subject) {
                for label in 0..subject.labels.len() {
                    let value = (subject.make)(&mut self.seeded);
                    let text = place.lay(subject, label, &Marked::value(&value));
                    self.text(
                        subject,
                        "plain",
                        &format!("plain / {}", place.name()),
                        value,
                        text,
                    );
                }
            }
        }
        let readings = std::mem::take(&mut self.readings);
        for (subject, reading) in SUBJECTS.iter().flat_map(|s| readings.iter().map(move |r| (s, r))) {
            for scope in reading
                .scopes
                .iter()
                .filter(|scope| reading.fits(subject, **scope))
            {
                self.read(subject, reading, *scope);
            }
        }
        self.readings = readings;
    }

    fn read(&mut self, subject: &Subject, reading: &Reading, scope: Scope) {
        // A label by itself hides nothing that is known without it.
        if scope == Scope::Label && !subject.needs_label {
            return;
        }
        for _ in 0..PLACES_EACH {
            let (value, place, text) =
                self.laid(subject, |place| reading.fits_in(place, scope), Clone::clone);
            // A percent sign of the value's own is undone with the others.
            if reading.kind == "percent" && value.contains('%') {
                continue;
            }
            let lines = text.lines();
            // A cell of a table is one line.
            let fits =
                |text: &Marked| scope == Scope::All || place != Place::MarkdownTable || text.lines() == lines;
            if let Some(text) = reading.spell(&text, scope).filter(fits) {
                let kind = format!("{}, {}", reading.kind, scope.name());
                let name = format!(
                    "{}, {} / {} / {}",
                    reading.kind,
                    reading.name,
                    scope.name(),
                    place.name()
                );
                self.text(subject, &kind, &name, value, text);
            }
        }
    }
}
