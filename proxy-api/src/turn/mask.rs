//! From `Received` to `Masked`: the one place where a request's text is looked at and changed.

mod head;
mod seen;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use llm_wire::{Credential, Document, Edit, FieldClass, Surface};
use masking::{Deadline as _, LeafClass, PlaceholderMap, TextLeaf, TextScope, Verdict};

use self::head::HeadLeaves;
use self::seen::{Places, Seen, refuse};
use super::chain::Chain;
use super::cleared::{Cleared, Outbound};
use super::explained::{self, Explained};
use super::received::Received;
use super::record::Record;
use crate::caller::Caller;
use crate::config::{LOCAL, OpaqueAction};
use crate::error::{Found, GatewayError};
use crate::gateway::Gateway;
use crate::surface::{self, Handling};
use crate::vocabulary::{self, PublicVocabularies};
use crate::workers::Waiting;

/// A request that may leave, and what its answer needs.
pub(super) struct Masked {
    pub(super) gateway: Arc<Gateway>,
    pub(super) caller: Caller,
    pub(super) handling: Handling,
    pub(super) cleared: Cleared,
    pub(super) chain: Chain,
    /// Where the request, or the one that is asked about, says what placeholders are.
    pub(super) explained: Explained,
}

impl Received {
    /// Detects, judges and replaces; on the pool where there is much to look at, or to look for.
    pub(super) async fn mask(mut self, record: &mut Record) -> Result<Masked, GatewayError> {
        let gateway = Arc::clone(&self.gateway);
        self.recall().await?;
        let bytes = self.body.len().saturating_add(self.earlier.bytes());
        let needs_vocabulary = vocabulary::may_be_needed(self.outbound.handling.surface(), &self.body);
        let work = move |waiting: &Waiting| look(self, waiting);
        let (seen, result, took) = if needs_vocabulary {
            gateway.workers.run_aside(bytes, work).await?
        } else {
            gateway.workers.run(bytes, work).await?
        };
        record.masking(took);
        seen.tell(record, result.is_ok());
        result
    }
}

fn look(received: Received, waiting: &Waiting) -> (Seen, Result<Masked, GatewayError>, Duration) {
    let started = Instant::now();
    let mut seen = Seen::default();
    let result = match received.outbound.handling {
        Handling::Masked(surface) => with_body(received, surface, &mut seen, waiting),
        Handling::Kept(_) if !received.body.is_empty() => {
            with_body(received, Surface::OpenAiResponses, &mut seen, waiting)
        }
        Handling::Kept(_) | Handling::PassThrough | Handling::Socket => {
            without_body(received, &mut seen, waiting)
        }
    };
    (seen, result, started.elapsed())
}

/// Nothing can be changed in a request without a body: whatever is found refuses it.
fn without_body(received: Received, seen: &mut Seen, waiting: &Waiting) -> Result<Masked, GatewayError> {
    let Received {
        gateway,
        caller,
        scope,
        mut outbound,
        earlier,
        ..
    } = received;
    outbound.streams = outbound.target.asks_for_stream();
    let mut map = PlaceholderMap::new(&gateway.master_key, &scope);
    let continues = earlier.join(&mut map);
    let found = inspect(&gateway, None, &outbound, &mut map, seen, waiting)?;
    let handling = outbound.handling;
    let chain = Chain::new(&outbound, &map, continues, None);
    let cleared = outbound
        .clear(None, &found.last_look, &gateway.policy.provider_credentials)
        .ok_or(GatewayError::Residual(Found::default()))?;
    Ok(Masked {
        gateway,
        caller,
        handling,
        cleared,
        chain,
        explained: Explained::of(handling),
    })
}

