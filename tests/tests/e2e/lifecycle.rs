//! Starting, refusing to start, authenticating callers, observing, stopping.

use e2e::{
    caller::{Caller, events},
    canary::{self, EMAIL, LETTER},
    fake::{End, FakeProvider, Reply},
    gateway::Gateway,
};
use http::Method;
use http_body_util::BodyExt;

use crate::support::{Outcome, Pair, Surface, error_of};

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_metrics_answer() -> Outcome {
    let pair = Pair::new().await?;
    for base in [pair.gateway.url(), pair.gateway.ops_url()] {
        for path in ["/health", "/ready"] {
            Caller::new(base).fetch(path).await?.ok()?;
        }
    }
    let answer = pair.caller().fetch("/metrics").await?;
    assert_eq!(
        answer.status.as_u16(),
        404,
        "metrics are for the ops listener only"
    );
    Caller::new(pair.gateway.ops_url())
        .fetch("/metrics")
        .await?
        .ok()?;
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_does_not_start() -> Outcome {
    let fake = FakeProvider::start().await?;
    for (key, value, expected) in [
        ("SERVER__LISTN", "127.0.0.1:0", "listn"),
        ("SERVER__LISTEN", "nowhere", "server.listen"),
        ("LIMITS__DEPTH", "many", "limits.depth"),
        ("MASKING__MASTER_KEY", "secret-but-too-short", "master_key"),
        ("UNKNOWN__KEY", "1", "unknown"),
        ("UPSTREAMS__OPENAI__BASE_URL", "ftp://host.example", "base_url"),
    ] {
        let said = Gateway::before(&fake).set(key, value).refused().await?;
        assert!(said.to_lowercase().contains(expected), "{key}: {said}");
        assert!(
            !said.contains("secret-but-too-short"),
            "a secret is not shown: {said}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_running_turns_end() -> Outcome {
    let pair = Pair::new().await?;
    pair.fake.script([Reply {
        end: End::Hold(4),
        ..Reply::default()
    }]);
    let body = Surface::Chat.ask(LETTER, true).to_string();
    let answer = pair
        .caller()
        .open(Method::POST, Surface::Chat.path(), body)
        .await?;
    let fake = pair.fake;
    let gateway = pair.gateway;
    gateway.signal("TERM").await?;
    fake.release();
    let whole = answer.into_body().collect().await?.to_bytes();
    assert_eq!(
        Surface::Chat.streamed(&events(&String::from_utf8_lossy(&whole))),
        LETTER
    );
    let stopped = gateway.exit().await?;
    assert!(stopped.status.success(), "{}", stopped.status);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_keys_admit_callers_and_stay_here() -> Outcome {
    let fake = FakeProvider::start().await?;
    let key = "gk-anna-0123456789abcdef0123456789abcdef";
    let digest = sha256(key)?;
    let gateway = Gateway::before(&fake)
        .set("SERVER__AUTH", "gateway_keys")
        .set("GATEWAY_KEYS__ANNA", &digest)
        .set("UPSTREAMS__OPENAI__API_KEY", "held-openai-key")
        .set("UPSTREAMS__ANTHROPIC__API_KEY", "held-anthropic-key")
        .start()
        .await?;
    let bare = Caller::new(gateway.url());
    for surface in Surface::ALL {
        let answer = bare.post(surface.path(), &surface.ask(LETTER, false)).await?;
        error_of(&answer, surface.path(), 401);
    }
    assert_eq!(fake.requests().len(), 0);
    for (surface, header, value) in [
        (Surface::Chat, "authorization", format!("Bearer {key}")),
        (Surface::Messages, "x-api-key", key.to_owned()),
    ] {
        let caller = Caller::new(gateway.url())
            .without("authorization")
            .with(header, &value);
        let answer = caller
            .post(surface.path(), &surface.ask(LETTER, false))
            .await?
            .ok()?;
        assert_eq!(surface.said(&answer.json()), LETTER);
    }
    let requests = fake.requests();
    assert_eq!(
        requests[0].header("authorization"),
        Some("Bearer held-openai-key")
    );
    assert_eq!(requests[1].header("x-api-key"), Some("held-anthropic-key"));
    canary::assert_none_reached(&fake, &[key, EMAIL]);
    Ok(())
}

/// By the program that the documentation names.
fn sha256(text: &str) -> anyhow::Result<String> {
    let command = format!("printf %s '{text}' | sha256sum");
    let output = std::process::Command::new("sh").args(["-c", &command]).output()?;
    Ok(String::from_utf8(output.stdout)?
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn observing_reports_and_changes_nothing() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("DANGEROUS__OBSERVE", "true")
            .set("AUDIT__SINK", "file")
            .set_path("AUDIT__PATH", "audit.jsonl")
    })
    .await?;
    let body = Surface::Chat.ask(LETTER, false).to_string();
    pair.caller()
        .send(Method::POST, Surface::Chat.path(), body.clone())
        .await?
        .ok()?;
    assert_eq!(pair.sent(), body);
    let audit = pair.gateway.stop().await?.file("audit.jsonl")?;
    assert!(audit.contains("EMAIL"), "{audit}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_key_keeps_placeholders_over_restarts() -> Outcome {
    let mut sent = Vec::new();
    for key in ["11", "11", "22"] {
        let pair = Pair::with(|setup| setup.set("MASKING__MASTER_KEY", &key.repeat(32))).await?;
        pair.caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(EMAIL, false))
            .await?
            .ok()?;
        sent.push(pair.sent());
    }
    assert_eq!(sent[0], sent[1]);
    assert_ne!(sent[0], sent[2]);
    Ok(())
}
