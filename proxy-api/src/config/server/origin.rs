//! A page's origin as browsers write it.

use http::uri::Uri;
use serde::Deserialize;

/// Whose pages may call: one origin, or all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Origin {
    /// `*`.
    Any,
    /// `scheme://host[:port]` in small letters, without the scheme's own port.
    One(String),
}

impl TryFrom<String> for Origin {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const FORM: &str = "not an origin; expected scheme://host[:port] as browsers write it, such as \
                            https://chat.example.com, without a path or a slash at the end, or * for all";
        let text = text.trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let (scheme, host) = text.split_once("://").ok_or(FORM)?;
        let is_host = !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', '\\', '%']);
        // Extensions and desktop applications have schemes of their own.
        let uri: Uri = text.parse().map_err(|_| FORM)?;
        let authority = uri.authority().ok_or(FORM)?;
        let is_whole = authority.as_str() == authority.host() || authority.port_u16().is_some();
        if !is_host || !is_whole {
            return Err(FORM);
        }
        let mut origin = text.to_ascii_lowercase();
        let usual = match scheme.to_ascii_lowercase().as_str() {
            "http" => ":80",
            "https" => ":443",
            _ => "",
        };
        if let Some(without) = origin.strip_suffix(usual) {
            origin.truncate(without.len());
        }
        Ok(Self::One(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Origin, &'static str> {
        Origin::try_from(text.to_owned())
    }

    #[test]
    fn origins_are_as_browsers_write_them() {
        for (written, sent) in [
            ("https://Chat.Example.com", "https://chat.example.com"),
            ("https://chat.example.com:443", "https://chat.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("app://obsidian.md", "app://obsidian.md"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ] {
            assert_eq!(parse(written), Ok(Origin::One(sent.to_owned())));
        }
        assert_eq!(parse("*"), Ok(Origin::Any));
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for bad in [
            "",
            "null",
            "chat.example.com",
            "https://",
            "https://chat.example.com/",
            "https://chat.example.com/path",
            "https://*.example.com",
            "https://user@chat.example.com",
            "https://chat.example.com:",
            "https://chat.example.com:port",
            "https://a b",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
