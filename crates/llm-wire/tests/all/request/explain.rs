//! The explanation and the removal of client metadata.

use llm_wire::Surface;

use super::{parse, replaced, written};

const SENTENCE: &str = "Keep \"<X>\".";
const CHAT: Surface = Surface::OpenAiChat;
const MESSAGES: Surface = Surface::AnthropicMessages;
const RESPONSES: Surface = Surface::OpenAiResponses;

fn check(surface: Surface, cases: &[(&str, &str)]) {
    for (body, expected) in cases {
        let mut document = parse(body, surface);
        document.explain("replaced by the next");
        document.explain(SENTENCE);
        assert_eq!(written(&document, &[]), *expected);
        let other: serde_json::Value = serde_json::from_str(expected).expect("JSON");
        assert_eq!(
            other.to_string().matches("Keep").count(),
            usize::from(body != expected)
        );
    }
}

#[test]
fn chat_gets_a_message_behind_the_leading_ones() {
    check(
        CHAT,
        &[
            (
                r#"{"messages":[{"role":"user","content":"x"}]}"#,
                r#"{"messages":[{"role":"system","content":"Keep \"<X>\"."},{"role":"user","content":"x"}]}"#,
            ),
            (
                r#"{"messages":[{"role":"system","content":"a"}, {"role":"developer","content":"b"}, {"role":"user"}, {"role":"system"}]}"#,
                r#"{"messages":[{"role":"system","content":"a"}, {"role":"developer","content":"b"}, {"role":"developer","content":"Keep \"<X>\"."},{"role":"user"}, {"role":"system"}]}"#,
            ),
            (
                r#"{"messages":[{"role":"system"} ]}"#,
                r#"{"messages":[{"role":"system"},{"role":"system","content":"Keep \"<X>\"."} ]}"#,
            ),
            (
                r#"{"messages":[ ]}"#,
                r#"{"messages":[ {"role":"system","content":"Keep \"<X>\"."}]}"#,
            ),
            (r#"{"messages":"x"}"#, r#"{"messages":"x"}"#),
            ("[]", "[]"),
            ("{}", "{}"),
        ],
    );
}

#[test]
fn messages_gets_a_system_block() {
    check(
        MESSAGES,
        &[
            (
                r#"{"system":"Be kind.","x":1}"#,
                r#"{"system":"Be kind.\n\nKeep \"<X>\".","x":1}"#,
            ),
            (r#"{"system":"","x":1}"#, r#"{"system":"Keep \"<X>\".","x":1}"#),
            (r#"{"system":null}"#, r#"{"system":"Keep \"<X>\"."}"#),
            (r#"{"x":1 }"#, r#"{"x":1 ,"system":"Keep \"<X>\"."}"#),
            ("{}", r#"{"system":"Keep \"<X>\"."}"#),
            (
                r#"{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}} ]}"#,
                r#"{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"Keep \"<X>\"."} ]}"#,
            ),
            (
                r#"{"system":[]}"#,
                r#"{"system":[{"type":"text","text":"Keep \"<X>\"."}]}"#,
            ),
            (r#"{"system":{"a":1}}"#, r#"{"system":{"a":1}}"#),
        ],
    );
}

#[test]
fn responses_gets_instructions_or_an_item_behind_the_leading_ones() {
    check(
        RESPONSES,
        &[
            (
                r#"{"instructions":"Be kind.","input":[{"role":"developer","content":"a"}]}"#,
                r#"{"instructions":"Be kind.\n\nKeep \"<X>\".","input":[{"role":"developer","content":"a"}]}"#,
            ),
            (
                r#"{"input":"x"}"#,
                r#"{"input":"x","instructions":"Keep \"<X>\"."}"#,
            ),
            (
                r#"{"instructions":"","input":"x"}"#,
                r#"{"instructions":"Keep \"<X>\".","input":"x"}"#,
            ),
            (
                r#"{"instructions":null,"input":"x"}"#,
                r#"{"instructions":"Keep \"<X>\".","input":"x"}"#,
            ),
            (
                r#"{"input":[{"type":"function_call_output"}]}"#,
                r#"{"input":[{"type":"function_call_output"}],"instructions":"Keep \"<X>\"."}"#,
            ),
            (
                r#"{"input":[{"type":"additional_tools"},{"type":"message","role":"developer"},{"role":"user"}]}"#,
                r#"{"input":[{"type":"additional_tools"},{"type":"message","role":"developer"},{"type":"message","role":"developer","content":[{"type":"input_text","text":"Keep \"<X>\"."}]},{"role":"user"}]}"#,
            ),
            (
                r#"{"prompt":{"id":"p"},"input":[{"role":"user"}]}"#,
                r#"{"prompt":{"id":"p"},"input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"Keep \"<X>\"."}]},{"role":"user"}]}"#,
            ),
            (
                r#"{"prompt":{"id":"p"},"input":"x"}"#,
                r#"{"prompt":{"id":"p"},"input":"x"}"#,
            ),
        ],
    );
}

#[test]
fn embeddings_and_completions_have_no_place_for_it() {
    for surface in [Surface::OpenAiEmbeddings, Surface::OpenAiCompletions] {
        check(
            surface,
            &[(r#"{"input":"x","prompt":"y"}"#, r#"{"input":"x","prompt":"y"}"#)],
        );
    }
}

fn check_to_user(surface: Surface, cases: &[(&str, &str)]) {
    for (body, expected) in cases {
        let mut document = parse(body, surface);
        document.explain("replaced by the next");
        document.explain_to_user(SENTENCE);
        assert_eq!(written(&document, &[]), *expected);
        // What a history repeats is not said again.
        let mut document = parse(expected, surface);
        document.explain_to_user(SENTENCE);
        assert_eq!(written(&document, &[]), *expected);
    }
}

#[test]
fn a_user_says_it_where_models_take_no_instructions() {
    check_to_user(
        CHAT,
        &[
            (
                r#"{"messages":[{"role":"system","content":"a"},{"role":"user","content":"x"},{"role":"user","content":"y"}]}"#,
                r#"{"messages":[{"role":"system","content":"a"},{"role":"user","content":"Keep \"<X>\".\n\nx"},{"role":"user","content":"y"}]}"#,
            ),
            (
                r#"{"messages":[{"role":"user","content":[{"type":"image_url"},{"type":"text","text":"x"}]}]}"#,
                r#"{"messages":[{"role":"user","content":[{"type":"text","text":"Keep \"<X>\"."},{"type":"image_url"},{"type":"text","text":"x"}]}]}"#,
            ),
            (
                r#"{"messages":[{"role":"user","content":[]}]}"#,
                r#"{"messages":[{"role":"user","content":[{"type":"text","text":"Keep \"<X>\"."}]}]}"#,
            ),
            (
                r#"{"messages":[{"role":"assistant","content":"x"}]}"#,
                r#"{"messages":[{"role":"assistant","content":"x"}]}"#,
            ),
            (
                r#"{"messages":[{"role":"user","content":null}]}"#,
                r#"{"messages":[{"role":"user","content":null}]}"#,
            ),
            (r#"{"messages":"x"}"#, r#"{"messages":"x"}"#),
            ("[]", "[]"),
        ],
    );
    check_to_user(
        RESPONSES,
        &[
            (
                r#"{"instructions":"a","input":"x"}"#,
                r#"{"instructions":"a","input":"Keep \"<X>\".\n\nx"}"#,
            ),
            (
                r#"{"input":[{"role":"developer","content":"a"},{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}]}"#,
                r#"{"input":[{"role":"developer","content":"a"},{"type":"message","role":"user","content":[{"type":"input_text","text":"Keep \"<X>\"."},{"type":"input_text","text":"x"}]}]}"#,
            ),
            (
                r#"{"input":[{"type":"function_call_output","output":"x"}]}"#,
                r#"{"input":[{"type":"function_call_output","output":"x"}]}"#,
            ),
        ],
    );
}

#[test]
fn what_a_cache_marker_covers_stays() {
    let block = |text: &str, more: &str| format!(r#"{{"type":"text","text":"{text}"{more}}}"#);
    let sentence = r#"{"type":"text","text":"Keep \"<X>\"."}"#;
    let marker = r#","cache_control":{"type":"ephemeral"}"#;
    let marked = block("a", marker);
    let result = r#"{"type":"tool_result","tool_use_id":"t","content":"r"}"#;
    let inside = format!(r#"{{"type":"tool_result","tool_use_id":"t","content":[{marked}]}}"#);
    let plain = block("b", "");
    let unmarked = block("c", r#","cache_control":null"#);
    for (blocks, before) in [
        (vec![plain.as_str(), &unmarked], 0),
        (vec![&marked], 1),
        (vec![&marked, &plain], 1),
        (vec![&plain, &marked, &plain], 2),
        (vec![result, &plain], 1),
        (vec![&inside, &plain], 1),
        (vec![result, result], 2),
    ] {
        let body = |blocks: &[&str]| {
            let blocks = blocks.join(",");
            format!(
                r#"{{"system":[{marked}],"messages":[{{"role":"user","content":[{blocks}]}},{{"role":"assistant","content":"x"}}]}}"#
            )
        };
        let mut expected = blocks.clone();
        expected.insert(before, sentence);
        check_to_user(MESSAGES, &[(&body(&blocks), &body(&expected))]);
    }
}

#[test]
fn edits_at_the_start_of_a_message_stand_behind_the_sentence() {
    let mut document = parse(r#"{"messages":[{"role":"user","content":"Alice"}]}"#, CHAT);
    document.explain_to_user(SENTENCE);
    assert_eq!(
        replaced(&document, "Alice", "<P>"),
        r#"{"messages":[{"role":"user","content":"Keep \"<X>\".\n\n<P>"}]}"#
    );
}

#[test]
fn edits_and_the_explanation_meet() {
    let mut document = parse(r#"{"system":"I am Alice"}"#, MESSAGES);
    document.explain(SENTENCE);
    assert_eq!(
        replaced(&document, "Alice", "<P>"),
        r#"{"system":"I am <P>\n\nKeep \"<X>\"."}"#
    );
}

#[test]
fn client_metadata_loses_its_entries_and_commas() {
    for (before, after) in [
        (r#""x-codex-turn-metadata":"{\"Alice\":1}""#, ""),
        (r#" "x-codex-turn-metadata" : {"Alice":1} "#, "  "),
        (r#""a":1,"x-codex-turn-metadata":"Alice""#, r#""a":1"#),
        (r#""x-codex-turn-metadata":"Alice", "a":1"#, r#""a":1"#),
        (
            r#""a":1, "x-codex-turn-metadata":"Alice" , "b":2"#,
            r#""a":1 , "b":2"#,
        ),
        (
            r#""x-codex-turn-metadata":"Alice","x-codex-turn-state":"s","a":1"#,
            r#""a":1"#,
        ),
        (
            r#""a":1,"x-codex-turn-metadata":"Alice","x-codex-turn-state":"s""#,
            r#""a":1"#,
        ),
        (
            r#""x-codex-turn-state":"s","a":1,"x\u002dcodex-turn-metadata":"Alice","b":2"#,
            r#""a":1,"b":2"#,
        ),
        (
            r#""x-codex-turn-metadata":"Alice","x-codex-turn-metadata":["Alice"]"#,
            "",
        ),
        (r#""a":"x-codex-turn-metadata""#, r#""a":"x-codex-turn-metadata""#),
    ] {
        let body = |inside: &str| {
            format!(r#"{{"input":"Bob", "client_metadata":{{{inside}}},"x":{{"Bob":"Bob"}}}}"#)
        };
        let before = body(before);
        let mut document = parse(&before, RESPONSES);
        document.strip_client_metadata();
        assert_eq!(written(&document, &[]), body(after));
        assert!(!document.leaves().iter().any(|leaf| leaf.text.contains("Alice")));
        assert_eq!(
            replaced(&document, "Bob", "<P>"),
            body(after).replace("Bob", "<P>")
        );
        let labels: Vec<_> = (0..document.leaves().len())
            .filter_map(|leaf| document.label(leaf))
            .collect();
        assert_eq!(labels.last(), Some(&"Bob"));
    }
}
