//! The directory of a spool: one process' own, one file for each segment.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use thiserror::Error;

use super::record::Records;
use super::segment::{Segment, leads_to};

const LOCK: &str = "lock";
const SUFFIX: &str = ".spool";

/// The directory cannot be used; the problem of a path shows no path.
#[derive(Debug, Error)]
pub(crate) enum SpoolError {
    #[error("audit.spool_dir: another process uses this directory; give each proxy-api one of its own")]
    InUse,
    #[error(
        "audit.spool_dir: the directory cannot be used ({0}); expected one that this process may write to"
    )]
    Unusable(io::ErrorKind),
}

impl From<io::Error> for SpoolError {
    fn from(error: io::Error) -> Self {
        Self::Unusable(error.kind())
    }
}

/// A directory that no other process uses as long as this lives.
pub(super) struct Directory {
    path: PathBuf,
    itself: File,
    lock: File,
}

impl Directory {
    /// Opens the directory, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, SpoolError> {
        if !path.is_dir() {
            DirBuilder::new().mode(0o700).create(path)?;
        }
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => SpoolError::InUse,
            TryLockError::Error(error) => error.into(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            itself: File::open(path)?,
            lock,
        })
    }

    /// Whether it is where it was, and still kept from other processes.
    pub(super) fn is_in_place(&self) -> bool {
        leads_to(&self.path, &self.itself) && leads_to(&self.path.join(LOCK), &self.lock)
    }

    /// What earlier processes have left, the oldest first.
    pub(super) fn segments(&self) -> Result<Vec<Segment>, SpoolError> {
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            // Other files are not ours.
            ids.extend(name.to_str().and_then(id_of));
        }
        ids.sort_unstable();
        ids.into_iter().map(|id| self.found(id)).collect()
    }

    fn found(&self, id: u64) -> Result<Segment, SpoolError> {
        let path = self.path_of(id);
        let file = File::open(&path)?;
        // A segment is a few megabytes.
        let bytes = Bytes::from(std::fs::read(&path)?);
        let length = bytes.len() as u64;
        let records = Records::new(bytes, true).count() as u64;
        Ok(Segment::found(id, file, path, length, records))
    }

    /// A file for the segment with this id: the first name from there on that nobody has taken, be it a file that was put
    /// there meanwhile.
    pub(super) fn create(&self, id: u64) -> io::Result<Segment> {
        let mut number = id;
        loop {
            let path = self.path_of(number);
            let opened = OpenOptions::new()
                .create_new(true)
                .append(true)
                .read(true)
                .mode(0o600)
                .open(&path);
            match opened {
                Ok(file) => return Ok(Segment::in_file(id, file, path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u64::MAX => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn path_of(&self, id: u64) -> PathBuf {
        self.path.join(format!("{id:020}{SUFFIX}"))
    }

    /// A handle to make the names of its files lasting with.
    pub(super) fn handle(&self) -> io::Result<File> {
        self.itself.try_clone()
    }
}

fn id_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let is_plain = digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit());
    if is_plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_user() {
        let folder = tempfile::tempdir().unwrap();
        let first = Directory::open(folder.path()).unwrap();
        assert!(matches!(Directory::open(folder.path()), Err(SpoolError::InUse)));
        drop(first);
        assert!(Directory::open(folder.path()).is_ok());
        assert!(Directory::open(&folder.path().join("a/b")).is_err());
    }

    #[test]
    fn other_files_are_left_alone() {
        assert_eq!(id_of("00000000000000000007.spool"), Some(7));
        for other in ["lock", "7.spool", "0000000000000000000x.spool", "notes.txt"] {
            assert_eq!(id_of(other), None);
        }
    }
}
