//! What a caller's frames may ask for and what they may not: errors are events, the socket lives, the turn goes on.

use e2e::{
    canary::{self, EMAIL},
    fake::{End, Outcome as Ending, Recorded, Reply},
    socket::{Message, Socket, said},
};
use serde_json::{Value, json};

use crate::{
    sockets::{Side, assert_refused, create, id, open, turns},
    support::{Outcome, Pair},
};

/// A reply that says something and then waits for the test.
pub(crate) fn held(text: &str) -> Reply {
    Reply {
        end: End::Hold(4),
        ..Reply::text(text)
    }
}

/// Starts a turn that the provider holds; the caller has read its first events.
pub(crate) async fn begin_held(pair: &Pair, socket: &mut Socket) -> Outcome {
    let before = turns(pair).len();
    pair.fake.script([held("one two three four five")]);
    socket.send(&create("hello", None)).await?;
    let first = socket.event().await?;
    assert_eq!(first["type"], "response.created", "{first}");
    assert_eq!(turns(pair).len(), before + 1);
    Ok(())
}

/// Waits until the last turn that the provider got is cancelled there.
pub(crate) async fn cancelled(pair: &Pair) -> Outcome {
    let is_turn = |request: &&Recorded| request.is_frame() || request.method == "POST";
    let last = |all: &[Recorded]| all.iter().rfind(is_turn).map(|turn| turn.outcome);
    pair.fake
        .wait_until("its turn cancelled", |all| last(all) == Some(Ending::Cancelled))
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l21_frames_other_than_the_three_events_are_refused() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        for frame in [
            format!("{{\"type\":\"session.update\",\"input\":\"{EMAIL}\"}}"),
            format!("{{\"type\":\"response.create\",\"input\":\"{EMAIL}\",\"type\":\"x\"}}"),
            format!("{{\"type\":\"response.create\",\"input\":\"a\",\"input\":\"{EMAIL}\"}}"),
            format!(
                "{{\"type\":\"response.create\",\"store\":false,\"\\u0073tore\":true,\"x\":\"{EMAIL}\"}}"
            ),
            format!("{{\"type\":\"response.create\",\"input\":{{\"a\":\"{EMAIL}\"}}}}"),
            format!("{{\"type\":\"response.create\",\"previous_response_id\":\"{EMAIL}\"}}"),
            format!("{{\"type\":[\"response.create\"],\"input\":\"{EMAIL}\"}}"),
            format!("{{\"input\":\"{EMAIL}\"}}"),
            format!("[{{\"type\":\"response.create\",\"input\":\"{EMAIL}\"}}]"),
            format!("{{\"type\":\"response.create\",\"input\":\"{EMAIL}\""),
            format!("{{\"type\":\"response.create\"}} {EMAIL}"),
            format!("\u{feff}{{\"type\":\"response.create\",\"input\":\"{EMAIL}\"}}"),
            "{\"type\":\"response.create\",\"a\":\"\\ud800\"}".to_owned(),
            format!("\"{EMAIL}\""),
            EMAIL.to_owned(),
            String::new(),
        ] {
            let before = turns(&pair).len();
            socket.message(Message::text(frame.clone())).await?;
            let error = socket.event().await?;
            assert_eq!(
                (&error["type"], &error["status"]),
                (&json!("error"), &json!(400)),
                "{frame}: {error}"
            );
            assert!(error["error"]["message"].is_string(), "{error}");
            canary::assert_none_in("an error", error.to_string().as_bytes(), &[EMAIL]);
            assert_eq!(turns(&pair).len(), before, "{side:?}: {frame} left");
            // Errors in a row would end the socket.
            assert_eq!(said(&socket.turn(&create("hello", None)).await?), "hello");
        }
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn other_members_may_stand_there_twice_and_are_masked_both() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let frame = format!(
            "{{\"type\":\"response.create\",\"model\":\"m\",\"store\":false,\"input\":\"hi\",\
             \"metadata\":{{\"a\":\"{EMAIL}\"}},\"metadata\":{{\"{EMAIL}\":\"b\"}}}}"
        );
        let mut socket = open(&pair).await?;
        socket.message(Message::text(frame)).await?;
        let events = socket.events().await?;
        assert_eq!(said(&events), "hi", "{side:?}: {events:?}");
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_goes_on_with_the_current_response() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        let more = |text: &str| {
            json!({"type": "response.append", "input": [
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}]})
        };
        let refused = socket.turn(&more("too early")).await?;
        assert_refused(&refused, 400, "no_response_to_append_to");
        assert_eq!(turns(&pair).len(), 0);
        let mut first = create(&format!("I am {EMAIL}"), None);
        first["instructions"] = json!("be brief");
        socket.turn(&first).await?;
        pair.fake
            .script([Reply::text("more of {{EMAIL}}"), Reply::text("all of {{EMAIL}}")]);
        assert_eq!(
            said(&socket.turn(&more("second words")).await?),
            format!("more of {EMAIL}"),
            "{side:?}"
        );
        let events = socket.turn(&more("third words")).await?;
        assert_eq!(said(&events), format!("all of {EMAIL}"), "{side:?}");
        let seen = turns(&pair).pop().map(|turn| turn.seen).unwrap_or_default();
        for part in ["second words", "more of", "third words", "be brief"] {
            assert!(seen.contains(part), "{side:?}: {part} is not in {seen}");
        }
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_cancel_reaches_the_provider_at_once_and_the_socket_lives() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        let cancel = json!({"type": "response.cancel"});
        assert_refused(&socket.turn(&cancel).await?, 400, "no_turn_to_cancel");
        let first = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
        begin_held(&pair, &mut socket).await?;
        let events = socket.turn(&cancel).await?;
        assert_eq!(
            events.last().map(|last| &last["type"]),
            Some(&json!("response.cancelled")),
            "{side:?}"
        );
        cancelled(&pair).await?;
        pair.fake.script([Reply::text("you are {{EMAIL}}")]);
        let events = socket.turn(&create("who am I?", Some(&id(&first)))).await?;
        assert_eq!(
            said(&events),
            format!("you are {EMAIL}"),
            "{side:?}: the last committed state is there: {events:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_pings_are_answered_while_a_turn_runs() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        begin_held(&pair, &mut socket).await?;
        socket.ping("still there?").await?;
        pair.fake.release();
        let events = socket.events().await?;
        assert_eq!(
            events.last().map(|last| &last["type"]),
            Some(&json!("response.completed")),
            "{side:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_during_a_turn_collides_and_harms_nothing() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        begin_held(&pair, &mut socket).await?;
        socket.send(&create("me too", None)).await?;
        let mut events = vec![Value::Null];
        while events.last().is_some_and(|event| event["type"] != "error") {
            events.push(socket.event().await?);
        }
        assert_refused(&events[events.len() - 1..], 409, "invalid_websocket_turn");
        assert_eq!(turns(&pair).len(), 1, "{side:?}");
        pair.fake.release();
        events.extend(socket.events().await?);
        assert_eq!(said(&events), "one two three four five", "{side:?}: {events:?}");
        let last = id(&events);
        let events = socket.turn(&create("and now?", Some(&last))).await?;
        assert_eq!(said(&events), "and now?", "{side:?}: {events:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_errors_in_a_row_end_the_socket() -> Outcome {
    let pair = Pair::new().await?;
    let mut socket = open(&pair).await?;
    let wrong = json!({"type": "nothing"});
    for _ in 0..7 {
        assert_refused(&socket.turn(&wrong).await?, 400, "invalid_frame");
    }
    // An answered turn starts the count anew.
    socket.turn(&create("hello", None)).await?;
    for _ in 0..8 {
        assert_refused(&socket.turn(&wrong).await?, 400, "invalid_frame");
    }
    assert_eq!(socket.closed().await?, Some(1008));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_come_too_fast_are_refused() -> Outcome {
    let pair = Pair::with(|setup| setup.set("WEBSOCKET__FRAMES_PER_SECOND", "1")).await?;
    let mut socket = open(&pair).await?;
    let mut codes = Vec::new();
    for _ in 0..4 {
        let events = socket.turn(&json!({"type": "response.cancel"})).await?;
        codes.push(events[0]["error"]["code"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(codes[..2], ["no_turn_to_cancel", "no_turn_to_cancel"]);
    assert!(codes.contains(&"too_many_frames".to_owned()), "{codes:?}");
    Ok(())
}
