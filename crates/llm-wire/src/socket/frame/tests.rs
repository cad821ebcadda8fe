use super::*;
use crate::socket::Sent;

fn frame(text: &str) -> Result<SocketFrame<'_>, FrameError> {
    SocketFrame::parse(text, &Limits::default())
}

fn body(text: &str, composition: &Composition<'_>) -> String {
    frame(text).unwrap().body(composition)
}

#[test]
fn a_create_is_a_body_without_its_envelope() {
    let text = r#"{"type":"response.create", "model":"m","temperature":0.70, "input":[ {"a": 1} ],"stream":false,"generate":true}"#;
    assert_eq!(
        body(text, &Composition::default()),
        r#"{"model":"m","temperature":0.70,"input":[ {"a": 1} ],"stream":true}"#
    );
}

#[test]
fn history_stands_before_the_input() {
    let composition = Composition {
        history: Some(r#"{"h":1}"#),
        ..Composition::default()
    };
    for (input, expected) in [
        (r#","input":[{"i":2}]"#, r#"[{"h":1},{"i":2}]"#),
        (r#","input":[]"#, r#"[{"h":1}]"#),
        (
            r#","input":"a\"b""#,
            r#"[{"h":1},{"type":"message","role":"user","content":"a\"b"}]"#,
        ),
        (r#","input":null"#, r#"[{"h":1}]"#),
        ("", r#"[{"h":1}]"#),
    ] {
        let text = format!(r#"{{"type":"response.create","previous_response_id":"r"{input}}}"#);
        assert_eq!(
            body(&text, &composition),
            format!(r#"{{"input":{expected},"stream":true}}"#)
        );
    }
}

#[test]
fn earlier_fields_fill_gaps_only() {
    let composition = Composition {
        fields: Some(r#"{"model":"old","tools":[1]}"#),
        previous: Some("resp_1"),
        ..Composition::default()
    };
    assert_eq!(
        body(
            r#"{"type":"response.append","model":"new","input":[2]}"#,
            &composition
        ),
        r#"{"model":"new","input":[2],"tools":[1],"previous_response_id":"resp_1","stream":true}"#
    );
}

#[test]
fn what_was_sent_is_taken_apart() {
    let sent = Sent::read(r#"{"model":"m","input":[{"a":1}, 2],"store":false,"stream":true}"#).unwrap();
    assert_eq!(sent.input, r#"{"a":1}, 2"#);
    assert_eq!(sent.fields, r#"{"model":"m","store":false}"#);
    assert_eq!(Sent::read("{}").unwrap().fields, "{}");
    assert_eq!(Sent::read("x"), None);
}

#[test]
fn a_frame_tells_what_it_wants() {
    let text = r#"{"type":"response.create","generate":false,"store":false,"previous_response_id":"resp_1",
        "client_metadata":{"x-codex-turn-state":"key"}}"#;
    let read = frame(text).unwrap();
    assert_eq!(read.kind(), FrameKind::Create);
    assert!(!read.generates() && !read.stores());
    assert_eq!(read.previous_response_id().as_deref(), Some("resp_1"));
    assert_eq!(read.turn_state().as_deref(), Some("key"));
    let plain = frame(r#"{"type":"response.create","previous_response_id":null}"#).unwrap();
    assert!(plain.generates() && plain.stores());
    assert_eq!((plain.previous_response_id(), plain.turn_state()), (None, None));
}

#[test]
fn a_frame_that_two_readers_could_read_differently_is_refused() {
    for (text, expected) in [
        ("[]", FrameError::NotAnObject),
        ("{}", FrameError::UnknownType),
        (r#"{"type":"session.update"}"#, FrameError::UnknownType),
        (
            r#"{"type":"response.create","type":"response.cancel"}"#,
            FrameError::Duplicate { name: "type" },
        ),
        (
            r#"{"type":"response.create","input":[],"\u0069nput":[]}"#,
            FrameError::Duplicate { name: "input" },
        ),
        (
            r#"{"type":"response.create","previous_response_id":"a b"}"#,
            FrameError::WrongForm {
                name: "previous_response_id",
            },
        ),
        (
            r#"{"type":"response.create","client_metadata":"{}"}"#,
            FrameError::WrongForm {
                name: "client_metadata",
            },
        ),
        (
            r#"{"type":"response.create","response":{"input":"x"}}"#,
            FrameError::WrongForm { name: "response" },
        ),
        (
            r#"{"type":"response.create","input":{}}"#,
            FrameError::WrongForm { name: "input" },
        ),
    ] {
        assert_eq!(frame(text).err(), Some(expected), "{text}");
    }
    assert!(matches!(frame("{"), Err(FrameError::Wire(_))));
}
