//! What a frame becomes, given what is known of its chain.

use std::sync::Arc;

use llm_wire::FrameKind;

use super::{Rules, Tail};
use crate::error::GatewayError;
use crate::turn_state::ChainState;
use crate::ws::request::Request;

/// One turn, ready to be masked and sent.
pub(crate) struct Plan {
    pub(crate) request: Request,
    /// What it goes on from, with the placeholders of before.
    pub(crate) earlier: Option<Arc<ChainState>>,
    pub(crate) link: Link,
    /// Members that the frame leaves out.
    pub(crate) fields: Option<Arc<str>>,
    /// Not sent: it prepares the next turn.
    pub(crate) prewarm: bool,
}

/// How the upstream learns what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// There is nothing before, or the frame says it all.
    None,
    /// It knows the response by this id.
    Id,
    /// The transcript goes with it.
    Transcript,
}

/// # Errors
/// When the frame continues what neither side knows.
pub(super) fn plan(request: Request, tail: Option<&Tail>, rules: &Rules) -> Result<Plan, GatewayError> {
    let prewarm = rules.bridged && !request.generates;
    let appends = request.kind == FrameKind::Append;
    let named = if appends {
        let last = tail.filter(|tail| tail.fields.is_some());
        Some(
            last.ok_or(GatewayError::NothingToAppend)?
                .state
                .response_id
                .to_string(),
        )
    } else {
        request.previous.clone()
    };
    let Some(id) = named else {
        return Ok(Plan {
            request,
            earlier: None,
            link: Link::None,
            fields: None,
            prewarm,
        });
    };
    let tail = tail.filter(|tail| *tail.state.response_id == *id);
    let live = tail.is_some_and(|tail| tail.live);
    let earlier = tail.map(|tail| Arc::clone(&tail.state));
    let link = match &earlier {
        Some(state) if (state.stored || live) && !prewarm => Link::Id,
        Some(state) if state.transcript.is_some() => Link::Transcript,
        Some(_) => return Err(GatewayError::PreviousResponse),
        // It may be a response of another socket, or of HTTP: the provider knows, if anybody does.
        None if !prewarm && (request.stores || !rules.bridged) => Link::Id,
        None => return Err(GatewayError::PreviousResponse),
    };
    // What was prewarmed at the provider is known there.
    let fields = tail
        .filter(|tail| appends || (tail.prewarmed && link == Link::Transcript))
        .and_then(|tail| tail.fields.clone());
    Ok(Plan {
        request: Request {
            previous: Some(id),
            ..request
        },
        earlier,
        link,
        fields,
        prewarm,
    })
}
