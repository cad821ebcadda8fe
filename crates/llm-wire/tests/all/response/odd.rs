//! Events that no provider sends, made of the words that providers use: none may panic, none may come out broken.

use llm_wire::{AnswerError, ResponseCodec, Surface};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::client::events;
use super::relay;
use super::restorers::{Keep, Lag, TOKENS, Unended};

const SURFACES: [Surface; 5] = [
    Surface::OpenAiChat,
    Surface::OpenAiResponses,
    Surface::AnthropicMessages,
    Surface::OpenAiEmbeddings,
    Surface::OpenAiCompletions,
];

const WORDS: &str = "action annotations arguments audio choices citation citations code content content_block \
    content_index conversation custom data delta detail details encrypted_content error finish_reason function \
    function_call id index input instructions item item_id logprobs message metadata name operation output \
    output_index outputs part partial_json queries reasoning reasoning_content refusal response results \
    sequence_number server_name signature summary summary_index text thinking tool_calls transcript type usage \
    compaction compaction_delta content_block_delta content_block_start content_block_stop citations_delta \
    input_json_delta message_start message_stop response.completed response.content_part.done \
    response.function_call_arguments.delta response.function_call_arguments.done response.output_item.added \
    response.output_item.done response.output_text.delta response.output_text.done stop text_delta tool_use";

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(WORDS.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        3 => prop::sample::select(TOKENS.map(|(token, _)| token).to_vec()).prop_map(Value::from),
        2 => "[<a\"\\\\\u{fffd}\u{1f600}]{0,4}".prop_map(Value::from),
        2 => (0u64..3).prop_map(Value::from),
        1 => prop::sample::select(vec![json!(null), json!(true), json!(-1.5), json!(u64::MAX)]),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            3 => prop::collection::vec((word(), inner.clone()), 0..6).prop_map(|members| Value::Object(Map::from_iter(members))),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    (word(), prop::collection::vec((word(), document()), 0..8)).prop_map(|(kind, members)| {
        let mut object = Map::from_iter(members);
        object.insert("type".into(), kind.into());
        Value::Object(object)
    })
}

proptest! {
    #[test]
    fn odd_events_come_out_as_json(documents in prop::collection::vec(object(), 1..6), lag in 0usize..5) {
        let stream: String = documents.iter().map(|document| format!("data: {document}\n\n")).collect();
        for surface in SURFACES {
            let kept = relay(surface, [stream.as_bytes()], &mut Keep).0;
            prop_assert_eq!(kept, stream.as_bytes());
            let swapped = relay(surface, [stream.as_bytes()], &mut Unended::default()).0;
            let late = relay(surface, [stream.as_bytes()], &mut Lag::new(lag)).0;
            for (_, data) in events(&swapped).into_iter().chain(events(&late)) {
                prop_assert!(serde_json::from_str::<Value>(&data).is_ok(), "{}", data);
            }
        }
    }

    #[test]
    fn odd_bodies_come_out_as_json(document in document()) {
        let body = document.to_string();
        for surface in SURFACES {
            let mut codec = ResponseCodec::new(surface);
            let out = codec.body(body.as_bytes(), &mut Unended::default());
            if !document.is_object() && !document.is_array() {
                prop_assert_eq!(out, Err(AnswerError::NotJson));
                continue;
            }
            prop_assert!(serde_json::from_slice::<Value>(&out.unwrap()).is_ok());
            let mut codec = ResponseCodec::new(surface);
            let out = codec.error_body(body.as_bytes(), &mut Unended::default()).unwrap();
            prop_assert!(serde_json::from_slice::<Value>(&out).is_ok());
        }
    }
}
