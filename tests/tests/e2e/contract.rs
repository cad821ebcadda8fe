//! The JSON API keeps what its own description promises: schemathesis reads that from the real program and asks for
//! everything in it, rightly and wrongly.

use e2e::{admin::Place, fake::FakeProvider, junction::Junction, programs::schemathesis};

use crate::{
    pair::{delivered, turns},
    support::Outcome,
};

/// Tried with each operation, beside one case for each bound of the description.
const EXAMPLES: &str = "5";

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_as_it_is_described() -> Outcome {
    let (fake, place, junction) = (
        FakeProvider::start().await?,
        Place::new()?,
        Junction::start().await?,
    );
    place.add_operator().await?;
    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    // Lists have rows then.
    let gateway = place.gateway(&fake, &junction.url()).start().await?;
    turns(&gateway, 10).await?;
    delivered(&gateway).await?;
    let operator = admin.sign_in().await?;
    // Apart from the others goes what ends the session that asks, or would, if it knew an operator's id from a list. Not at
    // all: the stream, which does not end.
    for (operations, is_last) in [
        (
            [
                "--exclude-path-regex",
                "^/api/v1/(live$|operators/)",
                "--exclude-operation-id",
                "sign_out",
            ],
            false,
        ),
        (
            [
                "--include-path-regex",
                "^/api/v1/operators/",
                "--phases",
                "coverage,fuzzing",
            ],
            false,
        ),
        (
            [
                "--include-operation-id",
                "sign_out",
                "--phases",
                "coverage,fuzzing",
            ],
            true,
        ),
    ] {
        let mut more = vec!["--max-examples", EXAMPLES];
        more.extend(operations);
        let ran = schemathesis(admin.url(), &operator.cookie, &more).await?;
        let said = ran.ok()?.stdout;
        anyhow::ensure!(said.contains("passed") && !said.contains("failed"), "{said}");
        // The session lived to the end: it was more than refusals that were looked at.
        let session = operator.get("/session").await;
        anyhow::ensure!(session.is_err() == is_last, "{session:?}\n{said}");
    }
    Ok(())
}
