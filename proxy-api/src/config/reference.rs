//! The reference page of the configuration, from the same declarations that parse it.

use std::fmt::Write as _;

use super::policy::WrittenPolicy;
use super::section::Field;
use super::upstreams::WrittenUpstream;
use super::{
    Audit, Continuations, Dangerous, Egress, Limits, Log, Masking, Ops, Rehydrate, Server, Timeouts,
    TurnState, WebSocket, gateway_keys,
};

/// All sections and keys as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         One TOML file (`--config FILE` or `BAUTA_CONFIG`), then the environment over it: `BAUTA_` + section + `__` + key, \
         for example `BAUTA_SERVER__LISTEN=127.0.0.1:8787`. Lists are written as in TOML: `BAUTA_REHYDRATE__TOOLS='[\"*\"]'`. \
         An unknown key, a bad value or an unsafe combination stops the start.\n\n\
         This page is generated from `proxy-api/src/config/`; a test compares the two.\n",
    );
    section(&mut page, "server", Server::ABOUT, Server::FIELDS);
    section(&mut page, "ops", Ops::ABOUT, Ops::FIELDS);
    section(&mut page, "gateway_keys", &[gateway_keys::ABOUT], &[]);
    section(
        &mut page,
        "upstreams.<name>",
        WrittenUpstream::ABOUT,
        WrittenUpstream::FIELDS,
    );
    section(&mut page, "egress", Egress::ABOUT, Egress::FIELDS);
    section(&mut page, "masking", Masking::ABOUT, Masking::FIELDS);
    section(&mut page, "policy", WrittenPolicy::ABOUT, WrittenPolicy::FIELDS);
    section(&mut page, "rehydrate", Rehydrate::ABOUT, Rehydrate::FIELDS);
    section(&mut page, "limits", Limits::ABOUT, Limits::FIELDS);
    section(&mut page, "timeouts", Timeouts::ABOUT, Timeouts::FIELDS);
    section(&mut page, "websocket", WebSocket::ABOUT, WebSocket::FIELDS);
    section(
        &mut page,
        "continuations",
        Continuations::ABOUT,
        Continuations::FIELDS,
    );
    section(&mut page, "turn_state", TurnState::ABOUT, TurnState::FIELDS);
    section(&mut page, "audit", Audit::ABOUT, Audit::FIELDS);
    section(&mut page, "log", Log::ABOUT, Log::FIELDS);
    section(&mut page, "dangerous", Dangerous::ABOUT, Dangerous::FIELDS);
    page
}

fn section(page: &mut String, name: &str, about: &[&str], fields: &[Field]) {
    let _ = writeln!(page, "\n## `[{name}]`\n\n{}\n", joined(about));
    if fields.is_empty() {
        return;
    }
    page.push_str("| key | default | meaning |\n|---|---|---|\n");
    for field in fields {
        let _ = writeln!(
            page,
            "| `{}` | `{}` | {} |",
            field.name,
            field.default,
            joined(field.doc)
        );
    }
}

fn joined(lines: &[&str]) -> String {
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    trimmed.join(" ")
}
