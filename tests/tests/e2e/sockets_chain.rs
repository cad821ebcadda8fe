//! Chains of turns on callers' sockets: what the model reads of the turns before, whatever the upstream's side keeps.

use e2e::{
    canary::{self, EMAIL},
    fake::{End, Reply, SocketCommand},
    socket::{Socket, said},
};
use serde_json::{Value, json};

use crate::{
    sockets::{Side, assert_refused, create, id, open, turns},
    support::Outcome,
};

/// The placeholders of a type in a text, each once.
fn placeholders(text: &str, kind: &str) -> Vec<String> {
    let start = format!("<{kind}_");
    let mut found: Vec<String> = text
        .match_indices(&start)
        .filter_map(|(at, _)| Some(text[at..].split_inclusive('>').next()?.to_owned()))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// A turn after the upstream's socket was lost: when the gateway has not seen that yet, the turn fails and tells it.
async fn turn_after_loss(socket: &mut Socket, frame: &Value) -> anyhow::Result<Vec<Value>> {
    let events = socket.turn(frame).await?;
    match events.last() {
        Some(last) if last["type"] == "response.failed" => socket.turn(frame).await,
        _ => Ok(events),
    }
}

fn seen(pair: &crate::support::Pair) -> String {
    turns(pair).pop().map(|turn| turn.seen).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_reads_the_whole_conversation_with_the_same_placeholders() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([Reply::text("It is {{EMAIL}}, noted")]);
        let mut socket = open(&pair).await?;
        let events = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
        let input: Value = serde_json::from_str(&seen(&pair))?;
        let first = placeholders(&input["input"].to_string(), "EMAIL");
        assert_eq!(first.len(), 1);
        let other = "write to bob.smith@example-corp.com too";
        let events = socket.turn(&create(other, Some(&id(&events)))).await?;
        assert_eq!(said(&events), other, "{side:?}");
        let events = socket
            .turn(&create(&format!("not {EMAIL}?"), Some(&id(&events))))
            .await?;
        assert_eq!(said(&events), format!("not {EMAIL}?"), "{side:?}");
        let seen: Value = serde_json::from_str(&seen(&pair))?;
        let items = seen["input"].as_array().map_or(0, Vec::len);
        assert_eq!(items, 5, "{side:?}: {seen}");
        assert!(seen.to_string().contains("It is <EMAIL_"), "{side:?}: {seen}");
        let all = placeholders(&seen["input"].to_string(), "EMAIL");
        assert_eq!(all.len(), 2, "{side:?}: {all:?}");
        assert!(all.contains(&first[0]), "{side:?}: {all:?} {first:?}");
        canary::assert_none_reached(&pair.fake, &[EMAIL, "bob.smith@example-corp.com"]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_without_an_id_starts_a_new_chain() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        let first = socket.turn(&create("old words", None)).await?;
        let second = socket.turn(&create("new words", None)).await?;
        assert!(!seen(&pair).contains("old words"), "{side:?}");
        socket.turn(&create("and on", Some(&id(&second)))).await?;
        let seen = seen(&pair);
        assert!(
            seen.contains("new words") && !seen.contains("old words"),
            "{side:?}: {seen}"
        );
        // The chain has moved on: what came before is no place to go on from.
        let refused = socket.turn(&create("back", Some(&id(&first)))).await?;
        assert_refused(&refused, 400, "previous_response_not_found");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_response_is_named_to_the_provider() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let stored = |text: &str, previous: Option<&str>| {
            let mut frame = create(text, previous);
            frame["store"] = json!(true);
            frame
        };
        let mut socket = open(&pair).await?;
        let first = socket.turn(&stored(&format!("I am {EMAIL}"), None)).await?;
        pair.fake.script([Reply::text("you are {{EMAIL}}")]);
        let second = socket.turn(&stored("who am I?", Some(&id(&first)))).await?;
        assert_eq!(said(&second), format!("you are {EMAIL}"), "{side:?}: {second:?}");
        let sent = turns(&pair).pop().map(|turn| turn.json()).unwrap_or_default();
        assert_eq!(sent["previous_response_id"], json!(id(&first)), "{side:?}");
        assert_eq!(sent["input"].as_array().map(Vec::len), Some(1), "{side:?}");
        // Another socket, that knows nothing but the id.
        pair.fake.script([Reply::text("still {{EMAIL}}")]);
        let mut other = open(&pair).await?;
        let third = other.turn(&stored("and now?", Some(&id(&second)))).await?;
        assert_eq!(said(&third), format!("still {EMAIL}"), "{side:?}: {third:?}");
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_id_is_an_error_that_callers_know() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        for store in [false, true] {
            let mut frame = create("go on", Some("resp_nobody_knows"));
            frame["store"] = json!(store);
            let events = socket.turn(&frame).await?;
            assert_refused(&events, 400, "previous_response_not_found");
        }
        assert_eq!(said(&socket.turn(&create("whole", None)).await?), "whole");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_survives_the_loss_of_the_upstreams_socket() -> Outcome {
    for command in [SocketCommand::Abort, SocketCommand::Close(1001)] {
        let pair = Side::Socket.pair().await?;
        let mut socket = open(&pair).await?;
        let events = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
        pair.fake.command(command.clone());
        pair.fake
            .wait_until("the socket's end", |all| {
                all.iter()
                    .any(|one| one.is_handshake() && one.outcome != e2e::fake::Outcome::Open)
            })
            .await?;
        pair.fake.script([Reply::text("you are {{EMAIL}}")]);
        let again = turn_after_loss(&mut socket, &create("who am I?", Some(&id(&events)))).await?;
        assert_eq!(said(&again), format!("you are {EMAIL}"), "{command:?}: {again:?}");
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prewarming_survives_the_loss_of_the_upstreams_socket() -> Outcome {
    let pair = Side::Socket.pair().await?;
    let mut socket = open(&pair).await?;
    let mut warm = create(&format!("I am {EMAIL}"), None);
    warm["generate"] = json!(false);
    warm["instructions"] = json!("answer in verse");
    let events = socket.turn(&warm).await?;
    pair.fake.command(SocketCommand::Abort);
    pair.fake
        .wait_until("the socket's end", |all| {
            all.iter()
                .any(|one| one.is_handshake() && one.outcome != e2e::fake::Outcome::Open)
        })
        .await?;
    let mut next = create("go", Some(&id(&events)));
    next["store"] = json!(false);
    let events = turn_after_loss(&mut socket, &next).await?;
    assert_eq!(said(&events), "go", "{events:?}");
    let seen = seen(&pair);
    assert!(seen.contains("answer in verse"), "{seen}");
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_known_late_is_masked_in_the_transcript_too() -> Outcome {
    let secret = "kX29-violet-Tr0ub4dor";
    for side in Side::BOTH {
        let mask = |setup: e2e::gateway::Setup| setup.set("POLICY__ACTIONS__PASSWORD", "mask");
        let pair = side.pair_with(mask).await?;
        let mut socket = open(&pair).await?;
        let events = socket.turn(&create(&format!("note {secret}"), None)).await?;
        let before = turns(&pair).len();
        pair.fake.script([Reply::text("keep {{PASSWORD}}")]);
        let frame = create(&format!("password: {secret}"), Some(&id(&events)));
        let events = socket.turn(&frame).await?;
        assert_eq!(said(&events), format!("keep {secret}"), "{side:?}: {events:?}");
        for turn in &turns(&pair)[before..] {
            canary::assert_none_in("the second turn", &turn.body, &[secret]);
        }
        let events = socket.turn(&create("and?", Some(&id(&events)))).await?;
        assert_eq!(said(&events), "and?", "{side:?}");
        for turn in &turns(&pair)[before..] {
            canary::assert_none_in("a later turn", &turn.body, &[secret]);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_refused_late_refuses_the_turn() -> Outcome {
    let secret = "kX29-violet-Tr0ub4dor";
    let pair = Side::Stream.pair().await?;
    let mut socket = open(&pair).await?;
    let events = socket.turn(&create(&format!("note {secret}"), None)).await?;
    let frame = create(&format!("password: {secret}"), Some(&id(&events)));
    assert_refused(&socket.turn(&frame).await?, 400, "privacy_blocked");
    assert_eq!(turns(&pair).len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_breaks_leaves_the_chain_as_it_was() -> Outcome {
    for side in Side::BOTH {
        for end in [
            End::Cut(if side == Side::Stream { 700 } else { 5 }),
            End::Silent,
            End::Error(4),
        ] {
            let pair = side.pair().await?;
            let mut socket = open(&pair).await?;
            let first = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
            pair.fake.script([Reply {
                end: end.clone(),
                ..Reply::text("words that come to nothing, all of them")
            }]);
            let broken = socket.turn(&create("go on", Some(&id(&first)))).await?;
            let last = broken.last().map(|last| &last["type"]);
            assert_ne!(last, Some(&json!("response.completed")), "{side:?} {end:?}");
            pair.fake.script([Reply::text("you are {{EMAIL}}")]);
            let again = socket.turn(&create("again", Some(&id(&first)))).await?;
            assert_eq!(
                said(&again),
                format!("you are {EMAIL}"),
                "{side:?} {end:?}: {again:?}"
            );
            assert!(!seen(&pair).contains("come to nothing"), "{side:?} {end:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_new_socket_is_told_in_the_upstreams_words() -> Outcome {
    let pair = Side::Socket.pair().await?;
    let mut socket = open(&pair).await?;
    let events = socket.turn(&create("hello", None)).await?;
    pair.fake.refuse_sockets(Reply::fault(429, "slow down"));
    pair.fake.command(SocketCommand::Close(1001));
    let over = |all: &[e2e::fake::Recorded]| {
        let mut handshakes = all.iter().filter(|one| one.is_handshake());
        handshakes.all(|one| one.outcome != e2e::fake::Outcome::Open)
    };
    pair.fake.wait_until("the socket's end", over).await?;
    let told = turn_after_loss(&mut socket, &create("again", Some(&id(&events)))).await?;
    let error = &told[0];
    assert_eq!(error["status"], 429, "{error}");
    assert!(error["headers"]["retry-after"].is_string(), "{error}");
    assert!(
        error["error"]["message"].to_string().contains("slow down"),
        "{error}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_was_never_sent_leaves_the_upstreams_memory_alone() -> Outcome {
    let pair = Side::Socket.pair().await?;
    let mut socket = open(&pair).await?;
    let events = socket.turn(&create("hello", None)).await?;
    let last = id(&events);
    let blocked = socket
        .turn(&create(&format!("my key is {}", canary::API_KEY), Some(&last)))
        .await?;
    assert_eq!(blocked[0]["error"]["code"], "privacy_blocked");
    socket.turn(&create("again", Some(&last))).await?;
    let frames = pair.fake.frames();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[1].json()["previous_response_id"], json!(last));
    assert_eq!(pair.fake.handshakes().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_end_under_another_id_than_it_began() -> Outcome {
    let pair = Side::Stream.pair().await?;
    let event = |json: Value| {
        format!(
            "event: {}\ndata: {json}\n\n",
            json["type"].as_str().unwrap_or_default()
        )
    };
    let stream = [
        json!({"type": "response.created", "response": {"id": "resp_a", "object": "response"}}),
        json!({"type": "response.completed", "response": {"id": "resp_b", "object": "response", "output": []}}),
    ]
    .map(event)
    .concat();
    pair.fake.script([Reply {
        headers: vec![("content-type".into(), "text/event-stream".into())],
        ..Reply::raw(&stream)
    }]);
    let events = open(&pair).await?.turn(&create("hello", None)).await?;
    assert_eq!(id(&events), "resp_b", "{events:?}");
    Ok(())
}
