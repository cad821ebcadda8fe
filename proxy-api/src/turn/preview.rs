//! One request masked for show: on the way of every other request, up to its sending.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use llm_wire::{Document, Edit};
use masking::{Action, Inspected, NoDeadline, PlaceholderMap};

use super::chain::Earlier;
use super::cleared::Outbound;
use super::mask::{body_leaves, parse};
use super::received::Received;
use super::record::Record;
use crate::config::LOCAL;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::router::route;
use crate::upstream::headers::Outgoing;

/// What becomes of a request.
pub(crate) struct Previewed {
    pub(crate) fate: Fate,
    /// What would leave. Of a refused request the body with a placeholder for each value that may not.
    pub(crate) body: Bytes,
    /// Everything detected in the body, in order.
    pub(crate) found: Vec<Found>,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// To its provider, masked.
    Leaves,
    /// To the local upstream, as it is.
    StaysLocal,
    /// Nowhere.
    Refused(
        /// The code of the error that the caller gets.
        &'static str,
    ),
}

/// One detection.
pub(crate) struct Found {
    pub(crate) inspected: Inspected,
    /// Where the text stands that it is in.
    pub(crate) path: String,
    /// What takes its place.
    pub(crate) placeholder: Option<String>,
}

/// Masks `body` as a caller's that comes to `path`. Nothing is sent, recorded or remembered.
///
/// # Errors
/// What refuses a body that cannot be read.
pub(crate) async fn preview(
    gateway: &Arc<Gateway>,
    path: &str,
    body: Bytes,
) -> Result<(Previewed, Option<GatewayError>), GatewayError> {
    let request = Request::builder().method(Method::POST).uri(path).body(());
    let (head, ()) = request.map_err(|_| GatewayError::BadTarget)?.into_parts();
    let route = route(&head, &gateway.clients, &gateway.limits, false).map_err(|refused| refused.error)?;
    let surface = route.handling.surface().ok_or(GatewayError::UnknownRoute)?;
    let limit = gateway.limits.body_bytes;
    if body.len() > limit {
        let (what, unit) = ("request body", "bytes");
        return Err(GatewayError::TooLarge { what, limit, unit });
    }
    let id = gateway.clock.fresh_id();
    let headers = HeaderMap::new();
    let caller = gateway.recognise(&headers, &route.upstream, id)?;
    let scope = gateway.callers.scope(&caller, &headers, id);
    let mut record = Record::start(gateway, &route, id, Some(&caller));
    let received = Received {
        gateway: Arc::clone(gateway),
        caller,
        scope: scope.clone(),
        outbound: Outbound::new(route, Outgoing::from_caller(&headers, None, true)?),
        body: body.clone(),
        earlier: Earlier::default(),
    };
    let result = received.mask(&mut record).await;
    record.forget();
    let (fate, leaving, error) = match result {
        Ok(masked) if *masked.cleared.client().name == *LOCAL => (Fate::StaysLocal, Some(body.clone()), None),
        Ok(masked) => (Fate::Leaves, Some(masked.cleared.body().clone()), None),
        Err(error) => (Fate::Refused(error.code()), None, Some(error)),
    };
    let document = parse(gateway, &body, surface)?;
    let mut map = PlaceholderMap::new(&gateway.master_key, &scope);
    let found = found(gateway, &document, &mut map, fate)?;
    let body = match leaving {
        Some(body) => body,
        None => covered(&document, &found)?,
    };
    Ok((Previewed { fate, body, found }, error))
}

fn found(
    gateway: &Gateway,
    document: &Document<'_>,
    map: &mut PlaceholderMap,
    fate: Fate,
) -> Result<Vec<Found>, GatewayError> {
    let inspected = gateway.masker.inspect(
        &body_leaves(document, &gateway.policy.provider_credentials),
        map,
        &NoDeadline,
    );
    let inspected = inspected.map_err(|error| GatewayError::DetectorUnavailable {
        detector: error.detector,
    })?;
    let observes = gateway.masker.policy().observes();
    let found = inspected.into_iter().map(|inspected| {
        let text = &document.leaves()[inspected.leaf].text;
        let is_covered = match (fate, inspected.action) {
            _ if observes => false,
            (_, Action::Allow) | (Fate::StaysLocal, _) => false,
            (Fate::Leaves | Fate::Refused(_), _) => true,
        };
        let entity = &inspected.detection.entity;
        let written = &text[inspected.detection.span.range()];
        let placeholder = is_covered.then(|| {
            map.placeholder_of(entity, &inspected.value, written)
                .as_str()
                .to_owned()
        });
        Found {
            path: document.path(inspected.leaf),
            placeholder,
            inspected,
        }
    });
    Ok(found.collect())
}

/// The body without any value that may not leave, for a person who wants to see where they stand.
fn covered(document: &Document<'_>, found: &[Found]) -> Result<Bytes, GatewayError> {
    let edits = found.iter().filter_map(|found| {
        Some(Edit {
            leaf: found.inspected.leaf,
            span: found.inspected.detection.span.range(),
            replacement: found.placeholder.as_deref()?,
        })
    });
    let edits: Vec<Edit<'_>> = edits.collect();
    let body = document.splice(&edits).map_err(|_| GatewayError::Internal)?;
    Ok(body.into())
}
