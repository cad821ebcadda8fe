//! The tokens that instances show: JWT, five minutes long at most, signed with a key that is configured on both sides.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use thiserror::Error;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use crate::clock::Moment;

/// Who tokens are for.
pub(crate) const AUDIENCE: &str = "bauta-admin";
/// Who writes them.
pub(crate) const ISSUER: &str = "bauta-proxy";
/// A token that lives longer is not short-lived.
const LONGEST_SECONDS: i64 = 300;
/// Two clocks are seldom equal.
const SKEW_SECONDS: i64 = 30;
/// RFC 7518, section 3.2: as long as the hash at least.
const SHORTEST_SECRET: usize = 32;
/// A longer token is not one of ours.
const LONGEST_TOKEN: usize = 4096;

/// The key cannot verify tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidKey {
    /// PEM, but no Ed25519 public key.
    #[error("the PEM is no Ed25519 public key (SPKI, `openssl pkey -pubout`)")]
    Pem,
    /// A secret that can be guessed.
    #[error("an HS256 secret has at least 32 bytes")]
    Short,
}

/// One key that tokens may be signed with.
#[derive(Clone)]
pub struct VerifyKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl std::fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifyKey({:?}, withheld)", self.algorithm)
    }
}

impl VerifyKey {
    /// Reads the text of a key file: PEM of an Ed25519 public key, or else an HS256 secret, without the white space around
    /// it.
    ///
    /// # Errors
    /// Says what a key has to be.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let bytes = bytes.trim_ascii();
        let (algorithm, key) = if bytes.starts_with(b"-----BEGIN") {
            if !bytes.starts_with(b"-----BEGIN PUBLIC KEY-----") {
                return Err(InvalidKey::Pem);
            }
            (
                Algorithm::EdDSA,
                DecodingKey::from_ed_pem(bytes).map_err(|_| InvalidKey::Pem)?,
            )
        } else if bytes.len() < SHORTEST_SECRET {
            return Err(InvalidKey::Short);
        } else {
            (
                Algorithm::HS256,
                DecodingKey::from_secret(bytes).map_err(|_| InvalidKey::Short)?,
            )
        };
        Ok(Self { algorithm, key })
    }
}

/// Why a caller is not believed; for counting, not for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("missing")]
    Missing,
    #[error("malformed")]
    Malformed,
    #[error("signature")]
    Signature,
    #[error("audience")]
    Audience,
    #[error("issuer")]
    Issuer,
    #[error("expired")]
    Expired,
    #[error("too_long")]
    TooLong,
    #[error("subject")]
    Subject,
}

/// Whom a token is believed to be, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Believed {
    pub(crate) instance: Uuid,
    /// A stream that was opened with the token ends then: the next one needs a fresh token, of a key that is still configured.
    pub(crate) left: Duration,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    iss: String,
    exp: i64,
}

/// Believes tokens that one of the keys verifies.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    keys: Vec<VerifyKey>,
}

impl Tokens {
    pub(crate) const fn new(keys: Vec<VerifyKey>) -> Self {
        Self { keys }
    }

    /// Whose token this is.
    pub(crate) fn authenticate(&self, metadata: &MetadataMap, now: Moment) -> Result<Believed, Refused> {
        let mut values = metadata.get_all("authorization").iter();
        let header = values.next().ok_or(Refused::Missing)?;
        if values.next().is_some() {
            return Err(Refused::Malformed);
        }
        let text = header.to_str().map_err(|_| Refused::Malformed)?;
        let (scheme, token) = text.split_once(' ').ok_or(Refused::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refused::Malformed);
        }
        self.verify(token.trim(), now)
    }

    fn verify(&self, token: &str, now: Moment) -> Result<Believed, Refused> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refused::Malformed);
        }
        let algorithm = decode_header(token).map_err(|_| Refused::Malformed)?.alg;
        // The key says which algorithm it is for: a token cannot choose one (RFC 8725, section 3.1).
        let claims = self
            .keys
            .iter()
            .filter(|key| key.algorithm == algorithm)
            .find_map(|key| decode::<Claims>(token, &key.key, &signature_alone(algorithm)).ok())
            .ok_or(Refused::Signature)?
            .claims;
        if claims.aud != AUDIENCE {
            return Err(Refused::Audience);
        }
        if claims.iss != ISSUER {
            return Err(Refused::Issuer);
        }
        let left = claims.exp.saturating_sub(now.seconds());
        if left < -SKEW_SECONDS {
            return Err(Refused::Expired);
        }
        if left > LONGEST_SECONDS + SKEW_SECONDS {
            return Err(Refused::TooLong);
        }
        let instance = Uuid::try_parse(&claims.sub).map_err(|_| Refused::Subject)?;
        let left = Duration::from_secs(u64::try_from(left + SKEW_SECONDS).unwrap_or_default());
        Ok(Believed { instance, left })
    }
}

