//! One turn of a socket on its way: waits for the upstream and gives what the caller is told next.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::HeaderMap;
use llm_wire::{AnswerForm, Ending};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::answering::Answering;
use super::source::{Pulled, Source, Stream};
use super::{Rest, failure};
use crate::body::AnswerCut;
use crate::body::read;
use crate::caller::Caller;
use crate::error::{Failure, GatewayError};
use crate::gateway::Gateway;
use crate::turn::answer;
use crate::turn::chain::Chain;
use crate::turn::cleared::Cleared;
use crate::turn::explained::Explained;
use crate::turn::forward::Forwarded;
use crate::turn::mask::Masked;
use crate::turn::until;
use crate::upstream::{UpstreamBody, UpstreamSocket};
use crate::ws::{End, Text, event};

/// Events that have come already are told together, up to about so many bytes.
const BATCH_BYTES: usize = 8 * 1024;

/// What a turn comes to next.
pub(crate) enum Progress {
    Events(Vec<Text>),
    /// Its last events, and the upstream's socket if that goes on.
    End(Vec<Text>, End, Option<UpstreamSocket>),
}

/// What of a masked turn its answer needs.
pub(super) struct Parts {
    pub(super) gateway: Arc<Gateway>,
    pub(super) caller: Caller,
    pub(super) chain: Chain,
    pub(super) explained: Explained,
}

/// A turn that was sent. Dropping it cancels it upstream and records it as cancelled.
pub(crate) struct SocketTurn {
    answering: Answering,
    source: Source,
    /// Decided before the upstream was waited for.
    ready: Option<(Vec<Text>, End)>,
    /// The upstream's socket, while the turn runs elsewhere.
    lent: Option<UpstreamSocket>,
    heard: Instant,
    idle: Duration,
    deadline: Option<Instant>,
}

impl SocketTurn {
    fn new(parts: Parts, success: bool, source: Source, rest: Rest) -> Self {
        let deadline = rest.deadline;
        let idle = parts.gateway.timeouts.upstream_idle();
        let Parts {
            gateway,
            caller,
            chain,
            explained,
        } = parts;
        Self {
            answering: Answering::new(&gateway, caller, chain, explained.is_there(), success, rest),
            source,
            ready: None,
            lent: None,
            heard: Instant::now(),
            idle,
            deadline,
        }
    }

    /// Nothing was sent: the caller gets a response in which nothing was generated.
    pub(super) fn prewarmed(masked: Masked, mut rest: Rest) -> Self {
        let id = format!("resp_{}", masked.gateway.clock.fresh_id().simple());
        let created_at = masked.gateway.clock.since_epoch().as_secs();
        rest.record.prewarmed();
        let fields: Value = serde_json::from_str(&rest.sent.fields).unwrap_or_default();
        let (_, parts) = masked.split();
        let mut turn = Self::new(parts, true, Source::Spent, rest);
        let left = turn.answering.left(&id);
        turn.answering.rest.record.complete();
        let mut events = event::prewarmed(&id, &fields["model"], created_at).to_vec();
        if let Some(key) = &turn.answering.rest.key {
            events.insert(1, event::metadata(key));
        }
        turn.ready = Some((events, End::Answered(Box::new(left))));
        turn
    }

    /// Sent over the upstream's socket.
    pub(super) fn over(socket: UpstreamSocket, parts: Parts, rest: Rest) -> Self {
        Self::new(parts, true, Source::Socket(socket), rest)
    }

    /// Sent as a request whose answer has begun.
    pub(super) async fn streamed(forwarded: Forwarded, rest: Rest) -> Result<Self, Failure> {
        let (head, body) = (forwarded.head, forwarded.body);
        let parts = Parts {
            gateway: forwarded.gateway,
            caller: forwarded.caller,
            chain: forwarded.chain,
            explained: forwarded.explained,
        };
        let gateway = Arc::clone(&parts.gateway);
        if head.status.is_success() {
            return match until(rest.deadline, begun(body, &head.headers, &gateway)).await {
                Ok(stream) => Ok(Self::new(parts, true, Source::Stream(Box::new(stream)), rest)),
                Err(error) => Err(failure(rest.record, error)),
            };
        }
        let limit = gateway.limits.answer_bytes;
        let reading = async {
            let codings = answer::codings(&head.headers).ok_or(GatewayError::UpstreamAnswer)?;
            let whole = read::whole(body, limit, gateway.timeouts.upstream_idle()).await?;
            answer::decoded(&codings, whole, limit)
        };
        // What cannot be read is withheld, and its status is told all the same.
        let body = until(rest.deadline, reading).await.unwrap_or_default();
        parts.explained.refused(&body);
        let mut turn = Self::new(parts, false, Source::Spent, rest);
        let told = turn.answering.refusal(head.status, &head.headers, &body);
        turn.ready = Some((vec![told], End::Broken));
        turn.answering.rest.record.complete();
        Ok(turn)
    }

