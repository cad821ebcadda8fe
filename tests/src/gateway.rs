//! Starts the real binary in front of a fake provider, on free ports, and stops it when dropped.

use std::{
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
};

use crate::{
    built::binary,
    caller::Caller,
    fake::{FakeProvider, PATIENCE},
};

/// A running gateway.
pub struct Gateway {
    child: Child,
    addresses: Addresses,
    output: Arc<Mutex<String>>,
    folder: TempDir,
}

#[derive(Clone, Default, Debug)]
struct Addresses {
    data: Option<String>,
    ops: Option<String>,
}

/// A gateway that has ended.
pub struct Stopped {
    /// How.
    pub status: ExitStatus,
    /// All that it printed.
    pub output: String,
    folder: TempDir,
}

impl Stopped {
    /// A file that it left in its folder.
    pub fn file(&self, name: &str) -> anyhow::Result<String> {
        std::fs::read_to_string(self.folder.path().join(name)).with_context(|| format!("reading {name}"))
    }
}

/// A gateway that is about to start.
pub struct Setup {
    environment: Vec<(String, String)>,
    folder: TempDir,
    wrapper: Option<String>,
}

impl Gateway {
    /// A gateway with default policy, its upstreams at `fake`.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn before(fake: &FakeProvider) -> Setup {
        let setup = Setup {
            environment: Vec::new(),
            folder: tempfile::tempdir().expect("a temporary folder"),
            wrapper: None,
        };
        setup
            .set("SERVER__LISTEN", "127.0.0.1:0")
            .set("OPS__LISTEN", "127.0.0.1:0")
            .set("UPSTREAMS__OPENAI__BASE_URL", &format!("{}/v1", fake.url()))
            .set("UPSTREAMS__ANTHROPIC__BASE_URL", &fake.url())
            .set("UPSTREAMS__AZURE__BASE_URL", &fake.url())
            .set("DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true")
            .set("DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true")
            .set("LOG__LEVEL", "trace")
    }

    /// The default gateway.
    pub async fn start(fake: &FakeProvider) -> anyhow::Result<Self> {
        Self::before(fake).start().await
    }

    /// `http://127.0.0.1:PORT` of the data listener.
    pub fn url(&self) -> &str {
        self.addresses.data.as_deref().unwrap_or_default()
    }

    /// `http://127.0.0.1:PORT` of the ops listener.
    pub fn ops_url(&self) -> &str {
        self.addresses.ops.as_deref().unwrap_or_default()
    }

    /// `127.0.0.1:PORT` of the data listener.
    pub fn authority(&self) -> &str {
        self.url().trim_start_matches("http://")
    }

    /// A caller pointed at this gateway.
    pub fn caller(&self) -> Caller {
        Caller::new(self.url())
    }

    /// Everything that the gateway has printed so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the gateway runs; its audit file and the like may be put here.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The operating system's id of the process.
    pub fn process(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Asks it to stop, as a service manager does, and waits for its exit.
    pub async fn stop(self) -> anyhow::Result<Stopped> {
        self.signal("TERM").await?;
        self.exit().await
    }

    /// Waits for its exit; gives also what it printed.
    pub async fn exit(mut self) -> anyhow::Result<Stopped> {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        Ok(Stopped {
            status,
            output: self.output(),
            folder: self.folder,
        })
    }

    /// As `kill -9` does, and waits for its end; gives what it printed.
    pub async fn kill(self) -> anyhow::Result<Stopped> {
        self.signal("KILL").await?;
        self.exit().await
    }

    /// What its metrics page says.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        Ok(Caller::new(self.ops_url()).fetch("/metrics").await?.ok()?.text())
    }

    /// Sends a signal by name.
    pub async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let process = self.process().to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &process])
            .status()
            .await?;
        anyhow::ensure!(status.success(), "kill -{name} failed");
        Ok(())
    }
}

impl Setup {
    /// Sets `BAUTA_<key>`.
    #[must_use]
    pub fn set(self, key: &str, value: &str) -> Self {
        self.variable(&format!("BAUTA_{key}"), value)
    }

    /// Where it will run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Sets `BAUTA_<key>` to a path in the gateway's folder.
    #[must_use]
    pub fn set_path(self, key: &str, name: &str) -> Self {
        let path = self.folder.path().join(name).display().to_string();
        self.set(key, &path)
    }

    /// Starts it through a script for `sh`, which runs the binary as `"$@"`: with less than this process may have.
    #[must_use]
    pub fn through(mut self, script: &str) -> Self {
        self.wrapper = Some(script.to_owned());
        self
    }

    /// Starts the binary and waits until it listens.
    ///
    /// # Errors
    /// With the binary's output, when it exits or does not listen.
    pub async fn start(self) -> anyhow::Result<Gateway> {
        let mut child = self.command()?.spawn().context("starting the gateway")?;
        let output = Arc::new(Mutex::new(String::new()));
        let (found, mut listening) = watch::channel(Addresses::default());
        let found = Arc::new(found);
        let streams: [Option<Box<dyn AsyncRead + Send + Unpin>>; 2] = [
            child.stdout.take().map(|s| Box::new(s) as _),
            child.stderr.take().map(|s| Box::new(s) as _),
        ];
        for stream in streams.into_iter().flatten() {
            tokio::spawn(read_lines(stream, Arc::clone(&output), Arc::clone(&found)));
        }
        drop(found);
        let ready = listening.wait_for(|found| found.data.is_some() && found.ops.is_some());
        let addresses = match tokio::time::timeout(PATIENCE, ready).await {
            Ok(Ok(addresses)) => addresses.clone(),
            _ => {
                let said = output.lock().unwrap_or_else(PoisonError::into_inner).clone();
                anyhow::bail!("the gateway does not listen; it said:\n{said}")
            }
        };
        Ok(Gateway {
            child,
            addresses,
            output,
            folder: self.folder,
        })
    }

    /// Runs the binary expecting it to refuse; returns what it printed.
    pub async fn refused(self) -> anyhow::Result<String> {
        let output = tokio::time::timeout(PATIENCE, self.command()?.output()).await??;
        anyhow::ensure!(!output.status.success(), "the gateway started");
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    fn command(&self) -> anyhow::Result<Command> {
        let binary = binary("proxy-api")?;
        let mut command = match &self.wrapper {
            None => Command::new(binary),
            Some(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", script, "sh"]).arg(binary);
                shell
            }
        };
        command
            .env_clear()
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path());
        for (key, value) in &self.environment {
            command.env(key, value);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(command)
    }
}

async fn read_lines(
    stream: impl AsyncRead + Unpin,
    output: Arc<Mutex<String>>,
    found: Arc<watch::Sender<Addresses>>,
) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(address) = address(&line) {
            found.send_modify(|known| {
                let ops = line.contains("ops listening on ");
                *(if ops { &mut known.ops } else { &mut known.data }) = Some(address);
            });
        }
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        output.push_str(&line);
        output.push('\n');
    }
}

fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("listening on http://")?;
    let end = rest
        .find(|c: char| !(c.is_ascii_hexdigit() || ".:[]".contains(c)))
        .unwrap_or(rest.len());
    Some(format!("http://{}", &rest[..end]))
}
