//! A whole turn: what leaves, what comes back.

use http::{Request, Response};
use serde_json::{Value, json};

use crate::support::{Gateway, Upstream, assistant, chat, json_answer, post, whole};

const EMAIL: &str = "alice.miller@corp-mail.com";

/// The placeholder that stands in what the upstream saw.
fn placeholder(text: &str) -> String {
    let start = text
        .find("<EMAIL_")
        .unwrap_or_else(|| panic!("no placeholder in {text}"));
    let end = start + text[start..].find('>').unwrap();
    text[start..=end].to_owned()
}

fn user_text(seen: &Value) -> String {
    let messages = seen["messages"].as_array().unwrap();
    let user = messages.iter().find(|message| message["role"] == "user").unwrap();
    user["content"].as_str().unwrap().to_owned()
}

/// What a provider makes over thinking.
const SEAL: &str = "EqQBCgIYAhIMix/U8IAgqR6ODkEjL1v7nmKQ/h2naOl/xW4Si8OA88aV225ICwZ8UvfPyiLj9bMEiWbT/eXV6RdQi5PJrbOn\
    UlggprO+Q13Y5L2QPPwe90am5/K3v2rsBUj9SHV6I5/6oCaNNZxnLcIACOrl19YQ";

#[tokio::test]
async fn a_value_stays_and_comes_back() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    gateway.chat(&chat(&format!("Write to {EMAIL}"))).await;
    let seen = upstream.only();
    assert!(
        !seen.everything().contains("alice.miller"),
        "{}",
        seen.everything()
    );
    let token = placeholder(&user_text(&seen.json()));

    upstream.answer(assistant(&format!("I wrote to {token}.")));
    let answer = gateway.chat(&chat(&format!("Write to {EMAIL}"))).await;
    assert_eq!(answer.content(), format!("I wrote to {EMAIL}."));
    assert!(
        upstream.seen()[1].json()["messages"][0]["content"]
            .as_str()
            .unwrap()
            .contains("placeholder")
    );
}

#[tokio::test]
async fn a_request_without_private_values_leaves_as_it_came() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let body = "{ \"model\":\"gpt-5\",  \"messages\":[{\"role\":\"user\",\"content\":\"a\\/b \\u00e9\"}], \"top_p\":1.10 }";
    gateway
        .send(post("/v1/chat/completions").body(whole(body)).unwrap())
        .await;
    assert_eq!(upstream.only().body, body);
}

#[tokio::test]
async fn a_secret_is_refused_with_its_place_and_never_its_text() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let key = format!("sk-ant-api03-{}-{}AA", "aB3dE5fG7h".repeat(9), "x9Z");
    let answer = gateway.chat(&chat(&format!("my key is {key}"))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "privacy_blocked")
    );
    let text = answer.text();
    assert!(
        text.contains("API_KEY") && text.contains("messages[].content"),
        "{text}"
    );
    assert!(!text.contains("aB3dE5fG7h"), "{text}");
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn query_path_and_headers_are_inspected_too() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let body = || whole(chat("hello").to_string());
    let requests = [
        post("/v1/chat/completions?to=alice.miller%40corp-mail.com")
            .body(body())
            .unwrap(),
        post("/v1/chat/completions")
            .header("openai-project", EMAIL)
            .body(body())
            .unwrap(),
        post("/v1/chat/completions")
            .header("user-agent", EMAIL)
            .body(body())
            .unwrap(),
        Request::get(format!("/v1/models/{EMAIL}"))
            .body(whole(""))
            .unwrap(),
        Request::get(format!("/v1/models?after={EMAIL}"))
            .body(whole(""))
            .unwrap(),
    ];
    for request in requests {
        let what = format!("{} {:?}", request.uri(), request.headers());
        let answer = gateway.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "privacy_blocked"),
            "{what}"
        );
        assert!(!answer.text().contains("alice.miller"), "{what}");
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn count_tokens_and_compaction_are_masked_too() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let messages = json!({"model": "claude", "messages": [{"role": "user", "content": EMAIL}]});
    let input = json!({"model": "gpt-5", "input": EMAIL});
    for (path, body) in [
        ("/anthropic/v1/messages?beta=true", &messages),
        ("/anthropic/v1/messages/count_tokens?beta=true", &messages),
        ("/v1/messages", &messages),
        ("/v1/responses", &input),
        ("/v1/responses/compact", &input),
        ("/openai/v1/responses/input_tokens", &input),
        ("/v1/embeddings", &input),
        ("/v1/completions", &json!({"model": "m", "prompt": EMAIL})),
    ] {
        let answer = gateway.post(path, body).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    for seen in upstream.seen() {
        assert!(
            !seen.everything().contains("alice.miller"),
            "{}",
            seen.everything()
        );
        assert!(seen.everything().contains("<EMAIL_"), "{}", seen.everything());
    }
    let paths: Vec<_> = upstream.seen().iter().map(|seen| seen.uri.to_string()).collect();
    assert_eq!(paths[0], "/v1/messages?beta=true");
    assert_eq!(paths[4], "/v1/responses/compact");
}

