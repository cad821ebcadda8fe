//! From `Received` to `Masked`: the one place where a request's text is looked at and changed.

mod head;
mod seen;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use llm_wire::{Document, Edit, Facts, FieldClass, Surface};
use masking::{LeafClass, NoDeadline, PlaceholderMap, TextLeaf, TextScope, Verdict};

use self::head::HeadLeaves;
use self::seen::{Places, Seen, refuse};
use super::cleared::{Cleared, Outbound};
use super::received::Received;
use super::record::Record;
use crate::caller::Caller;
use crate::config::{LOCAL, OpaqueAction};
use crate::error::{Found, GatewayError};
use crate::gateway::Gateway;
use crate::surface::Handling;
use crate::vocabulary::{self, PublicVocabularies};

/// Added to the system prompt when something was masked. Stable, so that prompt caches keep hitting.
pub(super) const EXPLANATION: &str = "Some values in this conversation are replaced by placeholders such as <PERSON_k7qf2m> or \
    <EMAIL_ab23cd_x3>. Each stands for one private value. Repeat a placeholder exactly where you would write its \
    value; do not alter, shorten, translate or expand it, and do not invent new ones.";

/// A request that may leave, and what its answer needs.
pub(super) struct Masked {
    pub(super) gateway: Arc<Gateway>,
    pub(super) caller: Caller,
    pub(super) handling: Handling,
    pub(super) cleared: Cleared,
    pub(super) chain: Chain,
    /// Whether the request says what placeholders are.
    pub(super) explained: bool,
}

/// The placeholders of this turn and of those that it continues.
pub(super) struct Chain {
    pub(super) map: PlaceholderMap,
    /// Whether `map` holds placeholders of earlier turns too.
    pub(super) continues: bool,
    /// The conversation that the provider keeps.
    pub(super) conversation: Option<String>,
    /// Whether the provider may keep this answer, so that a later request can name it.
    pub(super) kept: bool,
}

impl Received {
    /// Detects, judges and replaces; large bodies on the pool.
    pub(super) async fn mask(self, record: &mut Record) -> Result<Masked, GatewayError> {
        let gateway = Arc::clone(&self.gateway);
        let bytes = if vocabulary::may_be_needed(self.outbound.handling.surface(), &self.body) {
            usize::MAX
        } else {
            self.body.len()
        };
        self.fetch_chain().await?;
        let (seen, result, took) = gateway.workers.run(bytes, move || look(self)).await?;
        record.masking(took);
        seen.tell(record);
        result
    }
}

impl Received {
    /// Has what other replicas know of the chain loaded, if it continues one.
    async fn fetch_chain(&self) -> Result<(), GatewayError> {
        let gateway = &self.gateway;
        let is_kept = self.outbound.handling.surface() == Some(Surface::OpenAiResponses);
        if !is_kept || !gateway.continuations.is_shared() {
            return Ok(());
        }
        let (body, limits) = (self.body.clone(), gateway.limits.of_json());
        let reading = gateway
            .workers
            .run(self.body.len(), move || Facts::continued(&body, &limits));
        let ids = reading.await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        if !ids.is_empty() {
            gateway
                .continuations
                .fetch(&self.caller, &ids, Instant::now())
                .await;
        }
        Ok(())
    }
}

fn look(received: Received) -> (Seen, Result<Masked, GatewayError>, Duration) {
    let started = Instant::now();
    let mut seen = Seen::default();
    let result = match received.outbound.handling.surface() {
        Some(surface) => with_body(received, surface, &mut seen),
        None => without_body(received, &mut seen),
    };
    (seen, result, started.elapsed())
}

/// Nothing can be changed in a request without a body: whatever is found refuses it.
fn without_body(received: Received, seen: &mut Seen) -> Result<Masked, GatewayError> {
    let Received {
        gateway,
        caller,
        scope,
        outbound,
        ..
    } = received;
    let mut map = PlaceholderMap::new(&gateway.master_key, &scope);
    let found = inspect(&gateway, None, &outbound, &mut map, seen)?;
    let handling = outbound.handling;
    let cleared = outbound
        .clear(None, &found.last_look)
        .ok_or(GatewayError::Residual(Found::default()))?;
    let chain = Chain {
        map,
        continues: false,
        conversation: None,
        kept: false,
    };
    Ok(Masked {
        gateway,
        caller,
        handling,
        cleared,
        chain,
        explained: false,
    })
}

