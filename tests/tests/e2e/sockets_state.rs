//! The turn key: a caller finds its chain again on another socket, nobody else does, and the provider never hears of it.

use e2e::{
    canary::{self, EMAIL},
    fake::{End, Reply},
    socket::{Socket, said},
};
use serde_json::{Value, json};

use crate::{
    sockets::{Side, assert_refused, create, handshake, id, open, turns},
    sockets_frames::{begin_held, cancelled},
    support::{Outcome, Pair},
};

const KEY: &str = "x-codex-turn-state";

/// A socket that names its chain in the handshake.
async fn open_with(pair: &Pair, key: &str) -> anyhow::Result<Socket> {
    handshake(pair).with(KEY, key).open().await
}

fn told(events: &[Value]) -> Vec<&str> {
    let metadata = events.iter().filter(|event| event["type"] == "response.metadata");
    metadata
        .filter_map(|event| event["headers"][KEY].as_str())
        .collect()
}

/// A chain of one turn, and its key.
async fn chain(pair: &Pair) -> anyhow::Result<(Socket, String, String)> {
    let mut socket = open(pair).await?;
    let key = socket.header(KEY).unwrap_or_default().to_owned();
    let events = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
    let last = id(&events);
    Ok((socket, key, last))
}

async fn assert_goes_on(pair: &Pair, socket: &mut Socket, previous: &str) -> anyhow::Result<String> {
    pair.fake.script([Reply::text("you are {{EMAIL}}")]);
    let events = socket.turn(&create("who am I?", Some(previous))).await?;
    assert_eq!(said(&events), format!("you are {EMAIL}"), "{events:?}");
    Ok(id(&events))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_told_twice_and_never_leaves() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        let key = socket.header(KEY).unwrap_or_default().to_owned();
        assert!(key.len() >= 32, "{key}");
        let events = socket.turn(&create("hello", None)).await?;
        assert_eq!(told(&events), [&key], "{side:?}");
        assert_eq!(events[0]["type"], "response.created", "{side:?}");
        let mut frame = create(&format!("I am {EMAIL}"), Some(&id(&events)));
        frame["client_metadata"] = json!({KEY: key, "turn_id": "t1"});
        let events = socket.turn(&frame).await?;
        assert_eq!(said(&events), format!("I am {EMAIL}"), "{side:?}");
        assert!(
            told(&events).is_empty(),
            "{side:?}: a caller that names it knows it"
        );
        let sent = turns(&pair).pop().map(|turn| turn.json()).unwrap_or_default();
        assert_eq!(sent["client_metadata"], json!({"turn_id": "t1"}), "{side:?}");
        canary::assert_none_reached(&pair.fake, &[&key, EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnect_goes_on_with_the_chain() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let (socket, key, first) = chain(&pair).await?;
        drop(socket);
        // By the header of the handshake.
        let mut socket = open_with(&pair, &key).await?;
        assert_eq!(socket.header(KEY), Some(&*key), "{side:?}");
        let second = assert_goes_on(&pair, &mut socket, &first).await?;
        drop(socket);
        // By the frame alone.
        let mut socket = open(&pair).await?;
        pair.fake.script([Reply::text("still {{EMAIL}}")]);
        let mut frame = create("and now?", Some(&second));
        frame["client_metadata"] = json!({KEY: key});
        let events = socket.turn(&frame).await?;
        assert_eq!(said(&events), format!("still {EMAIL}"), "{side:?}: {events:?}");
        let seen = turns(&pair).pop().map(|turn| turn.seen).unwrap_or_default();
        assert!(
            seen.contains("I am <EMAIL_") && seen.contains("who am I?"),
            "{seen}"
        );
        // From then on that is the socket's chain.
        assert_goes_on(&pair, &mut socket, &id(&events)).await?;
        canary::assert_none_reached(&pair.fake, &[EMAIL, &key]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_credential_gets_nothing_of_a_chain() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let (_socket, key, first) = chain(&pair).await?;
        let sent = turns(&pair).pop().map(|turn| turn.text()).unwrap_or_default();
        let at = sent.find("<EMAIL_").unwrap_or_default();
        let placeholder = &sent[at..=at + sent[at..].find('>').unwrap_or_default()];
        let thief = handshake(&pair)
            .with("authorization", "Bearer another-credential")
            .with(KEY, &key);
        let mut thief = thief.open().await?;
        let refused = thief.turn(&create("who am I?", Some(&first))).await?;
        assert_refused(&refused, 400, "previous_response_not_found");
        pair.fake.script([Reply::text(placeholder)]);
        let events = thief.turn(&create("guess", None)).await?;
        assert_eq!(said(&events), placeholder, "{side:?}: {events:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_key_is_refused() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let long = "k".repeat(129);
        for key in ["", "a b", "a/b", "{}", EMAIL, &long] {
            let refused = handshake(&pair).with(KEY, key).refused().await?;
            assert_eq!(refused.status.as_u16(), 400, "{key}");
            assert_eq!(refused.json()["error"]["code"], "invalid_turn_state", "{key}");
            let mut socket = open(&pair).await?;
            let mut frame = create("hello", None);
            frame["client_metadata"] = json!({KEY: key});
            assert_refused(&socket.turn(&frame).await?, 400, "invalid_turn_state");
        }
        assert_eq!(turns(&pair).len(), 0);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_drops_its_turn_comes_back_to_what_was_committed() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let (mut socket, key, first) = chain(&pair).await?;
        begin_held(&pair, &mut socket).await?;
        drop(socket);
        cancelled(&pair).await?;
        let mut socket = open_with(&pair, &key).await?;
        assert_goes_on(&pair, &mut socket, &first).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnect_does_not_wait_for_the_upstreams_last_byte() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        let key = socket.header(KEY).unwrap_or_default().to_owned();
        pair.fake.script([Reply {
            end: End::Stall(usize::MAX),
            ..Reply::text("noted")
        }]);
        let events = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
        drop(socket);
        let mut socket = open_with(&pair, &key).await?;
        assert_goes_on(&pair, &mut socket, &id(&events)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sockets_of_one_chain_take_turns() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let (mut one, key, first) = chain(&pair).await?;
        let mut other = open_with(&pair, &key).await?;
        begin_held(&pair, &mut one).await?;
        let refused = other.turn(&create("me too", Some(&first))).await?;
        assert_refused(&refused, 409, "invalid_websocket_turn");
        pair.fake.release();
        let events = one.events().await?;
        assert_eq!(said(&events), "one two three four five", "{side:?}: {events:?}");
        let events = other.turn(&create("now me", Some(&id(&events)))).await?;
        assert_eq!(said(&events), "now me", "{side:?}: {events:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_own_key_stays_at_the_gateway() -> Outcome {
    let events = "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_p\",\"status\":\"in_progress\"}}\n\n\
        data: {\"type\":\"response.metadata\",\"headers\":{\"x-codex-turn-state\":\"provider-sticky-1\",\
        \"X-Codex-Turn-State\":\"provider-sticky-2\",\"openai-model\":\"gpt-fake\"}}\n\n\
        data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_p\",\"status\":\"completed\",\"output\":[]}}\n\n";
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let headers = vec![(KEY.to_owned(), "provider-sticky-3".to_owned())];
        pair.fake.script([
            Reply {
                headers: vec![
                    ("content-type".into(), "text/event-stream".into()),
                    headers[0].clone(),
                ],
                ..Reply::raw(events)
            },
            Reply {
                headers,
                ..Reply::fault(429, "slow down")
            },
        ]);
        let mut socket = open(&pair).await?;
        let key = socket.header(KEY).unwrap_or_default().to_owned();
        assert!(!key.starts_with("provider-"), "{key}");
        let mut all = socket.turn(&create("hello", None)).await?;
        assert_eq!(told(&all), [&key], "{side:?}: {all:?}");
        all.extend(socket.turn(&create("more", None)).await?);
        let all = json!(all).to_string();
        assert!(!all.contains("provider-sticky"), "{side:?}: {all}");
        assert!(all.contains("gpt-fake"), "{side:?}: {all}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l36_a_chain_without_a_committed_turn_keeps_no_place() -> Outcome {
    for side in Side::BOTH {
        let pair = side
            .pair_with(|setup| setup.set("TURN_STATE__COUNT", "1"))
            .await?;
        for _ in 0..3 {
            let mut socket = open(&pair).await?;
            pair.fake.script([Reply::fault(400, "no")]);
            socket.turn(&create("hello", None)).await?;
            socket.close(1000, "").await?;
            socket.closed().await?;
        }
        // The only place goes to the last chain that came to something; whoever comes back to the one before is told.
        let (mut socket, key, first) = chain(&pair).await?;
        socket.close(1000, "").await?;
        socket.closed().await?;
        let (mut other, _, second) = chain(&pair).await?;
        let mut back = handshake(&pair).with(KEY, &key).open().await?;
        let refused = back.turn(&create("more", Some(&first))).await?;
        assert_refused(&refused, 400, "previous_response_not_found");
        back.close(1000, "").await?;
        back.closed().await?;
        assert_goes_on(&pair, &mut other, &second).await?;
    }
    Ok(())
}
