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
    /// A key, and no secret: taken for one, everybody who has seen it could sign with it.
    #[error(
        "this form of a key is not read; expected PEM of an Ed25519 public key (SPKI, `openssl pkey -pubout`)"
    )]
    Form,
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
        let (algorithm, key) = if let Some(pem) = find(bytes, b"-----BEGIN") {
            // Comments and the like may stand before it.
            let pem = &bytes[pem..];
            if !pem.starts_with(b"-----BEGIN PUBLIC KEY-----") {
                return Err(InvalidKey::Pem);
            }
            (
                Algorithm::EdDSA,
                DecodingKey::from_ed_pem(pem).map_err(|_| InvalidKey::Pem)?,
            )
        } else if is_key_of_another_form(bytes) {
            return Err(InvalidKey::Form);
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

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

/// Whether this is a key in some other wrapping: OpenSSH's and SSH2's lines, DER, a JWK, PEM in another coding of letters.
fn is_key_of_another_form(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let is_der = match bytes {
        [0x30, length @ 0..=0x7f, rest @ ..] => usize::from(*length) == rest.len(),
        [0x30, 0x81, length, rest @ ..] => usize::from(*length) == rest.len(),
        [0x30, 0x82, high, low, rest @ ..] => usize::from(*high) << 8 | usize::from(*low) == rest.len(),
        _ => false,
    };
    let marks: [&[u8]; 6] = [b"ssh-", b"ecdsa-sha2-", b"sk-", b"---- BEGIN", b"{", b"["];
    // The DER of an Ed25519 public key, in base64 without its PEM lines.
    let is_bare = bytes.starts_with(b"MCowBQYDK2VwAyEA") || bytes.starts_with(b"MC4CAQAwBQYDK2VwBCIEI");
    is_utf16
        || is_der
        || is_bare
        || marks.iter().any(|mark| bytes.starts_with(mark))
        || find(bytes, b" ssh-").is_some()
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

    #[test]
    fn a_public_key_is_never_a_secret() {
        const DER: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{DER}\n-----END PUBLIC KEY-----\n");
        for readable in [
            pem.clone(),
            format!("# instance 7\n{pem}"),
            format!("\u{feff}{pem}"),
        ] {
            let key = VerifyKey::parse(readable.as_bytes()).unwrap();
            assert_eq!(key.algorithm, Algorithm::EdDSA, "{readable}");
        }
        let der = data_encoding::BASE64.decode(DER.as_bytes()).unwrap();
        let others: [&[u8]; 7] = [
            &der,
            DER.as_bytes(),
            b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE a@b",
            b"restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE",
            b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWm",
            br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            b"\xff\xfe-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 \0P\0U\0B\0L\0I\0C\0",
        ];
        for other in others {
            assert_eq!(
                VerifyKey::parse(other).unwrap_err(),
                InvalidKey::Form,
                "{other:?}"
            );
        }
        assert!(VerifyKey::parse(&[7; 32]).is_ok());
    }
}
