//! What is written down of sockets: an event for each turn, none for a socket, and no value anywhere.

use e2e::{
    caller::Caller,
    canary::{self, API_KEY, EMAIL, LETTER},
    fake::Reply,
    gateway::Setup,
    socket::Message,
};
use serde_json::{Value, json};

use crate::{
    sockets::{PATH, Side, create, handshake, open},
    sockets_abuse::{all_closed, metric},
    sockets_frames::{begin_held, cancelled},
    support::{Outcome, Pair},
};

fn audited(setup: Setup) -> Setup {
    setup
        .set("AUDIT__SINK", "file")
        .set_path("AUDIT__PATH", "audit.jsonl")
}

async fn metrics(pair: &Pair) -> anyhow::Result<String> {
    Ok(Caller::new(pair.gateway.ops_url())
        .fetch("/metrics")
        .await?
        .ok()?
        .text())
}

#[tokio::test(flavor = "multi_thread")]
async fn l19_every_turn_is_audited_and_nothing_holds_a_value() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair_with(audited).await?;
        let mut socket = open(&pair).await?;
        assert_eq!(metric(&pair, "bauta_open_sockets").await?, 1);
        socket.turn(&create("nothing private", None)).await?;
        socket.turn(&create(LETTER, None)).await?;
        let blocked = socket.turn(&create(API_KEY, None)).await?;
        pair.fake.script([Reply::fault(500, "trouble with {{EMAIL}}")]);
        socket.turn(&create(LETTER, None)).await?;
        begin_held(&pair, &mut socket).await?;
        socket.turn(&json!({"type": "response.cancel"})).await?;
        cancelled(&pair).await?;
        // What is no turn: wrong frames, a collision, a refused handshake.
        socket
            .message(Message::text(format!("{{\"{EMAIL}\": {LETTER}")))
            .await?;
        let wrong = socket.event().await?;
        let mut other = handshake(&pair)
            .with(
                "x-codex-turn-state",
                socket.header("x-codex-turn-state").unwrap_or_default(),
            )
            .open()
            .await?;
        begin_held(&pair, &mut socket).await?;
        let collided = other.turn(&create(LETTER, None)).await?;
        assert_eq!(collided[0]["status"], 409, "{side:?}: {collided:?}");
        pair.fake.release();
        socket.events().await?;
        for text in [
            json!(blocked).to_string(),
            wrong.to_string(),
            json!(collided).to_string(),
        ] {
            canary::assert_none_in("an error", text.as_bytes(), canary::ALL);
        }
        drop((socket, other));
        all_closed(&pair).await?;
        let metrics = metrics(&pair).await?;
        for line in [
            "bauta_socket_turns_total{outcome=\"forwarded\"} 2",
            "bauta_socket_turns_total{outcome=\"masked\"} 1",
            "bauta_socket_turns_total{outcome=\"blocked\"} 1",
            "bauta_socket_turns_total{outcome=\"upstream_error\"} 1",
            "bauta_socket_turns_total{outcome=\"cancelled\"} 1",
            "bauta_socket_collisions_total 1",
            "bauta_turn_state_entries 1",
        ] {
            assert!(metrics.contains(line), "{side:?}: no {line} in {metrics}");
        }
        assert!(metrics.contains("bauta_turn_state_seconds"), "{metrics}");
        canary::assert_none_in("the metrics", metrics.as_bytes(), canary::ALL);
        let stopped = pair.gateway.stop().await?;
        canary::assert_none_in("the log", stopped.output.as_bytes(), canary::ALL);
        let audit = stopped.file("audit.jsonl")?;
        canary::assert_none_in("the audit file", audit.as_bytes(), canary::ALL);
        let events = audit
            .lines()
            .map(serde_json::from_str::<Value>)
            .collect::<Result<Vec<_>, _>>()?;
        let outcomes: Vec<&str> = events
            .iter()
            .filter_map(|event| event["outcome"].as_str())
            .collect();
        assert_eq!(
            outcomes,
            [
                "forwarded",
                "masked",
                "blocked",
                "upstream_error",
                "cancelled",
                "forwarded"
            ],
            "{side:?}: {audit}"
        );
        for event in &events {
            assert_eq!(event["transport"], "websocket", "{side:?}: {event}");
            assert_eq!(event["surface"], "openai.responses", "{side:?}: {event}");
        }
        let statuses: Vec<_> = events.iter().map(|event| event["status"].clone()).collect();
        assert_eq!(statuses[..4], [200, 200, 400, 500].map(Value::from), "{side:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_without_turns_are_not_audited_and_refused_ones_are() -> Outcome {
    let pair = Pair::with(audited).await?;
    for _ in 0..3 {
        let mut socket = open(&pair).await?;
        socket.close(1000, EMAIL).await?;
        socket.closed().await?;
    }
    let refused = handshake(&pair).with("originator", EMAIL).refused().await?;
    assert_eq!(refused.status.as_u16(), 400, "{PATH}");
    let stopped = pair.gateway.stop().await?;
    let audit = stopped.file("audit.jsonl")?;
    assert_eq!(audit.lines().count(), 1, "{audit}");
    assert!(
        audit.contains("\"blocked\"") && audit.contains("\"websocket\""),
        "{audit}"
    );
    canary::assert_none_in("the audit file", audit.as_bytes(), canary::ALL);
    canary::assert_none_in("the log", stopped.output.as_bytes(), canary::ALL);
    Ok(())
}
