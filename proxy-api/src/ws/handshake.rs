//! The answer to a request for a socket: a refusal over HTTP, or the upgrade. RFC 6455, 4.2.

use std::sync::Arc;
use std::time::Instant;

use data_encoding::BASE64;
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{HeaderName, Response, StatusCode, Version};
use hyper::upgrade::OnUpgrade;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::conversation::{Conversation, Rules};
use super::event::TURN_STATE;
use super::socket::{Socket, Upstream};
use crate::body::{Answer, full, read};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::router::Route;
use crate::turn::Session;
use crate::turn_state::TurnKey;
use crate::upstream::headers::{content_encodings, to_caller, without_socket_beta};
use crate::upstream::{Opened, Side, UpstreamBody};

/// What of an upstream's refusal is passed on.
const REFUSAL_BYTES: usize = 64 * 1024;

/// What the upstream's side came to.
enum Reached {
    Side(Upstream, HeaderMap),
    Refused(Response<UpstreamBody>),
}

/// Answers a request for a socket and, with the upgrade, begins to serve it.
///
/// # Errors
/// Whatever refuses the socket.
pub(crate) async fn accept(
    gateway: &Arc<Gateway>,
    head: &Parts,
    upgrade: Option<OnUpgrade>,
    route: Route,
    stopping: watch::Receiver<bool>,
) -> Result<Response<Answer>, GatewayError> {
    gateway.cors.check_socket(&head.headers)?;
    let accept = accept_key(head)?;
    let upgrade = upgrade.ok_or(GatewayError::UpgradeRequired)?;
    let caller = gateway.recognise(&head.headers, &route.upstream, gateway.clock.fresh_id())?;
    if *stopping.borrow() {
        return Err(GatewayError::ShuttingDown);
    }
    let place = gateway.sockets.take(&caller)?;
    let key = turn_key(&head.headers)?;
    let mut session = Session {
        gateway: Arc::clone(gateway),
        caller,
        upstream: route.upstream,
        headers: head.headers.clone(),
        target: route.target,
        seat: Arc::clone(place.seat()),
    };
    let (upstream, mut headers) = match reach(&session).await? {
        Reached::Side(upstream, headers) => (upstream, headers),
        Reached::Refused(response) => return passed_on(response, gateway).await,
    };
    let bridged = matches!(upstream, Upstream::Stream);
    if bridged {
        without_socket_beta(&mut session.headers);
    }
    let config = &gateway.websocket;
    let rules = Rules {
        ping: config.ping(),
        pong: config.pong(),
        idle: config.idle(),
        stall: config.stall(),
        grace: gateway.timeouts.shutdown(),
        frames_per_second: config.frames_per_second,
        bridged,
    };
    let conversation = Conversation::new(rules, key.clone(), Instant::now());
    headers.remove(CONTENT_TYPE);
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    let shown = HeaderValue::from_str(key.as_str()).map_err(|_| GatewayError::TurnState)?;
    headers.insert(HeaderName::from_static(TURN_STATE), shown);
    let socket = Socket::new(session, conversation, key, upstream, place);
    gateway.socket_tasks.spawn(async move {
        // A caller that leaves before it has the answer never becomes a socket.
        if let Ok(upgraded) = upgrade.await {
            socket.serve(upgraded, stopping).await;
        }
    });
    let mut response = Response::new(full(bytes::Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Asks the upstream for a socket, if it is known or may turn out to have them.
async fn reach(session: &Session) -> Result<Reached, GatewayError> {
    let sides = &session.upstream.sides;
    let streamed = || Reached::Side(Upstream::Stream, HeaderMap::new());
    if sides.choice(Instant::now()) == Side::Stream {
        session.inspect().await?;
        return Ok(streamed());
    }
    match session.open().await {
        Ok(Opened::Socket(socket, headers)) => {
            let socket = Upstream::Socket(Some(socket));
            Ok(Reached::Side(socket, to_caller(&headers)))
        }
        Ok(Opened::Refused(response)) if !sides.may_stream() => Ok(Reached::Refused(response)),
        Ok(Opened::Refused(response)) => match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Ok(Reached::Refused(response)),
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::UPGRADE_REQUIRED
            | StatusCode::NOT_IMPLEMENTED
            | StatusCode::OK => {
                sides.refused(Instant::now());
                Ok(streamed())
            }
            // It is in trouble, or does not like this caller: that says nothing about sockets.
            _ => Ok(streamed()),
        },
        Err(
            GatewayError::UpstreamUnreachable | GatewayError::UpstreamAnswer | GatewayError::UpstreamTimeout,
        ) if sides.may_stream() => Ok(streamed()),
        Err(error) => Err(error),
    }
}

/// The upstream's own refusal, in its words.
async fn passed_on(
    response: Response<UpstreamBody>,
    gateway: &Gateway,
) -> Result<Response<Answer>, GatewayError> {
    let (head, body) = response.into_parts();
    let is_final = head.status.is_client_error() || head.status.is_server_error();
    let is_plain = content_encodings(&head.headers).is_some_and(|codings| codings.is_empty());
    if !is_final || !is_plain {
        return Err(GatewayError::UpstreamAnswer);
    }
    let body = read::whole(body, REFUSAL_BYTES, gateway.timeouts.connect())
        .await
        .map_err(|_| GatewayError::UpstreamAnswer)?;
    let mut response = Response::new(full(body));
    *response.status_mut() = head.status;
    *response.headers_mut() = to_caller(&head.headers);
    // The provider's key would be taken for one of the gateway's.
    response.headers_mut().remove(TURN_STATE);
    Ok(response)
}

/// The answer to the caller's key, if the request is one for a WebSocket at all.
fn accept_key(head: &Parts) -> Result<HeaderValue, GatewayError> {
    let names = |name: HeaderName, word: &str| {
        let values = head.headers.get_all(name);
        let mut words = values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        words.any(|said| said.trim().eq_ignore_ascii_case(word))
    };
    if !names(UPGRADE, "websocket") || !names(CONNECTION, "upgrade") {
        return Err(GatewayError::UpgradeRequired);
    }
    // What follows the head are frames.
    let length = head.headers.get(CONTENT_LENGTH);
    if head.headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != "0") {
        return Err(GatewayError::UnexpectedBody);
    }
    if head.version != Version::HTTP_11 {
        return Err(GatewayError::Handshake("it needs HTTP/1.1"));
    }
    if !names(SEC_WEBSOCKET_VERSION, "13") {
        return Err(GatewayError::WebSocketVersion);
    }
    let mut keys = head.headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let key = match (keys.next(), keys.next()) {
        (Some(key), None) => key.as_bytes().trim_ascii(),
        _ => return Err(GatewayError::Handshake("Sec-WebSocket-Key must stand there once")),
    };
    if BASE64.decode(key).map(|bytes| bytes.len()) != Ok(16) {
        return Err(GatewayError::Handshake(
            "Sec-WebSocket-Key is not 16 bytes of base64",
        ));
    }
    HeaderValue::from_str(&derive_accept_key(key)).map_err(|_| GatewayError::Internal)
}

/// The chain that the caller comes back to, or a new one.
fn turn_key(headers: &HeaderMap) -> Result<TurnKey, GatewayError> {
    match headers.get(TURN_STATE) {
        None => TurnKey::fresh().map_err(|_| GatewayError::Internal),
        Some(value) => {
            let text = value.to_str().map_err(|_| GatewayError::TurnState)?;
            TurnKey::try_from(text).map_err(|_| GatewayError::TurnState)
        }
    }
}
