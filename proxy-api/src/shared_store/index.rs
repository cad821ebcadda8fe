//! Names of keys in the shared store, and what bounds the values of one purpose there: an index that the scripts keep.

use data_encoding::HEXLOWER;
use masking::MasterKey;
use redis::Script;

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

/// What a script of an index answers: an outcome, how much the index holds now, and a value with its version.
pub(crate) type Index = (String, usize, usize, Option<Vec<u8>>, Option<Vec<u8>>);
