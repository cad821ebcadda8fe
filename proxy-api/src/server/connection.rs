//! One connection: of a caller, or of whoever looks at health and metrics.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::io::InspectReader;

use super::framing::Framing;
use super::listener::{Crowd, Listener};
use super::patience::Patient;
use super::seats::{Place, Seats, Yields};
use super::stopped;
use crate::gateway::Gateway;
use crate::{ops, service};

/// Whoever looks at health and metrics: probes, scrapers, people; never callers.
const OPS_CONNECTIONS: usize = 256;
/// A probe sends its request at once.
const OPS_HEAD: Duration = Duration::from_secs(10);

/// How callers' connections are read.
pub(super) fn for_callers(gateway: &Gateway, header_bytes: usize) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(gateway.timeouts.caller_idle())
        // Heads a little above the limit get an error in the provider's shape, longer ones hyper's bare 431.
        .max_buf_size(2 * header_bytes)
        .pipeline_flush(true);
    http
}

/// Serves a caller's connection to its end, or until it has to make room for another.
pub(super) fn serve(
    gateway: Arc<Gateway>,
    http: &http1::Builder,
    stream: TcpStream,
    place: Place<IpAddr>,
    mut stop: watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<> {
    let seat = Arc::clone(&place.seat);
    let stream = Patient::new(stream, gateway.timeouts.caller_stall());
    let (sender, mut framing) = (Arc::clone(&seat), Framing::default());
    let stream = InspectReader::new(stream, move |read: &[u8]| {
        sender.sent(read.len());
        if let Some(bad) = framing.push(read) {
            sender.misframed(bad);
        }
    });
    let active = gateway.metrics.active_connections.clone();
    let (stopping, asked) = (stop.clone(), Arc::clone(&seat));
    let service = service_fn(move |request| {
        service::handle(
            Arc::clone(&gateway),
            stopping.clone(),
            Arc::clone(&asked),
            request,
        )
    });
    let connection = http
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    async move {
        let _place = place;
        active.raise();
        let mut connection = std::pin::pin!(connection);
        // A connection that breaks is the caller's business; its turns have their own records.
        tokio::select! {
            _ = connection.as_mut() => {}
            () = seat.dismissed() => {}
            () = stopped(&mut stop) => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
        active.lower();
    }
}

/// Serves health and metrics until it is dropped, on connections of their own number.
pub(super) async fn serve_ops(gateway: Arc<Gateway>, listener: Listener, stopping: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(OPS_HEAD);
    let seats = Arc::new(Seats::new(OPS_CONNECTIONS, 0, Yields::Anybody));
    let crowd = Crowd::of(&gateway);
    let mut tasks = JoinSet::new();
    loop {
        let Some((stream, place)) = listener.accept(&seats, &crowd).await else {
            continue;
        };
        let (shared, stop) = (Arc::clone(&gateway), stopping.clone());
        let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let stop = *stop.borrow();
            let response = ops::answer(request.uri().path(), request.method(), stop, &shared.metrics);
            async move { Ok::<_, Infallible>(response) }
        });
        let stream = Patient::new(stream, OPS_HEAD);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tasks.spawn(async move {
            tokio::select! {
                _ = connection => {}
                () = place.seat.dismissed() => {}
            }
        });
        while tasks.try_join_next().is_some() {}
    }
}
