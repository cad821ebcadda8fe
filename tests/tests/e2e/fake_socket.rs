//! The fake provider's sockets, asked directly: what the suites of the gateway take for granted of it.

use e2e::{
    caller::Caller,
    canary::{self, EMAIL},
    fake::{
        End, FakeProvider, Fault, Outcome as Ending, Part, Recorded, Reply, Settings, SocketCommand, When,
    },
    socket::{Handshake, Message, Socket, said},
};
use serde_json::{Value, json};

use crate::support::Outcome;

pub(crate) const PATH: &str = "/v1/responses";

async fn open(fake: &FakeProvider) -> anyhow::Result<Socket> {
    Handshake::new(&fake.url(), PATH).open().await
}

/// A turn in which the user says `text` after `previous`, which nobody stores.
pub(crate) fn create(text: &str, previous: Option<&str>) -> Value {
    json!({"type": "response.create", "model": "gpt-5.1", "store": false, "previous_response_id": previous,
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}]})
}

fn id(events: &[Value]) -> &str {
    events
        .last()
        .and_then(|last| last["response"]["id"].as_str())
        .unwrap_or_default()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}

#[tokio::test]
async fn a_turn_comes_in_frames_and_is_recorded() -> Outcome {
    let fake = FakeProvider::start().await?;
    fake.script([Reply {
        piece: 3,
        ..Reply::text("Dear {{EMAIL}}")
    }]);
    let mut socket = open(&fake).await?;
    for (name, value) in [("openai-model", "gpt-fake"), ("x-reasoning-included", "true")] {
        assert_eq!(socket.header(name), Some(value));
    }
    for name in [
        "x-models-etag",
        "x-request-id",
        "x-codex-turn-state",
        "set-cookie",
        "openai-processing-ms",
    ] {
        assert!(socket.header(name).is_some(), "{name}");
    }
    let ask = create("to <EMAIL_aaaaaa>", None);
    let events = socket.turn(&ask).await?;
    assert_eq!(said(&events), "Dear <EMAIL_aaaaaa>");
    assert_eq!(kinds(&events).first(), Some(&"response.created"));
    assert_eq!(kinds(&events).last(), Some(&"response.completed"));
    let (frames, handshakes) = (fake.frames(), fake.handshakes());
    assert_eq!((frames.len(), handshakes.len(), fake.requests().len()), (1, 1, 2));
    assert_eq!(frames[0].json(), ask);
    assert_eq!(frames[0].header("authorization"), Some("Bearer test-credential"));
    assert_eq!(frames[0].connection, handshakes[0].connection);
    assert_eq!(handshakes[0].outcome, Ending::Open);
    socket.close(1000, "done").await?;
    assert_eq!(socket.closed().await?, Some(1000));
    fake.wait_until("a clean end", |all| all[0].outcome == Ending::Sent)
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_chain_is_remembered_by_its_connection_alone() -> Outcome {
    let fake = FakeProvider::start().await?;
    let mut socket = open(&fake).await?;
    let first = socket.turn(&create("I am <EMAIL_aaaaaa>", None)).await?;
    fake.script([
        Reply::parts([Part::tool("f", "{}")]),
        Reply::text("{{EMAIL}} {{tool}}"),
    ]);
    let second = socket.turn(&create("call it", Some(id(&first)))).await?;
    let output = json!({"type": "response.create", "model": "gpt-5.1", "store": false, "previous_response_id": id(&second),
        "input": [{"type": "function_call_output", "call_id": "c", "output": "t"}]});
    let third = socket.turn(&output).await?;
    assert_eq!(said(&third), "<EMAIL_aaaaaa> t");
    let kinds: Vec<_> = fake
        .context(id(&third))
        .unwrap_or_default()
        .into_iter()
        .map(|item| item["type"].clone())
        .collect();
    let expected = [
        "message",
        "message",
        "message",
        "function_call",
        "function_call_output",
        "message",
    ];
    assert_eq!(kinds, expected);
    assert!(fake.frames()[2].seen.contains("I am <EMAIL_aaaaaa>"));
    // The last response only, of this connection only.
    for (mut socket, previous) in [(socket, id(&second)), (open(&fake).await?, id(&third))] {
        let refused = socket.turn(&create("and?", Some(previous))).await?;
        let [error] = refused.as_slice() else {
            panic!("{refused:?}")
        };
        assert_eq!((&error["type"], &error["status"]), (&json!("error"), &json!(400)));
        assert_eq!(error["error"]["code"], "previous_response_not_found");
        assert_eq!(error["error"]["param"], "previous_response_id");
    }
    Ok(())
}

#[tokio::test]
async fn stored_responses_resolve_everywhere() -> Outcome {
    let fake = FakeProvider::start().await?;
    let caller = Caller::new(&fake.url());
    let over_http = caller
        .post(PATH, &json!({"model": "m", "input": "I am <EMAIL_aaaaaa>"}))
        .await?
        .ok()?
        .json();
    let unstored = caller
        .post(PATH, &json!({"model": "m", "input": "x", "store": false}))
        .await?
        .ok()?
        .json();
    let mut socket = open(&fake).await?;
    fake.script([Reply {
        always: true,
        ..Reply::text("{{EMAIL}}")
    }]);
    let mut next = create("who?", over_http["id"].as_str());
    next["store"] = json!(true);
    let events = socket.turn(&next).await?;
    assert_eq!(said(&events), "<EMAIL_aaaaaa>");
    let next = json!({"model": "m", "input": "who?", "stream": true, "previous_response_id": id(&events)});
    assert!(
        caller
            .post(PATH, &next)
            .await?
            .ok()?
            .text()
            .contains("<EMAIL_aaaaaa>")
    );
    let next = json!({"model": "m", "input": "who?", "previous_response_id": unstored["id"]});
    assert_eq!(caller.post(PATH, &next).await?.status, 200);
    fake.set(Settings {
        strict_ids: true,
        ..Settings::default()
    });
    let answer = caller.post(PATH, &next).await?;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]["code"]),
        (400, &json!("previous_response_not_found"))
    );
    Ok(())
}

