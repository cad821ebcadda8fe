//! What a turn goes on from, and what it leaves: the placeholders of before, and all of them.

use std::sync::Arc;
use std::time::Instant;

use llm_wire::{Facts, Surface};
use masking::{Lexicon, PlaceholderMap, Remembered};

use super::cleared::Outbound;
use super::received::Received;
use crate::continuation::Forgotten;
use crate::error::GatewayError;
use crate::surface::Handling;
use crate::workers::let_fall;

/// So few values are dropped where the turn ends.
const FEW: usize = 1000;

/// What earlier turns of a chain have issued.
#[derive(Default)]
pub(super) struct Earlier(Vec<Arc<Remembered>>);

/// A turn among others.
pub(super) struct Chain {
    pub(super) issued: Issued,
    /// Whether the turn goes on from earlier ones.
    pub(super) continues: bool,
    /// The conversation that the provider keeps.
    pub(super) conversation: Option<String>,
    /// Whether the provider may keep this answer, so that a later request can name it.
    pub(super) kept: bool,
    /// Whether it is to be known as the caller's even where nothing was masked.
    pub(super) owned: bool,
    /// The number of the last event that the caller has had of the answer.
    pub(super) had: Option<u64>,
}

/// All placeholders of a turn and of those that it continues. Made where the masking is done: both take as long as there
/// are values.
#[derive(Default)]
pub(super) struct Issued {
    pub(super) lexicon: Arc<Lexicon>,
    /// Empty where no turn can follow.
    pub(super) remembered: Arc<Remembered>,
}

impl Earlier {
    pub(super) fn of_socket(earlier: Option<Arc<Remembered>>) -> Self {
        Self(earlier.into_iter().collect())
    }

    /// What they make a turn cost, as bytes of its body would.
    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(|map| map.bytes()).sum()
    }

    /// Their values keep their placeholders. Whether there is any.
    pub(super) fn join(&self, map: &mut PlaceholderMap) -> bool {
        self.0.iter().for_each(|earlier| map.join(earlier));
        !map.is_empty()
    }
}

impl Chain {
    /// Of a request whose values, and those of before, are in `map`.
    pub(super) fn new(
        outbound: &Outbound,
        map: &PlaceholderMap,
        continues: bool,
        facts: Option<&Facts>,
    ) -> Self {
        let (may_go_on, kept, conversation) = match outbound.handling {
            Handling::Masked(Surface::OpenAiResponses) => {
                let store = facts.and_then(|facts| facts.store);
                let conversation = facts.and_then(|facts| facts.conversation.clone());
                (true, store != Some(false), conversation)
            }
            Handling::Kept(deed) => {
                let adds = deed.adds();
                (adds, adds, outbound.named.ids.first().cloned())
            }
            Handling::Masked(_) | Handling::PassThrough | Handling::Socket => (false, false, None),
        };
        Self {
            issued: Issued::new(map, may_go_on),
            continues,
            conversation,
            kept,
            owned: outbound.shares_credential(),
            had: outbound.named.had,
        }
    }
}

impl Received {
    /// Adds what is remembered of the chain that the request names: here, and by other replicas. Where callers share a
    /// credential, only what is known to be this caller's: its upstream would give them each other's.
    pub(super) async fn recall(&mut self) -> Result<(), GatewayError> {
        let ids = self.continued().await?;
        let (gateway, now) = (&self.gateway, Instant::now());
        // A socket has brought what it knows of its chain.
        let is_brought = !self.earlier.0.is_empty();
        gateway.continuations.fetch(&self.caller, &ids, now).await;
        for id in &ids {
            match gateway.continuations.recall(&self.caller, id, now) {
                Ok(Some(map)) => self.earlier.0.push(map),
                Ok(None) if is_brought || !self.outbound.shares_credential() => {}
                Ok(None) => return Err(self.unknown()),
                Err(_) if is_brought => {}
                Err(forgotten) => self.without_values(forgotten)?,
            }
        }
        Ok(())
    }

    /// The ids of what the request goes on from.
    async fn continued(&self) -> Result<Vec<String>, GatewayError> {
        if !self.outbound.named.ids.is_empty() {
            return Ok(self.outbound.named.ids[..1].to_vec());
        }
        if self.outbound.handling != Handling::Masked(Surface::OpenAiResponses) {
            return Ok(Vec::new());
        }
        let (gateway, body) = (&self.gateway, self.body.clone());
        let limits = gateway.limits.of_json();
        let read = move |_: &_| Facts::continued(&body, &limits);
        gateway.workers.run(self.body.len(), read).await
    }

    /// The same whether nobody knows the id or somebody else does.
    fn unknown(&self) -> GatewayError {
        match self.outbound.handling {
            Handling::Kept(_) => GatewayError::NotKept,
            _ => GatewayError::PreviousResponse,
        }
    }

    fn without_values(&self, forgotten: Forgotten) -> Result<(), GatewayError> {
        match self.outbound.handling {
            Handling::Kept(deed) if deed.goes_without_values() => Ok(()),
            Handling::Kept(_) => Err(GatewayError::ValuesForgotten),
            _ => Err(forgotten.into()),
        }
    }
}

impl Issued {
    pub(super) fn new(map: &PlaceholderMap, may_go_on: bool) -> Self {
        let remembered = if may_go_on {
            map.remember()
        } else {
            Remembered::default()
        };
        Self {
            lexicon: Arc::new(Lexicon::new(map)),
            remembered: Arc::new(remembered),
        }
    }
}

impl Drop for Issued {
    fn drop(&mut self) {
        if self.lexicon.len() > FEW {
            let_fall(std::mem::take(self));
        }
    }
}
