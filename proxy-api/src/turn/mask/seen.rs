//! What masking saw, without values: for the record, and for refusals that tell the caller where to look.

use llm_wire::{Credential, Document, FieldClass, OpaqueKind, TextScope};
use masking::{Action, Counted, EntityType, LastLook, PlaceholderMap, Verdict};

use super::super::record::Record;
use super::super::watch::Glimpse;
use super::head::HeadLeaves;
use crate::audit::{Model, TouchedPath, Touches, Transport};
use crate::config::{OpaqueAction, OpaqueContent, ToolDefinitions};
use crate::error::{Found, GatewayError, Unseen};
use crate::gateway::Gateway;

/// Paths in a refusal; the audit event has its own bound.
const MAX_PATHS: usize = 16;

/// Everything that may hold text: the body's leaves first, then those of the head.
pub(super) struct Places<'a> {
    pub(super) document: Option<&'a Document<'a>>,
    pub(super) head: Option<&'a HeadLeaves<'a>>,
}

impl Places<'_> {
    fn body_leaves(&self) -> usize {
        self.document.map_or(0, |document| document.leaves().len())
    }

    fn path(&self, leaf: usize) -> String {
        match self.document {
            Some(document) if leaf < self.body_leaves() => document.path(leaf),
            _ => self
                .head
                .map(|head| head.path(leaf - self.body_leaves()))
                .unwrap_or_default(),
        }
    }

    /// The place of a credential that may be meant for the provider.
    fn credential(&self, leaf: usize) -> Option<Credential> {
        self.document?.leaves().get(leaf)?.credential
    }

    /// Whether a placeholder cannot stand there.
    fn is_rigid(&self, leaf: usize, tool_definitions: ToolDefinitions) -> bool {
        match self.document.and_then(|document| document.leaves().get(leaf)) {
            None => true,
            Some(leaf) => {
                leaf.restricted_name
                    || (leaf.scope == TextScope::ToolDefinition
                        && tool_definitions == ToolDefinitions::Reject)
            }
        }
    }
}

/// Facts of one look at a request.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) streams: bool,
    pub(super) placeholders: usize,
    pub(super) routed_local: bool,
    model: Model,
    detections: Vec<Counted>,
    touches: Touches,
    memo_hits: u64,
    memo_misses: u64,
    /// Where somebody watches.
    glimpse: Option<Glimpse>,
}

impl Seen {
    /// Keeps what the record needs.
    pub(super) fn note(
        &mut self,
        gateway: &Gateway,
        found: &masking::Masked,
        places: &Places<'_>,
        model: Option<&str>,
    ) {
        self.detections.clone_from(&found.detections);
        self.memo_hits = found.memo_hits;
        self.memo_misses = found.memo_misses;
        let in_head = found
            .touched
            .last()
            .is_some_and(|touched| touched.leaf >= places.body_leaves());
        self.model = match model {
            // Something private in the head may be the model's name.
            Some(model) if !in_head => Model::bounded(model),
            _ => Model::redacted(),
        };
        if gateway.onlooker.is_some() {
            self.glimpse = Some(Glimpse::of(places.document, found, |leaf| places.path(leaf)));
        }
        if gateway.sink.is_on() {
            for touched in &found.touched {
                self.touches.add(TouchedPath {
                    path: places.path(touched.leaf),
                    entity_type: touched.entity.clone(),
                    action: touched.action,
                });
            }
        }
    }

    /// `leaves` says whether the request does.
    pub(super) fn tell(self, record: &mut Record, leaves: bool) {
        record.found(&self.detections, self.memo_hits, self.memo_misses);
        record.model = self.model;
        record.touches = self.touches;
        record.placeholders = self.placeholders;
        if self.streams && record.transport == Transport::Json {
            record.transport = Transport::Sse;
        }
        record.routed_local = self.routed_local;
        if let Some(glimpse) = self.glimpse {
            record.watched(glimpse, leaves);
        }
    }
}

