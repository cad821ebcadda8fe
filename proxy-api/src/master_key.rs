//! The master key from configuration, or a random one for this run.

use anyhow::Context as _;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use masking::MasterKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::config::{Masking, Secret};

/// Not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a key; expected 32 random bytes as 64 hex digits or base64 (`openssl rand -hex 32`)")]
pub(crate) struct InvalidMasterKey;

/// The configured key, or a random one.
pub(crate) fn of(masking: &Masking) -> anyhow::Result<MasterKey> {
    match &masking.master_key {
        Some(secret) => parse(secret).context("masking.master_key"),
        None => random(),
    }
}

/// Reads 32 bytes from hex or base64.
pub(crate) fn parse(secret: &Secret) -> Result<MasterKey, InvalidMasterKey> {
    let text = secret.expose_text().trim();
    let unpadded = text.trim_end_matches('=').as_bytes();
    let decoded = if text.len() == 64 {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes())
    } else {
        BASE64_NOPAD
            .decode(unpadded)
            .or_else(|_| BASE64URL_NOPAD.decode(unpadded))
    };
    let bytes = Zeroizing::new(decoded.map_err(|_| InvalidMasterKey)?);
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(MasterKey::new)
        .map_err(|_| InvalidMasterKey)
}

/// A key that nobody else has and that ends with the process.
fn random() -> anyhow::Result<MasterKey> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(MasterKey::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_base64_are_one_key() {
        let derived = |text: &str| parse(&Secret::new(text.to_owned())).unwrap().derive("test", b"");
        let hex = derived(&"ab".repeat(32));
        assert_eq!(hex, derived(&"AB".repeat(32)));
        assert_eq!(hex, derived("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["", "password", &"zz".repeat(32), &"ab".repeat(31)] {
            assert!(parse(&Secret::new(bad.to_owned())).is_err());
        }
    }
}