#[tokio::test]
async fn a_prewarm_says_nothing_and_is_continued() -> Outcome {
    let fake = FakeProvider::start().await?;
    fake.script([Reply::text("{{EMAIL}} {{system}}")]);
    let mut socket = open(&fake).await?;
    let mut prewarm = create("I am <EMAIL_aaaaaa>", None);
    prewarm["generate"] = json!(false);
    prewarm["instructions"] = json!("be brief");
    let events = socket.turn(&prewarm).await?;
    assert_eq!(kinds(&events), ["response.created", "response.completed"]);
    let response = &events[1]["response"];
    assert_eq!(
        (&response["output"], &response["usage"]["total_tokens"]),
        (&json!([]), &json!(0))
    );
    let mut next = create("", Some(id(&events)));
    next["input"] = json!([]);
    assert_eq!(said(&socket.turn(&next).await?), "<EMAIL_aaaaaa> be brief");
    let when = When {
        prewarm: true,
        ..When::default()
    };
    fake.script([Reply {
        when,
        ..Reply::fault(429, "slowly")
    }]);
    assert_eq!(socket.turn(&prewarm).await?[0]["status"], 429);
    Ok(())
}

#[tokio::test]
async fn handshakes_are_refused_as_told() -> Outcome {
    let fake = FakeProvider::start().await?;
    for status in [401, 404, 405, 426, 429, 500] {
        fake.refuse_sockets(Reply::fault(status, "no sockets here"));
        let answer = Handshake::new(&fake.url(), PATH).refused().await?;
        assert_eq!(answer.status, status);
        assert_eq!(answer.json()["error"]["message"], "no sockets here");
    }
    let caller = Caller::new(&fake.url());
    caller
        .post(
            "/_fake/settings",
            &json!({"refuse_sockets": {"status": 426, "raw": "{}"}}),
        )
        .await?
        .ok()?;
    assert_eq!(Handshake::new(&fake.url(), PATH).refused().await?.status, 426);
    caller.post("/_fake/settings", &json!({})).await?.ok()?;
    open(&fake).await?;
    assert_eq!((fake.handshakes().len(), fake.frames().len()), (8, 0));
    Ok(())
}

#[tokio::test]
async fn frames_that_are_no_request_get_an_error() -> Outcome {
    let fake = FakeProvider::start().await?;
    let mut socket = open(&fake).await?;
    for frame in [r#"{"type":"response.append"}"#, "[]", "{", EMAIL] {
        socket.message(Message::text(frame)).await?;
        let error = socket.event().await?;
        assert_eq!(
            (&error["type"], &error["status"]),
            (&json!("error"), &json!(400)),
            "{frame}"
        );
    }
    assert_eq!(fake.frames().len(), 4);
    // What a caller's mask hides on the wire is found all the same.
    assert!(fake.wire().iter().any(|tape| canary::occurs(tape, EMAIL)));
    Ok(())
}

