//! A private value in memory: shared, never shown, zeroed when its last holder lets go.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use zeroize::Zeroizing;

/// A value that was masked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Original(Arc<Zeroizing<Box<str>>>);

impl Original {
    pub(crate) fn new(value: &str) -> Self {
        Self(Arc::new(Zeroizing::new(value.into())))
    }

    /// The value itself: to be written to the caller, or searched for, and nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Original {
    fn borrow(&self) -> &str {
        self.expose()
    }
}

impl Hash for Original {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Original(..)")
    }
}
