//! Terms of the operator's own, whole and glued to other words, in every place of a request.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Outcome, Pair, Surface};

const TERMS: &str = r#"[
    {term="Blue Sky",type="ORGANIZATION"}, {term="zorvath",type="PERSON"}, {term="cat",type="CUSTOM:PART"},
    {term="Red Moon",type="ORGANIZATION",exact=true}, {term="Tool Result",type="CUSTOM:TALK"},
    {term="Max Tokens",type="CUSTOM:TALK"}]"#;

/// Spellings of which nothing may leave.
const GLUED: [&str; 12] = [
    "Blue Sky",
    "BlueSky",
    "blue-sky",
    "BLUE_SKY_URL",
    "blue-sky.example",
    "Blue/Sky",
    "Blue\nSky",
    "getBlueSky()",
    "new BlueSkyClient(2)",
    "@bluesky",
    "ZorvathClient",
    "zorvath2",
];
/// Spellings that must leave as they are.
const HARMLESS: [&str; 6] = [
    "blues kyoto",
    "a blue skyline",
    "so blue. Skype it",
    "blueskying",
    "category, CatClient, skyline",
    "RedMoon, red_moon",
];

async fn pair() -> anyhow::Result<Pair> {
    Pair::with(|setup| setup.set("POLICY__DENY_TERMS", TERMS)).await
}

fn is_clean(sent: &str) -> bool {
    let folded: String = sent
        .to_lowercase()
        .replace("\\n", "")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    !folded.contains("bluesky") && !folded.contains("zorvath")
}

#[tokio::test(flavor = "multi_thread")]
async fn glued_terms_are_masked_in_text_and_come_back() -> Outcome {
    let pair = pair().await?;
    for surface in Surface::ALL {
        for text in GLUED.map(|term| format!("see {term} there")) {
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(&text, false))
                .await?
                .ok()?;
            assert!(
                is_clean(&pair.sent()),
                "{surface:?}: {text:?} leaves as {}",
                pair.sent()
            );
            let said = surface.said(&answer.json());
            if text.contains(".example") {
                // A host that the model wrote might be anybody's: nothing is restored in it (17).
                assert!(
                    said.contains("ORGANIZATION_") && said.ends_with(".example there"),
                    "{said}"
                );
            } else {
                assert_eq!(said, text, "{surface:?}");
            }
        }
        for text in HARMLESS {
            pair.caller()
                .post(surface.path(), &surface.ask(text, false))
                .await?
                .ok()?;
            assert!(
                pair.sent().contains(text),
                "{surface:?}: {text} leaves as {}",
                pair.sent()
            );
        }
    }
    pair.caller()
        .post(
            Surface::Chat.path(),
            &Surface::Chat.ask("BLUE_SKY_URL, red moon and RedMoon", false),
        )
        .await?
        .ok()?;
    let sent = pair.sent();
    assert!(
        sent.contains("_URL, <ORGANIZATION_") && sent.contains("> and RedMoon"),
        "{sent}"
    );
    Ok(())
}

/// The text of a tool's answer, and what the tool was called with: JSON in a string.
fn with_tool(surface: Surface, text: &str) -> Value {
    let call = json!({ text: [text] });
    match surface {
        Surface::Messages => json!({"model": "claude-sonnet-5", "max_tokens": 9, "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "f", "input": call}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": text}]}]}),
        Surface::Responses => json!({"model": "gpt-5.1", "input": [
            {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": call.to_string()},
            {"type": "function_call_output", "call_id": "call_1", "output": text}]}),
        _ => json!({"model": "gpt-5.1", "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function",
                "function": {"name": "f", "arguments": call.to_string()}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": text}]}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn glued_terms_are_masked_in_what_tools_read_and_write() -> Outcome {
    let pair = pair().await?;
    for surface in Surface::RICH {
        for text in GLUED {
            let body = with_tool(surface, text);
            pair.caller().post(surface.path(), &body).await?.ok()?;
            assert!(
                is_clean(&pair.sent()),
                "{surface:?}: {text:?} leaves as {}",
                pair.sent()
            );
        }
        for text in HARMLESS {
            let body = with_tool(surface, text).to_string();
            pair.caller()
                .send(Method::POST, surface.path(), body.clone())
                .await?
                .ok()?;
            assert_eq!(pair.sent(), body, "{surface:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn glued_terms_do_not_count_in_identifiers_enumerations_and_known_keys() -> Outcome {
    let pair = pair().await?;
    let bodies = [
        (
            Surface::Messages,
            json!({"model": "blue-sky/zorvath2-7b", "max_tokens": 9, "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": [
                    {"type": "tool_use", "id": "toolu_BlueSky_1", "name": "f", "input": {"a": 1}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_BlueSky_1", "content": "ok"}]}]}),
        ),
        (
            Surface::Responses,
            json!({"model": "bluesky-7b", "input": [
                {"type": "function_call", "call_id": "blue-sky.1", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "blue-sky.1", "output": "ok"}]}),
        ),
        (
            Surface::Chat,
            json!({"model": "blue-sky-7b", "max_tokens": 9, "messages": [
                {"role": "assistant", "tool_calls": [{"id": "ZorvathX1", "type": "function",
                    "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "ZorvathX1", "content": "ok"}]}),
        ),
    ];
    for (surface, body) in bodies {
        let body = body.to_string();
        pair.caller()
            .send(Method::POST, surface.path(), body.clone())
            .await?
            .ok()?;
        assert_eq!(pair.sent(), body, "{surface:?}");
    }
    // As a word of its own it does, and what is text beside them is masked.
    let whole = json!({"model": "gpt-5.1", "messages": [{"role": "tool", "tool_call_id": "zorvath", "content": "x"}]});
    pair.caller().post(Surface::Chat.path(), &whole).await?;
    assert!(is_clean(&pair.sent()), "{}", pair.sent());
    let talk = "the ToolResult has maxTokens: max-tokens";
    pair.caller()
        .post(Surface::Messages.path(), &with_tool(Surface::Messages, talk))
        .await?
        .ok()?;
    let sent = pair.sent();
    assert!(
        sent.contains(r#""type":"tool_result""#) && sent.contains(r#""max_tokens":9"#),
        "{sent}"
    );
    assert!(
        !sent.contains("ToolResult") && !sent.contains("maxTokens") && !sent.contains("max-tokens"),
        "{sent}"
    );
    Ok(())
}

/// A tool's name can carry no placeholder: the whole request is refused, and says where.
#[tokio::test(flavor = "multi_thread")]
async fn glued_terms_in_names_of_tools_are_refused() -> Outcome {
    let pair = pair().await?;
    let with = |name: &str| {
        let mut body = Surface::Chat.ask("hi", false);
        body["tools"] = json!([{"type": "function", "function": {"name": name, "parameters": {}}}]);
        body
    };
    for name in ["blue_sky_search", "getBlueSky", "zorvath2"] {
        let answer = pair.caller().post(Surface::Chat.path(), &with(name)).await?;
        assert_eq!(answer.status.as_u16(), 400, "{name}: {}", answer.text());
        assert!(!answer.text().contains(name), "{}", answer.text());
    }
    assert!(pair.fake.requests().is_empty());
    pair.caller()
        .post(Surface::Chat.path(), &with("blue_skyline"))
        .await?
        .ok()?;
    assert!(pair.sent().contains("blue_skyline"));
    Ok(())
}
