//! The real program, killed in the middle of batches: what was acknowledged is there, and what is sent again counts once.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use admin_api::settings::{Database, Secret};
use proto::audit_v1::PublishRequest;
use proto::audit_v1::audit_ingest_client::AuditIngestClient;
use serde_json::json;
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint};

use crate::plane::{Plane, SECRET, event, settings, system_now, token};

const BATCHES: u128 = 120;
const BATCH: u128 = 100;

/// The program, and where it takes events.
struct Program {
    child: Child,
    ingest: SocketAddr,
}

impl Program {
    async fn start(folder: &Path) -> Self {
        loop {
            let port = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let (ingest, any) = (port(), "127.0.0.1:0");
            let child = Command::new(env!("CARGO_BIN_EXE_admin-api"))
                .env_clear()
                .env("BAUTA_ADMIN__SERVER__LISTEN", any)
                .env("BAUTA_ADMIN__OPS__LISTEN", any)
                .env("BAUTA_ADMIN__INGEST__LISTEN", ingest.to_string())
                .env(
                    "BAUTA_ADMIN__INGEST__VERIFY_KEYS",
                    format!("[{:?}]", folder.join("key")),
                )
                .env("BAUTA_ADMIN__DATABASE__URL", url(folder))
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut program = Self { child, ingest };
            if program.listens().await {
                return program;
            }
        }
    }

    /// False when it ended: somebody else took the port in between.
    async fn listens(&mut self) -> bool {
        loop {
            if TcpStream::connect(self.ingest).await.is_ok() {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.ingest);
        Endpoint::from_shared(address).unwrap().connect().await.unwrap()
    }
}

impl Drop for Program {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("admin.db").display())
}

/// Sends all batches from `first` on, and returns how many were acknowledged until the connection broke, or `enough` were.
async fn deliver(program: &Program, first: u128, enough: u64) -> u64 {
    let requests = (first..BATCHES).zip(1..).map(|(batch, sequence)| PublishRequest {
        sequence,
        events: (batch * BATCH..(batch + 1) * BATCH)
            .map(|id| event(id + 1))
            .collect(),
    });
    let mut request = tonic::Request::new(tokio_stream::iter(requests.collect::<Vec<_>>()));
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {}", token()).parse().unwrap());
    let stream = AuditIngestClient::new(program.channel().await)
        .publish(request)
        .await;
    let mut answers = stream.unwrap().into_inner();
    let mut acknowledged = 0;
    while acknowledged < enough
        && let Ok(Some(answer)) = answers.message().await
    {
        acknowledged = answer.sequence;
    }
    acknowledged
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_double() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key"), SECRET).unwrap();
    let mut sent = 0_u128;
    for kill in 0..5_u64 {
        let program = Program::start(folder.path()).await;
        // Killed while more batches are under way.
        let acknowledged = deliver(&program, sent, 5 + kill).await;
        drop(program);
        let stored = Plane::of(on(folder.path())).await;
        let count = requests(&stored).await;
        stored.running.shutdown().await;
        sent += u128::from(acknowledged);
        assert!(
            count >= u64::try_from(sent * BATCH).unwrap(),
            "{count} of {sent} batches"
        );
        // As an instance that did not get its last acknowledgements.
        sent = sent.saturating_sub(3);
    }
    let program = Program::start(folder.path()).await;
    assert_eq!(
        u128::from(deliver(&program, sent, u64::MAX).await),
        BATCHES - sent
    );
    drop(program);
    let plane = Plane::of(on(folder.path())).await;
    assert_eq!(u128::from(requests(&plane).await), BATCHES * BATCH);
}

fn on(folder: &Path) -> admin_api::Settings {
    let mut settings = settings("", system_now);
    settings.database = Database {
        url: Secret::new(url(folder)),
        connections: 4,
    };
    settings
}

/// Turns of the last hour, by the sums.
async fn requests(plane: &Plane) -> u64 {
    let cookie = plane.sign_in("ada").await;
    let overview = plane.get("/overview", &cookie).await.json();
    let events = plane
        .get("/events/export?format=jsonl", &cookie)
        .await
        .text
        .lines()
        .count();
    let requests = overview["totals"]["requests"].as_u64().unwrap();
    assert_eq!(json!(events), json!(requests), "events and sums differ");
    requests
}
