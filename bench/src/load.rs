//! Closed-loop load: each connection sends its next request when the answer to the last is whole.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Where requests go.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) socket: SocketAddr,
    pub(crate) path: String,
}

/// What one round measured.
#[derive(Default)]
pub(crate) struct Round {
    pub(crate) seconds: f64,
    /// Whole answers, in microseconds.
    pub(crate) latencies: Vec<f64>,
    /// First byte of the body, in microseconds.
    pub(crate) first_bytes: Vec<f64>,
}

impl Round {
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }
}

/// Sends `bodies` in turn over `connections` for about `seconds`.
pub(crate) async fn closed_loop(
    to: &Address,
    bodies: Arc<Vec<Bytes>>,
    connections: usize,
    seconds: f64,
) -> Result<Round> {
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..connections {
        let (to, bodies) = (to.clone(), Arc::clone(&bodies));
        tasks.spawn(async move {
            let mut round = Round::default();
            let mut connection = connect(to.socket).await?;
            let mut next = nth;
            while Instant::now() < until {
                send(
                    &mut connection,
                    &to,
                    bodies[next % bodies.len()].clone(),
                    &mut round,
                )
                .await?;
                next += 1;
            }
            anyhow::Ok(round)
        });
    }
    let mut all = Round::default();
    while let Some(done) = tasks.join_next().await {
        let round = done??;
        all.latencies.extend(round.latencies);
        all.first_bytes.extend(round.first_bytes);
    }
    all.seconds = start.elapsed().as_secs_f64();
    Ok(all)
}

/// Sends each body once, in order, over one connection.
pub(crate) async fn in_order(to: &Address, bodies: &[Bytes]) -> Result<Round> {
    let start = Instant::now();
    let mut round = Round::default();
    let mut connection = connect(to.socket).await?;
    for body in bodies {
        send(&mut connection, to, body.clone(), &mut round).await?;
    }
    round.seconds = start.elapsed().as_secs_f64();
    Ok(round)
}

pub(crate) async fn connect(socket: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(socket)
        .await
        .context("the target does not accept connections")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

pub(crate) async fn send(
    connection: &mut SendRequest<Full<Bytes>>,
    to: &Address,
    body: Bytes,
    round: &mut Round,
) -> Result<()> {
    let request = request(to, body)?;
    let start = Instant::now();
    connection.ready().await?;
    let response = connection.send_request(request).await?;
    ensure!(
        response.status().is_success(),
        "the target answers {}",
        response.status()
    );
    let mut body = response.into_body();
    let mut first = None;
    while let Some(frame) = body.frame().await {
        if frame?.is_data() {
            first.get_or_insert_with(|| start.elapsed());
        }
    }
    let micros = |duration: Duration| duration.as_secs_f64() * 1e6;
    round.latencies.push(micros(start.elapsed()));
    round
        .first_bytes
        .push(micros(first.context("the answer has no body")?));
    Ok(())
}

/// Microseconds until `path` answers a GET, whatever it answers.
pub(crate) async fn get(socket: SocketAddr, path: &str) -> Result<f64> {
    let request = Request::get(path)
        .header("host", socket.to_string())
        .body(Full::new(Bytes::new()))?;
    answered(socket, request).await
}

/// Microseconds until a POST is answered, whatever the answer.
pub(crate) async fn post(to: &Address, body: Bytes) -> Result<f64> {
    answered(to.socket, request(to, body)?).await
}

/// The same, and whether the answer was no error.
pub(crate) async fn ask(to: &Address, body: Bytes) -> Result<(f64, bool)> {
    let start = Instant::now();
    let mut connection = connect(to.socket).await?;
    let answer = connection.send_request(request(to, body)?).await?;
    let is_success = answer.status().is_success();
    answer.into_body().collect().await?;
    Ok((start.elapsed().as_secs_f64() * 1e6, is_success))
}

/// Microseconds from sending `request` on a new connection to the end of its answer.
async fn answered(socket: SocketAddr, request: Request<Full<Bytes>>) -> Result<f64> {
    let mut connection = connect(socket).await?;
    let start = Instant::now();
    let answer = connection.send_request(request).await?;
    answer.into_body().collect().await?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}

fn request(to: &Address, body: Bytes) -> Result<Request<Full<Bytes>>> {
    let request = Request::post(&to.path)
        .header("host", to.socket.to_string())
        .header("content-type", "application/json")
        .header("authorization", "Bearer bench-caller");
    Ok(request.body(Full::new(body))?)
}
