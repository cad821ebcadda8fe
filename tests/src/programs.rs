//! The real clients: where they are installed, how they are pointed at a gateway, what they print.

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context;
use tokio::{process::Command, sync::OnceCell};

use crate::{canary, fake::FakeProvider, gateway::Gateway};

/// How long a client may take, its start included.
const PATIENCE: Duration = Duration::from_secs(240);

/// What a program did.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// Fails with all that was printed, unless the program succeeded.
    pub fn ok(self) -> anyhow::Result<Self> {
        anyhow::ensure!(
            self.status.success(),
            "{}\n{}\n{}",
            self.status,
            self.stdout,
            self.stderr
        );
        Ok(self)
    }
}

/// Python's tests of the SDKs: all, or those of some modules.
pub async fn python_suite(fake: &FakeProvider, gateway: &Gateway, only: &[&str]) -> anyhow::Result<Ran> {
    let root = installed().await?;
    let mut command = Command::new(root.join(".venv/bin/python"));
    command
        .args(["-m", "unittest", "--verbose"])
        .args(only)
        .current_dir(root.join("tests/sdk/python"));
    run(told(&mut command, fake, gateway).env("PYTHONDONTWRITEBYTECODE", "1")).await
}

/// Node's tests of the SDKs: all, or those of some files.
pub async fn node_suite(fake: &FakeProvider, gateway: &Gateway, only: &[&str]) -> anyhow::Result<Ran> {
    let root = installed().await?;
    let mut command = Command::new("node");
    command
        .args(["--test", "--test-concurrency=1"])
        .args(only)
        .current_dir(root.join("tests/sdk/node"));
    run(told(&mut command, fake, gateway)).await
}

fn told<'a>(command: &'a mut Command, fake: &FakeProvider, gateway: &Gateway) -> &'a mut Command {
    command
        .env("BAUTA_TEST_GATEWAY", gateway.url())
        .env("BAUTA_TEST_FAKE", fake.url())
        .env("BAUTA_TEST_LETTER", canary::LETTER)
        .env("BAUTA_TEST_EMAIL", canary::EMAIL)
        .env("BAUTA_TEST_API_KEY", canary::API_KEY)
}

/// Schemathesis before the control plane at `url`, as whoever `cookie` is, on its own page; `more` says which operations.
///
/// No check expects success of whatever fits a schema: names, passwords and ids have to be right too.
pub async fn schemathesis(url: &str, cookie: &str, more: &[&str]) -> anyhow::Result<Ran> {
    let root = installed().await?;
    let mut command = Command::new(root.join(".venv/bin/schemathesis"));
    command
        .args(["run", &format!("{url}/api/v1/openapi.json"), "--url", url])
        .args(["--header", &format!("Cookie: {cookie}")])
        .args(["--header", &format!("Origin: {url}")])
        .args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"])
        .arg("--generation-deterministic")
        .args(["--request-timeout", "30", "--continue-on-failure", "--no-color"])
        .args(more)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(std::env::temp_dir());
    run(&mut command).await
}

/// Which conversation a prompt belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversation {
    /// One of its own.
    New,
    /// The last one of the folder goes on.
    Last,
}

/// Claude Code, asked once without a terminal, at home in `home` and working in `project`.
pub async fn claude(gateway: &Gateway, home: &Path, project: &Path, prompt: &str) -> anyhow::Result<Ran> {
    claude_in(Conversation::New, gateway, home, project, prompt).await
}

/// As [`claude`], in a conversation.
pub async fn claude_in(
    conversation: Conversation,
    gateway: &Gateway,
    home: &Path,
    project: &Path,
    prompt: &str,
) -> anyhow::Result<Ran> {
    let root = installed().await?;
    let program = root.join("tests/sdk/node/node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs");
    let mut command = Command::new("node");
    command
        .arg(program)
        .args([
            "--print",
            prompt,
            "--permission-mode",
            "acceptEdits",
            "--allowedTools",
            "Read,Write,Edit,Bash",
        ])
        .args((conversation == Conversation::Last).then_some("--continue"))
        .current_dir(project);
    alone(&mut command, home)
        .env("ANTHROPIC_BASE_URL", format!("{}/anthropic", gateway.url()))
        .env("ANTHROPIC_API_KEY", "dummy-credential")
        .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        .env("DISABLE_AUTOUPDATER", "1");
    run(&mut command).await
}

