//! The fake provider's side of an open socket. What a frame means is in `frames`, how one opens in `upgrade`.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use super::{
    answer::{Exchange, Family},
    deliver::Paced,
    frames,
    memory::{self, Context},
    record::Outcome,
    script::End,
    settings::SocketCommand,
    state::State,
    upgrade::Head,
};

/// The largest frame and message in bytes; what the real one takes is not documented.
const LARGEST: usize = 64 << 20;

/// An accepted socket and what it remembers.
pub(super) struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    head: Head,
    state: Arc<State>,
    commands: Receiver<SocketCommand>,
    /// The only response that the connection remembers of itself.
    last: Option<(String, Context)>,
    running: Option<Turn>,
    /// A close frame went either way.
    closed: bool,
}

/// A turn whose events are on their way.
struct Turn {
    events: Paced,
    context: Context,
    previous: Option<String>,
    stored: bool,
    silent: bool,
}

enum Step {
    Message(Option<Result<Message, Error>>),
    Event(Option<std::io::Result<Bytes>>),
    Command(Result<SocketCommand, RecvError>),
}

/// Why the connection ends.
struct Ended(Outcome);

impl From<Error> for Ended {
    fn from(_: Error) -> Self {
        Self(Outcome::Cancelled)
    }
}

impl Socket {
    pub(super) async fn open(
        upgraded: Upgraded,
        head: Head,
        commands: Receiver<SocketCommand>,
        state: Arc<State>,
    ) -> Self {
        let config = WebSocketConfig::default()
            .max_frame_size(Some(LARGEST))
            .max_message_size(Some(LARGEST));
        let io = TokioIo::new(upgraded);
        Self {
            stream: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            head,
            state,
            commands,
            last: None,
            running: None,
            closed: false,
        }
    }

    /// Serves until either side ends the connection; how it ended.
    pub(super) async fn run(mut self) -> Outcome {
        loop {
            let step = tokio::select! {
                message = self.stream.next() => Step::Message(message),
                event = next_event(&mut self.running) => Step::Event(event),
                command = self.commands.recv() => Step::Command(command),
            };
            if let Err(Ended(outcome)) = self.step(step).await {
                return outcome;
            }
        }
    }

    async fn step(&mut self, step: Step) -> Result<(), Ended> {
        match step {
            Step::Message(Some(Ok(message))) => self.received(&message).await,
            Step::Message(_) if self.closed => Err(Ended(Outcome::Sent)),
            Step::Message(_) => Err(Ended(Outcome::Cancelled)),
            Step::Event(Some(Ok(event))) => self.deliver(&event).await,
            Step::Event(Some(Err(_))) | Step::Command(Ok(SocketCommand::Abort)) => Err(Ended(Outcome::Cut)),
            Step::Event(None) => self.end_turn().await,
            Step::Command(Ok(SocketCommand::Ping)) => {
                Ok(self.stream.send(Message::Ping("fake".into())).await?)
            }
            Step::Command(Ok(SocketCommand::Send(text))) => Ok(self.stream.send(Message::text(text)).await?),
            Step::Command(Ok(SocketCommand::Close(code))) => self.close(code).await,
            Step::Command(Err(_)) => Ok(()),
        }
    }

    async fn end_turn(&mut self) -> Result<(), Ended> {
        let Some(turn) = self.running.take() else {
            return Ok(());
        };
        turn.events.finish();
        if turn.silent {
            self.close(1000).await
        } else {
            Ok(())
        }
    }

    async fn close(&mut self, code: u16) -> Result<(), Ended> {
        self.running = None;
        self.closed = true;
        let frame = CloseFrame {
            code: code.into(),
            reason: "as scripted".into(),
        };
        Ok(self.stream.close(Some(frame)).await?)
    }

    async fn received(&mut self, message: &Message) -> Result<(), Ended> {
        // On the wire a caller's frames are masked by RFC 6455 (5.3); what they hold belongs on the tape too.
        self.head.connection.write_down(&message.clone().into_data());
        match message {
            Message::Text(text) => self.frame(text.as_str()).await?,
            Message::Binary(bytes) => self.frame(&String::from_utf8_lossy(bytes)).await?,
            Message::Pong(_) => self.state.pong(),
            Message::Close(_) => {
                self.running = None;
                self.closed = true;
            }
            Message::Ping(_) | Message::Frame(_) => {}
        }
        Ok(())
    }

    /// Starts to answer a frame, or says at once what is wrong with it.
    async fn frame(&mut self, text: &str) -> Result<(), Ended> {
        let read = frames::request(text);
        let request = read.as_ref().map_or(Value::Null, Value::clone);
        let previous = request["previous_response_id"].as_str().map(str::to_owned);
        let before = previous.as_deref().map(|id| self.resolve(id));
        let context = Context::read(&request, before.clone().flatten().as_ref());
        let seen = context.seen();
        let body = Bytes::from(text.to_owned());
        let received = self
            .state
            .received(|| self.head.recorded("WEBSOCKET", body, seen.to_string()));
        let refusal = match (read, before) {
            (Err(reply), _) => Some(*reply),
            (Ok(_), _) if self.running.is_some() => Some(frames::concurrent()),
            (Ok(_), Some(None)) => Some(memory::not_found(previous.as_deref().unwrap_or_default())),
            _ => None,
        };
        let exchange =
            |request, reply| Exchange::new(Family::OpenAi, received.turn, request, Some(&seen), reply);
        if let Some(refusal) = refusal {
            for event in frames::answer(&exchange(request, refusal)) {
                self.stream.send(Message::text(event)).await?;
            }
            self.state.finished(received, Outcome::Sent);
            return Ok(());
        }
        let stored = memory::is_stored(&request);
        let reply = self
            .state
            .reply(&self.head.path, text, memory::is_prewarm(&request));
        let exchange = exchange(request, reply);
        let events = frames::answer(&exchange);
        self.running = Some(Turn {
            silent: matches!(exchange.reply.end, End::Silent),
            events: Paced::frames(&exchange.reply, events, received, Arc::clone(&self.state)),
            context,
            previous,
            stored,
        });
        Ok(())
    }

    fn resolve(&self, id: &str) -> Option<Context> {
        match &self.last {
            Some((last, context)) if last == id => Some(context.clone()),
            _ => self.state.stored_context(id),
        }
    }

    /// Sends an event of the running turn; a terminal one changes first what is remembered.
    async fn deliver(&mut self, event: &[u8]) -> Result<(), Ended> {
        let text = String::from_utf8_lossy(event);
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        if let Some(turn) = &self.running {
            match json["type"].as_str() {
                Some("response.completed" | "response.incomplete") => {
                    self.last = turn.context.after(&json["response"]);
                    if let Some((id, context)) = &self.last {
                        self.state.keep_context(id, context, turn.stored);
                    }
                }
                // What a failed turn has continued is forgotten, as documented; it would be stale.
                Some("response.failed" | "error") => {
                    let previous = turn.previous.as_ref();
                    self.last.take_if(|(id, _)| previous == Some(id));
                }
                _ => {}
            }
        }
        self.stream.send(Message::text(text.as_ref())).await?;
        // A caller may ask again as soon as it has the last event.
        let spent = self.running.as_ref().is_some_and(|turn| turn.events.is_spent());
        if spent { self.end_turn().await } else { Ok(()) }
    }
}

/// The next event of the running turn; waits for ever when none runs.
async fn next_event(running: &mut Option<Turn>) -> Option<std::io::Result<Bytes>> {
    match running {
        Some(turn) => {
            let frame = turn.events.frame().await?;
            Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
        }
        None => std::future::pending().await,
    }
}
