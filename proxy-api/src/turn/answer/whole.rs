//! An answer that is one JSON body: restored whole, or an error.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use llm_wire::{AnswerFacts, AnswerForm, ResponseCodec, Surface};

use super::{Forwarded, Looked, refused, respond, until};
use crate::body::coding::decode;
use crate::body::{Answer, full, read};
use crate::error::GatewayError;
use crate::turn::explained::EXPLANATION;
use crate::turn::memory::Memory;
use crate::turn::record::Record;
use crate::turn::restore::Returned;

/// A body and what came of it.
pub(super) struct Restored {
    pub(super) form: AnswerForm,
    pub(super) bytes: Bytes,
    pub(super) facts: AnswerFacts,
    pub(super) returned: Returned,
}

impl Restored {
    /// Tells the record; the body is left.
    pub(super) fn noted(self, record: &mut Record) -> (AnswerForm, Bytes) {
        record.learned(&self.facts);
        record.returned(self.returned);
        record.response_bytes = self.bytes.len() as u64;
        (self.form, self.bytes)
    }
}

impl Forwarded {
    pub(super) async fn whole(
        self,
        surface: Surface,
        codings: Vec<String>,
        looked: Looked,
        mut record: Record,
    ) -> Result<Response<Answer>, GatewayError> {
        let gateway = Arc::clone(&self.gateway);
        let limit = gateway.limits.answer_bytes;
        let idle = gateway.timeouts.upstream_idle();
        let reading = async {
            if looked.over {
                return Ok(looked.encoded.into_bytes());
            }
            let all = read::rest(looked.encoded, self.body, limit, idle).await;
            all.map_err(GatewayError::from)
        };
        let encoded = match until(record.deadline(), reading).await {
            Ok(bytes) => bytes,
            Err(error) => return Err(refused(record, error)),
        };
        let length = encoded.len();
        let mut codec = codec(surface, self.explained.is_there());
        let mut memory = Memory::new(&gateway, self.caller, self.chain, self.head.status.is_success());
        let work = move |_: &_| {
            let bytes = decoded(&codings, encoded, limit)?;
            let mut restorer = memory.restorer(false);
            let restored = codec.body(&bytes, &mut restorer);
            let bytes = restored.map_err(|_| GatewayError::UpstreamAnswer)?.into_owned();
            memory.keep(codec.facts());
            Ok(Restored {
                form: AnswerForm::Json,
                bytes: bytes.into(),
                facts: codec.facts().clone(),
                returned: restorer.returned(),
            })
        };
        let restored = match gateway.workers.run(length, work).await {
            Ok(Ok(restored)) => restored,
            Ok(Err(error)) | Err(error) => return Err(refused(record, error)),
        };
        let (form, bytes) = restored.noted(&mut record);
        record.complete();
        Ok(respond(&self.head, form, full(bytes)))
    }
}

pub(super) fn codec(surface: Surface, explained: bool) -> ResponseCodec {
    let codec = ResponseCodec::new(surface);
    if explained {
        codec.explained(EXPLANATION)
    } else {
        codec
    }
}

pub(in crate::turn) fn decoded(
    codings: &[String],
    encoded: Bytes,
    limit: usize,
) -> Result<Bytes, GatewayError> {
    if codings.is_empty() {
        return Ok(encoded);
    }
    let names: Vec<&str> = codings.iter().map(String::as_str).collect();
    decode(&names, &encoded, limit)
        .map(Bytes::from)
        .map_err(|_| GatewayError::UpstreamAnswer)
}
