//! Both real programs: whatever dies or is full in between, every finished turn is stored, and stored once.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::Context as _;
use e2e::{
    admin::{Admin, Place, number},
    caller::Caller,
    fake::{FakeProvider, PATIENCE},
    gateway::Gateway,
    junction::Junction,
};
use tokio::task::JoinSet;

use crate::support::{Outcome, Surface};

const STORED: &str = "bauta_admin_events_stored_total";
const AGAIN: &str = "bauta_admin_events_duplicate_total";
pub(crate) const WAITING: &str = "bauta_audit_spool_events";

/// One masked turn; the id of its event.
async fn turn(caller: Arc<Caller>, number: usize) -> anyhow::Result<String> {
    let body = Surface::Chat.ask(&format!("write to ann{number}@corp-mail.com"), false);
    let answer = caller.post(Surface::Chat.path(), &body).await?.ok()?;
    let id = answer
        .header("x-bauta-request-id")
        .context("a turn without an id")?;
    let simple = id.trim_start_matches("req_").replace('-', "");
    anyhow::ensure!(simple.len() == 32, "{id}");
    let groups = [
        &simple[..8],
        &simple[8..12],
        &simple[12..16],
        &simple[16..20],
        &simple[20..],
    ];
    Ok(groups.join("-"))
}

fn begin(gateway: &Gateway, count: usize) -> JoinSet<anyhow::Result<String>> {
    let caller = Arc::new(gateway.caller());
    (0..count)
        .map(|number| turn(Arc::clone(&caller), number))
        .collect()
}

/// Turns that all have to be answered.
pub(crate) async fn turns(gateway: &Gateway, count: usize) -> anyhow::Result<BTreeSet<String>> {
    begin(gateway, count).join_all().await.into_iter().collect()
}

