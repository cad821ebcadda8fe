//! Fields: labels and their values, in one text and in tables, each judged by the module of what it holds.

mod column;
mod name;

use std::sync::Arc;

use super::address::field as address;
use super::credential::Credentials;
use super::date_of_birth;
use super::ids::LabelledIds;
use super::network::LabelledAddresses;
use super::organization::field as organization;
use super::phone::LabelledPhones;
use super::rule::{Found, Rule, Wake};
use super::vehicle_id;
use crate::fields::{Concept, Label, Lexicon, Place, each_place, each_table};
use crate::{ByteSpan, EntityType, Score};

/// Judges the values of fields.
struct Judges {
    credentials: Credentials,
    ids: LabelledIds,
    addresses: LabelledAddresses,
    phones: LabelledPhones,
    person: Arc<str>,
    birth: Arc<str>,
    address: Arc<str>,
    organization: Arc<str>,
    vehicle: Arc<str>,
}

impl Judges {
    fn new() -> Self {
        Self {
            credentials: Credentials::new(),
            ids: LabelledIds::new(),
            addresses: LabelledAddresses::new(),
            phones: LabelledPhones::new(),
            person: "person".into(),
            birth: "date_of_birth".into(),
            address: "address".into(),
            organization: "organization".into(),
            vehicle: "vehicle_id".into(),
        }
    }

    /// Reports the value at `place` if it is what `label` says; where it ends.
    fn judge(&self, text: &str, label: &Label, place: &Place, found: &mut Found) -> Option<usize> {
        let concept = label.entry.concept;
        let (entity, span, score, name) = match concept {
            _ if concept.is_credential() => return self.credentials.judge(text, label, place, found),
            _ if concept.is_name() => (
                EntityType::Person,
                name::judge(text, label, place)?,
                Score::LIKELY,
                &self.person,
            ),
            Concept::BirthDate => {
                let span = date_of_birth::judge(text, place)?;
                (EntityType::DateOfBirth, span, Score::STRONG, &self.birth)
            }
            Concept::Phone => return self.phones.judge(text, label, place, found),
            Concept::Address | Concept::Street => (
                EntityType::Address,
                address::judge(text, label, place)?,
                Score::LIKELY,
                &self.address,
            ),
            Concept::Organization => {
                let span = organization::judge(text, label, place)?;
                (EntityType::Organization, span, Score::LIKELY, &self.organization)
            }
            Concept::Vehicle => {
                let span = vehicle_id::judge(text, label.entry.is_plate, place)?;
                (EntityType::VehicleId, span, Score::LIKELY, &self.vehicle)
            }
            Concept::Ip | Concept::Mac => return self.addresses.judge(text, concept, place, found),
            Concept::NationalId
            | Concept::HealthId
            | Concept::TaxId
            | Concept::Passport
            | Concept::DriverLicense
            | Concept::Account
            | Concept::Iban
            | Concept::Card
            | Concept::CardCode => return self.ids.judge(text, label, place, found),
            _ => return None,
        };
        found.push(entity, span.start, span.end, score, name);
        Some(span.end)
    }
}

/// Finds the values of labels in a text.
pub(super) struct Fields {
    judges: Judges,
}

impl Fields {
    pub(super) fn new() -> Self {
        Self {
            judges: Judges::new(),
        }
    }
}

impl Rule for Fields {
    fn literals(&self) -> Vec<String> {
        Lexicon::shared().starts().to_vec()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let Some(label) = Label::woken(text, index, at.start) else {
            return;
        };
        let any = each_place(text, &label, |place| {
            self.judges.judge(text, &label, &place, found)
        });
        if !any && label.entry.is_near {
            self.judges.ids.look_around(text, &label, found);
        }
    }
}

/// Finds the values of columns under a head that names them.
pub(super) struct Columns {
    judges: Judges,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self {
            judges: Judges::new(),
        }
    }
}

impl Rule for Columns {
    fn on_whole_text(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        if let Wake::Whole(_) = wake {
            each_table(text, |table| self.judges.table(text, table, found));
        }
    }
}

/// The place that a cell is.
const fn cell_place(cell: ByteSpan) -> Place {
    Place {
        joint: crate::fields::Joint::Column,
        at: cell.start,
        close: Some(cell.end),
        is_setting: true,
    }
}

#[cfg(test)]
mod tests;
