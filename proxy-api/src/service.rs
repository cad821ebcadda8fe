//! What surrounds every request: its id, its route, a net for panics, and the caller's unread body.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::header::{EXPECT, UPGRADE};
use http::{HeaderValue, Request, Response};
use hyper::body::{Body as _, Incoming};
use tokio::sync::watch;

use crate::body::{Answer, read};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::ops;
use crate::router::{self, NoRoute};
use crate::server::Seat;
use crate::surface::Handling;
use crate::upstream::headers::{BAUTA_REQUEST_ID, X_REQUEST_ID};
use crate::{turn, ws};

/// A refused caller may go on sending so long before its connection is closed: most clients read the refusal only
/// after they have sent everything.
const DRAIN: Duration = Duration::from_secs(10);
/// And so many bytes at least, however small the limits are.
const DRAIN_BYTES: usize = 1 << 20;

/// Answers one request of a caller.
pub(crate) async fn handle(
    gateway: Arc<Gateway>,
    stopping: watch::Receiver<bool>,
    seat: Arc<Seat>,
    mut request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    let upgrade = request
        .headers()
        .contains_key(UPGRADE)
        .then(|| hyper::upgrade::on(&mut request));
    let (head, mut body) = request.into_parts();
    if let Some(mut response) = ops::probe(head.uri.path(), &head.method, *stopping.borrow()) {
        gateway.cors.tell(&head.headers, response.headers_mut());
        return Ok(response);
    }
    let id = gateway.clock.fresh_id();
    let request_id = format!("req_{}", id.simple());
    let expects = head.headers.contains_key(EXPECT);
    let sockets = gateway.websocket.enabled;
    let routed = match gateway.cors.preflight(&head) {
        Some(Ok(response)) => Err(Ok(response)),
        Some(Err(error)) => Err(Err(NoRoute {
            api: router::asking(&head, &gateway.clients),
            error,
        })),
        None => router::route(&head, &gateway.clients, &gateway.limits, sockets).map_err(Err),
    };
    let result = match routed {
        Err(answered) => answered,
        Ok(route) => {
            let api = route.upstream.api;
            let answer = async {
                seat.framed()?;
                // Refused before there is a turn: it would leave an event itself.
                if !gateway.sink.admits() {
                    return Err(GatewayError::AuditFull);
                }
                if route.handling == Handling::Socket {
                    return ws::accept(&gateway, &head, upgrade, route, stopping).await;
                }
                let request = turn::Request {
                    head: &head,
                    body: &mut body,
                    seat: &seat,
                };
                turn::run(&gateway, request, route, id).await
            };
            match AssertUnwindSafe(answer).catch_unwind().await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => Err(NoRoute { api, error }),
                Err(_) => Err(NoRoute {
                    api,
                    error: GatewayError::Internal,
                }),
            }
        }
    };
    let mut response = match result {
        Ok(response) => response,
        Err(NoRoute { api, error }) => {
            if !expects && !body.is_end_stream() {
                let most = gateway.limits.body_bytes.saturating_mul(2).max(DRAIN_BYTES);
                let _ = tokio::time::timeout(DRAIN, read::drain(&mut body, most)).await;
            }
            gateway.metrics.error(error.code());
            tracing::debug!(
                request.id = %request_id,
                error.code = error.code(),
                http.status = error.status().as_u16(),
                "request refused"
            );
            let mut response = error.into_response(api, &request_id);
            set(&mut response, X_REQUEST_ID, &request_id);
            response
        }
    };
    set(&mut response, BAUTA_REQUEST_ID, &request_id);
    gateway.cors.tell(&head.headers, response.headers_mut());
    Ok(response)
}

fn set(response: &mut Response<Answer>, name: http::HeaderName, id: &str) {
    let value = HeaderValue::from_str(id).expect("ids are letters, digits and _");
    response.headers_mut().insert(name, value);
}
