//! Responses over WebSocket: a socket through the gateway against one that goes straight to the same upstream.

mod caller;
mod clock;
mod idle;
pub(crate) mod upstream;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use self::caller::{Caller, Round, closed_loop};
use self::idle::{Held, Past};
use crate::bodies;
use crate::process::Server;
use crate::report::{Figure, Goal, Report, Row, machine};
use crate::run::interruptible;
use crate::stats::{median, percentile};
use crate::targets;

pub(crate) use self::clock::pause;

/// A socket of one caller among many, that has had a turn.
pub(crate) async fn claim(to: SocketAddr, caller: usize) -> Option<impl Send> {
    let mut socket = Caller::connect_as(to, &format!("Bearer crowd-{caller}"))
        .await
        .ok()?;
    let frame = bodies::frame(caller as u64, 2_000, "bench").into();
    socket.turn(frame, &mut Round::default()).await.ok()?;
    Some(socket)
}

/// What to measure and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Rounds over all targets; medians are reported.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds per target, scenario and round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Sockets to hold, as far as the limit on open files goes.
    #[arg(long, default_value_t = 10_000)]
    hold: usize,
    /// Seconds to hold them: longer than from one ping to the next.
    #[arg(long, default_value_t = 25.0)]
    hold_seconds: f64,
    /// The gateway's binary.
    #[arg(long, default_value = "target/release/proxy-api")]
    gateway: PathBuf,
    /// Only scenarios whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where the table and the JSON go.
    #[arg(long, default_value = "docs/benchmarks")]
    out: PathBuf,
}

/// What the upstream behind the gateway speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Sockets,
    Streams,
}

impl Side {
    const ALL: [Self; 2] = [Self::Sockets, Self::Streams];

    const fn target(self) -> &'static str {
        match self {
            Self::Sockets => "bauta, upstream with sockets",
            Self::Streams => "bauta, upstream with streams",
        }
    }

    fn gateway(self, binary: &Path, upstream: SocketAddr) -> Result<(Server, SocketAddr)> {
        let path = match self {
            Self::Sockets => "",
            Self::Streams => upstream::STREAMS,
        };
        // All callers of this harness are one, which asks more often than any real one.
        let environment = [
            ("BAUTA_WEBSOCKET__SOCKETS_PER_CALLER", "20000"),
            ("BAUTA_WEBSOCKET__FRAMES_PER_SECOND", "100000"),
            ("BAUTA_TURN_STATE__COUNT", "40000"),
        ];
        targets::gateway(binary, &format!("http://{upstream}{path}/v1"), &environment)
    }
}

struct Target {
    name: &'static str,
    socket: SocketAddr,
    /// `None` for the direct connection.
    server: Option<Server>,
}

impl Target {
    fn cpu_seconds(&self) -> f64 {
        self.server.as_ref().map_or(0.0, Server::cpu_seconds)
    }
}

/// Turns on many sockets at once.
struct Scenario {
    name: &'static str,
    frames: Arc<Vec<Utf8Bytes>>,
    sockets: usize,
    /// Whether the turns are paced, so that their events are what counts.
    paced: bool,
}

fn scenarios() -> [Scenario; 2] {
    let frames = |model| {
        Arc::new(
            (0..64)
                .map(|seed| bodies::frame(seed, 2_000, model).into())
                .collect::<Vec<_>>(),
        )
    };
    [
        Scenario {
            name: "short turns: 2 KB frame, 10 events, 64 sockets",
            frames: frames("bench"),
            sockets: 64,
            paced: false,
        },
        Scenario {
            name: "paced turns: an event every 20 ms, 100 sockets",
            frames: frames(bodies::PACED),
            sockets: 100,
            paced: true,
        },
    ]
}

/// Rounds of one scenario and target, with the processor time that each took.
#[derive(Default)]
struct Measured(Vec<(Round, f64)>);

impl Measured {
    fn over(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        let figures: Vec<f64> = self.0.iter().map(|(round, _)| figure(round)).collect();
        median(&figures)
    }

    fn turns_per_second(&self) -> f64 {
        self.over(|round| round.turns.len() as f64 / round.seconds)
    }

    /// How old events are when the caller has them, in microseconds.
    fn age(&self, percent: f64) -> f64 {
        self.over(|round| percentile(&round.events, percent))
    }

    /// How much older they are than `direct`'s.
    fn later(&self, direct: &Self, percent: f64) -> f64 {
        self.age(percent) - direct.age(percent)
    }

    fn row(&self, scenario: &Scenario, target: &str, direct: &Self) -> Row {
        let figure = |name, value, unit| Figure { name, value, unit };
        let cpu_per = |count: fn(&Round) -> usize| {
            let each = self.0.iter().map(|(round, cpu)| cpu * 1e6 / count(round) as f64);
            median(&each.collect::<Vec<_>>())
        };
        let figures = if scenario.paced {
            let per_second = self.over(|round| round.events.len() as f64 / round.seconds);
            vec![
                figure("events", per_second, "1/s"),
                figure("p50", self.age(50.0), "µs"),
                figure("p99", self.age(99.0), "µs"),
                figure("added p50", self.later(direct, 50.0), "µs"),
                figure("added p99", self.later(direct, 99.0), "µs"),
                figure("CPU", cpu_per(|round| round.events.len()), "µs/event"),
            ]
        } else {
            vec![
                figure("turns", self.turns_per_second(), "1/s"),
                figure("p50", self.over(|round| median(&round.turns)), "µs"),
                figure("p99", self.over(|round| percentile(&round.turns, 99.0)), "µs"),
                figure("CPU", cpu_per(|round| round.turns.len()), "µs/turn"),
            ]
        };
        Row {
            scenario: scenario.name.to_owned(),
            target: target.to_owned(),
            figures,
        }
    }
}

