//! `bauta up` without a terminal: what it prints, and an operator before it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use e2e::caller::{Answered, Caller};
use e2e::fake::FakeProvider;
use serde_json::json;

use super::{bauta, before, piped, text};

/// What ends the greeting, with and without a control plane.
const OPERATORS: &str = "Operators see";
const ALONE: &str = "Stop with Ctrl-C.";

/// A gateway whose log goes to a file.
pub(crate) struct Running {
    child: Child,
    /// Open as long as it runs: it may still print.
    _printed: Lines<BufReader<ChildStdout>>,
    pub(crate) greeting: String,
}

impl Running {
    /// Waits until it has told where it listens.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log).unwrap())
            .spawn();
        let mut child = child.unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_alone = command.get_args().any(|argument| argument == "--no-admin");
        let last = if is_alone { ALONE } else { OPERATORS };
        let mut greeting = String::new();
        let mut is_over = false;
        // A blank line follows what is said to operators.
        while !(is_over && (is_alone || greeting.ends_with("\n\n"))) {
            let line = lines.next().transpose().unwrap();
            let log = || std::fs::read_to_string(log).unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended: {greeting}\n{}", log()));
            is_over |= line.contains(last);
            greeting.push_str(&line);
            greeting.push('\n');
        }
        Self {
            child,
            _printed: lines,
            greeting,
        }
    }

    /// Where callers connect.
    pub(crate) fn data(&self) -> String {
        between(&self.greeting, "listens on ", ". Point")
    }

    /// Where operators connect.
    pub(crate) fn operators(&self) -> String {
        between(&self.greeting, "without values, at ", ".\n")
    }

    /// Asks it to stop as the terminal's Ctrl-C does, and waits for its end.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let process = self.child.id().to_string();
        let status = Command::new("kill").args(["-INT", &process]).status().unwrap();
        assert!(status.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start:?} in {text}"));
    rest.split_once(end).unwrap().0.to_owned()
}

/// `bauta up` with its data in `data`.
pub(crate) fn up(fake: &FakeProvider, data: &Path, more: &[&str]) -> Command {
    let mut command = bauta(&[&["up"], more].concat());
    before(fake, &mut command);
    command.env("NO_COLOR", "1").env("BAUTA_DATA_DIR", data);
    command
}

/// Runs `bauta operator ...` or the like beside it.
pub(crate) fn beside(data: &Path, arguments: &[&str], input: &str) -> String {
    let mut command = bauta(arguments);
    command.env("BAUTA_DATA_DIR", data);
    let output = piped(command, input);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Signs in; whoever asks with it is that operator.
pub(crate) async fn sign_in(address: &str, name: &str, password: &str) -> anyhow::Result<Caller> {
    let browser = Caller::new(address)
        .without("authorization")
        .with("origin", address);
    let body = json!({"username": name, "password": password});
    let answer = browser.post("/api/v1/session", &body).await?.ok()?;
    let cookie = answer.header("set-cookie").unwrap_or_default();
    let cookie = cookie.split(';').next().unwrap_or_default();
    Ok(browser.with("cookie", cookie))
}

/// One masked turn.
pub(crate) async fn chat(address: &str, content: &str) -> anyhow::Result<Answered> {
    let body = json!({"model": "gpt-5", "messages": [{"role": "user", "content": content}]});
    Caller::new(address)
        .post("/v1/chat/completions", &body)
        .await?
        .ok()
}
