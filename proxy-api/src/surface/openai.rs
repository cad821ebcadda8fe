//! OpenAI's API and those compatible with it; base URLs carry the version.

use llm_wire::Surface::{OpenAiChat, OpenAiCompletions, OpenAiEmbeddings, OpenAiResponses};

use super::kept::Deed;
use super::{Endpoint, Handling};

const fn endpoint(path: &'static str, handling: Handling) -> Endpoint {
    Endpoint {
        path,
        upstream_path: path,
        handling,
        websocket: false,
    }
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/chat/completions", Handling::Masked(OpenAiChat)),
    Endpoint {
        websocket: true,
        ..endpoint("/responses", Handling::Masked(OpenAiResponses))
    },
    endpoint("/responses/compact", Handling::Masked(OpenAiResponses)),
    endpoint("/responses/input_tokens", Handling::Masked(OpenAiResponses)),
    endpoint("/conversations", Handling::Kept(Deed::Begin)),
    endpoint("/embeddings", Handling::Masked(OpenAiEmbeddings)),
    endpoint("/completions", Handling::Masked(OpenAiCompletions)),
    endpoint("/models", Handling::PassThrough),
];
