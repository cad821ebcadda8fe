//! Audit events: written, whole, and without a value.

use serde_json::{Value, json};

use crate::support::{Gateway, Upstream, assistant, chat, event_stream, json_answer, post, whole};

const CANARIES: [&str; 6] = [
    "canary.one",
    "canary.two",
    "canary-three",
    "canary-four",
    "canary-five",
    "canary-six",
];

async fn events(
    settings: &[(&str, &str)],
    act: impl AsyncFnOnce(&Upstream, &Gateway),
) -> (String, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let text = path.display().to_string();
    let upstream = Upstream::start().await;
    let mut all = vec![("AUDIT__SINK", "file"), ("AUDIT__PATH", text.as_str())];
    all.extend_from_slice(settings);
    let gateway = Gateway::with(&upstream, &all).await;
    act(&upstream, &gateway).await;
    gateway.stopped().await;
    let written = std::fs::read_to_string(path).unwrap();
    let events = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (written, events)
}

#[tokio::test]
async fn a_turn_is_one_event() {
    let (_, events) = events(&[], async |upstream, gateway| {
        upstream.answer(assistant("Hello."));
        gateway.chat(&chat("write to alice.miller@corp-mail.com")).await;
    })
    .await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["surface"], "openai.chat");
    assert_eq!(event["upstream"], "openai");
    assert_eq!(event["model"], "gpt-5");
    assert_eq!(event["outcome"], "masked");
    assert_eq!(event["status"], 200);
    assert_eq!(event["placeholders_issued"], 1);
    assert_eq!(event["detections"][0]["entity_type"], "EMAIL");
    assert_eq!(
        event["touched"],
        json!([{"path": "messages[].content", "entity_type": "EMAIL", "action": "mask"}])
    );
    assert_eq!(event["usage"], json!({"input_tokens": 3, "output_tokens": 2}));
    assert_eq!(event["caller_id"].as_str().unwrap().len(), 16);
    assert!(event["durations"]["total_us"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn no_canary_reaches_an_event() {
    let canaries = CANARIES;
    let (written, events) = events(&[], async |upstream, gateway| {
        upstream.answer(assistant("the answer says canary-six"));
        let body = json!({"model": "a model of canary-four",
            "messages": [{"role": "user", "name": "canary-five", "content": "canary.one@corp-mail.com"}],
            "metadata": {"canary-three": "canary.two@corp-mail.com"}});
        let request = post("/v1/chat/completions?canary-three=1")
            .header("cookie", "canary-five")
            .header("user-agent", "canary-four")
            .body(whole(body.to_string()))
            .unwrap();
        assert_eq!(gateway.send(request).await.status, 200);
        // Refused ones leave an event too.
        let refused = json!({"messages": [{"role": "user", "content": "canary.one@corp-mail.com"}],
            "tools": [{"type": "function", "function": {"name": "canary.two@corp-mail.com", "parameters": {}}}],
            "model": "gpt-5"});
        assert_eq!(gateway.chat(&refused).await.status, 400);
        let broken = post("/v1/chat/completions").body(whole("{\"canary-three\":")).unwrap();
        assert_eq!(gateway.send(broken).await.status, 400);
    })
    .await;
    assert_eq!(events.len(), 3);
    for canary in canaries {
        assert!(!written.contains(canary), "{canary} in {written}");
    }
    assert_eq!(events[0]["model"], "<redacted>");
    assert_eq!(events[0]["touched"][1]["path"], "metadata.*");
    assert_eq!(events[1]["outcome"], "blocked");
    assert_eq!(events[1]["error_code"], "privacy_blocked");
    assert_eq!(events[2]["error_code"], "malformed_request");
}

#[tokio::test]
async fn a_file_that_was_moved_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (path, moved) = (
        folder.path().join("audit.jsonl"),
        folder.path().join("audit.jsonl.1"),
    );
    let upstream = Upstream::start().await;
    let text = path.display().to_string();
    let settings = [("AUDIT__SINK", "file"), ("AUDIT__PATH", text.as_str())];
    let gateway = Gateway::with(&upstream, &settings).await;
    gateway.chat(&chat("hello")).await;
    let lines = |path| std::fs::read_to_string(path).unwrap().lines().count();
    while lines(&path) == 0 {
        tokio::task::yield_now().await;
    }
    std::fs::rename(&path, &moved).unwrap();
    gateway.chat(&chat("hello")).await;
    gateway.chat(&chat("hello")).await;
    gateway.stopped().await;
    assert_eq!((lines(&moved), lines(&path)), (1, 2));
}

#[tokio::test]
async fn a_caller_that_left_is_recorded_as_such() {
    let (_, events) = events(
        &[("TIMEOUTS__SHUTDOWN_SECONDS", "0")],
        async |upstream, gateway| {
            use http_body_util::BodyExt as _;
            let (mut sender, body) = http_body_util::channel::Channel::<bytes::Bytes>::new(1);
            upstream.answer(event_stream(body.boxed_unsync()));
            let request = post("/v1/chat/completions")
                .body(whole(chat("hello").to_string()))
                .unwrap();
            let mut answer = gateway.open(request).await.into_body();
            sender
                .send_data(bytes::Bytes::from_static(b"data: {\"choices\":[]}\n\n"))
                .await
                .unwrap();
            answer.frame().await.unwrap().unwrap();
            drop(answer);
            // The upstream's body is dropped when the gateway has noticed.
            while sender
                .send_data(bytes::Bytes::from_static(b": ping\n\n"))
                .await
                .is_ok()
            {}
        },
    )
    .await;
    assert_eq!(events[0]["outcome"], "cancelled");
    assert_eq!(events[0]["transport"], "sse");
}

#[tokio::test]
async fn what_no_upstream_has_answered_for_is_no_models_name() {
    let private = [
        "hunter2",
        "Alice-Smith",
        "patient:Alice.Mueller",
        "Zhang.Wei/19800101",
        "john.doe/dob/1980-01-01",
        "alice_at_corp.com",
    ];
    let ask = |model: &str| json!({"model": model, "messages": [{"role": "user", "content": "hello"}]});
    let unknown = json!({"error": {"message": "no such model", "code": "model_not_found"}});
    let (written, events) = events(&[], async |upstream, gateway| {
        for model in private {
            upstream.answer(json_answer(404, &unknown));
            assert_eq!(gateway.chat(&ask(model)).await.status, 404);
            // An error in a stream is one, whatever its status says.
            upstream.answer(event_stream(whole(format!("data: {unknown}\n\n"))));
            let mut streamed = ask(model);
            streamed["stream"] = json!(true);
            gateway.chat(&streamed).await;
            // No upstream sees this.
            let mut refused = ask(model);
            refused["tools"] = json!([{"type": "function", "function": {"name": "a@corp-mail.com"}}]);
            assert_eq!(gateway.chat(&refused).await.status, 400);
            // The upstream goes by one of the two.
            let twice = format!(r#"{{"model": "gpt-5", "model": "{model}", "messages": []}}"#);
            let twice = post("/v1/chat/completions").body(whole(twice)).unwrap();
            assert_eq!(gateway.send(twice).await.status, 200);
        }
        // Before it is known, and after.
        for status in [500, 200, 500] {
            upstream.answer(json_answer(status, &json!({"choices": []})));
            gateway.chat(&ask("gpt-5")).await;
        }
    })
    .await;
    for private in private {
        assert!(!written.contains(private), "{private} in {written}");
    }
    let models: Vec<_> = events
        .iter()
        .map(|event| event["model"].as_str().unwrap())
        .collect();
    let (refused, known) = models.split_at(4 * private.len());
    assert!(refused.iter().all(|model| *model == "<redacted>"), "{refused:?}");
    assert_eq!(known, ["<redacted>", "gpt-5", "gpt-5"]);
}
