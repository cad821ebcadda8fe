//! Anthropic's API; base URLs go without the version.

use llm_wire::Surface::AnthropicMessages;

use super::{Endpoint, Handling};

const fn endpoint(path: &'static str, upstream_path: &'static str, handling: Handling) -> Endpoint {
    Endpoint {
        path,
        upstream_path,
        handling,
        websocket: false,
    }
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/messages", "/v1/messages", Handling::Masked(AnthropicMessages)),
    endpoint(
        "/messages/count_tokens",
        "/v1/messages/count_tokens",
        Handling::Masked(AnthropicMessages),
    ),
    endpoint("/models", "/v1/models", Handling::PassThrough),
];
