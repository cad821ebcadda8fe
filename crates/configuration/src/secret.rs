//! Secret text: never printed, zeroed on drop, given inline or as a file.

use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use zeroize::Zeroizing;

/// A credential or key.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes `text` as it is.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself.
    #[must_use]
    pub fn expose_text(&self) -> &str {
        &self.0
    }

    /// Reads a file, without the white space around its text. The problem does not show the path: it may be the secret
    /// itself.
    ///
    /// # Errors
    /// When it cannot be read, or is empty.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|error| format!("the file that it names cannot be read: {}", error.kind()))?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err("the file that it names is empty".to_owned());
        }
        Ok(Self::new(trimmed.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(withheld)")
    }
}

struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret as text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        if text.trim().is_empty() {
            return Err(E::custom(
                "an empty secret is not allowed; leave the key out instead",
            ));
        }
        Ok(Secret::new(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SecretVisitor)
    }
}
