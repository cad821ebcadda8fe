//! What the provider keeps under ids: it is read, stopped, added to and deleted by the caller that it belongs to.

use http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{Answer, Body, Gateway, Upstream, event_stream, json_answer, whole};

const EMAIL: &str = "priya.raman@corp.example";
const OTHER_EMAIL: &str = "omar.haddad@corp.example";
/// SHA-256 of `key-of-the-laptop` and of `key-of-the-phone`.
const LAPTOP: &str = "fae56b99fa8fbe08e891863f9a2115a5d8e3156124191fe65bccaa6a49cd2a71";
const PHONE: &str = "6ffb6bd4bc173a4ddc6723d241702135427acc28d7c2450f820eaf8583a68f74";

async fn ask(
    gateway: &Gateway,
    credential: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "gateway")
        .header("authorization", format!("Bearer {credential}"));
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(whole(body.to_string())),
        None => request.body(whole("")),
    };
    gateway.send(request.unwrap()).await
}

async fn one(gateway: &Gateway, method: Method, path: &str) -> Answer {
    ask(gateway, "sk-one", method, path, None).await
}

fn response(id: &str, status: &str, text: &str) -> http::Response<Body> {
    json_answer(200, &response_json(id, status, text))
}

fn response_json(id: &str, status: &str, text: &str) -> Value {
    json!({"id": id, "object": "response", "status": status, "model": "m", "background": true, "output": [
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
         "content": [{"type": "output_text", "text": text, "annotations": []}]}]})
}

/// Begins a background response that holds a value; the placeholder of it.
async fn begin(gateway: &Gateway, upstream: &Upstream, credential: &str, id: &str) -> String {
    upstream.answer(response(id, "queued", ""));
    let body = json!({"model": "m", "background": true, "input": format!("Write to {EMAIL}")});
    let answer = ask(gateway, credential, Method::POST, "/v1/responses", Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    placeholder(&upstream.seen().pop().unwrap().json()["input"])
}

fn placeholder(sent: &Value) -> String {
    let sent = sent.to_string();
    let (_, rest) = sent.split_once('<').expect("masked");
    format!("<{}>", rest.split_once('>').unwrap().0)
}

#[tokio::test]
async fn a_background_response_is_polled_listed_and_stopped() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let placeholder = begin(&gateway, &upstream, "sk-one", "resp_1").await;
    let said = format!("It is {placeholder}.");
    let restored = format!("It is {EMAIL}.");
    let mut done = response_json("resp_1", "completed", &said);
    done["instructions"] = upstream.seen()[0].json()["instructions"].clone();
    assert!(done["instructions"].is_string(), "placeholders are explained");
    upstream.answer(json_answer(200, &done));
    let answer = one(&gateway, Method::GET, "/v1/responses/resp_1?include=a")
        .await
        .json();
    assert_eq!(answer["output"][0]["content"][0]["text"], restored);
    assert_eq!(answer["instructions"], Value::Null, "the caller sent none");
    let seen = upstream.seen().pop().unwrap();
    assert_eq!(
        (seen.method, seen.uri.to_string()),
        (Method::GET, "/v1/responses/resp_1?include=a".into())
    );
    assert!(seen.body.is_empty());

    let item = json!({"id": "msg_0", "type": "message", "role": "user",
        "content": [{"type": "input_text", "text": said}, {"type": "input_file", "filename": placeholder}]});
    let list =
        json!({"object": "list", "data": [item], "first_id": "msg_0", "last_id": "msg_0", "has_more": false});
    upstream.answer(json_answer(200, &list));
    let path =
        "/openai/v1/responses/resp_1/input_items?after=msg_68a1b2c3d4e5f60718293a4b5c6d7e8f9012&order=asc";
    let answer = one(&gateway, Method::GET, path).await.json();
    assert_eq!(answer["data"][0]["content"][0]["text"], restored);
    assert_eq!(answer["data"][0]["content"][1]["filename"], EMAIL);

    upstream.answer(response("resp_1", "cancelled", &said));
    let answer = one(&gateway, Method::POST, "/v1/responses/resp_1/cancel")
        .await
        .json();
    assert_eq!(answer["output"][0]["content"][0]["text"], restored);
    let seen = upstream.seen().pop().unwrap();
    assert_eq!(
        (seen.method, seen.uri.path()),
        (Method::POST, "/v1/responses/resp_1/cancel")
    );
}

