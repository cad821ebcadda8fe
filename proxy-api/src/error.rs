//! The one error type of the data plane. Never holds a value.

mod hint;
mod shape;

use std::fmt::Write as _;

use http::StatusCode;
use llm_wire::{Credential, FrameError};
use thiserror::Error;

pub(crate) use hint::Slip;
pub(crate) use shape::Failure;

/// Which types were found where; the part of a refusal that a caller can act on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Entity type and how often.
    pub(crate) counts: Vec<(String, u64)>,
    /// Sanitised paths, without repetition.
    pub(crate) paths: Vec<String>,
    /// Places among them that may hold secrets which are meant for the provider.
    pub(crate) credentials: Vec<Credential>,
}

/// Content that nobody could look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unseen {
    /// The key of its action in `policy.opaque_content`.
    pub(crate) kind: &'static str,
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its sanitised path.
    pub(crate) path: String,
    /// A text would have taken its place, were there room for one.
    pub(crate) withheld: bool,
}

/// Why the gateway answers itself instead of passing an answer on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum GatewayError {
    #[error("There is no such route here.")]
    UnknownRoute,
    #[error("There is no such route here, but {route} is one: {slip}.")]
    BaseUrl { route: String, slip: Slip },
    #[error("{0}.")]
    NotServed(&'static str),
    #[error("Nothing is kept under this id for this caller.")]
    NotKept,
    #[error(
        "What was masked in this response or conversation had to make room here (continuations.bytes), so that it could not \
         be restored. The provider still has it; send the whole input in a new request to go on."
    )]
    ValuesForgotten,
    #[error("The parameter starting_after takes one whole number.")]
    StartingAfter,
    #[error("The request target must be a plain path: no absolute URL, no `//`, no percent-encoding.")]
    BadTarget,
    #[error(
        "Web pages of this origin may not call the gateway. To let them, have the operator add the origin to \
         server.cors_origins."
    )]
    OriginNotAllowed,
    #[error("This route does not take that method.")]
    MethodNotAllowed { allow: &'static str },
    #[error("WebSocket is not served here; use HTTP.")]
    NoWebSocket,
    #[error("This address takes a WebSocket upgrade, or POST over HTTP.")]
    UpgradeRequired,
    #[error("Only version 13 of the WebSocket protocol is spoken here.")]
    WebSocketVersion,
    #[error("The WebSocket handshake is incomplete: {0}.")]
    Handshake(&'static str),
    #[error("Too many sockets are open.")]
    TooManySockets,
    #[error("{0}.")]
    Frame(FrameError),
    #[error("Binary frames are not read; send JSON in text frames.")]
    BinaryFrame,
    #[error("Frames come faster than this gateway takes them.")]
    FrameRate,
    #[error("The turn state is not of the form that this gateway issues.")]
    TurnState,
    #[error("Another turn of this conversation is running; wait for its last event.")]
    TurnRunning,
    #[error("There is no turn to cancel.")]
    NothingToCancel,
    #[error("There is no response on this connection to append to; send response.create first.")]
    NothingToAppend,
    #[error("The previous response is not known here; send the whole input without previous_response_id.")]
    PreviousResponse,
    #[error(
        "What this conversation has masked is more than the gateway may remember (continuations.bytes), so its answer \
         could not be restored. Send the whole input without previous_response_id, or start a new conversation."
    )]
    ContinuationTooLarge,
    #[error("There is no room for the state of another conversation.")]
    TurnStateFull,
    #[error("The store of turn state does not answer.")]
    TurnStateUnavailable,
    #[error("This route takes no request body.")]
    UnexpectedBody,
    #[error("Only application/json in UTF-8 is accepted.")]
    UnsupportedMediaType,
    #[error("Only the content encodings identity, gzip, br and zstd are accepted, at most two of them.")]
    UnsupportedEncoding,
    #[error("The request body does not match its content encoding.")]
    BadEncoding,
    #[error("The {what} is larger than {limit} {unit}{}.", hint::set_by(what))]
    TooLarge {
        what: &'static str,
        limit: usize,
        unit: &'static str,
    },
    #[error(
        "The caller stopped sending its request, or sent it too slowly (timeouts.caller_idle_seconds, \
         timeouts.body_seconds, limits.body_bytes_per_second)."
    )]
    RequestTimeout,
    #[error("The request body could not be read to its end.")]
    RequestCut,
    #[error("The request body cannot be inspected: {0}.")]
    Malformed(String),
    #[error("A header that has to be forwarded is not plain text.")]
    BadHeader,
    #[error("The gateway key is missing or unknown.")]
    GatewayKey,
    #[error("{}", privacy_message(.0))]
    PrivacyBlocked(Found),
    #[error("{}", opaque_message(.0))]
    OpaqueBlocked(Unseen),
    #[error(
        "The privacy gateway refused this request and sent nothing: its input is token ids, which cannot be read for \
         this model. Send text instead; LangChain does with check_embedding_ctx_length=False."
    )]
    TokenIds,
    #[error("{}", residual_message(.0))]
    Residual(Found),
    #[error("This request may only be answered by a local model, and none is configured for this API.")]
    NoLocalRoute,
    #[error("A detector is unavailable ({detector}); nothing was sent.")]
    DetectorUnavailable { detector: &'static str },
    #[error("Too many turns are in progress (limits.turns).")]
    Overloaded,
    #[error(
        "Audit events wait for the control plane, and there is no room for more (audit.spool_bytes, audit.when_full)."
    )]
    AuditFull,
    #[error("The requests in progress are together as large as they may be (limits.bodies_bytes).")]
    BodiesTooLarge,
    #[error("The request cannot be told from what follows it: {0}.")]
    Framing(&'static str),
    #[error("The gateway is shutting down.")]
    ShuttingDown,
    #[error("The upstream could not be reached.")]
    UpstreamUnreachable,
    #[error("The upstream's name resolves to addresses that are not allowed for it.")]
    UpstreamAddress,
    #[error("The upstream did not answer in time.")]
    UpstreamTimeout,
    #[error("The upstream answered with a redirect, which is not followed.")]
    UpstreamRedirect,
    #[error("The upstream's answer could not be read.")]
    UpstreamAnswer,
    #[error("The upstream answered with an error whose text could not be read and is withheld.")]
    UpstreamError { status: StatusCode },
    #[error("The gateway failed while it handled this request; nothing more is known to be sent.")]
    Internal,
}

