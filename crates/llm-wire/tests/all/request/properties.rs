//! Random documents in random spelling, against another JSON reader.

use std::fmt::Write as _;

use llm_wire::{Document, Edit, Limits, Surface};
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{parse, written};

const SURFACES: [Surface; 5] = [
    Surface::OpenAiChat,
    Surface::OpenAiResponses,
    Surface::AnthropicMessages,
    Surface::OpenAiEmbeddings,
    Surface::OpenAiCompletions,
];

/// Values whose strings are sometimes JSON themselves.
fn value() -> impl Strategy<Value = Value> {
    let text = "[a-z\"\\\\/ \n\t\u{1}\u{7f}\u{e9}\u{4e2d}\u{1f600}<>&@]{0,12}";
    let leaf = prop_oneof![
        4 => text.prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            2 => prop::collection::vec((text, inner.clone()), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            1 => (inner.clone(), any::<u64>()).prop_map(|(inner, seed)| Value::from(spelled(&inner, seed))),
        ]
    })
}

/// Requests in the shape of a surface, with random values in it.
fn request() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "model",
        "messages",
        "input",
        "role",
        "content",
        "type",
        "text",
        "tools",
        "name",
        "id",
        "system",
        "thinking",
        "signature",
        "source",
        "data",
        "media_type",
        "tool_calls",
        "function",
        "arguments",
        "output",
        "metadata",
        "citations",
        "properties",
        "image_url",
        "url",
        "x",
    ]);
    let word = prop::sample::select(vec![
        "user",
        "assistant",
        "text",
        "thinking",
        "image",
        "base64",
        "tool_use",
        "tool_result",
        "message",
        "function_call",
        "input_image",
        "image/png",
        "EqQBCg==",
        "call_1",
        "Alice Smith",
        "data:text/plain;base64,QWxpY2U=",
        "[\"Alice\"]",
        "",
    ]);
    let leaf = prop_oneof![3 => word.prop_map(Value::from), 1 => any::<u32>().prop_map(Value::from)];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 1..6)
                .prop_map(|members| members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<Map<_, _>>())
                .prop_map(Value::Object),
        ]
    })
}

/// The value written with random white space and escapes.
fn spelled(value: &Value, seed: u64) -> String {
    let mut speller = Speller {
        state: seed,
        out: String::new(),
    };
    speller.value(value);
    speller.out
}

struct Speller {
    state: u64,
    out: String,
}

impl Speller {
    fn chance(&mut self, one_in: u64) -> bool {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33).is_multiple_of(one_in)
    }

    fn space(&mut self) {
        for space in [" ", "\n", "\r", "\t"] {
            if self.chance(9) {
                self.out.push_str(space);
            }
        }
    }

    fn value(&mut self, value: &Value) {
        self.space();
        match value {
            Value::String(text) => self.string(text),
            Value::Array(values) => {
                self.out.push('[');
                for (index, value) in values.iter().enumerate() {
                    self.out.push_str(if index > 0 { "," } else { "" });
                    self.value(value);
                }
                self.space();
                self.out.push(']');
            }
            Value::Object(members) => {
                self.out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    self.out.push_str(if index > 0 { "," } else { "" });
                    self.space();
                    self.string(key);
                    self.space();
                    self.out.push(':');
                    self.value(value);
                }
                self.space();
                self.out.push('}');
            }
            other => self.out.push_str(&other.to_string()),
        }
        self.space();
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let plain = Value::from(character.to_string()).to_string();
            if self.chance(6) {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(self.out, "\\u{unit:04X}").expect("a string takes any text");
                }
            } else if character == '/' && self.chance(2) {
                self.out.push_str("\\/");
            } else {
                self.out.push_str(&plain[1..plain.len() - 1]);
            }
        }
        self.out.push('"');
    }
}

