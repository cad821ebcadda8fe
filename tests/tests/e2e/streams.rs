//! Leak catalogue, streams: 22 to 25 and 32; and that deltas arrive as they are made.

use e2e::{
    caller::{Event, events},
    canary::{self, EMAIL, LETTER},
    fake::{End, PATIENCE, Part, Reply, SseStyle},
};
use http::Method;
use http_body_util::BodyExt;
use serde_json::Value;

use crate::support::{Outcome, Pair, Surface};

async fn streamed(pair: &Pair, surface: Surface, text: &str, reply: Reply) -> anyhow::Result<Vec<Event>> {
    pair.fake.script([reply]);
    Ok(pair
        .caller()
        .post(surface.path(), &surface.ask(text, true))
        .await?
        .ok()?
        .events())
}

#[tokio::test(flavor = "multi_thread")]
async fn l22_a_tail_is_never_kept() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for tail in [
            "<",
            "<EM",
            "<EMAIL_",
            "<EMAIL_abcdef",
            "<PERSON_k7qf2",
            "&lt;EMAIL_",
            "a <",
            "\\u003cEMAIL",
        ] {
            for end in [End::Whole, End::Silent] {
                let text = format!("{{{{EMAIL}}}} then {tail}");
                let silent = matches!(end, End::Silent);
                let events = streamed(
                    &pair,
                    surface,
                    EMAIL,
                    Reply {
                        end,
                        piece: 2,
                        ..Reply::text(&text)
                    },
                )
                .await?;
                assert_eq!(
                    surface.streamed(&events),
                    format!("{EMAIL} then {tail}"),
                    "{surface:?}"
                );
                assert_ne!(surface.is_complete(&events), silent, "{surface:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l23_choices_do_not_share_a_buffer() -> Outcome {
    let pair = Pair::new().await?;
    for (path, field) in [
        ("/v1/chat/completions", "/delta/content"),
        ("/v1/completions", "/text"),
    ] {
        for piece in [1, 3, 8] {
            pair.fake.script([Reply {
                piece,
                ..Reply::text("{{choice}} {{EMAIL}} {{choice}}")
            }]);
            let surface = if path.ends_with("chat/completions") {
                Surface::Chat
            } else {
                Surface::Completions
            };
            let mut body = surface.ask(EMAIL, true);
            body["n"] = 3.into();
            let mut texts = [const { String::new() }; 3];
            for event in pair.caller().post(path, &body).await?.ok()?.events() {
                for choice in event.json()["choices"].as_array().into_iter().flatten() {
                    let index = choice["index"]
                        .as_u64()
                        .and_then(|i| usize::try_from(i).ok())
                        .expect("an index");
                    texts[index].push_str(choice.pointer(field).and_then(Value::as_str).unwrap_or_default());
                }
            }
            assert_eq!(texts, [0, 1, 2].map(|n| format!("{n} {EMAIL} {n}")), "{path}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l23_calls_and_blocks_do_not_share_a_buffer() -> Outcome {
    let pair = Pair::with(|setup| setup.set("REHYDRATE__TOOLS", "[\"*\"]")).await?;
    let call = |n: usize| Part::tool("send", &format!("{{\"n\":{n},\"to\":\"{{{{EMAIL}}}}\"}}"));
    let parts = [
        Part::Text("1 {{EMAIL}}".into()),
        call(1),
        Part::Text("2 {{EMAIL}}".into()),
        call(2),
        call(3),
    ];
    for (surface, interleave) in [
        (Surface::Chat, true),
        (Surface::Chat, false),
        (Surface::Responses, false),
        (Surface::Messages, false),
    ] {
        let reply = Reply {
            piece: 2,
            interleave,
            ..Reply::parts(parts.clone())
        };
        let events = streamed(&pair, surface, EMAIL, reply).await?;
        assert_eq!(
            surface.streamed(&events),
            format!("1 {EMAIL}2 {EMAIL}"),
            "{surface:?}"
        );
        let expected = [1, 2, 3].map(|n| format!("{{\"n\":{n},\"to\":\"{EMAIL}\"}}"));
        assert_eq!(arguments(surface, &events), expected, "{surface:?}");
    }
    Ok(())
}

/// The arguments of each tool call, put together from the deltas in the order in which the calls began.
fn arguments(surface: Surface, events: &[Event]) -> Vec<String> {
    let mut calls: Vec<(String, String)> = Vec::new();
    for json in events.iter().map(Event::json) {
        let found = match surface {
            Surface::Chat => {
                let call = &json["choices"][0]["delta"]["tool_calls"][0];
                (call["index"].to_string(), call["function"]["arguments"].clone())
            }
            Surface::Responses if json["type"] == "response.function_call_arguments.delta" => {
                (json["item_id"].to_string(), json["delta"].clone())
            }
            Surface::Messages => (json["index"].to_string(), json["delta"]["partial_json"].clone()),
            _ => continue,
        };
        let (key, Value::String(piece)) = found else {
            continue;
        };
        match calls.iter_mut().find(|(known, _)| *known == key) {
            Some((_, text)) => text.push_str(&piece),
            None => calls.push((key, piece)),
        }
    }
    calls.into_iter().map(|(_, text)| text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn l24_deltas_and_whole_texts_say_the_same() -> Outcome {
    let pair = Pair::with(|setup| setup.set("REHYDRATE__TOOLS", "[\"*\"]")).await?;
    let parts = [
        Part::Thinking {
            text: "on {{EMAIL}}".into(),
            signature: canary::SEAL.into(),
        },
        Part::Text("to {{EMAIL}}".into()),
        Part::Refusal("no {{EMAIL}}".into()),
        Part::tool("send", "{\"to\":\"{{EMAIL}}\"}"),
        Part::CustomTool {
            name: "patch".into(),
            input: "*** {{EMAIL}}".into(),
        },
    ];
    let events = streamed(
        &pair,
        Surface::Responses,
        EMAIL,
        Reply {
            piece: 3,
            ..Reply::parts(parts)
        },
    )
    .await?;
    let mut deltas: std::collections::BTreeMap<(String, String), String> = Default::default();
    for event in &events {
        let json = event.json();
        let kind = json["type"].as_str().unwrap_or_default().to_owned();
        let key = |stem: &str| {
            (
                stem.to_owned(),
                format!("{}{}", json["item_id"], json["content_index"]),
            )
        };
        if let Some(stem) = kind.strip_suffix(".delta") {
            deltas
                .entry(key(stem))
                .or_default()
                .push_str(json["delta"].as_str().unwrap_or_default());
        }
        for (stem, field) in [
            ("response.output_text", "text"),
            ("response.refusal", "refusal"),
            ("response.reasoning_summary_text", "text"),
            ("response.function_call_arguments", "arguments"),
            ("response.custom_tool_call_input", "input"),
        ] {
            if kind == format!("{stem}.done") {
                assert_eq!(json[field], deltas[&key(stem)], "{kind}");
                assert!(deltas[&key(stem)].contains(EMAIL), "{kind}");
            }
        }
    }
    let numbers: Vec<u64> = events
        .iter()
        .filter_map(|e| e.json()["sequence_number"].as_u64())
        .collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    let done: Vec<Value> = events
        .iter()
        .map(Event::json)
        .filter(|e| e["type"] == "response.output_item.done")
        .collect();
    let completed = events.last().expect("an end").json();
    let items: Vec<Value> = done.iter().map(|event| event["item"].clone()).collect();
    assert_eq!(completed["response"]["output"], Value::Array(items));
    assert!(
        !completed["response"]["output"].to_string().contains("<EMAIL_"),
        "{completed}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l25_every_legal_way_to_write_events() -> Outcome {
    let pair = Pair::new().await?;
    let ends = ["\n", "\r\n", "\r"].map(str::to_owned);
    for line_end in ends {
        for style in [
            SseStyle {
                comments: true,
                ..SseStyle::default()
            },
            SseStyle {
                ids: true,
                bare_colon: true,
                ..SseStyle::default()
            },
            SseStyle {
                bom: true,
                ..SseStyle::default()
            },
            SseStyle {
                multi_line: true,
                ..SseStyle::default()
            },
        ] {
            for surface in Surface::ALL {
                for chunk in [0, 1, 5] {
                    let sse = SseStyle {
                        line_end: line_end.clone(),
                        ..style.clone()
                    };
                    let text = format!("{LETTER} 张伟 é 😀");
                    let events = streamed(
                        &pair,
                        surface,
                        &text,
                        Reply {
                            sse: sse.clone(),
                            chunk,
                            ..Reply::default()
                        },
                    )
                    .await?;
                    assert_eq!(surface.streamed(&events), text, "{surface:?} {sse:?} {chunk}");
                    assert!(surface.is_complete(&events), "{surface:?} {sse:?} {chunk}");
                }
            }
        }
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l25_large_events_pass_up_to_the_limit() -> Outcome {
    let pair = Pair::with(|setup| setup.set("LIMITS__EVENT_BYTES", "1048576")).await?;
    let text = "word ".repeat(150_000);
    let reply = |text: &str| Reply {
        piece: 10_000_000,
        ..Reply::text(text)
    };
    for surface in Surface::RICH {
        let events = streamed(&pair, surface, "hi", reply(&text)).await?;
        assert!(
            surface.streamed(&events) == text && surface.is_complete(&events),
            "{surface:?}"
        );
    }
    pair.fake.script([reply(&"word ".repeat(500_000))]);
    let opened = pair
        .caller()
        .open(
            Method::POST,
            Surface::Chat.path(),
            Surface::Chat.ask("hi", true).to_string(),
        )
        .await?;
    let ended = opened
        .into_body()
        .collect()
        .await
        .map(|body| events(&String::from_utf8_lossy(&body.to_bytes())));
    assert!(
        !ended.is_ok_and(|events| Surface::Chat.is_complete(&events)),
        "an event over the limit ends in a failure"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l25_an_event_as_large_as_a_generated_image_passes() -> Outcome {
    let pair = Pair::new().await?;
    let text = "word ".repeat(600_000);
    let reply = Reply {
        piece: 10_000_000,
        ..Reply::text(&text)
    };
    let events = streamed(&pair, Surface::Responses, "draw a cat", reply).await?;
    assert!(Surface::Responses.streamed(&events) == text && Surface::Responses.is_complete(&events));
    Ok(())
}

/// Reads from an answer until `enough` holds of the text so far.
async fn read_until(
    body: &mut hyper::body::Incoming,
    enough: impl Fn(&str) -> bool,
) -> anyhow::Result<String> {
    let mut text = String::new();
    while !enough(&text) {
        let frame = tokio::time::timeout(PATIENCE, body.frame()).await?;
        let frame = frame.ok_or_else(|| anyhow::anyhow!("the answer ended after {text}"))??;
        text.push_str(&String::from_utf8_lossy(
            frame.data_ref().map_or(b"", |data| data),
        ));
    }
    Ok(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn deltas_arrive_before_the_provider_has_finished() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        // The provider waits in the middle; what came before must already be readable, an unmatched `<` included (32).
        pair.fake.script([Reply {
            end: End::Hold(9),
            piece: 9,
            ..Reply::text("one if a < b and {{EMAIL}} more, more, more")
        }]);
        let body = surface.ask(EMAIL, true).to_string();
        let mut answer = pair
            .caller()
            .open(Method::POST, surface.path(), body)
            .await?
            .into_body();
        let first = read_until(&mut answer, |text| {
            surface.streamed(&events(text)).contains("a < b")
        })
        .await?;
        pair.fake.release();
        let rest = answer.collect().await?.to_bytes();
        let all = events(&(first + &String::from_utf8_lossy(&rest)));
        assert_eq!(
            surface.streamed(&all),
            format!("one if a < b and {EMAIL} more, more, more"),
            "{surface:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_keep_pings_signatures_and_block_order() -> Outcome {
    let pair = Pair::new().await?;
    let parts = [
        Part::Thinking {
            text: "thinking of {{EMAIL}}".into(),
            signature: canary::SEAL.into(),
        },
        Part::RedactedThinking(canary::REDACTED.into()),
        Part::Text("for {{EMAIL}}".into()),
    ];
    let events = streamed(
        &pair,
        Surface::Messages,
        EMAIL,
        Reply {
            piece: 3,
            ..Reply::parts(parts)
        },
    )
    .await?;
    let count = |name: &str| {
        events
            .iter()
            .filter(|event| event.name.as_deref() == Some(name))
            .count()
    };
    assert_eq!(
        (
            count("ping"),
            count("content_block_start"),
            count("content_block_stop")
        ),
        (1, 3, 3)
    );
    let signature = events
        .iter()
        .find_map(|e| e.json()["delta"]["signature"].as_str().map(str::to_owned));
    assert_eq!(signature.as_deref(), Some(canary::SEAL));
    let thinking: String = events
        .iter()
        .filter_map(|e| e.json()["delta"]["thinking"].as_str().map(str::to_owned))
        .collect();
    assert!(
        thinking.starts_with("thinking of <EMAIL_") && thinking.ends_with('>'),
        "signed thinking is sealed: {thinking}"
    );
    let indices: Vec<u64> = events.iter().filter_map(|e| e.json()["index"].as_u64()).collect();
    assert!(indices.is_sorted(), "{indices:?}");
    Ok(())
}
