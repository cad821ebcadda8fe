//! PASSWORD: `user:password` in base64, as Docker's configuration keeps it under `"auth"`.

use std::sync::Arc;

use data_encoding::{BASE64, BASE64_NOPAD};

use super::rule::{Found, Rule, Wake};
use super::secret::is_template;
use crate::{EntityType, Score};

/// The longest value, in bytes: tokens of registries have thousands.
const MAX_VALUE: usize = 8192;
const MIN_VALUE: usize = 8;
const MAX_SPACE: usize = 16;

/// Finds credentials of registries.
pub(super) struct DockerAuths {
    detector: Arc<str>,
}

impl DockerAuths {
    pub(super) fn new() -> Self {
        Self {
            detector: "password.docker_auth".into(),
        }
    }
}

impl Rule for DockerAuths {
    fn literals(&self) -> Vec<String> {
        ["\"auth\"", "\\\"auth\\\"", "_auth", "auth: "]
            .map(str::to_owned)
            .into()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { at, .. } = wake else {
            return;
        };
        let bytes = text.as_bytes();
        // `auth: ` is how a member of parsed JSON reads; elsewhere in a text it says too little.
        let is_label = bytes[at.range()].ends_with(b" ");
        if is_label && at.start > 0 {
            return;
        }
        let skip = |from: usize, marks: &[u8]| {
            let rest = bytes[from..].iter().take(MAX_SPACE);
            from + rest.take_while(|b| marks.contains(b)).count()
        };
        let start = skip(at.end, b" \t\r\n:\\\"=");
        let is_base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        let len = bytes[start..]
            .iter()
            .take(MAX_VALUE)
            .take_while(is_base64)
            .count();
        let value = &bytes[start..start + len];
        if (start > at.end || is_label) && is_credentials(value) {
            found.push(
                EntityType::Password,
                start,
                start + len,
                Score::CERTAIN,
                &self.detector,
            );
        }
    }
}

/// Whether a value is the base64 of printable text with a `:` in it, and something behind that.
fn is_credentials(value: &[u8]) -> bool {
    let decoded = BASE64.decode(value).or_else(|_| BASE64_NOPAD.decode(value));
    value.len() >= MIN_VALUE
        && decoded.is_ok_and(|decoded| {
            let colon = memchr::memchr(b':', &decoded);
            let is_text = decoded.iter().all(|b| (b' '..0x7f).contains(b));
            is_text && colon.is_some_and(|at| at > 0 && !is_template(&decoded[at + 1..]))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, found};

    #[test]
    fn credentials_of_registries_are_found() {
        let value = BASE64.encode(b"bob:S3cretPw99x");
        for text in [
            format!(r#"{{"auths":{{"https://index.docker.io/v1/":{{"auth":"{value}"}}}}}}"#),
            format!("\"auth\": \"{value}\""),
            format!("{{\\\"auth\\\":\\\"{value}\\\"}}"),
            format!("//registry.npmjs.org/:_auth={value}\n"),
        ] {
            assert_eq!(found(DockerAuths::new(), &text), [value.as_str()], "{text}");
        }
    }

    #[test]
    fn other_values_are_not() {
        for text in [
            "{\"auth\": \"basic\"}",
            "{\"auth\": {\"user\": \"bob\"}}",
            "{\"auth\": \"aHR0cHMvL2V4YW1wbGU=\"}",
            "{\"auth\": true}",
        ] {
            assert!(found(DockerAuths::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(DockerAuths::new(), &["\"auth\":\"", "_auth=", "_auth=Ym9iOlMz"]);
    }
}
