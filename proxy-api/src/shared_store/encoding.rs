//! Values as bytes: lengths before texts, in one buffer that is zeroed and never grows, so that no copy is left behind.

use std::fmt::Write as _;

use masking::Remembered;
use zeroize::Zeroizing;

/// Writes into a buffer of the right size.
pub(crate) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    /// `bytes` as [`Writer::text_bytes`] and [`Writer::map_bytes`] have counted.
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    pub(crate) fn text_bytes(text: &str) -> usize {
        4 + text.len()
    }

    pub(crate) fn map_bytes(map: &Remembered) -> usize {
        // Names of types are shorter than 48 bytes.
        let entries = map.expose_entries();
        let one = |texts: [&str; 3]| 4 * 4 + 48 + texts.map(str::len).iter().sum::<usize>();
        4 + entries
            .map(|(_, value, original, placeholder)| one([value, original, placeholder]))
            .sum::<usize>()
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn map(&mut self, map: &Remembered) {
        self.length(map.len());
        let mut name = String::new();
        for (entity, value, original, placeholder) in map.expose_entries() {
            name.clear();
            let _ = write!(name, "{entity}");
            for text in [name.as_str(), value, original, placeholder] {
                self.text(text);
            }
        }
    }

    pub(crate) fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    fn length(&mut self, length: usize) {
        // A longer text is cut short by nobody: what is read back then does not fit, and counts as nothing.
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_le_bytes());
    }
}

/// Reads what a [`Writer`] wrote; `None` at the first thing that does not fit.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    pub(crate) fn map(&mut self) -> Option<Remembered> {
        let mut map = Remembered::default();
        for _ in 0..self.length()? {
            let entity = self.text()?.parse().ok()?;
            map.push(entity, self.text()?, self.text()?, self.text()?).ok()?;
        }
        Some(map)
    }

    /// Nothing may be left over.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    fn length(&mut self) -> Option<usize> {
        let (length, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(u32::from_le_bytes(*length)).ok()
    }
}

#[cfg(test)]
mod tests {
    use masking::{EntityType, MasterKey, PlaceholderMap, Scope};

    use super::*;

    fn written() -> (Remembered, Zeroizing<Vec<u8>>) {
        let mut map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("s"));
        map.placeholder(&EntityType::Person, "ALICE");
        map.placeholder(&"CUSTOM:BADGE".parse().unwrap(), "b-\u{e9}\u{1f642}");
        let map = map.remember();
        let bytes = 1 + Writer::text_bytes("{}") + Writer::map_bytes(&map);
        let mut writer = Writer::new(bytes);
        writer.byte(7);
        writer.text("{}");
        writer.map(&map);
        let encoded = writer.finish();
        assert!(encoded.len() <= bytes, "the buffer grew");
        (map, encoded)
    }

    fn read(bytes: &[u8]) -> Option<Remembered> {
        let mut reader = Reader::new(bytes);
        assert!(reader.byte()? == 7 && reader.text()? == "{}");
        let map = reader.map()?;
        reader.end()?;
        Some(map)
    }

    #[test]
    fn what_is_written_reads_back() {
        let (map, encoded) = written();
        assert!(read(&encoded).unwrap().expose_entries().eq(map.expose_entries()));
    }

    #[test]
    fn anything_cut_or_added_counts_as_nothing() {
        let (_, mut encoded) = written();
        for at in 0..encoded.len() {
            assert!(read(&encoded[..at]).is_none(), "{at}");
        }
        encoded.push(0);
        assert!(read(&encoded).is_none());
    }
}
