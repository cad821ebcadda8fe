//! Whose chains are whose: a chain opens for its caller at its upstream, and for nobody who only says to be that.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::support::{Answer, Gateway, Upstream, json_answer, post, whole};

const EMAIL: &str = "priya.raman@corp.example";

/// An answer that says `text`.
fn response(id: &str, text: &str) -> http::Response<crate::support::Body> {
    json_answer(
        200,
        &json!({"id": id, "object": "response", "status": "completed", "model": "m", "output": [
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
             "content": [{"type": "output_text", "text": text, "annotations": []}]}]}),
    )
}

async fn ask(gateway: &Gateway, path: &str, credential: Option<&str>, body: &Value) -> Answer {
    let mut request = post(path);
    let headers = request.headers_mut().unwrap();
    headers.remove("authorization");
    if let Some(credential) = credential {
        headers.insert("authorization", format!("Bearer {credential}").parse().unwrap());
    }
    gateway.send(request.body(whole(body.to_string())).unwrap()).await
}

/// Begins a chain at `begun`, goes on with it at `next`; whether that answer has the value.
async fn opens(
    gateway: &Gateway,
    upstream: &Upstream,
    begun: (&str, Option<&str>),
    next: (&str, Option<&str>),
) -> bool {
    upstream.answer(response("resp_1", "Noted."));
    let first = json!({"model": "m", "input": format!("Write to {EMAIL}")});
    let answer = ask(gateway, begun.0, begun.1, &first).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = upstream.seen().pop().unwrap().json()["input"].to_string();
    let placeholder = sent
        .split_once('<')
        .unwrap()
        .1
        .split_once('>')
        .unwrap()
        .0
        .to_owned();
    upstream.answer(response("resp_2", &format!("It is <{placeholder}>.")));
    let second = json!({"model": "m", "input": "Which address?", "previous_response_id": "resp_1"});
    let answer = ask(gateway, next.0, next.1, &second).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().contains(EMAIL)
}

fn token(signature: &str) -> String {
    let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let claims = part(r#"{"iss":"https://i.example","sub":"user-1"}"#);
    format!("{}.{claims}.{signature}", part(r#"{"alg":"none"}"#))
}

const OPENAI: &str = "/v1/responses";

#[tokio::test]
async fn a_forged_token_opens_nothing_where_nobody_checks_tokens() {
    let upstream = Upstream::start().await;
    let (genuine, forged) = (token("c2lnbmVk"), token(""));
    let mine = (OPENAI, Some(genuine.as_str()));
    let theirs = (OPENAI, Some(forged.as_str()));
    // The tests' upstream is no official host.
    let gateway = Gateway::start(&upstream).await;
    assert!(!opens(&gateway, &upstream, mine, theirs).await);
    assert!(opens(&gateway, &upstream, mine, mine).await);
    // Where they are checked, a token is renewed within a conversation.
    let settings = [("UPSTREAMS__OPENAI__VERIFIES_TOKENS", "true")];
    let gateway = Gateway::with(&upstream, &settings).await;
    assert!(opens(&gateway, &upstream, mine, theirs).await);
}

#[tokio::test]
async fn a_chain_opens_at_its_upstream_alone() {
    let upstream = Upstream::start().await;
    let base = format!("http://{}/v1", upstream.address);
    let settings = [
        ("UPSTREAMS__OTHER__BASE_URL", base.as_str()),
        ("UPSTREAMS__OTHER__API", "openai"),
    ];
    let gateway = Gateway::with(&upstream, &settings).await;
    let (here, there) = ((OPENAI, Some("sk-one")), ("/other/responses", Some("sk-one")));
    assert!(!opens(&gateway, &upstream, here, there).await);
    assert!(opens(&gateway, &upstream, there, there).await);
}

#[tokio::test]
async fn strangers_share_chains_where_the_operator_says_so() {
    let upstream = Upstream::start().await;
    let nobody = (OPENAI, None);
    let gateway = Gateway::start(&upstream).await;
    assert!(opens(&gateway, &upstream, nobody, nobody).await, "on loopback");
    let gateway = Gateway::with(&upstream, &[("SERVER__ANONYMOUS", "separate")]).await;
    assert!(!opens(&gateway, &upstream, nobody, nobody).await);
    // An empty credential is none.
    let empty = (OPENAI, Some(""));
    assert!(!opens(&gateway, &upstream, empty, empty).await);
}

#[tokio::test]
async fn a_chain_that_is_too_large_to_remember_is_refused_and_not_answered_in_placeholders() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("CONTINUATIONS__BYTES", "20000")]).await;
    let many: String = (0..500).map(|n| format!("person{n}@corp.example\n")).collect();
    upstream.answer(response("resp_1", "Noted."));
    let answer = ask(
        &gateway,
        OPENAI,
        Some("sk-one"),
        &json!({"model": "m", "input": many}),
    )
    .await;
    assert_eq!(answer.status, 200);
    let second = json!({"model": "m", "input": "Which?", "previous_response_id": "resp_1"});
    let answer = ask(&gateway, OPENAI, Some("sk-one"), &second).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "continuation_too_large")
    );
    // Nor does a chain that is remembered make up for one that is not.
    upstream.answer(response("resp_small", "Noted."));
    let small = json!({"model": "m", "input": format!("Write to {EMAIL}")});
    let answer = ask(&gateway, OPENAI, Some("sk-one"), &small).await;
    assert_eq!(answer.status, 200);
    let both = json!({"model": "m", "input": "Which?", "previous_response_id": "resp_small", "conversation": "resp_1"});
    let answer = ask(&gateway, OPENAI, Some("sk-one"), &both).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "continuation_too_large")
    );
    // The same id of somebody else is nothing to them.
    upstream.answer(response("resp_2", "Which?"));
    assert_eq!(ask(&gateway, OPENAI, Some("sk-two"), &second).await.status, 200);
}

#[tokio::test]
async fn what_had_to_make_room_says_so() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("CONTINUATIONS__COUNT", "2")]).await;
    let one = (OPENAI, Some("sk-one"));
    for id in ["resp_a", "resp_b", "resp_c"] {
        upstream.answer(response(id, "Noted."));
        let body = json!({"model": "m", "input": format!("Write to {EMAIL}")});
        assert_eq!(ask(&gateway, one.0, one.1, &body).await.status, 200);
    }
    let next = |id| json!({"model": "m", "input": "Which?", "previous_response_id": id});
    let answer = ask(&gateway, one.0, one.1, &next("resp_a")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "previous_response_not_found")
    );
    upstream.answer(response("resp_d", "Which?"));
    assert_eq!(ask(&gateway, one.0, one.1, &next("resp_c")).await.status, 200);
}
