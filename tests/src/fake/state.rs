//! What the connections of one fake provider share: the script, the records, the gate of held replies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{Notify, Semaphore, broadcast};

use super::{
    answer::{Answer, Event, Exchange},
    kept::{self, Keeping, Question},
    memory::{Context, Memory},
    record::{Connection, Outcome, Recorded, Tape},
    script::Reply,
    settings::{Settings, SocketCommand},
};

/// How many commands an open socket may be behind.
const COMMANDS: usize = 64;

pub(super) struct State {
    record: bool,
    inner: Mutex<Inner>,
    changed: Notify,
    pub(super) gate: Arc<Semaphore>,
    pub(super) commands: broadcast::Sender<SocketCommand>,
}

#[derive(Default)]
struct Inner {
    script: Vec<Reply>,
    requests: Vec<Recorded>,
    tapes: Vec<Tape>,
    settings: Settings,
    memory: Memory,
    keeping: Keeping,
    served: u64,
    connections: u64,
    pongs: usize,
}

impl State {
    pub(super) fn new(record: bool) -> Self {
        Self {
            record,
            inner: Mutex::default(),
            changed: Notify::new(),
            gate: Arc::new(Semaphore::new(0)),
            commands: broadcast::Sender::new(COMMANDS),
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
        inner.settings = Settings::default();
        inner.memory = Memory::default();
        inner.keeping = Keeping::default();
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

    pub(super) fn settings(&self) -> Settings {
        self.lock().settings.clone()
    }

    pub(super) fn set(&self, settings: Settings) {
        self.lock().settings = settings;
    }

    /// Whether requests and conversations are kept.
    pub(super) fn records(&self) -> bool {
        self.record
    }

    pub(super) fn stored_context(&self, id: &str) -> Option<Context> {
        self.lock().memory.stored(id)
    }

    pub(super) fn any_context(&self, id: &str) -> Option<Context> {
        self.lock().memory.any(id)
    }

    pub(super) fn keep_context(&self, id: &str, context: &Context, stored: bool) {
        if self.record {
            self.lock().memory.keep(id.to_owned(), context.clone(), stored);
        }
    }

    /// Answers what is asked about something that is kept.
    pub(super) fn asked(&self, exchange: &Exchange, question: &Question<'_>) -> Option<Answer> {
        self.lock().keeping.answer(exchange, question)
    }

    pub(super) fn keep_response(
        &self,
        exchange: &Exchange,
        owner: &str,
        made: (Value, Vec<Event>),
        input: &[Value],
    ) {
        self.lock().keeping.keep(exchange, owner, made, input);
    }

    pub(super) fn conversation(&self, id: &str, owner: &str) -> Option<Vec<Value>> {
        self.lock().keeping.conversation(id, owner)
    }

    pub(super) fn extend_conversation(&self, exchange: &Exchange, id: &str, items: &[Value]) {
        self.lock().keeping.extend(exchange, id, items);
    }

    pub(super) fn command(&self, command: SocketCommand) {
        // Nobody listening is no error: no socket is open.
        let _ = self.commands.send(command);
    }

    pub(super) fn pong(&self) {
        self.lock().pongs += 1;
        self.changed.notify_waiters();
    }

    pub(super) fn pongs(&self) -> usize {
        self.lock().pongs
    }

    pub(super) fn connection(&self) -> Connection {
        let mut inner = self.lock();
        inner.connections += 1;
        let tape = self.record.then(Tape::default);
        inner.tapes.extend(tape.clone());
        Connection {
            number: inner.connections,
            tape,
        }
    }

    /// The reply that answers a request to `path` with this decoded body.
    pub(super) fn reply(&self, path: &str, body: &str, prewarm: bool) -> Reply {
        let mut inner = self.lock();
        let found = inner.script.iter().position(|reply| {
            let when = &reply.when;
            when.prewarm == prewarm
                // What is kept is told as it is, unless a reply is meant for it.
                && (when.path.is_some() || !kept::is_about(path))
                && when.path.as_ref().is_none_or(|end| path.ends_with(end.as_str()))
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

    /// Waits until `look` finds what it looks for; it is asked again after each change.
    pub(super) async fn wait_for<T>(&self, look: impl Fn(&Self) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(self) {
                return found;
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
