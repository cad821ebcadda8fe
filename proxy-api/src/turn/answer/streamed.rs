//! An answer that is a stream: restored event by event. Where it is not labelled so, its head waits for the first bytes
//! that the caller may have: what cannot be read from the start is then an error and not a broken stream.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use llm_wire::{AnswerForm, StreamCodec, Surface};

use super::{Forwarded, Looked, Restoring, is_delimited, label, respond, transformed, until};
use crate::audit::Transport;
use crate::body::read::piece;
use crate::body::stream::Transform as _;
use crate::body::{Answer, full};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::turn::explained::EXPLANATION;
use crate::turn::memory::Memory;
use crate::turn::record::Record;
use crate::upstream::UpstreamBody;

/// How a stream begins.
enum Begun {
    With(Bytes),
    /// It was all.
    Whole(Bytes),
}

impl Forwarded {
    pub(super) async fn streamed(
        self,
        surface: Surface,
        looked: Looked,
        mut record: Record,
    ) -> Result<Response<Answer>, GatewayError> {
        record.transport = Transport::Sse;
        let deadline = record.deadline();
        let gateway = Arc::clone(&self.gateway);
        let had = self.chain.had;
        let memory = Memory::new(&gateway, self.caller, self.chain, self.head.status.is_success());
        let codec = codec(surface, self.explained.is_there(), gateway.limits.event_bytes);
        let mut transform = Restoring {
            codec: match had {
                Some(had) => codec.resumed(had),
                None => codec,
            },
            restorer: memory.restorer(true),
            memory,
            decoder: looked.decoder,
            delimited: is_delimited(&self.head.headers),
            record,
        };
        let mut body = self.body;
        let waits = !label::names_stream(&self.head.headers);
        let rest = (!looked.over).then_some(&mut body);
        let beginning = begin(&mut transform, &looked.decoded, rest, waits, &gateway);
        let body = match until(deadline, beginning).await {
            Ok(Begun::With(first)) => transformed(&gateway, body, transform, deadline)
                .beginning_with(first)
                .boxed_unsync(),
            Ok(Begun::Whole(all)) => full(all),
            Err(error) => {
                transform.record.fail(&error);
                return Err(error);
            }
        };
        Ok(respond(&self.head, AnswerForm::EventStream, body))
    }
}

pub(super) fn codec(surface: Surface, explained: bool, event_bytes: usize) -> StreamCodec {
    let codec = StreamCodec::with_event_limit(surface, event_bytes);
    if explained {
        codec.explained(EXPLANATION)
    } else {
        codec
    }
}

/// What has come, restored; with `waits`, at least the first that can go out. The codec waits for whole events anyway:
/// only the head comes later for it.
async fn begin(
    transform: &mut Restoring,
    looked: &[u8],
    mut body: Option<&mut UpstreamBody>,
    waits: bool,
    gateway: &Gateway,
) -> Result<Begun, GatewayError> {
    let (mut out, mut cut) = transform.push_decoded(looked);
    while cut.is_none() && (body.is_none() || (waits && out.is_empty())) {
        let next = match &mut body {
            Some(body) => piece(*body, gateway.timeouts.upstream_idle()).await?,
            None => None,
        };
        let Some(next) = next else {
            return match transform.close(None) {
                (rest, None) => Ok(Begun::Whole([out, rest].concat().into())),
                (_, Some(_)) => Err(GatewayError::UpstreamAnswer),
            };
        };
        (out, cut) = transform.push(next);
    }
    match cut {
        None => Ok(Begun::With(out)),
        Some(_) => Err(GatewayError::UpstreamAnswer),
    }
}