/// The claims are judged above, by our own clock and with a reason for each.
fn signature_alone(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    const NOW: Moment = Moment(1_790_000_000_000);
    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    const OTHER: &[u8] = b"another secret of thirty-two byte";
    const INSTANCE: &str = "0190a000-0000-7000-8000-000000000001";

    fn signed(secret: &[u8], claims: &serde_json::Value) -> String {
        let key = EncodingKey::from_secret(secret).unwrap();
        encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
    }

    fn claims(audience: &str, issuer: &str, left: i64, subject: &str) -> serde_json::Value {
        json!({"aud": audience, "iss": issuer, "exp": NOW.seconds() + left, "sub": subject})
    }

    fn good() -> serde_json::Value {
        claims(AUDIENCE, ISSUER, 240, INSTANCE)
    }

    fn tokens() -> Tokens {
        Tokens::new([OTHER, SECRET].map(|key| VerifyKey::parse(key).unwrap()).to_vec())
    }

    #[test]
    fn a_good_token_names_its_instance() {
        let token = signed(SECRET, &good());
        let believed = tokens().verify(&token, NOW).unwrap();
        assert_eq!(believed.instance.to_string(), INSTANCE);
        assert_eq!(believed.left, Duration::from_secs(270));
        // Rotation: either key.
        assert!(tokens().verify(&signed(OTHER, &good()), NOW).is_ok());
    }

    #[test]
    fn every_claim_counts() {
        for (bad, reason) in [
            (claims("bauta-proxy", ISSUER, 240, INSTANCE), Refused::Audience),
            (claims(AUDIENCE, "somebody", 240, INSTANCE), Refused::Issuer),
            (claims(AUDIENCE, ISSUER, -31, INSTANCE), Refused::Expired),
            (claims(AUDIENCE, ISSUER, 3600, INSTANCE), Refused::TooLong),
            (claims(AUDIENCE, ISSUER, 240, "somebody"), Refused::Subject),
        ] {
            assert_eq!(tokens().verify(&signed(SECRET, &bad), NOW), Err(reason));
        }
        for missing in ["aud", "iss", "exp", "sub"] {
            let mut claims = good();
            claims.as_object_mut().unwrap().remove(missing);
            assert!(
                tokens().verify(&signed(SECRET, &claims), NOW).is_err(),
                "{missing}"
            );
        }
    }

    #[test]
    fn a_token_cannot_choose_how_it_is_verified() {
        let none = format!(
            "{}.{}.",
            BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#),
            BASE64URL_NOPAD.encode(good().to_string().as_bytes())
        );
        assert_eq!(tokens().verify(&none, NOW), Err(Refused::Malformed));
        let stranger = signed(b"a secret that is not configured here", &good());
        assert_eq!(tokens().verify(&stranger, NOW), Err(Refused::Signature));
        let mut changed = signed(SECRET, &good());
        changed.push('A');
        assert!(tokens().verify(&changed, NOW).is_err());
        assert!(tokens().verify("", NOW).is_err());
    }

    #[test]
    fn keys_are_long_enough() {
        assert_eq!(VerifyKey::parse(b"short").unwrap_err(), InvalidKey::Short);
        assert_eq!(
            VerifyKey::parse(b"-----BEGIN PRIVATE KEY-----\n").unwrap_err(),
            InvalidKey::Pem
        );
    }
}