/// Refuses what policy blocks, and what would have to carry a placeholder where none can stand.
pub(super) fn refuse(
    gateway: &Gateway,
    found: &masking::Masked,
    places: &Places<'_>,
) -> Result<(), GatewayError> {
    match found.verdict {
        Verdict::Block => {
            return Err(blocked(found, places));
        }
        Verdict::RouteLocal => return Ok(()),
        Verdict::Forward => {}
    }
    let rules = gateway.policy.tool_definitions;
    let mut refused = Told::default();
    for replacement in &found.replacements {
        let leaf = replacement.leaf;
        let type_name = replacement.placeholder.type_name();
        let credential = places.credential(leaf).filter(|_| is_secret(type_name));
        if places.is_rigid(leaf, rules) || credential.is_some() {
            refused.note(type_name, 1, || places.path(leaf));
            refused.meant(credential);
        }
    }
    if !refused.is_empty() {
        return Err(GatewayError::PrivacyBlocked(refused.found()));
    }
    if gateway.masker.policy().observes() {
        return Ok(());
    }
    refuse_opaque(&gateway.policy.opaque_content, places)
}

/// Whether the type that a placeholder names gives access to something.
fn is_secret(type_name: &str) -> bool {
    type_name
        .parse()
        .is_ok_and(|entity: EntityType| entity.is_secret())
}

fn blocked(found: &masking::Masked, places: &Places<'_>) -> GatewayError {
    let mut told = Told::default();
    for touched in found
        .touched
        .iter()
        .filter(|touched| touched.action == Action::Block)
    {
        told.note(&touched.entity.to_string(), 0, || places.path(touched.leaf));
        told.meant(
            places
                .credential(touched.leaf)
                .filter(|_| touched.entity.is_secret()),
        );
    }
    for counted in found
        .detections
        .iter()
        .filter(|counted| counted.action == Action::Block)
    {
        told.note(&counted.entity.to_string(), counted.count, String::new);
    }
    GatewayError::PrivacyBlocked(told.found())
}

/// Where originals still stand after everything that can be masked was.
pub(super) fn left_standing(document: &Document<'_>, map: &PlaceholderMap) -> Found {
    let look = LastLook::of(map);
    let mut told = Told::default();
    for (index, leaf) in document.leaves().iter().enumerate() {
        if matches!(leaf.class, FieldClass::Sealed | FieldClass::Opaque(_)) {
            look.each(&leaf.text, |entity, _| {
                told.note(&entity.to_string(), 1, || document.path(index));
                true
            });
        }
    }
    told.found()
}

/// Collects what a refusal tells.
#[derive(Default)]
struct Told(Found);

impl Told {
    fn note(&mut self, entity: &str, count: u64, path: impl FnOnce() -> String) {
        let Found { counts, paths, .. } = &mut self.0;
        match counts.iter_mut().find(|(known, _)| known == entity) {
            Some((_, sum)) => *sum += count,
            None => counts.push((entity.to_owned(), count)),
        }
        if paths.len() < MAX_PATHS {
            let path = path();
            if !path.is_empty() && !paths.contains(&path) {
                paths.push(path);
            }
        }
    }

    /// Notes where a secret may be meant for the provider.
    fn meant(&mut self, place: Option<Credential>) {
        let places = &mut self.0.credentials;
        places.extend(place.filter(|place| !places.contains(place)));
    }

    fn is_empty(&self) -> bool {
        self.0.counts.is_empty()
    }

    fn found(self) -> Found {
        self.0
    }
}

fn refuse_opaque(rules: &OpaqueContent, places: &Places<'_>) -> Result<(), GatewayError> {
    let leaves = places.document.map_or(&[][..], Document::leaves);
    for (index, leaf) in leaves.iter().enumerate() {
        let FieldClass::Opaque(kind) = leaf.class else {
            continue;
        };
        let action = rules.action(kind);
        let kind = match kind {
            OpaqueKind::Image => "image",
            OpaqueKind::Audio => "audio",
            OpaqueKind::File => "file",
            OpaqueKind::Tokens => return Err(GatewayError::TokenIds),
        };
        if action == OpaqueAction::Allow {
            continue;
        }
        return Err(GatewayError::OpaqueBlocked(Unseen {
            kind,
            name: places
                .document
                .map_or("", |document| document.content_name(index)),
            path: places.path(index),
            withheld: action == OpaqueAction::Withhold,
        }));
    }
    Ok(())
}
