//! `bauta up --show`: to a terminal and nowhere else.

use std::fs::File;

use e2e::caller::Caller;
use e2e::fake::{FakeProvider, Reply};
use serde_json::json;

use super::pty::Terminal;
use super::{KEY, bauta, before, piped, text};

const ADDRESS: &str = "ann.lee@corp.example";

/// Where the greeting says that it listens.
fn address(screen: &str) -> String {
    let (_, rest) = screen.split_once("listens on ").unwrap();
    let (address, _) = rest.split_once(". Point").unwrap();
    address.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_are_shown_with_their_values_on_the_terminal_alone() {
    let fake = FakeProvider::start().await.unwrap();
    fake.script([Reply::text("Dear {{EMAIL}}!")]);
    let folder = tempfile::tempdir().unwrap();
    let (log, audit) = (folder.path().join("log"), folder.path().join("audit"));
    let mut command = bauta(&["up", "--show"]);
    before(&fake, &mut command);
    command
        .env("NO_COLOR", "1")
        .env("BAUTA_LOG__LEVEL", "trace")
        .env("BAUTA_DATA_DIR", folder.path().join("data"))
        .env("BAUTA_AUDIT__SINK", "file")
        .env("BAUTA_AUDIT__PATH", &audit);
    let terminal = Terminal::start(&mut command, Some(File::create(&log).unwrap()));
    let greeting = terminal.shows("shows private values", 1);
    let caller = Caller::new(&address(&greeting));
    let ask = async |content: &str| {
        let messages =
            json!([{"role": "system", "content": "Be kind."}, {"role": "user", "content": content}]);
        let body = json!({"model": "gpt-5", "stream": true, "messages": messages});
        caller.post("/v1/chat/completions", &body).await.unwrap()
    };
    ask(&format!("Mail {ADDRESS} today")).await.ok().unwrap();
    let screen = terminal.shows(&format!("   ← Dear {ADDRESS}!\r\n"), 1);
    assert!(screen.contains("1 value restored"), "{screen}");
    assert!(
        screen.contains("#1 openai/chat/completions  gpt-5, 2 messages\r\n   + <EMAIL_"),
        "{screen}"
    );
    assert!(
        screen.contains(&format!(">  {ADDRESS}\r\n   → user: Mail <EMAIL_")),
        "{screen}"
    );
    let refused = ask(&format!("My key is {KEY}, my mail {ADDRESS}")).await;
    assert_eq!(refused.status, 400);
    let screen = terminal.shows("#2 400", 1);
    assert!(
        screen.contains("   ! API_KEY at messages[].content, value not shown"),
        "{screen}"
    );
    terminal.stop();
    let (status, screen) = terminal.ends();
    assert!(status.success());
    assert!(!screen.contains(&KEY[..12]), "{screen}");
    for (name, what) in [("log", log), ("audit", audit)] {
        let written = std::fs::read_to_string(what).unwrap();
        assert!(written.contains("openai"), "there is a {name}: {written}");
        assert!(
            !written.contains("ann.lee") && !written.contains(KEY),
            "{name}: {written}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_it_is_refused_before_anything_listens() {
    let fake = FakeProvider::start().await.unwrap();
    let mut command = bauta(&["up", "--show"]);
    before(&fake, &mut command);
    let output = piped(command, "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    let problem = text(&output.stderr);
    assert!(
        problem.contains("--show") && problem.contains("terminal"),
        "{problem}"
    );
    assert!(!problem.contains("listening"), "{problem}");
}