/// Asks for metrics until they are as they should be.
pub(crate) async fn until(
    what: &str,
    mut holds: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let asked = async {
        while !holds().await? {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, asked)
        .await
        .with_context(|| format!("waited in vain for {what}"))?
}

async fn more_stored(admin: &Admin, than: u64) -> anyhow::Result<()> {
    until("stored events", async || {
        Ok(number(&admin.metrics().await?, STORED) > than)
    })
    .await
}

pub(crate) async fn delivered(gateway: &Gateway) -> anyhow::Result<()> {
    until("an empty spool", async || {
        Ok(number(&gateway.metrics().await?, WAITING) == 0)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_deaths_of_admin_api_lose_and_double_nothing() -> Outcome {
    let (fake, place, junction) = (
        FakeProvider::start().await?,
        Place::new()?,
        Junction::start().await?,
    );
    place.add_operator().await?;
    let gateway = place.gateway(&fake, &junction.url()).start().await?;
    let mut done = BTreeSet::new();
    for death in 0..10 {
        let admin = place.start().await?;
        junction.lead_to(admin.ingest());
        done.extend(turns(&gateway, 10).await?);
        more_stored(&admin, 0).await?;
        let is_silent = death % 2 == 0;
        if is_silent {
            // It stores what comes now, and nobody hears of it.
            junction.lose_answers();
        } else if death > 0 {
            // What the one before it stored without being heard came again.
            until("what comes again", async || {
                Ok(number(&admin.metrics().await?, AGAIN) > 0)
            })
            .await?;
        }
        let before = number(&admin.metrics().await?, STORED);
        let running = begin(&gateway, 40);
        more_stored(&admin, before).await?;
        admin.kill().await?;
        done.extend(
            running
                .join_all()
                .await
                .into_iter()
                .collect::<Result<Vec<_>, _>>()?,
        );
    }
    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    delivered(&gateway).await?;
    assert_eq!(done.len(), 500);
    assert_eq!(admin.sign_in().await?.events().await?, done);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn five_deaths_of_proxy_api_lose_no_finished_turn() -> Outcome {
    let (fake, place, junction) = (
        FakeProvider::start().await?,
        Place::new()?,
        Junction::start().await?,
    );
    place.add_operator().await?;
    let admin = place.start().await?;
    let (mut done, mut begun) = (BTreeSet::new(), 0);
    for death in 0..5 {
        // Now with somebody who takes the events, now without.
        if death % 2 == 0 {
            junction.lead_to(admin.ingest());
        } else {
            junction.lead_nowhere();
        }
        let gateway = place.gateway(&fake, &junction.url()).start().await?;
        let mut running = begin(&gateway, 60);
        begun += 60;
        for _ in 0..20 {
            done.insert(running.join_next().await.context("a turn")???);
        }
        // The others are anywhere in their turns.
        gateway.kill().await?;
        done.extend(running.join_all().await.into_iter().flatten());
    }
    junction.lead_to(admin.ingest());
    let last = place.gateway(&fake, &junction.url()).start().await?;
    delivered(&last).await?;
    let stored = admin.sign_in().await?.events().await?;
    let lost: Vec<_> = done.difference(&stored).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), done.len());
    // What was cut off may have an event; nothing else has.
    assert!(
        (100..=begun).contains(&stored.len()),
        "{} of {begun}",
        stored.len()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_whole_load_loses_nothing() -> Outcome {
    let (fake, place, junction) = (
        FakeProvider::start().await?,
        Place::new()?,
        Junction::start().await?,
    );
    place.add_operator().await?;
    let gateway = place.gateway(&fake, &junction.url()).start().await?;
    let mut done = turns(&gateway, 150).await?;
    assert_eq!(number(&gateway.metrics().await?, WAITING), 150);
    // Not even a restart of the gateway in the middle does.
    gateway.stop().await?;
    let gateway = place.gateway(&fake, &junction.url()).start().await?;
    done.extend(turns(&gateway, 150).await?);
    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    delivered(&gateway).await?;
    assert_eq!(done.len(), 300);
    assert_eq!(admin.sign_in().await?.events().await?, done);
    Ok(())
}

/// Files of so many blocks at most, as on a disk that is full; what a signal would do to the program is an error then.
fn full_disk(blocks: u32) -> String {
    format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_below_the_spool_loses_nothing() -> Outcome {
    // It takes nothing at all, or is full after a few events.
    for blocks in [0, 8] {
        let (fake, place, junction) = (
            FakeProvider::start().await?,
            Place::new()?,
            Junction::start().await?,
        );
        place.add_operator().await?;
        let setup = place.gateway(&fake, &junction.url()).through(&full_disk(blocks));
        let gateway = setup.start().await?;
        let done = turns(&gateway, 60).await?;
        assert_eq!(number(&gateway.metrics().await?, WAITING), 60);
        let admin = place.start().await?;
        junction.lead_to(admin.ingest());
        delivered(&gateway).await?;
        assert_eq!(admin.sign_in().await?.events().await?, done, "{blocks} blocks");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_below_the_database_loses_nothing() -> Outcome {
    let (fake, mut place, junction) = (
        FakeProvider::start().await?,
        Place::new()?,
        Junction::start().await?,
    );
    place.add_operator().await?;
    let gateway = place.gateway(&fake, &junction.url()).start().await?;
    // The files that are there may grow by a few pages.
    let length = std::fs::metadata(place.path().join("admin.db"))?.len();
    place.through(Some(&full_disk(u32::try_from(length / 512)? + 64)));
    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    let mut done = BTreeSet::new();
    until("a write that fails", async || {
        done.extend(turns(&gateway, 20).await?);
        Ok(number(&admin.metrics().await?, "bauta_admin_write_failures_total") > 0)
    })
    .await?;
    assert!(number(&gateway.metrics().await?, WAITING) > 0);
    admin.kill().await?;
    place.through(None);
    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    delivered(&gateway).await?;
    assert_eq!(admin.sign_in().await?.events().await?, done);
    Ok(())
}
