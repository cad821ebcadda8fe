//! Hostile or broken upstreams: many channels, long events in small pieces.

use llm_wire::{AnswerError, ResponseCodec, StreamCodec, Surface};

use super::relay;
use super::restorers::{Keep, Lag, Swap};

#[test]
fn channels_are_bounded_while_they_are_open() {
    let mut codec = ResponseCodec::new(Surface::OpenAiChat);
    let mut open = |index: usize, reason: &str| {
        let json = format!(
            r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}},"finish_reason":{reason}}}]}}"#
        );
        codec.event(None, json.as_bytes(), &mut Keep, &mut |_, _| {})
    };
    for index in 0..5000 {
        assert_eq!(open(index, "\"stop\""), Ok(()));
    }
    for index in 0..512 {
        assert_eq!(open(index, "null"), Ok(()));
    }
    assert_eq!(
        open(512, "null"),
        Err(AnswerError::TooManyChannels { limit: 512 })
    );
}

#[test]
fn an_inserted_event_repeats_no_more_than_ids() {
    let long = "x".repeat(100_000);
    for (surface, event) in [
        (
            Surface::OpenAiChat,
            format!(r#"{{"id":"{long}","model":"m","choices":[{{"delta":{{"content":"a"}}}}]}}"#),
        ),
        (
            Surface::OpenAiResponses,
            format!(r#"{{"type":"response.output_text.delta","item_id":"{long}","model":"m","delta":"a"}}"#),
        ),
    ] {
        let mut codec = ResponseCodec::new(surface);
        let mut lag = Lag::new(1);
        codec
            .event(None, event.as_bytes(), &mut lag, &mut |_, _| {})
            .unwrap();
        let mut inserted = Vec::new();
        codec.finish(&mut lag, &mut |_, json| {
            inserted.push(String::from_utf8(json.to_vec()).unwrap());
        });
        assert_eq!(inserted.len(), 1);
        assert!(
            inserted[0].len() < 1000 && inserted[0].contains(r#""model":"m""#),
            "{}",
            inserted[0]
        );
    }
}

#[test]
fn one_long_event_in_single_bytes_is_read_once() {
    let text = "a".repeat(900_000);
    let stream = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    let (out, _) = relay(Surface::OpenAiChat, stream.as_bytes().chunks(1), &mut Keep);
    assert!(out == stream.as_bytes());
}

#[test]
fn deep_nesting_is_read_without_recursion() {
    let deep = "[".repeat(400_000) + &"]".repeat(400_000);
    let stream = format!("data: {{\"choices\":{deep}}}\n\n");
    let (out, _) = relay(Surface::OpenAiChat, [stream.as_bytes()], &mut Keep);
    assert!(out == stream.as_bytes());
    let input = format!(r#"{{"content":[{{"type":"tool_use","name":"read","input":{deep}}}]}}"#);
    let mut codec = ResponseCodec::new(Surface::AnthropicMessages);
    assert_eq!(codec.body(input.as_bytes(), &mut Keep).unwrap(), input.as_bytes());
}

#[test]
fn an_event_over_the_limit_cuts_the_stream_and_keeps_what_was_good() {
    let mut codec = StreamCodec::with_event_limit(Surface::OpenAiChat, 100);
    let good = "data: {\"choices\":[]}\n\n";
    let mut out = Vec::new();
    let stream = format!("{good}data: {}\n\n", "x".repeat(200));
    let outcome = codec.push(stream.as_bytes(), &mut Lag::new(3), &mut out);
    assert_eq!(outcome, Err(AnswerError::EventTooLarge { limit: 100 }));
    assert_eq!(out, good.as_bytes());
}

#[test]
fn a_body_that_is_not_json_is_said_so() {
    let mut codec = ResponseCodec::new(Surface::OpenAiChat);
    for body in [
        &b"<html>"[..],
        b"",
        b"\xff",
        b"{} {}",
        b"{\"a\":",
        b"\"<PERSON_k7qf2m>\"",
        b"null",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
    ] {
        assert_eq!(codec.body(body, &mut Keep), Err(AnswerError::NotJson));
        assert_eq!(codec.error_body(body, &mut Keep), Err(AnswerError::NotJson));
    }
}

#[test]
fn a_mark_before_a_body_is_left_out() {
    for body in ["{\"choices\":[]}", " [1]"] {
        let marked = format!("\u{feff}{body}");
        let mut codec = ResponseCodec::new(Surface::OpenAiChat);
        assert_eq!(
            codec.body(marked.as_bytes(), &mut Keep).as_deref(),
            Ok(body.as_bytes())
        );
    }
}

#[test]
fn every_text_of_an_error_body_is_restored() {
    let shape = |name: &str| {
        format!(
            r#"[{{"errors":[{{"msg":"no {name}","loc":["{name}"]}}],"fault":{{"faultstring":"{name}"}},"id":"<PERSON_k7qf2m>"}}]"#
        )
    };
    let mut codec = ResponseCodec::new(Surface::OpenAiChat);
    let input = shape("<EMAIL_abcd2e>");
    let restored = codec.error_body(input.as_bytes(), &mut Swap::default());
    assert_eq!(restored.as_deref(), Ok(shape("ann@corp.example").as_bytes()));
    let mut codec = ResponseCodec::new(Surface::OpenAiChat);
    let input = br#"{"error":{"code":"odd","message":"<EMAIL_abcd2e>"}}"#;
    let restored = codec.error_body(input, &mut Swap::default());
    assert_eq!(
        restored.as_deref(),
        Ok(&br#"{"error":{"code":"odd","message":"ann@corp.example"}}"#[..])
    );
    assert_eq!(codec.facts().error_code.as_deref(), Some("odd"));
}
