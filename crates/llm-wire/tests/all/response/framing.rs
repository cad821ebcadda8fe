//! Server-sent events as bytes: promptness, odd fields, the limit, cuts.

use llm_wire::{AnswerError, Frame, SseDecoder, StreamCodec, Surface};

use super::relay;
use super::restorers::{Keep, Lag, Swap, Unended};

fn frames(limit: usize, chunks: &[&[u8]]) -> Result<Vec<(String, Option<String>)>, AnswerError> {
    let mut decoder = SseDecoder::new(limit);
    let mut frames = Vec::new();
    let mut note = |frame: Frame<'_>| {
        frames.push(match frame {
            Frame::Passage(raw) => (String::from_utf8_lossy(raw).into_owned(), None),
            Frame::Event(event) => {
                let name = event.name.map_or(String::new(), |name| format!("{name}|"));
                (
                    String::from_utf8_lossy(event.raw).into_owned(),
                    Some(name + event.data),
                )
            }
        });
    };
    for chunk in chunks {
        decoder.push(chunk);
        while let Some(frame) = decoder.next_frame()? {
            note(frame);
        }
    }
    if let Some(frame) = decoder.finish() {
        note(frame);
    }
    Ok(frames)
}

fn data(stream: &str) -> Vec<String> {
    let frames = frames(1 << 20, &[stream.as_bytes()]).unwrap();
    assert_eq!(
        frames.iter().map(|(raw, _)| raw.as_str()).collect::<String>(),
        stream,
        "every byte is in a frame"
    );
    frames.into_iter().filter_map(|(_, data)| data).collect()
}

#[test]
fn fields_are_read_as_the_standard_has_it() {
    assert_eq!(data("data: a\n\ndata:b\n\ndata:  c\n\n"), ["a", "b", " c"]);
    assert_eq!(data("data: a\ndata\ndata: b\n\n"), ["a\n\nb"]);
    assert_eq!(data("data\n\ndata\ndata\n\n"), ["", "\n"]);
    assert_eq!(data("event: x\nid: 1\n\nid\n\n: c\n\nretry: 5\n\n"), [""; 0]);
    assert_eq!(data("event: x\ndata: 1\nevent: y\n\n"), ["y|1"]);
    assert_eq!(
        data("data: a\r\rdata: b\r\n\r\ndata: c\n\r\ndata: d\r\n\n"),
        ["a", "b", "c", "d"]
    );
    assert_eq!(
        data("\u{feff}data: a\n\n\u{feff}data: b\n\n"),
        ["a"],
        "a mark at the start only"
    );
    assert_eq!(data("Data: a\ndatas: b\ndata : c\n\n"), [""; 0]);
    assert_eq!(data("data: a:b\n\ndata: cut"), ["a:b", "cut"]);
}

