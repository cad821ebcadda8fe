//! Tokens beside a text: however it is cut into tokens and chunks, they add up to what the caller reads.

use llm_wire::{ChannelKind, ResponseCodec, Surface};
use serde_json::{Value, json};

use super::client::{assert_counts_up, events};
use super::relay;
use super::restorers::{Keep, Lag, Swap, Unended, swapped};

const TEXT: &str = "Dear <PERSON_k7qf2m>, é😀 a < b, <EMAIL_abcd2e><EMAIL_abcd2e> <PERSON_k7qf2m>";
const LOGPROB: f64 = -0.25;

/// Tokens of `size` bytes each, which cut characters as real ones do.
fn tokens(text: &str, size: usize) -> Vec<Value> {
    let one = |bytes: &[u8]| {
        let token = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect(),
        };
        let alone = json!({"token": token, "logprob": LOGPROB, "bytes": bytes});
        let mut whole = alone.clone();
        whole["top_logprobs"] = json!([alone, {"token": "<", "logprob": -9.5, "bytes": [60]}]);
        whole
    };
    text.as_bytes().chunks(size).map(one).collect()
}

fn cuts_a_character(tokens: &[Value]) -> bool {
    tokens
        .iter()
        .any(|token| token["token"].as_str().unwrap().contains('\\'))
}

/// What the caller makes of the tokens of a text.
fn assert_tell(text: &str, told: &[Value], asked: usize, case: &str) {
    let bytes = told.iter().flat_map(|token| token["bytes"].as_array().unwrap());
    let bytes: Vec<u8> = bytes
        .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
        .collect();
    assert_eq!(String::from_utf8(bytes).unwrap(), text, "{case}");
    for token in told {
        let bytes: Vec<u8> = serde_json::from_value(token["bytes"].clone()).unwrap();
        if let Ok(said) = String::from_utf8(bytes) {
            assert_eq!(token["token"], said, "{case}");
        }
        let first = &token["top_logprobs"][0];
        for member in ["token", "bytes", "logprob"] {
            assert_eq!(first[member], token[member], "{case}");
        }
    }
    let sum: f64 = told.iter().map(|token| token["logprob"].as_f64().unwrap()).sum();
    assert!((sum - LOGPROB * asked as f64).abs() < 1e-9, "{case}: {sum}");
    assert!(told.len() < asked, "{case}: what was a placeholder is one token");
    assert!(!json!(told).to_string().contains("k7qf2m"), "{case}");
}

/// A chunk's text and tokens.
fn chunks(size: usize, each: usize) -> Vec<(String, Vec<Value>)> {
    let tokens = tokens(TEXT, size);
    let pieces: Vec<&[u8]> = TEXT.as_bytes().chunks(size * each).collect();
    let of = |(piece, tokens): (&&[u8], &[Value])| {
        (std::str::from_utf8(piece).unwrap().to_owned(), tokens.to_vec())
    };
    pieces.iter().zip(tokens.chunks(each)).map(of).collect()
}

/// Sizes at which no chunk cuts a character.
fn cuts() -> impl Iterator<Item = (usize, usize)> {
    let all = (1..24).flat_map(|size| (1..12).map(move |each| (size, each)));
    all.filter(|(size, each)| {
        let mut ends = (0..TEXT.len()).step_by(size * each);
        ends.all(|end| TEXT.is_char_boundary(end))
    })
}

