//! The directory where `bauta up` keeps what outlives it: one user's own, one gateway at a time.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What an address of a file may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_');
/// The control plane's database.
pub(crate) const DATABASE: &str = "admin.db";
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// A directory that no other gateway uses as long as this lives.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Opens the directory, or makes it.
    ///
    /// # Errors
    /// Says in a sentence why it cannot be used; nothing of it is changed then.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        make(path)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(|error| unusable(path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another `bauta up` uses the data directory {}; give this one its own with --data-dir DIR",
                path.display()
            ),
            Err(TryLockError::Error(error)) => return Err(unusable(path, &error)),
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where events wait for the control plane.
    pub(crate) fn spool(&self) -> PathBuf {
        self.path.join("spool")
    }
}

/// Makes the directory unless it is there; whoever uses it meanwhile goes on.
///
/// # Errors
/// Says in a sentence why it cannot be used; nothing of it is changed then.
pub(crate) fn make(path: &Path) -> Result<()> {
    if !inspect(path)? {
        match DirBuilder::new().mode(0o700).create(path) {
            // Another process was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => drop(inspect(path)?),
            made => made.map_err(|error| unusable(path, &error))?,
        }
    }
    Ok(())
}

/// Where the control plane's database is, as its configuration writes it.
///
/// # Errors
/// When the path is no text.
pub(crate) fn database_url(path: &Path) -> Result<String> {
    let file = path.join(DATABASE);
    let text = file
        .to_str()
        .context("the path of the data directory is not UTF-8; choose another with --data-dir DIR")?;
    Ok(format!("sqlite://{}", utf8_percent_encode(text, PLAIN)))
}

/// Whether it is there; changes nothing.
///
/// # Errors
/// Says in a sentence why it cannot be used.
pub(crate) fn inspect(path: &Path) -> Result<bool> {
    let found = match std::fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unusable(path, &error)),
    };
    let shown = path.display();
    ensure!(
        found.is_dir(),
        "the data directory {shown} is not a directory; choose another with --data-dir DIR"
    );
    ensure!(
        is_ours(&found),
        "the data directory {shown} belongs to another user; choose one of your own with --data-dir DIR"
    );
    ensure!(
        found.mode() & WRITABLE_BY_OTHERS == 0,
        "the data directory {shown} can be written to by other users; take that away with `chmod 700`, or choose another \
         with --data-dir DIR"
    );
    Ok(true)
}

/// Whether it belongs to whoever runs this.
pub(crate) fn is_ours(found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw()
}

fn unusable(path: &Path, error: &io::Error) -> anyhow::Error {
    let parent = if error.kind() == ErrorKind::NotFound {
        "its parent does not exist".to_owned()
    } else {
        error.kind().to_string()
    };
    anyhow::anyhow!(
        "the data directory {} cannot be used: {parent}; choose one that you can write to with --data-dir DIR",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn problem(path: &Path) -> String {
        DataDir::open(path).err().unwrap().to_string()
    }

    #[test]
    fn a_directory_is_made_private_and_has_one_user() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let first = DataDir::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        assert!(problem(&path).contains("another `bauta up` uses the data directory"));
        drop(first);
        assert!(DataDir::open(&path).is_ok());
    }

    #[test]
    fn what_cannot_be_used_is_told_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let below = problem(&file.join("data"));
        assert!(below.contains("cannot be used: not a directory"), "{below}");
        assert!(problem(&file).contains("is not a directory"));
        assert!(problem(&folder.path().join("a/b")).contains("its parent does not exist"));
        let shared = folder.path().join("shared");
        std::fs::create_dir(&shared).unwrap();
        std::fs::set_permissions(&shared, Permissions::from_mode(0o777)).unwrap();
        assert!(problem(&shared).contains("chmod 700"));
        assert_eq!(std::fs::read_dir(&shared).unwrap().count(), 0);
        // Only the superuser can make one of another user's, and it owns the root in most places.
        let root = std::fs::metadata("/").unwrap();
        if !is_ours(&root) {
            assert!(problem(Path::new("/")).contains("belongs to another user"));
        } else if std::os::unix::fs::chown(&shared, Some(12345), None).is_ok() {
            assert!(problem(&shared).contains("belongs to another user"));
        }
    }

    #[test]
    fn the_database_is_found_whatever_the_directory_is_called() {
        assert_eq!(
            database_url(Path::new("/home/a b/50%?#")).unwrap(),
            "sqlite:///home/a%20b/50%25%3F%23/admin.db"
        );
    }
}
