//! Leak catalogue 35 and 36: thousands of sockets, callers that do not read, floods of frames. Others are served.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use e2e::{
    caller::Caller,
    fake::{End, PATIENCE, Reply},
    socket::{Frame, Socket, said},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use crate::{
    sockets::{Side, create, handshake, open, turns},
    sockets_frames::cancelled,
    support::{Outcome, Pair},
};

const MIB: u64 = 1 << 20;

/// The value of a metric that has no labels.
pub(crate) async fn metric(pair: &Pair, name: &str) -> anyhow::Result<i64> {
    let text = Caller::new(pair.gateway.ops_url())
        .fetch("/metrics")
        .await?
        .ok()?
        .text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(line.with_context(|| format!("no {name} in {text}"))?.parse()?)
}

/// Asks until no socket is open.
pub(crate) async fn all_closed(pair: &Pair) -> Outcome {
    let asking = async {
        while metric(pair, "bauta_open_sockets").await? != 0 {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .context("sockets keep their places")?
}

/// Memory of the gateway's process in bytes.
fn resident(pair: &Pair) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", pair.gateway.process()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes.context("no VmRSS")?.parse::<u64>()? << 10)
}

/// Raises this process' limit of open files, and with it that of gateways to come, as far as it goes; what it is then.
fn raise_limit() -> anyhow::Result<usize> {
    let process = std::process::id().to_string();
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let most = line
        .and_then(|line| line.split_whitespace().nth(4))
        .context("no limit")?;
    let raised = std::process::Command::new("prlimit")
        .args(["--pid", &process, &format!("--nofile={most}:{most}")])
        .status()?;
    anyhow::ensure!(raised.success(), "prlimit: {raised}");
    Ok(most.parse()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn l36_ten_thousand_idle_sockets_come_and_go() -> Outcome {
    // As many as the system lets one process have, with room for everything else.
    let count = raise_limit()?.saturating_sub(2_000).min(10_000);
    let pair = Pair::with(|setup| {
        setup
            .set("UPSTREAMS__OPENAI__WEBSOCKET", "never")
            .set("WEBSOCKET__SOCKETS_PER_CALLER", "20000")
            .set("LOG__LEVEL", "info")
    })
    .await?;
    let mut first = open(&pair).await?;
    first.turn(&create("hello", None)).await?;
    let before = resident(&pair)?;
    let (ask, started) = (handshake(&pair), Instant::now());
    let opening = stream::iter(0..count).map(|_| ask.open()).buffer_unordered(100);
    let opening = opening.try_collect::<Vec<Socket>>();
    tokio::pin!(opening);
    let (mut slowest, mut asked) = (Duration::ZERO, 0);
    let caller = pair.caller();
    let mut sockets = loop {
        let asking = Instant::now();
        tokio::select! {
            sockets = &mut opening => break sockets?,
            healthy = caller.fetch("/health") => {
                healthy?.ok()?;
                asked += 1;
                slowest = slowest.max(asking.elapsed());
            }
        }
    };
    println!(
        "{count} sockets in {:?}; {asked} health checks, the slowest {slowest:?}",
        started.elapsed()
    );
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    assert_eq!(
        metric(&pair, "bauta_open_sockets").await?,
        i64::try_from(count)? + 1
    );
    let each = resident(&pair)?.saturating_sub(before) / u64::try_from(count)?;
    println!("{each} bytes for each");
    assert!(each < 64 << 10, "{each}");
    let last = sockets.last_mut().context("no socket")?;
    assert_eq!(
        said(&last.turn(&create("still served", None)).await?),
        "still served"
    );
    // Half of them leave politely, half without a word.
    let polite = sockets.split_off(count / 2);
    drop(sockets);
    let closing = stream::iter(polite).for_each_concurrent(100, |mut socket| async move {
        socket.close(1000, "").await.expect("it closes");
        assert_eq!(socket.closed().await.expect("it ends"), Some(1000));
    });
    closing.await;
    drop(first);
    all_closed(&pair).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l36_places_are_counted_for_each_caller_and_come_back() -> Outcome {
    for side in Side::BOTH {
        let pair = side
            .pair_with(|setup| {
                setup
                    .set("WEBSOCKET__SOCKETS", "3")
                    .set("WEBSOCKET__SOCKETS_PER_CALLER", "2")
            })
            .await?;
        let other = handshake(&pair).with("authorization", "Bearer another-credential");
        for _ in 0..3 {
            let mut own = vec![open(&pair).await?, open(&pair).await?];
            let refused = handshake(&pair).refused().await?;
            assert_eq!(refused.status.as_u16(), 429, "{}", refused.text());
            assert_eq!(refused.json()["error"]["code"], "too_many_sockets");
            let third = other.open().await?;
            assert_eq!(other.refused().await?.status.as_u16(), 429);
            own[0].turn(&create("hello", None)).await?;
            own[1].close(1000, "").await?;
            own[1].closed().await?;
            drop((own, third));
            all_closed(&pair).await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_does_not_read_stalls_only_itself() -> Outcome {
    for side in Side::BOTH {
        let pair = side
            .pair_with(|setup| {
                setup
                    .set("WEBSOCKET__STALL_SECONDS", "1")
                    .set("LOG__LEVEL", "info")
            })
            .await?;
        let mut deaf = handshake(&pair).open_raw().await?;
        pair.fake.script([Reply {
            piece: 4000,
            ..Reply::text(&"word ".repeat(1_000_000))
        }]);
        deaf.send(&Frame::text(&create("hello", None).to_string()))
            .await?;
        let is_turn = |request: &e2e::fake::Recorded| request.is_frame() || request.method == "POST";
        pair.fake
            .wait_until("the deaf caller's turn", |all| all.iter().any(is_turn))
            .await?;
        let before = resident(&pair)?;
        let mut other = open(&pair).await?;
        for _ in 0..20 {
            assert_eq!(said(&other.turn(&create("hi there", None)).await?), "hi there");
        }
        let deaf_turn = |all: &[e2e::fake::Recorded]| {
            let turn = all.iter().find(|request| is_turn(request));
            turn.is_some_and(|turn| turn.outcome == e2e::fake::Outcome::Cancelled)
        };
        pair.fake.wait_until("the deaf caller's end", deaf_turn).await?;
        let grown = resident(&pair)?.saturating_sub(before);
        assert!(grown < 64 * MIB, "{side:?}: {} MiB", grown / MIB);
        drop(other);
        // Nothing of it is left, though it never reads.
        all_closed(&pair).await?;
        assert!(matches!(deaf.closed().await?, None | Some(1013)), "{side:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_stalled_turns_do_not_stop_others() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut stalled = Vec::new();
        for _ in 0..60 {
            pair.fake.script([Reply {
                end: End::Hold(3),
                ..Reply::text("one two three four")
            }]);
            let mut socket = open(&pair).await?;
            socket.send(&create("hello", None)).await?;
            assert_eq!(socket.event().await?["type"], "response.created");
            stalled.push(socket);
        }
        let mut socket = open(&pair).await?;
        assert_eq!(said(&socket.turn(&create("and I?", None)).await?), "and I?");
        pair.caller().fetch("/health").await?.ok()?;
        drop((stalled, socket));
        all_closed(&pair).await?;
        let over = |all: &[e2e::fake::Recorded]| {
            let is = |one: &&e2e::fake::Recorded| {
                !one.is_handshake() && one.outcome == e2e::fake::Outcome::Cancelled
            };
            all.iter().filter(is).count() == 60
        };
        pair.fake.wait_until("all stalled turns cancelled", over).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_floods_end_the_socket_that_sends_them() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("LOG__LEVEL", "info")
            .set("LIMITS__BODY_BYTES", "100000")
    })
    .await?;
    let part = |opcode: u8, text: &str| Frame {
        fin: false,
        ..Frame::new(opcode, text)
    };
    let opening = part(1, "{").bytes();
    for (what, frame, first, codes) in [
        ("empty texts", Frame::text(""), Vec::new(), [1008, 1008]),
        (
            "cancels",
            Frame::text("{\"type\":\"response.cancel\"}"),
            Vec::new(),
            [1008, 1008],
        ),
        ("pings", Frame::new(9, "x"), Vec::new(), [1008, 1008]),
        ("pongs", Frame::new(10, ""), Vec::new(), [1008, 1008]),
        ("parts without end", part(0, " "), opening, [1009, 1009]),
    ] {
        let mut socket = handshake(&pair).open_raw().await?;
        socket.write(&first).await?;
        let many = frame.bytes().repeat(2_000);
        let mut other = open(&pair).await?;
        for _ in 0..60 {
            // What it is closed for may end its writing too.
            if socket.write(&many).await.is_err() {
                break;
            }
        }
        assert_eq!(
            said(&other.turn(&create("meanwhile", None)).await?),
            "meanwhile",
            "{what}"
        );
        let code = socket.closed().await?;
        assert!(code.is_none_or(|code| codes.contains(&code)), "{what}: {code:?}");
    }
    all_closed(&pair).await?;
    let sent = turns(&pair);
    assert!(sent.iter().all(|turn| turn.text().contains("meanwhile")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn creates_and_cancels_in_turn_leave_nothing_behind() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        for _ in 0..20 {
            pair.fake.script([Reply {
                end: End::Hold(3),
                ..Reply::text("one two three four")
            }]);
            socket.send(&create("hello", None)).await?;
            assert_eq!(socket.event().await?["type"], "response.created");
            let events = socket.turn(&json!({"type": "response.cancel"})).await?;
            assert_eq!(
                events.last().map(|last| &last["type"]),
                Some(&json!("response.cancelled"))
            );
            cancelled(&pair).await?;
        }
        assert_eq!(said(&socket.turn(&create("done", None)).await?), "done");
        socket.close(1000, "").await?;
        socket.closed().await?;
        all_closed(&pair).await?;
        assert_eq!(metric(&pair, "bauta_active_turns").await?, 0, "{side:?}");
        assert_eq!(metric(&pair, "bauta_turn_state_entries").await?, 1, "{side:?}");
    }
    Ok(())
}
