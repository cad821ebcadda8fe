//! The fake upstream of sockets: turns of ten events over a socket, or as a stream where it refuses sockets.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use futures_core::Stream;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::Interval;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::{caller, clock};
use crate::bodies;

/// Events of a turn that comes as fast as it goes.
pub(super) const EVENTS: usize = 10;
/// Events of a turn that is paced.
pub(super) const PACED_EVENTS: usize = 50;
/// Between two events of a turn that is paced.
pub(super) const PACE: Duration = Duration::from_millis(20);
/// Below this path, sockets are refused.
pub(super) const STREAMS: &str = "/streams";

type Body = Either<Full<Bytes>, StreamBody<ServerSent>>;

/// Serves until it is killed; prints `listening on ADDRESS`.
pub(crate) fn serve() -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listener = caller::listen()?;
            println!("listening on {}", listener.local_addr()?);
            accept(listener).await
        })
}

async fn accept(listener: TcpListener) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let serving = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service_fn(answer))
            .with_upgrades();
        tokio::spawn(async move { drop(serving.await) });
    }
}

async fn answer(mut request: Request<Incoming>) -> Result<Response<Body>> {
    let refuses = request.uri().path().starts_with(STREAMS);
    if request.method() == Method::POST {
        let body = request.into_body().collect().await?.to_bytes();
        let turn = ServerSent(Turn::new(std::str::from_utf8(&body)?));
        let response = Response::builder().header("content-type", "text/event-stream");
        return Ok(response.body(Either::Right(StreamBody::new(turn)))?);
    }
    let nothing = Either::Left(Full::default());
    let key = request.headers().get("sec-websocket-key").cloned();
    let Some(key) = key.filter(|_| !refuses) else {
        return Ok(Response::builder().status(426).body(nothing)?);
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            // The other side has left.
            drop(converse(upgraded).await);
        }
    });
    let response = Response::builder()
        .status(101)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-accept", derive_accept_key(key.as_bytes()));
    Ok(response.body(nothing)?)
}

async fn converse(upgraded: Upgraded) -> Result<()> {
    let (io, config) = (TokioIo::new(upgraded), Some(caller::config()));
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, config).await;
    while let Some(message) = socket.next().await {
        if let Message::Text(frame) = message? {
            let mut turn = Turn::new(&frame);
            // Each event is a write of its own, as a model's is.
            while let Some(event) = turn.next().await {
                socket.send(Message::text(event)).await?;
            }
        }
    }
    Ok(())
}

/// The events of one turn.
struct Turn {
    /// A placeholder of the question, if it is masked: the answer repeats it.
    repeated: String,
    pace: Option<Interval>,
    events: usize,
    nth: usize,
    yielded: bool,
}

impl Turn {
    fn new(frame: &str) -> Self {
        let is_paced = frame.contains(bodies::PACED);
        let placeholder = frame
            .split_once("<EMAIL_")
            .and_then(|(_, rest)| rest.split_once('>'));
        Self {
            repeated: placeholder.map_or_else(|| "you".to_owned(), |(id, _)| format!("<EMAIL_{id}>")),
            pace: is_paced.then(|| tokio::time::interval(PACE)),
            events: if is_paced { PACED_EVENTS } else { EVENTS },
            nth: 0,
            yielded: false,
        }
    }

    fn event(&self) -> String {
        const MESSAGE: &str = r#""id":"msg_bench","type":"message","role":"assistant""#;
        const PART: &str = r#""item_id":"msg_bench","output_index":0,"content_index":0"#;
        let (nth, repeated) = (self.nth, &self.repeated);
        let text = format!(r#"{{"type":"output_text","text":"Dear {repeated} , done.","annotations":[]}}"#);
        let item = format!(r#"{{{MESSAGE},"status":"completed","content":[{text}]}}"#);
        let response = |status: &str, output: &str| {
            format!(
                r#"{{"id":"resp_bench","object":"response","created_at":1760000000,"status":"{status}","model":"bench","output":[{output}]}}"#
            )
        };
        let (kind, rest) = match nth {
            0 => (
                "created",
                format!(r#""response":{}"#, response("in_progress", "")),
            ),
            1 => (
                "output_item.added",
                format!(r#""output_index":0,"item":{{{MESSAGE},"status":"in_progress","content":[]}}"#),
            ),
            2 => (
                "content_part.added",
                format!(r#"{PART},"part":{{"type":"output_text","text":"","annotations":[]}}"#),
            ),
            3 => (
                "output_text.delta",
                format!(r#"{PART},"delta":"Dear {repeated} ""#),
            ),
            _ => match self.events - nth {
                1 => (
                    "completed",
                    format!(r#""response":{}"#, response("completed", &item)),
                ),
                2 => ("output_item.done", format!(r#""output_index":0,"item":{item}"#)),
                3 => ("content_part.done", format!(r#"{PART},"part":{text}"#)),
                _ => ("output_text.delta", format!(r#"{PART},"delta":", done. ""#)),
            },
        };
        format!(
            r#"{{"type":"response.{kind}","sequence_number":{nth},{},{rest}}}"#,
            clock::stamp()
        )
    }
}

impl Stream for Turn {
    type Item = String;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<String>> {
        let turn = self.get_mut();
        if turn.nth == turn.events {
            return Poll::Ready(None);
        }
        match &mut turn.pace {
            Some(pace) => {
                std::task::ready!(pace.poll_tick(context));
            }
            // A turn of the event loop each: otherwise one write carries all events of a stream.
            None if !turn.yielded => {
                turn.yielded = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            None => turn.yielded = false,
        }
        let event = turn.event();
        turn.nth += 1;
        Poll::Ready(Some(event))
    }
}

/// The same events as a body.
struct ServerSent(Turn);

impl Stream for ServerSent {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = std::task::ready!(self.0.poll_next_unpin(context));
        Poll::Ready(event.map(|event| Ok(Frame::data(format!("data: {event}\n\n").into()))))
    }
}
