//! Round trips of every surface, JSON and SSE, in many chunkings; and recorded cases of `golden/`.

use std::{fs, path::Path};

use e2e::{
    canary::{self, LETTER},
    fake::{Encoding, Reply, SseStyle},
};
use serde_json::{Value, json};

use crate::support::{Outcome, Pair, Surface};

#[tokio::test(flavor = "multi_thread")]
async fn every_surface_gives_the_letter_back_as_json() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for chunk in [0, 1, 13] {
            pair.fake.script([Reply {
                chunk,
                ..Reply::default()
            }]);
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(LETTER, false))
                .await?
                .ok()?;
            assert_eq!(
                surface.said(&answer.json()),
                LETTER,
                "{surface:?} in chunks of {chunk}"
            );
        }
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_surface_streams_the_letter_back_in_any_chunking() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for (piece, chunk) in [
            (1, 0),
            (3, 1),
            (4, 7),
            (20, 64),
            (1000, 1),
            (1000, 1 << 16),
            (5, 4096),
        ] {
            pair.fake.script([Reply {
                piece,
                chunk,
                ..Reply::default()
            }]);
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(LETTER, true))
                .await?
                .ok()?;
            let events = answer.events();
            let about = format!("{surface:?}, {piece} characters a delta, {chunk} bytes a write");
            assert_eq!(surface.streamed(&events), LETTER, "{about}");
            assert!(surface.is_complete(&events), "{about}");
        }
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_coding_of_an_answer_is_read() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for encoding in [Encoding::Gzip, Encoding::Br, Encoding::Zstd] {
            for stream in [false, true] {
                pair.fake.script([Reply {
                    encoding: Some(encoding),
                    chunk: 5,
                    ..Reply::default()
                }]);
                let answer = pair
                    .caller()
                    .post(surface.path(), &surface.ask(LETTER, stream))
                    .await?
                    .ok()?;
                assert_eq!(answer.header("content-encoding"), None);
                let said = if stream {
                    surface.streamed(&answer.events())
                } else {
                    surface.said(&answer.json())
                };
                assert_eq!(said, LETTER, "{surface:?} {encoding:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_alias_of_a_route_masks() -> Outcome {
    let pair = Pair::new().await?;
    for (surface, path) in [
        (Surface::Chat, "/openai/v1/chat/completions"),
        (Surface::Responses, "/openai/v1/responses"),
        (Surface::Messages, "/v1/messages"),
        (Surface::Messages, "/v1/messages?beta=true"),
    ] {
        let answer = pair
            .caller()
            .post(path, &surface.ask(LETTER, false))
            .await?
            .ok()?;
        assert_eq!(surface.said(&answer.json()), LETTER, "{path}");
    }
    for (path, body) in [
        ("/v1/responses/compact", Surface::Responses.ask(LETTER, false)),
        (
            "/v1/responses/input_tokens",
            Surface::Responses.ask(LETTER, false),
        ),
        (
            "/openai/v1/responses/input_tokens",
            Surface::Responses.ask(LETTER, false),
        ),
        (
            "/anthropic/v1/messages/count_tokens",
            Surface::Messages.ask(LETTER, false),
        ),
        ("/v1/messages/count_tokens", Surface::Messages.ask(LETTER, false)),
        (
            "/v1/embeddings",
            json!({"model": "text-embedding-3-small", "input": LETTER}),
        ),
        (
            "/openai/v1/embeddings",
            json!({"model": "text-embedding-3-small", "input": [LETTER, "b"]}),
        ),
    ] {
        let before = pair.fake.requests().len();
        pair.caller().post(path, &body).await?.ok()?;
        assert_eq!(pair.fake.requests().len(), before + 1, "{path} is forwarded");
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_added_upstream_is_masked_like_a_built_in_one() -> Outcome {
    let fake = e2e::fake::FakeProvider::start().await?;
    let gateway = e2e::gateway::Gateway::before(&fake)
        .set("UPSTREAMS__GROQ__BASE_URL", &format!("{}/openai/v1", fake.url()))
        .set("UPSTREAMS__OWN__BASE_URL", &format!("{}/own", fake.url()))
        .set("UPSTREAMS__OWN__API", "anthropic")
        .start()
        .await?;
    for (surface, path, expected) in [
        (
            Surface::Chat,
            "/groq/v1/chat/completions",
            "/openai/v1/chat/completions",
        ),
        (Surface::Messages, "/own/v1/messages", "/own/v1/messages"),
    ] {
        let answer = gateway
            .caller()
            .post(path, &surface.ask(LETTER, false))
            .await?
            .ok()?;
        assert_eq!(surface.said(&answer.json()), LETTER, "{path}");
        assert_eq!(
            fake.requests().last().map(|r| r.target.clone()).as_deref(),
            Some(expected)
        );
    }
    canary::assert_none_reached(&fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn models_pass_through() -> Outcome {
    let pair = Pair::new().await?;
    for path in ["/v1/models", "/openai/v1/models", "/anthropic/v1/models"] {
        let answer = pair.caller().fetch(path).await?.ok()?;
        assert!(answer.json()["data"].is_array(), "{path}");
    }
    let body = pair
        .caller()
        .send(http::Method::GET, "/v1/models", LETTER)
        .await?;
    assert_eq!(body.status, 400, "a body without a surface is refused");
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

/// Each file of `golden/`: a request, what the provider must get, what the caller must get. Written anew when
/// `UPDATE_GOLDEN` is set, to be read before it is committed.
#[tokio::test(flavor = "multi_thread")]
async fn recorded_cases_stay_as_they_are() -> Outcome {
    let key = "11".repeat(32);
    let pair = Pair::with(|setup| {
        setup
            .set("MASKING__MASTER_KEY", &key)
            .set("REHYDRATE__TOOLS", "[\"*\"]")
    })
    .await?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    assert!(!files.is_empty(), "no golden cases in {}", folder.display());
    for file in files {
        let mut case: Value = serde_json::from_str(&fs::read_to_string(file.path())?)?;
        let name = file.file_name().to_string_lossy().into_owned();
        let path = case["path"].as_str().expect("a path").to_owned();
        let seen = run_case(&pair, &path, &case).await?;
        if updating() {
            case["sent"] = seen[0].clone();
            case["answered"] = seen[1].clone();
            fs::write(file.path(), serde_json::to_string_pretty(&case)? + "\n")?;
        }
        assert_eq!(seen[0], case["sent"], "{name}: what the provider gets");
        assert_eq!(seen[1], case["answered"], "{name}: what the caller gets");
        same_when_streamed(&pair, &path, &case).await?;
    }
    Ok(())
}

async fn run_case(pair: &Pair, path: &str, case: &Value) -> anyhow::Result<[Value; 2]> {
    pair.fake.script([serde_json::from_value(case["reply"].clone())?]);
    let answer = pair.caller().post(path, &case["request"]).await?.ok()?;
    let sent = pair
        .fake
        .requests()
        .last()
        .map(e2e::fake::Recorded::json)
        .unwrap_or_default();
    let mut answered = answer.json();
    // The fake numbers its turns; ids and times are not what a case is about.
    for field in ["id", "created", "created_at", "completed_at", "usage"] {
        if let Some(fields) = answered.as_object_mut() {
            fields.remove(field);
        }
    }
    Ok([sent, without_made_up_ids(answered)])
}

fn without_made_up_ids(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = without_made_up_ids(item.take())),
        Value::Object(fields) => {
            fields.retain(|name, _| !matches!(name.as_str(), "id" | "call_id" | "encrypted_content"));
            fields
                .values_mut()
                .for_each(|item| *item = without_made_up_ids(item.take()));
        }
        _ => {}
    }
    value
}

/// The same case as a stream, in several styles: every text in it is the JSON answer's.
async fn same_when_streamed(pair: &Pair, path: &str, case: &Value) -> Outcome {
    let Some(surface) = Surface::ALL.into_iter().find(|surface| surface.path() == path) else {
        return Ok(());
    };
    let styles = [
        SseStyle::default(),
        SseStyle {
            line_end: "\r\n".into(),
            comments: true,
            ..SseStyle::default()
        },
        SseStyle {
            line_end: "\r".into(),
            bare_colon: true,
            ids: true,
            bom: true,
            ..SseStyle::default()
        },
    ];
    for (sse, chunk) in styles.into_iter().zip([0, 1, 17]) {
        let mut reply: Reply = serde_json::from_value(case["reply"].clone())?;
        (reply.sse, reply.chunk, reply.piece) = (sse, chunk, 3);
        pair.fake.script([reply]);
        let mut request = case["request"].clone();
        request["stream"] = json!(true);
        let events = pair.caller().post(path, &request).await?.ok()?.events();
        assert_eq!(
            surface.streamed(&events),
            surface.said(&case["answered"]),
            "{path} in chunks of {chunk}"
        );
        assert!(surface.is_complete(&events), "{path} in chunks of {chunk}");
    }
    Ok(())
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}
