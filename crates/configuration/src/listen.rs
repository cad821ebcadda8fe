//! Where a service listens.

use std::net::SocketAddr;

use serde::Deserialize;

/// An address with its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Listen(SocketAddr);

impl Listen {
    /// The address itself.
    #[must_use]
    pub const fn address(self) -> SocketAddr {
        self.0
    }
}

impl TryFrom<String> for Listen {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let form = "not an address to listen on; expected address:port, such as 127.0.0.1:8787 or [::1]:8787";
        text.trim().parse().map(Self).map_err(|_| form)
    }
}
