//! Sends events until they are stored: several batches at once, again from the first that was not acknowledged when a
//! stream has ended, one by one when admin-api calls something in them invalid. A stream carries events of one instance,
//! under its token: those that a spool was found with are of others.

use std::collections::VecDeque;
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use proto::audit_v1::PublishResponse;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::{Instant, sleep_until};
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

use super::backoff::Backoff;
use super::client::{Client, RawBatch, STREAM};
use crate::audit::spool::{Cursor, Spool};
use crate::ops::AuditMetrics;
use crate::pause::pause;

/// Batches that are not acknowledged.
const WINDOW: usize = 8;
const BATCH_EVENTS: usize = 512;
const BATCH_BYTES: usize = 256 << 10;
/// A batch that is not acknowledged by then is sent again on another stream.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(30);
/// Events that come one by one share a batch.
const LINGER: Duration = Duration::from_millis(20);
/// How many events go one by one after a batch was called invalid.
const CAUTIOUS: usize = 2 * WINDOW * BATCH_EVENTS;

/// Sends events for as long as it runs.
pub(super) async fn forever(spool: &Spool, client: &Client, metrics: &AuditMetrics) {
    let mut publisher = Publisher {
        spool,
        client,
        backoff: Backoff::default(),
        one_by_one: 0,
        alone: None,
        known: None,
    };
    loop {
        match publisher.stream().await {
            // It is only its token that has grown old, or is not that of the next event.
            Ok(()) => {}
            Err(status) => {
                client.set_away(true);
                publisher.failed(&status, metrics);
                pause(publisher.backoff.next()).await;
                metrics.reconnects.increment(1);
            }
        }
    }
}

struct Publisher<'a> {
    spool: &'a Spool,
    client: &'a Client,
    backoff: Backoff,
    /// So many events go alone in their batches.
    one_by_one: usize,
    /// An event that is on its way alone ends here.
    alone: Option<Cursor>,
    /// The failure that was logged last.
    known: Option<Code>,
}

/// Batches on their way over one stream.
struct Flight {
    /// Whose events they hold.
    instance: Uuid,
    next: Cursor,
    sequence: u64,
    sent: VecDeque<Sent>,
}

/// What comes after everything that was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    /// More, when some of it is acknowledged.
    More,
    Nothing,
    /// Events that this stream cannot carry.
    Others,
}

struct Sent {
    sequence: u64,
    until: Cursor,
    at: Instant,
    events: usize,
}