fn with_body(received: Received, surface: Surface, seen: &mut Seen) -> Result<Masked, GatewayError> {
    let Received {
        gateway,
        caller,
        scope,
        mut outbound,
        body,
        earlier,
    } = received;
    let mut document = parse(&gateway, &body, surface)?;
    outbound.streams = document.facts().stream;
    let mut map = PlaceholderMap::new(&gateway.master_key, &scope);
    if let Some(earlier) = &earlier {
        map.join(earlier);
    }
    let mut chain = join_chain(&gateway, &caller, surface, document.facts(), map);
    let found = inspect(&gateway, Some(&document), &outbound, &mut chain.map, seen)?;
    let handling = outbound.handling;
    let mut explained = false;
    let cleared = if found.verdict == Verdict::RouteLocal {
        seen.routed_local = true;
        let local = gateway.clients.by_name(LOCAL).ok_or(GatewayError::NoLocalRoute)?;
        outbound.clear_for_local(local, body.clone())?
    } else {
        let is_changed = !found.replacements.is_empty();
        // Also where all placeholders stand in what came before, so that the instructions stay the same.
        let may_change = is_changed || chain.continues;
        if may_change && gateway.masking.explain_placeholders {
            document.explain(EXPLANATION);
            explained = true;
        }
        let bytes = if may_change || document.is_rewritten() {
            splice(&document, &found)?
        } else {
            body.clone()
        };
        outbound
            .clear(Some((bytes, surface)), &found.last_look)
            .ok_or_else(|| GatewayError::Residual(seen::left_standing(&document, &chain.map)))?
    };
    drop(document);
    Ok(Masked {
        gateway,
        caller,
        handling,
        cleared,
        chain,
        explained,
    })
}

/// Detects in everything that is to leave, and refuses what may not or cannot be changed.
fn inspect(
    gateway: &Gateway,
    document: Option<&Document<'_>>,
    outbound: &Outbound,
    map: &mut PlaceholderMap,
    seen: &mut Seen,
) -> Result<masking::Masked, GatewayError> {
    let model = document.and_then(|document| document.facts().model.as_deref());
    let head = HeadLeaves::new(&outbound.target, &outbound.outgoing, model)?;
    let mut leaves = document.map(body_leaves).unwrap_or_default();
    leaves.extend(head.leaves());
    let known = map.len();
    let found = gateway.masker.mask(&leaves, map, &NoDeadline).map_err(|error| {
        tracing::error!(
            detector = error.detector,
            reason = error.reason,
            "a detector failed"
        );
        GatewayError::DetectorUnavailable {
            detector: error.detector,
        }
    })?;
    let places = Places {
        document,
        head: Some(&head),
    };
    seen.placeholders = map.len() - known;
    seen.streams = outbound.streams;
    seen.note(gateway, &found, &places);
    refuse(gateway, &found, &places)?;
    Ok(found)
}

fn parse<'a>(gateway: &Gateway, body: &'a Bytes, surface: Surface) -> Result<Document<'a>, GatewayError> {
    let limits = gateway.limits.of_json();
    let mut document = Document::parse_with(body, surface, &limits, &PublicVocabularies)?;
    document.strip_client_metadata();
    if !gateway.masker.policy().observes() {
        document.withhold(|kind| gateway.policy.opaque_content.action(kind) == OpaqueAction::Withhold);
    }
    Ok(document)
}

/// The text of a document, as the masker wants it.
pub(crate) fn body_leaves<'a>(document: &'a Document<'_>) -> Vec<TextLeaf<'a>> {
    let leaves = document.leaves().iter().enumerate();
    leaves
        .map(|(index, leaf)| TextLeaf {
            text: &leaf.text,
            label: document.label(index),
            class: match leaf.class {
                FieldClass::Text => LeafClass::Text,
                FieldClass::Number => LeafClass::Number,
                FieldClass::Identifier => LeafClass::Identifier,
                FieldClass::Exempt | FieldClass::Sealed | FieldClass::Opaque(_) => LeafClass::Exempt,
            },
            scope: scope_of(leaf.scope),
            joins_previous: leaf.joins_previous,
        })
        .collect()
}

const fn scope_of(scope: llm_wire::TextScope) -> TextScope {
    match scope {
        llm_wire::TextScope::System => TextScope::System,
        llm_wire::TextScope::User => TextScope::User,
        llm_wire::TextScope::Assistant => TextScope::Assistant,
        llm_wire::TextScope::ToolInput => TextScope::ToolInput,
        llm_wire::TextScope::ToolOutput => TextScope::ToolOutput,
        llm_wire::TextScope::ToolDefinition => TextScope::ToolDefinition,
        llm_wire::TextScope::Metadata => TextScope::Metadata,
    }
}

/// Earlier turns of a chain come first: their values keep their placeholders.
fn join_chain(
    gateway: &Gateway,
    caller: &Caller,
    surface: Surface,
    facts: &Facts,
    mut map: PlaceholderMap,
) -> Chain {
    let now = Instant::now();
    let mut continues = !map.is_empty();
    for id in [&facts.previous_response_id, &facts.conversation]
        .into_iter()
        .flatten()
    {
        if let Some(earlier) = gateway.continuations.recall(caller, id, now) {
            map.join(&earlier);
            continues = true;
        }
    }
    Chain {
        map,
        continues,
        conversation: facts.conversation.clone(),
        kept: surface == Surface::OpenAiResponses && facts.store != Some(false),
    }
}

fn splice(document: &Document<'_>, found: &masking::Masked) -> Result<Bytes, GatewayError> {
    let edits: Vec<Edit<'_>> = found
        .replacements
        .iter()
        .map(|replacement| Edit {
            leaf: replacement.leaf,
            span: replacement.span.range(),
            replacement: replacement.placeholder.as_str(),
        })
        .collect();
    match document.splice(&edits) {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => {
            tracing::error!(%error, "edits do not fit the document");
            Err(GatewayError::Internal)
        }
    }
}
