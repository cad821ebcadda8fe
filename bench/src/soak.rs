//! What one honest caller gets, and what the gateway holds, while others try to take its room: slow connections, bodies
//! that never end, compressed ones that decode to a thousand times their size, sockets and chains in other names, texts that
//! cost most to look at.

mod crowd;
mod honest;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;

use self::crowd::Crowd;
use self::honest::{Honest, Waits};
use crate::process::Server;
use crate::report::{Figure, Goal, Report, Row, machine};
use crate::run::interruptible;
use crate::sockets::pause;
use crate::targets;

/// `limits.bodies_bytes` as it is by default, MiB.
const BUDGET_MIB: f64 = 256.0;

/// What to measure and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that each crowd stays.
    #[arg(long, default_value_t = 12.0)]
    seconds: f64,
    /// Seconds that memory gets to come back after all have gone.
    #[arg(long, default_value_t = 60.0)]
    rest: f64,
    /// Only crowds whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// The gateway's binary.
    #[arg(long, default_value = "target/release/proxy-api")]
    gateway: PathBuf,
    /// Where the table and the JSON go.
    #[arg(long, default_value = "docs/benchmarks")]
    out: PathBuf,
}

/// What one crowd came to.
struct Soaked {
    crowd: Crowd,
    waits: Waits,
    peak_mib: f64,
    rest_mib: f64,
    /// Of the processor, from the leaving of the crowd until nothing of its work goes on.
    freed_after: Duration,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let soaked = tokio::runtime::Runtime::new()?.block_on(interruptible(soak(options)))?;
    let rows = soaked.iter().map(Soaked::row).collect();
    let how = format!(
        "`cargo run --release -p bench -- soak`: each crowd stays for {} s on a gateway of its own with default limits; beside \
         it an honest caller sends a chat of 2 KB and one of 100 KB, each as soon as the last was answered, and asks both \
         listeners for their health. Memory is the process' resident size: at its largest, and {} s after all have gone, \
         less that of the gateway after its first few turns. Crowd, callers, fake upstream and gateway share {}.",
        options.seconds,
        options.rest,
        machine()
    );
    Report {
        title: "Crowds",
        how,
        rows,
        goals: soaked.iter().flat_map(Soaked::goals).collect(),
    }
    .write(&options.out, "soak")
}

async fn soak(options: &Options) -> Result<Vec<Soaked>> {
    let mut all = Vec::new();
    for crowd in Crowd::ALL {
        if crowd.name().contains(&options.only) {
            let soaked = one(options, crowd).await.with_context(|| crowd.name())?;
            println!(
                "{}: {:.0} MiB, then {:.0}; {:.0} ms",
                crowd.name(),
                soaked.peak_mib,
                soaked.rest_mib,
                soaked.waits.chat
            );
            all.push(soaked);
        }
    }
    Ok(all)
}

async fn one(options: &Options, crowd: Crowd) -> Result<Soaked> {
    let upstream = if crowd.is_of_sockets() {
        "socket-upstream"
    } else {
        "upstream"
    };
    let (_upstream, upstream) = targets::upstream(upstream)?;
    let (server, data, ops) =
        targets::gateway_with_ops(&options.gateway, &format!("http://{upstream}/v1"), &[])?;
    let honest = Honest::new(data, ops, crowd.is_of_sockets());
    honest.once().await?;
    pause(Duration::from_secs(1)).await;
    let idle = server.rss_mib();
    let members = crowd.come(data).await?;
    let (waits, peak) = honest
        .while_watching(&server, Duration::from_secs_f64(options.seconds))
        .await?;
    members.leave();
    let freed_after = until_quiet(&server).await;
    pause(Duration::from_secs_f64(options.rest)).await;
    Ok(Soaked {
        crowd,
        waits,
        peak_mib: peak - idle,
        rest_mib: server.rss_mib() - idle,
        freed_after,
    })
}

/// The processor time that the gateway still takes, until it takes none for a while.
async fn until_quiet(server: &Server) -> Duration {
    let start = server.cpu_seconds();
    let (mut last, mut still) = (start, 0);
    while still < 5 {
        pause(Duration::from_millis(20)).await;
        let now = server.cpu_seconds();
        still = if now > last { 0 } else { still + 1 };
        last = now;
    }
    Duration::from_secs_f64(last - start)
}

impl Soaked {
    fn row(&self) -> Row {
        let figure = |name, value, unit| Figure { name, value, unit };
        Row {
            scenario: self.crowd.name().to_owned(),
            target: "bauta".to_owned(),
            figures: vec![
                figure("honest chat of 2 KB, slowest", self.waits.chat, "ms"),
                figure("of 100 KB, slowest", self.waits.long, "ms"),
                figure("refused", self.waits.refused as f64, "answers"),
                figure("answered", self.waits.answered as f64, "answers"),
                figure("/health, slowest", self.waits.health, "ms"),
                figure("on the ops listener", self.waits.ops, "ms"),
                figure("memory", self.peak_mib, "MiB"),
                figure("afterwards", self.rest_mib, "MiB"),
                figure(
                    "CPU after all have left",
                    self.freed_after.as_secs_f64() * 1000.0,
                    "ms",
                ),
            ],
        }
    }

    fn goals(&self) -> Vec<Goal> {
        let name = self.crowd.name();
        let goal = |what: &str, measured: f64, most: f64, unit: &str| Goal {
            what: format!("{name}: {what}"),
            wanted: format!("at most {most:.0} {unit}"),
            measured: format!("{measured:.0} {unit}"),
            met: measured <= most,
        };
        let mut goals = vec![
            goal("honest chat of 2 KB, slowest", self.waits.chat, 1000.0, "ms"),
            goal("memory", self.peak_mib, BUDGET_MIB + 96.0, "MiB"),
            goal("memory afterwards", self.rest_mib, 64.0, "MiB"),
        ];
        if self.crowd == Crowd::Hostile {
            goals.push(goal(
                "honest chat of 100 KB, slowest",
                self.waits.long,
                300.0,
                "ms",
            ));
            goals.push(goal("/health, slowest", self.waits.health, 50.0, "ms"));
            goals.push(goal(
                "/health of the ops listener, slowest",
                self.waits.ops,
                50.0,
                "ms",
            ));
            let freed = self.freed_after.as_secs_f64() * 1000.0;
            // One thread for each that was at work, of which the clock of a process counts hundredths of a second.
            goals.push(goal("CPU after all have left", freed, 100.0, "ms"));
        }
        goals
    }
}

/// `127.0.0.1` and a port.
type Address = SocketAddr;
