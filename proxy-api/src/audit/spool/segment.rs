//! A piece of the spool: a file that is only ever appended to, or memory where there is no disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

/// Records, one after the other.
pub(super) struct Segment {
    pub(super) id: u64,
    body: Body,
    /// Of whole records.
    length: u64,
    pub(super) records: u64,
    /// How many of them admin-api has stored.
    pub(super) acknowledged: u64,
    /// Nothing is appended any more.
    pub(super) sealed: bool,
}

enum Body {
    File { file: Arc<File>, path: PathBuf },
    Memory(Vec<u8>),
}

/// Where a piece of a segment can be read.
pub(super) enum Source {
    File(Arc<File>),
    Memory(Bytes),
}

impl Segment {
    pub(super) fn in_memory(id: u64) -> Self {
        Self::new(id, Body::Memory(Vec::new()), 0, 0)
    }

    pub(super) fn in_file(id: u64, file: File, path: PathBuf) -> Self {
        let file = Arc::new(file);
        Self::new(id, Body::File { file, path }, 0, 0)
    }

    /// One that an earlier process has left.
    pub(super) fn found(id: u64, file: File, path: PathBuf, length: u64, records: u64) -> Self {
        let file = Arc::new(file);
        let mut segment = Self::new(id, Body::File { file, path }, length, records);
        segment.sealed = true;
        segment
    }

    fn new(id: u64, body: Body, length: u64, records: u64) -> Self {
        Self {
            id,
            body,
            length,
            records,
            acknowledged: 0,
            sealed: false,
        }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn is_in_memory(&self) -> bool {
        matches!(self.body, Body::Memory(_))
    }

    pub(super) fn file(&self) -> Option<&Arc<File>> {
        match &self.body {
            Body::File { file, .. } => Some(file),
            Body::Memory(_) => None,
        }
    }

    /// Events that nobody has stored yet.
    pub(super) fn waiting(&self) -> u64 {
        self.records - self.acknowledged
    }

    /// # Errors
    /// When the disk takes no more: the record is not there then, or torn and nothing is appended any more.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        match &mut self.body {
            Body::Memory(bytes) => bytes.extend_from_slice(record),
            Body::File { file, .. } => {
                // In one call: another process that dies between two would leave half a record.
                if let Err(error) = (&**file).write_all(record) {
                    self.sealed = file.set_len(self.length).is_err();
                    return Err(error);
                }
            }
        }
        self.length += record.len() as u64;
        self.records += 1;
        Ok(())
    }

    /// Moves what is in memory to the file of `empty`, or deletes that.
    pub(super) fn save(&mut self, mut empty: Self) -> io::Result<()> {
        if let Body::Memory(bytes) = &self.body {
            if let Err(error) = empty.append(bytes) {
                empty.remove();
                return Err(error);
            }
            self.body = empty.body;
            self.sealed = true;
        }
        Ok(())
    }

    /// Where up to `most` bytes from `offset` on are, and how many.
    pub(super) fn source(&self, offset: u64, most: usize) -> (Source, usize) {
        let rest = self.length.saturating_sub(offset);
        let size = usize::try_from(rest).unwrap_or(usize::MAX).min(most);
        let source = match &self.body {
            Body::File { file, .. } => Source::File(Arc::clone(file)),
            Body::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                Source::Memory(Bytes::copy_from_slice(&bytes[start..start + size]))
            }
        };
        (source, size)
    }

    /// Its end: everything in it is stored elsewhere, or given up.
    pub(super) fn remove(self) {
        if let Body::File { path, .. } = self.body
            && let Err(error) = std::fs::remove_file(path)
        {
            // It is read again at the next start, and admin-api knows its events by their ids.
            tracing::warn!(error.kind = %error.kind(), "a segment of the audit spool could not be deleted");
        }
    }
}

impl Source {
    pub(super) fn read(self, offset: u64, size: usize) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes),
            Self::File(file) => {
                let mut bytes = vec![0; size];
                file.read_exact_at(&mut bytes, offset)?;
                Ok(bytes.into())
            }
        }
    }
}