#[tokio::test]
async fn a_placeholder_is_the_same_in_each_turn_and_another_for_each_caller() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    for credential in ["Bearer sk-caller", "Bearer sk-caller", "Bearer sk-other"] {
        let mut request = post("/v1/chat/completions")
            .body(whole(chat(EMAIL).to_string()))
            .unwrap();
        request
            .headers_mut()
            .insert("authorization", credential.parse().unwrap());
        gateway.send(request).await;
    }
    let tokens: Vec<_> = upstream
        .seen()
        .iter()
        .map(|seen| placeholder(&user_text(&seen.json())))
        .collect();
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
}

#[tokio::test]
async fn a_placeholder_of_another_caller_never_resolves() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    gateway.chat(&chat(EMAIL)).await;
    let token = placeholder(&user_text(&upstream.only().json()));
    upstream.answer(assistant(&token));
    let mut request = post("/v1/chat/completions")
        .body(whole(chat(&token).to_string()))
        .unwrap();
    request
        .headers_mut()
        .insert("authorization", "Bearer sk-other".parse().unwrap());
    assert_eq!(gateway.send(request).await.content(), token);
}

#[tokio::test]
async fn a_continued_chain_remembers() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let response = |id: &str, text: &str| {
        json_answer(
            200,
            &json!({"id": id, "object": "response", "status": "completed", "output": [
                {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                 "content": [{"type": "output_text", "text": text, "annotations": []}]}]}),
        )
    };
    upstream.answer(response("resp_1", "ok"));
    gateway
        .post("/v1/responses", &json!({"model": "gpt-5", "input": EMAIL}))
        .await;
    let token = placeholder(upstream.only().json()["input"].as_str().unwrap());

    // The next turn does not hold the value: the provider does.
    for (id, previous) in [("resp_2", "resp_1"), ("resp_3", "resp_2")] {
        upstream.answer(response(id, &format!("It was {token}.")));
        let next = json!({"model": "gpt-5", "input": "Which?", "previous_response_id": previous});
        let answer = gateway.post("/v1/responses", &next).await;
        assert_eq!(
            answer.json()["output"][0]["content"][0]["text"],
            format!("It was {EMAIL}."),
            "{id}"
        );
    }
    // Somebody else who names the id gets nothing from it.
    upstream.answer(response("resp_4", &format!("It was {token}.")));
    let next = json!({"model": "gpt-5", "input": "Which?", "previous_response_id": "resp_1"});
    let mut request = post("/v1/responses").body(whole(next.to_string())).unwrap();
    request
        .headers_mut()
        .insert("authorization", "Bearer sk-other".parse().unwrap());
    assert!(gateway.send(request).await.text().contains(&token));
}

