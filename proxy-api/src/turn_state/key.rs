//! Names of chains, and the keyed hashes that stores know instead of them.

use std::fmt;

use data_encoding::HEXLOWER;
use masking::MasterKey;
use thiserror::Error;

use crate::caller::Caller;
use crate::random::{self, NoRandomness};

const MAX_BYTES: usize = 128;

/// Names a caller's chain across reconnects.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TurnKey(Box<str>);

/// Not the name of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a turn state; expected 1 to 128 of A-Z, a-z, 0-9, `.`, `_`, `:` and `-`")]
pub(crate) struct InvalidTurnKey;

impl TurnKey {
    /// A name that nobody has and nobody guesses.
    pub(crate) fn fresh() -> Result<Self, NoRandomness> {
        let bytes: [u8; 16] = random::bytes()?;
        Ok(Self(HEXLOWER.encode(&bytes).into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for TurnKey {
    type Error = InvalidTurnKey;

    fn try_from(text: &str) -> Result<Self, InvalidTurnKey> {
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-');
        if (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidTurnKey)
        }
    }
}

/// Whoever knows it may go on with the chain, if it is also the caller.
impl fmt::Debug for TurnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TurnKey(withheld)")
    }
}

/// A chain as stores know it: a keyed hash of caller and turn key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Slot([u8; 32]);

impl Slot {
    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Makes [`Slot`]s.
pub(super) struct Slots(MasterKey);

impl Slots {
    pub(super) fn new(master: &MasterKey) -> Self {
        Self(MasterKey::new(master.derive("turn state: key", b"")))
    }

    pub(super) fn of(&self, caller: &Caller, key: &TurnKey) -> Slot {
        let named = [&caller.owner.0, key.0.as_bytes()].concat();
        Slot(self.0.derive("slot", &named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for good in ["a", "A.b_c:d-9", &"x".repeat(128)] {
            assert_eq!(TurnKey::try_from(good).map(|key| key.as_str() == good), Ok(true));
        }
        for bad in ["", "a b", "a/b", "a\n", "ä", "{a}", &"x".repeat(129)] {
            assert_eq!(TurnKey::try_from(bad), Err(InvalidTurnKey), "{bad}");
        }
    }

    #[test]
    fn fresh_names_differ_and_are_names() {
        let (one, other) = (TurnKey::fresh().unwrap(), TurnKey::fresh().unwrap());
        assert_ne!(one, other);
        assert_eq!(TurnKey::try_from(one.as_str()), Ok(one.clone()));
        assert!(!format!("{one:?}").contains(one.as_str()));
    }
}
