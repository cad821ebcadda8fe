//! The API families whose payloads this crate reads.

/// An API family: which fields hold text, and what its events look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// `POST /v1/chat/completions`.
    OpenAiChat,
    /// `POST /v1/responses` and its siblings.
    OpenAiResponses,
    /// `POST /v1/messages` and `count_tokens`.
    AnthropicMessages,
    /// `POST /v1/embeddings`.
    OpenAiEmbeddings,
    /// `POST /v1/completions`, the legacy form.
    OpenAiCompletions,
}