#[tokio::test]
async fn what_is_deleted_is_forgotten() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let placeholder = begin(&gateway, &upstream, "sk-one", "resp_1").await;
    let read = async || {
        upstream.answer(response("resp_1", "completed", &placeholder));
        one(&gateway, Method::GET, "/v1/responses/resp_1").await.text()
    };
    // What the provider did not delete can still be read.
    upstream.answer(json_answer(500, &json!({"error": {"message": "no"}})));
    assert_eq!(
        one(&gateway, Method::DELETE, "/v1/responses/resp_1").await.status,
        500
    );
    assert!(read().await.contains(EMAIL));
    upstream.answer(json_answer(
        200,
        &json!({"id": "resp_1", "object": "response", "deleted": true}),
    ));
    assert_eq!(
        one(&gateway, Method::DELETE, "/v1/responses/resp_1").await.status,
        200
    );
    assert!(!read().await.contains(EMAIL));
}

#[tokio::test]
async fn a_stream_goes_on_where_its_caller_stopped() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let placeholder = begin(&gateway, &upstream, "sk-one", "resp_1").await;
    let stream = || {
        let (head, tail) = placeholder.split_at(4);
        let mut list =
            vec![json!({"type": "response.created", "response": response_json("resp_1", "queued", "")})];
        for text in ["To ", head, tail] {
            list.push(json!({"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": text}));
        }
        list.push(
            json!({"type": "response.output_text.done", "output_index": 0, "content_index": 0,
            "text": format!("To {placeholder}")}),
        );
        let done = response_json("resp_1", "completed", &format!("To {placeholder}"));
        list.push(json!({"type": "response.completed", "response": done}));
        let events = list.into_iter().enumerate().map(|(number, mut event)| {
            event["sequence_number"] = json!(number);
            format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())
        });
        event_stream(whole(events.collect::<String>()))
    };
    upstream.answer(stream());
    let all = one(&gateway, Method::GET, "/v1/responses/resp_1?stream=true")
        .await
        .text();
    assert!(all.contains(EMAIL) && !all.contains(&placeholder), "{all}");
    let events: Vec<&str> = all.split_inclusive("\n\n").collect();
    for had in 0..events.len() {
        upstream.answer(stream());
        let path = format!("/v1/responses/resp_1?stream=true&starting_after={had}&include_obfuscation=false");
        let rest = one(&gateway, Method::GET, &path).await.text();
        assert_eq!(rest, events[had + 1..].concat(), "after {had}");
        let asked = upstream.seen().pop().unwrap().uri.to_string();
        assert_eq!(
            asked,
            "/v1/responses/resp_1?stream=true&include_obfuscation=false"
        );
    }
    let before = upstream.seen().len();
    for query in [
        "starting_after=x",
        "starting_after=1&starting%5Fafter=2",
        "starting_after",
    ] {
        let path = format!("/v1/responses/resp_1?stream=true&{query}");
        assert_eq!(one(&gateway, Method::GET, &path).await.status, 400, "{query}");
    }
    assert_eq!(upstream.seen().len(), before);
}

