//! `bauta chat`: both sides on the terminal, the answer alone in a pipe.

use e2e::fake::{FakeProvider, Reply};

use super::pty::Terminal;
use super::{KEY, bauta, before, piped, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_shows_what_was_sent_and_what_was_restored() {
    let fake = FakeProvider::start().await.unwrap();
    fake.script([
        Reply {
            chunk: 3,
            ..Reply::text("Dear {{EMAIL}}, hello.")
        },
        Reply::text("As I said."),
        Reply::fault(429, "You exceeded your quota."),
    ]);
    let mut command = bauta(&["chat", "--model", "m"]);
    before(&fake, &mut command);
    command.env("NO_COLOR", "1").env("OPENAI_API_KEY", "sk-test");
    let mut terminal = Terminal::start(&mut command, None);
    let greeting = terminal.shows("you>", 1);
    assert!(
        greeting.contains("Talking to openai (m) through a gateway in this process."),
        "{greeting}"
    );
    terminal.types("Greet ann.lee@corp.example\r");
    let screen = terminal.shows("  ← Dear <EMAIL_", 1);
    assert!(screen.contains("  → Greet <EMAIL_"), "{screen}");
    assert!(
        screen.contains("openai> Dear ann.lee@corp.example, hello."),
        "{screen}"
    );
    terminal.shows("you>", 2);
    terminal.types("Again\r");
    terminal.shows("openai> As I said.", 1);
    terminal.types("More\r");
    terminal.shows("You exceeded your quota.", 1);
    terminal.types(&format!("My key is {KEY}\r"));
    terminal.ends_at("1 API_KEY", "you>");
    let (status, screen) = terminal.ends();
    assert!(status.success(), "{screen}");
    let requests = fake.requests();
    let last = requests[2].json();
    // The history goes along, masked; what was refused is not part of it.
    let contents: Vec<&str> = last["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|message| message["content"].as_str())
        .collect();
    assert_eq!(contents.len(), 6, "{last}");
    assert!(
        contents[1].starts_with("Greet <EMAIL_") && contents[2].starts_with("Dear <EMAIL_"),
        "{last}"
    );
    assert_eq!(contents[3..], ["Again", "As I said.", "More"]);
    assert_eq!(requests.len(), 3, "what is blocked does not leave");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_gets_the_answer_alone() {
    let fake = FakeProvider::start().await.unwrap();
    fake.script([Reply::text("Dear {{EMAIL}}.")]);
    let mut command = bauta(&["chat"]);
    before(&fake, &mut command);
    command.env("ANTHROPIC_API_KEY", "sk-ant-test");
    let output = piped(command, "Greet ann.lee@corp.example\n");
    assert_eq!(
        text(&output.stdout),
        "Dear ann.lee@corp.example.\n",
        "{}",
        text(&output.stderr)
    );
    assert!(
        text(&output.stderr).contains("→ Greet <EMAIL_"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fake.requests()[0].header("x-api-key"), Some("sk-ant-test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_ends_a_pipe_with_the_providers_words() {
    let fake = FakeProvider::start().await.unwrap();
    fake.script([Reply::fault(401, "Incorrect API key provided.")]);
    let mut command = bauta(&["chat"]);
    before(&fake, &mut command);
    command.env("OPENAI_API_KEY", "sk-wrong");
    let output = piped(command, "hi");
    assert_eq!(output.status.code(), Some(1));
    let problem = text(&output.stderr);
    assert!(
        problem.contains("401") && problem.contains("Incorrect API key provided."),
        "{problem}"
    );
    assert!(!problem.contains("sk-wrong"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_gateway_can_be_named() {
    let fake = FakeProvider::start().await.unwrap();
    let address = fake.url();
    // The fake answers below an upstream's name like below none: it stands for the gateway here.
    let mut command = bauta(&["chat", "--gateway", &address]);
    command.env("OPENAI_API_KEY", "sk-test");
    let output = piped(command, "hi");
    assert!(!output.stderr.is_empty() || output.status.success());
    let path = fake.requests()[0].target.clone();
    assert_eq!(path, "/openai/v1/chat/completions");
}

#[tokio::test]
async fn an_upstream_of_the_command_line_can_be_talked_to() {
    let fake = FakeProvider::start().await.unwrap();
    fake.script([Reply::text("Hello {{EMAIL}}.")]);
    let mine = format!("mine={};adapter=anthropic", fake.url());
    let mut command = bauta(&["chat", "--upstream", &mine, "--provider", "mine", "--model", "m"]);
    before(&fake, &mut command);
    command.env("MINE_API_KEY", "k-mine");
    let output = tokio::task::spawn_blocking(|| piped(command, "Greet ann.lee@corp.example"))
        .await
        .unwrap();
    assert_eq!(
        text(&output.stdout),
        "Hello ann.lee@corp.example.\n",
        "{}",
        text(&output.stderr)
    );
    let request = &fake.requests()[0];
    assert_eq!(
        (&*request.target, request.header("x-api-key")),
        ("/v1/messages", Some("k-mine"))
    );
}

#[test]
fn without_a_key_the_variable_is_named() {
    let output = piped(bauta(&["chat"]), "hi");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("set OPENAI_API_KEY or ANTHROPIC_API_KEY"));
    let output = piped(bauta(&["chat", "--provider", "groq", "--model", "m"]), "hi");
    assert!(text(&output.stderr).contains("set GROQ_API_KEY"));
}
