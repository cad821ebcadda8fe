//! The gateway as a program of its own that delivers to a control plane.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;

use super::lasting_socket;
use super::plane::Plane;
use crate::load::{Address, connect};
use crate::process::Server;
use crate::targets::{gateway, wait_for};

pub(super) const CHAT: &str = "/v1/chat/completions";

/// A gateway that can be killed and started again at the same addresses.
pub(super) struct Gateway {
    binary: PathBuf,
    upstream: String,
    environment: Vec<(&'static str, String)>,
    pub(super) data: SocketAddr,
    ops: SocketAddr,
    running: Option<Server>,
}

/// What waits, in events and bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    pub(super) events: f64,
    pub(super) bytes: f64,
}

impl Gateway {
    /// Before the fake upstream, with more of its environment; it does not run yet.
    pub(super) fn new(
        binary: &Path,
        upstream: SocketAddr,
        mut environment: Vec<(&'static str, String)>,
    ) -> Result<Self> {
        let (data, ops) = (lasting_socket()?, lasting_socket()?);
        environment.push(("BAUTA_SERVER__LISTEN", data.to_string()));
        environment.push(("BAUTA_OPS__LISTEN", ops.to_string()));
        Ok(Self {
            binary: binary.to_owned(),
            upstream: format!("http://{upstream}/v1"),
            environment,
            data,
            ops,
            running: None,
        })
    }

    /// What makes it deliver to `plane`, from a spool in `directory`.
    pub(super) fn delivers(plane: &Plane, directory: &Path) -> Vec<(&'static str, String)> {
        vec![
            ("BAUTA_AUDIT__SINK", "admin".to_owned()),
            ("BAUTA_AUDIT__ENDPOINT", format!("http://{}", plane.ingest)),
            ("BAUTA_AUDIT__SIGNING_KEY_FILE", plane.key().display().to_string()),
            ("BAUTA_AUDIT__SPOOL_DIR", directory.display().to_string()),
        ]
    }

    /// Ready when this returns.
    pub(super) fn start(&mut self) -> Result<()> {
        let environment: Vec<(&str, &str)> = self
            .environment
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        let (server, _) = gateway(&self.binary, &self.upstream, &environment)?;
        wait_for(self.ops)?;
        self.running = Some(server);
        Ok(())
    }

    /// SIGKILL.
    pub(super) fn kill(&mut self) {
        self.running = None;
    }

    pub(super) fn server(&self) -> Result<&Server> {
        self.running.as_ref().context("the gateway runs")
    }

    pub(super) fn chat(&self) -> Address {
        Address {
            socket: self.data,
            path: CHAT.to_owned(),
        }
    }

    /// What its spool holds.
    pub(super) async fn waiting(&self) -> Result<Waiting> {
        let text = self.metrics().await?;
        Ok(Waiting {
            events: metric(&text, "bauta_audit_spool_events")?,
            bytes: metric(&text, "bauta_audit_spool_bytes")?,
        })
    }

    /// Events that had to go.
    pub(super) async fn dropped(&self) -> Result<f64> {
        metric(&self.metrics().await?, "bauta_audit_events_dropped_total")
    }

    async fn metrics(&self) -> Result<String> {
        let request = Request::get("/metrics")
            .header("host", self.ops.to_string())
            .body(Full::new(Bytes::new()))?;
        let answer = connect(self.ops).await?.send_request(request).await?;
        let text = answer.into_body().collect().await?.to_bytes();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn metric(text: &str, name: &str) -> Result<f64> {
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value
        .with_context(|| format!("no {name}"))?
        .parse()
        .context("a number")
}
