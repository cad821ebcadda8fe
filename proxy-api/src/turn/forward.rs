//! From `Masked` to `Forwarded`: sends, and reads the head of the answer.

use std::sync::Arc;

use http::response::Parts;

use super::chain::Chain;
use super::explained::Explained;
use super::mask::Masked;
use super::record::Record;
use crate::caller::Caller;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::surface::Handling;
use crate::upstream::{Client, UpstreamBody};

/// An answer whose head is known.
pub(super) struct Forwarded {
    pub(super) gateway: Arc<Gateway>,
    pub(super) caller: Caller,
    pub(super) handling: Handling,
    pub(super) chain: Chain,
    pub(super) explained: Explained,
    pub(super) head: Parts,
    pub(super) body: UpstreamBody,
}

impl Masked {
    /// Sends the request once; callers retry, the gateway never does.
    pub(super) async fn forward(self, record: &mut Record) -> Result<Forwarded, GatewayError> {
        record.sending();
        let response = Client::send(self.cleared).await?;
        let (head, body) = response.into_parts();
        record.answered(head.status);
        // Its `Location` stays here, and a caller that followed it would leave the gateway.
        if head.status.is_redirection() || head.status.is_informational() {
            return Err(GatewayError::UpstreamRedirect);
        }
        Ok(Forwarded {
            gateway: self.gateway,
            caller: self.caller,
            handling: self.handling,
            chain: self.chain,
            explained: self.explained,
            head,
            body,
        })
    }
}
