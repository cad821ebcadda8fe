//! Thin adapters between HTTP bodies and the synchronous codecs: requests are read whole and decoded under limits,
//! answers are decoded and transformed as they arrive.

pub(crate) mod coding;
pub(crate) mod read;
pub(crate) mod stream;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};

/// Why an answer's body ended early; the connection to the caller is then aborted, never closed cleanly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnswerCut {
    /// The upstream's connection broke.
    #[error("the upstream cut its answer")]
    Upstream,
    /// The upstream fell silent.
    #[error("the upstream fell silent")]
    Idle,
    /// The turn took longer than allowed.
    #[error("the turn took too long")]
    Deadline,
    /// Its encoding or an event could not be read.
    #[error("the upstream's answer is unreadable")]
    Unreadable,
}

impl AnswerCut {
    /// The stable code in audit events.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Upstream => "upstream_cut",
            Self::Idle => "upstream_timeout",
            Self::Deadline => "turn_timeout",
            Self::Unreadable => "upstream_answer_unreadable",
        }
    }
}

/// The body of every answer.
pub(crate) type Answer = UnsyncBoxBody<Bytes, AnswerCut>;

/// A whole answer.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Answer {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}
