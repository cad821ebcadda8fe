//! Leak catalogue 19: what the gateway writes down never holds a value: audit events, logs at the finest level,
//! metrics, error messages.

use std::fs;

use e2e::{
    canary::{self, API_KEY, EMAIL, LETTER},
    fake::{End, Part, Reply},
};
use http::Method;
use serde_json::Value;

use crate::support::{Outcome, Pair, Surface};

/// A bit of everything: answers, streams, refusals, failures, wrong requests, with values everywhere.
async fn traffic(pair: &Pair) -> anyhow::Result<Vec<String>> {
    let caller = pair.caller().with("authorization", &format!("Bearer {API_KEY}"));
    let mut answers = Vec::new();
    let mut errors = |answer: e2e::caller::Answered| {
        if !answer.status.is_success() {
            answers.push(answer.text());
        }
    };
    for surface in Surface::RICH {
        for stream in [false, true] {
            caller
                .post(surface.path(), &surface.ask(LETTER, stream))
                .await?
                .ok()?;
        }
        errors(caller.post(surface.path(), &surface.ask(API_KEY, true)).await?);
        errors(
            caller
                .send(Method::POST, surface.path(), format!("{{\"{EMAIL}\": {LETTER}"))
                .await?,
        );
        errors(
            caller
                .post(
                    &format!("{}?to={EMAIL}", surface.path()),
                    &surface.ask("hi", false),
                )
                .await?,
        );
        errors(
            caller
                .post(&format!("/unknown/{EMAIL}"), &surface.ask(LETTER, false))
                .await?,
        );
        pair.fake.script([
            Reply {
                end: End::Cut(600),
                ..Reply::parts([Part::tool("f", "{\"a\":\"{{EMAIL}}\"}")])
            },
            Reply {
                status: Some(307),
                ..Reply::raw(EMAIL)
            },
            Reply::raw("{\"broken\": \"{{EMAIL}}"),
        ]);
        // How these three end is not the point here.
        for stream in [true, false, false] {
            let _ = caller.post(surface.path(), &surface.ask(LETTER, stream)).await;
        }
    }
    errors(
        caller
            .with("openai-organization", EMAIL)
            .post(Surface::Chat.path(), &Surface::Chat.ask("hi", false))
            .await?,
    );
    Ok(answers)
}

#[tokio::test(flavor = "multi_thread")]
async fn l19_nothing_that_is_written_down_holds_a_value() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("AUDIT__SINK", "file")
            .set_path("AUDIT__PATH", "audit.jsonl")
    })
    .await?;
    for error in traffic(&pair).await? {
        canary::assert_none_in("an error message", error.as_bytes(), canary::ALL);
    }
    let metrics = e2e::caller::Caller::new(pair.gateway.ops_url())
        .fetch("/metrics")
        .await?
        .ok()?
        .text();
    assert!(metrics.contains("# TYPE"), "{metrics}");
    canary::assert_none_in("the metrics", metrics.as_bytes(), canary::ALL);
    let stopped = pair.gateway.stop().await?;
    let (status, output) = (stopped.status, &stopped.output);
    assert!(status.success(), "{status}");
    assert!(
        output.contains("TRACE") || output.contains("DEBUG"),
        "the finest level is on: {output}"
    );
    canary::assert_none_in("the log", output.as_bytes(), canary::ALL);
    let audit = stopped.file("audit.jsonl")?;
    canary::assert_none_in("the audit file", audit.as_bytes(), canary::ALL);
    let events = audit
        .lines()
        .map(serde_json::from_str::<Value>)
        .collect::<Result<Vec<_>, _>>()?;
    assert!(events.len() >= 24, "{} events", events.len());
    assert!(
        audit.contains("EMAIL") && audit.contains("API_KEY"),
        "types are counted: {audit}"
    );
    assert!(
        !audit.contains("<EMAIL_"),
        "placeholders are no more needed than values"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_whose_caller_left_is_audited_too() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("AUDIT__SINK", "file")
            .set_path("AUDIT__PATH", "audit.jsonl")
    })
    .await?;
    pair.fake.script([Reply {
        end: End::Stall(400),
        ..Reply::default()
    }]);
    let body = Surface::Chat.ask(LETTER, true).to_string();
    drop(
        pair.caller()
            .open(Method::POST, Surface::Chat.path(), body)
            .await?,
    );
    let left = |r: &[e2e::fake::Recorded]| r.iter().any(|r| r.outcome == e2e::fake::Outcome::Cancelled);
    pair.fake.wait_until("the caller's leaving", left).await?;
    assert_eq!(pair.gateway.stop().await?.file("audit.jsonl")?.lines().count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_by_default() -> Outcome {
    let pair = Pair::new().await?;
    pair.caller()
        .post(Surface::Chat.path(), &Surface::Chat.ask(LETTER, false))
        .await?
        .ok()?;
    let left: Vec<_> = fs::read_dir(pair.gateway.folder())?.collect::<Result<_, _>>()?;
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}
