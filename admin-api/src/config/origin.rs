//! The origin of the console, as browsers write it.

use std::fmt;

use http::Uri;
use serde::Deserialize;

/// `https://host[:port]`, without a path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// Browsers reach it over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Origin {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let form = "not an origin; expected https://host, with a port if it is another than 443, and no path";
        let uri: Uri = text.trim().trim_end_matches('/').parse().map_err(|_| form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(form);
        };
        let usual = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(form),
        };
        if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(form);
        }
        let host = authority.host().to_ascii_lowercase();
        // Browsers leave the usual port out.
        Ok(Self(match authority.port_u16() {
            Some(port) if port != usual => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_write_them() {
        for (text, origin) in [
            ("https://Bauta.example.com:443/", "https://bauta.example.com"),
            ("http://127.0.0.1:8788", "http://127.0.0.1:8788"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(Origin::try_from(text.to_owned()).unwrap().to_string(), origin);
        }
        for bad in [
            "",
            "bauta.example.com",
            "ftp://h",
            "https://h/path",
            "https://u:p@h",
            "https://",
        ] {
            assert!(Origin::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
