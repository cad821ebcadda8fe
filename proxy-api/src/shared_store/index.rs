//! Names of keys in the shared store, and what bounds the values of one purpose there: an index that the scripts keep.

use std::time::Duration;

use data_encoding::HEXLOWER;
use masking::MasterKey;
use redis::{Script, ScriptInvocation};

use crate::caller::Owner;

/// A script of an index: its common beginning, then `body`.
pub(crate) fn script(body: &str) -> Script {
    Script::new(&[include_str!("index.lua"), body].concat())
}

/// Where the values of one purpose are. Readable is the purpose alone; installations with different master keys do not
/// meet. All in one hash tag: a script may touch the keys of one slot of a cluster only.
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(master: &MasterKey, purpose: &str) -> Self {
        let installation = master.derive("shared store: installation", b"");
        let installation = HEXLOWER.encode(&installation[..8]);
        Self {
            prefix: format!("bauta:{{{installation}}}:{purpose}:"),
        }
    }

    pub(crate) fn key(&self, kind: &str) -> String {
        format!("{}{kind}", self.prefix)
    }

    pub(crate) fn of(&self, kind: &str, slot: &[u8; 32]) -> String {
        format!("{}{kind}:{}", self.prefix, HEXLOWER.encode(slot))
    }
}

/// An index and what bounds it, as every script of it begins.
pub(crate) struct Bounded {
    pub(crate) names: Names,
    pub(crate) count: usize,
    pub(crate) bytes: usize,
    pub(crate) idle: Duration,
}

/// One entry: whose it is, and a keyed hash that tells it from all others.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) owner: Owner,
    pub(crate) slot: [u8; 32],
}

impl Bounded {
    /// Begins a call of `script` about the entry at `place`.
    pub(crate) fn call<'a>(&self, script: &'a Script, place: &Place) -> ScriptInvocation<'a> {
        let owner = HEXLOWER.encode(&place.owner.0[..8]);
        let mut call = script.prepare_invoke();
        call.key(self.names.key("expiry"))
            .key(self.names.key("sizes"))
            .key(self.names.of("value", &place.slot))
            .arg(format!("{owner}:{}", HEXLOWER.encode(&place.slot)))
            .arg(self.count)
            .arg(self.bytes)
            .arg(u64::try_from(self.idle.as_millis()).unwrap_or(u64::MAX))
            .arg(self.names.key("value:"));
        call
    }
}

/// What a script of an index answers: an outcome, how much the index holds now, and a value with its version.
pub(crate) type Index = (String, usize, usize, Option<Vec<u8>>, Option<Vec<u8>>);
