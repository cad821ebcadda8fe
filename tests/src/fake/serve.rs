//! The listener of the fake provider: HTTP/1.1, one request to one answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Either, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::{
    answer::{Answer, Event, Exchange, Family, shortened},
    chat, control,
    deliver::{Paced, encoded, written},
    head::{decoded, lower, provider_headers},
    kept::{self, Question},
    memory::{self, Context},
    messages, other,
    record::{Connection, Outcome, Recorded, Tapped},
    responses,
    script::{End, Fault, Reply},
    state::{Received, State},
    upgrade,
};

pub(super) type Sent = Response<Either<Full<Bytes>, Paced>>;

pub(super) async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&state)));
    }
}

async fn connection(stream: TcpStream, state: Arc<State>) {
    // Small writes are the point of small chunks.
    let _ = stream.set_nodelay(true);
    let connection = state.connection();
    let io = TokioIo::new(Tapped {
        stream,
        connection: connection.clone(),
    });
    let service = service_fn(move |request| {
        let (connection, state) = (connection.clone(), Arc::clone(&state));
        async move { respond(request, connection, state).await }
    });
    // A caller that leaves ends the connection with an error; that is expected here.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(io, service)
        .with_upgrades()
        .await;
}

async fn respond(
    request: Request<Incoming>,
    connection: Connection,
    state: Arc<State>,
) -> anyhow::Result<Sent> {
    if upgrade::is_handshake(&request) {
        return upgrade::handshake(request, connection, state);
    }
    let (head, body) = request.into_parts();
    let raw = body.collect().await?.to_bytes();
    if let Some(control) = head.uri.path().strip_prefix("/_fake/") {
        return control::respond(control, &raw, &state);
    }
    let body = decoded(&head.headers, &raw).unwrap_or_default();
    let asked = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let path = head.uri.path();
    let owner = head.headers.get(header::AUTHORIZATION);
    let owner = owner.map_or_else(String::new, |value| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    });
    let conversation =
        (state.records() && path.ends_with("/responses")).then(|| continued(&asked, &owner, &state));
    let seen = conversation.as_ref().map(|(context, _)| context.seen());
    let received = state.received(|| Recorded {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: lower(&head.headers),
        raw,
        body: body.clone(),
        seen: seen.as_ref().map(Value::to_string).unwrap_or_default(),
        connection: connection.number,
        outcome: Outcome::Open,
    });
    let models = path.contains("/models") && head.headers.contains_key("anthropic-version");
    let anthropic = models || path.contains("/messages");
    let family = if anthropic {
        Family::Anthropic
    } else {
        Family::OpenAi
    };
    let unknown = conversation
        .as_ref()
        .and_then(|(_, unknown)| unknown.as_deref())
        .filter(|_| state.settings().strict_ids);
    let reply = match unknown {
        Some(id) => memory::not_found(id),
        None if head.method == Method::HEAD => Reply::default(),
        None => state.reply(path, &String::from_utf8_lossy(&body), false),
    };
    let exchange = Exchange::new(family, received.turn, asked, seen.as_ref(), reply);
    let question = Question {
        method: &head.method,
        path,
        query: head.uri.query().unwrap_or_default(),
        owner: &owner,
    };
    let answer = if kept::is_about(path) && exchange.reply.raw.is_none() && exchange.reply.fault.is_none() {
        told(&exchange, &question, &state)
    } else {
        answer(&exchange, &head.method, path)
    };
    if let Some((context, _)) = conversation {
        remember(&exchange, &answer.1, &context, &owner, &state);
    }
    send(&exchange, answer, received, state)
}

/// What is kept, or that there is no such thing.
fn told(exchange: &Exchange, question: &Question<'_>, state: &State) -> (u16, Answer) {
    if let Some(answer) = state.asked(exchange, question) {
        return (200, answer);
    }
    let id = question
        .path
        .split('/')
        .find(|part| part.contains("resp_") || part.contains("conv_"));
    let fault = Fault {
        message: format!("Nothing with id '{}' was found.", id.unwrap_or_default()),
        ..Fault::default()
    };
    (404, Answer::Json(exchange.error(&fault, 404)))
}

/// What the model reads for a request, and the id that it continues when nobody knows that.
fn continued(asked: &Value, owner: &str, state: &State) -> (Context, Option<String>) {
    if let Some(id) = conversation_of(asked) {
        let before = state.conversation(id, owner);
        let unknown = before.is_none().then(|| id.to_owned());
        let before = before.map(Context::of);
        return (Context::read(asked, before.as_ref()), unknown);
    }
    let previous = asked["previous_response_id"].as_str();
    let before = previous.and_then(|id| state.stored_context(id));
    let unknown = previous.filter(|_| before.is_none()).map(str::to_owned);
    (Context::read(asked, before.as_ref()), unknown)
}

fn conversation_of(asked: &Value) -> Option<&str> {
    let conversation = &asked["conversation"];
    conversation.as_str().or_else(|| conversation["id"].as_str())
}

