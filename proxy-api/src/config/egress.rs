//! `[egress]`: how upstreams are reached.

use http::Uri;
use http::uri::Scheme;
use serde::Deserialize;

use configuration::section;

/// `http://host:port` of a proxy.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxy(Uri);

impl Proxy {
    /// Its address.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0
    }
}

impl TryFrom<String> for Proxy {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const FORM: &str = "not a proxy; expected http://host:port";
        let uri: Uri = text.trim().parse().map_err(|_| FORM)?;
        let plain = uri.scheme() == Some(&Scheme::HTTP)
            && uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|path| path == "/");
        if plain { Ok(Self(uri)) } else { Err(FORM) }
    }
}

section! {
    /// How upstreams are reached. `HTTP_PROXY` and its kin in the environment are not read.
    pub struct Egress {
        /// `http://host:port`: every upstream but `local` is reached through this proxy (CONNECT). Names are resolved
        /// there, so the rule about private addresses cannot be applied here.
        proxy: Option<Proxy> = "unset",
    }
}
