//! `[gateway_keys]`: who may call when the gateway holds the upstream keys.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

pub(super) const ABOUT: &str = "Keys of callers for `server.auth = \"gateway_keys\"`: an id of your choice and the SHA-256 of \
                               the key as 64 hex digits (`printf %s \"$KEY\" | sha256sum`). Make keys with at least 128 random bits.";

/// Ids and digests as written.
pub(super) type Written = BTreeMap<String, Digest>;

/// A caller that may use the gateway.
#[derive(Clone, Debug)]
pub struct GatewayKey {
    /// The operator's name for it; placeholders and audit events are bound to it.
    pub id: String,
    /// SHA-256 of the key.
    pub sha256: [u8; 32],
}

#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Digest([u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
        let digest: [u8; 32] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(
            "not a SHA-256 digest; expected the 64 hex digits of the key's SHA-256, not the key itself",
        )?;
        // `$KEY` was unset where the digest was made.
        if digest == <[u8; 32]>::from(Sha256::digest(b"")) {
            return Err("the digest of an empty key, which every caller has; expected that of a key");
        }
        Ok(Self(digest))
    }
}

/// `[a-z0-9_-]`, as environment variables write it too.
pub(super) fn finish(written: Written) -> Result<Vec<GatewayKey>, String> {
    written
        .into_iter()
        .map(|(id, Digest(sha256))| {
            let well_formed = (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
            if well_formed {
                Ok(GatewayKey { id, sha256 })
            } else {
                Err(id)
            }
        })
        .collect()
}
