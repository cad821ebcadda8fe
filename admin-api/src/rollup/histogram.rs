//! Durations as counts of bins: a percentile of any window from sums that were added up.

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

/// The duration that `share` of the counted ones do not exceed, in microseconds; bins in rising order.
pub(crate) fn percentile(bins: &[(i64, i64)], share: f64) -> Option<u64> {
    let total: i64 = bins.iter().map(|(_, count)| count).sum();
    if total <= 0 {
        return None;
    }
    let rank = share * total as f64;
    let mut below = 0.0;
    for (bin, count) in bins {
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
    bins.last().map(|(bin, _)| range_of(*bin).0 as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
        let mut bins = BTreeMap::new();
        for micros in 1..=10_000_u64 {
            *bins.entry(bin_of(micros)).or_insert(0) += 1;
        }
        let bins: Vec<(i64, i64)> = bins.into_iter().collect();
        for (share, expected) in [(0.5, 5000.0), (0.95, 9500.0), (0.99, 9900.0)] {
            let found = percentile(&bins, share).unwrap() as f64;
            assert!((found / expected - 1.0).abs() < 0.05, "{share}: {found}");
        }
        assert_eq!(percentile(&[], 0.5), None);
    }
}
