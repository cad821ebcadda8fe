//! ORGANIZATION: company names before their legal form (`Acme Tooling GmbH`, `云帆科技有限公司`) and behind labels.

pub(super) mod field;
mod han;
mod latin;

use std::sync::Arc;

use super::{Found, Rule, Wake};
use crate::{EntityType, Score};

/// Finds names of companies.
pub struct Organization {
    name: Arc<str>,
}

impl Organization {
    /// The rule, as `organization`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "organization".into(),
        }
    }
}

impl Default for Organization {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for Organization {
    fn literals(&self) -> Vec<String> {
        [latin::FORMS, han::FORMS]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let company = if index < latin::FORMS.len() {
            latin::before_form(text, at)
        } else {
            han::before_form(text, at)
        };
        if let Some((start, end)) = company {
            found.push(EntityType::Organization, start, end, Score::LIKELY, &self.name);
        }
    }
}

#[cfg(test)]
mod tests;
