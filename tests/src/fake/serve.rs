//! The listener of the fake provider: HTTP/1.1, one request to one answer.

use std::{io::Read, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Either, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::{
    answer::{Answer, Event, Exchange, Family},
    chat, control,
    deliver::{Paced, encoded, written},
    messages, other,
    record::{Outcome, Recorded, Tapped},
    responses,
    script::{End, Fault, Reply},
    state::{Received, State},
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
    let io = TokioIo::new(Tapped {
        stream,
        tape: state.tape(),
    });
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { respond(request, state).await }
    });
    // A caller that leaves ends the connection with an error; that is expected here.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(io, service)
        .await;
}

async fn respond(request: Request<Incoming>, state: Arc<State>) -> anyhow::Result<Sent> {
    let (head, body) = request.into_parts();
    let raw = body.collect().await?.to_bytes();
    if let Some(control) = head.uri.path().strip_prefix("/_fake/") {
        return control::respond(control, &raw, &state);
    }
    let body = decoded(&head.headers, &raw).unwrap_or_default();
    let received = state.received(|| Recorded {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: lower(&head.headers),
        raw,
        body: body.clone(),
        outcome: Outcome::Open,
    });
    let path = head.uri.path();
    let models = path.contains("/models") && head.headers.contains_key("anthropic-version");
    let anthropic = models || path.contains("/messages");
    let family = if anthropic {
        Family::Anthropic
    } else {
        Family::OpenAi
    };
    let probe = head.method == Method::HEAD;
    let reply = if probe {
        Reply::default()
    } else {
        state.reply(path, &String::from_utf8_lossy(&body))
    };
    let asked = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let exchange = Exchange::new(family, received.turn, asked, reply);
    let answer = answer(&exchange, &head.method, path);
    send(&exchange, answer, received, state)
}

/// The answer and its status.
fn answer(exchange: &Exchange, method: &Method, path: &str) -> (u16, Answer) {
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

fn send(
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
        for (name, value) in provider_headers(exchange, kind).iter().chain(&reply.headers) {
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

fn stream_writes(exchange: &Exchange, mut events: Vec<Event>, terminal: usize) -> Vec<Vec<u8>> {
    let style = &exchange.reply.sse;
    match exchange.reply.end {
        End::Silent => events.truncate(events.len().saturating_sub(terminal)),
        End::Error(after) => {
            events.truncate(after);
            events.push(error_event(exchange, after));
        }
        _ => {}
    }
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

/// The headers that the provider sends with every answer.
fn provider_headers(exchange: &Exchange, kind: &str) -> Vec<(String, String)> {
    let id = exchange.id("", 20, 5);
    let mut headers = vec![
        ("content-type", kind.to_owned()),
        ("set-cookie", "__cf_bm=fake; path=/; HttpOnly; Secure".into()),
        ("cf-ray", "9870f00d1234abcd-FRA".into()),
        ("server", "cloudflare".into()),
    ];
    headers.extend(match exchange.family {
        Family::OpenAi => [
            ("x-request-id", format!("req_{id}")),
            ("openai-processing-ms", "123".into()),
            ("openai-organization", "org-fake".into()),
            ("x-ratelimit-remaining-requests", "4999".into()),
        ],
        Family::Anthropic => [
            ("request-id", format!("req_{id}")),
            (
                "anthropic-organization-id",
                "00000000-0000-4000-8000-000000000000".into(),
            ),
            ("anthropic-ratelimit-requests-remaining", "49".into()),
            ("via", "1.1 google".into()),
        ],
    });
    if exchange.reply.status == Some(429) {
        headers.push(("retry-after", "1".into()));
    }
    headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn lower(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&header::HeaderName, &HeaderValue)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    headers.iter().map(pair).collect()
}

/// A request body without its content codings.
fn decoded(headers: &HeaderMap, raw: &Bytes) -> anyhow::Result<Bytes> {
    let codings = headers
        .get(header::CONTENT_ENCODING)
        .map_or("", |value| value.to_str().unwrap_or_default());
    let mut body = raw.to_vec();
    for coding in codings
        .split(',')
        .rev()
        .map(str::trim)
        .filter(|coding| !coding.is_empty())
    {
        let mut out = Vec::new();
        match coding {
            "gzip" => drop(flate2::read::MultiGzDecoder::new(body.as_slice()).read_to_end(&mut out)?),
            "br" => drop(brotli::Decompressor::new(body.as_slice(), 4096).read_to_end(&mut out)?),
            "zstd" => out = zstd::decode_all(body.as_slice())?,
            _ => out = body,
        }
        body = out;
    }
    Ok(body.into())
}

/// A small JSON answer of the control endpoint.
pub(super) fn json(status: u16, body: &Value) -> anyhow::Result<Sent> {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json");
    Ok(response.body(Either::Left(Full::from(body.to_string())))?)
}
