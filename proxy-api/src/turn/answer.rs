//! From `Forwarded` to the caller's answer: whole JSON bodies are restored at once, streams as they arrive, everything
//! else passes. The record ends with the answer's last byte, or with the caller's leaving.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};
use http::{Response, response};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use llm_wire::{ResponseCodec, StreamCodec, Surface};

use super::forward::Forwarded;
use super::mask::EXPLANATION;
use super::memory::Memory;
use super::record::Record;
use super::transform::{Passing, Restoring};
use super::until;
use crate::audit::Transport;
use crate::body::coding::{Decoder, decode};
use crate::body::read::{self, ReadError};
use crate::body::stream::{Transform, Transformed};
use crate::body::{Answer, full};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::surface::Handling;
use crate::upstream::UpstreamBody;
use crate::upstream::headers::{content_encodings, to_caller};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    EventStream,
    Other,
}

impl Forwarded {
    /// The answer for the caller.
    pub(super) async fn answer(self, mut record: Record) -> Result<Response<Answer>, GatewayError> {
        let kind = kind(&self.head.headers);
        if kind == Kind::EventStream {
            record.transport = Transport::Sse;
        }
        let codings = match content_encodings(&self.head.headers) {
            Some(codings) => codings.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            None => return Err(refused(record, GatewayError::UpstreamAnswer)),
        };
        match (self.handling, kind) {
            (Handling::Masked(surface), Kind::Json) => self.whole(surface, codings, record).await,
            (Handling::Masked(surface), Kind::EventStream) => self.streamed(surface, &codings, record),
            _ => self.passed(&codings, record),
        }
    }

    async fn whole(
        self,
        surface: Surface,
        codings: Vec<String>,
        mut record: Record,
    ) -> Result<Response<Answer>, GatewayError> {
        let gateway = Arc::clone(&self.gateway);
        let limit = gateway.limits.answer_bytes;
        let reading = async {
            let read = read::whole(self.body, limit, gateway.timeouts.upstream_idle()).await;
            read.map_err(|error| match error {
                ReadError::Idle => GatewayError::UpstreamTimeout,
                ReadError::Cut | ReadError::TooLarge => GatewayError::UpstreamAnswer,
            })
        };
        let encoded = match until(record.deadline(), reading).await {
            Ok(bytes) => bytes,
            Err(error) => return Err(refused(record, error)),
        };
        let length = encoded.len();
        let delimited = is_delimited(&self.head.headers);
        let explained = self.explained;
        let mut memory = Memory::new(&gateway, self.caller, self.chain, self.head.status.is_success());
        let work = move || {
            let bytes = decoded(&codings, encoded, limit)?;
            let mut codec = ResponseCodec::new(surface);
            if explained {
                codec = codec.explained(EXPLANATION);
            }
            let mut restorer = memory.restorer(false);
            let restored = match codec.body(&bytes, &mut restorer) {
                Ok(restored) => restored.into_owned().into(),
                // Cut off, as far as anybody can tell.
                Err(_) if !delimited => return Err(GatewayError::UpstreamAnswer),
                Err(_) => bytes.clone(),
            };
            memory.keep(codec.facts());
            Ok((restored, codec.facts().clone(), restorer.counts()))
        };
        let (restored, facts, counts): (Bytes, _, _) = match gateway.workers.run(length, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) | Err(error) => return Err(refused(record, error)),
        };
        record.learned(&facts);
        record.rehydrations = counts.restored;
        record.unresolved = counts.unresolved;
        record.response_bytes = restored.len() as u64;
        record.complete();
        Ok(respond(&self.head, full(restored)))
    }

    fn streamed(
        self,
        surface: Surface,
        codings: &[String],
        record: Record,
    ) -> Result<Response<Answer>, GatewayError> {
        let Some(decoder) = decoder(codings) else {
            return Err(refused(record, GatewayError::UpstreamAnswer));
        };
        let gateway = self.gateway;
        let memory = Memory::new(&gateway, self.caller, self.chain, self.head.status.is_success());
        let deadline = record.deadline();
        let mut codec = StreamCodec::with_event_limit(surface, gateway.limits.event_bytes);
        if self.explained {
            codec = codec.explained(EXPLANATION);
        }
        let transform = Restoring {
            codec,
            restorer: memory.restorer(true),
            memory,
            decoder,
            delimited: is_delimited(&self.head.headers),
            record,
        };
        let body = transformed(&gateway, self.body, transform, deadline);
        Ok(respond(&self.head, body.boxed_unsync()))
    }

    /// What holds no text to restore, or is not in a form that could be restored.
    fn passed(self, codings: &[String], record: Record) -> Result<Response<Answer>, GatewayError> {
        let Some(decoder) = decoder(codings) else {
            return Err(refused(record, GatewayError::UpstreamAnswer));
        };
        let length = if codings.is_empty() {
            self.body.size_hint().exact()
        } else {
            None
        };
        let deadline = record.deadline();
        let transform = Passing { decoder, record };
        let body = transformed(&self.gateway, self.body, transform, deadline).with_exact_length(length);
        Ok(respond(&self.head, body.boxed_unsync()))
    }
}

fn refused(mut record: Record, error: GatewayError) -> GatewayError {
    record.fail(&error);
    error
}

pub(super) fn kind(headers: &HeaderMap) -> Kind {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = text
        .and_then(|text| text.split(';').next())
        .unwrap_or_default()
        .trim();
    if essence.eq_ignore_ascii_case("text/event-stream") {
        Kind::EventStream
    } else if essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json") {
        Kind::Json
    } else {
        Kind::Other
    }
}

/// Whether the end of the body is marked: otherwise a broken connection looks like an end (RFC 9112, 6.3).
fn is_delimited(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
}

pub(super) fn decoded(codings: &[String], encoded: Bytes, limit: usize) -> Result<Bytes, GatewayError> {
    if codings.is_empty() {
        return Ok(encoded);
    }
    let names: Vec<&str> = codings.iter().map(String::as_str).collect();
    decode(&names, &encoded, limit)
        .map(Bytes::from)
        .map_err(|_| GatewayError::UpstreamAnswer)
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

fn respond(head: &response::Parts, body: Answer) -> Response<Answer> {
    let mut response = Response::new(body);
    *response.status_mut() = head.status;
    *response.headers_mut() = to_caller(&head.headers);
    response
}
