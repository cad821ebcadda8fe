//! Many who sign in at once, and what others wait meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use hyper::Method;
use serde_json::json;

use super::deliver::deliver;
use super::events::{DAY, INSTANCES, batches, wall_clock};
use super::operator::Operator;
use super::plane::PASSWORD;
use super::{Found, Kind, Options, Site, figure, temporary};
use crate::report::{Goal, Row};
use crate::stats::percentile;

const LOGINS: usize = 200;
const EVENTS: u64 = 100_000;
/// What others may wait, in milliseconds.
const MOST: f64 = 50.0;
/// How long others ask by themselves first.
const ALONE: Duration = Duration::from_secs(5);
const PATHS: [&str; 4] = [
    "/session",
    "/overview",
    "/series?metric=requests&by=outcome",
    "/events?limit=50",
];

pub(super) async fn measure(options: &Options) -> Result<Found> {
    let folder = temporary()?;
    let mut site = Site::new(options, Kind::Sqlite, folder.path())?;
    site.plane.start()?;
    let now = wall_clock();
    let times = (0..EVENTS).map(move |nth| now - DAY + nth * DAY / EVENTS);
    deliver(
        site.plane.ingest,
        INSTANCES[0],
        batches(0, times, INSTANCES[0], 512),
    )
    .await?;
    let at = site.plane.operators;
    let mut admin = Operator::sign_in(at).await?;
    let names: Vec<String> = (0..LOGINS).map(|nth| format!("operator-{nth}")).collect();
    for name in &names {
        let body = json!({"username": name, "password": PASSWORD, "role": "auditor"});
        let added = admin.send(Method::POST, "/operators", Some(&body)).await?;
        ensure!(added.status.is_success(), "{name} is not added: {}", added.status);
    }
    println!("logins: {LOGINS} operators are there");
    let mut others = Operator::sign_in(at).await?;
    let started = Instant::now();
    let alone = ask_while(&mut others, || started.elapsed() < ALONE).await?;
    let mut visitors = Vec::new();
    for (nth, name) in names.iter().enumerate() {
        // Each from elsewhere: one address that tries so often is throttled.
        let source = format!("10.0.{}.{}", nth / 100, nth % 100 + 1);
        visitors.push((name, Operator::visitor(at, Some(source)).await?));
    }
    let is_going_on = std::cell::Cell::new(true);
    let started = Instant::now();
    let signing_in = async {
        let logins = visitors
            .iter_mut()
            .map(|(name, visitor)| visitor.try_sign_in(name));
        let answers = try_join_all(logins).await;
        is_going_on.set(false);
        answers
    };
    let (answers, meanwhile) = tokio::join!(signing_in, ask_while(&mut others, || is_going_on.get()));
    let (answers, meanwhile, took) = (answers?, meanwhile?, started.elapsed());
    let signed_in = answers.iter().filter(|answer| answer.status.is_success()).count();
    let waited: Vec<f64> = answers.iter().map(|answer| answer.micros / 1e6).collect();
    let slowest = meanwhile.iter().copied().fold(0.0, f64::max);
    let peak = site.plane.server().context("it still runs")?.peak_mib();
    let row = |target: &str, times: &[f64], figures| Row {
        scenario: format!("{LOGINS} sign-ins at once"),
        target: target.to_owned(),
        figures: [
            vec![
                figure("requests", times.len() as f64, "answers"),
                figure("p50", percentile(times, 50.0), "ms"),
                figure("p99", percentile(times, 99.0), "ms"),
                figure("slowest", percentile(times, 100.0), "ms"),
            ],
            figures,
        ]
        .concat(),
    };
    let none = || {
        vec![
            figure("signed in", 0.0, "operators"),
            figure("in", 0.0, "s"),
            figure("the last waited", 0.0, "s"),
            figure("largest memory", 0.0, "MiB"),
        ]
    };
    let while_signing_in = vec![
        figure("signed in", signed_in as f64, "operators"),
        figure("in", took.as_secs_f64(), "s"),
        figure("the last waited", percentile(&waited, 100.0), "s"),
        figure("largest memory", peak, "MiB"),
    ];
    Ok(Found {
        rows: vec![
            row("others, before", &alone, none()),
            row("others, meanwhile", &meanwhile, while_signing_in),
        ],
        goals: vec![
            Goal {
                what: format!("{LOGINS} sign-ins at once: the slowest other request"),
                wanted: format!("at most {MOST:.0} ms"),
                measured: format!("{slowest:.1} ms"),
                met: slowest <= MOST,
            },
            Goal {
                what: format!("{LOGINS} sign-ins at once: those who got in"),
                wanted: "all".to_owned(),
                measured: signed_in.to_string(),
                met: signed_in == LOGINS,
            },
        ],
    })
}

/// Milliseconds of each request.
async fn ask_while(operator: &mut Operator, goes_on: impl Fn() -> bool) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    while goes_on() {
        for path in PATHS {
            times.push(operator.get(path).await?.micros / 1000.0);
        }
    }
    Ok(times)
}
