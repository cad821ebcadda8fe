//! What leaves the process is sealed: XChaCha20-Poly1305 under a key of its own, bound to the place where it is kept.

use std::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use masking::MasterKey;
use zeroize::Zeroizing;

use crate::random::{self, NoRandomness};

/// XChaCha20's: long enough to be drawn at random for every value.
const NONCE: usize = 24;
/// Poly1305's.
const TAG: usize = 16;
/// What sealing adds.
const OVERHEAD: usize = NONCE + TAG;

/// Smaller texts are sealed where they are; larger ones would hold up other turns.
const INLINE: usize = 128 * 1024;

/// Seals and opens the values of one purpose.
#[derive(Clone)]
pub(crate) struct Sealing(XChaCha20Poly1305);

impl Sealing {
    pub(crate) fn new(master: &MasterKey, purpose: &str) -> Self {
        let key = Zeroizing::new(master.derive(purpose, b""));
        Self(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// Nonce, text and tag; opens at this place only. The random nonce is long enough never to come twice.
    pub(crate) fn seal(&self, plain: &mut Zeroizing<Vec<u8>>, place: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let nonce: [u8; NONCE] = random::bytes()?;
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        sealed.extend_from_slice(&nonce);
        // In place, so that no second copy of the plain text comes into being.
        let tag = self
            .0
            .encrypt_inout_detached(&XNonce::from(nonce), place, plain.as_mut_slice().into())
            .expect("values are shorter than 256 GiB");
        sealed.extend_from_slice(plain);
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// The text, unless it was made elsewhere, for another place, or changed.
    pub(crate) fn open(&self, sealed: Vec<u8>, place: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new(sealed);
        let nonce: [u8; NONCE] = *text.first_chunk()?;
        let tag: [u8; TAG] = *text.get(NONCE..)?.last_chunk()?;
        let end = text.len() - TAG;
        self.0
            .decrypt_inout_detached(
                &XNonce::from(nonce),
                place,
                (&mut text[NONCE..end]).into(),
                &Tag::from(tag),
            )
            .ok()?;
        text.truncate(end);
        text.drain(..NONCE);
        Some(text)
    }
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealing(..)")
    }
}

/// Where a value belongs: under another key or another version it does not open.
pub(crate) fn sealed_at(slot: &[u8; 32], version: u128) -> [u8; 48] {
    let mut place = [0; 48];
    place[..32].copy_from_slice(slot);
    place[32..].copy_from_slice(&version.to_be_bytes());
    place
}

/// Does work on about so many bytes: here when they are few, on a thread of its own when they are many.
/// `None` when that thread failed.
pub(crate) async fn aside<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if bytes <= INLINE {
        return Some(work());
    }
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: MasterKey = MasterKey::new([1; 32]);

    fn sealed(sealing: &Sealing, text: &str, place: &[u8]) -> Vec<u8> {
        let mut plain = Zeroizing::new(text.as_bytes().to_vec());
        sealing.seal(&mut plain, place).unwrap()
    }

    #[test]
    fn it_opens_where_it_was_sealed_and_nowhere_else() {
        let sealing = Sealing::new(&KEY, "test");
        let value = sealed(&sealing, "Alice", b"here");
        assert_eq!(value.len(), "Alice".len() + OVERHEAD);
        assert_eq!(sealing.open(value.clone(), b"here").unwrap().as_slice(), b"Alice");
        assert!(sealing.open(value.clone(), b"there").is_none());
        assert!(Sealing::new(&KEY, "other").open(value.clone(), b"here").is_none());
        let other_key = Sealing::new(&MasterKey::new([2; 32]), "test");
        assert!(other_key.open(value.clone(), b"here").is_none());
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 1;
            assert!(sealing.open(changed, b"here").is_none(), "{at}");
            assert!(sealing.open(value[..at].to_vec(), b"here").is_none(), "{at}");
        }
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let sealing = Sealing::new(&KEY, "test");
        assert_ne!(
            sealed(&sealing, "Alice", b"here"),
            sealed(&sealing, "Alice", b"here")
        );
        assert!(sealing.open(sealed(&sealing, "", b""), b"").unwrap().is_empty());
    }
}
