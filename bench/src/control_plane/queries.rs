//! What the console waits for when millions of events are stored.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::deliver::deliver;
use super::events::{
    DAY, HOUR, INSTANCES, MINUTE, RARE_CALLER, RARE_MODEL, RARE_STATUS, batches, wall_clock,
};
use super::operator::Operator;
use super::{Found, Kind, Options, Site, figure, temporary};
use crate::report::{Goal, Row};
use crate::stats::{median, percentile};

/// Events are spread over so much time.
const SPAN: u64 = 30 * DAY;
const WINDOWS: [(&str, u64); 4] = [("1 h", HOUR), ("24 h", DAY), ("7 d", 7 * DAY), ("30 d", SPAN)];
/// Times that each is asked.
const ASKED: usize = 30;
/// What overview and series may take, in milliseconds.
const MOST: f64 = 20.0;
const STREAMS: u64 = 4;
const BATCH: usize = 512;
/// Batches that are delivered before the next are made, of each stream.
const AT_ONCE: u64 = 50;

struct Query {
    name: String,
    path: String,
    has_goal: bool,
}

fn queries() -> Vec<Query> {
    let charts = [
        "/overview",
        "/series?metric=requests",
        "/series?metric=requests&by=outcome",
        "/series?metric=tokens&by=model",
        "/series?metric=requests&by=caller",
        "/series?metric=detections&by=entity_type",
        "/series?metric=latency_p95",
        "/series?metric=latency_p95&by=model",
    ];
    let lists = [
        "/detectors".to_owned(),
        "/callers".to_owned(),
        "/events?limit=100".to_owned(),
        "/events?limit=100&outcome=blocked".to_owned(),
        "/events?limit=100&entity_type=IBAN&surface=openai.chat".to_owned(),
        format!("/events?limit=100&status={RARE_STATUS}"),
        format!("/events?limit=100&model={RARE_MODEL}"),
        format!("/events?limit=100&caller={RARE_CALLER}"),
        format!("/events?limit=100&caller={RARE_CALLER}&outcome=masked"),
        "/events?limit=100&code=no_such_code".to_owned(),
        "/events?limit=100&upstream=nowhere".to_owned(),
    ];
    let charts = charts.iter().map(|path| ((*path).to_owned(), true));
    charts
        .chain(lists.into_iter().map(|path| (path, false)))
        .map(|(path, has_goal)| Query {
            name: path.trim_start_matches('/').replace("limit=100&", ""),
            path,
            has_goal,
        })
        .collect()
}

pub(super) async fn measure(options: &Options) -> Result<Found> {
    let own = temporary()?;
    let folder = options.data.as_deref().unwrap_or(own.path());
    let mut found = Found::default();
    for kind in Kind::ALL {
        found.add(of(options, kind, &folder.join(kind.name())).await?);
    }
    found.rows.sort_by(|a, b| a.scenario.cmp(&b.scenario));
    Ok(found)
}

async fn of(options: &Options, kind: Kind, folder: &Path) -> Result<Found> {
    let mut site = Site::new(options, kind, folder)?;
    site.plane.start()?;
    let mut operator = Operator::sign_in(site.plane.operators).await?;
    let newest = filled(options, kind, &site, &mut operator).await?;
    let queries = queries();
    let mut times = vec![Vec::new(); queries.len() * WINDOWS.len()];
    let mut cpu = vec![0.0; queries.len()];
    // The first round reads what is not in memory yet, and is not counted.
    for round in 0..=ASKED {
        for ((query, times), cpu) in queries.iter().zip(times.chunks_mut(WINDOWS.len())).zip(&mut cpu) {
            let before = site.cpu_of_threads()?;
            for ((_, window), times) in WINDOWS.iter().zip(times) {
                let joint = if query.path.contains('?') { '&' } else { '?' };
                let (from, to) = (text(newest - window)?, text(newest + MINUTE)?);
                let path = format!("{}{joint}from={from}&to={to}", query.path);
                let millis = operator.get(&path).await?.micros / 1000.0;
                if round > 0 {
                    times.push(millis);
                }
            }
            if round > 0 {
                *cpu += site.cpu_of_threads()? - before;
            }
        }
        if round % 10 == 0 {
            println!("queries, {}: round {round} of {ASKED}", kind.name());
        }
    }
    let mut found = Found::default();
    let mut slowest = (0.0, String::new());
    for ((query, times), cpu) in queries.iter().zip(times.chunks(WINDOWS.len())).zip(cpu) {
        let mut row = Row {
            scenario: query.name.clone(),
            target: kind.name().to_owned(),
            figures: Vec::new(),
        };
        for ((window, _), times) in WINDOWS.iter().zip(times) {
            let p95 = percentile(times, 95.0);
            if query.has_goal && p95 > slowest.0 {
                slowest = (p95, format!("`{}`, {window}", query.name));
            }
            row.figures.extend([
                figure(median_of(window), median(times), "ms"),
                figure(p95_of(window), p95, "ms"),
            ]);
        }
        let asked = (ASKED * WINDOWS.len()) as f64;
        row.figures
            .push(figure("CPU with database", cpu * 1000.0 / asked, "ms/request"));
        found.rows.push(row);
    }
    found.goals.push(Goal {
        what: format!(
            "overview and series over {} events, {}: the slowest p95 ({})",
            options.events,
            kind.name(),
            slowest.1
        ),
        wanted: format!("at most {MOST:.0} ms"),
        measured: format!("{:.1} ms", slowest.0),
        met: slowest.0 <= MOST,
    });
    Ok(found)
}

