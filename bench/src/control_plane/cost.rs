//! What auditing costs the data plane: the same requests through gateways with and without it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use bytes::Bytes;

use super::gateway::Gateway;
use super::{Found, Kind, Options, Site, figure, lasting_socket, temporary};
use crate::bodies;
use crate::load::{Round, closed_loop};
use crate::report::{Goal, Row};
use crate::stats::{median, percentile};
use crate::targets;

/// More of a gateway's processor time, in percent, and of an answer's time, in milliseconds.
const MOST_CPU: f64 = 4.0;
const MOST_LATER: f64 = 1.0;

struct Scenario {
    name: &'static str,
    bodies: Vec<Bytes>,
    connections: usize,
}

fn scenarios() -> [Scenario; 4] {
    let many = |bytes: usize, stream| {
        (0..64)
            .map(|seed| Bytes::from(bodies::chat(seed, bytes, stream)))
            .collect()
    };
    [
        Scenario {
            name: "cost of auditing: chat 2 KB, 16 connections",
            bodies: many(2_000, false),
            connections: 16,
        },
        Scenario {
            name: "cost of auditing: chat 20 KB, 16 connections",
            bodies: many(20_000, false),
            connections: 16,
        },
        Scenario {
            name: "cost of auditing: SSE, 141 deltas, 16 connections",
            bodies: many(2_000, true),
            connections: 16,
        },
        Scenario {
            name: "cost of auditing: SSE, 141 deltas, 1 connection",
            bodies: many(2_000, true),
            connections: 1,
        },
    ]
}

struct Target {
    name: &'static str,
    gateway: Gateway,
}

#[derive(Default)]
struct Measured(Vec<(Round, f64)>);

impl Measured {
    fn over(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        median(&self.0.iter().map(|(round, _)| figure(round)).collect::<Vec<_>>())
    }

    /// Microseconds a request.
    fn cpu(&self) -> Vec<f64> {
        self.0
            .iter()
            .map(|(round, cpu)| cpu * 1e6 / round.latencies.len() as f64)
            .collect()
    }

    /// Percent more processor time than `off` took in the same round, the middle of all rounds.
    fn more_than(&self, off: &Self) -> f64 {
        let of_rounds = self.cpu().into_iter().zip(off.cpu());
        let more: Vec<f64> = of_rounds.map(|(own, off)| (own / off - 1.0) * 100.0).collect();
        median(&more)
    }

    fn millis(&self, percent: f64) -> f64 {
        self.over(|round| percentile(&round.latencies, percent)) / 1000.0
    }
}

pub(super) async fn measure(options: &Options) -> Result<Found> {
    let folder = temporary()?;
    let mut site = Site::new(options, Kind::Sqlite, &folder.path().join("plane"))?;
    site.plane.start()?;
    let (_upstream, upstream) = targets::upstream("upstream")?;
    let targets = targets(options, &site, upstream, folder.path())?;
    let mut found = Found::default();
    for scenario in scenarios() {
        let bodies = Arc::new(scenario.bodies);
        let mut all: Vec<Measured> = targets.iter().map(|_| Measured::default()).collect();
        // The first round warms caches and pools, and is not counted.
        for round in 0..=options.rounds {
            for (target, measured) in targets.iter().zip(&mut all) {
                let server = target.gateway.server()?;
                let before = server.cpu_of_threads();
                let chat = target.gateway.chat();
                let done = closed_loop(&chat, Arc::clone(&bodies), scenario.connections, options.seconds);
                let done = done
                    .await
                    .with_context(|| format!("{} with {}", scenario.name, target.name))?;
                until_delivered(target).await?;
                if round > 0 {
                    measured.0.push((done, server.cpu_of_threads() - before));
                }
            }
            println!("{}: round {round} of {}", scenario.name, options.rounds);
        }
        let [off, others @ ..] = all.as_slice() else {
            continue;
        };
        found.rows.push(row(scenario.name, targets[0].name, off, off));
        for (target, measured) in targets[1..].iter().zip(others) {
            found.rows.push(row(scenario.name, target.name, measured, off));
            found
                .goals
                .extend(goals(scenario.name, target.name, measured, off));
        }
    }
    Ok(found)
}

fn targets(
    options: &Options,
    site: &Site,
    upstream: std::net::SocketAddr,
    folder: &Path,
) -> Result<Vec<Target>> {
    let mut away = Gateway::delivers(&site.plane, &folder.join("spool of the one that is away"));
    // Nobody listens there.
    away.push(("BAUTA_AUDIT__ENDPOINT", format!("http://{}", lasting_socket()?)));
    let up = Gateway::delivers(&site.plane, &folder.join("spool"));
    let environments = [
        ("audit.sink = off", Vec::new()),
        ("admin, up", up),
        ("admin, away", away),
    ];
    let mut targets = Vec::new();
    for (name, environment) in environments {
        let mut gateway = Gateway::new(&options.gateway, upstream, environment)?;
        gateway.start()?;
        targets.push(Target { name, gateway });
    }
    Ok(targets)
}

/// What is delivered belongs to the round of its requests.
async fn until_delivered(target: &Target) -> Result<()> {
    if target.name != "admin, up" {
        return Ok(());
    }
    while target.gateway.waiting().await?.events > 0.0 {
        crate::sockets::pause(std::time::Duration::from_millis(50)).await;
    }
    Ok(())
}

fn row(scenario: &str, target: &str, measured: &Measured, off: &Measured) -> Row {
    Row {
        scenario: scenario.to_owned(),
        target: target.to_owned(),
        figures: vec![
            figure("requests", measured.over(Round::per_second), "1/s"),
            figure("CPU", median(&measured.cpu()), "µs/request"),
            figure("more than off", measured.more_than(off), "%"),
            figure("last byte p50", measured.millis(50.0), "ms"),
            figure("p99", measured.millis(99.0), "ms"),
        ],
    }
}

fn goals(scenario: &str, target: &str, measured: &Measured, off: &Measured) -> [Goal; 2] {
    let (more, later) = (measured.more_than(off), measured.millis(50.0) - off.millis(50.0));
    [
        Goal {
            what: format!("{scenario}, {target}: more CPU"),
            wanted: format!("at most {MOST_CPU:.0} %"),
            measured: format!("{more:.1} %"),
            met: more <= MOST_CPU,
        },
        Goal {
            what: format!("{scenario}, {target}: the last byte later, p50"),
            wanted: format!("at most {MOST_LATER:.0} ms"),
            measured: format!("{later:.2} ms"),
            met: later <= MOST_LATER,
        },
    ]
}
