//! A PostgreSQL of the harness' own, as it comes but for its socket: in a folder, gone when it is dropped.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::process::Server;

/// `nobody`: the server refuses to run as root.
const UNPRIVILEGED: u32 = 65534;

pub(super) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    server: Server,
}

impl Postgres {
    /// Starts one with its data in `folder`, which may have some already.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let programs = programs().context("PostgreSQL is not there: tests/setup installs it")?;
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let data = folder.join("data");
        if !data.join("PG_VERSION").is_file() {
            let mut initdb = as_nobody(&programs.join("initdb"), &folder);
            initdb
                .args(["--username=bauta", "--auth=trust", "--encoding=UTF8", "-D"])
                .arg(&data);
            ensure!(initdb.stdout(Stdio::null()).status()?.success(), "initdb fails");
        }
        let mut command = as_nobody(&programs.join("postgres"), &folder);
        command.arg("-D").arg(&data).arg("-k").arg(&folder);
        command.args(["-c", "listen_addresses="]);
        let (server, _) = Server::start(command, Some("ready to accept connections"))?;
        Ok(Self {
            folder,
            programs,
            server,
        })
    }

    /// The URL of a database, which is made unless it is there.
    pub(super) fn database(&self, name: &str) -> Result<String> {
        let tool = |program: &str| {
            let mut command = as_nobody(&self.programs.join(program), &self.folder);
            command.arg("-h").arg(&self.folder).args(["-U", "bauta"]);
            command
        };
        let known = tool("psql")
            .args(["-d", "postgres", "-Atc", "SELECT datname FROM pg_database"])
            .output()?;
        if !String::from_utf8_lossy(&known.stdout)
            .lines()
            .any(|line| line == name)
        {
            ensure!(tool("createdb").arg(name).status()?.success(), "createdb fails");
        }
        Ok(format!(
            "postgres://bauta@localhost/{name}?host={}",
            self.folder.display()
        ))
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }
}

impl Drop for Postgres {
    /// It ends as it should: its data may be used again.
    fn drop(&mut self) {
        let mut stop = as_nobody(&self.programs.join("pg_ctl"), &self.folder);
        stop.arg("-D")
            .arg(self.folder.join("data"))
            .args(["-m", "fast", "stop"]);
        drop(stop.stdout(Stdio::null()).status());
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
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = debian.flatten().map(|version| version.path().join("bin")).max();
    #[expect(
        clippy::disallowed_methods,
        reason = "where programs are is no configuration of ours"
    )]
    let path = std::env::var("PATH").unwrap_or_default();
    let others: Vec<PathBuf> = std::env::split_paths(&path).collect();
    newest
        .into_iter()
        .chain(others)
        .find(|folder| folder.join("initdb").is_file())
}