fn with_body(
    received: Received,
    surface: Surface,
    seen: &mut Seen,
    waiting: &Waiting,
) -> Result<Masked, GatewayError> {
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
    // Earlier turns come first: their values keep their placeholders.
    let continues = earlier.join(&mut map);
    let known = map.len();
    let found = inspect(&gateway, Some(&document), &outbound, &mut map, seen, waiting)?;
    let handling = outbound.handling;
    let chain = Chain::new(&outbound, &map, continues, Some(document.facts()));
    let mut explained = Explained::of(handling);
    let mut is_changed = !found.replacements.is_empty() || document.is_rewritten();
    let cleared = if found.verdict == Verdict::RouteLocal {
        seen.routed_local = true;
        let local = gateway.clients.by_name(LOCAL);
        let local = local.and_then(|apis| apis.of(surface::api(surface)));
        let local = local.ok_or(GatewayError::NoLocalRoute)?;
        outbound.clear_for_local(local, body.clone())?
    } else {
        // Nothing is asked of a model where something is only kept.
        if matches!(handling, Handling::Masked(_))
            && gateway.masking.explain_placeholders
            && explained::is_due(&document, &found, &map, known)
        {
            explained = Explained::add(&mut document, &outbound, &gateway);
            is_changed = true;
        }
        let bytes = if is_changed {
            // It is sent on as soon as it can be: what came is let go then.
            let bytes = splice(&document, &found)?;
            gateway.budget.filled(bytes)?
        } else {
            body.clone()
        };
        outbound
            .clear(
                Some((bytes, surface)),
                &found.last_look,
                &gateway.policy.provider_credentials,
            )
            .ok_or_else(|| GatewayError::Residual(seen::left_standing(&document, &map)))?
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
    waiting: &Waiting,
) -> Result<masking::Masked, GatewayError> {
    let model = document.and_then(|document| document.facts().model.as_deref());
    let head = HeadLeaves::new(&outbound.target, &outbound.named, &outbound.outgoing, model)?;
    let mut leaves = document
        .map(|document| body_leaves(document, &gateway.policy.provider_credentials))
        .unwrap_or_default();
    leaves.extend(head.leaves());
    let known = map.len();
    let found = gateway.masker.mask(&leaves, map, waiting).map_err(|error| {
        if !waiting.has_passed() {
            tracing::error!(
                detector = error.detector,
                reason = error.reason,
                "a detector failed"
            );
        }
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
    seen.note(gateway, &found, &places, named(document, outbound));
    refuse(gateway, &found, &places)?;
    let stays_local = found.verdict == Verdict::RouteLocal;
    if stays_local && matches!(outbound.handling, Handling::Kept(_)) {
        // What is kept is at the provider, and not at the local upstream.
        return Err(GatewayError::NoLocalRoute);
    }
    Ok(found)
}

/// The name of the model that the upstream goes by, if there is one: what is elsewhere it pays no heed to, so that its
/// answer says nothing about it.
fn named<'a>(document: Option<&'a Document<'_>>, outbound: &'a Outbound) -> Option<&'a str> {
    if !matches!(outbound.handling, Handling::Masked(_)) {
        return None;
    }
    outbound.target.deployment().or_else(|| {
        let document = document.filter(|document| document.names_one_model())?;
        document.facts().model.as_deref()
    })
}

/// Reads a body as it would leave, but for its private values.
pub(super) fn parse<'a>(
    gateway: &Gateway,
    body: &'a Bytes,
    surface: Surface,
) -> Result<Document<'a>, GatewayError> {
    let limits = gateway.limits.of_json();
    let mut document = Document::parse_with(body, surface, &limits, &PublicVocabularies)?;
    document.strip_client_metadata();
    if !gateway.masker.policy().observes() {
        document.withhold(|kind| gateway.policy.opaque_content.action(kind) == OpaqueAction::Withhold);
    }
    Ok(document)
}

/// The text of a document, as the masker wants it; secrets pass where they are `meant` for the provider.
pub(super) fn body_leaves<'a>(document: &'a Document<'_>, meant: &BTreeSet<Credential>) -> Vec<TextLeaf<'a>> {
    let leaves = document.leaves().iter().enumerate();
    leaves
        .map(|(index, leaf)| TextLeaf {
            text: &leaf.text,
            label: document.label(index),
            class: match leaf.class {
                FieldClass::Text if leaf.credential.is_some_and(|place| meant.contains(&place)) => {
                    LeafClass::Credential
                }
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
