//! Places of a request where a credential stands that its provider is meant to use, and what one looks like there.

/// Such a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Credential {
    /// What the provider shows a remote MCP server.
    McpAuthorization,
    /// Headers that it sends to one.
    McpHeaders,
    /// The address of one.
    McpUrl,
    /// Where it fetches an image, with a signature in the address.
    ImageUrl,
    /// The same of a document.
    FileUrl,
}

/// Longer than the headers that servers take, and than any address that is signed; bytes.
const MAX_BYTES: usize = 8192;

impl Credential {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::McpAuthorization,
        Self::McpHeaders,
        Self::McpUrl,
        Self::ImageUrl,
        Self::FileUrl,
    ];

    /// As configuration writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::McpAuthorization => "mcp.authorization",
            Self::McpHeaders => "mcp.headers",
            Self::McpUrl => "mcp.url",
            Self::ImageUrl => "image.url",
            Self::FileUrl => "file.url",
        }
    }

    /// Whether a text could be meant for the place: one line of a header, or an address on the web.
    pub(crate) fn is_form_of(self, text: &str) -> bool {
        let is_short = (1..=MAX_BYTES).contains(&text.len());
        is_short
            && match self {
                Self::McpAuthorization | Self::McpHeaders => {
                    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
                }
                Self::McpUrl | Self::ImageUrl | Self::FileUrl => {
                    text.get(..8)
                        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
                        && text.bytes().all(|byte| byte.is_ascii_graphic())
                }
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line_and_an_address_one_word() {
        let (header, address) = (Credential::McpHeaders, Credential::ImageUrl);
        assert!(header.is_form_of("Bearer abc"));
        assert!(address.is_form_of("https://bucket.example/a.png?X-Amz-Signature=0a"));
        let long = "a".repeat(MAX_BYTES + 1);
        for text in ["", "two\nlines", "b\u{e9}arer", &long] {
            assert!(!header.is_form_of(text), "{text}");
        }
        for text in [
            "http://bucket.example/a",
            "https://a b",
            "data:image/png;base64,AA",
            "",
        ] {
            assert!(!address.is_form_of(text), "{text}");
        }
    }
}