#[test]
fn comments_and_events_go_out_as_soon_as_they_are_complete() {
    let mut codec = StreamCodec::new(Surface::OpenAiChat);
    let mut push = |chunk: &str| {
        let mut out = Vec::new();
        codec.push(chunk.as_bytes(), &mut Keep, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(push(": keep-alive\n"), ": keep-alive\n", "without the blank line");
    assert_eq!(push(":"), "");
    assert_eq!(push(" again\r"), ": again\r", "an LF may follow, but need not");
    assert_eq!(push("\n\r\n"), "\n\r\n");
    assert_eq!(push("data: {\"choices\":[]}\r\n"), "");
    assert_eq!(push("\r"), "data: {\"choices\":[]}\r\n\r");
    assert_eq!(push("\ndata: x\n\nda"), "\ndata: x\n\n");
    assert_eq!(push("ta: y\n\n"), "data: y\n\n");
}

#[test]
fn an_event_over_the_limit_is_refused_whether_complete_or_not() {
    let error = Err(AnswerError::EventTooLarge { limit: 16 });
    assert_eq!(frames(16, &[b"data: 123456789\n\n"]), error);
    assert_eq!(
        frames(16, &[b"data: 12345678\n\n"]).map(|frames| frames.len()),
        Ok(1)
    );
    assert_eq!(frames(16, &[b"data: 1", b"2345678", b"9012345"]), error);
    let many = "data: 1\n\n".repeat(100);
    assert_eq!(
        frames(16, &[many.as_bytes()]).map(|frames| frames.len()),
        Ok(100),
        "the limit is for each"
    );
}

#[test]
fn an_event_is_known_by_its_name_where_its_json_has_no_type() {
    let delta = |text| {
        format!(
            "event: content_block_delta\ndata: {{\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}\n\n"
        )
    };
    let input = delta("<PERSON_") + &delta("k7qf2m>") + "event: message_stop\ndata: {}\n\n";
    let expected = delta("") + &delta("Ann \\\"Ace\\\" Lee") + "event: message_stop\ndata: {}\n\n";
    let (out, facts) = relay(
        Surface::AnthropicMessages,
        [input.as_bytes()],
        &mut Swap::default(),
    );
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    assert!(facts.terminal);
}

#[test]
fn what_is_not_text_passes() {
    let stream = b"data: \xff\xfe\n\ndata: {\"choices\":[\n\n";
    assert_eq!(
        relay(Surface::OpenAiChat, [&stream[..]], &mut Swap::default()).0,
        stream
    );
}

/// What a stream with `part` in its middle comes to.
fn with_part(part: &[u8], chunk: usize) -> Result<Vec<u8>, AnswerError> {
    let event = &b"data: {\"choices\":[]}\n\n"[..];
    let mut codec = StreamCodec::new(Surface::OpenAiChat);
    let mut out = Vec::new();
    for chunk in [event, part, event].concat().chunks(chunk) {
        codec.push(chunk, &mut Swap::default(), &mut out)?;
    }
    codec.finish(&mut Swap::default(), &mut out)?;
    Ok(out)
}

#[test]
fn a_placeholder_where_nothing_can_be_restored_ends_the_stream() {
    for part in [
        &b"data: Dear <PERSON_k7qf2m>\n\n"[..],
        b"data: \"<PERSON_k7qf2m>\"\n\n",
        b"data: [\"<PERSON_k7qf2m>\"]\n\n",
        b"data: Dear <PERS\n\ndata: {}\n\ndata: ON_k7qf2m>\n\n",
        b"data: {\"error\": \"<PERSON_k7qf2m>\n\n",
        b"data: {\"error\": \"\xff <PERSON_k7qf2m>\"}\n\n",
        b": <PERSON_k7qf2m>\n\n",
        b"event: <PERSON_k7qf2m>\n\n",
        b"{\"error\":\"<PERSON_k7qf2m>\"}\n\n",
        b"Dear <PERSON_k7qf2m>\r\r",
    ] {
        for chunk in [1, 7, 1000] {
            assert_eq!(
                with_part(part, chunk),
                Err(AnswerError::NoEvent),
                "{}",
                part.escape_ascii()
            );
        }
    }
    for part in [
        &b"data: keep_alive\n\n"[..],
        b"data: Internal Server Error\n\n",
        b"data: <PERSON_aaaaaa>\n\n",
        b"data: \xff\n\n",
        b"data: {\"a\":\n\n",
        b"data: [DONE] \n\n",
        b": keep_alive <x> \xe9\n\n",
        b"event: ping_pong\nid: a_b\n\n",
        b"x_odd: 1_000\n\n",
    ] {
        for chunk in [1, 7, 1000] {
            let event = &b"data: {\"choices\":[]}\n\n"[..];
            let whole = [event, part, event].concat();
            assert_eq!(with_part(part, chunk), Ok(whole), "{}", part.escape_ascii());
        }
    }
}

#[test]
fn a_cut_event_that_holds_a_placeholder_is_left_out() {
    let event = |text: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    for rest in [
        "data: {\"choices\":[{\"delta\":{\"content\":\"<PERSON_k7qf2m>",
        "<PERSON_k7qf2m>",
    ] {
        let mut codec = StreamCodec::new(Surface::OpenAiChat);
        let (mut out, mut restore) = (Vec::new(), Swap::default());
        let stream = event("a <") + rest;
        codec.push(stream.as_bytes(), &mut restore, &mut out).unwrap();
        assert_eq!(codec.finish(&mut restore, &mut out), Err(AnswerError::NoEvent));
        let out = String::from_utf8(out).unwrap();
        assert!(
            out.starts_with(&event("a ")) && out.contains("\"<\""),
            "what is held back: {out}"
        );
        assert!(!out.contains("PERSON"), "{out}");
    }
}

#[test]
fn an_event_cut_short_is_not_completed_for_the_upstream() {
    let (out, _) = relay(
        Surface::OpenAiChat,
        [&b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a <\"}}]}\n\ndata: {\"cho"[..]],
        &mut Swap::default(),
    );
    let expected = concat!(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a \"}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<\"},\"finish_reason\":null}]}\n\n",
        "data: {\"cho",
    );
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn what_is_held_back_comes_after_a_last_event_without_its_blank_line() {
    for ending in ["", "\n"] {
        let stream =
            format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"a <\"}}}}]}}{ending}");
        let (out, _) = relay(Surface::OpenAiChat, [stream.as_bytes()], &mut Swap::default());
        let expected = concat!(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a \"}}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<\"},\"finish_reason\":null}]}\n\n",
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn a_piece_that_is_cut_inside_a_surrogate_pair_keeps_its_half() {
    let stream = |first: &str, second: &str| {
        let event = |text| {
            format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
        };
        event(first) + &event(second)
    };
    let input = stream(r"<PERSON_k7qf2m> \u4e2d \ud83d", r"\ude00 <EMAIL_abcd2e>");
    let expected = stream(r#"Ann \"Ace\" Lee 中 \ud83d"#, r"\ude00 ann@corp.example");
    let mut restore = Unended::default();
    assert_eq!(
        relay(Surface::OpenAiChat, [input.as_bytes()], &mut restore).0,
        expected.as_bytes()
    );
    let untouched = stream(r"a\/b \u4e2d \ud83d", r"\ude00\/");
    assert_eq!(
        relay(Surface::OpenAiChat, [untouched.as_bytes()], &mut Lag::new(0)).0,
        untouched.as_bytes()
    );
}
