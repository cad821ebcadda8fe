//! The reference page of the configuration, from the same declarations that parse it.

use ::masking::EntityType;
use configuration::{Section, is_named, page_of};

use super::audit::WrittenAudit;
use super::policy::{WrittenPolicy, entity_type, text_scope};
use super::rehydrate::WrittenRehydrate;
use super::upstreams::{AZURE, BUILT_IN, WrittenUpstream};
use super::{
    Continuations, Dangerous, Egress, LOCAL, Limits, Log, Masking, Ops, Server, Telemetry, Timeouts,
    TraceContext, TurnState, WebSocket, gateway_keys,
};

pub(super) const SECTIONS: [Section; 18] = [
    ("server", Server::ABOUT, Server::FIELDS),
    ("ops", Ops::ABOUT, Ops::FIELDS),
    ("gateway_keys", &[gateway_keys::ABOUT], &[]),
    (
        "upstreams.<name>",
        WrittenUpstream::ABOUT,
        WrittenUpstream::FIELDS,
    ),
    ("egress", Egress::ABOUT, Egress::FIELDS),
    ("masking", Masking::ABOUT, Masking::FIELDS),
    ("policy", WrittenPolicy::ABOUT, WrittenPolicy::FIELDS),
    ("rehydrate", WrittenRehydrate::ABOUT, WrittenRehydrate::FIELDS),
    ("limits", Limits::ABOUT, Limits::FIELDS),
    ("timeouts", Timeouts::ABOUT, Timeouts::FIELDS),
    ("websocket", WebSocket::ABOUT, WebSocket::FIELDS),
    ("continuations", Continuations::ABOUT, Continuations::FIELDS),
    ("turn_state", TurnState::ABOUT, TurnState::FIELDS),
    ("audit", WrittenAudit::ABOUT, WrittenAudit::FIELDS),
    ("log", Log::ABOUT, Log::FIELDS),
    ("telemetry", Telemetry::ABOUT, Telemetry::FIELDS),
    ("trace_context", TraceContext::ABOUT, TraceContext::FIELDS),
    ("dangerous", Dangerous::ABOUT, Dangerous::FIELDS),
];

/// Keys of tables in `[policy]`.
const IN_LISTS: [&str; 12] = [
    "all",
    "audio",
    "case_sensitive",
    "exact",
    "file",
    "image",
    "keywords",
    "name",
    "regex",
    "score",
    "term",
    "type",
];

/// All sections and keys as Markdown.
#[must_use]
pub fn reference() -> String {
    let head = "# Configuration\n\n\
         One TOML file (`--config FILE` or `BAUTA_CONFIG`), then the environment over it: `BAUTA_` + section + `__` + key, \
         for example `BAUTA_SERVER__LISTEN=127.0.0.1:8787`. Lists are written as in TOML: `BAUTA_REHYDRATE__TOOLS='[\"*\"]'`. \
         An unknown key, a bad value or an unsafe combination stops the start. The sections under `[admin]` \
         (`BAUTA_ADMIN__SECTION__KEY`) are the control plane's, and left alone here.\n\n\
         This page is generated from `proxy-api/src/config/`; a test compares the two.\n";
    page_of(head, "", &SECTIONS)
}

/// Whether the configuration itself has this name: of a section, a key, a built-in upstream, an entity type or a text scope.
pub(super) fn is_known(name: &str) -> bool {
    let is_type = || entity_type(name).is_some_and(|entity| !matches!(entity, EntityType::Custom(_)));
    is_named(&SECTIONS, name)
        || IN_LISTS.contains(&name)
        || [LOCAL, AZURE].contains(&name)
        || BUILT_IN.iter().any(|provider| provider.name == name)
        || is_type()
        || text_scope(name).is_some()
}
