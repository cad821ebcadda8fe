//! Bodies that two readers could understand differently are refused; odd but clear ones keep every byte.

use llm_wire::{Document, Limits, Malformed, Surface, WireError};

use super::{parse, replaced, written};

fn refusal(body: &[u8]) -> Option<WireError> {
    Document::parse(body, Surface::OpenAiChat, &Limits::default()).err()
}

fn malformed(at: usize, kind: Malformed) -> Option<WireError> {
    Some(WireError::Malformed { at, kind })
}

#[test]
fn only_utf_8_without_a_mark_is_read() {
    assert_eq!(refusal(b"\xef\xbb\xbf{}"), malformed(0, Malformed::ByteOrderMark));
    let units: Vec<u16> = "{\"user\":\"Alice\"}".encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    assert_eq!(refusal(&little), malformed(1, Malformed::UnexpectedByte));
    assert_eq!(refusal(&big), malformed(0, Malformed::UnexpectedByte));
    assert_eq!(
        refusal(&[b"\xff\xfe".as_slice(), &little].concat()),
        malformed(0, Malformed::InvalidUtf8)
    );
    assert_eq!(
        refusal(&[b"\xfe\xff".as_slice(), &big].concat()),
        malformed(0, Malformed::InvalidUtf8)
    );
    for bytes in [
        b"\xc0\xaf".as_slice(),
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x80",
        b"\xe4\xb8",
    ] {
        let body = [b"{\"user\":\"".as_slice(), bytes, b"\"}"].concat();
        assert_eq!(refusal(&body), malformed(9, Malformed::InvalidUtf8), "{bytes:x?}");
    }
}

#[test]
fn what_is_not_strict_json_is_refused() {
    for (body, at, kind) in [
        (r#"{"user":"\ud83d"}"#, 9, Malformed::LoneSurrogate),
        (r#"{"user":"\ude00\ud83d"}"#, 9, Malformed::LoneSurrogate),
        (r#"{"\ud83d":1}"#, 2, Malformed::LoneSurrogate),
        (r#"{"seed":NaN}"#, 8, Malformed::UnexpectedByte),
        (r#"{"seed":Infinity}"#, 8, Malformed::UnexpectedByte),
        (r#"{"user":"a"}{"user":"b"}"#, 12, Malformed::TrailingBytes),
        ("{}\u{0}", 2, Malformed::TrailingBytes),
        (r#"{"user":"a","#, 12, Malformed::UnexpectedEnd),
        ("{\"user\":\"a\nb\"}", 10, Malformed::ControlCharacter),
        (r#"{"user":"\x41"}"#, 9, Malformed::BadEscape),
        ("", 0, Malformed::UnexpectedEnd),
        ("{user:1}", 1, Malformed::UnexpectedByte),
        ("{'user':1}", 1, Malformed::UnexpectedByte),
    ] {
        assert_eq!(refusal(body.as_bytes()), malformed(at, kind), "{body}");
    }
}

#[test]
fn numbers_keep_their_spelling() {
    let body = r#"{"seed":1e999,"a":[-0,1.10,1E-400,123456789012345678901234567890],"user":"Alice"}"#;
    let document = parse(body, Surface::OpenAiChat);
    assert_eq!(written(&document, &[]), body);
    assert_eq!(replaced(&document, "Alice", "<P>"), body.replace("Alice", "<P>"));
}

#[test]
fn every_value_of_a_duplicate_key_is_found() {
    let body = r#"{"messages":[{"role":"user","content":"Alice","content":"x","c\u006fntent":"Alice"}],"messages":"Alice","user":"Alice","user":1}"#;
    let out = replaced(&parse(body, Surface::OpenAiChat), "Alice", "<P>");
    assert_eq!(out, body.replace("Alice", "<P>"));
}

#[test]
fn json_in_a_string_is_walked_only_when_it_is_json() {
    for text in [
        "{\"a\":\"Alice\"",
        "{\"a\":\"Alice\"} x",
        "[Alice]",
        "{'a':'Alice'}",
        "\"Alice\"",
        "Alice",
    ] {
        let body = serde_json::json!({ "user": text }).to_string();
        let document = parse(&body, Surface::OpenAiChat);
        let texts: Vec<_> = document.leaves().iter().map(|leaf| leaf.text.as_ref()).collect();
        assert_eq!(texts, [text]);
    }
    let lone_surrogate = r#"{"user":"[\"Alice \\ud83d\"]"}"#;
    let document = parse(lone_surrogate, Surface::OpenAiChat);
    assert_eq!(document.leaves()[0].text, r#"["Alice \ud83d"]"#);
}

#[test]
fn a_body_need_not_be_an_object() {
    for body in ["\"Alice\"", "[\"Alice\"]", " \"[\\\"Alice\\\"]\" "] {
        let document = parse(body, Surface::OpenAiChat);
        assert_eq!(replaced(&document, "Alice", "<P>"), body.replace("Alice", "<P>"));
        assert!(["", "[]"].contains(&document.path(0).as_str()));
    }
    assert!(parse("4155550123", Surface::OpenAiChat).leaves().len() == 1);
    assert!(parse("null", Surface::OpenAiChat).leaves().is_empty());
}

#[test]
fn nothing_that_is_printed_holds_text() {
    let body = r#"{"user":"Alice","Alice":["Alice"]}"#;
    let mut document = parse(body, Surface::OpenAiChat);
    document.explain("Alice");
    let edit = llm_wire::Edit {
        leaf: 0,
        span: 0..5,
        replacement: "Alice",
    };
    let mut printed = format!(
        "{document:?} {:?} {edit:?} {:?}",
        document.leaves(),
        document.facts()
    );
    for leaf in 0..document.leaves().len() {
        printed.push_str(&document.path(leaf));
    }
    for cut in 0..body.len() {
        let error = refusal(&body.as_bytes()[..cut]).expect("a body that is cut off");
        printed.push_str(&format!("{error} {error:?}"));
    }
    assert!(!printed.contains("Alice"), "{printed}");
}
