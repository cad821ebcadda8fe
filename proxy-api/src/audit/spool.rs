//! Where events wait until admin-api has stored them: segments on disk, or in memory where there is no directory or its
//! disk takes nothing. An event is with the operating system when [`Spool::append`] returns; nothing here waits for the
//! network.

mod directory;
mod record;
mod segment;
mod segments;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use prost::Message as _;
use proto::audit_v1::AuditEvent;
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) use self::directory::SpoolError;
use self::record::Records;
use self::segment::Source;
pub(super) use self::segment::leads_to;
use self::segments::{Mended, Segments};
use crate::config::WhenFull;
use crate::ops::AuditMetrics;

/// Read at once; more than the largest record.
const PIECE: usize = 4 * record::MOST;

/// What bounds a spool.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) directory: Option<PathBuf>,
    /// Of all segments.
    pub(crate) bytes: u64,
    /// Events in memory.
    pub(crate) queue: u64,
    pub(crate) when_full: WhenFull,
}

/// How far somebody has read; ordered by time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor {
    segment: u64,
    offset: u64,
    /// Records before it in the segment.
    records: u64,
}

/// Some events of one instance, and what follows them.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Whose they are; `None` where that cannot be read, nor anything else of them.
    pub(crate) instance: Option<Uuid>,
    pub(crate) events: Vec<Bytes>,
    pub(crate) next: Cursor,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
}

/// Of an [`AuditEvent`](proto::audit_v1::AuditEvent), whose it is: all else is skipped, as each event is looked at on its way out.
#[derive(Clone, PartialEq, prost::Message)]
struct Whose {
    #[prost(bytes = "bytes", tag = "2")]
    instance_id: Bytes,
}

/// Whose event this is, if it is one.
fn whose(event: &Bytes) -> Option<Uuid> {
    let event = Whose::decode(event.clone()).ok()?;
    Uuid::from_slice(&event.instance_id).ok()
}

/// The events of this instance, and of those whose files were in its directory.
pub(crate) struct Spool {
    segments: Mutex<Segments>,
    full: AtomicBool,
    /// Something was appended.
    news: Notify,
    /// Something was stored.
    stored: Notify,
    metrics: AuditMetrics,
    pub(crate) rules: Rules,
}

impl Spool {
    /// # Errors
    /// When the directory cannot be used.
    pub(crate) fn open(rules: Rules, metrics: AuditMetrics) -> Result<Self, SpoolError> {
        let spool = Self {
            segments: Mutex::new(Segments::open(rules.clone())?),
            full: AtomicBool::new(false),
            news: Notify::new(),
            stored: Notify::new(),
            metrics,
            rules,
        };
        spool.settle(&spool.lock());
        Ok(spool)
    }

    fn lock(&self) -> MutexGuard<'_, Segments> {
        // Counts may be off by one after a panic; events are not.
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody how much there is.
    fn settle(&self, segments: &Segments) {
        let Depth { events, bytes } = segments.depth();
        self.metrics.spool_events.set(events);
        self.metrics.spool_bytes.set(bytes);
        self.full.store(segments.is_full(), Ordering::Relaxed);
    }

    /// Hands an event to the operating system. What had to make room for it, or could not be kept, is counted.
    pub(crate) fn append(&self, event: &[u8]) {
        let Some(record) = record::framed(event) else {
            return self.metrics.dropped.add(1);
        };
        let mut segments = self.lock();
        let dropped = segments.append(&record);
        self.settle(&segments);
        drop(segments);
        if dropped > 0 {
            self.metrics.dropped.add(dropped);
        }
        self.news.notify_one();
    }

    /// Whether new turns may run: with `refuse_requests` they may not while their events would find no room.
    pub(crate) fn admits(&self) -> bool {
        self.rules.when_full == WhenFull::DropOldest || !self.full.load(Ordering::Relaxed)
    }

    /// Where the first event is that admin-api has not stored.
    pub(crate) fn beginning(&self) -> Cursor {
        self.lock().acknowledged()
    }

