//! The endpoints of each provider's API, as paths below its version.

mod anthropic;
mod openai;

use http::Method;
use llm_wire::Surface;

use crate::config::Api;

/// What a route does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handling {
    /// `POST` with a JSON body that is masked; its answer is restored.
    Masked(Surface),
    /// `GET` without a body.
    PassThrough,
    /// `GET` that becomes a WebSocket, whose frames are masked.
    Socket,
}

impl Handling {
    pub(crate) fn surface(self) -> Option<Surface> {
        match self {
            Self::Masked(surface) => Some(surface),
            Self::PassThrough | Self::Socket => None,
        }
    }

    pub(crate) const fn method(self) -> Method {
        match self {
            Self::Masked(_) => Method::POST,
            Self::PassThrough | Self::Socket => Method::GET,
        }
    }
}

/// One endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    /// Below the version: `/chat/completions`.
    pub(crate) path: &'static str,
    /// Below the base URL of an upstream.
    pub(crate) upstream_path: &'static str,
    pub(crate) handling: Handling,
    /// Whether a `GET` asks for a WebSocket here.
    pub(crate) websocket: bool,
}

/// All endpoints of an API.
pub(crate) const fn endpoints(api: Api) -> &'static [Endpoint] {
    match api {
        Api::Openai => openai::ENDPOINTS,
        Api::Anthropic => anthropic::ENDPOINTS,
    }
}

/// The endpoint at `path`, and its path at an upstream.
pub(crate) fn find(api: Api, path: &str) -> Option<(String, Endpoint)> {
    let named = if is_model(path) { "/models" } else { path };
    let endpoint = *endpoints(api).iter().find(|endpoint| endpoint.path == named)?;
    Some((
        format!("{}{}", endpoint.upstream_path, &path[named.len()..]),
        endpoint,
    ))
}

/// `/models/{id}`: the id's characters, without percent-encoding; some providers' ids hold one slash.
fn is_model(path: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':' | b'@' | b'/');
    path.strip_prefix("/models/").is_some_and(|id| {
        (1..=128).contains(&id.len())
            && id.bytes().all(is_plain)
            && id.split('/').count() <= 2
            && id
                .split('/')
                .all(|part| !part.is_empty() && part != "." && part != "..")
    })
}

/// Whose shape the errors of a surface have.
pub(crate) const fn api(surface: Surface) -> Api {
    match surface {
        Surface::AnthropicMessages => Api::Anthropic,
        Surface::OpenAiChat
        | Surface::OpenAiResponses
        | Surface::OpenAiEmbeddings
        | Surface::OpenAiCompletions => Api::Openai,
    }
}

/// As audit events, metrics and logs write it.
pub(crate) const fn name(surface: Option<Surface>) -> &'static str {
    match surface {
        Some(Surface::OpenAiChat) => "openai.chat",
        Some(Surface::OpenAiResponses) => "openai.responses",
        Some(Surface::AnthropicMessages) => "anthropic.messages",
        Some(Surface::OpenAiEmbeddings) => "openai.embeddings",
        Some(Surface::OpenAiCompletions) => "openai.completions",
        None => "pass_through",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_ids_are_plain() {
        for (path, known) in [
            ("/models/gpt-5.2", true),
            ("/models/ft:gpt-4o:acme::abc", true),
            ("/models/meta-llama/llama-4", true),
            ("/models/", false),
            ("/models/a//b", false),
            ("/models/../files", false),
            ("/models/a/b/c", false),
            ("/models/%2e%2e", false),
            ("/files/a", false),
        ] {
            assert_eq!(find(Api::Openai, path).is_some(), known, "{path}");
        }
        let (path, endpoint) = find(Api::Anthropic, "/models/c").unwrap();
        assert_eq!((path.as_str(), endpoint.path), ("/v1/models/c", "/models"));
    }
}
