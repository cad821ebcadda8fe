//! The load run: every scenario over every target, round by round, so that a slow minute slows all of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::load::{Address, Round, closed_loop, get, in_order};
use crate::report::{Figure, Goal, Report, Row, machine};
use crate::stats::{median, percentile};
use crate::targets::{Peer, Target, start};
use crate::{bodies, upstream};

/// What to measure and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Rounds over all targets; medians are reported.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds per target, scenario and round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// The gateway's binary.
    #[arg(long, default_value = "target/release/proxy-api")]
    gateway: PathBuf,
    /// Peers to measure in the same run.
    #[arg(long)]
    peer: Vec<Peer>,
    /// Only scenarios whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where the table and the JSON go.
    #[arg(long, default_value = "docs/benchmarks")]
    out: PathBuf,
}

struct Scenario {
    name: &'static str,
    bodies: Vec<Bytes>,
    connections: usize,
    /// Each body once, in order, instead of a closed loop.
    replay: bool,
}

fn scenarios() -> Vec<Scenario> {
    let many = |bytes: usize, count: u64, stream| {
        (0..count)
            .map(|seed| Bytes::from(bodies::chat(seed, bytes, stream)))
            .collect::<Vec<_>>()
    };
    let mut seeded = bodies::Seeded::new(1);
    let messages = bodies::agent_messages(&mut seeded, 200_000);
    let long = bodies::agent_messages(&mut seeded, 900_000);
    let turns = (1..=12)
        .map(|turn| Bytes::from(bodies::agent(&messages[..messages.len() * turn / 12])))
        .collect();
    let closed = |name, bodies, connections| Scenario {
        name,
        bodies,
        connections,
        replay: false,
    };
    vec![
        closed(
            "chat 2 KB, ten values, 64 connections",
            many(2_000, 64, false),
            64,
        ),
        closed("chat 20 KB, 16 connections", many(20_000, 16, false), 16),
        closed(
            "agent history 200 KB, 4 connections",
            vec![Bytes::from(bodies::agent(&messages))],
            4,
        ),
        closed(
            "agent history 200 KB, every text new, 4 connections",
            // More than the memo holds by the time that the first comes again.
            (0..256)
                .map(|seed| {
                    bodies::agent(&bodies::agent_messages(
                        &mut bodies::Seeded::new(100 + seed),
                        200_000,
                    ))
                })
                .map(Bytes::from)
                .collect(),
            4,
        ),
        closed(
            "agent history 900 KB, 2 connections",
            vec![Bytes::from(bodies::agent(&long))],
            2,
        ),
        closed("SSE, 141 deltas, 1 connection", many(2_000, 8, true), 1),
        closed("SSE, 141 deltas, 16 connections", many(2_000, 16, true), 16),
        Scenario {
            name: "agent replay, 12 turns",
            bodies: turns,
            connections: 1,
            replay: true,
        },
    ]
}

/// Rounds of one scenario and target, with the processor time that each took.
#[derive(Default)]
struct Measured {
    rounds: Vec<(Round, f64)>,
}

impl Measured {
    fn over(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        median(
            &self
                .rounds
                .iter()
                .map(|(round, _)| figure(round))
                .collect::<Vec<_>>(),
        )
    }

    fn cpu_per_request(&self) -> f64 {
        median(
            &self
                .rounds
                .iter()
                .map(|(round, cpu)| cpu * 1e6 / round.latencies.len() as f64)
                .collect::<Vec<_>>(),
        )
    }

    fn per_second(&self) -> f64 {
        self.over(Round::per_second)
    }

    fn p99(&self) -> f64 {
        self.over(|round| percentile(&round.latencies, 99.0))
    }

    fn first_byte(&self) -> f64 {
        self.over(|round| median(&round.first_bytes))
    }

