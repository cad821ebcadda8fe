//! Events as JSON Lines, written to standard output or a file by a thread of its own.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use anyhow::Context as _;

use super::event::Event;

/// Takes events without ever waiting.
#[derive(Clone)]
pub(crate) struct Lines(SyncSender<Box<Event>>);

impl Lines {
    /// A file that events are appended to.
    pub(super) fn open(path: &Path) -> anyhow::Result<Box<dyn Write + Send>> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .context("audit.path: the file cannot be opened")?;
        Ok(Box::new(file))
    }

    /// Starts the writer; it ends after the last sender is gone.
    pub(super) fn start(out: Box<dyn Write + Send>, queue: usize) -> anyhow::Result<(Self, JoinHandle<()>)> {
        let (sender, events) = sync_channel(queue);
        let writer = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || write_all(&events, BufWriter::new(out)))
            .context("the audit thread cannot be started")?;
        Ok((Self(sender), writer))
    }

    /// False when the queue is full and the event is lost.
    pub(super) fn publish(&self, event: Event) -> bool {
        !matches!(self.0.try_send(Box::new(event)), Err(TrySendError::Full(_)))
    }
}

fn write_all(events: &Receiver<Box<Event>>, mut out: impl Write) {
    while let Ok(event) = events.recv() {
        let mut next = Some(event);
        // Everything that is waiting goes out in one write.
        while let Some(event) = next {
            if let Err(error) = write_line(&mut out, &event) {
                tracing::error!(error.kind = %error.kind(), "an audit event could not be written");
            }
            next = events.try_recv().ok();
        }
        if let Err(error) = out.flush() {
            tracing::error!(error.kind = %error.kind(), "audit events could not be written");
        }
    }
}

fn write_line(out: &mut impl Write, event: &Event) -> io::Result<()> {
    let mut line = serde_json::to_vec(event)?;
    line.push(b'\n');
    out.write_all(&line)
}
