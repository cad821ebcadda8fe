//! How fast a spool that has filled up is delivered when admin-api comes back.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::gateway::{Gateway, Waiting};
use super::{Found, Kind, Options, Site, figure, temporary};
use crate::bodies;
use crate::load::closed_loop;
use crate::report::Row;
use crate::sockets::pause;
use crate::targets;

const CONNECTIONS: usize = 16;
const LOOK: Duration = Duration::from_millis(20);

pub(super) async fn measure(options: &Options) -> Result<Found> {
    let folder = temporary()?;
    let (_upstream, upstream) = targets::upstream("upstream")?;
    let full = folder.path().join("full");
    let mut found = Found::default();
    for kind in Kind::ALL {
        let mut site = Site::new(options, kind, &folder.path().join(kind.name()))?;
        if !full.is_dir() {
            let mut gateway =
                Gateway::new(&options.gateway, upstream, Gateway::delivers(&site.plane, &full))?;
            fill(options, &mut gateway).await?;
        }
        let directory = folder.path().join(format!("spool of {}", kind.name()));
        copy(&full, &directory)?;
        let environment = Gateway::delivers(&site.plane, &directory);
        let mut gateway = Gateway::new(&options.gateway, upstream, environment)?;
        gateway.start()?;
        let waiting = gateway.waiting().await?;
        site.plane.start()?;
        found.rows.push(replayed(kind, &gateway, waiting).await?);
    }
    Ok(found)
}

/// By requests, as a spool fills up; it is killed then.
async fn fill(options: &Options, gateway: &mut Gateway) -> Result<()> {
    gateway.start()?;
    let chats = (0..64).map(|seed| bodies::chat(seed, 2_000, false).into());
    let chats = Arc::new(chats.collect());
    loop {
        let waiting = gateway.waiting().await?;
        println!("replay: {:.0} of {} events wait", waiting.events, options.replay);
        if waiting.events >= options.replay as f64 {
            gateway.kill();
            return Ok(());
        }
        closed_loop(&gateway.chat(), Arc::clone(&chats), CONNECTIONS, 3.0).await?;
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

async fn replayed(kind: Kind, gateway: &Gateway, waiting: Waiting) -> Result<Row> {
    let started = Instant::now();
    let mut begun = None;
    let ended = loop {
        let left = gateway.waiting().await?.events;
        if left < waiting.events {
            begun.get_or_insert_with(Instant::now);
        }
        if left == 0.0 {
            break Instant::now();
        }
        pause(LOOK).await;
    };
    let begun = begun.unwrap_or(started);
    let seconds = (ended - begun).as_secs_f64();
    println!(
        "replay, {}: {:.0} events in {seconds:.1} s",
        kind.name(),
        waiting.events
    );
    Ok(Row {
        scenario: "replay: a spool that filled up while admin-api was away".to_owned(),
        target: kind.name().to_owned(),
        figures: vec![
            figure("events", waiting.events, "events"),
            figure("size", waiting.bytes / f64::from(1 << 20), "MiB"),
            figure("first are stored after", (begun - started).as_secs_f64(), "s"),
            figure("then", waiting.events / seconds.max(0.001), "events/s"),
        ],
    })
}
