//! What a profile, actions by scope and exceptions by place make of requests, and of what tools get back.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::support::{Answer, Gateway, Upstream, assistant, chat, json_answer};

const AGENT: (&str, &str) = ("POLICY__PROFILE", "agent");
const MESSAGES: &str = "/anthropic/v1/messages";
const RESPONSES: &str = "/v1/responses";

fn key() -> String {
    format!("ghp_{}", "aB3dE5fG7h".repeat(4).split_at(36).0)
}

/// A conversation in which a tool has answered.
fn with_output(output: &Value, question: &str) -> Value {
    json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": question},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "cat .env"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": output}]},
    ]})
}

fn assert_refused(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.text());
    for word in words {
        assert!(answer.text().contains(word), "{word}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_key_that_a_tool_read_is_masked_and_one_that_a_person_wrote_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[AGENT]).await;
    let file = json!(format!("API_KEY={}\n", key()));
    for _ in 0..2 {
        let answer = gateway
            .post(MESSAGES, &with_output(&file, "What is in it?"))
            .await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    }
    for seen in upstream.seen() {
        assert!(!seen.everything().contains(&key()));
        assert!(
            seen.everything().contains("API_KEY=<API_KEY_"),
            "{}",
            seen.everything()
        );
    }
    // The same in the person's own words, beside it or alone.
    for question in [format!("is it {}?", key()), format!("take {}", key())] {
        let answer = gateway.post(MESSAGES, &with_output(&file, &question)).await;
        assert_refused(&answer, &["API_KEY", "messages[]"]);
    }
    assert_refused(&gateway.chat(&chat(&key())).await, &["API_KEY"]);
    assert_eq!(upstream.seen().len(), 2);
}

#[tokio::test]
async fn a_password_known_from_a_tool_is_masked_wherever_it_stands_again() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[AGENT]).await;
    let file = json!("DB_PASSWORD=vrx7-Trellis-Qo9\n");
    // Nothing but the file tells that it is one.
    let body = with_output(&file, "The folder is called vrx7-Trellis-Qo9, too.");
    let answer = gateway.post(MESSAGES, &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let sent = upstream.only().everything();
    assert!(!sent.contains("Trellis"), "{sent}");
    assert!(sent.contains("is called <PASSWORD_"), "{sent}");
}

#[tokio::test]
async fn strict_refuses_it_and_so_do_actions_of_ones_own() {
    let output = with_output(&json!(format!("API_KEY={}\n", key())), "What is in it?");
    for settings in [
        &[][..],
        &[AGENT, ("POLICY__ACTIONS__API_KEY", "block")],
        &[AGENT, ("POLICY__SCOPES__TOOL_OUTPUT__API_KEY", "block")],
    ] {
        let upstream = Upstream::start().await;
        let gateway = Gateway::with(&upstream, settings).await;
        assert_refused(&gateway.post(MESSAGES, &output).await, &["API_KEY"]);
        assert!(upstream.seen().is_empty(), "{settings:?}");
    }
}

#[tokio::test]
async fn an_agents_file_is_withheld_and_its_local_tools_are_restored() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[AGENT]).await;
    let pdf = BASE64.encode(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n");
    let output = json!([{"type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": pdf}}]);
    let call = |name: &str, input: &Value| json!({"type": "tool_use", "id": "toolu_2", "name": name, "input": input});
    let answer = gateway
        .post(
            MESSAGES,
            &with_output(&output, "Mail Zoe: zoe.quill@quillwerk.de"),
        )
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let sent = upstream.only().everything();
    assert!(
        sent.contains("Withheld by the privacy gateway: PDF document"),
        "{sent}"
    );
    let start = sent.find("<EMAIL_").unwrap();
    let placeholder = &sent[start..=start + sent[start..].find('>').unwrap()];
    upstream.answer(json_answer(200, &json!({"type": "message", "role": "assistant", "content": [
        call("Bash", &json!({"command": format!("grep {placeholder} a; curl https://x.example/?q={placeholder}")})),
        call("WebFetch", &json!({"url": format!("https://x.example/{placeholder}")})),
    ]})));
    let answer = gateway
        .post(
            MESSAGES,
            &with_output(&output, "Mail Zoe: zoe.quill@quillwerk.de"),
        )
        .await;
    let [bash, fetch] = [0, 1].map(|nth| answer.json()["content"][nth]["input"].to_string());
    assert!(bash.contains("grep zoe.quill@quillwerk.de a"), "{bash}");
    assert!(bash.contains("?q=EMAIL_"), "{bash}");
    assert!(!fetch.contains("quillwerk"), "{fetch}");
}

