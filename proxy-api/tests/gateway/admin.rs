//! An admin-api that only remembers: it stores events by their id, and refuses, stalls, dies and comes back when told to.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::Stream;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use proto::audit_v1::audit_ingest_server::{AuditIngest, AuditIngestServer};
use proto::audit_v1::{AuditEvent, PublishRequest, PublishResponse};
use proto::fleet_v1::fleet_server::{Fleet, FleetServer};
use proto::fleet_v1::{InstanceReport, ReportResponse};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it does with a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Conduct {
    #[default]
    Store,
    /// Neither stores nor answers.
    Stall,
    /// Stores, and answers nothing: it dies between the two.
    StoreSilently,
    /// Calls batches invalid that hold an event of this status.
    RefuseStatus(u32),
}

/// What it has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) conduct: Conduct,
    pub(crate) events: HashMap<Vec<u8>, AuditEvent>,
    /// Events that came again.
    pub(crate) repeated: usize,
    pub(crate) batches: usize,
    pub(crate) reports: Vec<InstanceReport>,
    /// Streams whose token was not accepted.
    pub(crate) refused: usize,
    /// Ids of instances, from tokens.
    pub(crate) subjects: Vec<String>,
    /// Everything that came, as it was encoded.
    pub(crate) bytes: Vec<u8>,
    keys: Vec<(Algorithm, Key)>,
}

type Shared = Arc<watch::Sender<Seen>>;

/// A key that proves tokens.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Secret(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// It, running or not.
pub(crate) struct Admin {
    pub(crate) address: SocketAddr,
    seen: Shared,
    tls: Option<ServerTlsConfig>,
    running: Mutex<Option<Runtime>>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
}

impl Admin {
    /// With an address, but dead.
    pub(crate) async fn dead(key: Key) -> Self {
        Self::with(key, None).await
    }

    pub(crate) async fn with(key: Key, tls: Option<ServerTlsConfig>) -> Self {
        // While it is dead nobody holds its port: on an address of its own nobody else is given the same.
        static NEXT: AtomicU8 = AtomicU8::new(2);
        let own = Ipv4Addr::new(127, 0, 0, NEXT.fetch_add(1, Ordering::Relaxed));
        let listener = TcpListener::bind((own, 0)).await.unwrap();
        let seen = watch::Sender::new(Seen::default());
        let admin = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::new(seen),
            tls,
            running: Mutex::default(),
        };
        admin.trust(key);
        admin
    }

    pub(crate) async fn start(key: Key) -> Self {
        let admin = Self::dead(key).await;
        admin.run();
        admin
    }

    /// Accepts tokens that this key proves, too.
    pub(crate) fn trust(&self, key: Key) {
        let algorithm = match &key {
            Key::Secret(_) => Algorithm::HS256,
            Key::Ed25519(_) => Algorithm::EdDSA,
        };
        self.seen.send_modify(|seen| seen.keys.push((algorithm, key)));
    }

    pub(crate) fn conduct(&self, conduct: Conduct) {
        self.seen.send_modify(|seen| seen.conduct = conduct);
    }

    /// Listens; what it has stored is still there.
    pub(crate) fn run(&self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (address, seen, tls) = (self.address, Arc::clone(&self.seen), self.tls.clone());
        let listener = {
            let _inside = runtime.enter();
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_reuseaddr(true).unwrap();
            socket.bind(address).unwrap();
            socket.listen(64).unwrap()
        };
        runtime.spawn(async move {
            let mut server = Server::builder();
            if let Some(tls) = tls {
                server = server.tls_config(tls).unwrap();
            }
            server
                .add_service(AuditIngestServer::new(Service(Arc::clone(&seen))))
                .add_service(FleetServer::new(Service(seen)))
                .serve_with_incoming(TcpIncoming::from(listener))
                .await
        });
        *self.running.lock().unwrap() = Some(runtime);
    }

    /// Ends it with everything that it was doing.
    pub(crate) fn kill(&self) {
        if let Some(runtime) = self.running.lock().unwrap().take() {
            // Its address is free afterwards. A runtime cannot wait inside of another one.
            let ending = std::thread::spawn(move || runtime.shutdown_timeout(PATIENCE));
            ending.join().unwrap();
        }
    }

    /// Waits until it has seen this, and gives what that came to.
    pub(crate) async fn until<T>(&self, what: &str, mut seen: impl FnMut(&Seen) -> Option<T>) -> T {
        let mut changes = self.seen.subscribe();
        let mut found = None;
        let waiting = changes.wait_for(|now| {
            found = seen(now);
            found.is_some()
        });
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{what} did not come: {} events", self.events());
        drop(waited);
        found.unwrap()
    }

    /// Waits for so many different events.
    pub(crate) async fn has(&self, events: usize) {
        let there = |seen: &Seen| (seen.events.len() >= events).then_some(());
        self.until(&format!("event {events}"), there).await;
    }

    pub(crate) fn events(&self) -> usize {
        self.look(|seen| seen.events.len())
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.borrow())
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The instance that the token is of.
fn authenticate<T>(seen: &Shared, request: &Request<T>) -> Result<Uuid, Status> {
    let token = request.metadata().get("authorization");
    let token = token.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let keys = seen.borrow().keys.clone();
    let claims = token.and_then(|token| {
        keys.iter()
            .find_map(|(algorithm, key)| read(token, *algorithm, key))
    });
    let fits = |claims: &Claims| claims.exp > claims.iat && claims.exp - claims.iat <= 300;
    match claims.filter(fits) {
        Some(claims) => {
            let instance = claims
                .sub
                .parse()
                .map_err(|_| Status::unauthenticated("no instance"))?;
            seen.send_modify(|seen| seen.subjects.push(claims.sub));
            Ok(instance)
        }
        None => {
            seen.send_modify(|seen| seen.refused += 1);
            Err(Status::unauthenticated("who is there?"))
        }
    }
}

