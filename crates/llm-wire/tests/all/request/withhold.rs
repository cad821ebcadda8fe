//! A text in the place of content that nobody could look at; everything else stays as it was.

use llm_wire::{FieldClass, OpaqueKind, Surface};

use super::{parse, replaced, written};

/// A file that is no text, and what its text says.
const FILE: &str = "UEsDBBQABgAIAJ2Knoue";
const SAID: &str =
    "[Withheld by the privacy gateway: ZIP archive or office document, 15 bytes. It was not sent.]";

/// The body with every file withheld, and the classes of what is still opaque.
fn withheld(body: &str, surface: Surface) -> (String, Vec<FieldClass>) {
    let mut document = parse(body, surface);
    document.withhold(|kind| kind == OpaqueKind::File);
    let left = document.leaves().iter().map(|leaf| leaf.class);
    let opaque = left
        .filter(|class| matches!(class, FieldClass::Opaque(_)))
        .collect();
    (written(&document, &[]), opaque)
}

#[test]
fn a_text_takes_the_place_of_a_block() {
    let messages = |content: &str| {
        format!(r#"{{ "max_tokens":1.0,"messages":[{{"role":"user","content":[ {content} ]}}]}}"#)
    };
    let result = |content: &str| {
        messages(&format!(
            r#"{{"type":"tool_result","tool_use_id":"t","content":[{content},{{"type":"text","text":"kept"}}]}}"#
        ))
    };
    let chat = |content: &str| messages(&format!(r#"{{"type":"text","text":"Bob"}},{content}"#));
    let input =
        |content: &str| format!(r#"{{"input":[{{"role":"user","content":[{content}]}}],"x":[1.50]}}"#);
    let output = |content: &str| {
        format!(r#"{{"input":[{{"type":"function_call_output","call_id":"c","output":[{content}]}}]}}"#)
    };
    let text = |kind: &str| format!(r#"{{"type":"{kind}","text":"{SAID}"}}"#);
    let document = format!(
        r#"{{"type":"document","title":"Alice","source":{{"type":"base64","media_type":"application/zip","data":"{FILE}"}}}}"#
    );
    let image = format!(
        r#"{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{FILE}"}}}}"#
    );
    let file = format!(
        r#"{{"type":"file","file":{{"filename":"Alice.zip","file_data":"data:application\/zip;base64,{FILE}"}}}}"#
    );
    let url = format!(r#"{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{FILE}"}}}}"#);
    let audio = format!(r#"{{"type":"input_audio","input_audio":{{"data":"{FILE}","format":"wav"}}}}"#);
    let of_responses = format!(r#"{{"type":"input_file","filename":"Alice","file_data":"{FILE}"}}"#);
    let picture = format!(r#"{{"type":"input_image","image_url":"data:image/png;base64,{FILE}"}}"#);
    let inside = format!(
        r#"{{"type":"document","source":{{"type":"content","content":[{image},{{"type":"text","text":"b"}}]}}}}"#
    );
    for (surface, body, block, kind) in [
        (
            Surface::AnthropicMessages,
            &messages as &dyn Fn(&str) -> String,
            &document,
            "text",
        ),
        (Surface::AnthropicMessages, &messages, &image, "text"),
        (Surface::AnthropicMessages, &result, &document, "text"),
        (Surface::AnthropicMessages, &result, &image, "text"),
        (Surface::OpenAiChat, &chat, &file, "text"),
        (Surface::OpenAiChat, &chat, &url, "text"),
        (Surface::OpenAiChat, &chat, &audio, "text"),
        (Surface::OpenAiResponses, &input, &of_responses, "input_text"),
        (Surface::OpenAiResponses, &input, &picture, "input_text"),
        (Surface::OpenAiResponses, &output, &of_responses, "input_text"),
        (Surface::OpenAiResponses, &output, &picture, "input_text"),
    ] {
        let (sent, left) = withheld(&body(block), surface);
        assert_eq!(sent, body(&text(kind)));
        assert!(left.is_empty(), "{block}");
    }
    let (sent, _) = withheld(&messages(&inside), Surface::AnthropicMessages);
    assert_eq!(sent, messages(&inside.replace(&image, &text("text"))));
}

#[test]
fn cache_control_stays_and_is_still_looked_at() {
    let cache = r#""cache_control" : {"type":"ephemeral", "Alice":1}"#;
    let body = |block: &str| format!(r#"{{"messages":[{{"role":"user","content":[{block}]}}]}}"#);
    let block = format!(r#"{{"type":"document",{cache}, "source":{{"type":"base64","data":"{FILE}"}}}}"#);
    let expected = body(&format!(
        r#"{{"type":"text","text":"{SAID}",{}}}"#,
        cache.replace("Alice", "<P>")
    ));
    let asked = body(&block);
    let mut document = parse(&asked, Surface::AnthropicMessages);
    document.withhold(|_| true);
    assert_eq!(replaced(&document, "Alice", "<P>"), expected);
}

#[test]
fn where_no_text_may_stand_the_content_keeps_its_leaf() {
    let file = OpaqueKind::File;
    let document = format!(r#"{{"type":"document","source":{{"type":"base64","data":"{FILE}"}}}}"#);
    for (surface, body) in [
        (
            Surface::OpenAiResponses,
            format!(r#"{{"input":[{{"type":"image_generation_call","result":"{FILE}"}}]}}"#),
        ),
        (
            Surface::OpenAiResponses,
            format!(
                r#"{{"input":[{{"type":"computer_call_output","output":{{"type":"computer_screenshot","image_url":"data:image/png;base64,{FILE}"}}}}]}}"#
            ),
        ),
        (
            Surface::OpenAiResponses,
            format!(
                r#"{{"input":[{{"role":"assistant","content":[{{"type":"input_file","file_data":"{FILE}"}}]}}]}}"#
            ),
        ),
        (
            Surface::AnthropicMessages,
            format!(
                r#"{{"messages":[{{"role":"user","content":[{{"type":"web_fetch_tool_result","content":[{{"type":"web_fetch_result","content":{document}}}]}}]}}]}}"#
            ),
        ),
        (
            Surface::AnthropicMessages,
            format!(
                r#"{{"messages":[{{"role":"user","content":[{{"type":"document","type":"image","source":{{"type":"base64","data":"data:a/b;base64,{FILE}"}}}}]}}]}}"#
            ),
        ),
    ] {
        assert_eq!(
            withheld(&body, surface),
            (body.clone(), vec![FieldClass::Opaque(file)])
        );
    }
}

#[test]
fn what_is_not_known_may_be_a_file() {
    let part = |part: &str| format!(r#"{{"messages":[{{"role":"user","content":[{part}]}}]}}"#);
    let long = format!("{FILE}{FILE}");
    for (surface, body) in [
        (
            Surface::OpenAiChat,
            part(&format!(
                r#"{{"type":"video_url","video_url":{{"url":"data:video/mp4;base64,{long}"}}}}"#
            )),
        ),
        (
            Surface::OpenAiChat,
            part(&format!(r#"{{"type":"next_year","data":"{long}"}}"#)),
        ),
        (
            Surface::AnthropicMessages,
            part(&format!(r#"{{"type":"next_year","deep":[{{"data":"{long}"}}]}}"#)),
        ),
        (
            Surface::AnthropicMessages,
            part(&format!(
                r#"{{"type":"image","source":{{"type":"base64","type":"base64","data":"{long}"}}}}"#
            )),
        ),
        (
            Surface::OpenAiResponses,
            format!(r#"{{"input":[{{"type":"next_year","data":"{long}"}}]}}"#),
        ),
    ] {
        let document = parse(&body, surface);
        let is_file = document
            .leaves()
            .iter()
            .any(|leaf| leaf.class == FieldClass::Opaque(OpaqueKind::File));
        assert!(is_file, "{body}");
    }
    for (surface, body) in [
        (
            Surface::OpenAiChat,
            format!(r#"{{"messages":[{{"role":"user","images":["{long}"]}}]}}"#),
        ),
        (
            Surface::OpenAiCompletions,
            format!(r#"{{"prompt_embeds":"{long}"}}"#),
        ),
    ] {
        let document = parse(&body, surface);
        assert!(
            document
                .leaves()
                .iter()
                .any(|leaf| leaf.class == FieldClass::Opaque(OpaqueKind::File)),
            "{body}"
        );
    }
    // What a tool is called with, and text in a text block, are text.
    for (surface, body) in [
        (
            Surface::AnthropicMessages,
            part(&format!(
                r#"{{"type":"tool_use","id":"t","name":"n","input":{{"data":"{long}"}}}}"#
            )),
        ),
        (
            Surface::AnthropicMessages,
            part(&format!(r#"{{"type":"text","text":"{long}"}}"#)),
        ),
        (
            Surface::OpenAiChat,
            part(&format!(
                r#"{{"type":"next_year","data":"{{\"data\":\"{long}\"}}"}}"#
            )),
        ),
        (
            Surface::OpenAiChat,
            part(r#"{"type":"next_year","id":"toolu_01A2bCDeFGhiJKLmnOPqRsTUv"}"#),
        ),
    ] {
        let document = parse(&body, surface);
        let is_text = document
            .leaves()
            .iter()
            .all(|leaf| !matches!(leaf.class, FieldClass::Opaque(_)));
        assert!(is_text, "{body}");
    }
}

#[test]
fn many_blocks_are_withheld_in_linear_time() {
    let block = format!(r#"{{"type":"document","source":{{"type":"base64","data":"{FILE}"}}}}"#);
    let blocks = vec![block; 50_000].join(",");
    let body = format!(r#"{{"messages":[{{"role":"user","content":[{blocks}]}}]}}"#);
    let (sent, left) = withheld(&body, Surface::AnthropicMessages);
    assert!(left.is_empty());
    assert_eq!(sent.matches("Withheld").count(), 50_000);
}
