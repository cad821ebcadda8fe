//! Costs grow as their input does: bodies that are read, changed and written, and answers that stream.

use std::hint::black_box;

use llm_wire::{Channel, ChannelKind, Document, Edit, Limits, Restore, StreamCodec, Surface};
use xtask::linear::assert_linear;

const BYTES: usize = 256 << 10;

/// Everything that is done with a body, and an edit for each `Alice` in it.
fn rewrite(body: &str, surface: Surface) {
    let limits = Limits::default();
    let mut document = Document::parse(body.as_bytes(), surface, &limits).expect("a valid body");
    document.strip_client_metadata();
    document.withhold(|_| true);
    document.explain("Keep it.");
    let mut edits = Vec::new();
    for (leaf, found) in document.leaves().iter().enumerate() {
        black_box((document.label(leaf), document.path(leaf)));
        edits.extend(found.text.match_indices("Alice").map(|(start, name)| Edit {
            leaf,
            span: start..start + name.len(),
            replacement: "<PERSON_abcdef>",
        }));
    }
    black_box(document.schema());
    document.splice(&edits).expect("edits that fit");
}

/// Asserts that bodies of `around` with more and more of `unit` in the place of `{}` are linear.
fn assert_body_is_linear(surface: Surface, around: &str, unit: &str) {
    let name = format!("{around} {unit}");
    assert_linear(&name, BYTES, &|bytes| {
        let all = unit.repeat(bytes / unit.len());
        let body = around.replace("{}", all.trim_end_matches(','));
        Box::new(move || rewrite(&body, surface))
    });
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn bodies() {
    let chat = Surface::OpenAiChat;
    let user = r#"{"messages":[{"role":"user","content":"{}"}]}"#;
    for unit in [
        "Alice ",
        "x",
        r"\n",
        r"\u0041lice ",
        r"Alice \\",
        "%41",
        "{",
        r#"{\"a\":"#,
        "data:text/plain;base64,QWxpY2U= ",
    ] {
        assert_body_is_linear(chat, user, unit);
    }
    for unit in [
        r#"{"role":"user","content":"Alice"},"#,
        r#"{"role":"user","content":[{"type":"text","text":"Alice"},{"type":"text","text":"b"}]},"#,
        r#"{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"a\":\"Alice\"}"}}]},"#,
        r#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},"#,
        "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]],",
        r#"{"a":{"b":{"c":{"d":{"e":"Alice"}}}}},"#,
        "1,",
        "{},",
    ] {
        assert_body_is_linear(chat, r#"{"messages":[{}]}"#, unit);
    }
    for unit in [
        r#""a":"Alice","#,
        r#""messages":[],"#,
        r#""role":"user","content":"Alice","#,
        r#""model":"m","#,
    ] {
        assert_body_is_linear(chat, "{{}}", unit);
        assert_body_is_linear(chat, r#"{"messages":[{{}}]}"#, unit);
    }
}

#[test]
fn keys_that_differ() {
    assert_linear("keys", BYTES, &|bytes| {
        let members: Vec<String> = (0..bytes / 20)
            .map(|nth| format!("\"key{nth}\":\"Alice\""))
            .collect();
        let body = format!("{{{}}}", members.join(","));
        Box::new(move || rewrite(&body, Surface::OpenAiChat))
    });
}

#[test]
fn json_inside_of_strings() {
    for layers in 1..4 {
        assert_linear(&format!("{layers} layers"), BYTES / 4, &|bytes| {
            let mut body = format!("[{}]", vec![r#"{"a":"Alice"}"#; bytes / 13].join(","));
            for _ in 0..layers {
                body = format!("[{}]", quoted(&body));
            }
            Box::new(move || rewrite(&body, Surface::OpenAiChat))
        });
    }
    let many = quoted(r#"{"a":"Alice","b":[1,2]}"#) + ",";
    assert_body_is_linear(Surface::OpenAiChat, "[{}]", &many);
}

#[test]
fn removals_of_client_metadata() {
    let responses = Surface::OpenAiResponses;
    let removed = r#""x-codex-turn-metadata":"Alice","#;
    for unit in [
        removed.to_owned(),
        format!("{removed}\"a\":1,"),
        r#""a":"Alice","#.to_owned(),
    ] {
        assert_body_is_linear(responses, r#"{"client_metadata":{{}}}"#, &unit);
    }
    let objects = format!(r#""client_metadata":{{{removed}"a":"Alice"}},"#);
    assert_body_is_linear(responses, "{{}}", &objects);
}

#[test]
fn content_that_is_withheld() {
    let block = r#"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQKJcfs"}},"#;
    assert_body_is_linear(
        Surface::AnthropicMessages,
        r#"{"messages":[{"role":"user","content":[{}]}]}"#,
        block,
    );
}

struct Doubled;

impl Restore for Doubled {
    fn delta(&mut self, _channel: &Channel, text: &str, out: &mut String) {
        out.push_str(text);
        out.push_str(text);
    }

    fn holds(&self, _channel: &Channel) -> bool {
        false
    }

    fn end(&mut self, _channel: &Channel, _out: &mut String) {}

    fn whole(&mut self, _kind: &ChannelKind, text: &str, out: &mut String) {
        out.push_str(text);
    }
}

#[test]
fn events_of_an_answer() {
    let delta = |index: usize| {
        format!(r#"data: {{"choices":[{{"index":{index},"delta":{{"content":"a"}}}}]}}"#) + "\n\n"
    };
    let one = delta(0);
    let events: [(&str, &dyn Fn(usize) -> String); 6] = [
        ("deltas", &|bytes| one.repeat(bytes / one.len())),
        ("channels", &|bytes| (0..bytes / one.len()).map(delta).collect()),
        ("blank lines", &|bytes| "\n".repeat(bytes)),
        ("comments", &|bytes| ": a\n".repeat(bytes / 4)),
        ("lines of data", &|bytes| "data: 1\n".repeat(bytes / 8)),
        ("one line", &|bytes| format!("data: {}", "a".repeat(bytes))),
    ];
    for (name, text) in events {
        for each in [7, 16 << 10] {
            assert_linear(name, BYTES / 2, &|bytes| {
                let text = text(bytes);
                Box::new(move || {
                    let mut codec = StreamCodec::new(Surface::OpenAiChat);
                    let mut out = Vec::new();
                    for chunk in text.as_bytes().chunks(each) {
                        // What is over a bound ends the stream.
                        if codec.push(chunk, &mut Doubled, &mut out).is_err() {
                            return;
                        }
                        out.clear();
                    }
                    let _ended = codec.finish(&mut Doubled, &mut out);
                })
            });
        }
    }
}
