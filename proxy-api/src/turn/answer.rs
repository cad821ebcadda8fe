//! From `Forwarded` to the caller's answer. Where the request was masked, the first bytes decide what the answer is, not
//! its label: a stream is restored as it comes, JSON whole, and nothing else passes. The record ends with the answer's
//! last byte, or with the caller's leaving.

mod label;
mod look;
mod refusal;
mod streamed;
mod whole;

use std::time::Duration;

use http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use http::{Response, StatusCode, response};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use llm_wire::AnswerForm;

use super::forward::Forwarded;
use super::record::Record;
use super::transform::{Passing, Restoring};
use super::until;
use crate::body::coding::Decoder;
use crate::body::read::ReadError;
use crate::body::stream::{Transform, Transformed};
use crate::body::{Answer, full};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::surface::Handling;
use crate::surface::kept::Deed;
use crate::upstream::UpstreamBody;
use crate::upstream::headers::content_encodings;
pub(super) use look::{Looked, Patience, look};
pub(super) use whole::decoded;

/// How long the head of a stream waits for its first bytes: an error with the wrong label is there at once, and nobody
/// misses a second before a stream whose model still reads the prompt.
const STREAM_AFTER: Duration = Duration::from_secs(1);

impl Forwarded {
    /// The answer for the caller.
    pub(super) async fn answer(mut self, record: Record) -> Result<Response<Answer>, GatewayError> {
        let Some(surface) = self.handling.surface() else {
            return self.passed(record);
        };
        if !self.head.status.is_success() {
            return Ok(self.refusal(surface, record).await);
        }
        if let (Handling::Kept(Deed::Forget), Some(id)) = (self.handling, &self.chain.conversation) {
            self.gateway.continuations.forget(&self.caller, id);
        }
        let codings = codings(&self.head.headers);
        let Some(decoder) = codings.as_deref().and_then(decoder) else {
            return Err(refused(record, GatewayError::UpstreamAnswer));
        };
        let patience = Patience {
            limit: self.gateway.limits.answer_bytes,
            idle: self.gateway.timeouts.upstream_idle(),
            stream_after: label::names_stream(&self.head.headers).then_some(STREAM_AFTER),
        };
        let looking = look(&mut self.body, decoder, &patience);
        let looked = match until(record.deadline(), looking).await {
            Ok(looked) => looked,
            Err(error) => return Err(refused(record, error)),
        };
        match looked.form {
            AnswerForm::Json => {
                let codings = codings.unwrap_or_default();
                self.whole(surface, codings, looked, record).await
            }
            AnswerForm::EventStream => self.streamed(surface, looked, record).await,
            AnswerForm::Empty => self.empty(looked, record),
            AnswerForm::Unreadable => Err(refused(record, GatewayError::UpstreamAnswer)),
        }
    }

    /// An answer that says nothing.
    fn empty(self, looked: Looked, mut record: Record) -> Result<Response<Answer>, GatewayError> {
        let may_have_none = matches!(
            self.head.status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT
        );
        // Cut off, as far as anybody can tell.
        if !may_have_none && !is_delimited(&self.head.headers) {
            return Err(refused(record, GatewayError::UpstreamAnswer));
        }
        record.response_bytes = looked.decoded.len() as u64;
        record.complete();
        Ok(respond(&self.head, AnswerForm::Empty, full(looked.decoded)))
    }

    /// The answer to a request that held nothing to mask.
    fn passed(self, record: Record) -> Result<Response<Answer>, GatewayError> {
        let codings = codings(&self.head.headers);
        let Some(decoder) = codings.as_deref().and_then(decoder) else {
            return Err(refused(record, GatewayError::UpstreamAnswer));
        };
        let length = match decoder {
            None => self.body.size_hint().exact(),
            Some(_) => None,
        };
        let deadline = record.deadline();
        let transform = Passing { decoder, record };
        let body = transformed(&self.gateway, self.body, transform, deadline).with_exact_length(length);
        Ok(respond(&self.head, AnswerForm::Unreadable, body.boxed_unsync()))
    }
}

fn refused(mut record: Record, error: GatewayError) -> GatewayError {
    record.fail(&error);
    error
}

impl From<ReadError> for GatewayError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Idle => Self::UpstreamTimeout,
            ReadError::Cut | ReadError::TooLarge | ReadError::NoRoom => Self::UpstreamAnswer,
        }
    }
}

/// Whether the end of the body is marked: otherwise a broken connection looks like an end (RFC 9112, 6.3).
fn is_delimited(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
}

/// The content codings of an answer; `None` when they are not even named in plain text.
pub(super) fn codings(headers: &HeaderMap) -> Option<Vec<String>> {
    let names = content_encodings(headers)?;
    Some(names.into_iter().map(str::to_owned).collect())
}

/// A stream has no size of its own: the codec bounds each event.
pub(super) fn decoder(codings: &[String]) -> Option<Option<Decoder>> {
    if codings.is_empty() {
        return Some(None);
    }
    let names: Vec<&str> = codings.iter().map(String::as_str).collect();
    Decoder::new(&names, usize::MAX).ok().map(Some)
}

fn transformed<T: Transform>(
    gateway: &Gateway,
    body: UpstreamBody,
    transform: T,
    deadline: Option<tokio::time::Instant>,
) -> Transformed<UpstreamBody, T> {
    Transformed::new(body, transform, gateway.timeouts.upstream_idle(), deadline)
}

fn respond(head: &response::Parts, form: AnswerForm, body: Answer) -> Response<Answer> {
    let mut response = Response::new(body);
    *response.status_mut() = head.status;
    *response.headers_mut() = label::headers(&head.headers, form);
    response
}
