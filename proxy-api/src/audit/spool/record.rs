//! How an event stands in a segment: its length, a checksum over length and event, the event. Whatever a crash or a disk
//! has made of a segment, what is whole in it is found.

use bytes::Bytes;

/// In front of each event: length and checksum, four bytes each, the lowest first.
const HEAD: usize = 8;
/// No event is larger: its texts and lists are bounded.
pub(super) const MOST: usize = 1 << 16;

/// The bytes of a record.
pub(super) fn framed(event: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(event.len()).ok().filter(|_| event.len() <= MOST)?;
    let mut record = Vec::with_capacity(HEAD + event.len());
    record.extend_from_slice(&length.to_le_bytes());
    record.extend_from_slice(&checksum(length, event).to_le_bytes());
    record.extend_from_slice(event);
    Some(record)
}

fn checksum(length: u32, event: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(event);
    hasher.finalize()
}

/// Records one after the other.
pub(super) struct Records {
    bytes: Bytes,
    at: usize,
    /// Whether nothing follows these bytes in the segment.
    is_last: bool,
}

impl Records {
    /// With `is_last`, what does not end is torn; else it goes on in the next piece.
    pub(super) fn new(bytes: Bytes, is_last: bool) -> Self {
        Self {
            bytes,
            at: 0,
            is_last,
        }
    }

    /// How far they were read: to the end of a record, or over what can be none.
    pub(super) fn read(&self) -> usize {
        self.at
    }

    /// `None` in front of what may be the beginning of a record.
    fn whole_at(&self, at: usize) -> Option<Result<Bytes, Unreadable>> {
        let rest = &self.bytes[at..];
        let cut = || self.is_last.then_some(Err(Unreadable));
        let Some((head, rest)) = rest.split_first_chunk::<HEAD>() else {
            return cut();
        };
        let [a, b, c, d, checked @ ..] = *head;
        let length = u32::from_le_bytes([a, b, c, d]);
        let size = length as usize;
        if size == 0 || size > MOST {
            return Some(Err(Unreadable));
        }
        let Some(event) = rest.get(..size) else {
            return cut();
        };
        Some(if checksum(length, event) == u32::from_le_bytes(checked) {
            let start = at + HEAD;
            Ok(self.bytes.slice(start..start + size))
        } else {
            Err(Unreadable)
        })
    }
}

struct Unreadable;

impl Iterator for Records {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        // Behind what is damaged, the next record may begin anywhere.
        while self.at < self.bytes.len() {
            match self.whole_at(self.at)? {
                Ok(event) => {
                    self.at += HEAD + event.len();
                    return Some(event);
                }
                Err(Unreadable) => self.at += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Vec<Vec<u8>> {
        (1..40_u8).map(|n| vec![n; usize::from(n) * 3]).collect()
    }

    fn written() -> Vec<u8> {
        events().iter().flat_map(|event| framed(event).unwrap()).collect()
    }

    fn read(bytes: &[u8]) -> Vec<Bytes> {
        Records::new(Bytes::copy_from_slice(bytes), true).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&written()), events());
        assert!(framed(&vec![1; MOST + 1]).is_none());
    }

    #[test]
    fn a_torn_tail_costs_one_event() {
        let whole = written();
        let last = events().pop().unwrap().len() + HEAD;
        for cut in 1..last {
            assert_eq!(read(&whole[..whole.len() - cut]).len(), events().len() - 1);
        }
    }

    #[test]
    fn a_flipped_bit_costs_one_event() {
        let whole = written();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            let read = read(&damaged);
            assert_eq!(read.len(), events().len() - 1, "byte {at}");
            assert!(
                read.iter()
                    .all(|event| events().iter().any(|known| known == event))
            );
        }
    }

    #[test]
    fn a_record_goes_on_in_the_next_piece() {
        let whole = written();
        for cut in 0..whole.len() {
            let mut first = Records::new(Bytes::copy_from_slice(&whole[..cut]), false);
            let mut all: Vec<Bytes> = first.by_ref().collect();
            all.extend(read(&whole[first.read()..]));
            assert_eq!(all, events());
        }
    }
}
