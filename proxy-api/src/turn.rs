//! One request and its answer, as typed steps: `Received` -> `Cleared` -> `Forwarded` -> done.
//!
//! Only a `Cleared` request can be sent, and only masking (or the absence of a body) makes one: forwarding before
//! masking does not compile.

mod answer;
mod chain;
mod cleared;
mod explained;
mod forward;
mod mask;
mod memory;
#[cfg(any(order = "masked", order = "unmasked", order = "cleared_by_hand"))]
mod order;
mod preview;
mod received;
mod record;
mod restore;
mod socket;
mod transform;
mod watch;

use std::future::Future;
use std::sync::Arc;

use http::Response;
use http::request::Parts;
use hyper::body::Incoming;
use tokio::time::Instant;
use uuid::Uuid;

use crate::body::Answer;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::router::Route;
use crate::server::Seat;
pub(crate) use cleared::Cleared;
pub use preview::Fate;
pub(crate) use preview::{Found, Previewed, preview};
use received::Received;
use record::Record;
pub(crate) use socket::{Progress, Session, SocketTurn};

/// What came of a caller's request.
pub(crate) struct Request<'a> {
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a mut Incoming,
    /// The connection that it came on.
    pub(crate) seat: &'a Arc<Seat>,
}

/// Runs one turn. Dropping the future cancels it upstream and records it as cancelled.
///
/// # Errors
/// Whatever ends the turn before an answer's head is known.
pub(crate) async fn run(
    gateway: &Arc<Gateway>,
    request: Request<'_>,
    route: Route,
    id: Uuid,
) -> Result<Response<Answer>, GatewayError> {
    let caller = gateway.recognise(&request.head.headers, &route.upstream, id);
    let mut record = Record::start(gateway, &route, id, caller.as_ref().ok());
    let deadline = record.deadline();
    let steps = async {
        let caller = caller?;
        let seat = Arc::clone(request.seat);
        let received = Received::read(gateway, caller, request, route, id, &mut record).await?;
        record.hold_place(Some(&seat))?;
        let masked = received.mask(&mut record).await?;
        masked.forward(&mut record).await
    };
    match until(deadline, steps).await {
        Ok(forwarded) => forwarded.answer(record).await,
        Err(error) => {
            record.fail(&error);
            Err(error)
        }
    }
}

/// What `steps` come to, unless the turn's time is over before.
async fn until<T>(
    deadline: Option<Instant>,
    steps: impl Future<Output = Result<T, GatewayError>>,
) -> Result<T, GatewayError> {
    match deadline {
        None => steps.await,
        Some(deadline) => tokio::time::timeout_at(deadline, steps)
            .await
            .unwrap_or(Err(GatewayError::UpstreamTimeout)),
    }
}
