//! Buckets: what the API leaves out because nothing happened is put back, what is still running is marked, and values are
//! stacked or drawn as a line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A bucket that every chart of a window has, whether something happened in it or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket<T> {
    /// When it begins, in milliseconds.
    pub at: i64,
    /// Its value; none where nothing is known.
    pub value: Option<T>,
    /// It is still running: its value will grow.
    pub is_running: bool,
}

/// The window of a series: milliseconds, whole buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it begins.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
    /// How long a bucket is.
    pub bucket: i64,
    /// Buckets from here on are still running.
    pub complete_until: i64,
}

impl Frame {
    /// The whole buckets that touch a window.
    #[must_use]
    pub fn around(from: i64, to: i64, bucket: i64, complete_until: i64) -> Self {
        let bucket = bucket.max(1);
        let from = from.div_euclid(bucket) * bucket;
        let end = (to + bucket - 1).div_euclid(bucket) * bucket;
        Self {
            from,
            to: end.max(from + bucket),
            bucket,
            complete_until,
        }
    }

    /// How many buckets it has.
    #[must_use]
    pub fn count(&self) -> usize {
        usize::try_from((self.to - self.from) / self.bucket).unwrap_or_default()
    }

    /// Every bucket of the window. One that lies before `complete_until` and is not told is `absent`: zero for amounts, none
    /// for percentiles. What has not begun is none.
    #[must_use]
    pub fn fill<T: Clone>(&self, points: &[(i64, T)], absent: Option<&T>) -> Vec<Bucket<T>> {
        let known: BTreeMap<i64, &T> = points.iter().map(|(at, value)| (*at, value)).collect();
        (0..self.count())
            .map(|nth| {
                let at = self.from + nth as i64 * self.bucket;
                let is_running = at >= self.complete_until;
                let told = known.get(&at).copied();
                let absent = absent.filter(|_| at < self.complete_until);
                Bucket {
                    at,
                    value: told.or(absent).cloned(),
                    is_running,
                }
            })
            .collect()
    }

    /// The number of the bucket at a share of the width, 0 to 1.
    #[must_use]
    pub fn nth_at(&self, share: f64) -> usize {
        let count = self.count().max(1);
        ((share.clamp(0.0, 1.0) * count as f64) as usize).min(count - 1)
    }

    /// When a bucket begins and ends.
    #[must_use]
    pub fn span_of(&self, nth: usize) -> (i64, i64) {
        let at = self.from + i64::try_from(nth).unwrap_or_default() * self.bucket;
        (at, at + self.bucket)
    }
}

/// Lower and upper end of each part, from zero up, in the order given.
#[must_use]
pub fn stacked(values: &[u64]) -> Vec<(f64, f64)> {
    let mut below = 0.0;
    values
        .iter()
        .map(|value| {
            let from = below;
            below += *value as f64;
            (from, below)
        })
        .collect()
}

