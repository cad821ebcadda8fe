//! A caller's socket, and many of them at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::{clock, upstream};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 4096;

/// Small buffers: ten thousand sockets of this harness have to fit beside those that are measured.
pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(8 * 1024)
        .write_buffer_size(8 * 1024)
}

pub(super) fn listen() -> Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    Ok(socket.listen(BACKLOG)?)
}

/// One socket.
pub(super) struct Caller(WebSocketStream<TcpStream>);

/// What one round measured.
#[derive(Default)]
pub(super) struct Round {
    pub(super) seconds: f64,
    /// Whole turns, in microseconds.
    pub(super) turns: Vec<f64>,
    /// Events since they were written, in microseconds.
    pub(super) events: Vec<f64>,
}

impl Caller {
    pub(super) async fn connect(to: SocketAddr) -> Result<Self> {
        Self::connect_as(to, "Bearer bench-caller").await
    }

    pub(super) async fn connect_as(to: SocketAddr, credential: &str) -> Result<Self> {
        let stream = TcpStream::connect(to)
            .await
            .context("the target does not accept connections")?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://{to}/v1/responses").into_client_request()?;
        let credential = credential.parse()?;
        request.headers_mut().insert("authorization", credential);
        let opening = tokio_tungstenite::client_async_with_config(request, stream, Some(config()));
        let (socket, _) = opening.await.context("the target opens no socket")?;
        Ok(Self(socket))
    }

    /// Asks, and reads the answer to its end.
    pub(super) async fn turn(&mut self, frame: Utf8Bytes, round: &mut Round) -> Result<()> {
        let start = Instant::now();
        self.0.send(Message::Text(frame)).await?;
        loop {
            let event = self.event().await?;
            round.events.extend(clock::age(&event));
            if event.starts_with(r#"{"type":"response.completed""#) {
                break;
            }
            if event.starts_with(r#"{"type":"error""#) || event.starts_with(r#"{"type":"response.failed""#) {
                bail!("the target answers {event}");
            }
        }
        round.turns.push(start.elapsed().as_secs_f64() * 1e6);
        Ok(())
    }

    async fn event(&mut self) -> Result<Utf8Bytes> {
        loop {
            match self.0.next().await.context("the target closes the socket")?? {
                Message::Text(event) => return Ok(event),
                Message::Close(frame) => bail!("the target closes the socket: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Answers pings until the other side closes.
    pub(super) async fn idle(mut self) -> Result<()> {
        self.event().await?;
        bail!("an idle socket is told something")
    }
}

/// Turns on `sockets` sockets at once, each one after the other, for about `seconds`.
pub(super) async fn closed_loop(
    to: SocketAddr,
    frames: &Arc<Vec<Utf8Bytes>>,
    sockets: usize,
    seconds: f64,
) -> Result<Round> {
    let mut callers = Vec::new();
    for _ in 0..sockets {
        callers.push(Caller::connect(to).await?);
    }
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(seconds);
    let mut tasks = JoinSet::new();
    for (nth, mut caller) in callers.into_iter().enumerate() {
        let frames = Arc::clone(frames);
        tasks.spawn(async move {
            // Turns that are paced alike would otherwise write at the same instant, all of them.
            clock::pause(upstream::PACE.mul_f64(nth as f64 / sockets as f64)).await;
            let mut round = Round::default();
            let mut next = nth;
            while Instant::now() < until {
                let frame = frames[next % frames.len()].clone();
                caller.turn(frame, &mut round).await?;
                next += 1;
            }
            anyhow::Ok(round)
        });
    }
    let mut all = Round::default();
    while let Some(done) = tasks.join_next().await {
        let round = done??;
        all.turns.extend(round.turns);
        all.events.extend(round.events);
    }
    all.seconds = start.elapsed().as_secs_f64();
    Ok(all)
}
