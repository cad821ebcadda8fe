//! What a turn's placeholders stand for, and where that is kept for the turns that continue it.

use std::sync::Arc;
use std::time::Instant;

use llm_wire::AnswerFacts;
use masking::{Lexicon, Remembered};

use super::chain::Chain;
use super::restore::Restorer;
use crate::caller::Caller;
use crate::gateway::Gateway;

/// The memory of one turn.
pub(super) struct Memory {
    gateway: Arc<Gateway>,
    caller: Caller,
    chain: Chain,
    lexicon: Arc<Lexicon>,
    /// Nothing is left to keep.
    settled: bool,
}

impl Memory {
    pub(super) fn new(gateway: &Arc<Gateway>, caller: Caller, chain: Chain, success: bool) -> Self {
        // An upstream that refuses a request has not proven who the caller is: its error gets nothing from memory.
        let lexicon = if chain.continues && !success {
            Arc::default()
        } else {
            Arc::clone(&chain.issued.lexicon)
        };
        let settled = !chain.kept || !success || !caller.returns || chain.issued.remembered.is_empty();
        Self {
            gateway: Arc::clone(gateway),
            caller,
            chain,
            lexicon,
            settled,
        }
    }

    /// All placeholders, for a turn that follows.
    pub(super) fn remembered(&self) -> &Arc<Remembered> {
        &self.chain.issued.remembered
    }

    pub(super) fn restorer(&self, streamed: bool) -> Restorer {
        let tools = Arc::clone(&self.gateway.tools);
        let restorer = Restorer::new(
            Arc::clone(&self.lexicon),
            tools,
            self.gateway.restore_in_urls,
            streamed,
        );
        match self.gateway.onlooker {
            Some(_) => restorer.watched(),
            None => restorer,
        }
    }

    /// Keeps the map as soon as the answer has told its id: the caller may continue before the stream has ended.
    pub(super) fn keep(&mut self, facts: &AnswerFacts) {
        if self.settled || facts.response_id.is_none() {
            return;
        }
        self.settled = true;
        let map = &self.chain.issued.remembered;
        let now = Instant::now();
        let ids = [&facts.response_id, &facts.conversation, &self.chain.conversation];
        for id in ids.into_iter().flatten() {
            self.gateway.continuations.remember(&self.caller, id, map, now);
        }
    }
}