fn residual_message(found: &Found) -> String {
    let mut text = String::from(
        "The privacy gateway refused this request and sent nothing: a value that is private elsewhere in it would have \
         left in a place that must not be changed",
    );
    if !found.counts.is_empty() {
        text.push_str(": ");
        describe(found, &mut text);
    }
    text.push_str(". Remove it there, or start a new conversation.");
    text
}

fn opaque_message(unseen: &Unseen) -> String {
    let Unseen {
        kind,
        name,
        path,
        withheld,
    } = unseen;
    let mut text = format!(
        "The privacy gateway refused this request and sent nothing: it holds content that cannot be inspected ({name} at \
         {path}). "
    );
    if *withheld {
        text.push_str("No text can take its place there: remove it, or have the operator set");
    } else {
        text.push_str("Remove it or send its text, or have the operator set");
    }
    let others = if *withheld { "allow" } else { "withhold or allow" };
    let _ = write!(text, " policy.opaque_content.{kind} to {others}.");
    text
}

fn privacy_message(found: &Found) -> String {
    let mut text = String::from("The privacy gateway refused this request and sent nothing: it holds ");
    describe(found, &mut text);
    text.push_str(
        ". Remove it from the conversation, or have the operator change the action of this type in the gateway's policy.",
    );
    let places: Vec<String> = found
        .credentials
        .iter()
        .map(|place| format!("{:?}", place.name()))
        .collect();
    if !places.is_empty() {
        let _ = write!(
            text,
            " If the provider is meant to get it, have the operator add {} to policy.provider_credentials.",
            places.join(", ")
        );
    }
    text
}

/// Types, counts and places.
fn describe(found: &Found, text: &mut String) {
    for (index, (entity, count)) in found.counts.iter().enumerate() {
        let _ = write!(text, "{}{count} {entity}", if index == 0 { "" } else { ", " });
    }
    if let Some((first, more)) = found.paths.split_first() {
        let _ = write!(text, " at {first}");
        for path in more.iter().take(7) {
            let _ = write!(text, ", {path}");
        }
        if more.len() > 7 {
            let _ = write!(text, " and {} more places", more.len() - 7);
        }
    }
}

