//! Requests full of private values through both planes: nothing of them is in a file, an answer of the control plane, a metric or
//! the log.

use std::path::Path;

use e2e::caller::Caller;
use e2e::canary::{ALL, API_KEY, EMAIL, LETTER, assert_none_in};
use e2e::fake::{FakeProvider, Reply};
use http::Method;
use serde_json::{Value, json};

use super::running::{Running, beside, between, sign_in, up};

const PASSWORD: &str = "correct horse battery staple";

/// Every surface, with values in texts, names, tools, paths, queries, headers and where they break something.
async fn traffic(fake: &FakeProvider, address: &str) -> anyhow::Result<()> {
    let caller = Caller::new(address)
        .with("authorization", &format!("Bearer {API_KEY}"))
        .with("x-bauta-session", EMAIL);
    for stream in [false, true] {
        for (path, body) in bodies(LETTER, stream) {
            caller.post(path, &body).await?;
        }
        // Secrets are refused, or masked.
        for (path, body) in bodies(API_KEY, stream) {
            caller.post(path, &body).await?;
        }
    }
    for path in ["/v1/chat/completions", "/v1/responses", "/anthropic/v1/messages"] {
        let broken = format!("{{\"{EMAIL}\": {LETTER}");
        caller.send(Method::POST, path, broken).await?;
        caller.post(&format!("{path}?to={EMAIL}"), &json!({})).await?;
        caller.post(&format!("/unknown/{EMAIL}"), &json!({})).await?;
        fake.script([
            Reply::fault(429, &format!("{EMAIL} exceeded its quota")),
            Reply::raw("{\"broken\": \"{{EMAIL}}"),
        ]);
        for _ in 0..2 {
            let body = json!({
                "model": EMAIL, "max_tokens": 9, "user": EMAIL, "metadata": {"user_id": EMAIL, EMAIL: EMAIL},
                "messages": [{"role": "user", "content": LETTER}], "input": LETTER,
            });
            caller.post(path, &body).await?;
        }
    }
    Ok(())
}

/// A request for each surface in which `text` is said, and an unknown key holds it too.
fn bodies(text: &str, stream: bool) -> [(&'static str, Value); 6] {
    let messages = json!([{"role": "user", "content": text}]);
    let tool = json!({"type": "object", "properties": {EMAIL: {"type": "string", "description": text}}});
    [
        (
            "/v1/chat/completions",
            json!({"model": "gpt-5.1", "messages": messages, "stream": stream, "x_note": {EMAIL: text},
                "tools": [{"type": "function", "function": {"name": "f", "parameters": tool}}]}),
        ),
        (
            "/v1/responses",
            json!({"model": "gpt-5.1", "input": messages, "stream": stream, "instructions": text}),
        ),
        (
            "/v1/completions",
            json!({"model": "gpt-3.5-turbo-instruct", "prompt": text, "stream": stream}),
        ),
        (
            "/v1/embeddings",
            json!({"model": "text-embedding-3-small", "input": [text]}),
        ),
        (
            "/anthropic/v1/messages",
            json!({"model": "claude-sonnet-5", "max_tokens": 9, "messages": messages, "stream": stream, "system": text,
                "tools": [{"name": "f", "input_schema": tool}]}),
        ),
        (
            "/anthropic/v1/messages/count_tokens",
            json!({"model": "claude-sonnet-5", "messages": messages}),
        ),
    ]
}

/// Everything that is in the directory now.
fn search_files(directory: &Path) -> usize {
    let mut searched = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            searched += search_files(&path);
        } else if let Ok(bytes) = std::fs::read(&path) {
            // A segment that was delivered in between is gone.
            assert_none_in(&path.display().to_string(), &bytes, ALL);
            searched += 1;
        }
    }
    searched
}

async fn search_metrics(log: &Path) {
    let log = std::fs::read_to_string(log).unwrap();
    let data = between(&log, "ops listening on ", "\n");
    let admin = format!("http://{}", between(&log, "ops.address=", "\n").trim());
    for address in [data, admin] {
        let answer = Caller::new(&address)
            .fetch("/metrics")
            .await
            .unwrap()
            .ok()
            .unwrap();
        assert!(answer.text().contains("# TYPE"), "{address}");
        assert_none_in("the metrics", &answer.body, ALL);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_is_left_anywhere_in_either_plane() {
    let fake = FakeProvider::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let start = || {
        let mut command = up(&fake, &data, &[]);
        command.env("BAUTA_LOG__LEVEL", "trace");
        Running::start(command, &log)
    };
    let running = start();
    beside(&data, &["operator", "add", "ada"], &format!("{PASSWORD}\n"));
    traffic(&fake, &running.data()).await.unwrap();
    search_metrics(&log).await;
    assert!(search_files(&data) >= 4, "database, its log, spool, keyring");
    assert!(running.stop().success());
    search_files(&data);
    let first_log = std::fs::read(&log).unwrap();
    assert!(first_log.len() > 1000);
    assert_none_in("the log", &first_log, ALL);

    // Everything was delivered before the end.
    let running = start();
    let operator = sign_in(&running.operators(), "ada", PASSWORD).await.unwrap();
    let get = async |path: &str| {
        let answer = operator
            .fetch(&format!("/api/v1{path}"))
            .await
            .unwrap()
            .ok()
            .unwrap();
        assert_none_in(path, &answer.body, ALL);
        answer.text()
    };
    let events: Value = serde_json::from_str(&get("/events?limit=100").await).unwrap();
    let items = events["items"].as_array().unwrap();
    assert!(items.len() >= 24, "{} events", items.len());
    for item in items {
        get(&format!("/events/{}", item["event_id"].as_str().unwrap())).await;
    }
    let overview = get("/overview").await;
    assert!(overview.contains("EMAIL"), "types are counted: {overview}");
    for by in ["surface", "upstream", "model", "outcome", "caller", "instance"] {
        get(&format!("/series?metric=requests&by={by}")).await;
    }
    for by in ["entity_type", "action"] {
        get(&format!("/series?metric=detections&by={by}")).await;
    }
    let exported = get("/events/export?format=jsonl").await;
    assert!(exported.lines().count() >= items.len());
    for path in [
        "/events/export?format=csv",
        "/instances",
        "/detectors",
        "/callers",
        "/access-log",
        "/operators",
        "/session",
    ] {
        assert!(!get(path).await.is_empty());
    }
    search_metrics(&log).await;
    search_files(&data);
    assert!(running.stop().success());
    search_files(&data);
    let log = std::fs::read(&log).unwrap();
    assert_none_in("the log", &log, ALL);
    assert_none_in("the log", &log, &[PASSWORD]);
}
