//! `[masking]`: placeholders and the work around them.

use std::path::PathBuf;

use serde::Deserialize;

use configuration::Secret;
use configuration::section;

/// Who shares placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeRule {
    /// All requests of one caller.
    Caller,
    /// Nobody: each request has its own. Provider-side prompt caches then miss.
    Request,
    /// All requests of one caller that carry the same session header.
    Session,
}

section! {
    /// Placeholders, and the work of masking.
    pub struct Masking {
        /// 32 bytes as 64 hex digits or base64: placeholders stay the same over restarts and replicas.
        /// Without it a random key is made at each start; `bauta up` keeps one in its data directory.
        master_key: Option<Secret> = "unset",
        /// A file that holds `master_key`.
        master_key_file: Option<PathBuf> = "unset",
        /// Who shares placeholders: `caller`, `request` or `session`.
        scope: ScopeRule = "\"caller\"",
        /// The header that names the session when `scope = "session"`; it stays in the gateway.
        session_header: String = "\"x-bauta-session\"",
        /// Add one sentence about placeholders to the system prompt when something was masked, other than definitions of
        /// tools.
        explain_placeholders: bool = "true",
        /// Models that take no system prompt, by names with `*` and `?` in any case: the sentence goes into the first
        /// message of a user. So it does where an upstream refused a system message, for that model and a day.
        models_without_system_role: Vec<String> = "[\"*gemma*\", \"*o1-mini*\", \"*o1-preview*\", \"*mistral-7b-instruct-v0.1*\", \"*mistral-7b-instruct-v0.2*\", \"*mixtral-8x7b-instruct*\"]",
        /// Memory for remembered detections; bytes, 0 for none.
        memo_bytes: usize = "16777216",
        /// Bodies larger than this are masked on a pool of threads of their own; bytes.
        inline_bytes: usize = "32768",
        /// Threads of that pool; 0 takes one per core. Bodies over 1 MiB have half as many of their own, decoding as many.
        workers: usize = "0",
    }
}
