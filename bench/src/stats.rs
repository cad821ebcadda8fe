//! Medians and percentiles.

/// The middle of `values`; 0 for none.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value below which `percent` of `values` lie (nearest rank); 0 for none.
pub(crate) fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(
            (median(&values), percentile(&values, 99.0), median(&[])),
            (50.0, 99.0, 0.0)
        );
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    }
}
