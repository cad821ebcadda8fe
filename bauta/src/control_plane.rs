//! The control plane in this process: threads of its own, and events that come to it over the loopback device.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use admin_api::config::Usual;
use admin_api::settings::{Settings, VerifyKey};
use admin_api::{Running, StartError};
use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE32_NOPAD;
use proxy_api::config::{AuditSink, BaseUrl, Config, Delivery, SigningKey};
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::data_dir::{self, DataDir};
use crate::keyring;
use crate::source::Source;

/// A laptop's operators are few, and turns come first.
const THREADS: usize = 2;
/// The first operator's name.
const FIRST: &str = "admin";

/// What a control plane in this process is started with.
pub(crate) struct Plan {
    settings: Settings,
    /// Signs what only this process says to itself: made at each start, and never written down.
    signing_key: SigningKey,
    /// The database is the data directory's.
    is_kept_here: bool,
}

impl Plan {
    /// Reads the sections under `[admin]`; nothing is opened yet.
    ///
    /// # Errors
    /// As [`admin_api::config::load`].
    pub(crate) fn new(source: &Source) -> Result<Self> {
        let url = data_dir::database_url(&source.data_dir()?)?;
        let secret = keyring::fresh_key()?;
        let usual = Usual {
            database_url: Some(admin_api::settings::Secret::new(url.clone())),
            verify_key: Some(VerifyKey::parse(secret.expose_text().as_bytes())?),
        };
        let settings = source.load_admin(usual)?;
        Ok(Self {
            is_kept_here: settings.database.url.expose_text() == url,
            signing_key: SigningKey::parse(&secret)?,
            settings,
        })
    }

    /// Where operators will connect.
    pub(crate) fn operators(&self) -> String {
        let server = &self.settings.server;
        server
            .public_url
            .as_ref()
            .map_or_else(|| format!("http://{}", server.listen), ToString::to_string)
    }

    /// Whether anything of it goes to the data directory.
    pub(crate) fn needs_data_dir(&self, config: &Config) -> bool {
        self.is_kept_here || config.audit.open.is_some()
    }

    /// Starts it, and leads the events of `config` there unless that says where they go.
    ///
    /// # Errors
    /// Says in a sentence what is in the way.
    pub(crate) fn start(self, config: &mut Config, data: Option<&DataDir>) -> Result<ControlPlane> {
        let is_open = config.audit.open.is_some();
        ensure!(
            !is_open || self.settings.ingest.tls.is_none(),
            "admin.ingest.certificate_file is set, and nothing says whom the gateway trusts: set audit.sink = \"admin\", \
             audit.endpoint, audit.signing_key_file and audit.ca_file too"
        );
        let has_other_sign_in = self.settings.oidc.is_some();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("admin")
            .on_thread_start(yield_to_turns)
            .enable_all()
            .build()
            .context("the control plane's threads cannot be started")?;
        let running = runtime
            .block_on(admin_api::start(self.settings))
            .map_err(|error| match error {
                StartError::Listen { key, .. } => anyhow::anyhow!(
                    "{error}; {key} says another one (port 0 takes a free one), and --no-admin starts the data plane alone"
                ),
                other => other.into(),
            })?;
        tracing::info!(
            operators.url = running.url(),
            ingest.address = %running.ingest(),
            ops.address = %running.ops(),
            "the control plane is ready"
        );
        if let Some(waiting) = config.audit.open {
            let endpoint = format!("http://{}", reachable(running.ingest()));
            config.audit.sink = AuditSink::Admin(Box::new(Delivery {
                endpoint: BaseUrl::try_from(endpoint).map_err(anyhow::Error::msg)?,
                signing_key: self.signing_key,
                spool_dir: data.map(DataDir::spool),
                spool_bytes: waiting.spool_bytes,
                when_full: waiting.when_full,
                tls: None,
            }));
        }
        Ok(ControlPlane {
            runtime,
            running,
            has_other_sign_in,
        })
    }
}

/// A control plane that runs in this process.
pub(crate) struct ControlPlane {
    runtime: Runtime,
    running: Running,
    has_other_sign_in: bool,
}

impl ControlPlane {
    /// What operators open in a browser.
    pub(crate) fn url(&self) -> &str {
        self.running.url()
    }

    /// Nobody can sign in yet.
    pub(crate) fn needs_operator(&self) -> bool {
        self.running.needs_operator() && !self.has_other_sign_in
    }

    /// Adds the first operator; gives its name and a fresh password, which nobody else will ever know.
    ///
    /// # Errors
    /// When the database does not take it.
    pub(crate) fn add_first_operator(&self) -> Result<Option<(&'static str, Zeroizing<String>)>> {
        let password = fresh_password()?;
        let added = self.running.add_first_operator(FIRST, &password);
        let is_first = self
            .runtime
            .block_on(added)
            .context("the first operator cannot be added")?;
        Ok(is_first.then_some((FIRST, password)))
    }

    /// Waits for a part of it to end by itself, which none should.
    pub(crate) async fn failed(&mut self) -> anyhow::Error {
        self.running.failed().await
    }

    /// Stores what was received, and ends.
    pub(crate) fn end(self) {
        self.runtime.block_on(self.running.shutdown());
    }
}

/// Where a listener is reached from this machine.
fn reachable(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}

/// 120 random bits, in groups that can be copied by hand.
fn fresh_password() -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; 15]);
    getrandom::fill(&mut *bytes).map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    let letters = Zeroizing::new(BASE32_NOPAD.encode(&*bytes).to_ascii_lowercase());
    let groups: Vec<&str> = (0..letters.len())
        .step_by(6)
        .filter_map(|at| letters.get(at..at + 6))
        .collect();
    Ok(Zeroizing::new(groups.join("-")))
}

/// Where cores are few, whoever serves turns runs first.
#[cfg(target_os = "linux")]
fn yield_to_turns() {
    // On Linux that is the calling thread's; without it, only the order of threads is another.
    let _ = rustix::process::setpriority_process(None, 5);
}

#[cfg(not(target_os = "linux"))]
fn yield_to_turns() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_for_everybody_is_reached_on_this_machine() {
        for (listener, reached) in [
            ("0.0.0.0:8789", "127.0.0.1:8789"),
            ("[::]:1", "[::1]:1"),
            ("10.0.0.5:8789", "10.0.0.5:8789"),
        ] {
            assert_eq!(reachable(listener.parse().unwrap()).to_string(), reached);
        }
    }

    #[test]
    fn passwords_are_long_and_never_the_same() {
        let (one, other) = (fresh_password().unwrap(), fresh_password().unwrap());
        assert_eq!(one.len(), 27);
        assert!(
            one.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        assert_ne!(one, other);
    }
}
