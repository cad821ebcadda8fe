//! How sockets end: by silence, by idleness, by a stop of the gateway, by a caller that is gone.

use e2e::{
    fake::{End, Reply},
    socket::{Frame, Message, said},
};
use serde_json::json;

use crate::{
    sockets::{Side, create, handshake, open},
    sockets_frames::{begin_held, cancelled},
    support::{Outcome, Pair},
};

#[tokio::test(flavor = "multi_thread")]
async fn l36_a_socket_without_turns_is_closed() -> Outcome {
    let pair = Pair::with(|setup| setup.set("WEBSOCKET__IDLE_SECONDS", "1")).await?;
    let mut socket = open(&pair).await?;
    assert_eq!(socket.closed().await?, Some(1001));
    let mut socket = open(&pair).await?;
    begin_held(&pair, &mut socket).await?;
    let mut quiet = open(&pair).await?;
    assert_eq!(quiet.closed().await?, Some(1001));
    // It was opened before the other, and a turn is no idleness.
    pair.fake.release();
    let events = socket.events().await?;
    assert_eq!(said(&events), "one two three four five");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_answers_no_ping_is_closed() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("WEBSOCKET__PING_SECONDS", "1")
            .set("WEBSOCKET__PONG_SECONDS", "3")
    })
    .await?;
    let mut silent = handshake(&pair).open_raw().await?;
    silent
        .send(&Frame::text(&create("hello", None).to_string()))
        .await?;
    let mut polite = open(&pair).await?;
    // At the same time: whoever does not read does not answer either.
    let closed = async {
        let mut pings = 0;
        while let Some(frame) = silent.next().await? {
            pings += usize::from(frame.opcode == 9);
            if let Some(code) = frame.code() {
                return anyhow::Ok((pings, code));
            }
        }
        anyhow::bail!("the socket ended without a close frame")
    };
    let stayed = async {
        let mut pings = 0;
        while pings < 4 {
            match polite.receive().await? {
                Some(Message::Ping(_)) => pings += 1,
                other => panic!("{other:?} after {pings} pings"),
            }
        }
        anyhow::Ok(())
    };
    let ((pings, code), ()) = tokio::try_join!(closed, stayed)?;
    assert!(pings >= 2, "{pings} pings");
    assert_eq!(code, 1011);
    assert_eq!(said(&polite.turn(&create("here", None)).await?), "here");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_closes_idle_sockets_and_lets_running_turns_end() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut idle = open(&pair).await?;
        let mut running = open(&pair).await?;
        begin_held(&pair, &mut running).await?;
        pair.gateway.signal("TERM").await?;
        assert_eq!(idle.closed().await?, Some(1012), "{side:?}");
        running.send(&create("one more", None)).await?;
        let mut events = vec![running.event().await?];
        while events.last().is_some_and(|event| event["type"] != "error") {
            events.push(running.event().await?);
        }
        // As long as the turn that runs is the more important reason, that one is told.
        let refusal = events.last().map(|event| event["error"]["code"].clone());
        let codes = [json!("shutting_down"), json!("invalid_websocket_turn")];
        assert!(refusal.is_some_and(|code| codes.contains(&code)), "{events:?}");
        pair.fake.release();
        let rest = running.events().await?;
        assert_eq!(
            rest.last().map(|last| &last["type"]),
            Some(&json!("response.completed"))
        );
        assert_eq!(running.closed().await?, Some(1012), "{side:?}");
        let stopped = pair.gateway.exit().await?;
        assert!(stopped.status.success(), "{side:?}: {}", stopped.status);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_cuts_turns_that_do_not_end() -> Outcome {
    for side in Side::BOTH {
        let pair = side
            .pair_with(|setup| setup.set("TIMEOUTS__SHUTDOWN_SECONDS", "1"))
            .await?;
        let mut socket = open(&pair).await?;
        begin_held(&pair, &mut socket).await?;
        pair.gateway.signal("TERM").await?;
        let code = socket.closed().await?;
        cancelled(&pair).await?;
        let stopped = pair.gateway.exit().await?;
        assert!(stopped.status.success(), "{side:?}: {}", stopped.status);
        assert_eq!(code, Some(1012), "{side:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_leaves_cancels_its_turn() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let ask = Frame::text(&create("hello", None).to_string());
        let stalled = || Reply {
            end: End::Hold(4),
            ..Reply::text("one two three four five")
        };
        // Without a word, with half a connection, with a close frame in the middle of the turn.
        for leave in 0..3 {
            pair.fake.script([stalled()]);
            let mut socket = handshake(&pair).open_raw().await?;
            socket.send(&ask).await?;
            socket.next().await?;
            match leave {
                0 => drop(socket),
                1 => {
                    socket.shut().await?;
                    cancelled(&pair).await?;
                    socket.closed().await?;
                }
                _ => {
                    socket.send(&Frame::close(1000, b"")).await?;
                    cancelled(&pair).await?;
                    assert_eq!(socket.closed().await?, Some(1000), "{side:?}");
                }
            }
            cancelled(&pair).await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_leaves_before_the_answer_begins_cancels_its_turn() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        pair.fake.script([Reply {
            end: End::Stall(0),
            ..Reply::default()
        }]);
        let mut socket = open(&pair).await?;
        socket.send(&create("hello", None)).await?;
        let is_turn = |request: &e2e::fake::Recorded| request.is_frame() || request.method == "POST";
        pair.fake
            .wait_until("the turn", |all| all.iter().any(is_turn))
            .await?;
        drop(socket);
        cancelled(&pair).await?;
    }
    Ok(())
}