    fn row(&self, scenario: &str, target: &str) -> Row {
        let figure = |name, value, unit| Figure { name, value, unit };
        Row {
            scenario: scenario.to_owned(),
            target: target.to_owned(),
            figures: vec![
                figure("requests", self.per_second(), "1/s"),
                figure("p50", self.over(|round| median(&round.latencies)), "µs"),
                figure("p99", self.p99(), "µs"),
                figure("first byte p50", self.first_byte(), "µs"),
                figure("CPU", self.cpu_per_request(), "µs/request"),
            ],
        }
    }
}

type Results = BTreeMap<(usize, usize), Measured>;

/// Runs everything and writes the report.
pub(crate) fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let (_upstream, targets) = start(&options.gateway, &options.peer, folder.path())?;
    let mut scenarios = scenarios();
    scenarios.retain(|scenario| scenario.name.contains(&options.only));
    let results = runtime.block_on(interruptible(measure(options, &scenarios, &targets)))?;
    let bauta = targets
        .iter()
        .position(|target| target.name == "bauta")
        .context("the gateway is a target")?;
    let rss = targets[bauta]
        .server
        .as_ref()
        .map_or(0.0, crate::process::Server::rss_mib);
    let mut goals = load_goals(&scenarios, &targets, &results);
    goals.push(Goal {
        what: "resident memory after the whole benchmark".into(),
        wanted: "at most 40 MiB".into(),
        measured: format!("{rss:.1} MiB"),
        met: rss <= 40.0,
    });
    if options.only.is_empty() {
        goals.extend(runtime.block_on(interruptible(hostile(&targets[bauta])))?);
    }
    let mut rows = Vec::new();
    for (nth, scenario) in scenarios.iter().enumerate() {
        for (which, target) in targets.iter().enumerate() {
            rows.extend(
                results
                    .get(&(nth, which))
                    .map(|measured| measured.row(scenario.name, target.name)),
            );
        }
    }
    let how = format!(
        "`cargo run --release -p bench -- load`: medians of {} interleaved rounds of {} s. Load, fake upstream and target share \
         {}. CPU is the target's own process time.",
        options.rounds,
        options.seconds,
        machine()
    );
    Report {
        title: "Load",
        how,
        rows,
        goals,
    }
    .write(&options.out, "load")
}

async fn measure(options: &Options, scenarios: &[Scenario], targets: &[Target]) -> Result<Results> {
    let mut results = Results::new();
    for (nth, scenario) in scenarios.iter().enumerate() {
        let bodies = Arc::new(scenario.bodies.clone());
        // The first round warms caches, pools and branch predictors, and is not counted.
        for round in 0..=options.rounds {
            for (which, target) in targets.iter().enumerate() {
                let before = target.cpu_seconds();
                let measured = if scenario.replay {
                    in_order(&target.address, &bodies).await
                } else {
                    closed_loop(
                        &target.address,
                        Arc::clone(&bodies),
                        scenario.connections,
                        options.seconds,
                    )
                    .await
                };
                let measured = match measured {
                    Err(error) if target.is_peer() => {
                        println!("{} over {}: {error:#}", scenario.name, target.name);
                        continue;
                    }
                    measured => {
                        measured.with_context(|| format!("{} over {}", scenario.name, target.name))?
                    }
                };
                if round > 0 {
                    let cpu = target.cpu_seconds() - before;
                    results
                        .entry((nth, which))
                        .or_default()
                        .rounds
                        .push((measured, cpu));
                }
            }
            println!("{}: round {round} of {}", scenario.name, options.rounds);
        }
    }
    Ok(results)
}

