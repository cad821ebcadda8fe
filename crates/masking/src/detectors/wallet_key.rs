//! PRIVATE_KEY: keys that spend from a wallet, found by the checksum inside them: Bitcoin's wallet import format, and
//! extended private keys (BIP 32, SLIP 132).

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::{may_end, may_start};
use crate::{EntityType, Score};

/// First letters of extended private keys, in lower case.
const EXTENDED: [&str; 5] = ["xprv", "yprv", "zprv", "tprv", "vprv"];
/// Characters of an extended key, and the bytes that they hold.
const EXTENDED_CHARS: usize = 111;
/// BIP 32.
const EXTENDED_BYTES: usize = 78;
/// Version bytes of single keys: the main and the test network.
const VERSIONS: [u8; 2] = [0x80, 0xef];

/// Finds private keys of wallets.
pub(super) struct WalletKeys {
    detector: Arc<str>,
}

impl WalletKeys {
    pub(super) fn new() -> Self {
        Self {
            detector: "private_key.wallet".into(),
        }
    }
}

impl Rule for WalletKeys {
    fn literals(&self) -> Vec<String> {
        EXTENDED.map(str::to_owned).into()
    }

    fn on_mixed(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let (start, end) = match wake {
            Wake::Mixed(span) if is_single(&text[span.range()]) => (span.start, span.end),
            Wake::Literal { at, .. } if is_extended(text, at.start) => (at.start, at.start + EXTENDED_CHARS),
            _ => return,
        };
        found.push(EntityType::PrivateKey, start, end, Score::CERTAIN, &self.detector);
    }
}

/// 32 bytes, perhaps a flag, between a version and a checksum.
fn is_single(word: &str) -> bool {
    let mut payload = [0; 40];
    matches!(word.as_bytes(), [b'5' | b'K' | b'L' | b'9' | b'c', ..])
        && matches!(word.len(), 51 | 52)
        && matches!(
            bs58::decode(word).with_check(None).onto(&mut payload),
            Ok(33 | 34)
        )
        && VERSIONS.contains(&payload[0])
}

fn is_extended(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let mut payload = [0; EXTENDED_BYTES + 8];
    let Some(key) = text.get(at..at + EXTENDED_CHARS) else {
        return false;
    };
    may_start(bytes, at)
        && may_end(bytes, at + EXTENDED_CHARS)
        && bs58::decode(key).with_check(None).onto(&mut payload) == Ok(EXTENDED_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::typed;

    /// From the wiki's page on the wallet import format, and the first test vector of BIP 32.
    const KEYS: [&str; 3] = [
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
    ];

    #[test]
    fn keys_with_a_checksum_are_found() {
        for key in KEYS {
            for text in [key.to_owned(), format!("WIF={key};"), format!("私钥：{key}。")] {
                assert_eq!(typed(WalletKeys::new(), &text), [format!("PRIVATE_KEY {key}")]);
            }
        }
    }

    #[test]
    fn a_wrong_checksum_or_a_public_key_is_none() {
        for key in KEYS {
            let wrong = format!(
                "{}{}",
                &key[..key.len() - 1],
                if key.ends_with('i') { 'j' } else { '2' }
            );
            assert!(typed(WalletKeys::new(), &wrong).is_empty(), "{wrong}");
        }
        let public = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";
        assert!(typed(WalletKeys::new(), public).is_empty());
    }
}
