//! The control plane as a program of its own, on addresses that stay the same however often it is started.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::lasting_socket;
use crate::process::Server;

/// Both sides have it.
pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(super) const OPERATOR: &str = "ada";
pub(super) const PASSWORD: &str = "correct horse battery staple";

/// A control plane that can be started, killed and started again.
pub(super) struct Plane {
    binary: PathBuf,
    database: String,
    key: PathBuf,
    pub(super) operators: SocketAddr,
    pub(super) ingest: SocketAddr,
    ops: SocketAddr,
    running: Option<Server>,
}

impl Plane {
    /// One at this database, with an operator; it does not run yet.
    pub(super) fn new(binary: &Path, database: String, folder: &Path) -> Result<Self> {
        ensure!(
            binary.is_file(),
            "{} is not there: cargo build --release -p admin-api",
            binary.display()
        );
        let key = folder.join("key");
        std::fs::write(&key, SECRET)?;
        let plane = Self {
            binary: binary.to_owned(),
            database,
            key,
            operators: lasting_socket()?,
            ingest: lasting_socket()?,
            ops: lasting_socket()?,
            running: None,
        };
        plane.add_operator()?;
        Ok(plane)
    }

    /// As whoever installs it does; the database may have it already.
    fn add_operator(&self) -> Result<()> {
        let listed = self.command().args(["operator", "list"]).output()?;
        if String::from_utf8_lossy(&listed.stdout).contains(OPERATOR) {
            return Ok(());
        }
        let mut adding = self
            .command()
            .args(["operator", "add", OPERATOR])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let mut input = adding.stdin.take().context("a pipe was asked for")?;
        writeln!(input, "{PASSWORD}")?;
        drop(input);
        ensure!(adding.wait()?.success(), "the operator cannot be added");
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .env("BAUTA_ADMIN__DATABASE__URL", &self.database)
            .env("BAUTA_ADMIN__SERVER__LISTEN", self.operators.to_string())
            .env("BAUTA_ADMIN__SERVER__TRUSTED_PROXIES", "[\"127.0.0.0/8\"]")
            .env("BAUTA_ADMIN__INGEST__LISTEN", self.ingest.to_string())
            .env(
                "BAUTA_ADMIN__INGEST__VERIFY_KEYS",
                format!("[{:?}]", self.key.display().to_string()),
            )
            .env("BAUTA_ADMIN__OPS__LISTEN", self.ops.to_string())
            // Nothing that is measured shall be cleaned away meanwhile.
            .env("BAUTA_ADMIN__RETENTION__DAYS", "3650")
            .env("BAUTA_ADMIN__RETENTION__EVENTS", "1000000000");
        command
    }

    /// Ready when this returns.
    pub(super) fn start(&mut self) -> Result<()> {
        let (server, _) = Server::start(self.command(), Some("the control plane is ready"))?;
        self.running = Some(server);
        Ok(())
    }

    /// SIGKILL.
    pub(super) fn kill(&mut self) {
        self.running = None;
    }

    pub(super) fn server(&self) -> Result<&Server> {
        self.running.as_ref().context("the control plane runs")
    }

    /// A file that holds the key of its instances.
    pub(super) fn key(&self) -> &Path {
        &self.key
    }
}