#[tokio::test]
async fn observe_changes_nothing_and_counts() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("DANGEROUS__OBSERVE", "true")]).await;
    let body = chat(EMAIL);
    assert_eq!(gateway.chat(&body).await.status, 200);
    assert_eq!(upstream.only().json(), body);
    let metrics = gateway.metrics().await;
    assert!(
        metrics.contains("bauta_detections_total{entity_type=\"EMAIL\",action=\"mask\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn tool_definitions_can_be_rejected_and_names_always_are() {
    let upstream = Upstream::start().await;
    let tool = |name: &str, description: &str| {
        json!({"model": "gpt-5", "messages": [{"role": "user", "content": "hi"}],
               "tools": [{"type": "function", "function": {"name": name, "description": description, "parameters": {}}}]})
    };
    let strict = Gateway::with(&upstream, &[("POLICY__TOOL_DEFINITIONS", "reject")]).await;
    assert_eq!(strict.chat(&tool("send", EMAIL)).await.code(), "privacy_blocked");
    assert!(upstream.seen().is_empty());
    let usual = Gateway::start(&upstream).await;
    assert_eq!(usual.chat(&tool("send", EMAIL)).await.status, 200);
    assert!(!upstream.only().everything().contains("alice.miller"));
}

#[tokio::test]
async fn ids_of_sessions_leave_where_agents_name_them_and_not_in_texts() {
    const ID: &str = "ses_dcf6a716cffeAicjS0mRHJPLlD";
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let mut body = chat("hello");
    body["prompt_cache_key"] = ID.into();
    body["metadata"] = json!({"session_id": ID, "sessionId": ID});
    for name in ["session-id", "session_id", "x-claude-code-session-id"] {
        let request = post("/v1/chat/completions").header(name, ID);
        let answer = gateway.send(request.body(whole(body.to_string())).unwrap()).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text());
    }
    for seen in upstream.seen() {
        assert_eq!(seen.json()["metadata"]["session_id"], ID);
    }
    let refused = gateway.chat(&chat(&format!("session_id={ID}"))).await;
    assert_eq!(refused.code(), "privacy_blocked");
}

#[tokio::test]
async fn opaque_files_are_blocked_and_images_are_not() {
    let upstream = Upstream::start().await;
    let part = |part: Value| json!({"model": "gpt-5", "messages": [{"role": "user", "content": [part]}]});
    let base64 =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let image =
        part(json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{base64}")}}));
    let file = part(json!({"type": "file", "file": {"filename": "a.zip",
        "file_data": format!("data:application/zip;base64,{base64}")}}));
    let usual = Gateway::start(&upstream).await;
    assert_eq!(usual.chat(&image).await.status, 200);
    assert_eq!(usual.chat(&file).await.code(), "opaque_content_blocked");
    let open = Gateway::with(&upstream, &[("POLICY__OPAQUE_CONTENT", "allow")]).await;
    assert_eq!(open.chat(&file).await.status, 200);
    let closed = Gateway::with(&upstream, &[("POLICY__OPAQUE_CONTENT", "block")]).await;
    assert_eq!(closed.chat(&image).await.code(), "opaque_content_blocked");
}

#[tokio::test]
async fn client_metadata_of_codex_stays_here() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let body = json!({"model": "gpt-5", "input": "hi",
        "client_metadata": {"x-codex-turn-metadata": "{\"workspace\":\"/srv/secret-project\"}", "other": "kept"}});
    let request = post("/v1/responses")
        .header("x-codex-turn-metadata", "{\"workspace\":\"/srv/secret-project\"}")
        .body(whole(body.to_string()))
        .unwrap();
    assert_eq!(gateway.send(request).await.status, 200);
    let seen = upstream.only();
    assert!(
        !seen.everything().contains("secret-project"),
        "{}",
        seen.everything()
    );
    assert_eq!(seen.json()["client_metadata"]["other"], "kept");
}

#[tokio::test]
async fn instructions_come_back_as_the_caller_wrote_them() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    for own in [json!(null), json!(format!("Sign as {EMAIL}."))] {
        let request = json!({"model": "m", "input": format!("Write to {EMAIL}"), "instructions": own});
        let send = || post("/v1/responses").body(whole(request.to_string())).unwrap();
        gateway.send(send()).await;
        let sent = upstream.seen().last().unwrap().json()["instructions"].clone();
        assert!(sent.as_str().unwrap().contains("placeholder"), "{sent}");
        let response = json!({"id": "resp_1", "object": "response", "output": [], "instructions": sent});
        upstream.answer(json_answer(200, &response));
        assert_eq!(gateway.send(send()).await.json()["instructions"], own);
        let event = json!({"type": "response.created", "sequence_number": 0, "response": response});
        let stream = Response::builder().header("content-type", "text/event-stream");
        upstream.answer(stream.body(whole(format!("data: {event}\n\n"))).unwrap());
        let text = gateway.send(send()).await.text();
        let told: Value = serde_json::from_str(text.trim_start_matches("data: ")).unwrap();
        assert_eq!(told["response"]["instructions"], own);
    }
}

