//! Leak catalogue, where a value stands: 2, 3, 8, 11.

use e2e::canary::{self, API_KEY, CARD, EMAIL};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Outcome, Pair, Surface};

/// Posts each body with the value in place of `@@`; it is masked or refused, and never sent. Gives the statuses.
async fn never_sent(path: &str, bodies: &[String], value: &str) -> anyhow::Result<Vec<u16>> {
    let pair = Pair::new().await?;
    let mut statuses = Vec::new();
    for body in bodies {
        let answer = pair
            .caller()
            .send(Method::POST, path, body.replace("@@", value))
            .await?;
        assert!(
            !canary::occurs(pair.sent().as_bytes(), value),
            "{body} leaves as {}",
            pair.sent()
        );
        assert!(
            answer.status.is_success() || answer.status.as_u16() == 400,
            "{body}: {}",
            answer.text()
        );
        statuses.push(answer.status.as_u16());
    }
    canary::assert_none_reached(&pair.fake, &[value]);
    Ok(statuses)
}

/// As [`never_sent`], and every body is masked rather than refused.
async fn masked(path: &str, bodies: &[String]) -> Outcome {
    for (body, status) in bodies.iter().zip(never_sent(path, bodies, EMAIL).await?) {
        assert_eq!(status, 200, "{body}");
    }
    Ok(())
}

