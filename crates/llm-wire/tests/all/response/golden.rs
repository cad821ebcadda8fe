//! Streams and bodies as providers document them, in files: `NAME.sse` in, `NAME.out.sse` out.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use llm_wire::{AnswerFacts, ResponseCodec, Surface, Usage};

use super::client::{self, Seen};
use super::relay;
use super::restorers::{Keep, Lag, Swap, swapped};

struct Case {
    name: String,
    surface: Surface,
    input: Vec<u8>,
    expected: PathBuf,
}

fn cases(extension: &str) -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/response");
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some((name, rest)) = file.split_once('.') else {
            continue;
        };
        if rest == extension {
            cases.push(Case {
                name: name.to_owned(),
                surface: surface(name),
                input: fs::read(folder.join(&file)).unwrap(),
                expected: folder.join(format!("{name}.out.{extension}")),
            });
        }
    }
    assert!(cases.len() >= 8, "the golden files are there");
    cases
}

fn surface(name: &str) -> Surface {
    match name.split('_').next() {
        Some("responses") => Surface::OpenAiResponses,
        Some("messages") => Surface::AnthropicMessages,
        Some("completions") => Surface::OpenAiCompletions,
        Some("embeddings") => Surface::OpenAiEmbeddings,
        _ => Surface::OpenAiChat,
    }
}

fn swap(case: &Case) -> Vec<u8> {
    relay(case.surface, [&case.input[..]], &mut Swap::default()).0
}

fn body(case: &Case) -> Vec<u8> {
    let mut codec = ResponseCodec::new(case.surface);
    codec
        .body(&case.input, &mut Swap::default())
        .unwrap()
        .into_owned()
}

#[test]
#[ignore = "writes the snapshots; read the diff before you commit it"]
fn bless() {
    for case in cases("sse") {
        fs::write(&case.expected, swap(&case)).unwrap();
    }
    for case in cases("json") {
        fs::write(&case.expected, body(&case)).unwrap();
    }
}

#[test]
fn streams_come_out_as_the_snapshots_have_it() {
    for case in cases("sse") {
        let expected = fs::read(&case.expected).unwrap();
        assert_eq!(
            String::from_utf8(swap(&case)).unwrap(),
            String::from_utf8(expected).unwrap(),
            "{}",
            case.name
        );
    }
}

#[test]
fn bodies_come_out_as_the_snapshots_have_it() {
    for case in cases("json") {
        let expected = fs::read(&case.expected).unwrap();
        assert_eq!(
            String::from_utf8(body(&case)).unwrap(),
            String::from_utf8(expected).unwrap(),
            "{}",
            case.name
        );
    }
}

#[test]
fn bodies_without_anything_to_restore_stay_byte_for_byte() {
    for case in cases("json") {
        let mut codec = ResponseCodec::new(case.surface);
        assert!(
            matches!(codec.body(&case.input, &mut Keep), Ok(Cow::Borrowed(_))),
            "{}",
            case.name
        );
    }
}

#[test]
fn no_split_into_chunks_changes_the_outcome() {
    for case in cases("sse") {
        let expected = swap(&case);
        for at in 0..=case.input.len() {
            let (head, tail) = case.input.split_at(at);
            let (out, _) = relay(case.surface, [head, tail], &mut Swap::default());
            assert!(out == expected, "{} cut at {at}", case.name);
        }
        let (out, _) = relay(case.surface, case.input.chunks(1), &mut Swap::default());
        assert!(out == expected, "{} byte by byte", case.name);
    }
}

#[test]
fn streams_without_anything_to_restore_stay_byte_for_byte() {
    for case in cases("sse") {
        for size in [1, 2, 3, 7, 64, usize::MAX] {
            let (out, _) = relay(case.surface, case.input.chunks(size), &mut Keep);
            assert!(out == case.input, "{} in chunks of {size}", case.name);
        }
    }
}

