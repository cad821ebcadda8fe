//! `[upstreams.<name>]`: destinations, the built-in ones and the operator's own.

mod built_in;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub(crate) use built_in::AZURE;
pub(super) use built_in::{BUILT_IN, is_azure, is_official};

use configuration::{BaseUrl, Secret, section};

/// Whose API a client of the gateway speaks to an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// OpenAI's, or one compatible with it.
    Openai,
    /// Anthropic's.
    Anthropic,
}

/// What `base_url` is the address of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BaseApi {
    Openai,
    /// OpenAI's API where Azure has it.
    Azure,
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
    /// A destination: `/<name>/...` leads there, to the API that the rest of the path names. Built in are `openai` (also
    /// `/v1/...`), `anthropic` (also `/v1/messages`), `deepseek` and `zai` with both APIs, `groq` and `google`; others need
    /// `base_url` or `anthropic_base_url`, or both. `azure` needs the `base_url` of its resource. `local` is where requests
    /// with the policy action `route_local` go, unmasked.
    pub(super) struct WrittenUpstream {
        /// `https://host[:port][/path]` of the OpenAI-compatible API, with the version (`https://api.openai.com/v1`); of what
        /// `api` says, where that is set.
        base_url: Option<BaseUrl> = "unset",
        /// `https://host[:port][/path]` of the Anthropic-compatible API, without the version (`https://api.anthropic.com`).
        anthropic_base_url: Option<BaseUrl> = "unset",
        /// What `base_url` is: `openai`, `anthropic` or `azure` (`https://{resource}.openai.azure.com`). By default
        /// `anthropic` for the upstream of that name, `azure` for hosts of Azure and the upstream `azure`, else `openai`.
        api: Option<BaseApi> = "unset",
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

/// A destination, checked: one API of an upstream. Two of a name are one upstream with both.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The first part of its paths.
    pub name: String,
    /// Where it is; requests go nowhere else.
    pub base_url: BaseUrl,
    /// What it speaks.
    pub api: Api,
    /// Whether its paths and its credential are those of Azure.
    pub is_azure: bool,
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