/// Codex, asked once over HTTP, at home in `home` and working in `project`.
pub async fn codex(gateway: &Gateway, home: &Path, project: &Path, prompt: &str) -> anyhow::Result<Ran> {
    codex_over(gateway.url(), CodexTransport::Http, home, project, prompt).await
}

/// How Codex is pointed at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodexTransport {
    /// As a provider of the user's own, which serves no sockets.
    Http,
    /// As a provider of the user's own, which serves sockets.
    Sockets,
    /// As OpenAI itself under another address; Codex takes for granted that it serves sockets.
    BuiltIn,
}

/// Codex before the server at `url` (`http://127.0.0.1:PORT`), otherwise as [`codex`].
pub async fn codex_over(
    url: &str,
    transport: CodexTransport,
    home: &Path,
    project: &Path,
    prompt: &str,
) -> anyhow::Result<Ran> {
    codex_in(Conversation::New, url, transport, home, project, prompt).await
}

/// As [`codex_over`], in a conversation.
pub async fn codex_in(
    conversation: Conversation,
    url: &str,
    transport: CodexTransport,
    home: &Path,
    project: &Path,
    prompt: &str,
) -> anyhow::Result<Ran> {
    let resumed: &[&str] = match conversation {
        Conversation::New => &[],
        Conversation::Last => &["resume", "--last"],
    };
    let root = installed().await?;
    let folder = home.join(".codex");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("config.toml"), codex_config(url, transport))?;
    let mut command = Command::new("node");
    command
        .arg(root.join("tests/sdk/node/node_modules/@openai/codex/bin/codex.js"))
        // The fake model's commands are the test's own; the sandbox needs rights that not every machine gives.
        .args([
            "exec",
            "--skip-git-repo-check",
            "--dangerously-bypass-approvals-and-sandbox",
        ])
        .args(resumed)
        .arg(prompt)
        .current_dir(project);
    alone(&mut command, home)
        .env("BAUTA_TEST_KEY", "dummy-credential")
        .env("CODEX_API_KEY", "dummy-credential");
    run(&mut command).await
}

fn codex_config(url: &str, transport: CodexTransport) -> String {
    let provider = match transport {
        CodexTransport::BuiltIn => format!("openai_base_url = \"{url}/v1\"\n"),
        CodexTransport::Http | CodexTransport::Sockets => format!(
            "model_provider = \"bauta\"\n\
             [model_providers.bauta]\nname = \"bauta\"\nbase_url = \"{url}/v1\"\nwire_api = \"responses\"\n\
             supports_websockets = {}\nenv_key = \"BAUTA_TEST_KEY\"\n",
            transport == CodexTransport::Sockets
        ),
    };
    format!("model = \"gpt-5.1\"\n{provider}[analytics]\nenabled = false\n")
}

/// Nothing of the machine's own settings but where its programs are.
#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
fn alone<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var("PATH").unwrap_or_default())
}

async fn run(command: &mut Command) -> anyhow::Result<Ran> {
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(PATIENCE, running)
        .await
        .context("the program takes too long")??;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran {
        status: output.status,
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    })
}

/// Runs `tests/setup` once; gives the repository's root.
async fn installed() -> anyhow::Result<PathBuf> {
    static DONE: OnceCell<PathBuf> = OnceCell::const_new();
    let setup = async || {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let status = Command::new(tests.join("setup"))
            .stdin(Stdio::null())
            .status()
            .await?;
        anyhow::ensure!(status.success(), "tests/setup failed");
        Ok(tests.parent().context("tests/ is in the repository")?.to_owned())
    };
    DONE.get_or_try_init(setup).await.cloned()
}
