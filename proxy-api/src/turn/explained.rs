//! The sentence about placeholders: which requests bear it, and where in them it stands.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use llm_wire::{Document, TextScope};
use masking::PlaceholderMap;

use super::cleared::Outbound;
use crate::gateway::Gateway;
use crate::surface::Handling;
use crate::upstream::{Client, is_refused_in};

/// Added where something was masked. Stable, so that prompt caches keep hitting.
pub(super) const EXPLANATION: &str = "Some values in this conversation are replaced by placeholders such as <PERSON_k7qf2m> or \
    <EMAIL_ab23cd_x3>. Each stands for one private value. Repeat a placeholder exactly where you would write its \
    value; do not alter, shorten, translate or expand it, and do not invent new ones.";

/// Where a request says what placeholders are.
pub(super) enum Explained {
    Nowhere,
    /// In the first message of a user.
    ToUser,
    /// In a system message, or what stands for one: this model of this upstream may refuse it.
    InSystem(Arc<Client>, String),
    /// Perhaps in a request of before, which the provider keeps and is asked about.
    Before,
}

impl Explained {
    /// Of a request to which nothing is added.
    pub(super) const fn of(handling: Handling) -> Self {
        match handling {
            Handling::Kept(_) => Self::Before,
            Handling::Masked(_) | Handling::PassThrough | Handling::Socket => Self::Nowhere,
        }
    }

    /// Adds the sentence where this model takes it.
    pub(super) fn add(document: &mut Document<'_>, outbound: &Outbound, gateway: &Gateway) -> Self {
        let model = document.facts().model.as_deref();
        let model = model
            .or(outbound.target.deployment())
            .unwrap_or_default()
            .to_owned();
        let client = outbound.client();
        let has_no_system_role = gateway.without_system_role.matches(&model)
            || client.system_roles.is_refused_by(&model, Instant::now());
        if has_no_system_role {
            document.explain_to_user(EXPLANATION);
            return Self::ToUser;
        }
        document.explain(EXPLANATION);
        Self::InSystem(Arc::clone(client), model)
    }

    /// Whether the provider's answer may repeat it.
    pub(super) const fn is_there(&self) -> bool {
        !matches!(self, Self::Nowhere)
    }

    /// Remembers for the next request that this one was refused for its system message, if `refusal` says so; whether
    /// sending it again may help.
    pub(super) fn refused(&self, refusal: &[u8]) -> bool {
        match self {
            Self::InSystem(client, model) if is_refused_in(refusal) => {
                client.system_roles.refused(model, Instant::now())
            }
            _ => false,
        }
    }
}

/// Whether a model meets placeholders in what is said to it. What stands in definitions of tools alone needs no words: nobody
/// asks about it. `earlier` of the map's placeholders are of the turns before.
pub(super) fn is_due(
    document: &Document<'_>,
    found: &masking::Masked,
    map: &PlaceholderMap,
    earlier: usize,
) -> bool {
    let mut in_tools = HashSet::new();
    for replacement in &found.replacements {
        let leaf = document.leaves().get(replacement.leaf);
        if leaf.is_none_or(|leaf| leaf.scope != TextScope::ToolDefinition) {
            return true;
        }
        in_tools.insert(replacement.placeholder.as_str());
    }
    // Also where all stand in what came before, so that the instructions stay the same; tools are told in each turn.
    let mut before = map.expose_originals().take(earlier);
    before.any(|(placeholder, _)| !in_tools.contains(placeholder.as_str()))
}
