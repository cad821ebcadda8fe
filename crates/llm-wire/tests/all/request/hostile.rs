//! Bodies made to cost much: refused at a limit, or read in linear time (a quadratic reader does not finish these).

use llm_wire::{Document, Limits, Surface, WireError};

use super::{parse, replaced};

const CHAT: Surface = Surface::OpenAiChat;
const MESSAGES: Surface = Surface::AnthropicMessages;

fn refusal(body: &str) -> Option<WireError> {
    Document::parse(body.as_bytes(), CHAT, &Limits::default()).err()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn depth_counts_through_json_in_strings() {
    let nest = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let around = |depth, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
    let too_deep = |limit| Some(WireError::TooDeep { limit });
    assert_eq!(refusal(&nest(128)), None);
    assert_eq!(refusal(&nest(129)), too_deep(128));
    assert_eq!(refusal(&objects(128)), None);
    assert_eq!(refusal(&objects(129)), too_deep(128));
    assert_eq!(refusal(&"[".repeat(1 << 20)), too_deep(128));
    assert_eq!(refusal(&around(100, &quoted(&nest(28)))), None);
    assert!(matches!(
        refusal(&around(100, &quoted(&nest(29)))),
        Some(WireError::TooDeep { .. })
    ));
    let two_levels = quoted(&around(50, &quoted(&nest(29))));
    assert!(matches!(
        refusal(&around(50, &two_levels)),
        Some(WireError::TooDeep { .. })
    ));
    let unlimited = Limits {
        depth: usize::MAX,
        ..Limits::default()
    };
    let error = Document::parse(nest(100_000).as_bytes(), CHAT, &unlimited).err();
    assert_eq!(error, too_deep(512));
    // Siblings do not add up.
    assert_eq!(
        refusal(&format!("[{}]", vec![quoted(&nest(100)); 50].join(","))),
        None
    );
}

#[test]
fn strings_in_strings_have_a_limit() {
    let mut body = String::from("\"Alice\"");
    for _ in 0..9 {
        body = quoted(&format!("[{body}]"));
    }
    assert!(matches!(refusal(&body), Some(WireError::TooDeep { .. })));
    let mut body = String::from("\"Alice\"");
    for _ in 0..8 {
        body = quoted(&format!("[{body}]"));
    }
    let document = parse(&body, CHAT);
    assert_eq!(replaced(&document, "Alice", "<P>"), body.replace("Alice", "<P>"));
}

#[test]
fn leaves_have_a_largest_size() {
    let limit = Limits::default().leaf_bytes;
    let body = |length| format!("[\"{}\"]", "a".repeat(length));
    assert_eq!(refusal(&body(limit)), None);
    assert_eq!(
        refusal(&body(limit + 1)),
        Some(WireError::LeafTooLarge { at: 2, limit })
    );
    let limits = Limits {
        leaf_bytes: 4,
        ..Limits::default()
    };
    let error = |body: &str| Document::parse(body.as_bytes(), CHAT, &limits).err();
    assert_eq!(
        error("{\"abcde\":1}"),
        Some(WireError::LeafTooLarge { at: 2, limit: 4 })
    );
    assert_eq!(error("12345"), Some(WireError::LeafTooLarge { at: 0, limit: 4 }));
}

#[test]
fn values_have_a_largest_number() {
    let limits = Limits {
        values: 10,
        ..Limits::default()
    };
    let error = |body: &str| Document::parse(body.as_bytes(), CHAT, &limits).err();
    assert_eq!(error("[1,2,3,4,5,6,7,8,9]"), None);
    assert!(matches!(
        error("[1,2,3,4,5,6,7,8,9,0]"),
        Some(WireError::TooManyValues { .. })
    ));
    assert_eq!(error(r#"["[1,2,3]","[1]"]"#), None);
    assert!(matches!(
        error(r#"["[1,2,3]","[1,2,3]"]"#),
        Some(WireError::TooManyValues { .. })
    ));
    assert!(refusal(&format!("[{}1]", "1,".repeat(1 << 20))).is_some());
}

#[test]
fn many_small_values_and_one_large_one_are_linear() {
    let tiny = format!("[{}]", vec!["\"Alice\""; 100_000].join(","));
    assert_eq!(
        replaced(&parse(&tiny, CHAT), "Alice", "<P>"),
        tiny.replace("Alice", "<P>")
    );
    let large = format!("{{\"user\":{}}}", quoted(&"Alice \"x\"\n".repeat(500_000)));
    assert_eq!(
        replaced(&parse(&large, CHAT), "Alice", "<P>"),
        large.replace("Alice", "<P>")
    );
    let nested = format!("[{}]", quoted(&tiny));
    assert_eq!(
        replaced(&parse(&nested, CHAT), "Alice", "<P>"),
        nested.replace("Alice", "<P>")
    );
    let not_json = format!(
        "[{}]",
        vec![quoted(&format!("[{}x]", "[],".repeat(50))); 2_000].join(",")
    );
    assert_eq!(parse(&not_json, CHAT).leaves().len(), 2_000);
}

#[test]
fn many_duplicate_keys_are_linear() {
    let member = r#""type":"thinking","signature":"x","thinking":"Alice","role":"user","media_type":"a/b""#;
    let block = vec![member; 20_000].join(",");
    let messages = format!(r#"{{"messages":[{{"role":"assistant","content":[{{{block}}}]}}],{block}}}"#);
    let mut document = parse(&messages, MESSAGES);
    document.explain("Keep it.");
    document.strip_client_metadata();
    assert!(!replaced(&document, "Alice", "<P>").contains("Alice"));
    let entries = vec![r#""x-codex-turn-metadata":"Alice","a":1"#; 20_000].join(",");
    let body = format!(r#"{{"client_metadata":{{{entries}}}}}"#);
    let mut document = parse(&body, Surface::OpenAiResponses);
    document.strip_client_metadata();
    let out = replaced(&document, "a", "b");
    assert_eq!(
        out,
        format!(
            r#"{{"client_metadata":{{{}}}}}"#,
            vec!["\"b\":1"; 20_000].join(",")
        )
    );
}

#[test]
fn many_paths_are_linear() {
    let deep = "{\"a\":[".repeat(60) + "\"Alice\"" + &"]}".repeat(60);
    let body = format!("[{}]", vec![deep.as_str(); 1_000].join(","));
    let document = parse(&body, CHAT);
    let last = document.leaves().len() - 1;
    assert_eq!(document.path(last), format!("[]{}", ".*[]".repeat(60)));
    assert_eq!(document.path(last + 1), "");
    assert_eq!(document.label(last), Some("a"));
}
