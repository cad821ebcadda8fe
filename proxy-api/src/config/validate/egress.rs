//! Where requests may go: hosts, schemes and addresses, with the switches that widen them.

use configuration::Layers;

use super::places::Place;
use crate::config::upstreams::{WrittenUpstream, is_official};
use crate::config::{Addresses, Auth, BaseUrl, ConfigError, Dangerous, LOCAL, Upstream};
use crate::upstream::is_private;

/// Names that are paths already.
const RESERVED: [&str; 4] = ["v1", "health", "ready", "metrics"];

/// One upstream on its way through the checks.
pub(super) struct Checking<'a> {
    pub(super) name: &'a str,
    pub(super) auth: Auth,
    pub(super) dangerous: &'a Dangerous,
    pub(super) layers: &'a Layers,
}

impl Checking<'_> {
    /// The upstream, once for each API that it speaks.
    pub(super) fn finish(&self, entry: WrittenUpstream) -> Result<Vec<Upstream>, ConfigError> {
        self.check_name()?;
        let places = self.places(&entry)?;
        for place in &places {
            self.check_host(place)?;
        }
        let key = format!("upstreams.{}.api_key", self.name);
        let api_key = self
            .layers
            .secret(entry.api_key, entry.api_key_file.as_deref(), &key)?;
        if api_key.is_some() && self.auth == Auth::Passthrough && !self.is_local() {
            return self.fail(
                "api_key",
                "needs server.auth = \"gateway_keys\": with passthrough anybody who reaches the gateway could spend it",
            );
        }
        let upstreams = places.into_iter().map(|place| {
            let base_url = place.base_url;
            let is_official = base_url.is_secure() && is_official(self.name, &base_url.host());
            Upstream {
                name: self.name.to_owned(),
                addresses: self.addresses(&base_url, entry.allow_private_addresses),
                base_url,
                api: place.api,
                is_azure: place.is_azure,
                websocket: entry.websocket,
                verifies_tokens: entry.verifies_tokens.unwrap_or(is_official),
                api_key: api_key.clone(),
            }
        });
        Ok(upstreams.collect())
    }

    fn is_local(&self) -> bool {
        self.name == LOCAL
    }

    pub(super) fn fail<T>(&self, field: &str, problem: &str) -> Result<T, ConfigError> {
        let key = format!("upstreams.{}.{field}", self.name);
        Err(self.layers.wrong(&key, problem))
    }

    fn check_name(&self) -> Result<(), ConfigError> {
        let well_formed = self.name.len() <= 32
            && self.name.starts_with(|c: char| c.is_ascii_lowercase())
            && self
                .name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
        if well_formed && !RESERVED.contains(&self.name) {
            return Ok(());
        }
        let problem = "not a name for an upstream; allowed: a letter, then up to 31 of a-z, 0-9, _ and -, \
                       but not v1, health, ready or metrics";
        Err(self.layers.wrong(&format!("upstreams.{}", self.name), problem))
    }

    fn check_host(&self, place: &Place) -> Result<(), ConfigError> {
        let Place { base_url, key, .. } = place;
        let switches = self.dangerous;
        if !self.is_local() && !switches.allow_nonstandard_hosts && !is_official(self.name, &base_url.host())
        {
            return self.fail(
                key,
                "not an official host of the provider; allowed with dangerous.allow_nonstandard_hosts = true",
            );
        }
        let may_be_plain = switches.allow_insecure_upstreams || (self.is_local() && is_near(base_url));
        if !base_url.is_secure() && !may_be_plain {
            return self.fail(
                key,
                "only https:// is allowed; http:// needs dangerous.allow_insecure_upstreams = true",
            );
        }
        let is_public = base_url.ip().is_some_and(|ip| !is_private(ip));
        if self.is_local() && is_public && !switches.allow_public_local_upstream {
            return self.fail(
                key,
                "must be loopback or private, because it gets unmasked text; \
                 elsewhere needs dangerous.allow_public_local_upstream = true",
            );
        }
        Ok(())
    }

    fn addresses(&self, base_url: &BaseUrl, allow_private: bool) -> Addresses {
        if self.is_local() && !self.dangerous.allow_public_local_upstream {
            Addresses::Private
        } else if self.is_local() || is_near(base_url) || allow_private {
            Addresses::Any
        } else {
            Addresses::Public
        }
    }
}

/// Written as an address that is not public, or as this machine's own name: that is configuration enough.
fn is_near(base_url: &BaseUrl) -> bool {
    base_url.ip().map_or(base_url.host() == "localhost", is_private)
}