fn chat(extra: &str) -> String {
    format!(r#"{{"model":"gpt-5.1","messages":[{{"role":"user","content":"hi"}}],{extra}}}"#)
}

fn messages(extra: &str) -> String {
    format!(
        r#"{{"model":"claude-sonnet-5","max_tokens":9,"messages":[{{"role":"user","content":"hi"}}],{extra}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_fields_that_usually_hold_ids() -> Outcome {
    let values = [
        r#""write to @@ please""#,
        r#"{"mail":"@@"}"#,
        r#"["@@"]"#,
        r#"{"deep":[{"id":"@@"}]}"#,
    ];
    let mut bodies: Vec<String> = Vec::new();
    for field in [
        "id",
        "user",
        "name",
        "service_tier",
        "previous_response_id",
        "x_unknown",
        "prompt_cache_key",
    ] {
        bodies.extend(values.map(|value| chat(&format!(r#""{field}":{value}"#))));
    }
    bodies.extend(
        values.map(|value| format!(r#"{{"model":{value},"messages":[{{"role":"user","content":"hi"}}]}}"#)),
    );
    bodies.extend(values.map(|value| {
        format!(
            r#"{{"model":"m","messages":[{{"role":"user","name":{value},"id":{value},"content":"hi"}}]}}"#
        )
    }));
    bodies.push(r#"{"model":"m","messages":[{"role":"@@ x","content":"hi"}]}"#.to_owned());
    let statuses = never_sent(Surface::Chat.path(), &bodies, EMAIL).await?;
    assert!(
        statuses.iter().filter(|status| **status == 200).count() > bodies.len() / 2,
        "{statuses:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_a_secret_in_the_place_of_an_id() -> Outcome {
    let mut bodies: Vec<String> = ["id", "user", "name", "model", "previous_response_id"]
        .map(|field| chat(&format!(r#""{field}":"@@""#)))
        .to_vec();
    bodies.extend(
        [
            r#"{"role":"tool","tool_call_id":"@@","content":"x"}"#,
            r#"{"role":"assistant","tool_calls":[{"id":"@@","type":"function","function":{"name":"f","arguments":"{}"}}]}"#,
        ]
        .map(|message| format!(r#"{{"model":"m","messages":[{message}]}}"#)),
    );
    let statuses = never_sent(Surface::Chat.path(), &bodies, API_KEY).await?;
    assert_eq!(statuses, vec![400; bodies.len()]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l03_object_keys_and_numbers() -> Outcome {
    let keys = [
        chat(r#""metadata":{"@@":"x"}"#),
        chat(r#""x":{"deep":{"@@":1}}"#),
        chat(r#""@@":true"#),
        chat(r#""logit_bias":{"@@":-100}"#),
        chat(
            r#""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"properties":{"@@":{}}}}}"#,
        ),
    ];
    never_sent(Surface::Chat.path(), &keys, EMAIL).await?;
    let pair = Pair::new().await?;
    for (body, number) in [
        (r#"{"phone": 4155552671}"#, "4155552671"),
        (r#"{"card_number": 4539148803436467}"#, "4539148803436467"),
    ] {
        let body = chat(&format!(r#""metadata":{body}"#));
        pair.caller()
            .send(Method::POST, Surface::Chat.path(), body)
            .await?
            .ok()?;
        assert!(!pair.sent().contains(number), "{}", pair.sent());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_every_place_of_a_chat_request() -> Outcome {
    let message = |message: &str| format!(r#"{{"model":"m","messages":[{message}]}}"#);
    let bodies = [
        message(r#"{"role":"system","content":"@@"}"#),
        message(r#"{"role":"developer","content":[{"type":"text","text":"@@"}]}"#),
        message(r#"{"role":"tool","tool_call_id":"c","content":"@@"}"#),
        message(r#"{"role":"tool","tool_call_id":"c","content":"{\"a\":\"@@\"}"}"#),
        message(
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"to\":\"@@\"}"}}]}"#,
        ),
        message(
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"to\":\"@@"}}]}"#,
        ),
        message(r#"{"role":"assistant","content":"a","refusal":"@@"}"#),
        message(r#"{"role":"assistant","content":"a","reasoning_content":"@@"}"#),
        message(r#"{"role":"function","name":"f","content":"@@"}"#),
        message(r#"{"role":"user","content":"a","unknown_field":[{"x":"@@"}]}"#),
        chat(r#""prediction":{"type":"content","content":"@@"}"#),
        chat(r#""metadata":{"k":"@@"}"#),
        chat(r#""user":"@@""#),
        chat(r#""stop":["@@"]"#),
        chat(
            r#""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"description":"@@","enum":["@@"]}}}"#,
        ),
        chat(
            r#""tools":[{"type":"function","function":{"name":"f","description":"@@","parameters":{"default":"@@"}}}]"#,
        ),
        chat(r#""functions":[{"name":"f","description":"@@"}]"#),
        chat(r#""web_search_options":{"user_location":{"approximate":{"city":"@@"}}}"#),
    ];
    masked(Surface::Chat.path(), &bodies).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_every_place_of_a_responses_request() -> Outcome {
    let input = |item: &str| format!(r#"{{"model":"m","input":[{item}]}}"#);
    let field = |fields: &str| format!(r#"{{"model":"m","input":"hi",{fields}}}"#);
    let bodies = [
        r#"{"model":"m","input":"@@"}"#.to_owned(),
        r#"{"model":"m","prompt":{"id":"p","variables":{"who":"@@","img":{"type":"input_text","text":"@@"}}}}"#.to_owned(),
        field(r#""instructions":"@@""#),
        field(r#""metadata":{"k":"@@"},"user":"@@","safety_identifier":"@@""#),
        field(r#""text":{"format":{"type":"json_schema","name":"n","schema":{"title":"@@"}}}"#),
        field(r#""tools":[{"type":"namespace","name":"n","tools":[{"type":"function","name":"f","description":"@@"}]}]"#),
        field(r#""tools":[{"type":"mcp","server_label":"l","server_url":"https://h.example","server_description":"@@"}]"#),
        input(r#"{"role":"user","content":[{"type":"input_text","text":"@@"}]}"#),
        input(r#"{"type":"message","role":"developer","content":"@@"}"#),
        input(r#"{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":\"@@\"}"}"#),
        input(r#"{"type":"function_call_output","call_id":"c","output":"@@"}"#),
        input(r#"{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"@@"}]}"#),
        input(r#"{"type":"custom_tool_call","call_id":"c","name":"f","input":"@@"}"#),
        input(r#"{"type":"custom_tool_call_output","call_id":"c","output":"@@"}"#),
        input(r#"{"type":"local_shell_call","call_id":"c","action":{"type":"exec","command":["echo","@@"],"env":{"A":"@@"}}}"#),
        input(r#"{"type":"local_shell_call_output","id":"i","output":"@@"}"#),
        input(r#"{"type":"mcp_call","name":"f","server_label":"l","arguments":"{\"a\":\"@@\"}","output":"@@","error":"@@"}"#),
        input(r#"{"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"@@"}]}"#),
        input(r#"{"type":"file_search_call","queries":["@@"],"results":[{"text":"@@","filename":"@@"}]}"#),
        input(r#"{"type":"additional_tools","tools":[{"type":"function","name":"f","description":"@@"}]}"#),
        input(r#"{"type":"unknown_item","anything":{"deep":["@@"]}}"#),
        input(r#"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[{"type":"url_citation","title":"@@","url":"https://h.example/@@"}]}]}"#),
    ];
    masked(Surface::Responses.path(), &bodies).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_every_place_of_a_messages_request() -> Outcome {
    let content = |role: &str, block: &str| {
        format!(r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"{role}","content":[{block}]}}]}}"#)
    };
    let user = |block: &str| content("user", block);
    let bodies = [
        messages(r#""system":"@@""#),
        messages(r#""system":[{"type":"text","text":"@@","cache_control":{"type":"ephemeral"}}]"#),
        messages(r#""metadata":{"user_id":"@@"}"#),
        messages(r#""metadata":{"user_id":"{\"device\":\"@@\"}"}"#),
        messages(r#""stop_sequences":["@@"]"#),
        messages(
            r#""tools":[{"name":"f","description":"@@","input_schema":{"type":"object","properties":{"a":{"description":"@@"}}}}]"#,
        ),
        messages(r#""mcp_servers":[{"type":"url","name":"n","url":"https://h.example/@@"}]"#),
        messages(r#""context_management":{"edits":[{"note":"@@"}]}"#),
        user(r#"{"type":"text","text":"@@"}"#),
        user(r#"{"type":"tool_result","tool_use_id":"t","content":"@@"}"#),
        user(r#"{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"@@"}]}"#),
        user(
            r#"{"type":"document","title":"@@","context":"@@","source":{"type":"text","media_type":"text/plain","data":"@@"}}"#,
        ),
        user(r#"{"type":"document","source":{"type":"content","content":[{"type":"text","text":"@@"}]}}"#),
        user(
            r#"{"type":"search_result","title":"@@","source":"https://h.example/@@","content":[{"type":"text","text":"@@"}]}"#,
        ),
        user(r#"{"type":"mcp_tool_result","tool_use_id":"t","content":[{"type":"text","text":"@@"}]}"#),
        user(r#"{"type":"unknown_block","a":{"b":"@@"}}"#),
        content(
            "assistant",
            r#"{"type":"text","text":"a","citations":[{"type":"char_location","cited_text":"@@","document_title":"@@"}]}"#,
        ),
        content(
            "assistant",
            r#"{"type":"tool_use","id":"t","name":"f","input":{"deep":[{"to":"@@"}]}}"#,
        ),
        content(
            "assistant",
            r#"{"type":"server_tool_use","id":"t","name":"web_search","input":{"query":"@@"}}"#,
        ),
        content(
            "assistant",
            r#"{"type":"mcp_tool_use","id":"t","name":"f","server_name":"s","input":{"q":"@@"}}"#,
        ),
        content("assistant", r#"{"type":"thinking","thinking":"@@"}"#),
        r#"{"model":"m","max_tokens":9,"messages":[{"role":"system","content":"@@"}]}"#.to_owned(),
    ];
    masked(Surface::Messages.path(), &bodies).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_every_place_of_the_smaller_requests() -> Outcome {
    let completions = [
        r#"{"model":"m","prompt":"@@"}"#,
        r#"{"model":"m","prompt":["a","@@"]}"#,
        r#"{"model":"m","prompt":"a","suffix":"@@","user":"@@","stop":"@@"}"#,
    ];
    masked("/v1/completions", &completions.map(str::to_owned)).await?;
    let embeddings = [
        r#"{"model":"m","input":"@@"}"#,
        r#"{"model":"m","input":["a","@@"],"user":"@@"}"#,
    ];
    masked("/v1/embeddings", &embeddings.map(str::to_owned)).await?;
    for path in ["/v1/responses/compact", "/v1/responses/input_tokens"] {
        masked(
            path,
            &[r#"{"model":"m","input":[{"role":"user","content":"@@"}],"instructions":"@@"}"#.to_owned()],
        )
        .await?;
    }
    masked(
        "/anthropic/v1/messages/count_tokens",
        &[messages(r#""system":"@@""#)],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn l11_json_that_cannot_be_read_is_refused() -> Outcome {
    let pair = Pair::new().await?;
    let ask =
        |content: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":{content}}}]}}"#);
    let quoted = format!("\"{EMAIL}\"");
    let refused: Vec<Vec<u8>> = vec![
        [b"\xEF\xBB\xBF".as_slice(), ask(&quoted).as_bytes()].concat(),
        ask(&quoted).encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ask(&format!("\"{EMAIL} \\ud800\"")).into_bytes(),
        [
            b"{\"model\":\"m\",\"x\":\"\xff ".as_slice(),
            EMAIL.as_bytes(),
            b"\"}",
        ]
        .concat(),
        format!("{} {EMAIL}", ask("\"a\"")).into_bytes(),
        format!("{}{}", ask("\"a\""), ask(&quoted)).into_bytes(),
        ask(&format!("{quoted},\"temperature\":NaN")).into_bytes(),
        ask(&format!("{quoted},\"temperature\":-Infinity")).into_bytes(),
        ask(&format!("{quoted},")).into_bytes(),
        ask(&format!("'{EMAIL}'")).into_bytes(),
        format!("// {EMAIL}\n{}", ask("\"a\"")).into_bytes(),
        ask(&format!("\"{EMAIL}\n\"")).into_bytes(),
        Vec::new(),
        b"{".to_vec(),
    ];
    for body in refused {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let answer = pair
            .caller()
            .send(Method::POST, Surface::Chat.path(), body)
            .await?;
        assert_eq!(answer.status.as_u16(), 400, "{shown}: {}", answer.text());
        assert!(
            !canary::occurs(&answer.body, EMAIL),
            "the error repeats the value: {}",
            answer.text()
        );
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l11_what_two_readers_read_differently_hides_nothing() -> Outcome {
    let bodies = [
        r#"{"model":"m","messages":[{"role":"user","content":"a","content":"@@"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"@@","content":"a"}]}"#,
        r#"{"messages":[],"model":"m","messages":[{"role":"user","content":"@@"}]}"#,
        r#"{"model":"m","model":"@@ x","messages":[]}"#,
        r#"["@@"]"#,
        r#""@@""#,
        r#"{"model":"m","\u006dessages":[{"role":"user","content":"@@"}]}"#,
        r#"{"model":"m","big":1e999,"n":123456789012345678901234567890,"messages":[{"role":"user","content":"@@"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"{\"a\":\"x\",\"a\":\"@@\"}"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","type":"image_url","text":"@@"}]}]}"#,
    ];
    never_sent(Surface::Chat.path(), &bodies.map(str::to_owned), EMAIL).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tool_names_cannot_carry_a_placeholder() -> Outcome {
    let named = chat(r#""tools":[{"type":"function","function":{"name":"@@","parameters":{}}}]"#);
    assert_eq!(never_sent(Surface::Chat.path(), &[named], EMAIL).await?, [400]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn opaque_content_follows_its_policy() -> Outcome {
    let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    let image = json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{pixel}")}});
    let file = json!({"type": "file", "file": {"filename": "a.pdf", "file_data": format!("data:application/pdf;base64,{pixel}")}});
    let ask = |part: &Value| json!({"model": "m", "messages": [{"role": "user", "content": [part]}]});
    let pair = Pair::new().await?;
    pair.caller()
        .post(Surface::Chat.path(), &ask(&image))
        .await?
        .ok()?;
    assert!(pair.sent().contains(pixel), "an image passes as it is");
    let answer = pair.caller().post(Surface::Chat.path(), &ask(&file)).await?;
    assert_eq!(
        answer.status.as_u16(),
        400,
        "a file cannot be inspected: {}",
        answer.text()
    );
    let strict = Pair::with(|setup| setup.set("POLICY__OPAQUE_CONTENT", "block")).await?;
    let answer = strict.caller().post(Surface::Chat.path(), &ask(&image)).await?;
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.text());
    assert_eq!(strict.fake.requests().len(), 0);
    let text = data_encoding::BASE64.encode(format!("my credit card {CARD}, mail {EMAIL}").as_bytes());
    let document = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
        {"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": text}}]}]});
    pair.caller()
        .post(Surface::Messages.path(), &document)
        .await?
        .ok()?;
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}