#[test]
fn any_line_end_is_kept() {
    for case in cases("sse") {
        for line_end in ["\r", "\r\n"] {
            let with = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap().replace('\n', line_end);
            let (input, expected) = (with(&case.input), with(&swap(&case)));
            for size in [1, 2, 5, usize::MAX] {
                let (out, _) = relay(case.surface, input.as_bytes().chunks(size), &mut Swap::default());
                assert_eq!(
                    String::from_utf8(out).unwrap(),
                    expected,
                    "{} in chunks of {size}",
                    case.name
                );
            }
            let (out, _) = relay(case.surface, input.as_bytes().chunks(1), &mut Keep);
            assert!(out == input.as_bytes(), "{}", case.name);
        }
    }
}

#[test]
fn a_caller_reads_every_text_restored() {
    for case in cases("sse") {
        let expected: Seen = client::read(case.surface, &case.input)
            .into_iter()
            .map(|(place, (kind, text))| (place, (kind.clone(), swapped(&kind, &text))))
            .collect();
        assert_eq!(
            client::read(case.surface, &swap(&case)),
            expected,
            "{}",
            case.name
        );
    }
}

#[test]
fn what_is_held_back_comes_before_the_channel_ends() {
    for case in cases("sse") {
        let expected = client::read(case.surface, &case.input);
        for characters in 0..48 {
            let (out, _) = relay(case.surface, [&case.input[..]], &mut Lag::new(characters));
            assert_eq!(
                client::read(case.surface, &out),
                expected,
                "{} behind by {characters}",
                case.name
            );
            assert_nothing_after_its_end(case.surface, &out);
            client::assert_counts_up(case.surface, &out);
        }
    }
}

/// No delta after the event that ends its choice, block or text.
fn assert_nothing_after_its_end(surface: Surface, stream: &[u8]) {
    let mut ended = HashSet::new();
    for (_, data) in client::events(stream) {
        let Ok(event) = serde_json::from_str::<serde_json::Value>(&data) else {
            continue;
        };
        let kind = event["type"].as_str().unwrap_or_default();
        match surface {
            Surface::AnthropicMessages => {
                let index = event["index"].to_string();
                assert!(kind != "content_block_delta" || !ended.contains(&index), "{data}");
                if kind == "content_block_stop" {
                    ended.insert(index);
                }
            }
            Surface::OpenAiResponses => {
                let parts =
                    ["output_index", "content_index", "summary_index"].map(|key| event[key].to_string());
                let place = |stem: &str| format!("{stem} {}", parts.join("."));
                if let Some(stem) = kind.strip_suffix(".delta") {
                    assert!(!ended.contains(&place(stem)), "{data}");
                } else if let Some(stem) = kind.strip_suffix(".done") {
                    ended.insert(place(stem));
                }
            }
            _ => {
                for choice in event["choices"].as_array().into_iter().flatten() {
                    assert!(!ended.contains(&choice["index"].to_string()), "{data}");
                    if choice["finish_reason"].is_string() {
                        ended.insert(choice["index"].to_string());
                    }
                }
            }
        }
    }
}

#[test]
fn facts_are_what_the_provider_reports() {
    let facts = |name: &str| {
        let case = cases("sse").into_iter().find(|case| case.name == name).unwrap();
        relay(case.surface, [&case.input[..]], &mut Swap::default()).1
    };
    let usage = |input, output, cached| Usage {
        input: Some(input),
        output: Some(output),
        cached,
    };
    assert_eq!(
        facts("responses_text"),
        AnswerFacts {
            response_id: Some("resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654".into()),
            conversation: Some("conv_1".into()),
            usage: usage(37, 11, Some(5)),
            terminal: true,
            error_code: None,
        }
    );
    assert_eq!(facts("chat_text").usage, usage(19, 10, Some(4)));
    assert_eq!(facts("messages_blocks").usage, usage(25, 89, Some(7)));
    assert!(facts("messages_blocks").terminal && facts("chat_choices_and_tools").terminal);
    assert!(!facts("chat_cut").terminal && !facts("messages_error").terminal);
    assert_eq!(facts("chat_error").error_code.as_deref(), Some("overloaded"));
    assert_eq!(
        facts("messages_error").error_code.as_deref(),
        Some("overloaded_error")
    );
    assert_eq!(
        facts("responses_failed").error_code.as_deref(),
        Some("invalid_prompt")
    );
    assert_eq!(
        facts("responses_error").error_code.as_deref(),
        Some("server_error")
    );
}
