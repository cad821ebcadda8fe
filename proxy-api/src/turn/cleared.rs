//! A request that may leave. The fields of `Cleared` are private to this file: its two constructors are the only ways
//! to one, and the client sends nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, Method};
use llm_wire::{Credential, Document, Limits, Surface};
use masking::LastLook;

use crate::error::GatewayError;
use crate::router::Route;
use crate::surface::Handling;
use crate::surface::kept::Named;
use crate::upstream::headers::Outgoing;
use crate::upstream::{Client, Target};

/// What makes a body a frame.
const FRAME_HEAD: &[u8] = br#"{"type":"response.create","#;

/// Where a request is to go and what goes beside its body; not yet allowed to.
pub(super) struct Outbound {
    pub(super) handling: Handling,
    pub(super) target: Target,
    pub(super) named: Named,
    pub(super) outgoing: Outgoing,
    /// Whether the answer is wanted as a stream.
    pub(super) streams: bool,
    client: Arc<Client>,
}

/// Cleared for its pinned upstream.
pub(crate) struct Cleared {
    client: Arc<Client>,
    request: Request,
}

/// What the client sends.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Outbound {
    pub(super) fn new(route: Route, outgoing: Outgoing) -> Self {
        Self {
            handling: route.handling,
            target: route.target,
            named: route.named,
            outgoing,
            streams: false,
            client: route.upstream,
        }
    }

    pub(super) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Whether its upstream gets a credential that all callers share, and can tell none of them from another.
    pub(super) fn shares_credential(&self) -> bool {
        self.client.held_credential().is_some()
    }

    /// Clears a masked body, or none, after a last look at everything that leaves for any value of this turn; `None` when
    /// one still stands in it, but for secrets where they are `meant` for the provider.
    pub(super) fn clear(
        self,
        body: Option<(Bytes, Surface)>,
        look: &LastLook,
        meant: &BTreeSet<Credential>,
    ) -> Option<Cleared> {
        let is_body_clean = body
            .as_ref()
            .is_none_or(|(bytes, surface)| is_body_free(look, bytes, *surface, meant));
        let is_clean = self.is_head_free(look) && is_body_clean;
        is_clean.then(|| self.cleared(body.map(|(bytes, _)| bytes)))
    }

    fn is_head_free(&self, look: &LastLook) -> bool {
        let query = self.target.query.as_deref().unwrap_or_default();
        let mut head = [self.target.root.as_str(), &self.target.path, query]
            .into_iter()
            .chain(self.outgoing.values().map(|(_, value)| value));
        head.all(|text| is_free(look, text))
    }

    /// Clears an unmasked body, as `route_local` says, for the upstream that is named `local` and nobody else. The
    /// caller's credentials are not for it.
    pub(super) fn clear_for_local(
        mut self,
        local: &Arc<Client>,
        body: Bytes,
    ) -> Result<Cleared, GatewayError> {
        if &*local.name != crate::config::LOCAL || local.api != self.client.api {
            return Err(GatewayError::NoLocalRoute);
        }
        self.outgoing.replace_credentials(local.held_credential());
        self.target.root.clear();
        self.client = Arc::clone(local);
        Ok(self.cleared(Some(body)))
    }

    fn cleared(self, body: Option<Bytes>) -> Cleared {
        let mut headers = self.outgoing.into_headers();
        // Only codings that this gateway decodes; none where each small piece would have to be flushed through one.
        let codings = if self.streams {
            "identity"
        } else {
            "gzip, br, zstd"
        };
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(codings));
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let request = Request {
            method: self.handling.method(),
            target: self.target,
            headers,
            body: body.unwrap_or_default(),
        };
        Cleared {
            client: self.client,
            request,
        }
    }
}

fn is_free(look: &LastLook, text: &str) -> bool {
    let mut is_free = true;
    look.each(text, |_, _| {
        is_free = false;
        false
    });
    is_free
}

/// Whether no value stands in a body but in what the API's schema says: its keys, enumerations and identifiers.
fn is_body_free(look: &LastLook, body: &[u8], surface: Surface, meant: &BTreeSet<Credential>) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let mut schema = None;
    let mut is_free = true;
    look.each(text, |entity, span| {
        // It was parsed when it came in; a body that does not parse now is not let out.
        let schema = schema.get_or_insert_with(|| {
            Document::parse(body, surface, &Limits::none()).map(|document| document.schema())
        });
        is_free = schema.as_ref().is_ok_and(|schema| {
            let place = schema.credential(span.range());
            schema.covers(span.range())
                || entity.is_secret() && place.is_some_and(|place| meant.contains(&place))
        });
        is_free
    });
    is_free
}

impl Cleared {
    /// The masked body; what a turn of a socket keeps for those that continue it.
    pub(super) fn body(&self) -> &Bytes {
        &self.request.body
    }

    /// Where it goes.
    pub(crate) fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client)
    }

    /// The same as the request for a WebSocket, RFC 6455, 4.1.
    pub(crate) fn into_upgrade(mut self, key: &HeaderValue) -> Self {
        let headers = &mut self.request.headers;
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        headers.insert(SEC_WEBSOCKET_KEY, key.clone());
        // A refusal is passed on as it is.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        self
    }

    /// Whether it goes to this upstream, and not to the local one instead.
    pub(super) fn is_for(&self, client: &Arc<Client>) -> bool {
        Arc::ptr_eq(&self.client, client)
    }

    /// The same as the first frame of a turn on a socket to its upstream.
    pub(crate) fn into_frame(self) -> (Arc<Client>, Vec<u8>) {
        let members = self.request.body.strip_prefix(b"{").unwrap_or_default();
        (self.client, [FRAME_HEAD, members].concat())
    }

    /// Where it goes, and what.
    pub(crate) fn into_parts(self) -> (Arc<Client>, Request) {
        (self.client, self.request)
    }
}
