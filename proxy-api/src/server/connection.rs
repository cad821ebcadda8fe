//! One connection: of a caller, or of whoever looks at health and metrics.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::framing::Framing;
use super::listener::{Crowd, Listener};
use super::patience::Patient;
use super::seats::{Place, Seat, Seats, Yields};
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
    let stream = Followed {
        stream: Patient::new(stream, gateway.timeouts.caller_stall()),
        seat: Arc::clone(&seat),
        framing: Framing::default(),
    };
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
        active.inc();
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
        active.dec();
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

/// Counts what a caller sends, and knows where its requests begin and end.
struct Followed<S> {
    stream: S,
    seat: Arc<Seat>,
    framing: Framing,
}

impl<S: AsyncRead + Unpin> AsyncRead for Followed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = &buffer.filled()[before..];
        self.seat.sent(read.len());
        if let Some(bad) = self.framing.push(read) {
            self.seat.misframed(bad);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Followed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
