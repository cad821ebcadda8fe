//! Both real programs, of which the gateway's clock jumps: what its tokens are refused for meanwhile waits, and nothing is
//! stored twice.

use std::path::PathBuf;

use anyhow::Context as _;
use e2e::{
    admin::{Place, number},
    fake::FakeProvider,
    junction::Junction,
};

use crate::{
    pair::{WAITING, delivered, turns, until},
    support::Outcome,
};

const REFUSED: &str = "bauta_audit_streams_refused_total";

/// Debian's library that says another wall time; `tests/setup` installs it.
fn library() -> anyhow::Result<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib")?.flatten();
    let mut places = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    places
        .find(|place| place.is_file())
        .context("libfaketime is not there: tests/setup installs it")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_whose_clock_jumps_loses_and_doubles_nothing() -> Outcome {
    let (fake, place, junction) = (
        FakeProvider::start().await?,
        Place::new()?,
        Junction::start().await?,
    );
    place.add_operator().await?;
    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    let clock = place.path().join("clock");
    // Put there whole: the gateway reads it all the time.
    let set = |offset: &str| -> anyhow::Result<()> {
        let next = place.path().join("clock.next");
        std::fs::write(&next, offset)?;
        Ok(std::fs::rename(next, &clock)?)
    };
    set("+0")?;
    let library = library()?.display().to_string();
    let start = async || {
        let setup = place.gateway(&fake, &junction.url());
        let setup = setup
            .variable("LD_PRELOAD", &library)
            .variable("FAKETIME_TIMESTAMP_FILE", &clock.display().to_string())
            .variable("FAKETIME_NO_CACHE", "1")
            .variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        setup.start().await
    };
    let mut gateway = start().await?;
    let mut done = turns(&gateway, 20).await?;
    delivered(&gateway).await?;
    for jump in ["-3600", "+86400"] {
        set(jump)?;
        // A stream that is open goes on. A new one needs a token, which the wrong clock dates.
        done.extend(turns(&gateway, 20).await?);
        delivered(&gateway).await?;
        let before = number(&gateway.metrics().await?, REFUSED);
        junction.cut();
        done.extend(turns(&gateway, 20).await?);
        until("a token that is refused", async || {
            Ok(number(&gateway.metrics().await?, REFUSED) > before)
        })
        .await?;
        assert_eq!(number(&gateway.metrics().await?, WAITING), 20, "{jump}");
        if jump.starts_with('+') {
            // Another process finds what waits, and its clock is right.
            gateway.kill().await?;
            set("+0")?;
            gateway = start().await?;
        } else {
            set("+0")?;
        }
        done.extend(turns(&gateway, 20).await?);
        delivered(&gateway).await?;
    }
    assert_eq!(done.len(), 140);
    assert_eq!(admin.sign_in().await?.events().await?, done);
    Ok(())
}