#[tokio::test]
async fn a_conversation_is_masked_and_read_again() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let item = |text: &str| json!({"type": "message", "role": "user", "content": text});
    let conversation = json!({"id": "conv_1", "object": "conversation", "created_at": 1, "metadata": {}});
    upstream.answer(json_answer(200, &conversation));
    let body = json!({"items": [item(&format!("I am {EMAIL}."))], "metadata": {"topic": "demo"}});
    let answer = ask(&gateway, "sk-one", Method::POST, "/v1/conversations", Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = upstream.seen().pop().unwrap();
    assert_eq!(sent.uri.path(), "/v1/conversations");
    let mut expected = body.clone();
    let first = placeholder(&sent.json()["items"]);
    expected["items"][0]["content"] = json!(format!("I am {first}."));
    assert_eq!(sent.json(), expected, "nothing but values is changed");

    // Two that add to it at once, as far as an answer shows.
    let body = json!({"items": [item(OTHER_EMAIL)]});
    let path = "/v1/conversations/conv_1/items";
    let added = |text: &str| json!({"object": "list", "data": [item(text)], "has_more": false});
    upstream.answer(json_answer(200, &added("one")));
    assert_eq!(
        ask(&gateway, "sk-one", Method::POST, path, Some(&body))
            .await
            .status,
        200
    );
    let second = placeholder(&upstream.seen().pop().unwrap().json());
    let both = format!("{first} and {second}");
    let restored = format!("{EMAIL} and {OTHER_EMAIL}");
    upstream.answer(json_answer(200, &added(&both)));
    let answer = one(&gateway, Method::GET, &format!("{path}?limit=5")).await;
    assert_eq!(answer.json()["data"][0]["content"], restored);
    let mut one_item = item(&both);
    one_item["error"] = json!(first);
    upstream.answer(json_answer(200, &one_item));
    let answer = one(&gateway, Method::GET, "/v1/conversations/conv_1/items/msg_1")
        .await
        .json();
    assert_eq!(
        (&answer["content"], &answer["error"]),
        (&json!(restored), &json!(EMAIL))
    );

    // A turn in it knows them, and one of its own.
    upstream.answer(json_answer(
        200,
        &json!({"id": "resp_1", "object": "response", "status": "completed",
        "conversation": {"id": "conv_1"}, "output": [{"type": "message", "role": "assistant",
        "content": [{"type": "output_text", "text": both}]}]}),
    ));
    let body = json!({"model": "m", "input": "Who?", "conversation": "conv_1"});
    let answer = ask(&gateway, "sk-one", Method::POST, "/v1/responses", Some(&body)).await;
    assert_eq!(answer.json()["output"][0]["content"][0]["text"], restored);

    upstream.answer(json_answer(
        200,
        &json!({"id": "conv_1", "object": "conversation.deleted", "deleted": true}),
    ));
    assert_eq!(
        one(&gateway, Method::DELETE, "/v1/conversations/conv_1")
            .await
            .status,
        200
    );
    upstream.answer(json_answer(200, &added(&both)));
    assert!(!one(&gateway, Method::GET, path).await.text().contains(EMAIL));
}

#[tokio::test]
async fn values_in_a_query_or_in_place_of_an_id_and_secrets_in_one_are_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let key = concat!("sk-proj-", "Zq7Lm2Xv9Tb4Rk8Nw3Ys6Hd1Jf5Gc0PaEuOiVbQx");
    for path in [
        format!("/v1/responses/resp_1?after={EMAIL}"),
        format!(
            "/v1/conversations/conv_1/items?note={}",
            EMAIL.replace('@', "%40")
        ),
        format!("/v1/responses/{key}"),
        format!("/v1/conversations/conv_1/items/{key}"),
        "/v1/responses/523-44-8192".to_owned(),
        "/v1/responses/DE89370400440532013000".to_owned(),
        "/v1/conversations/conv_1/items/4111111111111111".to_owned(),
    ] {
        let answer = one(&gateway, Method::GET, &path).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.code()),
            (400, "privacy_blocked"),
            "{path}"
        );
    }
    assert!(upstream.seen().is_empty());
}

async fn with_keys(upstream: &Upstream) -> Gateway {
    let settings = [
        ("SERVER__AUTH", "gateway_keys"),
        ("GATEWAY_KEYS__LAPTOP", LAPTOP),
        ("GATEWAY_KEYS__PHONE", PHONE),
        ("UPSTREAMS__OPENAI__API_KEY", "sk-held-by-the-gateway"),
    ];
    Gateway::with(upstream, &settings).await
}