impl Publisher<'_> {
    /// One stream, from the first event that is not stored; ends well when its token grows old, or does not fit what
    /// follows.
    async fn stream(&mut self) -> Result<(), Status> {
        self.alone = None;
        let instance = self.instance()?;
        let (sender, batches) = channel(WINDOW);
        let mut sender = Some(sender);
        let mut flight = Flight {
            instance,
            next: self.spool.beginning(),
            sequence: 0,
            sent: VecDeque::new(),
        };
        let client = self.client;
        let mut opening = pin!(client.publish(instance, batches));
        let mut answers: Option<Streaming<PublishResponse>> = None;
        let ends = Instant::now() + STREAM;
        loop {
            if Instant::now() >= ends {
                sender = None;
            }
            let ahead = match &sender {
                Some(sender) => self.fill(&mut flight, sender)?,
                None => Ahead::More,
            };
            if ahead == Ahead::Others {
                sender = None;
            }
            if sender.is_none() && flight.sent.is_empty() {
                return Ok(());
            }
            let overdue = flight.sent.front().map(|sent| sent.at + ACKNOWLEDGED_WITHIN);
            let wake = overdue.filter(|overdue| sender.is_none() || *overdue < ends);
            tokio::select! {
                opened = &mut opening, if answers.is_none() => {
                    answers = Some(opened?);
                }
                answer = next(&mut answers) => {
                    let answer = answer?.ok_or_else(|| Status::unavailable("the stream has ended"))?;
                    self.stored(&mut flight, answer.sequence)?;
                }
                () = self.spool.news(), if ahead == Ahead::Nothing => pause(LINGER).await,
                () = sleep_until(wake.unwrap_or(ends)), if wake.is_some() || sender.is_some() => {
                    if overdue.is_some_and(|overdue| Instant::now() >= overdue) {
                        return Err(Status::deadline_exceeded("a batch is not acknowledged"));
                    }
                }
            }
        }
    }

    /// Whose token the first event needs that is not stored. What says of no instance, or is no event, could never be sent.
    fn instance(&self) -> Result<Uuid, Status> {
        loop {
            let batch = self
                .spool
                .read(self.spool.beginning(), BATCH_EVENTS, BATCH_BYTES)
                .map_err(unreadable)?;
            if batch.events.is_empty() {
                return Ok(self.client.instance());
            }
            if let Some(instance) = batch.instance {
                return Ok(instance);
            }
            tracing::error!(
                audit.events = batch.events.len(),
                "something in the audit spool is no audit event of any instance: it is given up"
            );
            self.spool.give_up(batch.next);
        }
    }

    /// Sends what there is, of one instance.
    fn fill(&mut self, flight: &mut Flight, sender: &Sender<RawBatch>) -> Result<Ahead, Status> {
        loop {
            let (window, most) = if self.one_by_one > 0 {
                (1, 1)
            } else {
                (WINDOW, BATCH_EVENTS)
            };
            if flight.sent.len() >= window {
                return Ok(Ahead::More);
            }
            let read = self.spool.read(flight.next, most, BATCH_BYTES);
            let batch = read.map_err(unreadable)?;
            if batch.events.is_empty() {
                return Ok(Ahead::Nothing);
            }
            if batch.instance != Some(flight.instance) {
                return Ok(Ahead::Others);
            }
            flight.sequence += 1;
            flight.next = batch.next;
            self.alone = (most == 1).then_some(batch.next);
            flight.sent.push_back(Sent {
                sequence: flight.sequence,
                until: batch.next,
                at: Instant::now(),
                events: batch.events.len(),
            });
            let raw = RawBatch {
                sequence: flight.sequence,
                events: batch.events,
            };
            // It has room for the whole window, so that only a stream that has ended takes nothing: its answer tells why.
            if sender.try_send(raw).is_err() {
                return Ok(Ahead::More);
            }
        }
    }

    /// Everything up to `sequence` is in the database.
    fn stored(&mut self, flight: &mut Flight, sequence: u64) -> Result<(), Status> {
        if sequence > flight.sequence {
            return Err(Status::internal("a batch is acknowledged that was not sent"));
        }
        let mut until = None;
        while let Some(sent) = flight.sent.front()
            && sent.sequence <= sequence
        {
            until = Some(sent.until);
            self.one_by_one = self.one_by_one.saturating_sub(sent.events);
            flight.sent.pop_front();
        }
        if let Some(until) = until {
            self.spool.acknowledge(until);
            self.alone = None;
            self.client.set_away(false);
            self.backoff.reset();
            if self.known.take().is_some() {
                tracing::info!("admin-api stores audit events again");
            }
        }
        Ok(())
    }

    /// A stream has failed. What the status says in words stays out of the log: they are another process'.
    fn failed(&mut self, status: &Status, metrics: &AuditMetrics) {
        let code = status.code();
        match code {
            Code::Unauthenticated | Code::PermissionDenied => metrics.streams_refused.increment(1),
            Code::InvalidArgument => self.invalid(),
            _ => {}
        }
        if self.known.replace(code) == Some(code) {
            return;
        }
        match code {
            Code::PermissionDenied => tracing::error!(
                "admin-api, or what stands in front of it, does not permit this instance to deliver, though its token \
                 names the instance of the events; events wait meanwhile"
            ),
            Code::Unauthenticated => tracing::error!(
                "admin-api does not take this instance's token: its admin.ingest.verify_keys must hold the key of \
                 audit.signing_key_file, and both clocks must be right; events wait meanwhile"
            ),
            code => tracing::warn!(
                grpc.code = ?code,
                "audit events cannot be delivered: they wait, and delivery is tried again"
            ),
        }
    }

    /// One of the events that were sent is invalid. Where that is known to be one, it is given up: it would be in the way
    /// of all others for ever.
    fn invalid(&mut self) {
        self.one_by_one = CAUTIOUS;
        if let Some(until) = self.alone.take() {
            tracing::error!("admin-api calls an audit event invalid: it is given up");
            self.spool.give_up(until);
            self.backoff.reset();
        }
    }
}

fn unreadable(_: std::io::Error) -> Status {
    Status::data_loss("the audit spool cannot be read")
}

async fn next(answers: &mut Option<Streaming<PublishResponse>>) -> Result<Option<PublishResponse>, Status> {
    match answers {
        Some(answers) => answers.message().await,
        None => pending().await,
    }
}