    /// Up to so many events and bytes behind `from`, all of one instance; none where nothing is new.
    ///
    /// # Errors
    /// When nothing that waits can be read from the disk.
    pub(crate) fn read(&self, from: Cursor, events: usize, bytes: usize) -> io::Result<Batch> {
        let mut batch = Batch {
            next: from,
            ..Batch::default()
        };
        let mut unreadable = None;
        let mut aside = 0;
        let mut size = 0;
        'pieces: while batch.events.len() < events && size < bytes {
            let Some((source, length, is_last)) = self.piece(&mut batch.next) else {
                break;
            };
            let at = batch.next.offset;
            let piece = match source.read(at, length) {
                Ok(piece) => piece,
                Err(error) => {
                    let segment = batch.next.segment;
                    if unreadable.replace(segment) != Some(segment) {
                        // Somebody has cut it short: it is taken as it is now.
                        self.mend();
                        continue;
                    }
                    aside += 1;
                    let mut segments = self.lock();
                    if aside <= segments.count() && segments.set_aside(segment) {
                        continue;
                    }
                    if batch.events.is_empty() {
                        return Err(error);
                    }
                    break;
                }
            };
            let mut records = Records::new(piece, is_last);
            while batch.events.len() < events && size < bytes {
                let before = records.read();
                let Some(event) = records.next() else {
                    break;
                };
                let instance = whose(&event);
                if batch.events.is_empty() {
                    batch.instance = instance;
                } else if batch.instance != instance {
                    batch.next.offset += before as u64;
                    break 'pieces;
                }
                size += event.len();
                batch.next.records += 1;
                batch.events.push(event);
            }
            batch.next.offset += records.read() as u64;
        }
        Ok(batch)
    }

    fn piece(&self, next: &mut Cursor) -> Option<(Source, usize, bool)> {
        let mut segments = self.lock();
        let piece = segments.piece(next, PIECE);
        let lost = segments.damaged();
        if lost > 0 {
            self.settle(&segments);
            drop(segments);
            self.lost(lost);
        }
        piece
    }

    /// Events that were on disk are damaged there.
    fn lost(&self, events: u64) {
        if events > 0 {
            self.metrics.dropped.add(events);
            tracing::error!(
                audit.events = events,
                "audit events are lost: somebody else has changed or cut the files of the spool"
            );
            self.stored.notify_waiters();
        }
    }

    /// Whatever has happened to directory and segments: what can be read is kept, what cannot is counted.
    fn mend(&self) {
        let mut all = Mended::default();
        loop {
            let mut segments = self.lock();
            let mended = segments.mend();
            self.settle(&segments);
            drop(segments);
            // One at a time: turns that end have to append between two.
            let Some(mended) = mended else {
                break;
            };
            all.segments += mended.segments;
            all.lost += mended.lost;
        }
        if all.segments > 0 {
            self.metrics.mended.increment(all.segments);
            tracing::warn!(
                audit.segments = all.segments,
                "files of the audit spool were deleted, moved, cut or continued by somebody else: what was whole in \
                 them is kept"
            );
        }
        self.lost(all.lost);
    }

    /// Everything before `until` is stored.
    pub(crate) fn acknowledge(&self, until: Cursor) {
        let mut segments = self.lock();
        let sent = segments.acknowledge(until);
        self.settle(&segments);
        drop(segments);
        self.metrics.sent.increment(sent);
        self.stored.notify_waiters();
    }

    /// Everything before `until` is given up: admin-api does not take it.
    pub(crate) fn give_up(&self, until: Cursor) {
        let mut segments = self.lock();
        let refused = segments.acknowledge(until);
        self.settle(&segments);
        drop(segments);
        self.metrics.refused.increment(refused);
    }

    /// The first event that is not stored.
    pub(crate) fn first(&self) -> Option<AuditEvent> {
        let batch = self.read(self.beginning(), 1, 1).ok()?;
        AuditEvent::decode(batch.events.into_iter().next()?).ok()
    }

    pub(crate) fn depth(&self) -> Depth {
        self.lock().depth()
    }

    /// Waits for an event that was not there at the last call.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Waits until nothing waits.
    pub(crate) async fn emptied(&self) {
        loop {
            let stored = self.stored.notified();
            if self.depth().events == 0 {
                return;
            }
            stored.await;
        }
    }

    /// The end: another process may use the directory. What comes now stays in memory.
    pub(crate) fn close(&self) {
        self.sync();
        self.lock().close();
    }

    /// Makes everything last that was appended so far, and deletes what is not needed, after a look at whether all of it is still
    /// there. Waits for the disk.
    pub(crate) fn sync(&self) {
        self.mend();
        let files = {
            let mut segments = self.lock();
            segments.tidy();
            self.settle(&segments);
            segments.unsynced()
        };
        for file in files {
            if let Err(error) = file.sync_data() {
                tracing::warn!(error.kind = %error.kind(), "the audit spool could not be made lasting");
            }
        }
    }
}

#[cfg(test)]
mod tests;
