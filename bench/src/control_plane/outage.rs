//! Admin-api is away for long, comes back, and both are killed in between: what was answered is stored, once.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::gateway::Gateway;
use super::operator::Operator;
use super::{Found, Kind, Options, Site, figure, temporary};
use crate::bodies;
use crate::load::{Address, Round, connect, send};
use crate::report::{Goal, Row};
use crate::sockets::pause;
use crate::stats::percentile;
use crate::targets;

const CONNECTIONS: u64 = 20;
const LOOK: Duration = Duration::from_millis(50);

/// What callers saw.
#[derive(Default)]
struct Seen {
    answered: AtomicU64,
    /// Requests that broke off: their turns may have ended, and then have an event.
    broken: AtomicU64,
    /// Connections that were refused: nothing was asked.
    refused: AtomicU64,
    is_over: AtomicBool,
}

pub(super) async fn measure(options: &Options) -> Result<Found> {
    let folder = temporary()?;
    let (_upstream, upstream) = targets::upstream("upstream")?;
    let mut site = Site::new(options, Kind::Sqlite, &folder.path().join("plane"))?;
    let environment = Gateway::delivers(&site.plane, &folder.path().join("spool"));
    let mut gateway = Gateway::new(&options.gateway, upstream, environment)?;
    gateway.start()?;
    let seen = Arc::new(Seen::default());
    let callers = Callers::start(gateway.chat(), options.outage_requests, Arc::clone(&seen));
    stay_away(options, &mut gateway, &seen).await?;
    let waiting = gateway.waiting().await?;
    println!("outage: {:.0} events wait, admin-api comes back", waiting.events);
    let came_back = Instant::now();
    site.plane.start()?;
    for nth in 0..options.kill_admin {
        until_fewer_wait(&gateway).await?;
        site.plane.kill();
        println!(
            "outage: admin-api is killed, {} of {}",
            nth + 1,
            options.kill_admin
        );
        site.plane.start()?;
    }
    seen.is_over.store(true, Ordering::Relaxed);
    let latencies = callers.join()?;
    let mut left = gateway.waiting().await?.events;
    while left > 0.0 {
        pause(LOOK).await;
        left = gateway.waiting().await?.events;
    }
    let drained = came_back.elapsed();
    let dropped = gateway.dropped().await?;
    let mut operator = Operator::sign_in(site.plane.operators).await?;
    let stored = Stored::ask(&mut operator).await?;
    Ok(found(
        options, &seen, waiting, drained, dropped, &stored, &latencies,
    ))
}

/// Those who ask, on a thread of their own: starting a program holds up this one.
struct Callers(JoinHandle<Result<Vec<f64>>>);

impl Callers {
    fn start(to: Address, per_second: u64, seen: Arc<Seen>) -> Self {
        Self(std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut callers = JoinSet::new();
                for nth in 0..CONNECTIONS {
                    callers.spawn(call(to.clone(), nth, per_second, Arc::clone(&seen)));
                }
                Ok(callers.join_all().await.concat())
            })
        }))
    }

    /// The times of all answers, in milliseconds.
    fn join(self) -> Result<Vec<f64>> {
        self.0
            .join()
            .map_err(|_| anyhow::anyhow!("the callers panicked"))?
    }
}

/// The time without admin-api; the gateway is killed in it, as often as asked for.
async fn stay_away(options: &Options, gateway: &mut Gateway, seen: &Seen) -> Result<()> {
    let parts = options.kill_proxy + 1;
    let part = Duration::from_secs_f64(options.outage_seconds / parts as f64);
    for nth in 0..parts {
        let until = Instant::now() + part;
        while Instant::now() < until {
            pause(part.min(Duration::from_secs(30)).min(until - Instant::now())).await;
            println!(
                "outage: {} requests are answered, {:.0} events wait",
                seen.answered.load(Ordering::Relaxed),
                gateway.waiting().await?.events
            );
        }
        if nth + 1 < parts {
            gateway.kill();
            println!(
                "outage: proxy-api is killed, {} of {}",
                nth + 1,
                options.kill_proxy
            );
            gateway.start()?;
        }
    }
    Ok(())
}

/// Something was stored since now.
async fn until_fewer_wait(gateway: &Gateway) -> Result<()> {
    let mut most = gateway.waiting().await?.events;
    loop {
        pause(LOOK).await;
        let now = gateway.waiting().await?.events;
        if now < most {
            return Ok(());
        }
        most = most.max(now);
    }
}

