//! Random texts on many channels at once, cut and mixed at random: none may leak into another.

use llm_wire::Surface;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::client::{self, Seen};
use super::relay;
use super::restorers::{Keep, Lag, Swap, TOKENS, swapped};

/// Text in which tokens, beginnings of tokens and lone brackets are frequent.
fn text() -> impl Strategy<Value = String> {
    let token = prop::sample::select(TOKENS.map(|(token, _)| token).to_vec());
    let piece = prop_oneof![
        3 => token.clone().prop_map(str::to_owned),
        2 => (token, any::<Index>()).prop_map(|(token, at)| token[..at.index(token.len())].to_owned()),
        2 => "[a-z <>{\"\\\\\n\u{4e2d}\u{1f600}]{0,6}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// The deltas of all channels, mixed: (channel, text). Each channel's own order stays.
fn deltas(channels: usize) -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((0..channels, text(), any::<Index>()), 0..24).prop_map(|pieces| {
        let mut deltas = Vec::new();
        for (channel, text, at) in pieces {
            let cut = text
                .char_indices()
                .map(|(at, _)| at)
                .nth(at.index(text.chars().count().max(1)))
                .unwrap_or(0);
            deltas.push((channel, text[..cut].to_owned()));
            deltas.push((channel, text[cut..].to_owned()));
        }
        // A stable order by a mixed key interleaves the halves of neighbouring pieces.
        for at in (1..deltas.len().saturating_sub(1)).step_by(2) {
            if deltas[at].0 != deltas[at + 1].0 {
                deltas.swap(at, at + 1);
            }
        }
        deltas
    })
}

fn stream(events: impl IntoIterator<Item = Value>) -> Vec<u8> {
    let mut out = String::new();
    for event in events {
        if let Some(name) = event["type"].as_str() {
            out.push_str(&format!("event: {name}\n"));
        }
        out.push_str(&format!("data: {event}\n\n"));
    }
    out.into_bytes()
}

/// Two choices with text, refusal, two function calls and a custom one each.
fn chat(deltas: &[(usize, String)], finish: bool) -> Vec<u8> {
    let chunk = |index: usize, delta: Value, reason: Option<&str>| json!({"id": "c", "choices": [{"index": index, "delta": delta, "finish_reason": reason}]});
    let names = [("function", "read"), ("function", "send"), ("custom", "patch")];
    let mut events = Vec::new();
    for index in 0..2 {
        let calls: Vec<Value> = (0..3)
            .map(|at| json!({"index": at, names[at].0: {"name": names[at].1}}))
            .collect();
        events.push(chunk(index, json!({"tool_calls": calls}), None));
    }
    for (channel, text) in deltas {
        let (index, field) = (channel / 5, channel % 5);
        let delta = match field {
            0 => json!({"content": text}),
            1 => json!({"refusal": text}),
            4 => json!({"tool_calls": [{"index": 2, "custom": {"input": text}}]}),
            at => json!({"tool_calls": [{"index": at - 2, "function": {"arguments": text}}]}),
        };
        events.push(chunk(index, delta, None));
    }
    if finish {
        events.extend((0..2).map(|index| chunk(index, json!({}), Some("stop"))));
    }
    stream(events)
}

/// Four blocks: two texts, a tool that is restored and one that is not.
fn messages(deltas: &[(usize, String)], finish: bool) -> Vec<u8> {
    let starts = (0..4).map(|index| match index {
        0 | 1 => json!({"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}}),
        _ => json!({"type": "content_block_start", "index": index,
            "content_block": {"type": "tool_use", "id": "t", "name": (["read", "send"][index - 2]), "input": {}}}),
    });
    let pieces = deltas.iter().map(|(channel, text)| match channel % 4 {
        index @ (0 | 1) => json!({"type": "content_block_delta", "index": index,
            "delta": {"type": "text_delta", "text": text}}),
        index => json!({"type": "content_block_delta", "index": index,
            "delta": {"type": "input_json_delta", "partial_json": text}}),
    });
    let stops = (0..4).map(|index| json!({"type": "content_block_stop", "index": index}));
    let stops = stops.chain([json!({"type": "message_stop"})]).filter(|_| finish);
    stream(starts.chain(pieces).chain(stops))
}

/// Two parts of one message, a refusal, a function call and a custom call; whole texts follow.
fn responses(deltas: &[(usize, String)], finish: bool) -> Vec<u8> {
    const KINDS: [(&str, u64, u64, &str); 5] = [
        ("response.output_text", 0, 0, "text"),
        ("response.output_text", 0, 1, "text"),
        ("response.refusal", 0, 2, "refusal"),
        ("response.function_call_arguments", 1, 0, "arguments"),
        ("response.custom_tool_call_input", 2, 0, "input"),
    ];
    let added = |index: u64, kind: &str, name: &str| json!({"type": "response.output_item.added", "output_index": index, "item": {"type": kind, "name": name}});
    let mut events = vec![
        added(1, "function_call", "read"),
        added(2, "custom_tool_call", "send"),
    ];
    let mut whole: [String; 5] = Default::default();
    for (channel, text) in deltas {
        let (stem, output, content, _) = KINDS[channel % 5];
        whole[channel % 5].push_str(text);
        events.push(json!({"type": format!("{stem}.delta"), "output_index": output, "content_index": content, "delta": text}));
    }
    for ((stem, output, content, field), text) in KINDS.iter().zip(whole).filter(|_| finish) {
        events.push(json!({"type": format!("{stem}.done"), "output_index": output, "content_index": content, *field: text}));
    }
    for (number, event) in events.iter_mut().enumerate() {
        event["sequence_number"] = json!(number);
    }
    stream(events)
}

fn check(surface: Surface, input: &[u8], chunk: usize, lag: usize) -> Result<(), TestCaseError> {
    let seen = client::read(surface, input);
    let expected: Seen = seen
        .iter()
        .map(|(place, (kind, text))| (place.clone(), (kind.clone(), swapped(kind, text))))
        .collect();
    let (out, _) = relay(surface, input.chunks(chunk), &mut Swap::default());
    prop_assert_eq!(client::read(surface, &out), expected);
    client::assert_counts_up(surface, &out);
    let (out, _) = relay(surface, input.chunks(chunk), &mut Lag::new(lag));
    prop_assert_eq!(client::read(surface, &out), seen);
    let (out, _) = relay(surface, input.chunks(chunk), &mut Keep);
    prop_assert!(out == input);
    Ok(())
}

proptest! {
    #[test]
    fn chat_channels_stay_apart(deltas in deltas(10), finish in any::<bool>(), chunk in 1usize..400, lag in 0usize..30) {
        check(Surface::OpenAiChat, &chat(&deltas, finish), chunk, lag)?;
    }

    #[test]
    fn message_blocks_stay_apart(deltas in deltas(4), finish in any::<bool>(), chunk in 1usize..400, lag in 0usize..30) {
        check(Surface::AnthropicMessages, &messages(&deltas, finish), chunk, lag)?;
    }

    #[test]
    fn response_items_stay_apart(deltas in deltas(5), finish in any::<bool>(), chunk in 1usize..400, lag in 0usize..30) {
        check(Surface::OpenAiResponses, &responses(&deltas, finish), chunk, lag)?;
    }

    #[test]
    fn no_bytes_are_lost_or_made_up(bytes in prop::collection::vec(prop::sample::select(b"data: {}[]\"<\r\n\xef\xbb\xbf\xff".to_vec()), 0..64), chunk in 1usize..9) {
        for surface in [Surface::OpenAiChat, Surface::OpenAiResponses, Surface::AnthropicMessages] {
            prop_assert_eq!(&relay(surface, bytes.chunks(chunk), &mut Keep).0, &bytes);
        }
    }
}
