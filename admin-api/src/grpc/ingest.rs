//! `AuditIngest.Publish`: batches in, acknowledged in order once they are stored.

use std::pin::Pin;

use futures_util::{Stream, StreamExt as _};
use proto::audit_v1::audit_ingest_server::AuditIngest;
use proto::audit_v1::{PublishRequest, PublishResponse};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use super::token::Believed;
use super::{Ingest, ending};
use crate::event::{Event, InvalidEvent};

/// Batches of a stream that may wait for the database together: they share a transaction.
const IN_FLIGHT: usize = 16;

pub(super) struct Service {
    ingest: Ingest,
    stop: CancellationToken,
}

impl Service {
    pub(super) const fn new(ingest: Ingest, stop: CancellationToken) -> Self {
        Self { ingest, stop }
    }
}

#[tonic::async_trait]
impl AuditIngest for Service {
    type PublishStream = Pin<Box<dyn Stream<Item = Result<PublishResponse, Status>> + Send>>;

    async fn publish(
        &self,
        request: Request<Streaming<PublishRequest>>,
    ) -> Result<Response<Self::PublishStream>, Status> {
        let Believed { instance, left } = self.ingest.authenticate(request.metadata())?;
        let ingest = self.ingest.clone();
        let end = ending(left, self.stop.clone());
        let mut last = 0;
        let answers = request
            .into_inner()
            .take_until(end)
            .map(move |batch| {
                let ingest = ingest.clone();
                let batch = batch.and_then(|batch| in_order(batch, &mut last));
                async move { stored(&ingest, instance, batch?).await }
            })
            .buffered(IN_FLIGHT);
        Ok(Response::new(Box::pin(answers)))
    }
}

fn in_order(batch: PublishRequest, last: &mut u64) -> Result<PublishRequest, Status> {
    if batch.sequence != last.wrapping_add(1) {
        return Err(Status::invalid_argument("batches of a stream are counted from 1"));
    }
    *last = batch.sequence;
    Ok(batch)
}

/// Acknowledged only after the commit. An event that can never be stored is counted and left out: it would hold up all
/// that come after it.
async fn stored(ingest: &Ingest, instance: Uuid, batch: PublishRequest) -> Result<PublishResponse, Status> {
    let sequence = batch.sequence;
    let now = ingest.clock.now();
    let mut events = Vec::with_capacity(batch.events.len());
    for message in batch.events {
        match Event::parse(message, instance, now) {
            Ok(event) => events.push(event),
            Err(InvalidEvent::Instance) => {
                ingest.metrics.ingest_refused("instance");
                return Err(Status::permission_denied(
                    "an event is of another instance than the token",
                ));
            }
            Err(InvalidEvent::Id) => ingest.metrics.events_invalid(1),
        }
    }
    if !events.is_empty() {
        ingest
            .writer
            .write(events)
            .await
            .map_err(|_| Status::unavailable("the events cannot be stored now; send them again"))?;
    }
    Ok(PublishResponse { sequence })
}
