//! What an answer says about itself, and why one could not be read; never its text.

use thiserror::Error;

/// Tokens as the provider reports them; `None` where it reports none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read: `prompt_tokens` or `input_tokens`, whichever the surface has.
    pub input: Option<u64>,
    /// Tokens written: `completion_tokens` or `output_tokens`.
    pub output: Option<u64>,
    /// Tokens read from the provider's prompt cache: `cached_tokens` or `cache_read_input_tokens`.
    pub cached: Option<u64>,
}

/// What has been learned from the answer so far. Every string is checked against a short identifier grammar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerFacts {
    /// The answer's id: what a later `previous_response_id` names.
    pub response_id: Option<String>,
    /// The conversation that the provider keeps for it, if any.
    pub conversation: Option<String>,
    /// Token counts.
    pub usage: Usage,
    /// The surface's own end was seen (`[DONE]` or a finished choice each, `response.completed` and its kin,
    /// `message_stop`), or the answer was a whole body. Without it and without an error, the stream was cut.
    pub terminal: bool,
    /// The answer is or ends in an error; `error` when the provider gives no usable code or type.
    pub error_code: Option<String>,
}

/// An answer that could not be read. Holds no text of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// One event of the stream is larger than the limit.
    #[error("an event of the answer is larger than {limit} bytes")]
    EventTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// More text channels are open at once than any real answer has.
    #[error("the answer has more than {limit} text channels open at once")]
    TooManyChannels {
        /// The limit.
        limit: usize,
    },
    /// A part of a stream is no event of the surface, and holds a placeholder.
    #[error("a part of the answer is no event")]
    NoEvent,
    /// A whole body that is not JSON.
    #[error("the answer is not JSON")]
    NotJson,
}
