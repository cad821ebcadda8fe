//! A piece of the spool: a file that is only ever appended to, or memory where there is no disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::record::Records;

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

/// Whether somebody who opens `path` gets this very file.
pub(in crate::audit) fn leads_to(path: &Path, file: &File) -> bool {
    let (Ok(there), Ok(own)) = (std::fs::metadata(path), file.metadata()) else {
        return false;
    };
    (there.dev(), there.ino()) == (own.dev(), own.ino())
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

    /// Whether the file is as long as it was written, and has a name: what is appended to another would be lost.
    pub(super) fn is_as_written(&self) -> bool {
        match &self.body {
            Body::Memory(_) => true,
            Body::File { file, .. } => file
                .metadata()
                .is_ok_and(|now| now.len() == self.length && now.nlink() > 0),
        }
    }

    /// Whether the next start would find it.
    pub(super) fn has_its_name(&self) -> bool {
        match &self.body {
            Body::Memory(_) => true,
            Body::File { file, path } => leads_to(path, file),
        }
    }

    /// Whether somebody else has cut or continued its file.
    pub(super) fn has_another_length(&self) -> bool {
        match &self.body {
            Body::Memory(_) => false,
            Body::File { file, .. } => file.metadata().is_ok_and(|now| now.len() != self.length),
        }
    }

    /// Takes its file as it is now. A cut leaves the beginning as it was: whoever has read a part of it goes on there.
    pub(super) fn reread(&mut self) -> io::Result<()> {
        let Body::File { file, .. } = &self.body else {
            return Ok(());
        };
        let length = file.metadata()?.len();
        let size = usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let bytes = Source::File(Arc::clone(file)).read(0, size)?;
        let whole = Records::new(bytes, true).count() as u64;
        self.length = length;
        self.records = whole.max(self.acknowledged);
        self.sealed = true;
        Ok(())
    }

    /// A reader has come to its end and found so many events in all: the others are damaged. Tells how many these are.
    pub(super) fn read_whole(&mut self, found: u64) -> u64 {
        let lost = self.records.saturating_sub(found.max(self.acknowledged));
        self.records -= lost;
        lost
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

    /// Moves what is in memory, or in a file without a name, to the file of `empty`, or deletes that.
    pub(super) fn save(&mut self, mut empty: Self) -> io::Result<()> {
        let (source, size) = self.source(0, usize::MAX);
        let moved = source.read(0, size).and_then(|bytes| empty.append(&bytes));
        if let Err(error) = moved {
            empty.remove();
            return Err(error);
        }
        self.body = empty.body;
        self.sealed = true;
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
        // A file that has taken its name is not ours.
        if let Body::File { file, path } = self.body
            && leads_to(&path, &file)
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