impl GatewayError {
    /// The stable code: clients and dashboards may rely on it.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::UnknownRoute | Self::BaseUrl { .. } => "unknown_route",
            Self::NotServed(_) => "route_not_served",
            Self::NotKept => "not_found",
            Self::ValuesForgotten => "values_forgotten",
            Self::BadTarget | Self::StartingAfter => "bad_request_target",
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::NoWebSocket => "websocket_not_served",
            Self::UpgradeRequired => "websocket_upgrade_required",
            Self::WebSocketVersion => "unsupported_websocket_version",
            Self::Handshake(_) => "bad_websocket_handshake",
            Self::TooManySockets => "too_many_sockets",
            Self::Frame(_) => "invalid_frame",
            Self::BinaryFrame => "binary_frame",
            Self::FrameRate => "too_many_frames",
            Self::TurnState => "invalid_turn_state",
            Self::TurnRunning => "invalid_websocket_turn",
            Self::NothingToCancel => "no_turn_to_cancel",
            Self::NothingToAppend => "no_response_to_append_to",
            Self::PreviousResponse => "previous_response_not_found",
            Self::ContinuationTooLarge => "continuation_too_large",
            Self::TurnStateFull => "turn_state_full",
            Self::TurnStateUnavailable => "turn_state_unavailable",
            Self::UnexpectedBody => "unexpected_body",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::UnsupportedEncoding => "unsupported_encoding",
            Self::BadEncoding => "bad_encoding",
            Self::TooLarge { .. } => "request_too_large",
            Self::RequestTimeout => "request_timeout",
            Self::RequestCut => "request_cut",
            Self::Malformed(_) => "malformed_request",
            Self::BadHeader => "bad_header",
            Self::GatewayKey => "invalid_gateway_key",
            Self::PrivacyBlocked(_) => "privacy_blocked",
            Self::OpaqueBlocked(_) => "opaque_content_blocked",
            Self::TokenIds => "token_ids_blocked",
            Self::Residual(_) => "residual_value",
            Self::NoLocalRoute => "no_local_route",
            Self::DetectorUnavailable { .. } => "detector_unavailable",
            Self::Overloaded => "overloaded",
            Self::AuditFull => "audit_full",
            Self::BodiesTooLarge => "bodies_too_large",
            Self::Framing(_) => "bad_framing",
            Self::ShuttingDown => "shutting_down",
            Self::UpstreamUnreachable => "upstream_unreachable",
            Self::UpstreamAddress => "upstream_address_refused",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::UpstreamRedirect => "upstream_redirect",
            Self::UpstreamAnswer => "upstream_answer_unreadable",
            Self::UpstreamError { .. } => "upstream_error_unreadable",
            Self::Internal => "internal_error",
        }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::UnknownRoute | Self::BaseUrl { .. } | Self::NotServed(_) | Self::NotKept => {
                StatusCode::NOT_FOUND
            }
            Self::OriginNotAllowed => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoWebSocket | Self::UpgradeRequired | Self::WebSocketVersion => {
                StatusCode::UPGRADE_REQUIRED
            }
            Self::TurnRunning => StatusCode::CONFLICT,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::GatewayKey => StatusCode::UNAUTHORIZED,
            // 400 ends a coding agent's turn and shows the message; 403, 409 and 5xx would be retried.
            Self::PrivacyBlocked(_)
            | Self::OpaqueBlocked(_)
            | Self::TokenIds
            | Self::Residual(_)
            | Self::Malformed(_)
            | Self::BadHeader
            | Self::Framing(_)
            | Self::BadTarget
            | Self::StartingAfter
            | Self::ValuesForgotten
            | Self::UnexpectedBody
            | Self::BadEncoding
            | Self::RequestCut
            | Self::Handshake(_)
            | Self::Frame(_)
            | Self::BinaryFrame
            | Self::TurnState
            | Self::NothingToCancel
            | Self::NothingToAppend
            | Self::PreviousResponse
            | Self::ContinuationTooLarge => StatusCode::BAD_REQUEST,
            Self::Overloaded | Self::TooManySockets | Self::FrameRate => StatusCode::TOO_MANY_REQUESTS,
            Self::AuditFull
            | Self::TurnStateFull
            | Self::BodiesTooLarge
            | Self::TurnStateUnavailable
            | Self::NoLocalRoute
            | Self::DetectorUnavailable { .. }
            | Self::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::UpstreamUnreachable
            | Self::UpstreamAddress
            | Self::UpstreamRedirect
            | Self::UpstreamAnswer => StatusCode::BAD_GATEWAY,
            Self::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::UpstreamError { status } => *status,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn found() -> Found {
        Found {
            counts: vec![("API_KEY".into(), 2), ("EMAIL".into(), 1)],
            credentials: vec![Credential::McpAuthorization],
            paths: (0..10).map(|n| format!("messages[].{n}")).collect(),
        }
    }

    #[test]
    fn a_refusal_says_what_where_and_what_to_do() {
        let text = GatewayError::PrivacyBlocked(found()).to_string();
        assert!(text.contains("2 API_KEY, 1 EMAIL at messages[].0, "), "{text}");
        assert!(text.contains("and 2 more places"), "{text}");
        assert!(text.contains("Remove it"), "{text}");
        assert!(
            text.contains("\"mcp.authorization\" to policy.provider_credentials"),
            "{text}"
        );
    }
}
