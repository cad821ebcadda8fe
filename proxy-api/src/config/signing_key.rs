//! The key that signs what this instance says to admin-api.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Serialize;
use thiserror::Error;

use super::Secret;

/// A shorter secret could be guessed from one token (RFC 7518, 3.2).
const LEAST_SECRET: usize = 32;
const PEM: &str = "-----BEGIN";

/// An Ed25519 key, or a secret that both sides have.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    key: EncodingKey,
}

/// It is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the file that it names holds no key; expected an Ed25519 key as PKCS#8 in PEM (`openssl genpkey -algorithm ed25519`), \
     or a secret of 32 bytes and more (`openssl rand -hex 32`)"
)]
pub struct InvalidSigningKey;

impl SigningKey {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// When it holds no key.
    pub fn parse(text: &Secret) -> Result<Self, InvalidSigningKey> {
        let text = text.expose_text();
        let read = if text.contains(PEM) {
            let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).map_err(|_| InvalidSigningKey)?;
            Self {
                algorithm: Algorithm::EdDSA,
                key: EncodingKey::from_ed_der(der.secret_pkcs8_der()),
            }
        } else if text.len() >= LEAST_SECRET {
            Self {
                algorithm: Algorithm::HS256,
                key: EncodingKey::from_secret(text.as_bytes()).map_err(|_| InvalidSigningKey)?,
            }
        } else {
            return Err(InvalidSigningKey);
        };
        // The library takes any bytes for a key until it signs.
        read.sign(&()).map(|_| read).map_err(|_| InvalidSigningKey)
    }

    /// A token that says `claims`.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        encode(&Header::new(self.algorithm), claims, &self.key)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made for this test.
    const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";

    fn parse(text: &str) -> Result<SigningKey, InvalidSigningKey> {
        SigningKey::parse(&Secret::new(text.to_owned()))
    }

    #[test]
    fn two_kinds_of_keys_sign() {
        assert_eq!(parse(ED25519).unwrap().algorithm, Algorithm::EdDSA);
        let secret = parse(&"s".repeat(32)).unwrap();
        assert_eq!(secret.algorithm, Algorithm::HS256);
        assert_eq!(format!("{secret:?}"), "SigningKey(withheld)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in [
            &"s".repeat(31),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            &ED25519[..60],
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
