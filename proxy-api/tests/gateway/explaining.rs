//! Where a request says what placeholders are.

use serde_json::{Value, json};

use crate::support::{Gateway, Upstream, chat, json_answer};

const EMAIL: &str = "alice.miller@corp-mail.com";
const WORDS: &str = "Some values in this conversation are replaced";

fn asked(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": format!("Write to {EMAIL}.")}]})
}

fn refusal(message: &str) -> http::Response<crate::support::Body> {
    json_answer(
        400,
        &json!({"error": {"message": message, "type": "invalid_request_error"}}),
    )
}

/// The roles of the last request at the upstream, and the first message's text.
fn last(upstream: &Upstream) -> (Vec<String>, String) {
    let body = upstream.seen().pop().unwrap().json();
    let messages = body["messages"].as_array().unwrap();
    let roles = messages
        .iter()
        .map(|message| message["role"].as_str().unwrap().to_owned());
    let first = messages[0]["content"].as_str().unwrap().to_owned();
    (roles.collect(), first)
}

#[tokio::test]
async fn models_without_a_system_role_are_told_by_the_user() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    for (model, roles) in [
        ("google/Gemma-3-27b-it", &["user"][..]),
        ("gpt-5", &["system", "user"]),
    ] {
        assert_eq!(gateway.chat(&asked(model)).await.status, 200);
        let (said, first) = last(&upstream);
        assert_eq!(said, roles, "{model}");
        assert!(first.starts_with(WORDS), "{first}");
        assert_eq!(
            first.contains("\n\nWrite to <EMAIL_"),
            model != "gpt-5",
            "{first}"
        );
    }
    let own = [("MASKING__MODELS_WITHOUT_SYSTEM_ROLE", "[\"gpt-?\"]")];
    let gateway = Gateway::with(&upstream, &own).await;
    gateway.chat(&asked("gpt-5")).await;
    assert_eq!(last(&upstream).0, ["user"]);
    gateway.chat(&asked("gemma")).await;
    assert_eq!(last(&upstream).0, ["system", "user"]);
}

#[tokio::test]
async fn a_refusal_is_remembered_for_that_model_of_that_upstream() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    upstream.answer(refusal(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    ));
    let answer = gateway.chat(&asked("quaint")).await;
    // It is sent once: the caller is told that it may try again, and why it was refused.
    assert_eq!((answer.status.as_u16(), upstream.seen().len()), (400, 1));
    assert_eq!(answer.header("x-should-retry"), Some("true"));
    assert!(answer.text().contains("does not support 'system'"));
    gateway.chat(&asked("quaint")).await;
    assert_eq!(last(&upstream).0, ["user"]);
    gateway.chat(&asked("other")).await;
    assert_eq!(last(&upstream).0, ["system", "user"]);
    gateway.post("/v1/messages", &asked("quaint")).await;
    assert!(upstream.seen().pop().unwrap().json()["system"].is_string());
    // A caller's own system message may be refused on and on.
    upstream.answer(refusal("System role not supported"));
    assert_eq!(
        gateway.chat(&asked("quaint")).await.header("x-should-retry"),
        None
    );
}

#[tokio::test]
async fn other_refusals_teach_nothing() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    upstream.answer(refusal("Unsupported parameter: 'temperature' is not supported."));
    let answer = gateway.chat(&asked("quaint")).await;
    assert_eq!(answer.header("x-should-retry"), None);
    // Where nothing was added, nothing of ours was refused.
    upstream.answer(refusal("System role not supported"));
    assert_eq!(gateway.chat(&chat("hello")).await.header("x-should-retry"), None);
    gateway.chat(&asked("quaint")).await;
    assert_eq!(last(&upstream).0, ["system", "user"]);
}

#[tokio::test]
async fn nobody_explains_what_only_definitions_of_tools_hold() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let mut body = chat("hello");
    let description = format!("Mail to {EMAIL}, the owner.");
    body["tools"] = json!([{"type": "function", "function": {"name": "mail", "description": description}}]);
    gateway.chat(&body).await;
    let seen = upstream.seen().pop().unwrap();
    assert!(seen.everything().contains("<EMAIL_") && !seen.everything().contains(EMAIL));
    assert!(!seen.everything().contains(WORDS), "{}", seen.everything());
    // Anywhere else it is asked about.
    body["messages"][0]["content"] = EMAIL.into();
    gateway.chat(&body).await;
    assert!(upstream.seen().pop().unwrap().everything().contains(WORDS));
}

#[tokio::test]
async fn a_chain_is_explained_from_the_turn_on_that_needs_it() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let tools =
        json!([{"type": "function", "name": "mail", "description": format!("Mail to {EMAIL}, the owner.")}]);
    let mut previous = Value::Null;
    for (turn, (input, explained)) in [
        ("hello", false),
        ("go on", false),
        ("Write to bob.stone@corp-mail.com.", true),
        ("go on", true),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("resp_{turn}");
        let output = json!([{"type": "message", "id": "m", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "ok", "annotations": []}]}]);
        upstream.answer(json_answer(
            200,
            &json!({"id": id, "object": "response", "status": "completed", "model": "m", "output": output}),
        ));
        let body =
            json!({"model": "gpt-5", "input": input, "tools": tools, "previous_response_id": previous});
        assert_eq!(gateway.post("/v1/responses", &body).await.status, 200);
        previous = id.into();
        let seen = upstream.seen().pop().unwrap();
        assert_eq!(seen.everything().contains(WORDS), explained, "{input}");
    }
}

#[tokio::test]
async fn a_cache_marker_keeps_what_stands_before_it() {
    let upstream = Upstream::start().await;
    let settings = [("MASKING__MODELS_WITHOUT_SYSTEM_ROLE", "[\"*\"]")];
    let gateway = Gateway::with(&upstream, &settings).await;
    let marked = r#"{"model":"m","max_tokens":9,"system":[{"type":"text","text":"Be kind.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"A long document.","cache_control":{"type":"ephemeral"}}"#;
    let body = format!(r#"{marked},{{"type":"text","text":"Write to {EMAIL}."}}]}}]}}"#);
    let request = crate::support::post("/v1/messages")
        .body(crate::support::whole(body))
        .unwrap();
    assert_eq!(gateway.send(request).await.status, 200);
    let seen = upstream.only();
    let sent = String::from_utf8(seen.body.to_vec()).unwrap();
    let added = sent.strip_prefix(marked).unwrap();
    assert!(
        added.starts_with(&format!(r#",{{"type":"text","text":"{WORDS}"#)),
        "{added}"
    );
    assert!(added.contains("Write to <EMAIL_"), "{added}");
}
