//! A real Redis for the suites: on a free port and a socket in a folder of its own, keeping nothing on disk.

use std::{net::TcpListener, process::Stdio};

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::fake::PATIENCE;

/// A running Redis; killed when dropped.
pub struct Redis {
    child: Child,
    port: u16,
    password: Option<String>,
    folder: TempDir,
}

impl Redis {
    /// Starts one that asks for no password.
    ///
    /// # Errors
    /// When `redis-server` is not installed (`tests/setup` does) or does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::launch(None).await
    }

    /// Starts one that asks for `password`.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn with_password(password: &str) -> anyhow::Result<Self> {
        Self::launch(Some(password.to_owned())).await
    }

    async fn launch(password: Option<String>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        // Another program may take the port before Redis does; then the next one is tried.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            if let Some(child) = spawn(&folder, port, password.as_deref()).await? {
                return Ok(Self {
                    child,
                    port,
                    password,
                    folder,
                });
            }
        }
        anyhow::bail!("redis-server does not start")
    }

    /// `redis://127.0.0.1:PORT`, with the password if there is one.
    pub fn url(&self) -> String {
        match &self.password {
            Some(password) => format!("redis://:{password}@127.0.0.1:{}", self.port),
            None => self.bare_url(),
        }
    }

    /// `redis://127.0.0.1:PORT`, without the password.
    pub fn bare_url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// `redis+unix:///PATH`; no password in it.
    pub fn unix_url(&self) -> String {
        format!("redis+unix://{}", self.folder.path().join("socket").display())
    }

    /// Stops answering without closing a connection, until [`Self::resume`].
    pub async fn pause(&self) -> anyhow::Result<()> {
        self.signal("STOP").await
    }

    /// Answers again.
    pub async fn resume(&self) -> anyhow::Result<()> {
        self.signal("CONT").await
    }

    /// Ends it at once; all that it held is lost.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Starts it again on the same port, empty; ends it first if it runs.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.kill().await?;
        let started = spawn(&self.folder, self.port, self.password.as_deref()).await?;
        self.child = started.context("redis-server does not start again")?;
        Ok(())
    }

    /// What `redis-cli` says to a command, e.g. `["DBSIZE"]`.
    pub async fn ask(&self, command: &[&str]) -> anyhow::Result<String> {
        let said = self.said(command).await?;
        Ok(String::from_utf8_lossy(&said).trim_end().to_owned())
    }

    /// All keys.
    pub async fn keys(&self) -> anyhow::Result<Vec<String>> {
        let keys = self.ask(&["KEYS", "*"]).await?;
        Ok(keys.lines().map(str::to_owned).collect())
    }

    /// All keys and values, for the search for what must not be in them. Values come in Redis' uncompressed dump.
    pub async fn everything(&self) -> anyhow::Result<Vec<u8>> {
        let mut all = Vec::new();
        for key in self.keys().await? {
            all.extend_from_slice(key.as_bytes());
            all.extend(self.said(&["DUMP", &key]).await?);
        }
        Ok(all)
    }

    async fn said(&self, command: &[&str]) -> anyhow::Result<Vec<u8>> {
        let mut client = Command::new("redis-cli");
        client
            .args(["--raw", "-p", &self.port.to_string()])
            .args(command)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(password) = &self.password {
            client.env("REDISCLI_AUTH", password);
        }
        let output = tokio::time::timeout(PATIENCE, client.output()).await??;
        anyhow::ensure!(
            output.status.success(),
            "redis-cli {command:?}: {}",
            output.status
        );
        Ok(output.stdout)
    }

    async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let process = self.child.id().context("redis-server has ended")?.to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &process])
            .status()
            .await?;
        anyhow::ensure!(status.success(), "kill -{name} failed");
        Ok(())
    }
}

/// Starts the server and waits until it is ready; nothing when it ends instead.
async fn spawn(folder: &TempDir, port: u16, password: Option<&str>) -> anyhow::Result<Option<Child>> {
    let mut command = Command::new("redis-server");
    command
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--unixsocket", "socket"])
        .args(["--save", "", "--appendonly", "no", "--rdbcompression", "no"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    if let Some(password) = password {
        command.args(["--requirepass", password]);
    }
    let mut child = command.spawn().context("starting redis-server")?;
    let stdout = child.stdout.take().context("redis-server has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await? {
            if line.contains("eady to accept connections") {
                return anyhow::Ok(true);
            }
        }
        Ok(false)
    };
    if !tokio::time::timeout(PATIENCE, ready).await?? {
        return Ok(None);
    }
    // A full pipe would stop the server.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(Some(child))
}
