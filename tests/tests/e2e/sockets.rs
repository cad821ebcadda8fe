//! Responses over WebSocket through the real gateway: masked out, restored back, on both of the upstream's sides.

use anyhow::Context as _;
use e2e::{
    canary::{self, API_KEY, EMAIL, LETTER},
    fake::{End, Outcome as Ending, PATIENCE, Recorded, Reply, Settings},
    gateway::Setup,
    socket::{Frame, Handshake, Socket, said},
};
use serde_json::{Value, json};

use crate::support::{Outcome, Pair};

pub(crate) const PATH: &str = "/v1/responses";
/// What names a chain to the caller.
pub(crate) const TURN_STATE: &str = "x-codex-turn-state";

/// How the gateway reaches the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Socket,
    Stream,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Socket, Self::Stream];

    pub(crate) async fn pair(self) -> anyhow::Result<Pair> {
        self.pair_with(|setup| setup).await
    }

    pub(crate) async fn pair_with(self, settings: impl FnOnce(Setup) -> Setup) -> anyhow::Result<Pair> {
        let pair = Pair::with(settings).await?;
        if self == Self::Stream {
            pair.fake.set(Settings {
                refuse_sockets: Some(Reply::fault(404, "no sockets here")),
                strict_ids: true,
            });
        }
        Ok(pair)
    }
}

pub(crate) fn handshake(pair: &Pair) -> Handshake {
    Handshake::new(pair.gateway.url(), PATH)
}

pub(crate) async fn open(pair: &Pair) -> anyhow::Result<Socket> {
    handshake(pair).open().await
}

/// The turns that reached the provider, over either side.
pub(crate) fn turns(pair: &Pair) -> Vec<Recorded> {
    let mut requests = pair.fake.requests();
    requests.retain(|request| request.is_frame() || request.method == "POST");
    requests
}

/// Asserts that `events` are one error of this status and code.
pub(crate) fn assert_refused(events: &[Value], status: u16, code: &str) {
    let [error] = events else {
        panic!("{events:?} instead of {status} {code}")
    };
    assert_eq!(
        (&error["type"], &error["status"], &error["error"]["code"]),
        (&json!("error"), &json!(status), &json!(code)),
        "{error}"
    );
    for member in ["type", "message", "code", "param"] {
        assert!(error["error"].get(member).is_some(), "{member}: {error}");
    }
}

/// A turn in which the user says `text`, which nobody stores.
pub(crate) fn create(text: &str, previous: Option<&str>) -> Value {
    let mut frame = json!({
        "type": "response.create", "model": "gpt-5.1", "store": false,
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}]
    });
    if let Some(id) = previous {
        frame["previous_response_id"] = json!(id);
    }
    frame
}

/// The id that the last event of a turn names.
pub(crate) fn id(events: &[Value]) -> String {
    let last = events.last().map(|last| &last["response"]["id"]);
    last.and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_masked_and_restored() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([Reply {
            piece: 3,
            ..Reply::text("Dear {{PERSON}}, at {{EMAIL}}")
        }]);
        let mut socket = open(&pair).await?;
        let events = socket.turn(&create(LETTER, None)).await?;
        assert!(
            said(&events).ends_with(&format!("at {EMAIL}")),
            "{side:?}: {events:?}"
        );
        let last = events.last().map(Value::to_string).unwrap_or_default();
        assert!(
            last.contains(EMAIL) && last.contains("response.completed"),
            "{side:?}: {last}"
        );
        canary::assert_none_reached(&pair.fake, canary::ALL);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_goes_on_with_its_placeholders() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([
            Reply::text("Noted: {{EMAIL}}"),
            Reply::text("It was {{EMAIL}}"),
            Reply::text("Still {{EMAIL}}"),
        ]);
        let mut socket = open(&pair).await?;
        let mut events = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
        for expected in ["It was ", "Still "] {
            events = socket.turn(&create("And again?", Some(&id(&events)))).await?;
            assert_eq!(
                said(&events),
                format!("{expected}{EMAIL}"),
                "{side:?}: {events:?}"
            );
        }
        canary::assert_none_reached(&pair.fake, canary::ALL);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prewarming_prepares_the_next_turn() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([Reply::text("Hello {{EMAIL}}")]);
        let mut socket = open(&pair).await?;
        let mut warm = create(&format!("My address is {EMAIL}"), None);
        warm["generate"] = json!(false);
        let events = socket.turn(&warm).await?;
        assert_eq!(
            events.last().map(|event| &event["type"]),
            Some(&json!("response.completed"))
        );
        let mut next = json!({"type": "response.create", "store": false, "model": "gpt-5.1", "input": []});
        next["previous_response_id"] = json!(id(&events));
        let events = socket.turn(&next).await?;
        assert_eq!(said(&events), format!("Hello {EMAIL}"), "{side:?}: {events:?}");
        if side == Side::Stream {
            assert_eq!(
                pair.fake.requests().iter().filter(|r| r.method == "POST").count(),
                1
            );
        }
        canary::assert_none_reached(&pair.fake, canary::ALL);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_an_error_event_and_the_socket_lives() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([Reply::text("fine")]);
        let mut socket = open(&pair).await?;
        let events = socket
            .turn(&create(&format!("my key is {API_KEY}"), None))
            .await?;
        let error = events.last().unwrap_or(&Value::Null);
        assert_eq!(error["status"], 400, "{error}");
        assert_eq!(error["error"]["code"], "privacy_blocked", "{error}");
        let events = socket.turn(&create("hello", None)).await?;
        assert_eq!(said(&events), "fine", "{side:?}: {events:?}");
        canary::assert_none_reached(&pair.fake, canary::ALL);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_upstream_breaks_off_is_said_and_the_socket_lives() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([
            Reply {
                end: End::Cut(if side == Side::Stream { 400 } else { 3 }),
                ..Reply::text("one two three")
            },
            Reply::text("whole"),
        ]);
        let mut socket = open(&pair).await?;
        let events = socket.turn(&create("hello", None)).await?;
        let last = events.last().unwrap_or(&Value::Null);
        assert_eq!(last["type"], "response.failed", "{side:?}: {last}");
        let events = socket.turn(&create("again", None)).await?;
        assert_eq!(said(&events), "whole", "{side:?}: {events:?}");
    }
    Ok(())
}