/// Requests with a secret in a place that the provider may be meant to use, and the place.
fn credentials() -> Vec<(&'static str, Value, &'static str)> {
    let tool = |fields: Value| {
        let mut tool = json!({"type": "mcp", "server_label": "l", "server_url": "https://mcp.example/sse"});
        tool.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        json!({"model": "m", "input": "hi", "tools": [tool]})
    };
    let signed = |name: &str| {
        format!(
            "https://bucket.s3.amazonaws.com/{name}?X-Amz-Algorithm=AWS4-HMAC-SHA256&\
             X-Amz-Credential=AKIAQ7Z2M4N6P8R3T5V9%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Expires=600&\
             X-Amz-Signature=3b9f0c1d7e5a2486b9f0c1d7e5a24863b9f0c1d7e5a2486b9f0c1d7e5a248612"
        )
    };
    let block = |kind: &str, name: &str| {
        json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content":
            [{"type": kind, "source": {"type": "url", "url": signed(name)}}]}]})
    };
    vec![
        (
            RESPONSES,
            tool(json!({"authorization": key()})),
            "mcp.authorization",
        ),
        (
            RESPONSES,
            tool(json!({"headers": {"Authorization": format!("Bearer {}", key())}})),
            "mcp.headers",
        ),
        (
            RESPONSES,
            tool(json!({"server_url": format!("https://mcp.example/sse?key={}", key())})),
            "mcp.url",
        ),
        (
            MESSAGES,
            json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], "mcp_servers":
                [{"type": "url", "name": "n", "url": "https://mcp.example/sse", "authorization_token": key()}]}),
            "mcp.authorization",
        ),
        (MESSAGES, block("image", "a.png"), "image.url"),
        (MESSAGES, block("document", "a.pdf"), "file.url"),
        (
            RESPONSES,
            json!({"model": "m", "input": [{"role": "user", "content":
                [{"type": "input_image", "image_url": signed("a.png")}]}]}),
            "image.url",
        ),
        (
            "/v1/chat/completions",
            json!({"model": "m", "messages": [{"role": "user", "content":
                [{"type": "image_url", "image_url": {"url": signed("a.png")}}]}]}),
            "image.url",
        ),
    ]
}

#[tokio::test]
async fn credentials_for_the_provider_pass_where_the_operator_says_so_and_nowhere_else() {
    for profile in ["strict", "agent"] {
        for (path, body, place) in credentials() {
            let upstream = Upstream::start().await;
            let gateway = Gateway::with(&upstream, &[("POLICY__PROFILE", profile)]).await;
            let key = "policy.provider_credentials";
            assert_refused(&gateway.post(path, &body).await, &[key, place]);
            assert!(upstream.seen().is_empty());
            let places = format!("[\"{place}\"]");
            let settings = [
                ("POLICY__PROFILE", profile),
                ("POLICY__PROVIDER_CREDENTIALS", &places),
            ];
            let gateway = Gateway::with(&upstream, &settings).await;
            let answer = gateway.post(path, &body).await;
            assert_eq!(answer.status.as_u16(), 200, "{place}: {}", answer.text());
            assert_eq!(upstream.only().json(), body, "{place}");
        }
    }
}

#[tokio::test]
async fn where_it_is_masked_a_placeholder_is_no_credential() {
    // Whatever else is found in the value, too: nothing of it is refused for its type.
    let masked = [
        "API_KEY",
        "BEARER_TOKEN",
        "CONNECTION_STRING",
        "JWT",
        "PASSWORD",
        "PRIVATE_KEY",
        "URL_CREDENTIALS",
    ]
    .map(|entity| (format!("POLICY__ACTIONS__{entity}"), "mask"));
    let settings: Vec<(&str, &str)> = masked.iter().map(|(name, action)| (&**name, *action)).collect();
    for (path, body, place) in credentials() {
        let upstream = Upstream::start().await;
        let gateway = Gateway::with(&upstream, &settings).await;
        assert_refused(
            &gateway.post(path, &body).await,
            &["policy.provider_credentials", place],
        );
        assert!(upstream.seen().is_empty(), "{place}");
    }
}

#[tokio::test]
async fn a_credential_for_the_provider_is_one_there_only() {
    let upstream = Upstream::start().await;
    let settings = [AGENT, ("POLICY__PROVIDER_CREDENTIALS", "[\"mcp.authorization\"]")];
    let gateway = Gateway::with(&upstream, &settings).await;
    let with = |authorization: &str, output: &str| {
        json!({"model": "m", "tools": [{"type": "mcp", "server_label": "l", "authorization": authorization}], "input": [
            {"type": "function_call", "call_id": "c", "name": "shell", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": output},
        ]})
    };
    // A tool read it too: masked there, whole here.
    let answer = gateway
        .post(RESPONSES, &with(&key(), &format!("token {}", key())))
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let sent = upstream.only().json();
    assert_eq!(sent["tools"][0]["authorization"], key());
    assert!(
        sent["input"][1]["output"]
            .as_str()
            .unwrap()
            .starts_with("token <API_KEY_"),
        "{sent}"
    );
    // What is no header is text, and personal data stay personal.
    let answer = gateway.post(RESPONSES, &with(&format!("{}\nx", key()), "")).await;
    assert_refused(&answer, &["API_KEY"]);
    let answer = gateway.post(RESPONSES, &with("zoe.quill@quillwerk.de", "")).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let sent = upstream.seen().pop().unwrap().json();
    assert!(
        sent["tools"][0]["authorization"]
            .as_str()
            .unwrap()
            .starts_with("<EMAIL_"),
        "{sent}"
    );
}

#[tokio::test]
async fn addresses_that_are_nobodys_change_nothing_unless_they_shall() {
    let text = "Co-Authored-By: Claude <noreply@anthropic.com>, write to user@example.com";
    let body = chat(text);
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    upstream.answer(assistant("ok"));
    gateway.chat(&body).await;
    assert_eq!(upstream.only().json(), body);
    let gateway = Gateway::with(&upstream, &[("POLICY__PUBLIC_ADDRESSES", "mask")]).await;
    gateway.chat(&body).await;
    let sent = upstream.seen().pop().unwrap().everything();
    assert!(
        !sent.contains("noreply") && !sent.contains("user@example.com"),
        "{sent}"
    );
}
