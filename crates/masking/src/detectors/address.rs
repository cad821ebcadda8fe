//! ADDRESS: postal addresses by their street form (house number and street word in the order of their country) or by their
//! postal code and town, whatever the street is called. The line above an address in a letter's head is a PERSON.

mod addressee;
mod behind;
mod coded;
mod english;
mod european;
pub(super) mod field;
mod han;
mod japanese;
mod korean;
mod marked;
mod pieces;
mod place;

use std::sync::Arc;

use super::{Found, Rule, Wake};
use crate::{ByteSpan, EntityType, Score};

/// Finds postal addresses.
pub struct Address {
    name: Arc<str>,
    person: Arc<str>,
}

impl Address {
    /// The rule, as `address`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "address".into(),
            person: "person".into(),
        }
    }

    fn push(&self, text: &str, (start, end): (usize, usize), found: &mut Found) {
        found.push(EntityType::Address, start, end, Score::LIKELY, &self.name);
        if let Some((start, end)) = addressee::above(text, start).filter(|_| text[start..end].contains('\n'))
        {
            found.push(EntityType::Person, start, end, Score::LIKELY, &self.person);
        }
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new()
    }
}

/// How the text beside a literal is read; the order of [`Rule::literals`].
const FAMILIES: [&[&str]; 12] = [
    english::STREETS,
    english::BOXES,
    european::NUMBER_BEHIND,
    european::STREET_FIRST,
    european::NUMBER_FIRST,
    han::LITERALS,
    marked::TURKISH,
    marked::CYRILLIC,
    marked::HUNGARIAN,
    marked::COLOMBIAN,
    japanese::LITERALS,
    korean::LITERALS,
];

impl Rule for Address {
    fn literals(&self) -> Vec<String> {
        FAMILIES.concat().into_iter().map(str::to_owned).collect()
    }

    fn on_numbers(&self) -> bool {
        true
    }

    fn on_codes(&self) -> bool {
        true
    }

    fn on_postcodes(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let address = match wake {
            Wake::Literal { index, at } => at_literal(text, index, at),
            Wake::Number(run) => behind::numbered(text, run),
            Wake::Code(letters) => behind::british(text, letters),
            Wake::Postcode(digits) => coded::address(text, digits),
            Wake::Mixed(_) | Wake::Whole(_) => None,
        };
        if let Some(address) = address {
            self.push(text, address, found);
        }
    }
}

fn at_literal(text: &str, index: usize, at: ByteSpan) -> Option<(usize, usize)> {
    let mut nth = index;
    let mut family = 0;
    while nth >= FAMILIES[family].len() {
        nth -= FAMILIES[family].len();
        family += 1;
    }
    match family {
        0 => english::street(text, at),
        1 => english::post_box(text, at),
        2 => european::number_behind(text, at),
        3 => european::street_first(text, at),
        4 => european::number_first(text, at),
        5 => han::street(text, at),
        6 => marked::turkish(text, at),
        7 => marked::cyrillic(text, at),
        8 => marked::hungarian(text, at),
        9 => marked::colombian(text, at),
        10 => japanese::address(text, at),
        _ => korean::address(text, at),
    }
}

#[cfg(test)]
mod tests;
