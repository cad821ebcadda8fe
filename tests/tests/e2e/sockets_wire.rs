//! Leak catalogue 21, and what RFC 6455 forbids: the frames themselves. Nothing but text frames says anything to a
//! provider.

use e2e::{
    canary::{self, EMAIL},
    socket::{Frame, Message, RawSocket, is_terminal, said},
};
use serde_json::Value;

use crate::{
    sockets::{Side, assert_refused, create, handshake, open, turns},
    support::{Outcome, Pair},
};

/// The events up to the end of a turn.
async fn events(socket: &mut RawSocket) -> anyhow::Result<Vec<Value>> {
    let mut events = Vec::new();
    while let Some(frame) = socket.next().await? {
        if frame.opcode == 1 {
            events.push(serde_json::from_slice(&frame.payload)?);
        }
        if events.last().is_some_and(is_terminal) {
            return Ok(events);
        }
    }
    anyhow::bail!("closed after {events:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn l21_what_the_protocol_forbids_closes_the_socket() -> Outcome {
    let pair = Pair::new().await?;
    let ask = create(EMAIL, None).to_string();
    let text = || Frame::text(&ask);
    let part = |opcode: u8, fin: bool| Frame {
        fin,
        ..Frame::new(opcode, ask.as_bytes())
    };
    let reserved = |bits: u8| Frame {
        reserved: bits,
        ..text()
    };
    let unmasked = Frame {
        masked: false,
        ..text()
    };
    let endless = Frame {
        length: Some(1 << 62),
        ..text()
    };
    let negative = Frame {
        length: Some(u64::MAX),
        ..text()
    };
    let cases: [(&str, u16, Vec<Frame>); 19] = [
        ("compressed (RSV1)", 1002, vec![reserved(4)]),
        ("RSV2", 1002, vec![reserved(2)]),
        ("RSV3", 1002, vec![reserved(1)]),
        ("unmasked", 1002, vec![unmasked]),
        ("a reserved opcode", 1002, vec![Frame::new(3, EMAIL)]),
        ("a reserved control opcode", 1002, vec![Frame::new(11, EMAIL)]),
        ("nothing to continue", 1002, vec![part(0, true)]),
        ("text within a message", 1002, vec![part(1, false), text()]),
        (
            "binary within a message",
            1002,
            vec![part(1, false), part(2, true)],
        ),
        ("a ping in parts", 1002, vec![part(9, false)]),
        ("a long ping", 1002, vec![Frame::new(9, EMAIL.repeat(9))]),
        ("a long pong", 1002, vec![Frame::new(10, EMAIL.repeat(9))]),
        (
            "a long close",
            1002,
            vec![Frame::close(1000, EMAIL.repeat(9).as_bytes())],
        ),
        ("a close of one byte", 1002, vec![Frame::new(8, [3])]),
        (
            "text that is not UTF-8",
            1007,
            vec![Frame::new(1, *b"{\"a\":\"\xff\"}")],
        ),
        (
            "half a character at the end",
            1007,
            vec![
                Frame {
                    fin: false,
                    ..Frame::new(1, *b"\xc3")
                },
                Frame::new(0, *b""),
            ],
        ),
        ("a lone surrogate", 1007, vec![Frame::new(1, *b"\xed\xa0\x80")]),
        ("a length without end", 1009, vec![endless]),
        ("a negative length", 1009, vec![negative]),
    ];
    for (what, code, frames) in cases {
        let mut socket = handshake(&pair).open_raw().await?;
        for frame in frames {
            socket.send(&frame).await?;
        }
        assert_eq!(socket.closed().await?, Some(code), "{what}");
    }
    assert_eq!(turns(&pair).len(), 0);
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l21_a_binary_frame_is_told_and_closed() -> Outcome {
    let pair = Pair::new().await?;
    let mut socket = open(&pair).await?;
    let ask = create(EMAIL, None).to_string();
    socket.message(Message::binary(ask)).await?;
    assert_refused(&socket.events().await?, 400, "binary_frame");
    assert_eq!(socket.closed().await?, Some(1003));
    assert_eq!(turns(&pair).len(), 0);
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_frame_is_told_and_closed_though_it_is_still_being_sent() -> Outcome {
    let pair = Pair::with(|setup| setup.set("LIMITS__BODY_BYTES", "100000")).await?;
    let mut socket = handshake(&pair).open_raw().await?;
    let head = Frame {
        length: Some(90_000_000),
        ..Frame::new(1, "")
    };
    socket.send(&head).await?;
    let filler = vec![b'x'; 1 << 20];
    for _ in 0..8 {
        socket.write(&filler).await?;
    }
    assert_refused(&events(&mut socket).await?, 413, "request_too_large");
    assert_eq!(socket.closed().await?, Some(1009));
    // The same in pieces each of which is small enough.
    let mut socket = handshake(&pair).open_raw().await?;
    for frame in Frame::fragments(&"x".repeat(120_000), 10_000) {
        socket.send(&frame).await?;
    }
    assert_refused(&events(&mut socket).await?, 413, "request_too_large");
    assert_eq!(socket.closed().await?, Some(1009));
    // Just below the limit it is a frame like any other.
    let mut socket = open(&pair).await?;
    let said = said(&socket.turn(&create(&"word ".repeat(15_000), None)).await?);
    assert_eq!(said.len(), 75_000);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_in_single_bytes_is_read() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = handshake(&pair).open_raw().await?;
        let ask = create(&format!("Grüße an {EMAIL}"), None).to_string();
        for (at, frame) in Frame::fragments(&ask, 1).iter().enumerate() {
            socket.dribble(&frame.bytes()).await?;
            if at == 40 {
                socket.dribble(&Frame::new(9, "between").bytes()).await?;
            }
        }
        let events = events(&mut socket).await?;
        assert_eq!(said(&events), format!("Grüße an {EMAIL}"), "{side:?}: {events:?}");
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l21_control_frames_and_close_reasons_stay_here() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut socket = open(&pair).await?;
        socket.turn(&create("hello", None)).await?;
        socket.ping(EMAIL).await?;
        socket.message(Message::Pong(EMAIL.into())).await?;
        socket.close(4000, EMAIL).await?;
        assert!(socket.closed().await?.is_some());
        let mut socket = handshake(&pair).open_raw().await?;
        socket
            .send(&Frame::text(&create("hello", None).to_string()))
            .await?;
        events(&mut socket).await?;
        socket.send(&Frame::close(1001, EMAIL.as_bytes())).await?;
        assert_eq!(socket.closed().await?, Some(1001));
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
        let stopped = pair.gateway.stop().await?;
        canary::assert_none_in("the log", stopped.output.as_bytes(), &[EMAIL]);
    }
    Ok(())
}
