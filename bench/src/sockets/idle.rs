//! Many sockets at rest: what each holds of the gateway's memory, and whether the gateway still answers others.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::caller::{Caller, Round};
use super::{Side, clock};
use crate::load::get;
use crate::report::{Figure, Row};
use crate::{bodies, targets};

/// Sockets that are opened at the same time.
const OPENERS: usize = 32;
/// Sockets that warm the gateway up, before its memory is read for the first time.
const WARM_UP: usize = 256;
/// Until memory has come to rest.
const REST: Duration = Duration::from_secs(2);
/// Between two questions for the gateway's health.
const PAUSE: Duration = Duration::from_millis(5);
/// Files that a process opens beside its sockets, generously.
const OTHER_FILES: usize = 200;

/// What each socket has done before it rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    Nothing,
    ShortTurn,
    FirstFrame,
}

impl Past {
    pub(super) const ALL: [Self; 3] = [Self::Nothing, Self::ShortTurn, Self::FirstFrame];

    pub(super) const fn scenario(self) -> &'static str {
        match self {
            Self::Nothing => "idle sockets, before any turn",
            Self::ShortTurn => "idle sockets, after one short turn",
            Self::FirstFrame => "idle sockets, after one turn with a first frame of 60 KB",
        }
    }

    fn frame(self, nth: usize) -> Option<Utf8Bytes> {
        match self {
            Self::Nothing => None,
            Self::ShortTurn => Some(bodies::frame(nth as u64, 2_000, "bench").into()),
            Self::FirstFrame => Some(bodies::first_frame(nth as u64).into()),
        }
    }

    /// How many of `most` sockets: what long frames leave by design has to fit the store of turn state.
    const fn sockets(self, most: usize) -> usize {
        match self {
            Self::FirstFrame => most / 5,
            _ => most,
        }
    }
}

/// What holding sockets has shown.
pub(super) struct Held {
    pub(super) side: Side,
    pub(super) past: Past,
    pub(super) sockets: usize,
    pub(super) kib: f64,
    /// The slowest answer, in milliseconds.
    pub(super) health: f64,
    opened_per_second: f64,
    /// Processor time per second of holding, in milliseconds.
    cpu: f64,
}

impl Held {
    pub(super) fn row(&self) -> Row {
        let figure = |name, value, unit| Figure { name, value, unit };
        Row {
            scenario: self.past.scenario().to_owned(),
            target: self.side.target().to_owned(),
            figures: vec![
                figure("sockets", self.sockets as f64, "held"),
                figure("memory", self.kib, "KiB/socket"),
                figure("opened", self.opened_per_second, "1/s"),
                figure("/health, slowest", self.health, "ms"),
                figure("CPU", self.cpu, "ms/s"),
            ],
        }
    }
}

/// Opens up to `most` sockets over a gateway of their own, lets each have its past, and holds them for `seconds`.
pub(super) async fn hold(binary: &Path, side: Side, past: Past, most: usize, seconds: f64) -> Result<Held> {
    let sockets = past.sockets(most.min(possible(side)?));
    // Ports of an earlier run wait for their time to pass: another upstream has ports of its own.
    let (_upstream, upstream) = targets::upstream("socket-upstream")?;
    let (server, gateway) = side.gateway(binary, upstream)?;
    drop(open(gateway, past, WARM_UP).await?);
    clock::pause(REST).await;
    let before = server.rss_mib();
    let start = Instant::now();
    let callers = open(gateway, past, sockets).await?;
    let opened_per_second = sockets as f64 / start.elapsed().as_secs_f64();
    let mut idle: JoinSet<_> = callers.into_iter().map(Caller::idle).collect();
    clock::pause(REST).await;
    let (start, cpu) = (Instant::now(), server.cpu_seconds());
    let holding = Duration::from_secs_f64(seconds);
    let asking = tokio::task::spawn_blocking(move || slowest_health(gateway, holding));
    let health = asking.await??;
    let cpu = (server.cpu_seconds() - cpu) * 1000.0 / start.elapsed().as_secs_f64();
    // Not before: a socket may give buffers back with its next ping only.
    let kib = (server.rss_mib() - before) * 1024.0 / sockets as f64;
    if let Some(ended) = idle.try_join_next() {
        ended?.context("a socket did not stay")?;
    }
    Ok(Held {
        side,
        past,
        sockets,
        kib,
        health,
        opened_per_second,
        cpu,
    })
}

/// The slowest answer within `holding`, in milliseconds. On a thread of its own: thousands of callers that answer pings
/// would make it wait here, not at the gateway.
fn slowest_health(gateway: SocketAddr, holding: Duration) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (start, mut slowest): (_, f64) = (Instant::now(), 0.0);
        while start.elapsed() < holding {
            slowest = slowest.max(get(gateway, "/health").await? / 1000.0);
            clock::pause(PAUSE).await;
        }
        Ok(slowest)
    })
}

async fn open(gateway: SocketAddr, past: Past, sockets: usize) -> Result<Vec<Caller>> {
    let mut tasks = JoinSet::new();
    for opener in 0..OPENERS {
        tasks.spawn(async move {
            let mut callers = Vec::new();
            for nth in (opener..sockets).step_by(OPENERS) {
                let mut caller = Caller::connect(gateway).await?;
                if let Some(frame) = past.frame(nth) {
                    caller.turn(frame, &mut Round::default()).await?;
                }
                callers.push(caller);
            }
            anyhow::Ok(callers)
        });
    }
    let mut all = Vec::new();
    while let Some(opened) = tasks.join_next().await {
        all.extend(opened??);
    }
    Ok(all)
}

/// How many sockets the limit on open files lets the gateway hold (proc(5)).
fn possible(side: Side) -> Result<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok())
        .context("the limit on open files cannot be read")?;
    let each = if side == Side::Sockets { 2 } else { 1 };
    let possible = files.saturating_sub(OTHER_FILES) / each;
    ensure!(possible > 100, "ulimit -n {files} is too low");
    Ok(possible)
}
