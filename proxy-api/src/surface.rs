//! The endpoints of each provider's API, as paths below its version.

mod anthropic;
pub(crate) mod kept;
mod openai;

use http::Method;
use llm_wire::Surface;

use self::kept::Deed;
use crate::config::Api;

/// What a route does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handling {
    /// `POST` with a JSON body that is masked; its answer is restored.
    Masked(Surface),
    /// A request about what the provider keeps of Responses. A body is masked, if there is one; the answer is restored.
    Kept(Deed),
    /// `GET` without a body.
    PassThrough,
    /// `GET` that becomes a WebSocket, whose frames are masked.
    Socket,
}

impl Handling {
    pub(crate) fn surface(self) -> Option<Surface> {
        match self {
            Self::Masked(surface) => Some(surface),
            Self::Kept(_) => Some(Surface::OpenAiResponses),
            Self::PassThrough | Self::Socket => None,
        }
    }

    pub(crate) const fn method(self) -> Method {
        match self {
            Self::Masked(_) => Method::POST,
            Self::Kept(deed) => deed.method(),
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

/// Why an API is not passed on, and what to do instead; by the beginning of its paths.
const REFUSED: &[(&str, &str)] = &[
    (
        "files",
        "Files are not passed on: what is uploaded could not be inspected as a request is, and what a model later reads in \
         it would never have been masked. Send the text, or the bytes, in the request itself (input_file with file_data, a \
         document block), where it is inspected",
    ),
    (
        "uploads",
        "Uploads are not passed on: their parts could not be inspected. Send the text, or the bytes, in the request itself \
         (input_file with file_data), where it is inspected",
    ),
    (
        "vector_stores",
        "Vector stores are not passed on: they are filled from files, which could not be inspected. Send the texts in the \
         request itself, or keep the store on your side and ask for embeddings, which are masked",
    ),
    (
        "batches",
        "Batches are not passed on: their requests stand in files, which could not be inspected, and their answers could not \
         be restored. Send the requests one by one; Responses that take long can be sent with background: true",
    ),
];

/// Why what is at `path`, below the version, is not passed on.
pub(crate) fn refused(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_prefix("messages/").unwrap_or(path);
    let first = path.split('/').next().unwrap_or_default();
    let known = REFUSED.iter().find(|(name, _)| *name == first);
    known.map(|(_, why)| *why)
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
