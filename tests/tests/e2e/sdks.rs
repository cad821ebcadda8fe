//! The official SDKs through the real gateway. Their own tests are in `tests/sdk`; here they are run, and afterwards
//! everything that the provider received is searched.

use e2e::{canary, programs};

use crate::support::{Outcome, Pair};

async fn pair() -> anyhow::Result<Pair> {
    Pair::with(|setup| setup.set("REHYDRATE__TOOLS", "[\"*\"]")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn python_sdks() -> Outcome {
    let pair = pair().await?;
    let ran = programs::python_suite(&pair.fake, &pair.gateway).await?.ok()?;
    println!("{}", ran.stderr);
    assert!(pair.fake.requests().len() > 40, "the SDKs talked to the provider");
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn node_sdks() -> Outcome {
    let pair = pair().await?;
    let ran = programs::node_suite(&pair.fake, &pair.gateway).await?.ok()?;
    println!("{}", ran.stdout);
    assert!(pair.fake.requests().len() > 25, "the SDKs talked to the provider");
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}