#[tokio::test]
async fn errors_stand_in_frames() -> Outcome {
    let fake = FakeProvider::start().await?;
    let mut socket = open(&fake).await?;
    let first = socket.turn(&create("a", None)).await?;
    let fault = Fault {
        message: "too long".into(),
        code: Some("context_length_exceeded".into()),
        ..Fault::default()
    };
    fake.script([
        Reply::fault(429, "slowly"),
        Reply { end: End::Error(3), ..Reply::fault(200, "lost") },
        Reply { finish: Some("failed".into()), fault: Some(fault), ..Reply::default() },
        Reply::raw("data: {\"type\":\"response.created\"}\n\ndata: {\"type\":\"response.failed\"}\n\ndata: [DONE]\n\n"),
    ]);
    let slowly = socket.turn(&create("b", None)).await?;
    assert_eq!(
        (&slowly[0]["status"], &slowly[0]["headers"]["retry-after"]),
        (&json!(429), &json!("1"))
    );
    assert_eq!(slowly[0]["error"]["message"], "slowly");
    let lost = socket.turn(&create("c", None)).await?;
    assert_eq!(
        (lost.len(), &lost[3]["status"], &lost[3]["error"]["message"]),
        (4, &json!(500), &json!("lost"))
    );
    // Neither continued the first turn, which is remembered until one that does fails.
    let failed = socket.turn(&create("d", Some(id(&first)))).await?;
    assert_eq!(kinds(&failed).last(), Some(&"response.failed"));
    let raw = socket.turn(&create("e", None)).await?;
    assert_eq!(kinds(&raw), ["response.created", "response.failed"]);
    let gone = socket.turn(&create("f", Some(id(&first)))).await?;
    assert_eq!(gone[0]["error"]["code"], "previous_response_not_found");
    Ok(())
}

#[tokio::test]
async fn a_held_turn_excludes_another_and_pings_are_answered() -> Outcome {
    let fake = FakeProvider::start().await?;
    fake.script([Reply {
        end: End::Hold(2),
        ..Reply::text("x")
    }]);
    let mut socket = open(&fake).await?;
    socket.send(&create("a", None)).await?;
    socket.event().await?;
    socket.event().await?;
    socket.ping("still there?").await?;
    let second = socket.turn(&create("b", None)).await?;
    assert_eq!(second[0]["error"]["code"], "concurrent_response");
    fake.command(SocketCommand::Ping);
    fake.command(SocketCommand::Send("{\"type\":\"codex.rate_limits\"}".into()));
    assert_eq!(socket.event().await?["type"], "codex.rate_limits");
    fake.release();
    assert_eq!(kinds(&socket.events().await?).last(), Some(&"response.completed"));
    fake.wait_for_pongs(1).await?;
    fake.command(SocketCommand::Close(1012));
    assert_eq!(socket.closed().await?, Some(1012));
    Ok(())
}

#[tokio::test]
async fn turns_are_cut_stalled_and_left_without_an_end() -> Outcome {
    let fake = FakeProvider::start().await?;
    fake.script([End::Cut(3), End::Silent].map(|end| Reply {
        end,
        ..Reply::text("x")
    }));
    for (after, code) in [(3, None), (7, Some(1000))] {
        let mut socket = open(&fake).await?;
        socket.send(&create("a", None)).await?;
        for _ in 0..after {
            socket.event().await?;
        }
        assert_eq!(socket.closed().await?, code);
    }
    fake.script([Reply {
        end: End::Stall(1),
        ..Reply::text("x")
    }]);
    let mut socket = open(&fake).await?;
    socket.send(&create("a", None)).await?;
    socket.event().await?;
    socket.ping("still there?").await?;
    drop(socket);
    let ended = |all: &[Recorded]| all.iter().all(|one| one.outcome != Ending::Open);
    let all = fake.wait_until("every socket's end", ended).await?;
    let outcomes: Vec<_> = all.iter().map(|one| one.outcome).collect();
    let expected = [
        Ending::Cut,
        Ending::Cut,
        Ending::Sent,
        Ending::Sent,
        Ending::Cancelled,
        Ending::Cancelled,
    ];
    assert_eq!(outcomes, expected);
    Ok(())
}
