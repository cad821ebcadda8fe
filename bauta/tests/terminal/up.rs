//! `bauta up`: both planes in one process, and what outlives it in the data directory.

use std::os::unix::fs::MetadataExt as _;

use e2e::fake::{FakeProvider, Recorded};

use super::pty::Terminal;
use super::running::{Running, beside, between, chat, sign_in, up};
use super::{bauta, piped, text};

const MESSAGE: &str = "Mail ann.lee@corp.example today";

/// The placeholder of the last request.
fn placeholder(fake: &FakeProvider) -> String {
    let body = fake.requests().last().map(Recorded::json).unwrap();
    let said = body["messages"].as_array().unwrap().last().unwrap();
    between(said["content"].as_str().unwrap(), "<EMAIL_", ">")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_seen_by_whoever_signs_in_with_the_password_on_the_terminal() {
    let fake = FakeProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let terminal = Terminal::start(&mut up(&fake, &data, &[]), None);
    let screen = terminal.shows("(shown this once", 1).replace("\r\n", "\n");
    let password = between(&screen, "as admin with the password ", " (shown");
    chat(&between(&screen, "listens on ", ". Point"), MESSAGE)
        .await
        .unwrap();
    let first = placeholder(&fake);
    terminal.stop();
    // Everything is delivered before the end.
    let (status, screen) = terminal.ends();
    assert!(status.success(), "{screen}");
    assert_eq!(screen.matches(&password).count(), 1, "{screen}");

    let terminal = Terminal::start(&mut up(&fake, &data, &[]), None);
    // It says so after the greeting.
    let screen = terminal.shows("ops listening on", 1).replace("\r\n", "\n");
    assert!(!screen.contains("Sign in"), "{screen}");
    chat(&between(&screen, "listens on ", ". Point"), MESSAGE)
        .await
        .unwrap();
    assert_eq!(placeholder(&fake), first, "it survives the restart");
    let operators = between(&screen, "without values, at ", ".\n");
    let operator = sign_in(&operators, "admin", &password).await.unwrap();
    let events = operator
        .fetch("/api/v1/events")
        .await
        .unwrap()
        .ok()
        .unwrap()
        .json();
    let events = events["items"].as_array().unwrap();
    let turn = events.last().unwrap();
    assert_eq!(turn["surface"], "openai.chat", "{turn}");
    assert!(turn.to_string().contains("EMAIL"), "{turn}");
    assert!(!turn.to_string().contains("ann.lee"), "{turn}");
    terminal.stop();
    assert!(terminal.ends().0.success());
    let mode = |name: &str| std::fs::metadata(data.join(name)).unwrap().mode() & 0o777;
    assert_eq!(
        (mode(""), mode("keyring"), mode("admin.db")),
        (0o700, 0o600, 0o600)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_no_password_is_made_and_the_command_is_named() {
    let fake = FakeProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let running = Running::start(up(&fake, &data, &[]), &log);
    let greeting = running.greeting.clone();
    assert!(greeting.contains("`bauta operator add NAME"), "{greeting}");
    assert!(!greeting.contains("password"), "{greeting}");
    // Another one would write to the same files.
    let second = piped(up(&fake, &data, &[]), "");
    assert_eq!(second.status.code(), Some(1));
    let problem = text(&second.stderr);
    assert!(
        problem.contains("another `bauta up` uses the data directory"),
        "{problem}"
    );
    let password = "correct horse battery staple";
    assert_eq!(
        beside(&data, &["operator", "add", "Ada"], &format!("{password}\n")),
        "added\n"
    );
    assert_eq!(beside(&data, &["operator", "list"], ""), "ada\tadmin\n");
    let operator = sign_in(&running.operators(), "ada", password).await.unwrap();
    let me = operator
        .fetch("/api/v1/session")
        .await
        .unwrap()
        .ok()
        .unwrap()
        .json();
    assert_eq!(me["operator"], "ada", "{me}");
    assert!(running.stop().success());
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(
        !log.contains(password) && log.contains("the control plane is ready"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_operator_can_be_added_before_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut list = bauta(&["operator", "list"]);
    list.env("BAUTA_DATA_DIR", &data);
    let nobody = piped(list, "");
    let problem = text(&nobody.stderr);
    assert!(
        !nobody.status.success() && problem.contains("`bauta operator add NAME"),
        "{problem}"
    );
    assert!(!data.exists(), "a question makes nothing");
    let password = "correct horse battery staple";
    assert_eq!(
        beside(&data, &["operator", "add", "ada"], &format!("{password}\n")),
        "added\n"
    );
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("admin.db"))), (0o700, 0o600));
    let fake = FakeProvider::start().await.unwrap();
    let running = Running::start(up(&fake, &data, &[]), &log);
    assert!(
        !running.greeting.contains("Nobody can sign in"),
        "{}",
        running.greeting
    );
    sign_in(&running.operators(), "ada", password).await.unwrap();
    assert!(running.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_plane_runs_alone_when_it_is_asked_to() {
    let fake = FakeProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let running = Running::start(up(&fake, &data, &["--no-admin"]), &log);
    assert!(
        !running.greeting.contains("Operators see"),
        "{}",
        running.greeting
    );
    chat(&running.data(), MESSAGE).await.unwrap();
    let first = placeholder(&fake);
    assert!(running.stop().success());
    let mut files: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["keyring", "lock"]);
    // A key of the configuration goes before the one that is kept, and then nothing is kept.
    let other = folder.path().join("other");
    let mut command = up(&fake, &other, &["--no-admin"]);
    command.env("BAUTA_MASKING__MASTER_KEY", "ab".repeat(32));
    let running = Running::start(command, &log);
    chat(&running.data(), MESSAGE).await.unwrap();
    assert_ne!(placeholder(&fake), first);
    assert!(running.stop().success());
    assert!(!other.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_told_in_a_sentence() {
    let fake = FakeProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    for (key, value, told) in [
        ("ADMIN__SERVER__LISTEN", taken.as_str(), "admin.server.listen"),
        ("ADMIN__INGEST__LISTEN", &taken, "admin.ingest.listen"),
        ("ADMIN__OPS__LISTEN", &taken, "admin.ops.listen"),
        ("SERVER__LISTEN", &taken, "server.listen"),
        ("ADMIN__RETENTION__DAYS", "0", "admin.retention.days"),
        ("ADMIN__NONSENSE", "1", "BAUTA_ADMIN__NONSENSE"),
        ("DATA_DIR", file, "is not a directory"),
    ] {
        let mut command = up(&fake, &folder.path().join("data"), &[]);
        command.env(format!("BAUTA_{key}"), value);
        let output = piped(command, "");
        assert_eq!(output.status.code(), Some(1), "{key}");
        let problem = text(&output.stderr);
        assert!(problem.contains(told), "{key}: {problem}");
    }
}

#[test]
fn the_commands_around_it_know_the_control_plane() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let hash = beside(&data, &["hash-password"], "correct horse battery staple\n");
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    let told = beside(&data, &["doctor"], "");
    assert!(
        told.contains("http://127.0.0.1:8788") && told.contains(data.to_str().unwrap()),
        "{told}"
    );
    let json: serde_json::Value = serde_json::from_str(&beside(&data, &["doctor", "--json"], "")).unwrap();
    assert_eq!(json["operators"], "http://127.0.0.1:8788");
    assert_eq!(json["data_directory"]["path"], data.to_str().unwrap());
    let told = beside(&data, &["check-config"], "");
    assert!(told.contains("http://127.0.0.1:8788"), "{told}");
    let mut command = bauta(&["check-config"]);
    command
        .env("BAUTA_DATA_DIR", &data)
        .env("BAUTA_ADMIN__RETENTION__DAYS", "0");
    let output = piped(command, "");
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("admin.retention.days"));
    assert!(!data.exists(), "none of them makes anything");
}
