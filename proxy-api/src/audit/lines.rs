//! Events as JSON Lines, written to standard output or a file by a thread of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Stdout, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use anyhow::Context as _;

use super::event::Event;
use super::spool::leads_to;

/// Takes events without ever waiting.
#[derive(Clone)]
pub(crate) struct Lines(SyncSender<Box<Event>>);

/// Where lines go.
pub(super) enum Out {
    Stdout(Stdout),
    File { file: File, path: PathBuf },
}

impl Out {
    /// A file that events are appended to.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = appended(path).context("audit.path: the file cannot be opened")?;
        Ok(Self::File {
            file,
            path: path.to_owned(),
        })
    }

    /// Where the file was moved or deleted, another one is begun: whoever reads the path would miss what comes.
    fn follow_path(&mut self) {
        if let Self::File { file, path } = self
            && !leads_to(path, file)
        {
            match appended(path) {
                Ok(new) => {
                    *file = new;
                    tracing::info!("the audit file was moved or deleted: another one is begun");
                }
                Err(error) => tracing::error!(
                    error.kind = %error.kind(),
                    "the audit file was moved or deleted, and no other one can be begun: events go to the old one"
                ),
            }
        }
    }
}

fn appended(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}

impl Lines {
    /// Starts the writer; it ends after the last sender is gone.
    pub(super) fn start(out: Out, queue: usize) -> anyhow::Result<(Self, JoinHandle<()>)> {
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

fn write_all(events: &Receiver<Box<Event>>, mut out: BufWriter<Out>) {
    while let Ok(event) = events.recv() {
        // Nothing is in the buffer between two of these.
        out.get_mut().follow_path();
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
