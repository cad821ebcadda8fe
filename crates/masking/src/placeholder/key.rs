//! The master key, the scope that shares placeholders, and the keyed hashes that give a placeholder its letters.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What every placeholder of an installation is derived from: 256 random bits, zeroed on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// The key of these bytes; they must come from a random source.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A keyed hash of `input` for one purpose; hashes of different purposes tell nothing about each other.
    ///
    /// `purpose` is a constant of the program and holds no NUL.
    #[must_use]
    pub fn derive(&self, purpose: &str, input: &[u8]) -> [u8; 32] {
        keyed(&self.0)
            .chain_update(purpose)
            .chain_update([0])
            .chain_update(input)
            .finalize()
            .into_bytes()
            .into()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Who shares placeholders: one value has one placeholder within a scope, and an unrelated one in any other.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Scope(Box<str>);

impl Scope {
    /// The scope of this caller, session or request id.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scope(..)")
    }
}

/// What the letters of a placeholder stand for; keeps the two hashes apart.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The entity: hash of the canonical value.
    Code,
    /// The spelling: hash of the exact value.
    Variant,
}

/// The key of one scope, ready to hash.
pub(super) struct ScopedKey(Hmac<Sha256>);

impl ScopedKey {
    pub(super) fn new(key: &MasterKey, scope: &Scope) -> Self {
        let mut derived = key.derive("placeholder scope", scope.0.as_bytes());
        let state = keyed(&derived);
        derived.zeroize();
        Self(state)
    }

    pub(super) fn digest(&self, part: Part, type_name: &str, value: &str) -> Digest {
        let part = match part {
            Part::Code => b'c',
            Part::Variant => b'v',
        };
        let mut mac = self.0.clone();
        mac.update(&[part]);
        mac.update(type_name.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        Digest(mac.finalize().into_bytes().into())
    }
}

/// A keyed hash of one value.
pub(super) struct Digest([u8; 32]);

impl Digest {
    /// The 52nd letter holds one bit only.
    pub(super) const MAX_LETTERS: usize = 51;

    /// Tells the value from all others.
    pub(super) fn tag(&self) -> u128 {
        self.0.first_chunk().map_or(0, |tag| u128::from_le_bytes(*tag))
    }

    /// Appends the first `count` letters of its lower-case base32 (`a-z2-7`), at most [`Self::MAX_LETTERS`].
    pub(super) fn push_letters(&self, count: usize, out: &mut String) {
        let count = count.min(Self::MAX_LETTERS);
        // Five bytes are eight letters.
        let bytes = &self.0[..(count.div_ceil(8) * 5).min(self.0.len())];
        let from = out.len();
        BASE32_NOPAD.encode_append(bytes, out);
        out.truncate(from + count);
        out[from..].make_ascii_lowercase();
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_scopes_parts_and_types_are_separate() {
        let key = MasterKey::new([7; 32]);
        assert_ne!(key.derive("a", b"x"), key.derive("b", b"x"));
        assert_ne!(key.derive("a", b"x"), MasterKey::new([8; 32]).derive("a", b"x"));

        let letters = |scope, part, name, value| {
            let scoped = ScopedKey::new(&key, &Scope::new(scope));
            {
                let mut letters = String::new();
                scoped.digest(part, name, value).push_letters(51, &mut letters);
                letters
            }
        };
        let one = letters("caller", Part::Code, "PERSON", "alice");
        assert_eq!(one, letters("caller", Part::Code, "PERSON", "alice"));
        assert!(
            one.bytes()
                .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))
        );
        for other in [
            letters("other", Part::Code, "PERSON", "alice"),
            letters("caller", Part::Variant, "PERSON", "alice"),
            letters("caller", Part::Code, "EMAIL", "alice"),
            letters("caller", Part::Code, "PERSON", "alicf"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn debug_shows_no_key_and_no_id() {
        assert_eq!(format!("{:?}", MasterKey::new([7; 32])), "MasterKey(..)");
        assert_eq!(format!("{:?}", Scope::new("alice")), "Scope(..)");
    }
}
