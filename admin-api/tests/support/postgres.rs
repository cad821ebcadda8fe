//! A PostgreSQL of the tests' own: in a temporary folder, reached by a socket there, gone when it is dropped.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// `nobody`: the server refuses to run as root.
const UNPRIVILEGED: u32 = 65534;

pub(crate) struct Postgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    server: Child,
}

impl Postgres {
    /// Starts a server; none where there is no PostgreSQL, which is said.
    pub(crate) fn start() -> Self {
        let programs = programs().expect("PostgreSQL is not there: tests/setup installs it");
        let folder = tempfile::tempdir().unwrap();
        let mut initdb = as_nobody(&programs.join("initdb"), folder.path());
        initdb.args([
            "--username=bauta",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "-D",
        ]);
        let made = initdb
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb fails");
        let mut command = as_nobody(&programs.join("postgres"), folder.path());
        command
            .arg("-D")
            .arg(folder.path().join("data"))
            .arg("-k")
            .arg(folder.path());
        command.args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
        let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let is_ready = lines.any(|line| line.unwrap().contains("ready to accept connections"));
        assert!(is_ready, "PostgreSQL does not start");
        // A full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            folder,
            programs,
            server,
        }
    }

    /// A fresh database.
    pub(crate) fn database(&self, name: &str) -> String {
        let mut createdb = as_nobody(&self.programs.join("createdb"), self.folder.path());
        createdb
            .arg("-h")
            .arg(self.folder.path())
            .args(["-U", "bauta", name]);
        assert!(createdb.status().unwrap().success(), "createdb fails");
        format!(
            "postgres://bauta@localhost/{name}?host={}",
            self.folder.path().display()
        )
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = as_nobody(&self.programs.join("pg_ctl"), self.folder.path());
        stop.arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-m", "immediate", "stop"]);
        let _ = stop.stdout(Stdio::null()).status();
        let _ = self.server.wait();
    }
}

fn as_nobody(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    // Fails unless we are root, and then it is not needed.
    if chown(folder, Some(UNPRIVILEGED), Some(UNPRIVILEGED)).is_ok() {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    command
}

/// Debian keeps the server's programs out of the path.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = debian.map(|version| version.path().join("bin")).max();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&path).collect::<Vec<_>>();
    newest
        .into_iter()
        .chain(others)
        .find(|folder| folder.join("initdb").is_file())
}