#[tokio::test]
async fn a_whole_value_is_not_made_longer_by_its_neighbour() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let say =
        |role: &str, content: Value| json!({"role": role, "content": content, "tool_call_id": "call_1"});
    let beside = [
        [
            say("system", json!("You are a helpful assistant")),
            say("user", json!(format!("{EMAIL} is my mail"))),
        ],
        [say("user", json!(EMAIL)), say("user", json!("valid"))],
        [
            say("tool", json!(format!("owner: {EMAIL}"))),
            say("tool", json!("import os\nimport sys")),
        ],
        [
            say("tool", json!("exit code 0")),
            say("tool", json!("415-555-0123")),
        ],
        [
            say(
                "user",
                json!([{"type": "text", "text": format!("mail {EMAIL}")}, {"type": "text", "text": "text me"}]),
            ),
            say("assistant", json!("user of valid import text 0")),
        ],
    ];
    for messages in beside {
        let answer = gateway.chat(&json!({"model": "m", "messages": messages})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let sent = upstream.seen().last().unwrap().json()["messages"].to_string();
        for left in [
            "helpful assistant",
            "valid",
            "import os\\nimport sys",
            "exit code 0",
            "text me",
        ] {
            let asked = json!(messages).to_string();
            assert_eq!(asked.contains(left), sent.contains(left), "{left}: {sent}");
        }
        assert!(!sent.contains("corp-mail"), "{sent}");
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_changed_is_named_by_type_and_place() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let signature = SEAL;
    let thought = json!({"type": "thinking", "thinking": "Ask John Carter first.", "signature": signature});
    let request = json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "assistant", "content": [thought, {"type": "text", "text": "Hm."}]},
        {"role": "user", "content": "Dear John Carter,\nhello"},
    ]});
    let answer = gateway.post("/v1/messages", &request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "residual_value")
    );
    assert!(
        answer
            .text()
            .contains("1 PERSON at messages[].content[].thinking"),
        "{}",
        answer.text()
    );

    let tool = json!({"name": "Carter", "input_schema": {"type": "object"}});
    let request = json!({"model": "m", "max_tokens": 9, "tools": [tool], "messages": [
        {"role": "user", "content": "Dear Carter,\nhello"},
    ]});
    let answer = gateway.post("/v1/messages", &request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "privacy_blocked")
    );
    assert!(
        answer.text().contains("1 PERSON at tools[].name"),
        "{}",
        answer.text()
    );
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn a_secret_is_known_by_what_stands_beside_it_in_json_too() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let lines = [
        "-----BEGIN PRIVATE KEY-----\n",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n",
    ];
    for document in [
        json!({"auths": {"registry.example": {"auth": "Ym9iOlMzY3JldFB3OTl4"}}}),
        json!({"environment": [{"name": "DB_PASSWORD", "value": "S3cretPw99x"}]}),
        json!({"environment": [{"Value": "S3cretPw99x", "Key": "DB_PASSWORD"}]}),
        json!({"Parameters": [{"ParameterKey": "DBPassword", "ParameterValue": "S3cretPw99x"}]}),
        json!({"passwords": ["S3cretPw99x"]}),
        json!({"password": {"value": "S3cretPw99x"}}),
        json!({"password": {"S": "S3cretPw99x"}}),
        json!({"stdout": "user,password\nbob,S3cretPw99x\n"}),
        json!({"source": lines}),
        json!({"privateKey": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj".repeat(40)}),
    ] {
        let tool = json!({"role": "tool", "tool_call_id": "call_1", "content": document.to_string()});
        let answer = gateway.chat(&json!({"model": "m", "messages": [tool]})).await;
        assert_eq!(answer.status, 400, "{document}");
        assert_eq!(answer.code(), "privacy_blocked", "{document}");
    }
    let parts =
        json!([{"type": "text", "text": "the password is "}, {"type": "text", "text": "S3cretPw99x"}]);
    let user = json!({"role": "user", "content": parts});
    let answer = gateway.chat(&json!({"model": "m", "messages": [user]})).await;
    assert_eq!(answer.code(), "privacy_blocked");
    assert!(upstream.seen().is_empty());

    // A name beside a value is no reason by itself.
    let harmless = json!({"env": [{"name": "DB_PASSWORD", "value": "${DB_PASSWORD}"}, {"name": "LOG_LEVEL", "value": "debug3x9q"}]});
    let tool = json!({"role": "tool", "tool_call_id": "call_1", "content": harmless.to_string()});
    gateway.chat(&json!({"model": "m", "messages": [tool]})).await;
    assert!(upstream.only().everything().contains("debug3x9q"));
}
