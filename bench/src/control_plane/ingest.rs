//! Events a second, from a stream's batches to the last acknowledgement.

use std::time::Instant;

use anyhow::Result;
use futures_util::future::try_join_all;

use super::deliver::deliver;
use super::events::{DAY, INSTANCES, MINUTE, batches, mixed, wall_clock};
use super::{Found, Kind, Options, Site, figure, temporary};
use crate::report::{Goal, Row};
use crate::stats::median;

const STREAMS: u64 = 4;
/// Of a batch, as proxy-api sends it.
const BATCH: usize = 512;
/// Batches of a stream in a round.
const BATCHES: u64 = 100;

/// When the events happened.
#[derive(Clone, Copy)]
enum Spread {
    Minute,
    InOrder,
    AnyOrder,
}

impl Spread {
    const ALL: [Self; 3] = [Self::Minute, Self::InOrder, Self::AnyOrder];

    const fn scenario(self) -> &'static str {
        match self {
            Self::Minute => "ingest: events of one minute",
            Self::InOrder => "ingest: events of a day, in order",
            Self::AnyOrder => "ingest: events of a day, in no order",
        }
    }

    /// Streams are fewer batches long where each event costs more.
    const fn batches(self) -> u64 {
        match self {
            Self::Minute => BATCHES,
            Self::InOrder => BATCHES / 2,
            Self::AnyOrder => BATCHES / 10,
        }
    }

    fn at(self, nth: u64, of: u64, now: u64) -> u64 {
        match self {
            Self::Minute => now / MINUTE * MINUTE + mixed(nth) % MINUTE,
            Self::InOrder => now - DAY + nth * DAY / of,
            Self::AnyOrder => now - mixed(nth) % DAY,
        }
    }
}

#[derive(Default)]
struct Measured {
    per_second: Vec<f64>,
    cpu: Vec<f64>,
}

pub(super) async fn measure(options: &Options) -> Result<Found> {
    let folder = temporary()?;
    let mut sites = Vec::new();
    for kind in Kind::ALL {
        let mut site = Site::new(options, kind, &folder.path().join(kind.name()))?;
        site.plane.start()?;
        sites.push((kind, site));
    }
    let mut found = Found::default();
    let mut first = 0;
    for spread in Spread::ALL {
        let mut all = [Measured::default(), Measured::default()];
        // The first round makes the tables' first pages, and is not counted.
        for round in 0..=options.rounds {
            for ((_, site), measured) in sites.iter().zip(&mut all) {
                let (per_second, cpu) = once(site, spread, first).await?;
                first += STREAMS * BATCHES * BATCH as u64;
                if round > 0 {
                    measured.per_second.push(per_second);
                    measured.cpu.push(cpu);
                }
            }
            println!("{}: round {round} of {}", spread.scenario(), options.rounds);
        }
        for ((kind, _), measured) in sites.iter().zip(&all) {
            found.rows.push(row(spread, *kind, measured));
            found
                .goals
                .extend(goal(spread, *kind, median(&measured.per_second)));
        }
    }
    Ok(found)
}

/// Events a second, and microseconds of processor time for each.
async fn once(site: &Site, spread: Spread, first: u64) -> Result<(f64, f64)> {
    let now = wall_clock();
    let of_stream = spread.batches() * BATCH as u64;
    let streams: Vec<_> = (0..STREAMS)
        .map(|stream| {
            let times = (0..of_stream).map(move |nth| spread.at(nth, of_stream, now));
            let instance = INSTANCES[usize::from(stream % 2 == 1)];
            let made = batches(first + stream * of_stream, times, instance, BATCH);
            (instance, made.collect::<Vec<_>>())
        })
        .collect();
    let (started, before) = (Instant::now(), site.cpu_seconds()?);
    let deliveries = streams
        .into_iter()
        .map(|(instance, made)| deliver(site.plane.ingest, instance, made.into_iter()));
    let events = try_join_all(deliveries).await?.iter().sum::<u64>() as f64;
    let seconds = started.elapsed().as_secs_f64();
    Ok((events / seconds, (site.cpu_seconds()? - before) * 1e6 / events))
}

fn row(spread: Spread, kind: Kind, measured: &Measured) -> Row {
    Row {
        scenario: spread.scenario().to_owned(),
        target: kind.name().to_owned(),
        figures: vec![
            figure("events", median(&measured.per_second), "1/s"),
            figure("CPU with database", median(&measured.cpu), "µs/event"),
        ],
    }
}

fn goal(spread: Spread, kind: Kind, per_second: f64) -> Option<Goal> {
    let least = match (spread, kind) {
        (Spread::Minute, Kind::Sqlite) => 20_000.0,
        (Spread::Minute, Kind::Postgres) => 10_000.0,
        _ => return None,
    };
    Some(Goal {
        what: format!("{}, {}", spread.scenario(), kind.name()),
        wanted: format!("at least {least:.0} a second"),
        measured: format!("{per_second:.0}"),
        met: per_second >= least,
    })
}
