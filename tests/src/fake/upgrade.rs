//! The handshake of a socket: `GET .../responses` with an upgrade, accepted or refused as the settings say.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use serde_json::Value;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{
    answer::{Exchange, Family},
    head::{lower, provider_headers},
    record::{Connection, Outcome, Recorded},
    script::Reply,
    serve::{self, Sent},
    socket::Socket,
    state::State,
};

/// Whether this is the handshake of a socket.
pub(super) fn is_handshake(request: &Request<Incoming>) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    upgrade.is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
        && request.uri().path().ends_with("/responses")
}

/// Answers a handshake: with the upgrade, or as the settings refuse it.
pub(super) fn handshake(
    mut request: Request<Incoming>,
    connection: Connection,
    state: Arc<State>,
) -> anyhow::Result<Sent> {
    let head = Head {
        path: request.uri().path().to_owned(),
        target: request.uri().to_string(),
        headers: lower(request.headers()),
        connection,
    };
    let received = state.received(|| head.recorded("GET", Bytes::new(), String::new()));
    let refused = state.settings().refuse_sockets;
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY);
    let key = key.map(|key| derive_accept_key(key.as_bytes()));
    let refused = match key {
        None => refused.or_else(|| Some(Reply::fault(400, "The handshake has no key."))),
        Some(_) => refused,
    };
    let reply = refused.clone().unwrap_or_default();
    let exchange = Exchange::new(Family::OpenAi, received.turn, Value::Null, None, reply);
    if refused.is_some() {
        let answer = serve::answer(&exchange, request.method(), &head.path);
        return serve::send(&exchange, answer, received, state);
    }
    let mut response = Response::builder().status(101);
    if let Some(headers) = response.headers_mut() {
        upgrade_headers(&exchange, key.unwrap_or_default(), headers)?;
    }
    let upgrade = hyper::upgrade::on(&mut request);
    // From now on: whoever has the answer may give commands.
    let commands = state.commands.subscribe();
    tokio::spawn(async move {
        let outcome = match upgrade.await {
            Ok(upgraded) => {
                let socket = Socket::open(upgraded, head, commands, Arc::clone(&state)).await;
                socket.run().await
            }
            Err(_) => Outcome::Cancelled,
        };
        state.finished(received, outcome);
    });
    Ok(response.body(Either::Left(Full::default()))?)
}

fn upgrade_headers(exchange: &Exchange, accept: String, headers: &mut HeaderMap) -> anyhow::Result<()> {
    let sticky = exchange.id("provider-sticky-", 16, 6);
    let own = [
        ("connection", "Upgrade".to_owned()),
        ("upgrade", "websocket".into()),
        ("sec-websocket-accept", accept),
        ("openai-model", "gpt-fake".into()),
        ("x-models-etag", "W/\"fake-models\"".into()),
        ("x-reasoning-included", "true".into()),
        ("x-codex-turn-state", sticky),
    ];
    let usual = provider_headers(exchange, "");
    let usual = usual.iter().filter(|(name, _)| name != "content-type");
    let own = own.iter().map(|(name, value)| (*name, value));
    for (name, value) in usual.map(|(name, value)| (name.as_str(), value)).chain(own) {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    Ok(())
}

/// What the records of a socket's frames have in common.
pub(super) struct Head {
    pub(super) path: String,
    pub(super) connection: Connection,
    target: String,
    headers: Vec<(String, String)>,
}

impl Head {
    pub(super) fn recorded(&self, method: &str, body: Bytes, seen: String) -> Recorded {
        Recorded {
            method: method.into(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            raw: body.clone(),
            body,
            seen,
            connection: self.connection.number,
            outcome: Outcome::Open,
        }
    }
}