#[tokio::test]
async fn callers_that_share_a_credential_do_not_share_what_is_kept() {
    let upstream = Upstream::start().await;
    let gateway = with_keys(&upstream).await;
    let (mine, theirs) = ("key-of-the-laptop", "key-of-the-phone");
    // Nothing is masked in it: it is the laptop's all the same.
    upstream.answer(response("resp_plain", "queued", ""));
    let plain = json!({"model": "m", "background": true, "input": "hello"});
    ask(&gateway, mine, Method::POST, "/v1/responses", Some(&plain)).await;
    begin(&gateway, &upstream, mine, "resp_1").await;
    upstream.answer(json_answer(
        200,
        &json!({"id": "conv_1", "object": "conversation"}),
    ));
    ask(
        &gateway,
        mine,
        Method::POST,
        "/v1/conversations",
        Some(&json!({})),
    )
    .await;
    let items = json!({"items": [{"type": "message", "role": "user", "content": "hi"}]});
    let calls = [
        (Method::GET, "/v1/responses/ID", None),
        (Method::GET, "/v1/responses/ID/input_items", None),
        (Method::POST, "/v1/responses/ID/cancel", None),
        (Method::GET, "/v1/conversations/ID/items", None),
        (Method::POST, "/v1/conversations/ID/items", Some(&items)),
        (Method::DELETE, "/v1/conversations/ID/items/msg_1", None),
        (Method::DELETE, "/v1/responses/ID", None),
    ];
    let before = upstream.seen().len();
    for (method, path, body) in &calls {
        let mut told = Vec::new();
        for id in ["resp_1", "resp_plain", "conv_1", "resp_of_nobody"] {
            let path = path.replace("ID", id);
            let answer = ask(&gateway, theirs, method.clone(), &path, *body).await;
            assert_eq!(
                (answer.status.as_u16(), &*answer.code()),
                (404, "not_found"),
                "{path}"
            );
            let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
            told.push(message.split("request req_").next().unwrap().to_owned());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "an id of somebody else is like one of nobody");
    }
    // Nor can they go on with it.
    for body in [
        json!({"model": "m", "input": "and?", "previous_response_id": "resp_plain"}),
        json!({"model": "m", "input": "and?", "conversation": {"id": "conv_1"}}),
    ] {
        let answer = ask(&gateway, theirs, Method::POST, "/v1/responses", Some(&body)).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.code()),
            (400, "previous_response_not_found")
        );
    }
    assert_eq!(upstream.seen().len(), before);
    for id in ["resp_1", "resp_plain"] {
        upstream.answer(response(id, "completed", "done"));
        let path = format!("/v1/responses/{id}");
        assert_eq!(ask(&gateway, mine, Method::GET, &path, None).await.status, 200);
        upstream.answer(json_answer(200, &json!({"id": id, "deleted": true})));
        assert_eq!(ask(&gateway, mine, Method::DELETE, &path, None).await.status, 200);
        assert_eq!(
            ask(&gateway, mine, Method::GET, &path, None).await.status,
            404,
            "it is gone"
        );
    }
}

#[tokio::test]
async fn what_had_to_make_room_is_not_read_in_placeholders_but_can_be_stopped() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("CONTINUATIONS__COUNT", "1")]).await;
    begin(&gateway, &upstream, "sk-one", "resp_1").await;
    begin(&gateway, &upstream, "sk-one", "resp_2").await;
    let before = upstream.seen().len();
    let answer = one(&gateway, Method::GET, "/v1/responses/resp_1").await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.code()),
        (400, "values_forgotten")
    );
    assert_eq!(upstream.seen().len(), before);
    for (method, path) in [
        (Method::POST, "/v1/responses/resp_1/cancel"),
        (Method::DELETE, "/v1/responses/resp_1"),
    ] {
        upstream.answer(response("resp_1", "cancelled", ""));
        assert_eq!(one(&gateway, method, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_stays_local_is_in_no_conversation() {
    let upstream = Upstream::start().await;
    let settings = [
        ("POLICY__ACTIONS__EMAIL", "route_local"),
        ("UPSTREAMS__LOCAL__BASE_URL", "http://127.0.0.1:1/v1"),
        ("UPSTREAMS__LOCAL__API", "openai"),
    ];
    let gateway = Gateway::with(&upstream, &settings).await;
    let body = json!({"items": [{"type": "message", "role": "user", "content": EMAIL}]});
    let answer = ask(&gateway, "sk-one", Method::POST, "/v1/conversations", Some(&body)).await;
    assert_eq!((answer.status.as_u16(), &*answer.code()), (503, "no_local_route"));
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn files_and_batches_say_why_and_what_to_do_instead() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    for (path, instead) in [
        ("/v1/files", "input_file"),
        ("/v1/files/file-1/content", "input_file"),
        ("/openai/v1/batches", "background"),
        ("/v1/uploads", "input_file"),
        ("/v1/vector_stores/vs_1", "embeddings"),
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = ask(
                &gateway,
                "sk-one",
                method,
                path,
                Some(&json!({"purpose": "batch"})),
            )
            .await;
            assert_eq!(
                (answer.status.as_u16(), &*answer.code()),
                (404, "route_not_served"),
                "{path}"
            );
            let text = answer.text();
            assert!(
                text.contains("are not passed on") && text.contains(instead),
                "{text}"
            );
        }
    }
    let answer = one(&gateway, Method::POST, "/v1/messages/batches").await;
    assert_eq!(answer.json()["type"], "error", "in the shape of its API");
    assert!(upstream.seen().is_empty());
}
