//! What the connections of one fake provider share: the script, the records, the gate of held replies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

use super::{
    record::{Outcome, Recorded, Tape},
    script::Reply,
};

pub(super) struct State {
    record: bool,
    inner: Mutex<Inner>,
    changed: Notify,
    pub(super) gate: Arc<Semaphore>,
}

#[derive(Default)]
struct Inner {
    script: Vec<Reply>,
    requests: Vec<Recorded>,
    tapes: Vec<Tape>,
    served: u64,
}

impl State {
    pub(super) fn new(record: bool) -> Self {
        Self {
            record,
            inner: Mutex::default(),
            changed: Notify::new(),
            gate: Arc::new(Semaphore::new(0)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.lock().script.extend(replies);
    }

    pub(super) fn reset(&self) {
        let mut inner = self.lock();
        inner.script.clear();
        inner.requests.clear();
        inner.tapes.clear();
    }

    pub(super) fn requests(&self) -> Vec<Recorded> {
        self.lock().requests.clone()
    }

    pub(super) fn wire(&self) -> Vec<Vec<u8>> {
        let inner = self.lock();
        inner
            .tapes
            .iter()
            .map(|tape| tape.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .collect()
    }

    pub(super) fn release(&self) {
        self.gate.add_permits(1);
    }

    pub(super) fn tape(&self) -> Option<Tape> {
        let tape = self.record.then(Tape::default)?;
        self.lock().tapes.push(Arc::clone(&tape));
        Some(tape)
    }

    /// The reply that answers a request to `path` with this decoded body.
    pub(super) fn reply(&self, path: &str, body: &str) -> Reply {
        let mut inner = self.lock();
        let found = inner.script.iter().position(|reply| {
            let when = &reply.when;
            when.path.as_ref().is_none_or(|end| path.ends_with(end.as_str()))
                && when.body.as_ref().is_none_or(|text| body.contains(text.as_str()))
                && when
                    .body_lacks
                    .as_ref()
                    .is_none_or(|text| !body.contains(text.as_str()))
        });
        match found {
            Some(at) if inner.script[at].always => inner.script[at].clone(),
            Some(at) => inner.script.remove(at),
            None => Reply::default(),
        }
    }

    /// Keeps a request; the number identifies it for [`State::finished`].
    pub(super) fn received(&self, request: impl FnOnce() -> Recorded) -> Received {
        let mut inner = self.lock();
        inner.served += 1;
        let turn = inner.served;
        let at = self.record.then(|| {
            inner.requests.push(request());
            inner.requests.len() - 1
        });
        drop(inner);
        self.changed.notify_waiters();
        Received { turn, at }
    }

    pub(super) fn finished(&self, received: Received, outcome: Outcome) {
        if let Some(at) = received.at
            && let Some(request) = self.lock().requests.get_mut(at)
        {
            request.outcome = outcome;
        }
        self.changed.notify_waiters();
    }

    pub(super) async fn wait_until(&self, condition: impl Fn(&[Recorded]) -> bool) -> Vec<Recorded> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let requests = self.requests();
            if condition(&requests) {
                return requests;
            }
            changed.await;
        }
    }
}

/// A request's place in the records; `turn` numbers its answer.
#[derive(Clone, Copy)]
pub(super) struct Received {
    pub(super) turn: u64,
    at: Option<usize>,
}