type Results = BTreeMap<(usize, usize), Measured>;

/// Runs everything and writes the report.
pub(crate) fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let scenarios: Vec<Scenario> = scenarios()
        .into_iter()
        .filter(|scenario| scenario.name.contains(&options.only))
        .collect();
    let targets = ["direct", Side::Sockets.target(), Side::Streams.target()];
    let results = runtime.block_on(interruptible(measure(options, &scenarios)))?;
    let held = runtime.block_on(interruptible(hold(options)))?;
    let mut rows = Vec::new();
    for (nth, scenario) in scenarios.iter().enumerate() {
        for (which, target) in targets.iter().enumerate() {
            rows.push(results[&(nth, which)].row(scenario, target, &results[&(nth, 0)]));
        }
    }
    rows.extend(held.iter().map(Held::row));
    let how = format!(
        "`cargo run --release -p bench -- sockets`: medians of {} interleaved rounds of {} s. Callers, fake upstream and gateway \
         share {}. CPU is the gateway's own process time.\n\n`direct` is a socket straight to the upstream: what callers and \
         upstream can do by themselves. The age of an event is the time from its writing at the upstream to its reading by the \
         caller; `added` is how much older it is than over a direct socket in the same run.",
        options.rounds,
        options.seconds,
        machine()
    );
    Report {
        title: "Sockets",
        how,
        rows,
        goals: goals(&scenarios, &results, &held),
    }
    .write(&options.out, "sockets")
}

async fn measure(options: &Options, scenarios: &[Scenario]) -> Result<Results> {
    let (_upstream, upstream) = targets::upstream("socket-upstream")?;
    let mut targets = vec![Target {
        name: "direct",
        socket: upstream,
        server: None,
    }];
    for side in Side::ALL {
        let (server, socket) = side.gateway(&options.gateway, upstream)?;
        targets.push(Target {
            name: side.target(),
            socket,
            server: Some(server),
        });
    }
    let mut results = Results::new();
    for (nth, scenario) in scenarios.iter().enumerate() {
        // The first round warms caches, pools and branch predictors, and is not counted.
        for round in 0..=options.rounds {
            for (which, target) in targets.iter().enumerate() {
                let before = target.cpu_seconds();
                let turns = closed_loop(target.socket, &scenario.frames, scenario.sockets, options.seconds);
                let measured = turns
                    .await
                    .with_context(|| format!("{} over {}", scenario.name, target.name))?;
                if round > 0 {
                    let cpu = target.cpu_seconds() - before;
                    results.entry((nth, which)).or_default().0.push((measured, cpu));
                }
            }
            println!("{}: round {round} of {}", scenario.name, options.rounds);
        }
    }
    Ok(results)
}

async fn hold(options: &Options) -> Result<Vec<Held>> {
    let mut all = Vec::new();
    for past in Past::ALL
        .into_iter()
        .filter(|past| past.scenario().contains(&options.only))
    {
        for side in Side::ALL {
            let holding = idle::hold(&options.gateway, side, past, options.hold, options.hold_seconds);
            let held = holding
                .await
                .with_context(|| format!("{} over {}", past.scenario(), side.target()))?;
            println!("{}, {}: {:.1} KiB", past.scenario(), side.target(), held.kib);
            all.push(held);
        }
    }
    Ok(all)
}

fn goals(scenarios: &[Scenario], results: &Results, held: &[Held]) -> Vec<Goal> {
    let mut goals = Vec::new();
    for (nth, scenario) in scenarios.iter().enumerate() {
        for (which, side) in Side::ALL.into_iter().enumerate() {
            let (direct, measured) = (&results[&(nth, 0)], &results[&(nth, which + 1)]);
            let of = side.target();
            goals.push(if scenario.paced {
                let (later, own) = (measured.later(direct, 99.0) / 1000.0, direct.age(99.0) / 1000.0);
                Goal {
                    what: format!("{of}: added to an event at 100 turns at once, p99"),
                    wanted: "at most 1 ms, direct itself too".into(),
                    measured: format!("{later:.2} ms, direct itself {own:.2} ms"),
                    // A machine on which direct events are late says nothing about what the gateway adds.
                    met: later <= 1.0 && own <= 1.0,
                }
            } else {
                let turns = measured.turns_per_second();
                Goal {
                    what: format!("{of}: short turns"),
                    wanted: "at least 2000 a second".into(),
                    measured: format!("{turns:.0}"),
                    met: turns >= 2000.0,
                }
            });
        }
    }
    for held in held.iter().filter(|held| held.past == Past::Nothing) {
        let of = held.side.target();
        goals.push(Goal {
            what: format!("{of}: memory of an idle socket"),
            wanted: "at most 40 KiB".into(),
            measured: format!("{:.1} KiB", held.kib),
            met: held.kib <= 40.0,
        });
        goals.push(Goal {
            what: format!(
                "{of}: /health while {} sockets are held, the slowest",
                held.sockets
            ),
            wanted: "under 50 ms".into(),
            measured: format!("{:.1} ms", held.health),
            met: held.health < 50.0,
        });
    }
    goals
}