/// Every key, string and number in order, JSON in strings taken apart.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => texts(&inner, out),
            _ if text.is_empty() => {}
            _ => out.push(text.clone()),
        },
        Value::Number(number) => out.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, out)),
        Value::Object(members) => {
            for (key, value) in members {
                if !key.is_empty() {
                    out.push(key.clone());
                }
                texts(value, out);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn all_texts(body: &str) -> Vec<String> {
    let mut out = Vec::new();
    texts(&serde_json::from_str(body).expect("JSON"), &mut out);
    out
}

proptest! {
    #[test]
    fn the_leaves_are_what_another_reader_finds(value in value(), seed in any::<u64>()) {
        // In an array no surface knows any key.
        let body = spelled(&Value::from(vec![value]), seed);
        let document = parse(&body, Surface::OpenAiChat);
        prop_assert_eq!(written(&document, &[]), body.as_str());
        let found: Vec<_> = document.leaves().iter().map(|leaf| leaf.text.as_ref()).collect();
        prop_assert_eq!(found, all_texts(&body));
    }

    #[test]
    fn every_leaf_can_be_replaced(value in value(), seed in any::<u64>()) {
        let body = spelled(&Value::from(vec![value]), seed);
        let document = parse(&body, Surface::OpenAiChat);
        let replacements: Vec<_> =
            (0..document.leaves().len()).map(|leaf| format!("\"<\\{leaf}\n\u{1f600}>")).collect();
        let edits: Vec<_> = document.leaves().iter().zip(&replacements).enumerate().map(|(leaf, (found, replacement))| {
            Edit { leaf, span: 0..found.text.len(), replacement }
        }).collect();
        prop_assert_eq!(all_texts(&written(&document, &edits)), replacements);
    }

    #[test]
    fn part_of_a_leaf_can_be_replaced(value in value(), seed in any::<u64>(), pick in any::<prop::sample::Index>(), cut in any::<[prop::sample::Index; 4]>()) {
        let body = spelled(&Value::from(vec![value]), seed);
        let document = parse(&body, Surface::OpenAiChat);
        prop_assume!(!document.leaves().is_empty());
        let leaf = pick.index(document.leaves().len());
        let text = document.leaves()[leaf].text.as_ref();
        let ends: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut cut = cut.map(|cut| ends[cut.index(ends.len())]);
        cut.sort_unstable();
        let edits = [cut[0]..cut[1], cut[2]..cut[3]].map(|span| Edit { leaf, span, replacement: "<\"P>" });
        let mut expected = all_texts(&body);
        expected[leaf] = format!("{}<\"P>{}<\"P>{}", &text[..cut[0]], &text[cut[1]..cut[2]], &text[cut[3]..]);
        prop_assert_eq!(all_texts(&written(&document, &edits)), expected);
    }

    #[test]
    fn requests_of_any_shape_come_back_and_hide_nothing(request in request(), seed in any::<u64>()) {
        let body = spelled(&request, seed);
        for surface in SURFACES {
            let mut document = parse(&body, surface);
            prop_assert_eq!(written(&document, &[]), body.as_str());
            // A name with a space in it is no enumeration, id or payload anywhere.
            let exempt = document.leaves().iter().any(|leaf| {
                leaf.text.contains("Alice Smith") && leaf.class != llm_wire::FieldClass::Text
                    && leaf.class != llm_wire::FieldClass::Sealed
            });
            prop_assert!(!exempt);
            prop_assert!(!super::replaced(&document, "Alice Smith", "<P>").contains("Alice Smith"));
            document.explain("Keep \"it\".");
            document.strip_client_metadata();
            let explained: Value = serde_json::from_str(&written(&document, &[])).unwrap();
            prop_assert!(explained.is_object() == request.is_object());
        }
    }

    #[test]
    fn bytes_are_read_as_another_reader_does_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if Document::parse(&bytes, Surface::OpenAiChat, &Limits::default()).is_ok() {
            prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok());
        }
    }
}