    /// Gives `socket` back at the end.
    pub(super) fn lending(mut self, socket: UpstreamSocket) -> Self {
        self.lent = Some(socket);
        self
    }

    /// Waits for what comes next; safe to be dropped half-way. After an end nothing more comes.
    pub(crate) async fn next(&mut self) -> Progress {
        if let Some((events, end)) = self.ready.take() {
            self.answering.settle();
            return Progress::End(events, end, self.lent.take());
        }
        loop {
            let quiet = self.heard + self.idle;
            let wake = self.deadline.map_or(quiet, |deadline| deadline.min(quiet));
            let pulled = match timeout_at(wake, self.source.pull()).await {
                Ok(pulled) => pulled,
                Err(_) if wake == quiet => Err(AnswerCut::Idle),
                Err(_) => Err(AnswerCut::Deadline),
            };
            let mut out = Vec::new();
            let ending = self.take_ready(pulled, &mut out);
            match ending {
                Ok(None) if out.is_empty() => {}
                Ok(None) => return Progress::Events(out),
                Ok(Some(ending)) => {
                    let end = self.answering.end(ending);
                    let mut socket = self.source.let_go();
                    if let (Some(socket), Some(id)) = (&mut socket, self.answering.response_id()) {
                        socket.ended(id.to_owned());
                    }
                    // What a failed turn may still say must not be heard in the next one.
                    let goes_on = socket.filter(|_| ending != Ending::Error);
                    return Progress::End(out, end, goes_on.or(self.lent.take()));
                }
                Err(cut) => {
                    self.answering.cut(cut, &mut out);
                    self.source = Source::Spent;
                    return Progress::End(out, End::Broken, self.lent.take());
                }
            }
        }
    }

    /// Takes what was pulled, and what else has come already: it then costs one write.
    fn take_ready(
        &mut self,
        mut pulled: Result<Pulled, AnswerCut>,
        out: &mut Vec<Text>,
    ) -> Result<Option<Ending>, AnswerCut> {
        loop {
            let ready = pulled?;
            self.heard = Instant::now();
            let ending = self.take(ready, out)?;
            let length: usize = out.iter().map(|text| text.len()).sum();
            if ending.is_some() || length >= BATCH_BYTES {
                return Ok(ending);
            }
            match self.source.pull().now_or_never() {
                Some(more) => pulled = more,
                None => return Ok(None),
            }
        }
    }

    fn take(&mut self, pulled: Pulled, out: &mut Vec<Text>) -> Result<Option<Ending>, AnswerCut> {
        let Self {
            answering, source, ..
        } = self;
        let mut ended = None;
        let is_over = matches!(pulled, Pulled::Over);
        match (pulled, source) {
            (Pulled::Event(text), _) => return answering.event(None, &text, out),
            (_, Source::Stream(stream)) => {
                let mut take = |name: Option<&str>, json: &str| {
                    ended = answering.event(name, json, out)?;
                    Ok(ended.is_some())
                };
                if is_over {
                    stream.rest(&mut take)?;
                } else {
                    stream.events(&mut take)?;
                }
            }
            _ => {}
        }
        match ended {
            None if is_over => Err(AnswerCut::Upstream),
            ended => Ok(ended),
        }
    }
}

/// An answer that turns out to be a stream, whatever its label says.
async fn begun(
    mut body: UpstreamBody,
    headers: &HeaderMap,
    gateway: &Gateway,
) -> Result<Stream, GatewayError> {
    let codings = answer::codings(headers);
    let decoder = codings.as_deref().and_then(answer::decoder);
    let decoder = decoder.ok_or(GatewayError::UpstreamAnswer)?;
    let patience = answer::Patience {
        limit: gateway.limits.answer_bytes,
        idle: gateway.timeouts.upstream_idle(),
        stream_after: None,
    };
    let looked = answer::look(&mut body, decoder, &patience).await?;
    if looked.form != AnswerForm::EventStream {
        return Err(GatewayError::UpstreamAnswer);
    }
    Ok(Stream::new(body, looked, gateway.limits.event_bytes))
}

impl Masked {
    /// What is to be sent, and what its answer needs.
    pub(super) fn split(self) -> (Cleared, Parts) {
        let parts = Parts {
            gateway: self.gateway,
            caller: self.caller,
            chain: self.chain,
            explained: self.explained,
        };
        (self.cleared, parts)
    }
}