/// What the model has seen of the conversation in the last turn.
fn seen(pair: &Pair) -> String {
    let last = pair.fake.requests().pop();
    last.map(|request| request.seen).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_is_whole_after_its_upstream_was_left() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([
            Reply::text("first answer"),
            Reply::text("second answer"),
            Reply {
                end: End::Hold(2),
                ..Reply::text("never told")
            },
            Reply::text("fourth answer"),
        ]);
        let mut socket = open(&pair).await?;
        let events = socket.turn(&create("word one", None)).await?;
        let events = socket.turn(&create("word two", Some(&id(&events)))).await?;
        socket.send(&create("word three", Some(&id(&events)))).await?;
        socket.event().await?;
        socket.send(&json!({"type": "response.cancel"})).await?;
        let cancelled = socket.events().await?;
        assert_eq!(
            cancelled.last().map(|event| &event["type"]),
            Some(&json!("response.cancelled"))
        );
        socket.turn(&create("word four", Some(&id(&events)))).await?;
        let seen = seen(&pair);
        for word in [
            "word one",
            "first answer",
            "word two",
            "second answer",
            "word four",
        ] {
            assert!(seen.contains(word), "{side:?}: {word} in {seen}");
        }
        assert!(!seen.contains("word three"), "{side:?}: {seen}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unstored_turn_after_a_stored_one_never_passes_for_the_whole_chain() -> Outcome {
    let pair = Side::Stream.pair().await?;
    pair.fake.script([Reply::text("first"), Reply::text("second")]);
    let mut socket = open(&pair).await?;
    let mut stored = create("word one", None);
    stored["store"] = json!(true);
    let events = socket.turn(&stored).await?;
    let events = socket.turn(&create("word two", Some(&id(&events)))).await?;
    let events = socket.turn(&create("word three", Some(&id(&events)))).await?;
    assert_eq!(
        events.last().map(|event| &event["error"]["code"]),
        Some(&json!("previous_response_not_found"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_with_a_number_for_a_code_is_understood_by_clients() -> Outcome {
    let pair = Side::Stream.pair().await?;
    pair.fake.script([Reply {
        status: Some(400),
        ..Reply::raw(r#"{"error":{"message":"no","type":null,"code":400}}"#)
    }]);
    let mut socket = open(&pair).await?;
    let events = socket.turn(&create("hello", None)).await?;
    let error = &events[0];
    assert_eq!(
        (&error["status"], &error["error"]["code"]),
        (&json!(400), &json!("400")),
        "{error}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_one_caller_says_nothing_about_sockets() -> Outcome {
    let pair = Side::Socket.pair().await?;
    pair.fake.refuse_sockets(Reply::fault(403, "not you"));
    pair.fake.script([Reply::text("posted"), Reply::text("framed")]);
    let events = open(&pair).await?.turn(&create("hello", None)).await?;
    assert_eq!(said(&events), "posted");
    pair.fake.set(Settings::default());
    let events = open(&pair).await?.turn(&create("hello", None)).await?;
    assert_eq!(said(&events), "framed");
    assert_eq!(pair.fake.frames().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_ends_its_turn_and_may_come_back() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([Reply {
            end: End::Stall(if side == Side::Stream { 1500 } else { 3 }),
            ..Reply::text("one two three")
        }]);
        let mut socket = open(&pair).await?;
        let key = socket.header(TURN_STATE).context("no key")?.to_owned();
        socket.send(&create("hello", None)).await?;
        socket.event().await?;
        drop(socket);
        let cancelled = |all: &[Recorded]| all.iter().any(|one| one.outcome == Ending::Cancelled);
        pair.fake.wait_until("the end of the turn", cancelled).await?;
        let back = handshake(&pair).with(TURN_STATE, &key);
        // What frees the chain follows at once, not at the same time.
        let again = async {
            loop {
                let events = back.open().await?.turn(&create("again", None)).await?;
                if events.last().is_none_or(|last| last["status"] != 409) {
                    return anyhow::Ok(events);
                }
            }
        };
        let events = tokio::time::timeout(PATIENCE, again).await??;
        assert_eq!(said(&events), "again", "{side:?}: {events:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_frames_have_bounded_room() -> Outcome {
    let pair = Pair::with(|setup| setup.set("WEBSOCKET__UNFINISHED_BYTES", "1048576")).await?;
    let unfinished = || Frame {
        length: Some(4 << 20),
        ..Frame::text(&"a".repeat(900_000))
    };
    let mut first = handshake(&pair).open_raw().await?;
    first.send(&unfinished()).await?;
    let mut second = handshake(&pair).open_raw().await?;
    second.send(&unfinished()).await?;
    // Whichever came second is told to try again; the other one is left alone.
    let closed = tokio::select! {
        code = first.closed() => code?,
        code = second.closed() => code?,
    };
    assert_eq!(closed, Some(1013));
    Ok(())
}
