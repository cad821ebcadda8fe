//! Starts the real control plane on free ports, again and again on the same database.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    sync::watch,
};

use crate::{
    built::binary,
    caller::Caller,
    fake::{FakeProvider, PATIENCE},
    gateway::{Gateway, Setup},
};

/// Who signs in.
pub const OPERATOR: &str = "ada";
/// With what.
pub const PASSWORD: &str = "correct horse battery staple";
/// What instances sign with.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What outlives the processes of both planes: the database, the key that they share, the spool.
pub struct Place {
    folder: TempDir,
    database: String,
    environment: Vec<(String, String)>,
    wrapper: Option<String>,
}

/// A running control plane; killed when it is dropped.
pub struct Admin {
    child: Child,
    addresses: Addresses,
    output: Arc<Mutex<String>>,
}

#[derive(Clone, Debug)]
struct Addresses {
    operators: String,
    ingest: SocketAddr,
    ops: SocketAddr,
}

impl Place {
    /// With SQLite.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let database = format!("sqlite://{}", folder.path().join("admin.db").display());
        Self::at(folder, database)
    }

    /// With another database.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_database(url: &str) -> anyhow::Result<Self> {
        Self::at(tempfile::tempdir()?, url.to_owned())
    }

    fn at(folder: TempDir, database: String) -> anyhow::Result<Self> {
        std::fs::write(folder.path().join("key"), SECRET)?;
        Ok(Self {
            folder,
            database,
            environment: Vec::new(),
            wrapper: None,
        })
    }

    /// Where its files are.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the gateway keeps events that are not delivered.
    pub fn spool(&self) -> PathBuf {
        self.path().join("spool")
    }

    /// The database's URL.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Sets an environment variable of the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The next starts go through a script for `sh`, which runs the program as `"$@"`; none ends that.
    pub fn through(&mut self, script: Option<&str>) {
        self.wrapper = script.map(str::to_owned);
    }

    /// A gateway before `fake` that delivers to `endpoint` from the spool of this place.
    pub fn gateway(&self, fake: &FakeProvider, endpoint: &str) -> Setup {
        Gateway::before(fake)
            .set("AUDIT__SINK", "admin")
            .set("AUDIT__ENDPOINT", endpoint)
            .set(
                "AUDIT__SIGNING_KEY_FILE",
                &self.path().join("key").display().to_string(),
            )
            .set("AUDIT__SPOOL_DIR", &self.spool().display().to_string())
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let program = binary("admin-api")?;
        let mut command = match &self.wrapper {
            None => Command::new(program),
            Some(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", script, "sh"]).arg(program);
                shell
            }
        };
        let keys = format!("[{:?}]", self.path().join("key").display().to_string());
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.path())
            .env("BAUTA_ADMIN__SERVER__LISTEN", "127.0.0.1:0")
            .env("BAUTA_ADMIN__INGEST__LISTEN", "127.0.0.1:0")
            .env("BAUTA_ADMIN__OPS__LISTEN", "127.0.0.1:0")
            .env("BAUTA_ADMIN__INGEST__VERIFY_KEYS", keys)
            .env("BAUTA_ADMIN__DATABASE__URL", &self.database)
            .env("BAUTA_ADMIN__LOG__LEVEL", "trace")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(command)
    }

    /// Adds the operator that [`Admin::sign_in`] is.
    ///
    /// # Errors
    /// With what the command says.
    pub async fn add_operator(&self) -> anyhow::Result<()> {
        let mut command = self.command(&["operator", "add", OPERATOR])?;
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().context("a pipe")?;
        input.write_all(format!("{PASSWORD}\n").as_bytes()).await?;
        drop(input);
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await??;
        let told = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{told}");
        Ok(())
    }

    /// Starts the program and waits until it is ready.
    ///
    /// # Errors
    /// With what it says, when it is not.
    pub async fn start(&self) -> anyhow::Result<Admin> {
        let mut child = self.command(&[])?.spawn().context("starting admin-api")?;
        let output = Arc::new(Mutex::new(String::new()));
        let (found, mut ready) = watch::channel(None);
        let stderr = child.stderr.take().context("a pipe")?;
        tokio::spawn(read_lines(stderr, Arc::clone(&output), found));
        let ready = ready.wait_for(Option::is_some);
        let addresses = match tokio::time::timeout(PATIENCE, ready).await {
            Ok(Ok(addresses)) => addresses.clone(),
            _ => None,
        };
        let addresses = addresses.with_context(|| {
            let said = output.lock().unwrap_or_else(PoisonError::into_inner);
            format!("admin-api is not ready; it said:\n{said}")
        })?;
        Ok(Admin {
            child,
            addresses,
            output,
        })
    }

    /// Runs the program expecting it to refuse; gives its status and what it printed.
    ///
    /// # Errors
    /// When it goes on running.
    pub async fn refused(&self) -> anyhow::Result<(ExitStatus, String)> {
        let output = tokio::time::timeout(PATIENCE, self.command(&[])?.output()).await??;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status, String::from_utf8_lossy(&said).into_owned()))
    }
}