/// Keeps a response, and a conversation that ends as it should.
fn remember(exchange: &Exchange, answer: &Answer, context: &Context, owner: &str, state: &State) {
    let said = exchange.reply.status.is_none_or(|status| status < 400);
    if said && memory::is_stored(&exchange.request) {
        // What is made in the background is made whole, whoever listens; only that can be streamed again.
        let in_background = (exchange.request["background"] == true).then(|| responses::stream(exchange));
        let made = memory::last_response(in_background.as_ref().unwrap_or(answer));
        if let Some(made) = made.filter(|made| made["id"].is_string()) {
            let brought = Context::read(&exchange.request, None).items();
            let events = match in_background {
                Some(Answer::Events { events, .. }) => events,
                _ => Vec::new(),
            };
            if let Some(id) = conversation_of(&exchange.request) {
                let output = made["output"].as_array().cloned().unwrap_or_default();
                state.extend_conversation(exchange, id, &[brought.clone(), output].concat());
            }
            state.keep_response(exchange, owner, (made, events), &brought);
        }
    }
    let whole = matches!(exchange.reply.end, End::Whole | End::Hold(_));
    let response = memory::last_response(answer).filter(|_| whole);
    if let Some((id, after)) = response.and_then(|response| context.after(&response)) {
        state.keep_context(&id, &after, memory::is_stored(&exchange.request));
    }
}

/// The answer and its status.
pub(super) fn answer(exchange: &Exchange, method: &Method, path: &str) -> (u16, Answer) {
    let reply = &exchange.reply;
    let status = reply.status.unwrap_or(200);
    if let Some(raw) = &reply.raw {
        return (status, Answer::Raw(exchange.prompt.fill(raw, 0, str::to_owned)));
    }
    if let (Some(fault), true) = (&reply.fault, status >= 400) {
        return (status, Answer::Json(exchange.error(fault, status)));
    }
    let post = method == Method::POST;
    let answer = match path {
        _ if post && path.ends_with("/chat/completions") => chat::answer(exchange),
        _ if post && path.ends_with("/completions") => other::completions(exchange),
        _ if post && path.ends_with("/responses") => responses::answer(exchange),
        _ if post && path.ends_with("/responses/compact") => responses::compact(exchange),
        _ if post && path.ends_with("/responses/input_tokens") => responses::input_tokens(exchange),
        _ if post && path.ends_with("/messages") => messages::answer(exchange),
        _ if post && path.ends_with("/messages/count_tokens") => messages::count_tokens(exchange),
        _ if post && path.ends_with("/embeddings") => other::embeddings(exchange),
        _ if method == Method::GET && path.ends_with("/models") => other::models(exchange),
        _ => {
            let fault = Fault {
                message: "no such route".into(),
                ..Fault::default()
            };
            return (404, Answer::Json(exchange.error(&fault, 404)));
        }
    };
    (status, answer)
}

/// The answer as the reply wants it delivered.
pub(super) fn send(
    exchange: &Exchange,
    (status, answer): (u16, Answer),
    received: Received,
    state: Arc<State>,
) -> anyhow::Result<Sent> {
    let reply = &exchange.reply;
    let mut response = Response::builder().status(status);
    let kind = if matches!(answer, Answer::Events { .. }) {
        "text/event-stream; charset=utf-8"
    } else {
        "application/json"
    };
    if let Some(headers) = response.headers_mut() {
        for (name, value) in &provider_headers(exchange, kind) {
            headers.insert(header::HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
        if let Some(encoding) = reply.encoding {
            let coding = serde_json::to_value(encoding)?
                .as_str()
                .unwrap_or_default()
                .to_owned();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::try_from(coding)?);
        }
    }
    let mut writes = match answer {
        Answer::Json(json) => vec![json.to_string().into_bytes()],
        Answer::Raw(text) => vec![text.into_bytes()],
        Answer::Events { events, terminal } => stream_writes(exchange, events, terminal),
    };
    if let Some(bytes) = &reply.bytes {
        writes = vec![bytes.clone()];
    }
    if !reply.before.is_empty() {
        writes.insert(0, reply.before.clone().into_bytes());
    }
    if let Some(encoding) = reply.encoding {
        writes = vec![encoded(&writes.concat(), encoding)?];
    }
    let plain =
        matches!(reply.end, End::Whole) && reply.chunk == 0 && reply.pause_ms == 0 && writes.len() == 1;
    let body = if plain {
        state.finished(received, Outcome::Sent);
        Either::Left(Full::from(writes.remove(0)))
    } else {
        Either::Right(Paced::new(exchange, writes, received, state))
    };
    Ok(response.body(body)?)
}

fn stream_writes(exchange: &Exchange, events: Vec<Event>, terminal: usize) -> Vec<Vec<u8>> {
    let style = &exchange.reply.sse;
    let events = shortened(exchange, events, terminal, |number| error_event(exchange, number));
    let mut writes: Vec<Vec<u8>> = events
        .iter()
        .enumerate()
        .map(|(number, event)| written(event, number, style).into_bytes())
        .collect();
    if style.bom
        && let Some(first) = writes.first_mut()
    {
        first.splice(0..0, *b"\xEF\xBB\xBF");
    }
    writes
}

fn error_event(exchange: &Exchange, number: usize) -> Event {
    let fault = exchange.reply.fault.clone().unwrap_or_default();
    match (exchange.family, exchange.request["input"].is_null()) {
        (Family::Anthropic, _) => Event::typed(&exchange.error(&fault, 529)),
        (Family::OpenAi, true) => Event::data(&exchange.error(&fault, 500)),
        (Family::OpenAi, false) => responses::error_event(exchange, number),
    }
}

/// A small JSON answer of the control endpoint.
pub(super) fn json(status: u16, body: &Value) -> anyhow::Result<Sent> {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json");
    Ok(response.body(Either::Left(Full::from(body.to_string())))?)
}
