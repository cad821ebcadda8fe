//! Leak catalogue 33 and 34: bodies made to be slow. Each is answered, and `/health` answers meanwhile.
//! Times are printed, not asserted: `bench/` measures them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use e2e::{caller::Caller, fake::Reply};
use http::Method;
use serde_json::json;

use crate::support::{Outcome, Pair, Surface};

fn hostile_texts() -> Vec<(&'static str, String)> {
    const SIZE: usize = 1 << 20;
    let of = |unit: &str| unit.repeat(SIZE / unit.len());
    vec![
        ("dotted letters", of("a.")),
        ("digits", of("1")),
        ("digits and dashes", of("1-")),
        ("at signs", of("@")),
        ("angle brackets", of("<")),
        ("placeholder starts", of("<EMAIL_")),
        ("mail beginnings", of("a@a.")),
        ("words", of("Dr. Zofia ")),
        ("key beginnings", of("sk-proj-")),
        ("percent signs", of("%25")),
        ("base64", of("QUJD")),
        ("backslashes", of("\\")),
        ("quotes", of("\"")),
        ("opening brackets in a string", of("[")),
        ("entities", of("&#x26;")),
        ("zero width", of("a\u{200b}")),
        ("combining", of("e\u{301}\u{302}")),
        ("hex", of("0123456789abcdef:")),
        ("private key beginnings", of("-----BEGIN PRIVATE KEY-----\n")),
        ("urls", of("http://a:b@")),
    ]
}

/// Asks for `/health` again and again until told to stop; gives how often and the longest wait.
async fn watch_health(caller: Caller, stop: Arc<AtomicBool>) -> anyhow::Result<(u32, Duration)> {
    let (mut asked, mut longest) = (0, Duration::ZERO);
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        caller.fetch("/health").await?.ok()?;
        longest = longest.max(start.elapsed());
        asked += 1;
    }
    Ok((asked, longest))
}

#[tokio::test(flavor = "multi_thread")]
async fn l33_l34_hostile_texts_are_answered_and_health_meanwhile() -> Outcome {
    let pair = Pair::new().await?;
    for (name, text) in hostile_texts() {
        let stop = Arc::new(AtomicBool::new(false));
        let health = tokio::spawn(watch_health(pair.caller(), Arc::clone(&stop)));
        pair.fake.script([Reply::text("ok")]);
        let start = Instant::now();
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(&text, false))
            .await?;
        let took = start.elapsed();
        stop.store(true, Ordering::Relaxed);
        let (asked, longest) = health.await??;
        assert!(
            matches!(answer.status.as_u16(), 200 | 400),
            "{name}: {}",
            answer.text()
        );
        assert!(asked > 0, "{name}");
        println!("{name}: {took:?}, /health at most {longest:?} in {asked} tries");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l33_hostile_shapes_are_answered() -> Outcome {
    let pair = Pair::new().await?;
    let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
    let nested_strings = (0..12).fold("\"a\"".to_owned(), |inner, _| json!([inner]).to_string());
    let leaves: Vec<String> = (0..100_000).map(|n| format!("w{n}")).collect();
    for (name, body, expected) in [
        ("deep", format!("{{\"model\":\"m\",\"x\":{}}}", deep(100_000)), 413),
        ("deep objects", format!("{{\"model\":\"m\",\"x\":{}1{}}}", "{\"a\":".repeat(5000), "}".repeat(5000)), 413),
        ("deep JSON in a string", json!({"model": "m", "x": deep(50_000)}).to_string(), 0),
        ("JSON in strings in strings", json!({"model": "m", "x": nested_strings}).to_string(), 0),
        ("100k leaves", json!({"model": "m", "messages": [], "x": leaves}).to_string(), 200),
        ("100k keys", json!({"model": "m", "x": leaves.iter().map(|l| (l.clone(), 1)).collect::<std::collections::BTreeMap<_, _>>()}).to_string(), 200),
        ("a leaf of 7 MiB", json!({"model": "m", "messages": [{"role": "user", "content": "word ".repeat(1_400_000)}]}).to_string(), 200),
    ] {
        pair.fake.script([Reply::text("ok")]);
        let start = Instant::now();
        let answer = pair.caller().send(Method::POST, Surface::Chat.path(), body).await?;
        println!("{name}: {:?} {}", start.elapsed(), answer.status);
        let status = answer.status.as_u16();
        assert!(if expected == 0 { matches!(status, 200 | 413) } else { status == expected }, "{name}: {status}");
        pair.caller().fetch("/health").await?.ok()?;
    }
    Ok(())
}
