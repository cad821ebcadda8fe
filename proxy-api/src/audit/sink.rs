//! Where events go inside this process: JSON Lines on standard output or in a file, written by a thread of its own.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use anyhow::Context as _;

use super::Event;
use crate::config::{Audit, AuditSink};

/// Takes events without ever waiting.
#[derive(Clone)]
pub(crate) struct Sink {
    queue: Option<SyncSender<Box<Event>>>,
}

/// Ends the writer after the last [`Sink`] is gone.
pub(crate) struct SinkHandle {
    writer: Option<JoinHandle<()>>,
}

impl Sink {
    /// Starts the writer, if one is configured.
    pub(crate) fn start(config: &Audit) -> anyhow::Result<(Self, SinkHandle)> {
        let out: Box<dyn Write + Send> = match config.sink {
            AuditSink::Off => return Ok((Self { queue: None }, SinkHandle { writer: None })),
            AuditSink::Stdout => Box::new(io::stdout()),
            AuditSink::File => {
                let path = config.path.as_ref().context("audit.path is missing")?;
                let file = OpenOptions::new()
                    .create(true)
                    .append(true)
                    .mode(0o600)
                    .open(path)
                    .context("audit.path: the file cannot be opened")?;
                Box::new(file)
            }
        };
        let (queue, events) = sync_channel(config.queue.max(1));
        let writer = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || write_all(&events, BufWriter::new(out)))
            .context("the audit thread cannot be started")?;
        Ok((Self { queue: Some(queue) }, SinkHandle { writer: Some(writer) }))
    }

    /// Whether anybody wants events.
    pub(crate) fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    /// Queues one event; false when the queue is full and the event is lost.
    pub(crate) fn publish(&self, event: Event) -> bool {
        match &self.queue {
            None => true,
            Some(queue) => !matches!(queue.try_send(Box::new(event)), Err(TrySendError::Full(_))),
        }
    }
}

impl SinkHandle {
    /// Waits until everything queued is written. All [`Sink`]s must be gone, or this waits for them.
    pub(crate) fn join(self) {
        if let Some(writer) = self.writer
            && writer.join().is_err()
        {
            tracing::error!("the audit thread ended early");
        }
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