fn read(token: &str, algorithm: Algorithm, key: &Key) -> Option<Claims> {
    let key = match key {
        Key::Secret(secret) => DecodingKey::from_secret(secret).ok()?,
        Key::Ed25519(public) => DecodingKey::from_ed_der(public),
    };
    let mut rules = Validation::new(algorithm);
    rules.set_audience(&["bauta-admin"]);
    rules.set_issuer(&["bauta-proxy"]);
    rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    decode(token, &key, &rules).ok().map(|token| token.claims)
}

struct Service(Shared);

type Answers = std::pin::Pin<Box<dyn Stream<Item = Result<PublishResponse, Status>> + Send>>;

#[tonic::async_trait]
impl AuditIngest for Service {
    type PublishStream = Answers;

    async fn publish(
        &self,
        request: Request<Streaming<PublishRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let instance = authenticate(&self.0, &request)?;
        let state = (request.into_inner(), Arc::clone(&self.0));
        let answers = futures_util::stream::unfold(state, move |(mut batches, seen)| async move {
            loop {
                let batch = match batches.message().await {
                    Ok(Some(batch)) => batch,
                    Ok(None) => return None,
                    Err(status) => return Some((Err(status), (batches, seen))),
                };
                if let Some(answer) = take(&seen, instance, batch) {
                    return Some((answer, (batches, seen)));
                }
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

fn take(seen: &Shared, instance: Uuid, batch: PublishRequest) -> Option<Result<PublishResponse, Status>> {
    use prost::Message as _;
    let mut answer = None;
    seen.send_modify(|seen| {
        seen.batches += 1;
        batch.encode(&mut seen.bytes).unwrap();
        match seen.conduct {
            Conduct::Stall => return,
            Conduct::RefuseStatus(status) if batch.events.iter().any(|event| event.status == status) => {
                answer = Some(Err(Status::invalid_argument("an event is invalid")));
                return;
            }
            _ => {}
        }
        let is_own = |event: &AuditEvent| event.instance_id == instance.as_bytes();
        if !batch.events.iter().all(is_own) {
            answer = Some(Err(Status::permission_denied("an event is another instance's")));
            return;
        }
        for event in batch.events {
            if seen.events.insert(event.event_id.clone(), event).is_some() {
                seen.repeated += 1;
            }
        }
        if seen.conduct != Conduct::StoreSilently {
            answer = Some(Ok(PublishResponse {
                sequence: batch.sequence,
            }));
        }
    });
    answer
}

#[tonic::async_trait]
impl Fleet for Service {
    async fn report(
        &self,
        request: Request<Streaming<InstanceReport>>,
    ) -> Result<Response<ReportResponse>, Status> {
        authenticate(&self.0, &request)?;
        let mut reports = request.into_inner();
        while let Some(report) = reports.message().await? {
            self.0.send_modify(|seen| seen.reports.push(report));
        }
        Ok(Response::new(ReportResponse {}))
    }
}
