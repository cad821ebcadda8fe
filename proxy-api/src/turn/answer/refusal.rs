//! An upstream's error. Its status and headers reach the caller in any case, its text only where it could be read and
//! restored: else the body is the gateway's own.

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, response};
use llm_wire::{AnswerError, AnswerForm, FormLook, ResponseCodec, StreamCodec, Surface};

use super::whole::{self, Restored, decoded};
use super::{Forwarded, codings, respond, streamed, until};
use crate::body::{Answer, full, read};
use crate::error::GatewayError;
use crate::surface;
use crate::turn::memory::Memory;
use crate::turn::record::Record;
use crate::upstream::headers::{X_SHOULD_RETRY, to_caller};

impl Forwarded {
    pub(super) async fn refusal(self, surface: Surface, mut record: Record) -> Response<Answer> {
        let (gateway, head, body) = (self.gateway, self.head, self.body);
        let (limit, event_bytes) = (gateway.limits.answer_bytes, gateway.limits.event_bytes);
        let memory = Memory::new(&gateway, self.caller, self.chain, false);
        let (explained, asked) = (self.explained.is_there(), self.explained);
        let reading = async {
            let codings = codings(&head.headers).ok_or(GatewayError::UpstreamAnswer)?;
            let encoded = read::whole(body, limit, gateway.timeouts.upstream_idle()).await?;
            let length = encoded.len();
            let work = move |_: &_| {
                let bytes = decoded(&codings, encoded, limit)?;
                let may_help = asked.refused(&bytes);
                let restored = match FormLook::whole(&bytes) {
                    AnswerForm::Json => json(&bytes, whole::codec(surface, explained), &memory),
                    AnswerForm::EventStream => {
                        events(&bytes, streamed::codec(surface, explained, event_bytes), &memory)
                    }
                    AnswerForm::Empty | AnswerForm::Unreadable => Err(AnswerError::NotJson),
                };
                let restored = restored.map_err(|_| GatewayError::UpstreamAnswer);
                restored.map(|restored| (restored, may_help))
            };
            gateway.workers.run(length, work).await?
        };
        match until(record.deadline(), reading).await {
            Ok((restored, may_help)) => {
                let (form, bytes) = restored.noted(&mut record);
                record.complete();
                let mut response = respond(&head, form, full(bytes));
                if may_help {
                    // The next request says it elsewhere: SDKs that are told so send it by themselves.
                    let again = HeaderValue::from_static("true");
                    response.headers_mut().insert(X_SHOULD_RETRY, again);
                }
                response
            }
            Err(_) => {
                let error = GatewayError::UpstreamError { status: head.status };
                gateway.metrics.error(error.code());
                record.fail(&error);
                withheld(&head, surface, error, &record.request_id())
            }
        }
    }
}

fn json(bytes: &[u8], mut codec: ResponseCodec, memory: &Memory) -> Result<Restored, AnswerError> {
    let mut restorer = memory.restorer(false);
    let bytes = codec.error_body(bytes, &mut restorer)?.into_owned().into();
    Ok(Restored {
        form: AnswerForm::Json,
        bytes,
        facts: codec.facts().clone(),
        returned: restorer.returned(),
    })
}

/// An error is short, and nobody waits for its second half: it is read whole like any other.
fn events(bytes: &[u8], mut codec: StreamCodec, memory: &Memory) -> Result<Restored, AnswerError> {
    let mut restorer = memory.restorer(true);
    let mut out = Vec::with_capacity(bytes.len() + 256);
    codec.push(bytes, &mut restorer, &mut out)?;
    codec.finish(&mut restorer, &mut out)?;
    Ok(Restored {
        form: AnswerForm::EventStream,
        bytes: out.into(),
        facts: codec.facts().clone(),
        returned: restorer.returned(),
    })
}

/// The upstream's status and headers, and nothing that it said.
fn withheld(
    head: &response::Parts,
    surface: Surface,
    error: GatewayError,
    request_id: &str,
) -> Response<Answer> {
    let mut response = error.into_response(surface::api(surface), request_id);
    let mut headers = to_caller(&head.headers);
    for ours in [CONTENT_TYPE, CACHE_CONTROL] {
        headers.remove(ours);
    }
    response.headers_mut().extend(headers);
    response
}
