//! `[server]`: where callers connect and how they prove who they are.

mod origin;

use serde::Deserialize;

pub use origin::Origin;

use configuration::{Listen, section};

/// How a caller is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// The caller's provider credential goes to the pinned upstream; the gateway holds none.
    Passthrough,
    /// The caller shows a gateway key; the gateway uses its own upstream keys.
    GatewayKeys,
}

/// Whether callers without a credential are one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// They go on with each other's chains.
    Shared,
    /// Each turn is a caller's of its own: nothing is kept for the next.
    Separate,
}

section! {
    /// Where callers connect, and how they prove who they are.
    pub struct Server {
        /// Address and port for callers. Port 0 takes a free one; the start prints it.
        listen: Listen = "\"127.0.0.1:8787\"",
        /// `passthrough`: callers send their provider credential, which goes to the pinned upstream only.
        /// `gateway_keys`: callers send a key from `[gateway_keys]`; upstream keys come from `upstreams.<name>.api_key`.
        auth: Auth = "\"passthrough\"",
        /// Callers that show no credential: `shared`, they are one caller and go on with each other's chains;
        /// `separate`, nothing is kept for them between turns. By default `shared` on a loopback address, else `separate`.
        anonymous: Option<Anonymous> = "unset",
        /// Origins of the web pages that may call, as browsers write them (`https://chat.example.com`), or `*` for every page;
        /// a browser's own credentials are allowed to named origins only. Without any, the questions that browsers ask first and sockets of pages are refused.
        cors_origins: Vec<Origin> = "[]",
    }
}

impl Server {
    pub(crate) fn anonymous(&self) -> Anonymous {
        let is_near = self.listen.address().ip().is_loopback();
        let usual = if is_near {
            Anonymous::Shared
        } else {
            Anonymous::Separate
        };
        self.anonymous.unwrap_or(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_share_chains_on_loopback_alone() {
        let on = |address: &str, anonymous| {
            let listen = address.to_owned().try_into().unwrap();
            let server = Server {
                listen,
                anonymous,
                ..Server::default()
            };
            server.anonymous()
        };
        assert_eq!(on("127.0.0.1:1", None), Anonymous::Shared);
        assert_eq!(on("[::1]:1", None), Anonymous::Shared);
        assert_eq!(on("0.0.0.0:1", None), Anonymous::Separate);
        assert_eq!(on("0.0.0.0:1", Some(Anonymous::Shared)), Anonymous::Shared);
        assert_eq!(on("127.0.0.1:1", Some(Anonymous::Separate)), Anonymous::Separate);
    }
}
