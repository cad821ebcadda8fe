//! What a turn goes on from, and what it leaves: the placeholders of before, and all of them.

use std::sync::Arc;
use std::time::Instant;

use llm_wire::{Facts, Surface};
use masking::{Lexicon, PlaceholderMap, Remembered};

use super::received::Received;
use crate::error::GatewayError;
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

impl Received {
    /// Adds what is remembered of the chain that the request says it continues: here, and by other replicas.
    pub(super) async fn recall(&mut self) -> Result<(), GatewayError> {
        if self.outbound.handling.surface() != Some(Surface::OpenAiResponses) {
            return Ok(());
        }
        let (gateway, body) = (&self.gateway, self.body.clone());
        let limits = gateway.limits.of_json();
        let read = move |_: &_| Facts::continued(&body, &limits);
        let ids = gateway.workers.run(self.body.len(), read).await?;
        let now = Instant::now();
        // A socket has brought what it knows of its chain.
        let is_brought = !self.earlier.0.is_empty();
        gateway.continuations.fetch(&self.caller, &ids, now).await;
        for id in &ids {
            match gateway.continuations.recall(&self.caller, id, now) {
                Ok(map) => self.earlier.0.extend(map),
                Err(_) if is_brought => {}
                Err(forgotten) => return Err(forgotten.into()),
            }
        }
        Ok(())
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
