//! Everything that a start needs to know, in final types: from the configuration, or from whoever runs the control plane in
//! a process of its own making.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use admin_types::Role;
use ipnet::IpNet;

pub use crate::clock::Clock;
pub use crate::config::{Origin, Secret, Telemetry};
pub use crate::grpc::token::VerifyKey;

/// What a control plane is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Operators' HTTP.
    pub server: Server,
    /// Where instances deliver.
    pub ingest: Ingest,
    /// Health and metrics; private.
    pub ops: SocketAddr,
    /// Where everything is stored.
    pub database: Database,
    /// The first operator, used while there is none.
    pub bootstrap: Option<Bootstrap>,
    /// How long events are kept.
    pub retention: Retention,
    /// Sign-in at an identity provider, beside passwords.
    pub oidc: Option<Oidc>,
    /// Traces for a collector.
    pub telemetry: Telemetry,
    /// What time it is.
    pub clock: Clock,
}

/// Operators' HTTP.
#[derive(Clone, Debug)]
pub struct Server {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin that browsers use; without one, the address itself and `localhost` with its port.
    pub public_url: Option<Origin>,
    /// A folder with the console's files.
    pub static_dir: Option<PathBuf>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Where instances deliver.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Keys that tokens may be signed with; without any, nobody is believed.
    pub verify_keys: Vec<VerifyKey>,
    /// Without it, plain HTTP/2.
    pub tls: Option<IngestTls>,
}

/// PEM texts.
#[derive(Clone, Debug)]
pub struct IngestTls {
    /// The chain that is shown.
    pub certificate: String,
    /// Its key.
    pub key: Secret,
    /// Instances need a certificate of this authority.
    pub client_ca: Option<String>,
}

/// Where everything is stored.
#[derive(Clone, Debug)]
pub struct Database {
    /// `sqlite:///path` or `postgres://...`; may hold a password.
    pub url: Secret,
    /// Connections at most.
    pub connections: u32,
}

/// The first operator.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// Its name.
    pub username: String,
    /// PHC string of its password.
    pub password_hash: Secret,
}

/// How long events are kept: whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Days.
    pub days: u32,
    /// Events.
    pub events: u64,
}

/// Sign-in at an identity provider.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// Its issuer URL.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// Our secret there, if it gave us one.
    pub client_secret: Option<Secret>,
    /// The claim of the id token that says what somebody may do: a text or a list of texts.
    pub roles_claim: String,
    /// What each value of the claim comes to; the highest counts, and nobody without one gets in.
    pub roles: BTreeMap<String, Role>,
}