/// One connection's share of the requests, at its pace; their times in milliseconds.
async fn call(to: Address, nth: u64, per_second: u64, seen: Arc<Seen>) -> Vec<f64> {
    let bodies: Vec<Bytes> = (0..8)
        .map(|seed| bodies::chat(nth * 8 + seed, 2_000, false).into())
        .collect();
    let mut ticks = interval(Duration::from_secs_f64(CONNECTIONS as f64 / per_second as f64));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut round = Round::default();
    let mut connection: Option<SendRequest<Full<Bytes>>> = None;
    let mut next = 0;
    while !seen.is_over.load(Ordering::Relaxed) {
        ticks.tick().await;
        let open = match connection.take() {
            Some(open) if !open.is_closed() => Ok(open),
            _ => connect(to.socket).await,
        };
        let Ok(mut open) = open else {
            seen.refused.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        next += 1;
        let sent = send(&mut open, &to, bodies[next % bodies.len()].clone(), &mut round).await;
        if sent.is_ok() {
            seen.answered.fetch_add(1, Ordering::Relaxed);
            connection = Some(open);
        } else {
            seen.broken.fetch_add(1, Ordering::Relaxed);
        }
    }
    round.latencies.iter().map(|micros| micros / 1000.0).collect()
}

/// What the control plane has, asked as an operator does.
struct Stored {
    /// By the sums.
    summed: u64,
    /// By their rows.
    events: u64,
    ids: u64,
}

impl Stored {
    async fn ask(operator: &mut Operator) -> Result<Self> {
        let range = "from=2020-01-01T00:00:00Z";
        let mut ids = HashSet::new();
        let (mut events, mut summed) = (0, 0);
        let mut cursor = String::new();
        let (mut first, mut last) = (None, None);
        loop {
            let page = operator
                .get(&format!("/events?limit=500&{range}{cursor}"))
                .await?
                .json()?;
            let items = page["items"].as_array().context("a page has items")?;
            for item in items {
                let id = item["event_id"].as_str().context("an event has an id")?;
                ids.insert(id.to_owned());
                events += 1;
                let at = item["occurred_at"].as_str().context("an event has a time")?;
                last.get_or_insert_with(|| at.to_owned());
                first = Some(at.to_owned());
            }
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        if let (Some(first), Some(last)) = (first, last) {
            ensure!(first <= last, "pages go back in time");
            // Whole minutes around them.
            let overview = operator
                .get(&format!("/overview?from={first}&to={}", after(&last)?))
                .await?;
            summed = overview.json()?["totals"]["requests"]
                .as_u64()
                .unwrap_or_default();
        }
        Ok(Self {
            summed,
            events,
            ids: ids.len() as u64,
        })
    }
}

fn after(at: &str) -> Result<String> {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    let at = OffsetDateTime::parse(at, &Rfc3339)? + Duration::from_secs(1);
    Ok(at.format(&Rfc3339)?)
}

fn found(
    options: &Options,
    seen: &Seen,
    waiting: super::gateway::Waiting,
    drained: Duration,
    dropped: f64,
    stored: &Stored,
    latencies: &[f64],
) -> Found {
    let answered = seen.answered.load(Ordering::Relaxed);
    let broken = seen.broken.load(Ordering::Relaxed);
    let scenario = format!(
        "outage: {:.0} s without admin-api at {} requests a second, proxy-api killed {} times, then admin-api {}",
        options.outage_seconds, options.outage_requests, options.kill_proxy, options.kill_admin
    );
    let row = Row {
        scenario: scenario.clone(),
        target: Kind::Sqlite.name().to_owned(),
        figures: vec![
            figure("answered", answered as f64, "requests"),
            figure("broken off", broken as f64, "requests"),
            figure(
                "not accepted",
                seen.refused.load(Ordering::Relaxed) as f64,
                "requests",
            ),
            figure("stored", stored.events as f64, "events"),
            figure("dropped", dropped, "events"),
            figure("waited at the end", waiting.events, "events"),
            figure("of", waiting.bytes / f64::from(1 << 20), "MiB"),
            figure("delivered after", drained.as_secs_f64(), "s"),
            figure("answers, p50", percentile(latencies, 50.0), "ms"),
            figure("p99", percentile(latencies, 99.0), "ms"),
        ],
    };
    // A turn that broke off may have ended before its caller knew.
    let is_whole = (answered..=answered + broken).contains(&stored.events);
    Found {
        rows: vec![row],
        goals: vec![
            Goal {
                what: format!("{scenario}: events of answered requests that are stored"),
                wanted: "all".to_owned(),
                measured: format!("{} of {answered} ({broken} broke off)", stored.events),
                met: is_whole,
            },
            Goal {
                what: format!("{scenario}: events that count twice"),
                wanted: "none".to_owned(),
                measured: format!(
                    "{} rows, {} ids, {} in the sums",
                    stored.events, stored.ids, stored.summed
                ),
                met: stored.events == stored.ids && stored.events == stored.summed,
            },
        ],
    }
}
