//! Streams that a caller goes on with: together with what it had, it has what an uninterrupted one is.

use llm_wire::{StreamCodec, Surface};
use serde_json::{Value, json};

use super::client::events;
use super::relay;
use super::restorers::Swap;

fn stream() -> String {
    let response = json!({"id": "resp_1", "object": "response", "background": true, "output": []});
    let at = json!({"item_id": "msg_1", "output_index": 0, "content_index": 0});
    let mut list = vec![
        json!({"type": "response.created", "response": response}),
        json!({"type": "response.in_progress", "response": response}),
    ];
    // The text ends in a placeholder, so that there is an event more than the upstream has.
    for text in ["to ", "<EMA", "IL_ab", "cd2e>, ", "<PERSON_", "k7qf2m>"] {
        list.push(json!({"type": "response.output_text.delta", "delta": text}));
    }
    list.push(json!({"type": "response.output_text.delta", "delta": " <EMAIL_abcd2"}));
    list.push(json!({"type": "response.output_text.done", "text": "..."}));
    list.push(json!({"type": "response.completed", "response": response}));
    let mut stream = String::new();
    for (number, mut event) in list.into_iter().enumerate() {
        event["sequence_number"] = json!(number);
        event
            .as_object_mut()
            .unwrap()
            .extend(at.as_object().unwrap().clone());
        stream += &format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap());
    }
    stream
}

fn numbers(stream: &[u8]) -> Vec<u64> {
    let events = events(stream).into_iter();
    let events = events.map(|(_, data)| serde_json::from_str::<Value>(&data).unwrap());
    events
        .map(|event| event["sequence_number"].as_u64().unwrap())
        .collect()
}

#[test]
fn nothing_comes_twice_and_nothing_is_missing() {
    let input = stream();
    let (whole, _) = relay(Surface::OpenAiResponses, [input.as_bytes()], &mut Swap::default());
    let count = numbers(&whole).len();
    assert_eq!(
        count,
        numbers(input.as_bytes()).len() + 1,
        "one event is inserted"
    );
    let parts: Vec<&str> = std::str::from_utf8(&whole)
        .unwrap()
        .split_inclusive("\n\n")
        .collect();
    for had in 0..count as u64 + 2 {
        for size in [1, 50, usize::MAX] {
            let mut codec = StreamCodec::new(Surface::OpenAiResponses).resumed(had);
            let (mut restore, mut out) = (Swap::default(), Vec::new());
            for chunk in input.as_bytes().chunks(size) {
                codec.push(chunk, &mut restore, &mut out).unwrap();
            }
            codec.finish(&mut restore, &mut out).unwrap();
            let rest = parts.get(usize::try_from(had).unwrap() + 1..).unwrap_or_default();
            assert_eq!(String::from_utf8(out).unwrap(), rest.concat(), "after {had}");
        }
    }
}

#[test]
fn what_a_cut_leaves_of_a_stream_that_can_be_resumed_comes_later() {
    let input = stream();
    let (whole, _) = relay(Surface::OpenAiResponses, [input.as_bytes()], &mut Swap::default());
    for at in 0..input.len() {
        let (cut, _) = relay(
            Surface::OpenAiResponses,
            [&input.as_bytes()[..at]],
            &mut Swap::default(),
        );
        let cut = String::from_utf8(cut).unwrap();
        let events = cut.rfind("\n\n").map_or("", |end| &cut[..end + 2]);
        assert!(whole.starts_with(events.as_bytes()), "cut at {at}");
    }
}
