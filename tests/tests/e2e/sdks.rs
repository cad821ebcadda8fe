//! The official SDKs through the real gateway. Their own tests are in `tests/sdk`; here they are run, and afterwards
//! everything that the provider received is searched.

use e2e::{canary, programs};

use crate::{
    sockets::Side,
    support::{Outcome, Pair},
};

async fn pair() -> anyhow::Result<Pair> {
    Pair::with(|setup| setup.set("REHYDRATE__TOOLS", "[\"*\"]")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn python_sdks() -> Outcome {
    let pair = pair().await?;
    let ran = programs::python_suite(&pair.fake, &pair.gateway, &[])
        .await?
        .ok()?;
    println!("{}", ran.stderr);
    assert!(pair.fake.requests().len() > 40, "the SDKs talked to the provider");
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn node_sdks() -> Outcome {
    let pair = pair().await?;
    let ran = programs::node_suite(&pair.fake, &pair.gateway, &[]).await?.ok()?;
    println!("{}", ran.stdout);
    assert!(pair.fake.requests().len() > 25, "the SDKs talked to the provider");
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_of_the_sdks_before_a_provider_without_sockets() -> Outcome {
    let pair = Side::Stream
        .pair_with(|setup| setup.set("REHYDRATE__TOOLS", "[\"*\"]"))
        .await?;
    for ran in [
        programs::python_suite(&pair.fake, &pair.gateway, &["test_openai_sockets"]).await?,
        programs::node_suite(&pair.fake, &pair.gateway, &["openai-sockets.test.mjs"]).await?,
    ] {
        let ran = ran.ok()?;
        println!("{}{}", ran.stdout, ran.stderr);
    }
    let requests = pair.fake.requests();
    assert!(requests.len() > 50, "the SDKs talked to the provider");
    assert!(
        requests
            .iter()
            .all(|one| one.is_handshake() || one.method == "POST")
    );
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}
