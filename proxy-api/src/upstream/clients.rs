//! All upstreams by name, each with the APIs that it speaks.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;

use super::client::Client;
use super::connect::tls_config;
use crate::config::{Api, Config, Proxy};

/// The APIs of one upstream; at least one.
#[derive(Default)]
pub(crate) struct Apis(Vec<Arc<Client>>);

impl Apis {
    /// The client of one API.
    pub(crate) fn of(&self, api: Api) -> Option<&Arc<Client>> {
        self.0.iter().find(|client| client.api == api)
    }

    /// All of them, that of `api` first.
    pub(crate) fn beginning_with(&self, api: Api) -> impl Iterator<Item = &Arc<Client>> {
        let others = self.0.iter().filter(move |client| client.api != api);
        self.of(api).into_iter().chain(others)
    }

    /// The API that a caller is answered in who seems to speak `api`.
    pub(crate) fn nearest(&self, api: Api) -> Api {
        self.beginning_with(api).next().map_or(api, |client| client.api)
    }
}

/// All upstreams.
pub(crate) struct Clients(HashMap<String, Apis>);

impl Clients {
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        let tls = tls_config().context("TLS set-up failed")?;
        let proxy = config.egress.proxy.as_ref().map(Proxy::uri);
        let mut clients: HashMap<String, Apis> = HashMap::new();
        for upstream in &config.upstreams {
            let client = Client::new(upstream, &config.timeouts, proxy, &tls)?;
            let apis = clients.entry(upstream.name.clone()).or_default();
            apis.0.push(Arc::new(client));
        }
        Ok(Self(clients))
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&Apis> {
        self.0.get(name)
    }
}
