//! Every limit, one step over: the right status, the provider's error shape, nothing sent.

use e2e::{
    canary::{self, LETTER},
    fake::{End, Reply},
};
use http::Method;
use serde_json::json;

use crate::support::{Outcome, Pair, Surface, error_of};

#[tokio::test(flavor = "multi_thread")]
async fn bodies_over_their_limits_are_refused() -> Outcome {
    let pair = Pair::with(|setup| {
        setup
            .set("LIMITS__BODY_BYTES", "20000")
            .set("LIMITS__DEPTH", "20")
    })
    .await?;
    let deep = (0..30).fold(json!(LETTER), |inner, _| json!([inner]));
    for (body, status) in [
        (
            json!({"model": "m", "x": LETTER, "fill": vec!["word"; 4000]}),
            413,
        ),
        (json!({"model": "m", "deep": deep}), 413),
        (json!({"model": "m", "deep": deep.to_string()}), 413),
    ] {
        for path in [Surface::Chat.path(), Surface::Messages.path()] {
            let answer = pair.caller().post(path, &body).await?;
            let message = error_of(&answer, path, status);
            assert!(
                !canary::ALL
                    .iter()
                    .any(|value| canary::occurs(message.as_bytes(), value)),
                "{message}"
            );
        }
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_over_their_limit_are_refused() -> Outcome {
    let pair = Pair::new().await?;
    let ask = Surface::Messages.ask("hi", false);
    let path = format!("{}?a={}", Surface::Messages.path(), "b".repeat(5000));
    let answer = pair.caller().post(&path, &ask).await?;
    error_of(&answer, &path, 413);
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_turns_at_once_are_told_to_come_back() -> Outcome {
    let pair = Pair::with(|setup| setup.set("LIMITS__TURNS", "1")).await?;
    pair.fake.script([Reply {
        end: End::Hold(2),
        ..Reply::default()
    }]);
    let body = Surface::Chat.ask(LETTER, true).to_string();
    let first = pair
        .caller()
        .open(Method::POST, Surface::Chat.path(), body)
        .await?;
    for surface in Surface::RICH {
        let answer = pair
            .caller()
            .post(surface.path(), &surface.ask("hi", false))
            .await?;
        error_of(&answer, surface.path(), 429);
        assert!(answer.header("retry-after").is_some());
    }
    pair.caller().fetch("/health").await?.ok()?;
    pair.fake.release();
    http_body_util::BodyExt::collect(first.into_body()).await?;
    pair.caller()
        .post(Surface::Chat.path(), &Surface::Chat.ask("hi", false))
        .await?
        .ok()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn content_types_other_than_json_are_refused() -> Outcome {
    let pair = Pair::new().await?;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/octet-stream",
    ] {
        let caller = pair.caller().with("content-type", kind);
        let answer = caller
            .send(
                Method::POST,
                Surface::Chat.path(),
                Surface::Chat.ask(LETTER, false).to_string(),
            )
            .await?;
        assert_eq!(answer.status.as_u16(), 415, "{kind}: {}", answer.text());
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}
