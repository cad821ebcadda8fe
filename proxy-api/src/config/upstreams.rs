//! `[upstreams.<name>]`: destinations, the built-in ones and the operator's own.

mod base_url;
mod built_in;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub use base_url::BaseUrl;
pub(super) use built_in::{BUILT_IN, is_official};

use super::secret::Secret;
use super::section::section;

/// Which provider's API an upstream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// OpenAI's, or one compatible with it.
    Openai,
    /// Anthropic's.
    Anthropic,
}

/// Whether an upstream is asked for WebSockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebSocketRule {
    /// As long as it has them.
    Auto,
    /// Callers' sockets need one.
    Always,
    /// Callers' sockets are served over HTTP.
    Never,
}

section! {
    /// A destination: `/<name>/...` leads there. Built in are `openai` (also `/v1/...`), `anthropic` (also
    /// `/v1/messages`), `zai`, `groq` and `google`; others need `base_url` and `api`. `local` is where requests
    /// with the policy action `route_local` go, unmasked.
    pub(super) struct WrittenUpstream {
        /// `https://host[:port][/path]`. For `api = "openai"` with the version (`https://api.openai.com/v1`), for
        /// `api = "anthropic"` without (`https://api.anthropic.com`).
        base_url: Option<BaseUrl> = "unset",
        /// `openai` or `anthropic`. Fixed for built-in names.
        api: Option<Api> = "unset",
        /// The credential that the gateway uses there; needs `server.auth = "gateway_keys"`, except for `local`.
        api_key: Option<Secret> = "unset",
        /// A file that holds `api_key`.
        api_key_file: Option<PathBuf> = "unset",
        /// Responses over WebSocket: `auto` asks the upstream for a socket and remembers its answer for a while, and
        /// streams over HTTP where it has none; `always` refuses the caller then; `never` does not ask.
        websocket: WebSocketRule = "auto",
        /// The upstream checks the tokens (JWT) that callers show: issuer and subject then stand for a caller across the
        /// hourly change of its token. Elsewhere anybody could write a token in another's name. By default true for
        /// official hosts, else false.
        verifies_tokens: Option<bool> = "unset",
        /// The host's name may resolve to loopback, private or link-local addresses.
        allow_private_addresses: bool = "false",
    }
}

pub(super) type Written = BTreeMap<String, WrittenUpstream>;

/// The name of the upstream that gets `route_local` requests.
pub const LOCAL: &str = "local";

/// A destination, checked.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The first part of its paths.
    pub name: String,
    /// Where it is; requests go nowhere else.
    pub base_url: BaseUrl,
    /// What it speaks.
    pub api: Api,
    /// Whether it is asked for WebSockets.
    pub websocket: WebSocketRule,
    /// Whether it checks callers' tokens.
    pub verifies_tokens: bool,
    /// What the gateway shows there.
    pub api_key: Option<Secret>,
    /// Which addresses its name may resolve to.
    pub addresses: Addresses,
}

/// Which addresses an upstream's name may resolve to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Public ones only.
    Public,
    /// Loopback and private ones only: unmasked text stays near.
    Private,
    /// Any.
    Any,
}
