//! The real program at a real terminal (and beside one), with a fake provider behind it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod canary;
mod chat;
mod mask;
mod pty;
mod running;
mod show;
mod up;

use std::process::{Command, Output, Stdio};

use e2e::fake::FakeProvider;

const KEY: &str = "sk-proj-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6";

/// The program without any environment but what a terminal has.
fn bauta(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    command.args(arguments).env_clear().env("TERM", "xterm-256color");
    command
}

/// Settings that lead to `fake` and nowhere else.
fn before(fake: &FakeProvider, command: &mut Command) {
    for (key, value) in [
        ("SERVER__LISTEN", "127.0.0.1:0".to_owned()),
        ("OPS__LISTEN", "127.0.0.1:0".to_owned()),
        ("ADMIN__SERVER__LISTEN", "127.0.0.1:0".to_owned()),
        ("ADMIN__INGEST__LISTEN", "127.0.0.1:0".to_owned()),
        ("ADMIN__OPS__LISTEN", "127.0.0.1:0".to_owned()),
        ("UPSTREAMS__OPENAI__BASE_URL", format!("{}/v1", fake.url())),
        ("UPSTREAMS__ANTHROPIC__BASE_URL", fake.url()),
        ("DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true".to_owned()),
        ("DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true".to_owned()),
    ] {
        command.env(format!("BAUTA_{key}"), value);
    }
}

/// Runs it to its end with `input`, no terminal anywhere.
fn piped(mut command: Command, input: &str) -> Output {
    use std::io::Write as _;
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // One that refuses to start reads nothing of it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
