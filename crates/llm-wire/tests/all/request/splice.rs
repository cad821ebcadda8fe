//! Edits change what they name and nothing else.

use llm_wire::{Edit, SpliceError, Surface};

use super::{parse, replaced, written};

fn chat(body: &str, needle: &str, replacement: &str) -> String {
    replaced(&parse(body, Surface::OpenAiChat), needle, replacement)
}

#[test]
fn everything_else_keeps_its_bytes() {
    let body = "{ \"n\":1.10,\"big\": 12345678901234567890123,\"e\":1E400, \"messages\" :[\n\t{\"role\":\"user\",\
        \"content\":\"a\\/b \\u0041lice \\ud83d\\ude00 A\\u006cice\\n\"}],\"messages\":[],\"x\":\"Alice\"}\r\n";
    let expected = "{ \"n\":1.10,\"big\": 12345678901234567890123,\"e\":1E400, \"messages\" :[\n\t{\"role\":\"user\",\
        \"content\":\"a\\/b <P> \\ud83d\\ude00 <P>\\n\"}],\"messages\":[],\"x\":\"<P>\"}\r\n";
    assert_eq!(chat(body, "Alice", "<P>"), expected);
}

#[test]
fn a_replacement_is_escaped_for_where_it_stands() {
    let awkward = "\"q\" \\ \n \u{1} \u{e9}";
    let body = r#"{"a":"Alice","b":"{\"c\":\"Alice\",\"d\":\"{\\\"e\\\":\\\"Alice\\\"}\"}"}"#;
    let out = chat(body, "Alice", awkward);
    let outer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(outer["a"], awkward);
    let inner: serde_json::Value = serde_json::from_str(outer["b"].as_str().unwrap()).unwrap();
    assert_eq!(inner["c"], awkward);
    let innermost: serde_json::Value = serde_json::from_str(inner["d"].as_str().unwrap()).unwrap();
    assert_eq!(innermost["e"], awkward);
}

#[test]
fn keys_and_numbers_are_edited() {
    let body = r#"{"x":{"alice":4155550123},"y":"[4155550123,{\"alice\":1}]"}"#;
    assert_eq!(
        chat(body, "alice", "<P>"),
        r#"{"x":{"<P>":4155550123},"y":"[4155550123,{\"<P>\":1}]"}"#
    );
    assert_eq!(
        chat(body, "4155550123", "<N>"),
        r#"{"x":{"alice":"<N>"},"y":"[\"<N>\",{\"alice\":1}]"}"#
    );
    assert_eq!(chat(r#"{"x":1.25}"#, "25", "<N>"), r#"{"x":"1.<N>"}"#);
}

#[test]
fn text_in_base64_is_edited() {
    // "To: Alice Smith, alice@example.com"
    let body = r#"{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:text\/plain;base64,VG86IEFsaWNlIFNtaXRoLCBhbGljZUBleGFtcGxlLmNvbQ=="}}]}]}"#;
    // "To: <P> Smith, alice@example.com"
    let expected = body.replace(
        r"data:text\/plain;base64,VG86IEFsaWNlIFNtaXRoLCBhbGljZUBleGFtcGxlLmNvbQ==",
        r"data:text\/plain;base64,VG86IDxQPiBTbWl0aCwgYWxpY2VAZXhhbXBsZS5jb20=",
    );
    assert_eq!(chat(body, "Alice", "<P>"), expected);
}

#[test]
fn edits_that_do_not_fit_are_errors() {
    let document = parse(r#"{"x":"é1","y":"b"}"#, Surface::OpenAiChat);
    let edit = |leaf, span| Edit {
        leaf,
        span,
        replacement: "",
    };
    assert_eq!(
        document.splice(&[edit(9, 0..0)]),
        Err(SpliceError::NoSuchLeaf { edit: 0 })
    );
    assert_eq!(
        document.splice(&[edit(1, 1..2)]),
        Err(SpliceError::BadSpan { edit: 0 })
    );
    assert_eq!(
        document.splice(&[edit(1, 0..4)]),
        Err(SpliceError::BadSpan { edit: 0 })
    );
    let both = [edit(3, 0..1), edit(1, 0..2)];
    assert_eq!(document.splice(&both), Err(SpliceError::OutOfOrder { edit: 1 }));
    let overlapping = [edit(1, 0..3), edit(1, 2..3)];
    assert_eq!(
        document.splice(&overlapping),
        Err(SpliceError::OutOfOrder { edit: 1 })
    );
    assert_eq!(
        written(&document, &[edit(1, 0..2), edit(1, 2..3)]),
        r#"{"x":"","y":"b"}"#
    );
}
