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
        let is_worth_it = chain.owned || !chain.issued.remembered.is_empty();
        let settled = !chain.kept || !success || !caller.returns || !is_worth_it;
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

    /// Keeps the map as soon as the answer has told its id: the caller may continue before the stream has ended. What is
    /// added to a conversation has an answer without one.
    pub(super) fn keep(&mut self, facts: &AnswerFacts) {
        if self.settled || (facts.response_id.is_none() && !facts.terminal) {
            return;
        }
        self.settled = true;
        let map = &self.chain.issued.remembered;
        let now = Instant::now();
        let known = &self.gateway.continuations;
        if let Some(id) = &facts.response_id {
            known.remember(&self.caller, id, map, now);
        }
        let mut conversations = [&facts.conversation, &self.chain.conversation];
        if conversations[0] == conversations[1] {
            conversations[0] = &None;
        }
        for id in conversations.into_iter().flatten() {
            known.add(&self.caller, id, map, now);
        }
    }
}
