//! Durations as counts of bins: a percentile of any window from sums that were added up.

use std::collections::BTreeMap;

use prost::Message as _;
use thiserror::Error;

/// Four bins for each power of two: a bin is at most a quarter of its value wide.
pub(crate) fn bin_of(micros: u64) -> i64 {
    if micros < 4 {
        return super::signed(micros);
    }
    let exponent = micros.ilog2();
    let quarter = (micros >> (exponent - 2)) & 3;
    i64::from(exponent - 2) * 4 + 4 + super::signed(quarter)
}

/// Where a bin begins and how wide it is.
fn range_of(bin: i64) -> (f64, f64) {
    if bin < 4 {
        return (bin as f64, 1.0);
    }
    let width = 2f64.powi(i32::try_from((bin - 4) / 4).unwrap_or(i32::MAX));
    ((4 + (bin - 4) % 4) as f64 * width, width)
}

/// How often each bin was hit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Histogram(BTreeMap<i64, i64>);

/// As it is stored: bins in rising order, and the count of each.
#[derive(Clone, PartialEq, prost::Message)]
struct Packed {
    #[prost(int64, repeated, tag = "1")]
    bins: Vec<i64>,
    #[prost(int64, repeated, tag = "2")]
    counts: Vec<i64>,
}

/// It is not what [`Histogram::pack`] makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a histogram")]
pub(crate) struct InvalidHistogram;

impl Histogram {
    /// Counts a duration.
    pub(crate) fn count(&mut self, micros: u64) {
        *self.0.entry(bin_of(micros)).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (bin, count) in &other.0 {
            let sum = self.0.entry(*bin).or_default();
            *sum = sum.saturating_add(*count);
        }
    }

    /// How many durations were counted.
    pub(crate) fn total(&self) -> i64 {
        self.0.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let packed = Packed {
            bins: self.0.keys().copied().collect(),
            counts: self.0.values().copied().collect(),
        };
        packed.encode_to_vec()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, InvalidHistogram> {
        let Packed { bins, counts } = Packed::decode(bytes).map_err(|_| InvalidHistogram)?;
        if bins.len() != counts.len() {
            return Err(InvalidHistogram);
        }
        Ok(Self(bins.into_iter().zip(counts).collect()))
    }

    /// The duration that `share` of the counted ones do not exceed, in microseconds.
    pub(crate) fn percentile(&self, share: f64) -> Option<u64> {
        let total = self.total();
        if total <= 0 {
            return None;
        }
        let rank = share * total as f64;
        let mut below = 0.0;
        for (bin, count) in &self.0 {
            let count = *count as f64;
            if below + count >= rank {
                let (start, width) = range_of(*bin);
                let inside = if count > 0.0 {
                    ((rank - below) / count).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                return Some((start + width * inside).round() as u64);
            }
            below += count;
        }
        self.0.keys().next_back().map(|bin| range_of(*bin).0 as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_what_falls_into_them() {
        for micros in (0..2000).chain([u64::from(u32::MAX), 1 << 40]) {
            let (start, width) = range_of(bin_of(micros));
            assert!(
                start <= micros as f64 && (micros as f64) < start + width,
                "{micros}"
            );
            assert!(width <= 1.0_f64.max(micros as f64 / 4.0), "{micros}");
        }
    }

    #[test]
    fn percentiles_are_close() {
        let mut histogram = Histogram::default();
        (1..=10_000).for_each(|micros| histogram.count(micros));
        for (share, expected) in [(0.5, 5000.0), (0.95, 9500.0), (0.99, 9900.0)] {
            let found = histogram.percentile(share).unwrap() as f64;
            assert!((found / expected - 1.0).abs() < 0.05, "{share}: {found}");
        }
        assert_eq!(Histogram::default().percentile(0.5), None);
    }

    #[test]
    fn packed_it_comes_back() {
        let mut histogram = Histogram::default();
        for micros in [3, 3, 17, 900_000, 1 << 40] {
            histogram.count(micros);
        }
        let mut twice = Histogram::unpack(&histogram.pack()).unwrap();
        assert_eq!(twice, histogram);
        twice.add(&histogram);
        assert_eq!((twice.total(), histogram.total()), (10, 5));
        assert_eq!(Histogram::unpack(&[]), Ok(Histogram::default()));
        for bad in [&b"\x0a\x01\x05"[..], b"\xff"] {
            assert_eq!(Histogram::unpack(bad), Err(InvalidHistogram));
        }
    }
}
