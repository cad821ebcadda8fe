//! The address of a service that is called, parsed once.

use std::fmt;
use std::net::IpAddr;

use http::uri::{Authority, Scheme, Uri};
use serde::Deserialize;

/// `http(s)://host[:port][/path]`, without a slash at its end.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

impl BaseUrl {
    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Lower case; an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> String {
        self.authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_ascii_lowercase()
    }

    /// The host, when it is written as an address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    /// Empty, or `/` and more.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Without `end` at the end of the path, if it stands there.
    #[must_use]
    pub fn above(mut self, end: &str) -> Self {
        if let Some(path) = self.path.strip_suffix(end) {
            self.path.truncate(path.len());
        }
        self
    }

    /// Whether it is `https`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const FORM: &str = "not a base URL; expected https://host[:port][/path]";
        let parts = text.trim().parse::<Uri>().map_err(|_| FORM)?.into_parts();
        let scheme = parts.scheme.ok_or(FORM)?;
        let authority = parts.authority.ok_or(FORM)?;
        let path_and_query = parts.path_and_query.ok_or(FORM)?;
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err("only https:// (or http:// with dangerous.allow_insecure_upstreams) is allowed");
        }
        if authority.as_str().contains('@') {
            return Err("user names and passwords are not allowed in a base URL; use api_key_file");
        }
        if path_and_query.query().is_some() || text.contains('#') {
            return Err("a query or fragment is not allowed in a base URL");
        }
        let path = path_and_query.path().trim_end_matches('/').to_owned();
        if path.contains("//")
            || path.contains('%')
            || path.split('/').any(|part| part == "." || part == "..")
        {
            return Err("the path of a base URL must be plain: no `//`, `%`, `.` or `..`");
        }
        Ok(Self {
            scheme,
            authority,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<BaseUrl, &'static str> {
        BaseUrl::try_from(text.to_owned())
    }

    #[test]
    fn parts_are_kept() {
        let url = parse("https://API.openai.com:444/v1/").unwrap();
        assert_eq!((url.host().as_str(), url.path()), ("api.openai.com", "/v1"));
        assert_eq!(url.authority().port_u16(), Some(444));
        assert!(url.is_secure());
        assert_eq!(
            parse("http://[::1]:80").unwrap().ip(),
            Some("::1".parse().unwrap())
        );
    }

    #[test]
    fn what_could_mislead_is_refused() {
        for bad in [
            "",
            "api.openai.com",
            "/v1",
            "ftp://host/",
            "https://user@host/",
            "https://host/?q=1",
            "https://host/a//b",
            "https://host/a/../b",
            "https://host/%2e",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