fn median_of(window: &str) -> &'static str {
    match window {
        "1 h" => "1 h, median",
        "24 h" => "24 h, median",
        "7 d" => "7 d, median",
        _ => "30 d, median",
    }
}

fn p95_of(window: &str) -> &'static str {
    match window {
        "1 h" => "1 h, p95",
        "24 h" => "24 h, p95",
        "7 d" => "7 d, p95",
        _ => "30 d, p95",
    }
}

/// Fills the database unless it is, and tells when its newest event was.
async fn filled(options: &Options, kind: Kind, site: &Site, operator: &mut Operator) -> Result<u64> {
    if let Some(newest) = newest(operator).await? {
        let path = format!(
            "/overview?from={}&to={}",
            text(newest - SPAN - DAY)?,
            text(newest + MINUTE)?
        );
        let overview = operator.get(&path).await?.json()?;
        let stored = overview["totals"]["requests"].as_u64().unwrap_or_default();
        println!("queries, {}: {stored} events are there", kind.name());
        if stored >= options.events {
            return Ok(newest);
        }
        anyhow::bail!("--data holds {stored} events: take an empty folder, or fewer --events");
    }
    fill(options, kind, site).await?;
    newest(operator).await?.context("events are stored")
}

async fn newest(operator: &mut Operator) -> Result<Option<u64>> {
    let page = operator.get("/events?limit=1").await?.json()?;
    let at = page["items"][0]["occurred_at"].as_str();
    let at = at.map(|at| OffsetDateTime::parse(at, &Rfc3339)).transpose()?;
    Ok(at.map(|at| at.unix_timestamp().unsigned_abs() * 1000))
}

/// In the order of time, as events come.
async fn fill(options: &Options, kind: Kind, site: &Site) -> Result<()> {
    let (events, end, started) = (options.events, wall_clock(), Instant::now());
    let at = move |nth: u64| end - SPAN + nth * (SPAN / events) + nth * (SPAN % events) / events;
    let step = AT_ONCE * BATCH as u64;
    let mut first = 0;
    while first < events {
        let deliveries = (0..STREAMS).map(|stream| {
            let from = (first + stream * step).min(events);
            let times = (from..(from + step).min(events)).map(at);
            let instance = INSTANCES[usize::from(stream % 2 == 1)];
            deliver(site.plane.ingest, instance, batches(from, times, instance, BATCH))
        });
        try_join_all(deliveries).await?;
        first += STREAMS * step;
        if first % (STREAMS * step * 10) == 0 {
            let per_second = first as f64 / started.elapsed().as_secs_f64();
            println!(
                "queries, {}: {first} of {events} events, {per_second:.0} a second",
                kind.name()
            );
        }
    }
    Ok(())
}

/// RFC 3339, of milliseconds.
fn text(millis: u64) -> Result<String> {
    let at = OffsetDateTime::from_unix_timestamp(i64::try_from(millis / 1000)?)?;
    Ok(at.format(&Rfc3339)?)
}