fn load_goals(scenarios: &[Scenario], targets: &[Target], results: &Results) -> Vec<Goal> {
    let of = |scenario: &str, target: &str| {
        let nth = scenarios.iter().position(|s| s.name.starts_with(scenario))?;
        let which = targets.iter().position(|t| t.name == target)?;
        results.get(&(nth, which))
    };
    let mut goals = Vec::new();
    if let (Some(bauta), Some(nginx)) = (of("chat 2 KB", "bauta"), of("chat 2 KB", "nginx")) {
        let ratio = bauta.per_second() / nginx.per_second();
        goals.push(Goal {
            what: "chat 2 KB, 64 connections: requests per second against nginx".into(),
            wanted: "at least 0.7".into(),
            measured: format!("{ratio:.2}"),
            met: ratio >= 0.7,
        });
        let ratio = bauta.p99() / nginx.p99();
        goals.push(Goal {
            what: "chat 2 KB, 64 connections: p99 against nginx".into(),
            wanted: "at most 2".into(),
            measured: format!("{ratio:.2}"),
            met: ratio <= 2.0,
        });
    }
    let new = "agent history 200 KB, every text new";
    if let (Some(bauta), Some(nginx)) = (of(new, "bauta"), of(new, "nginx")) {
        let times = bauta.cpu_per_request() / nginx.cpu_per_request();
        goals.push(Goal {
            what: format!("{new}: processor time against nginx"),
            wanted: "at most 25 times".into(),
            measured: format!("{times:.1} times"),
            met: times <= 25.0,
        });
    }
    if let (Some(bauta), Some(direct)) = (
        of("SSE, 141 deltas, 1 ", "bauta"),
        of("SSE, 141 deltas, 1 ", "direct"),
    ) {
        let later = (bauta.first_byte() - direct.first_byte()) / 1000.0;
        goals.push(Goal {
            what: "SSE at one connection: first byte later than direct".into(),
            wanted: "at most 0.3 ms".into(),
            measured: format!("{later:.2} ms"),
            met: later <= 0.3,
        });
    }
    if let Some(bauta) = of("SSE, 141 deltas, 16", "bauta") {
        let per_delta = bauta.cpu_per_request() / upstream::DELTAS as f64;
        goals.push(Goal {
            what: "SSE: processor time per delta".into(),
            wanted: "at most 20 µs".into(),
            measured: format!("{per_delta:.1} µs"),
            met: per_delta <= 20.0,
        });
    }
    goals
}

/// Hostile texts one by one, `/health` asked all the while.
async fn hostile(target: &Target) -> Result<Vec<Goal>> {
    let mut slowest = ("", 0.0);
    let mut health: f64 = 0.0;
    for (name, text) in bodies::hostile() {
        let attack = tokio::spawn(attack(target.address.clone(), text));
        while !attack.is_finished() {
            health = health.max(get(target.address.socket, "/health").await?);
        }
        let took = attack.await??;
        if took > slowest.1 {
            slowest = (name, took);
        }
    }
    println!("hostile texts: done");
    Ok(vec![
        Goal {
            what: format!("1 MiB of a hostile run, the slowest of all (`{}`)", slowest.0),
            wanted: "at most 100 ms".into(),
            measured: format!("{:.1} ms", slowest.1 / 1000.0),
            met: slowest.1 <= 100_000.0,
        },
        Goal {
            what: "/health meanwhile, the slowest".into(),
            wanted: "under 50 ms".into(),
            measured: format!("{:.1} ms", health / 1000.0),
            met: health < 50_000.0,
        },
    ])
}

/// The median of five, in microseconds; a refusal is an answer too. Each is another text, which no memo knows.
async fn attack(to: Address, text: String) -> Result<f64> {
    let mut times = Vec::new();
    for nth in 0..5 {
        times.push(crate::load::post(&to, bodies::say(nth, &text).into()).await?);
    }
    Ok(median(&times))
}

/// Ends the run when it is asked to stop, so that its servers are stopped too.
pub(crate) async fn interruptible<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut stop = signal(SignalKind::terminate())?;
    tokio::select! {
        done = work => done,
        _ = stop.recv() => bail!("stopped"),
        _ = tokio::signal::ctrl_c() => bail!("stopped"),
    }
}
