//! Leak catalogue 35: slow and stalled callers and upstreams, half-closed and idle sockets, callers that leave.

use e2e::{
    canary::LETTER,
    fake::{End, Outcome as Answered, PATIENCE, Reply},
};
use http::Method;
use http_body_util::BodyExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Outcome, Pair, Surface};

fn head(length: usize) -> String {
    let path = Surface::Chat.path();
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
    )
}

async fn is_cancelled(pair: &Pair) -> Outcome {
    let cancelled =
        |requests: &[e2e::fake::Recorded]| requests.iter().any(|r| r.outcome == Answered::Cancelled);
    pair.fake.wait_until("the caller's leaving", cancelled).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_leaves_a_stream_cancels_it_upstream() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        pair.fake.script([Reply {
            end: End::Stall(2000),
            ..Reply::text(&LETTER.repeat(20))
        }]);
        let body = surface.ask(LETTER, true).to_string();
        // A client of its own: dropping it closes the connection.
        let mut answer = pair
            .caller()
            .open(Method::POST, surface.path(), body)
            .await?
            .into_body();
        timeout(PATIENCE, answer.frame()).await?;
        drop(answer);
        let count = pair.fake.requests().len();
        let left = |r: &[e2e::fake::Recorded]| {
            r.len() == count && r.iter().all(|r| r.outcome == Answered::Cancelled)
        };
        pair.fake.wait_until("the caller's leaving", left).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_leaves_before_the_answer_cancels_it_upstream() -> Outcome {
    let pair = Pair::new().await?;
    pair.fake.script([Reply {
        end: End::Stall(0),
        ..Reply::default()
    }]);
    let body = Surface::Chat.ask(LETTER, false).to_string();
    let mut stream = TcpStream::connect(pair.gateway.authority()).await?;
    stream
        .write_all(format!("{}\r\n{body}", head(body.len())).as_bytes())
        .await?;
    pair.fake
        .wait_until("the request", |requests| !requests.is_empty())
        .await?;
    drop(stream);
    is_cancelled(&pair).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_leaves_while_sending_is_forgotten() -> Outcome {
    let pair = Pair::new().await?;
    let body = Surface::Chat.ask(LETTER, false).to_string();
    for part in [0, 1, body.len() / 2, body.len() - 1] {
        let mut stream = TcpStream::connect(pair.gateway.authority()).await?;
        stream
            .write_all(format!("{}\r\n{}", head(body.len()), &body[..part]).as_bytes())
            .await?;
        stream.shutdown().await?;
        let mut answer = String::new();
        let _ = timeout(PATIENCE, stream.read_to_string(&mut answer)).await?;
        assert!(!answer.contains("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(pair.fake.requests().len(), 0, "half a request is not forwarded");
    Ok(())
}

/// A caller that closes its sending side is taken as gone: over TCP the two cannot be told apart, and a generation that
/// nobody reads is billed.
#[tokio::test(flavor = "multi_thread")]
async fn l35_a_half_closed_caller_stalls_nothing() -> Outcome {
    let pair = Pair::new().await?;
    pair.fake.script([Reply {
        end: End::Stall(300),
        ..Reply::default()
    }]);
    let body = Surface::Chat.ask("hi there", true).to_string();
    let mut socket = TcpStream::connect(pair.gateway.authority()).await?;
    socket
        .write_all(format!("{}\r\n{body}", head(body.len())).as_bytes())
        .await?;
    pair.fake
        .wait_until("the request", |requests| !requests.is_empty())
        .await?;
    socket.shutdown().await?;
    is_cancelled(&pair).await?;
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await??;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_sends_and_reads_byte_by_byte_is_served() -> Outcome {
    let pair = Pair::new().await?;
    let body = Surface::Chat.ask(LETTER, true).to_string();
    let mut socket = TcpStream::connect(pair.gateway.authority()).await?;
    socket.set_nodelay(true)?;
    for byte in format!("{}connection: close\r\n\r\n{body}", head(body.len())).bytes() {
        socket.write_all(&[byte]).await?;
    }
    let mut answer = Vec::new();
    let mut byte = [0];
    while timeout(PATIENCE, socket.read(&mut byte)).await?? > 0 {
        answer.push(byte[0]);
    }
    assert!(String::from_utf8_lossy(&answer).contains("data: [DONE]"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_caller_that_does_not_read_holds_up_nobody_else() -> Outcome {
    let pair = Pair::new().await?;
    let huge = Reply {
        piece: 4000,
        end: End::Stall(usize::MAX),
        ..Reply::text(&"word ".repeat(1_000_000))
    };
    pair.fake.script([huge]);
    let body = Surface::Chat.ask(LETTER, true).to_string();
    let mut deaf = TcpStream::connect(pair.gateway.authority()).await?;
    deaf.write_all(format!("{}\r\n{body}", head(body.len())).as_bytes())
        .await?;
    pair.fake
        .wait_until("the deaf caller's request", |requests| requests.len() == 1)
        .await?;
    for _ in 0..20 {
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(LETTER, true))
            .await?
            .ok()?;
        assert_eq!(Surface::Chat.streamed(&answer.events()), LETTER);
    }
    drop(deaf);
    is_cancelled(&pair).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_a_slow_upstream_is_waited_for() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        pair.fake.script([Reply {
            pause_ms: 3,
            chunk: 40,
            piece: 20,
            ..Reply::default()
        }]);
        let answer = pair
            .caller()
            .post(surface.path(), &surface.ask(LETTER, true))
            .await?
            .ok()?;
        assert_eq!(surface.streamed(&answer.events()), LETTER);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l35_stalled_turns_and_idle_sockets_do_not_stop_others() -> Outcome {
    let pair = Pair::new().await?;
    let mut idle = Vec::new();
    for _ in 0..400 {
        idle.push(TcpStream::connect(pair.gateway.authority()).await?);
    }
    let body = Surface::Chat.ask(LETTER, true).to_string();
    let mut stalled = Vec::new();
    for _ in 0..100 {
        pair.fake.script([Reply {
            end: End::Stall(300),
            ..Reply::default()
        }]);
        stalled.push(
            pair.caller()
                .open(Method::POST, Surface::Chat.path(), body.clone())
                .await?,
        );
    }
    for surface in Surface::ALL {
        let answer = pair
            .caller()
            .post(surface.path(), &surface.ask(LETTER, false))
            .await?
            .ok()?;
        assert_eq!(surface.said(&answer.json()), LETTER);
    }
    pair.caller().fetch("/health").await?.ok()?;
    drop((idle, stalled));
    let all_left =
        |r: &[e2e::fake::Recorded]| r.iter().filter(|r| r.outcome == Answered::Cancelled).count() == 100;
    pair.fake
        .wait_until("all stalled turns cancelled", all_left)
        .await?;
    Ok(())
}
