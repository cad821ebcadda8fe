//! A hash over values, each told apart by its length: the same for the same values, whatever derives and formats do.

use sha2::{Digest as _, Sha256};

/// Hashes values one by one. What is hashed of a thing is spelled out where the thing is declared.
pub(crate) struct Fields(Sha256);

impl Fields {
    /// Starts with what the values are, so that two kinds of things never hash the same.
    pub(crate) fn of(what: &str) -> Self {
        let mut fields = Self(Sha256::new());
        fields.text(what);
        fields
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text);
    }

    /// A text that may be missing, which is another thing than an empty one.
    pub(crate) fn optional(&mut self, text: Option<&str>) {
        self.flag(text.is_some());
        self.text(text.unwrap_or_default());
    }

    pub(crate) fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_le_bytes());
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.0.update([u8::from(flag)]);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.update(bytes);
    }

    /// How many there are, then each.
    pub(crate) fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.number(items.len());
        for item in items {
            each(self, item);
        }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(write: impl Fn(&mut Fields)) -> [u8; 32] {
        let mut fields = Fields::of("test");
        write(&mut fields);
        fields.finish()
    }

    #[test]
    fn values_do_not_run_into_each_other() {
        let texts =
            |texts: &[&str]| hashed(|fields| fields.list(texts.iter(), |fields, text| fields.text(text)));
        assert_eq!(texts(&["ab", "c"]), texts(&["ab", "c"]));
        for other in [&["a", "bc"] as &[&str], &["abc"], &["ab", "c", ""], &["c", "ab"]] {
            assert_ne!(texts(&["ab", "c"]), texts(other), "{other:?}");
        }
        assert_ne!(
            hashed(|fields| fields.optional(None)),
            hashed(|fields| fields.optional(Some("")))
        );
        assert_ne!(Fields::of("a").finish(), Fields::of("b").finish());
    }

    #[test]
    fn the_encoding_stays() {
        let fields = hashed(|fields| {
            fields.text("aé");
            fields.flag(true);
            fields.number(300);
        });
        let bytes = b"\x04\0\0\0\0\0\0\0test\x03\0\0\0\0\0\0\0a\xc3\xa9\x01\x2c\x01\0\0\0\0\0\0";
        assert_eq!(fields, <[u8; 32]>::from(Sha256::digest(bytes)));
    }
}
