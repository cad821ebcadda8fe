//! ADDRESS: postal addresses by their street form: house number and street word in the order of their country, with the
//! town and postal code beside them.

mod english;
mod european;
pub(super) mod field;
mod han;
mod place;

use std::sync::Arc;

use super::{Found, Rule, Wake};
use crate::{EntityType, Score};

/// Finds postal addresses.
pub struct Address {
    name: Arc<str>,
}

impl Address {
    /// The rule, as `address`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "address".into(),
        }
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new()
    }
}

/// How the text beside a literal is read; the order of [`Rule::literals`].
const FAMILIES: [&[&str]; 6] = [
    english::STREETS,
    english::BOXES,
    european::NUMBER_BEHIND,
    european::STREET_FIRST,
    european::NUMBER_FIRST,
    han::LITERALS,
];

impl Rule for Address {
    fn literals(&self) -> Vec<String> {
        FAMILIES.concat().into_iter().map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let mut nth = index;
        let mut family = 0;
        while nth >= FAMILIES[family].len() {
            nth -= FAMILIES[family].len();
            family += 1;
        }
        let address = match family {
            0 => english::street(text, at),
            1 => english::post_box(text, at),
            2 => european::number_behind(text, at),
            3 => european::street_first(text, at),
            4 => european::number_first(text, at),
            _ => han::street(text, at),
        };
        if let Some((start, end)) = address {
            found.push(EntityType::Address, start, end, Score::LIKELY, &self.name);
        }
    }
}

#[cfg(test)]
mod tests;
