//! Content that nobody looked at: files behind the fields of pictures, text in other bytes, token ids, seals that are
//! none. Each with a harmless twin.

use data_encoding::{BASE64, BASE64URL};
use e2e::canary::{self, EMAIL};
use serde_json::{Value, json};

use crate::sockets::{self, Side, turns};
use crate::support::{Outcome, Pair, Surface, error_of};

const EMBEDDINGS: &str = "/v1/embeddings";
/// A whole picture of one point.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
/// "Hello world" in cl100k.
const HELLO: [u32; 2] = [9906, 1917];

/// Bytes without a pattern.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 11_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(length)
    .collect()
}

fn pdf() -> Vec<u8> {
    let start = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 300 >>\nstream\n".as_slice();
    [start, &noise(300), b"\nendstream\nendobj\n%%EOF"].concat()
}

/// Bytes that nobody can look at.
fn files() -> [Vec<u8>; 5] {
    [
        pdf(),
        [b"PK\x03\x04\x14\0\x06\0".as_slice(), &noise(300)].concat(),
        [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &noise(90)].concat(),
        [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &noise(90)].concat(),
        noise(200),
    ]
}

/// A place for content in the requests of an API.
struct Field {
    surface: Surface,
    name: &'static str,
    ask: fn(&str) -> Value,
}

const FIELDS: [Field; 9] = [
    Field {
        surface: Surface::Chat,
        name: "image",
        ask: |data| chat(&json!({"type": "image_url", "image_url": {"url": url("image/png", data)}})),
    },
    Field {
        surface: Surface::Chat,
        name: "audio",
        ask: |data| chat(&json!({"type": "input_audio", "input_audio": {"data": data, "format": "wav"}})),
    },
    Field {
        surface: Surface::Chat,
        name: "file",
        ask: |data| chat(&json!({"type": "file", "file": {"filename": "a", "file_data": url("a/b", data)}})),
    },
    Field {
        surface: Surface::Messages,
        name: "image",
        ask: |data| messages(&source("image", data)),
    },
    Field {
        surface: Surface::Messages,
        name: "file",
        ask: |data| messages(&source("document", data)),
    },
    Field {
        surface: Surface::Messages,
        name: "image",
        ask: |data| {
            messages(&json!({"type": "tool_result", "tool_use_id": "t", "content": [source("image", data)]}))
        },
    },
    Field {
        surface: Surface::Responses,
        name: "image",
        ask: |data| {
            responses(&json!([{"type": "message", "role": "user", "content": [
            {"type": "input_image", "image_url": url("image/png", data)}]}]))
        },
    },
    Field {
        surface: Surface::Responses,
        name: "file",
        ask: |data| {
            responses(&json!([{"type": "message", "role": "user", "content": [
            {"type": "input_file", "filename": "a", "file_data": url("application/pdf", data)}]}]))
        },
    },
    Field {
        surface: Surface::Responses,
        name: "image",
        ask: |data| {
            responses(
                &json!([{"type": "function_call_output", "call_id": "c", "output": [
            {"type": "input_image", "image_url": url("image/png", data)}]}]),
            )
        },
    },
];

fn url(media_type: &str, data: &str) -> String {
    format!("data:{media_type};base64,{data}")
}

fn source(kind: &str, data: &str) -> Value {
    json!({"type": kind, "source": {"type": "base64", "media_type": "image/png", "data": data},
        "cache_control": {"type": "ephemeral"}})
}

fn chat(part: &Value) -> Value {
    json!({"model": "gpt-5.1", "messages": [{"role": "user", "content": [part, {"type": "text", "text": "kept"}]}]})
}

fn messages(block: &Value) -> Value {
    json!({"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": [block,
        {"type": "text", "text": "kept"}]}]})
}

fn responses(input: &Value) -> Value {
    json!({"model": "gpt-5.1", "input": input})
}