/// An SVG path through points; a gap where there is none. A point between two gaps is a dot, which the line's round ends
/// make visible.
#[must_use]
pub fn line(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> String {
    let mut path = String::new();
    let mut pen_is_down = false;
    let mut is_single = false;
    for point in points {
        let Some((x, y)) = point else {
            if is_single {
                path.push_str("h0");
            }
            (pen_is_down, is_single) = (false, false);
            continue;
        };
        let command = if pen_is_down { 'L' } else { 'M' };
        let _ = write!(path, "{command}{x:.1} {y:.1}");
        is_single = !pen_is_down;
        pen_is_down = true;
    }
    if is_single {
        path.push_str("h0");
    }
    path
}

/// The area under a line, down to `base`.
#[must_use]
pub fn area(points: &[Option<(f64, f64)>], base: f64) -> String {
    let mut path = String::new();
    for run in points.split(Option::is_none) {
        let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if run.len() < 2 {
            continue;
        }
        path.push_str(&line(run.iter().copied().map(Some)));
        let _ = write!(path, "L{:.1} {base:.1}L{:.1} {base:.1}Z", last.0, first.0);
    }
    path
}

/// The points of a sparkline in a box of `width` by `height`.
#[must_use]
pub fn spark(values: &[u64], width: f64, height: f64) -> Vec<Option<(f64, f64)>> {
    let most = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = width / (values.len().max(2) - 1) as f64;
    let place = |(nth, value): (usize, &u64)| {
        Some((
            nth as f64 * step,
            height - 1.0 - *value as f64 / most * (height - 2.0),
        ))
    };
    values.iter().enumerate().map(place).collect()
}

/// Joins neighbours so that at most `most` are left: a small chart does not need two points a pixel.
#[must_use]
pub fn thinned(values: &[u64], most: usize) -> Vec<u64> {
    let size = values.len().div_ceil(most.max(1)).max(1);
    values.chunks(size).map(|chunk| chunk.iter().sum()).collect()
}

/// The rows of a table as comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula begins with
/// an apostrophe.
#[must_use]
pub fn csv(head: &[String], rows: &[Vec<String>]) -> String {
    let cell = |text: &String| {
        let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            format!("'{text}")
        } else {
            text.clone()
        };
        if guarded.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", guarded.replace('"', "\"\""))
        } else {
            guarded
        }
    };
    let mut text = String::new();
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        text.push_str(&row.iter().map(cell).collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame::around(90, 410, 100, 300)
    }

    #[test]
    fn what_is_left_out_is_zero_or_a_gap() {
        let points = [(100, 7u64), (300, 2)];
        let amounts: Vec<_> = frame()
            .fill(&points, Some(&0))
            .into_iter()
            .map(|b| b.value)
            .collect();
        assert_eq!(amounts, [Some(0), Some(7), Some(0), Some(2), None]);
        let durations = frame().fill(&points, None);
        assert_eq!(durations[2].value, None);
        let running: Vec<_> = durations.iter().map(|bucket| bucket.is_running).collect();
        assert_eq!(running, [false, false, false, true, true]);
    }

    #[test]
    fn a_place_leads_to_its_bucket() {
        let frame = frame();
        assert_eq!(
            (frame.nth_at(-1.0), frame.nth_at(0.0), frame.nth_at(0.39)),
            (0, 0, 1)
        );
        assert_eq!((frame.nth_at(1.0), frame.nth_at(f64::NAN)), (4, 0));
        assert_eq!(frame.span_of(4), (400, 500));
        assert_eq!(Frame::around(5, 5, 0, 0).count(), 1);
    }

    #[test]
    fn lines_have_gaps_and_dots() {
        let at = |x: f64| Some((x, 1.0));
        assert_eq!(
            line([at(0.0), at(1.0), None, at(3.0)]),
            "M0.0 1.0L1.0 1.0M3.0 1.0h0"
        );
        assert_eq!(line([None, None]), "");
        assert_eq!(
            area(&[at(0.0), at(1.0), None, at(3.0)], 9.0),
            "M0.0 1.0L1.0 1.0L1.0 9.0L0.0 9.0Z"
        );
    }

    #[test]
    fn parts_lie_on_each_other() {
        assert_eq!(stacked(&[2, 0, 3]), [(0.0, 2.0), (2.0, 2.0), (2.0, 5.0)]);
        assert_eq!(thinned(&[1, 2, 3, 4, 5], 2), [6, 9]);
        assert_eq!(thinned(&[], 2), Vec::<u64>::new());
        assert_eq!(spark(&[0, 4], 10.0, 10.0), [Some((0.0, 9.0)), Some((10.0, 1.0))]);
    }

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let rows = [vec!["a,b".to_owned(), "=1+1".to_owned(), "say \"x\"".to_owned()]];
        assert_eq!(
            csv(&["t".to_owned()], &rows),
            "t\r\n\"a,b\",'=1+1,\"say \"\"x\"\"\"\r\n"
        );
    }
}
