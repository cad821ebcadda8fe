//! What the suites of sockets stand on besides the fake provider, tried on it: raw frames, a balancer, Redis, Codex.

use e2e::{
    balancer::Balancer,
    canary::{self, EMAIL},
    fake::{FakeProvider, Part, Reply},
    programs::{self, CodexTransport},
    redis::Redis,
    socket::{Frame, Handshake},
};

use crate::{
    fake_socket::{PATH, create},
    support::Outcome,
};

#[tokio::test]
async fn raw_frames_reach_the_other_side_as_written() -> Outcome {
    let fake = FakeProvider::start().await?;
    let ask = create("zażółć", None).to_string();
    let mut socket = Handshake::new(&fake.url(), PATH).open_raw().await?;
    for frame in Frame::fragments(&ask, 1) {
        socket.dribble(&frame.bytes()).await?;
    }
    while !socket
        .next()
        .await?
        .is_some_and(|frame| String::from_utf8_lossy(&frame.payload).contains("response.completed"))
    {}
    assert_eq!(fake.frames()[0].text(), ask);
    socket.send(&Frame::close(1000, b"bye")).await?;
    assert_eq!(socket.closed().await?, Some(1000));
    for frame in [
        Frame {
            masked: false,
            ..Frame::text("x")
        },
        Frame {
            reserved: 4,
            ..Frame::text("x")
        },
        Frame {
            length: Some(1 << 40),
            ..Frame::text("x")
        },
        Frame::new(9, vec![0; 126]),
        Frame::new(1, vec![0xff]),
    ] {
        let mut socket = Handshake::new(&fake.url(), PATH).open_raw().await?;
        socket.send(&frame).await?;
        socket.closed().await?;
    }
    assert_eq!(fake.frames().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_balancer_takes_turns() -> Outcome {
    let (one, two) = (FakeProvider::start().await?, FakeProvider::start().await?);
    let balancer = Balancer::before(vec![one.address(), two.address()]).await?;
    for _ in 0..4 {
        let mut socket = Handshake::new(&balancer.url(), PATH).open().await?;
        socket.turn(&create("a", None)).await?;
    }
    assert_eq!(
        (one.frames().len(), two.frames().len(), balancer.taken()),
        (2, 2, 4)
    );
    Ok(())
}

#[tokio::test]
async fn redis_is_paused_killed_and_asked() -> Outcome {
    let mut redis = Redis::with_password("hush").await?;
    redis.ask(&["SET", "key", EMAIL]).await?;
    assert!(canary::occurs(&redis.everything().await?, EMAIL));
    redis.pause().await?;
    redis.resume().await?;
    redis.restart().await?;
    assert_eq!(redis.ask(&["DBSIZE"]).await?, "0");
    redis.kill().await?;
    assert!(redis.ask(&["PING"]).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_speaks_to_the_fakes_sockets() -> Outcome {
    for transport in [CodexTransport::Sockets, CodexTransport::BuiltIn] {
        let fake = FakeProvider::start().await?;
        let folder = tempfile::tempdir()?;
        fake.script([
            Reply::parts([Part::tool("exec_command", "{\"cmd\":\"echo hello > made.txt\"}")]),
            Reply::text("Done and done."),
        ]);
        let ran = programs::codex_over(&fake.url(), transport, folder.path(), folder.path(), "Make it")
            .await?
            .ok()?;
        assert!(ran.stdout.contains("Done and done."), "{}", ran.stdout);
        assert_eq!(
            std::fs::read_to_string(folder.path().join("made.txt"))?,
            "hello\n"
        );
        let frames = fake.frames();
        let chained = frames
            .iter()
            .filter(|frame| frame.json()["previous_response_id"].is_string());
        assert!(chained.count() >= 1, "{transport:?}: {} frames", frames.len());
        assert!(
            frames.last().is_some_and(|last| last.seen.contains("Make it")),
            "{transport:?}"
        );
        assert!(
            !fake.requests().iter().any(|request| request.method == "POST"),
            "{transport:?}"
        );
    }
    Ok(())
}
