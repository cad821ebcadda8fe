//! What the operator's policy makes of a request: actions, lists, rule files, and the local route.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::support::{Answer, Gateway, Upstream, assistant, chat, post, whole};

const EMAIL: &str = "alice.miller@corp-mail.com";

async fn with_local(upstream: &Upstream, local: &Upstream, more: &[(&str, &str)]) -> Gateway {
    let base = format!("http://{}/v1", local.address);
    let mut settings = vec![
        ("UPSTREAMS__LOCAL__BASE_URL", base.as_str()),
        ("UPSTREAMS__LOCAL__API", "openai"),
        ("UPSTREAMS__LOCAL__API_KEY", "key-of-the-local-model"),
        ("POLICY__ACTIONS__EMAIL", "route_local"),
    ];
    settings.extend_from_slice(more);
    Gateway::with(upstream, &settings).await
}

fn user_text(body: &Value) -> &str {
    let messages = body["messages"].as_array().unwrap();
    let user = messages.iter().find(|message| message["role"] == "user");
    user.unwrap()["content"].as_str().unwrap()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn route_local_goes_unmasked_to_the_local_upstream_and_nowhere_else() {
    let (upstream, local) = (Upstream::start().await, Upstream::start().await);
    let gateway = with_local(&upstream, &local, &[]).await;
    local.answer(assistant("I know alice."));
    let request = chat(&format!("Write to {EMAIL}, phone +1 415 555 2671"));
    let answer = gateway.chat(&request).await;
    assert_eq!(answer.content(), "I know alice.");
    let seen = local.only();
    // As it came: not even the other values, which are masked elsewhere.
    assert_eq!(seen.body, request.to_string());
    assert_eq!(seen.headers["authorization"], "Bearer key-of-the-local-model");
    assert!(!seen.everything().contains("sk-caller"), "{}", seen.everything());
    assert!(upstream.seen().is_empty());

    // Without such a value it goes where the caller said.
    gateway.chat(&chat("phone +1 415 555 2671")).await;
    assert!(!upstream.only().everything().contains("555 2671"));
    assert_eq!(local.seen().len(), 1);
}

#[tokio::test]
async fn a_secret_beside_it_still_blocks() {
    let (upstream, local) = (Upstream::start().await, Upstream::start().await);
    let gateway = with_local(&upstream, &local, &[]).await;
    let key = format!("ghp_{}", "aB3dE5fG7h".repeat(4).split_at(36).0);
    let answer = gateway.chat(&chat(&format!("{EMAIL} {key}"))).await;
    assert_eq!(code(&answer), (400, "privacy_blocked".to_owned()));
    assert!(upstream.seen().is_empty() && local.seen().is_empty());
}

#[tokio::test]
async fn without_a_local_upstream_of_that_api_it_is_refused() {
    let (upstream, local) = (Upstream::start().await, Upstream::start().await);
    let gateway = Gateway::with(&upstream, &[("POLICY__ACTIONS__EMAIL", "route_local")]).await;
    let answer = gateway.chat(&chat(EMAIL)).await;
    assert_eq!(code(&answer), (503, "no_local_route".to_owned()));
    assert_eq!(answer.header("x-should-retry"), Some("false"));

    // A local model that speaks OpenAI's API cannot answer a Messages request.
    let gateway = with_local(&upstream, &local, &[]).await;
    let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": EMAIL}]});
    let answer = gateway.post("/v1/messages", &body).await;
    assert_eq!(code(&answer), (503, "no_local_route".to_owned()));
    // A value in a header would not go along.
    let request = post("/v1/chat/completions").header("openai-project", EMAIL);
    gateway
        .send(request.body(whole(chat("hello").to_string())).unwrap())
        .await;
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn actions_lists_patterns_and_rule_files_reach_what_leaves() {
    let mut rules = tempfile::NamedTempFile::new().unwrap();
    rules
        .write_all(b"[[rules]]\nid = \"acme\"\nregex = 'acme_[a-z]{6}'\nkeywords = [\"acme_\"]\n")
        .unwrap();
    let files = format!("[\"{}\"]", rules.path().display());
    let settings = [
        ("POLICY__ACTIONS__API_KEY", "mask"),
        ("POLICY__ACTIONS__PHONE", "block"),
        ("POLICY__ALLOW_VALUES", "[\"support@corp-mail.com\"]"),
        ("POLICY__IGNORE_TYPES", "[\"IBAN\"]"),
        (
            "POLICY__DENY_TERMS",
            r#"[{term="Blue Sky",type="ORGANIZATION"},{regex="prj-[0-9]+",type="CUSTOM:PROJECT"}]"#,
        ),
        (
            "POLICY__PATTERNS",
            r#"[{name="badge",regex="B-[0-9]{6}",type="CUSTOM:BADGE"}]"#,
        ),
        ("POLICY__RULE_FILES", &files),
    ];
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &settings).await;
    let text = "BLUE SKY prj-77 B-123456 acme_qwerty support@corp-mail.com DE89370400440532013000";
    gateway.chat(&chat(text)).await;
    let sent = upstream.only().json();
    let words: Vec<&str> = user_text(&sent).split(' ').collect();
    let kinds = [
        "<ORGANIZATION_",
        "<CUSTOM_PROJECT_",
        "<CUSTOM_BADGE_",
        "<API_KEY_",
    ];
    assert!(
        kinds
            .iter()
            .zip(&words)
            .all(|(kind, word)| word.starts_with(kind)),
        "{sent}"
    );
    assert_eq!(words[4..], ["support@corp-mail.com", "DE89370400440532013000"]);
    let answer = gateway.chat(&chat("call +1 415 555 2671")).await;
    assert_eq!(code(&answer), (400, "privacy_blocked".to_owned()));
    // A denied term in the middle of an identifier is not passed on either.
    let named =
        json!({"model": "m", "messages": [{"role": "tool", "tool_call_id": "call_prj-78", "content": "x"}]});
    gateway.chat(&named).await;
    assert!(
        upstream
            .seen()
            .iter()
            .all(|seen| !seen.everything().contains("prj-78"))
    );
}