fn code(answer: &e2e::caller::Answered) -> String {
    answer.json()["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_files_in_every_field() -> Outcome {
    let pair = Pair::new().await?;
    for Field { surface, ask, .. } in FIELDS {
        for file in files() {
            let answer = pair
                .caller()
                .post(surface.path(), &ask(&BASE64.encode(&file)))
                .await?;
            let message = error_of(&answer, surface.path(), 400);
            assert_eq!(code(&answer), "opaque_content_blocked");
            assert!(message.contains("policy.opaque_content.file"), "{message}");
        }
    }
    assert_eq!(pair.fake.requests().len(), 0, "nothing was sent");
    for Field { surface, name, ask } in FIELDS {
        let answer = pair.caller().post(surface.path(), &ask(PIXEL)).await?;
        // A picture is one where pictures stand, and there it passes as it is.
        if name == "image" {
            answer.ok()?;
            assert!(pair.sent().contains(PIXEL), "{surface:?}");
        } else {
            assert_eq!(code(&answer), "opaque_content_blocked", "{surface:?} {name}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_looked_at_whatever_it_begins_with() -> Outcome {
    let pair = Pair::new().await?;
    let said = format!("please write to {EMAIL}, she waits");
    let utf_16 = |big: bool| -> Vec<u8> {
        let units = said.encode_utf16();
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let mut texts: Vec<Vec<u8>> = ["", "%PDF-1.4 ", "GIF89a ", "BM ", "ID3 ", "\u{1}", "RIFF    WAVE"]
        .map(|start| format!("{start}{said}").into_bytes())
        .into();
    texts.extend([
        utf_16(true),
        utf_16(false),
        [b"gr\xfc\xdfe, ".as_slice(), said.as_bytes()].concat(),
    ]);
    for Field { surface, ask, .. } in FIELDS {
        for text in &texts {
            let answer = pair
                .caller()
                .post(surface.path(), &ask(&BASE64.encode(text)))
                .await?;
            answer.ok()?;
            canary::assert_none_in("what was sent", pair.sent().as_bytes(), &[EMAIL]);
        }
    }
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    // A document without values leaves as it came.
    let twin = BASE64.encode(b"%PDF- is what such files begin with; GIF89a is another.");
    for Field { surface, ask, .. } in FIELDS {
        pair.caller().post(surface.path(), &ask(&twin)).await?.ok()?;
        assert!(pair.sent().contains(&twin), "{surface:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_has_its_action() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("POLICY__OPAQUE_CONTENT__FILE", "allow")
            .set("POLICY__OPAQUE_CONTENT__IMAGE", "block")
    })
    .await?;
    let file = BASE64.encode(&pdf());
    for Field { surface, name, ask } in FIELDS {
        pair.caller().post(surface.path(), &ask(&file)).await?.ok()?;
        assert!(pair.sent().contains(&file), "{surface:?}");
        if name == "image" {
            let answer = pair.caller().post(surface.path(), &ask(PIXEL)).await?;
            let message = error_of(&answer, surface.path(), 400);
            assert!(message.contains("policy.opaque_content.image"), "{message}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_takes_the_place_of_what_is_withheld() -> Outcome {
    let pair = Pair::with(|setup| setup.set("POLICY__OPAQUE_CONTENT__FILE", "withhold")).await?;
    let file = BASE64.encode(&pdf());
    for Field { surface, ask, .. } in FIELDS {
        let asked = ask(&file);
        pair.caller().post(surface.path(), &asked).await?.ok()?;
        let sent = pair.sent();
        assert!(!sent.contains(&file[..40]), "{sent}");
        assert!(
            sent.contains("[Withheld by the privacy gateway: PDF document, "),
            "{sent}"
        );
        let has_mark = asked.to_string().contains("cache_control");
        assert_eq!(
            sent.contains(r#""cache_control":{"type":"ephemeral"}"#),
            has_mark,
            "{sent}"
        );
    }
    // Where the API has no room for a text, it is refused.
    let drawn = responses(
        &json!([{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": file}]),
    );
    let answer = pair.caller().post(Surface::Responses.path(), &drawn).await?;
    let message = error_of(&answer, Surface::Responses.path(), 400);
    assert!(message.contains("No text can take its place there"), "{message}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn content_over_a_socket_follows_the_same_rules() -> Outcome {
    for side in Side::BOTH {
        let pair = side
            .pair_with(|setup| setup.set("POLICY__OPAQUE_CONTENT__FILE", "withhold"))
            .await?;
        let mut socket = sockets::open(&pair).await?;
        let ask = |input: Value| json!({"type": "response.create", "model": "gpt-5.1", "store": false, "input": input});
        let file = BASE64.encode(&pdf());
        let note = BASE64.encode(format!("%PDF- says {EMAIL}").as_bytes());
        let part = |data: &str| json!({"type": "input_file", "filename": "a.pdf", "file_data": url("application/pdf", data)});
        let said = |part: Value| json!([{"type": "message", "role": "user", "content": [part]}]);
        socket.turn(&ask(said(part(&file)))).await?;
        let sent = turns(&pair).pop().map(|turn| turn.text()).unwrap_or_default();
        assert!(
            sent.contains("[Withheld by the privacy gateway: PDF document, "),
            "{side:?}: {sent}"
        );
        assert!(!sent.contains(&file[..40]), "{side:?}: {sent}");
        socket.turn(&ask(said(part(&note)))).await?;
        canary::assert_none_reached(&pair.fake, &[EMAIL]);
        let drawn =
            json!([{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": file}]);
        let events = socket.turn(&ask(drawn)).await?;
        sockets::assert_refused(&events, 400, "opaque_content_blocked");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn token_ids_leave_as_masked_text() -> Outcome {
    let pair = Pair::new().await?;
    // "Dear zofia.kanarek@kanarek-logistik.de" in cl100k.
    let ids = cl100k(&format!("Dear {EMAIL}"));
    for (path, field, model) in [
        (EMBEDDINGS, "input", "text-embedding-3-small"),
        ("/v1/completions", "prompt", "gpt-3.5-turbo-instruct"),
    ] {
        let ask = |value: Value| {
            let mut body = json!({"model": model});
            body[field] = value;
            body
        };
        for (asked, index) in [(json!(ids), None), (json!([HELLO, ids]), Some(1))] {
            pair.caller().post(path, &ask(asked)).await?.ok()?;
            let sent = pair
                .fake
                .requests()
                .last()
                .map(e2e::fake::Recorded::json)
                .unwrap_or_default();
            let text = index.map_or(&sent[field], |index| &sent[field][index]);
            let text = text.as_str().unwrap_or_default();
            assert!(text.starts_with("Dear <EMAIL_"), "{path}: {sent}");
        }
        pair.caller().post(path, &ask(json!([HELLO]))).await?.ok()?;
        assert!(pair.sent().contains(r#"["Hello world"]"#), "{}", pair.sent());
    }
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn token_ids_that_cannot_be_read_are_refused() -> Outcome {
    let pair = Pair::new().await?;
    for body in [
        json!({"model": "nomic-embed-text", "input": [HELLO]}),
        json!({"input": HELLO}),
        json!({"model": "text-embedding-3-small", "input": [[9906, 4_000_000]]}),
        json!({"model": "text-embedding-3-small", "input": [HELLO, "text"]}),
        json!({"model": "text-embedding-3-small", "input": [9906, "text"]}),
        json!({"model": "text-embedding-3-small", "input": [[[9906]]]}),
        json!({"model": "text-embedding-3-small", "input": [9906.5]}),
    ] {
        let answer = pair.caller().post(EMBEDDINGS, &body).await?;
        let message = error_of(&answer, EMBEDDINGS, 400);
        assert_eq!(code(&answer), "token_ids_blocked", "{body}");
        assert!(message.contains("check_embedding_ctx_length=False"), "{message}");
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_is_one_only_while_it_looks_like_one() -> Outcome {
    let pair = Pair::new().await?;
    let thought = |signature: &str| {
        json!({"model": "claude-sonnet-5", "max_tokens": 9, "messages": [
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": format!("Write to {EMAIL}."), "signature": signature}]},
            {"role": "user", "content": "go on"}]})
    };
    let said = "The doctor has an address of her own and waits for an answer there";
    let twice = BASE64.encode(BASE64.encode(said.as_bytes()).as_bytes());
    let zipped = BASE64.encode(&[b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &noise(90)].concat());
    for signature in [
        "1764489600000",
        "c2VhbA==",
        &"4155550123".repeat(8),
        &BASE64.encode(said.as_bytes()),
        &BASE64URL.encode(said.as_bytes()),
        &twice,
        &zipped,
    ] {
        pair.caller()
            .post(Surface::Messages.path(), &thought(signature))
            .await?
            .ok()?;
        assert!(pair.sent().contains("<EMAIL_"), "{signature}: {}", pair.sent());
    }
    let note = format!("Please write to {EMAIL}, who waits for an answer from all of us");
    for text in [note.clone(), BASE64.encode(note.as_bytes())] {
        for kind in ["reasoning", "compaction"] {
            let item = json!({"type": kind, "id": "rs_1", "summary": [], "encrypted_content": text});
            let ask = responses(&json!([item, {"type": "message", "role": "user", "content": "go on"}]));
            pair.caller().post(Surface::Responses.path(), &ask).await?.ok()?;
        }
    }
    let redacted = json!({"model": "claude-sonnet-5", "max_tokens": 9, "messages": [
        {"role": "assistant", "content": [{"type": "redacted_thinking", "data": note}]}, {"role": "user", "content": "go on"}]});
    pair.caller()
        .post(Surface::Messages.path(), &redacted)
        .await?
        .ok()?;
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    // What the provider made goes back as it is.
    let mut twin = thought(canary::SEAL);
    twin["messages"][0]["content"][0]["thinking"] = json!("Write to <EMAIL_abcdef>.");
    pair.caller().post(Surface::Messages.path(), &twin).await?.ok()?;
    assert!(
        pair.sent().contains(canary::SEAL) && pair.sent().contains("<EMAIL_abcdef>"),
        "{}",
        pair.sent()
    );
    Ok(())
}

/// Ids of a text, letter by letter: the printable letters of ASCII are the first of this vocabulary, in their order.
fn cl100k(text: &str) -> Vec<u32> {
    let id = |byte| if byte == b' ' { 220 } else { u32::from(byte - b'!') };
    text.bytes().map(id).collect()
}