async fn read_lines(
    stream: impl AsyncRead + Unpin,
    output: Arc<Mutex<String>>,
    found: watch::Sender<Option<Addresses>>,
) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(addresses) = addresses(&line) {
            found.send_replace(Some(addresses));
        }
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        output.push_str(&line);
        output.push('\n');
    }
}

fn addresses(line: &str) -> Option<Addresses> {
    let field = |name: &str| {
        let (_, rest) = line.split_once(name)?;
        rest.split_whitespace().next()
    };
    Some(Addresses {
        operators: field("operators.url=")?.trim_matches('"').to_owned(),
        ingest: field("ingest.address=")?.parse().ok()?,
        ops: field("ops.address=")?.parse().ok()?,
    })
}

impl Admin {
    /// Where instances deliver.
    pub fn ingest(&self) -> SocketAddr {
        self.addresses.ingest
    }

    /// `http://127.0.0.1:PORT` of the operators' listener.
    pub fn url(&self) -> &str {
        &self.addresses.operators
    }

    /// Everything that it has logged so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What its metrics page says.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        let ops = Caller::new(&format!("http://{}", self.addresses.ops));
        Ok(ops.fetch("/metrics").await?.ok()?.text())
    }

    /// Signs in as the operator whom [`Place::add_operator`] added: whoever asks with it is that operator.
    ///
    /// # Errors
    /// With the answer.
    pub async fn sign_in(&self) -> anyhow::Result<Operator> {
        let browser = Caller::new(self.url())
            .without("authorization")
            .with("origin", self.url());
        let body = json!({"username": OPERATOR, "password": PASSWORD});
        let answer = browser.post("/api/v1/session", &body).await?.ok()?;
        let cookie = answer.header("set-cookie").context("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Operator {
            caller: browser.with("cookie", &cookie),
            cookie,
        })
    }

    /// As `kill -9` does, and waits for its end.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to stop, as a service manager does, and waits for its end; gives what it logged.
    ///
    /// # Errors
    /// When it does not end well.
    pub async fn stop(mut self) -> anyhow::Result<String> {
        let process = self.child.id().unwrap_or_default().to_string();
        Command::new("kill").args(["-TERM", &process]).status().await?;
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        anyhow::ensure!(status.success(), "{status}: {}", self.output());
        Ok(self.output())
    }
}

/// Somebody who is signed in.
pub struct Operator {
    /// Asks as that operator, from its own page.
    pub caller: Caller,
    /// `name=value` of its session.
    pub cookie: String,
}

impl Operator {
    /// What the API answers.
    ///
    /// # Errors
    /// When it is no success.
    pub async fn get(&self, path: &str) -> anyhow::Result<String> {
        let answer = self.caller.fetch(&format!("/api/v1{path}")).await?;
        Ok(answer.ok().with_context(|| path.to_owned())?.text())
    }

    /// The ids of all events that are stored.
    ///
    /// # Errors
    /// When one is there twice, or pages, export and sums do not tell of the same ones.
    pub async fn events(&self) -> anyhow::Result<BTreeSet<String>> {
        let id = |event: &Value| event["event_id"].as_str().unwrap_or_default().to_owned();
        let export = self.get("/events/export?format=jsonl").await?;
        let lines = export
            .lines()
            .map(serde_json::from_str::<Value>)
            .collect::<Result<Vec<_>, _>>()?;
        let exported: BTreeSet<String> = lines.iter().map(id).collect();
        anyhow::ensure!(exported.len() == lines.len(), "an event is exported twice");
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Value = serde_json::from_str(&self.get(&format!("/events?limit=100{cursor}")).await?)?;
            paged.extend(page["items"].as_array().into_iter().flatten().map(id));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let unique: BTreeSet<String> = paged.iter().cloned().collect();
        anyhow::ensure!(unique.len() == paged.len(), "an event is on two pages");
        anyhow::ensure!(unique == exported, "pages and export differ");
        // Long enough for a clock that jumped by a day.
        let overview: Value = serde_json::from_str(&self.get(&format!("/overview?{}", days(&lines))).await?)?;
        let summed = overview["totals"]["requests"].as_u64();
        anyhow::ensure!(
            summed == Some(paged.len() as u64),
            "{} events, summed up as {summed:?}",
            paged.len()
        );
        Ok(unique)
    }
}

/// A window around all of these events, in whole days.
fn days(events: &[Value]) -> String {
    let times = events.iter().filter_map(|event| event["occurred_at"].as_str());
    let day = |time: &str| time.get(..10).unwrap_or_default().to_owned();
    let times: BTreeSet<String> = times.map(day).collect();
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return String::new();
    };
    format!("from={first}T00:00:00Z&to={last}T23:59:59.999Z")
}

/// The number behind a metric's name; 0 where it was not counted yet.
pub fn number(page: &str, name: &str) -> u64 {
    let line = page.lines().find(|line| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', '{']))
    });
    let value = line.and_then(|line| line.rsplit(' ').next());
    value.and_then(|value| value.parse().ok()).unwrap_or_default()
}
