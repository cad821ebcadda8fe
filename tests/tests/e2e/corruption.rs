//! Leak catalogue, what must not change: 26 to 30.

use e2e::{
    canary::EMAIL,
    fake::{Part, Reply},
};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Outcome, Pair, Surface};

/// Legal JSON, spelt as no serialiser would.
const ODD: &str = "{ \"model\" :\t\"m\",\r\n\"temperature\":1.10, \"big\":12345678901234567890123,\"far\":1e400,\"n\": -0.0,\
    \"messages\":[ {\"content\":\"a\\/b \\u00e9\\t@@ \\ud83d\\ude00 end\",\"role\":\"user\"} ] , \"z\":null,\"a\":[],\"stop\":{ } }  ";

#[tokio::test(flavor = "multi_thread")]
async fn l27_what_holds_nothing_leaves_byte_for_byte() -> Outcome {
    let pair = Pair::new().await?;
    let body = ODD.replace("@@", "plain");
    pair.caller()
        .send(Method::POST, Surface::Chat.path(), body.clone())
        .await?
        .ok()?;
    assert_eq!(pair.sent(), body);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l27_only_the_value_is_replaced() -> Outcome {
    let pair = Pair::with(|setup| setup.set("MASKING__EXPLAIN_PLACEHOLDERS", "false")).await?;
    let body = ODD.replace("@@", EMAIL);
    pair.caller()
        .send(Method::POST, Surface::Chat.path(), body.clone())
        .await?
        .ok()?;
    let sent = pair.sent();
    let start = sent.find("<EMAIL_").expect("a placeholder");
    let end = start + sent[start..].find('>').expect("its end") + 1;
    assert_eq!([&sent[..start], EMAIL, &sent[end..]].concat(), body);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l27_an_answer_without_placeholders_arrives_byte_for_byte() -> Outcome {
    let pair = Pair::new().await?;
    let raw = "{ \"id\":\"x\",\"n\":1.10,\"big\":12345678901234567890123, \"choices\":[{\"message\":{\"content\":\"a\\/b \\u00e9\"}}]}\n";
    for text in ["hi", EMAIL] {
        pair.fake.script([Reply::raw(raw)]);
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(text, false))
            .await?
            .ok()?;
        assert_eq!(answer.text(), raw);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l26_lengths_and_codings_fit_the_body() -> Outcome {
    let pair = Pair::new().await?;
    for encoding in [None, Some(e2e::fake::Encoding::Gzip)] {
        pair.fake.script([Reply {
            encoding,
            ..Reply::default()
        }]);
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(EMAIL, false))
            .await?
            .ok()?;
        assert_eq!(answer.header("content-encoding"), None);
        if let Some(length) = answer.header("content-length") {
            assert_eq!(length, answer.body.len().to_string());
        }
        let request = pair.fake.requests().pop().expect("a request");
        assert_eq!(request.header("content-encoding"), None);
        if let Some(length) = request.header("content-length") {
            assert_eq!(length, request.raw.len().to_string());
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l28_ids_match_on_both_sides() -> Outcome {
    let pair = Pair::new().await?;
    for id in [
        "call_4155552671",
        "4155552671",
        "call.zofia-kanarek",
        "toolu_01A09q90qw90lq917835lq9",
        "fc_68a1b2c3d4e5f60718293a4b",
    ] {
        let chat = json!({"model": "m", "messages": [
            {"role": "user", "content": EMAIL},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": id, "content": EMAIL}]});
        pair.caller().post(Surface::Chat.path(), &chat).await?.ok()?;
        let sent = pair.fake.requests().pop().map(|r| r.json()).unwrap_or_default();
        let messages = sent["messages"].as_array().cloned().unwrap_or_default();
        let seen: Vec<&Value> = messages
            .iter()
            .flat_map(|m| [&m["tool_calls"][0]["id"], &m["tool_call_id"]])
            .filter(|id| id.is_string())
            .collect();
        assert_eq!(seen, [id, id]);
        let responses = json!({"model": "m", "input": [{"role": "user", "content": EMAIL},
            {"type": "function_call", "id": id, "call_id": id, "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": id, "output": EMAIL}]});
        pair.caller()
            .post(Surface::Responses.path(), &responses)
            .await?
            .ok()?;
        let sent = pair.fake.requests().pop().map(|r| r.json()).unwrap_or_default();
        assert_eq!(
            (&sent["input"][1]["call_id"], &sent["input"][2]["call_id"]),
            (&json!(id), &json!(id))
        );
        let messages = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": EMAIL},
            {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": EMAIL}]}]});
        pair.caller()
            .post(Surface::Messages.path(), &messages)
            .await?
            .ok()?;
        let sent = pair.fake.requests().pop().map(|r| r.json()).unwrap_or_default();
        assert_eq!(sent["messages"][1]["content"][0]["id"], id);
        assert_eq!(sent["messages"][2]["content"][0]["tool_use_id"], id);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l29_a_restored_value_is_escaped_for_where_it_stands() -> Outcome {
    // Tabs must become `\t` in JSON.
    let phone = "+1\t415\t555\t2671";
    let pair = Pair::with(|setup| setup.set("REHYDRATE__TOOLS", "[\"*\"]")).await?;
    for stream in [false, true] {
        let nested = "{\"to\":\"{{PHONE}}\"}";
        pair.fake.script([Reply {
            piece: 2,
            ..Reply::parts([Part::tool("call", nested)])
        }]);
        let text = format!("phone: {phone}");
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(&text, stream))
            .await?
            .ok()?;
        let whole = answer.json()["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"].clone();
        let pointer = "/choices/0/delta/tool_calls/0/function/arguments";
        let pieces = answer
            .events()
            .iter()
            .filter_map(|e| e.json().pointer(pointer)?.as_str().map(str::to_owned))
            .collect();
        let arguments: String = whole.as_str().map_or(pieces, str::to_owned);
        let parsed: Value =
            serde_json::from_str(&arguments).map_err(|e| anyhow::anyhow!("{e}: {arguments}"))?;
        assert_eq!(parsed["to"], phone, "{arguments}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l30_code_is_not_touched() -> Outcome {
    let code = r#"
        const id = "3f2b8c1e-9d4a-4b6f-8a2e-1c5d7e9f0a3b"; // v1.24.0, build 1760000001
        let t = 1700000000; let big = 4155552671; let sha = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        cfg = { secret: true, token: None, password: os.environ["DB_PASSWORD"], apiKey: process.env.API_KEY };
        curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/v1/users/12345 127.0.0.1 192.168.1.10 ::1
        export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxx   # your key here
        fn may_will(may: Mark, will: Grant) -> Result<()> { assert!(a < b && c > d); }
        git show 9fceb02d0ae598e95dc970b74767f19372d61af8 -- crates/x/src/lib.rs:120:45
        2026-11-20T12:00:00Z 2026-11-20 12:00:00.123456 0x7fffdeadbeef 
        马上 方法 高兴 今天 我们用这个方法来解决
    "#;
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        let body = surface.ask(code, false).to_string();
        pair.caller()
            .send(Method::POST, surface.path(), body.clone())
            .await?
            .ok()?;
        assert_eq!(pair.sent(), body, "{surface:?}");
    }
    Ok(())
}