fn chat(size: usize, each: usize) -> String {
    let chunk = |delta: Value, logprobs: Value, finish: Value| {
        let choice = json!({"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish});
        format!("data: {}\n\n", json!({"id": "c", "choices": [choice]}))
    };
    let mut stream: String = chunks(size, each)
        .into_iter()
        .map(|(text, tokens)| {
            chunk(
                json!({ "content": text }),
                json!({"content": tokens, "refusal": null}),
                Value::Null,
            )
        })
        .collect();
    stream.push_str(&chunk(json!({}), Value::Null, json!("stop")));
    stream + "data: [DONE]\n\n"
}

#[test]
fn chat_streams() {
    let text = swapped(&ChannelKind::Text, TEXT);
    let mut seen = 0;
    for (size, each) in cuts() {
        let (out, _) = relay(
            Surface::OpenAiChat,
            [chat(size, each).as_bytes()],
            &mut Swap::default(),
        );
        let (mut said, mut told) = (String::new(), Vec::new());
        for (_, data) in events(&out) {
            let Ok(event) = serde_json::from_str::<Value>(&data) else {
                continue;
            };
            let choice = &event["choices"][0];
            said.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
            told.extend(
                choice["logprobs"]["content"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
        }
        assert_eq!(said, text);
        assert_tell(&text, &told, tokens(TEXT, size).len(), &format!("{size} {each}"));
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn responses_streams() {
    let text = swapped(&ChannelKind::Text, TEXT);
    for (size, each) in cuts() {
        let all = tokens(TEXT, size);
        let at = json!({"item_id": "msg_1", "output_index": 0, "content_index": 0});
        let mut list: Vec<Value> = Vec::new();
        for (piece, tokens) in chunks(size, each) {
            list.push(json!({"type": "response.output_text.delta", "delta": piece, "logprobs": tokens}));
        }
        let part = json!({"type": "output_text", "text": TEXT, "annotations": [], "logprobs": all});
        list.push(json!({"type": "response.output_text.done", "text": TEXT, "logprobs": all}));
        list.push(json!({"type": "response.content_part.done", "part": part}));
        let mut stream = String::new();
        for (number, mut event) in list.into_iter().enumerate() {
            event["sequence_number"] = json!(number);
            event
                .as_object_mut()
                .unwrap()
                .extend(at.as_object().unwrap().clone());
            stream += &format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap());
        }
        let (out, _) = relay(
            Surface::OpenAiResponses,
            [stream.as_bytes()],
            &mut Swap::default(),
        );
        assert_counts_up(Surface::OpenAiResponses, &out);
        let mut told = [Vec::new(), Vec::new(), Vec::new()];
        for (_, data) in events(&out) {
            let event: Value = serde_json::from_str(&data).unwrap();
            let (which, list) = match event["type"].as_str().unwrap() {
                "response.output_text.delta" => (0, &event["logprobs"]),
                "response.output_text.done" => (1, &event["logprobs"]),
                _ => (2, &event["part"]["logprobs"]),
            };
            told[which].extend(list.as_array().expect("a list").iter().cloned());
        }
        for (which, told) in told.iter().enumerate() {
            assert_tell(&text, told, all.len(), &format!("{size} {each} {which}"));
        }
        assert_eq!(told[0], told[1], "{size} {each}");
        assert_eq!(told[1], told[2], "{size} {each}");
    }
}

#[test]
fn whole_answers_of_both() {
    let text = swapped(&ChannelKind::Text, TEXT);
    for size in 1..40 {
        let all = tokens(TEXT, size);
        let chat = json!({"id": "c", "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT},
            "logprobs": {"content": all, "refusal": null}, "finish_reason": "stop"}]});
        let part = json!({"type": "output_text", "text": TEXT, "annotations": [], "logprobs": all});
        let responses = json!({"id": "r", "object": "response",
            "output": [{"type": "message", "content": [part]}]});
        for (surface, body, list) in [
            (Surface::OpenAiChat, chat, "/choices/0/logprobs/content"),
            (
                Surface::OpenAiResponses,
                responses,
                "/output/0/content/0/logprobs",
            ),
        ] {
            let mut codec = ResponseCodec::new(surface);
            let body = body.to_string();
            let out = codec.body(body.as_bytes(), &mut Swap::default()).unwrap();
            let out: Value = serde_json::from_slice(&out).unwrap();
            let told = out.pointer(list).unwrap().as_array().unwrap();
            assert_tell(&text, told, all.len(), &format!("{size}"));
        }
    }
}

#[test]
fn tokens_of_other_text_stay_byte_for_byte() {
    for (size, each) in cuts() {
        let stream = chat(size, each);
        assert_eq!(
            relay(Surface::OpenAiChat, [stream.as_bytes()], &mut Keep).0,
            stream.as_bytes()
        );
        // Held back or not, each is what it was.
        let (out, _) = relay(Surface::OpenAiChat, [stream.as_bytes()], &mut Lag::new(5));
        let told: Vec<Value> = events(&out)
            .iter()
            .filter_map(|(_, data)| serde_json::from_str::<Value>(data).ok())
            .flat_map(|event| {
                let list = event["choices"][0]["logprobs"]["content"].as_array().cloned();
                list.unwrap_or_default()
            })
            .collect();
        assert_eq!(told, tokens(TEXT, size), "{size} {each}");
    }
}

#[test]
fn a_placeholder_between_others_takes_none_of_them_along() {
    let list = json!([
        {"token": "Dear", "logprob": -1},
        {"token": " <PERSON", "logprob": -1, "bytes": null},
        {"token": "_k7qf2m>", "logprob": -2e0, "id": 7},
        {"token": "!", "logprob": -1.50},
        {"token": "<EMAIL_abcd2e>", "logprob": "none", "top_logprobs": []},
        {"logprob": -1}, 5
    ]);
    let body = json!({"choices": [{"logprobs": {"content": list}}]}).to_string();
    let mut codec = ResponseCodec::new(Surface::OpenAiChat);
    let out = codec.body(body.as_bytes(), &mut Unended::default()).unwrap();
    let out: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(
        out["choices"][0]["logprobs"]["content"],
        json!([
            {"token": "Dear", "logprob": -1},
            {"token": " Ann \"Ace\" Lee", "logprob": -3.0, "bytes": null},
            {"token": "!", "logprob": -1.50},
            {"token": "ann@corp.example", "logprob": "none", "top_logprobs": []},
            {"logprob": -1}, 5
        ])
    );
}

#[test]
fn the_cases_cut_characters_too() {
    assert!(cuts().any(|(size, _)| cuts_a_character(&tokens(TEXT, size))));
}
