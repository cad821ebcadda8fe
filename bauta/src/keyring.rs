//! The file of keys in the data directory: the master key as it is, readable by its owner alone, so that placeholders survive a
//! restart without anybody being asked for a passphrase.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use data_encoding::HEXLOWER;
use proxy_api::config::Secret;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::data_dir::is_ours;

/// The file's name.
pub(crate) const NAME: &str = "keyring";
/// A later release may wrap the key, and writes another number then.
const FORM: u32 = 1;
const READABLE_BY_OTHERS: u32 = 0o077;
/// Much longer than any form.
const LONGEST: u64 = 64 << 10;

#[derive(Deserialize)]
struct Form {
    form: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "form")]
    _form: u32,
    master_key: String,
}

/// The key that is kept in `directory`, made now if there is none; the directory has to be this process' own.
///
/// # Errors
/// Says in a sentence why the file cannot be used; nothing of it is changed then.
pub(crate) fn master_key(directory: &Path) -> Result<Secret> {
    if let Some(kept) = kept(directory)? {
        return Ok(kept);
    }
    let key = fresh_key()?;
    write(directory, &key).with_context(|| {
        let path = directory.join(NAME);
        format!("{} cannot be written", path.display())
    })?;
    Ok(key)
}

/// The key that is kept in `directory`, if there is one; changes nothing.
///
/// # Errors
/// As [`master_key`].
pub(crate) fn kept(directory: &Path) -> Result<Option<Secret>> {
    let path = directory.join(NAME);
    let shown = path.display();
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => bail!("{shown} cannot be read: {}", error.kind()),
    };
    let found = file
        .metadata()
        .with_context(|| format!("{shown} cannot be read"))?;
    ensure!(
        found.is_file() && found.len() <= LONGEST,
        "{shown} is not a keyring"
    );
    ensure!(is_ours(&found), "{shown} belongs to another user");
    ensure!(
        found.mode() & READABLE_BY_OTHERS == 0,
        "{shown} can be read by other users, who then know the key of all placeholders; take that away with `chmod 600`, or \
         remove the file to get a new key"
    );
    let mut text = Zeroizing::new(String::new());
    let read = (&file).take(LONGEST).read_to_string(&mut text);
    let damaged =
        format!("{shown} is damaged; put a copy back, or remove the file: placeholders then change");
    // What the parser says of the text quotes it.
    let (Ok(_), Ok(Form { form })) = (read, toml::from_str(&text)) else {
        bail!(damaged);
    };
    ensure!(
        form <= FORM,
        "{shown} was written by a newer release of Bauta; use that one"
    );
    match toml::from_str::<Written>(&text) {
        Ok(written) if is_key(&written.master_key) => Ok(Some(Secret::new(written.master_key))),
        _ => bail!(damaged),
    }
}

/// 32 random bytes in hex.
///
/// # Errors
/// When the system gives none.
pub(crate) fn fresh_key() -> Result<Secret> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    Ok(Secret::new(HEXLOWER.encode(&*bytes)))
}

fn is_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whole or not at all, also when the machine stops in between.
fn write(directory: &Path, key: &Secret) -> std::io::Result<()> {
    let (unfinished, path) = (directory.join("keyring.new"), directory.join(NAME));
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&unfinished)?;
    let text = Zeroizing::new(format!(
        "# The key that Bauta makes placeholders with. Whoever has it can tell whether a guessed value stands behind one.\n\
         form = {FORM}\nmaster_key = \"{}\"\n",
        key.expose_text()
    ));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, &path)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(kept(folder.path()).unwrap().is_none());
        let first = master_key(folder.path()).unwrap();
        let again = master_key(folder.path()).unwrap();
        assert_eq!(first.expose_text(), again.expose_text());
        let mode = std::fs::metadata(folder.path().join(NAME)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_keyring_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let key = "ab".repeat(32);
        for (text, told) in [
            (String::new(), "is damaged"),
            ("\u{0}canary".to_owned(), "is damaged"),
            ("form = 1\nmaster_key = \"canary\"\n".to_owned(), "is damaged"),
            (
                format!("form = 1\nmaster_key = \"{key}\"\nother = 1\n"),
                "is damaged",
            ),
            (format!("form = 2\nsealed = \"{key}\"\n"), "newer release"),
        ] {
            std::fs::write(&path, &text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            let problem = master_key(folder.path()).unwrap_err().to_string();
            assert!(problem.contains(told), "{problem}");
            assert!(
                !problem.contains("canary") && !problem.contains(&key),
                "{problem}"
            );
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        std::fs::write(&path, format!("form = 1\nmaster_key = \"{key}\"\n")).unwrap();
        assert_eq!(master_key(folder.path()).unwrap().expose_text(), key);
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(
            master_key(folder.path())
                .unwrap_err()
                .to_string()
                .contains("chmod 600")
        );
    }
}
