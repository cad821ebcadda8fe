//! `[audit]`: where value-free records of turns go.

use std::path::PathBuf;

use serde::Deserialize;

use super::BaseUrl;
use super::signing_key::SigningKey;
use configuration::section;

/// Where audit events are written, as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SinkName {
    Off,
    Stdout,
    File,
    Admin,
}

/// What happens when there is no room for another event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// The oldest events make room; they are counted.
    DropOldest,
    /// New requests are refused until events were delivered.
    RefuseRequests,
}

section! {
    /// Value-free records of turns.
    pub(super) struct WrittenAudit {
        /// `off`; `stdout` or `file`, JSON Lines; `admin`, delivered to admin-api. Where nothing is
        /// written, `bauta up` delivers to its own control plane.
        sink: SinkName = "\"off\"",
        /// The file of `sink = "file"`.
        path: Option<PathBuf> = "unset",
        /// Events that wait in memory: to be written (`stdout`, `file`), or to be delivered where there is no `spool_dir`
        /// or its disk takes none. More are dropped and counted.
        queue: usize = "8192",
        /// Where admin-api takes events (`sink = "admin"`): `https://host:port`, on this machine `http://127.0.0.1:8789`.
        endpoint: Option<BaseUrl> = "unset",
        /// A file with the key that proves to admin-api who sends: an Ed25519 key (PKCS#8 in PEM), or a secret of 32 bytes
        /// and more that admin-api has too.
        signing_key_file: Option<PathBuf> = "unset",
        /// A directory of this process' own, where events wait until admin-api has stored them. Without it they wait in
        /// memory and end with the process.
        spool_dir: Option<PathBuf> = "unset",
        /// How large that directory may become; bytes.
        spool_bytes: u64 = "268435456",
        /// When that is reached: `drop_oldest`, or `refuse_requests` (503) until events were delivered.
        when_full: WhenFull = "\"drop_oldest\"",
        /// Certificates (PEM) of whoever may have signed admin-api's; without it, the public authorities.
        ca_file: Option<PathBuf> = "unset",
        /// The certificate (PEM) to show to an admin-api that asks for one.
        client_certificate_file: Option<PathBuf> = "unset",
        /// Its key (PEM).
        client_key_file: Option<PathBuf> = "unset",
    }
}

/// Value-free records of turns.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Where they go.
    pub sink: AuditSink,
    /// Events that wait in memory.
    pub queue: usize,
    /// Nothing is written about where they go: whoever runs a control plane beside it may take them.
    pub open: Option<Waiting>,
}

/// How events wait, wherever they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How large a spool may become, bytes.
    pub spool_bytes: u64,
    /// What happens then.
    pub when_full: WhenFull,
}

/// Where audit events go.
#[derive(Clone, Debug)]
pub enum AuditSink {
    /// Nowhere.
    Off,
    /// Standard output, one JSON object per line.
    Stdout,
    /// A file, one JSON object per line, appended.
    File(PathBuf),
    /// admin-api.
    Admin(Box<Delivery>),
}

/// How events get to admin-api.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where it takes them.
    pub endpoint: BaseUrl,
    /// Proves who sends.
    pub signing_key: SigningKey,
    /// Where events wait.
    pub spool_dir: Option<PathBuf>,
    /// How large that may become, bytes.
    pub spool_bytes: u64,
    /// What happens then.
    pub when_full: WhenFull,
    /// Of `https://`.
    pub tls: Option<Tls>,
}

/// Whom to trust, and what to show.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Certificates in PEM; `None` for the public authorities.
    pub authorities: Option<Vec<u8>>,
    /// A certificate and its key in PEM.
    pub identity: Option<(Vec<u8>, super::Secret)>,
}
