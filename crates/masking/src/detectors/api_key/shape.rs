//! The shape of a key, written as text: `ghp_{n:36}` is `ghp_` and 36 of the alphabet `n`.
//!
//! `{u:20-40}` is a run of 20 to 40 bytes, `{uuid}` a UUID in lower case. A shape is looked for at its anchor: its first
//! part if that is a literal, else its longest literal.

use super::alphabet::Alphabet;

/// One part of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(&'static str),
    Run { of: Alphabet, min: usize, max: usize },
}

/// Literals and runs, in order.
#[derive(Debug)]
pub(crate) struct Shape {
    parts: Vec<Part>,
    anchor: usize,
}

const UUID: [usize; 5] = [8, 4, 4, 4, 12];

impl Shape {
    /// Reads a shape; `None` when the text is none.
    pub(crate) fn parse(text: &'static str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Literal(&rest[..open]));
            }
            let close = open + rest[open..].find('}')?;
            push_run(&rest[open + 1..close], &mut parts)?;
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest));
        }
        let anchor = match parts.first()? {
            Part::Literal(_) => 0,
            Part::Run { .. } => (0..parts.len()).rev().max_by_key(|at| literal_len(parts[*at]))?,
        };
        Some(Self { parts, anchor })
    }

    /// The literal that marks the place of a key, if the shape has one.
    pub(crate) fn anchor(&self) -> Option<&'static str> {
        match self.parts[self.anchor] {
            Part::Literal(literal) => Some(literal),
            Part::Run { .. } => None,
        }
    }

    /// Bytes of all literals: how unmistakable the shape is.
    pub(crate) fn literal_bytes(&self) -> usize {
        self.parts.iter().map(|part| literal_len(*part)).sum()
    }

    /// Whether a run of at least `len` letters and digits is part of every key.
    pub(crate) fn has_unbroken_run(&self, len: usize) -> bool {
        self.parts.iter().any(
            |part| matches!(part, Part::Run { of, min, .. } if *min >= len && !of.has(b'-') && !of.has(b'_')),
        )
    }

    /// Fewest bytes from the anchor to the end of a key.
    pub(crate) fn shortest_tail(&self) -> usize {
        let shortest = |part: &Part| match part {
            Part::Literal(literal) => literal.len(),
            Part::Run { min, .. } => *min,
        };
        self.parts[self.anchor..].iter().map(shortest).sum()
    }

    /// Whether keys of the shape come in different lengths.
    pub(crate) fn is_open(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Run { min, max, .. } if min < max))
    }

    /// Whether capital letters beyond hex digits may be in a key.
    pub(crate) fn has_capitals(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Run { of, .. } if of.has(b'Z')))
    }

    /// Where the key starts whose anchor stands at `at`.
    pub(crate) fn head(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.parts[..self.anchor]
            .iter()
            .rev()
            .try_fold(at, |end, part| match *part {
                Part::Literal(literal) => bytes[..end]
                    .ends_with(literal.as_bytes())
                    .then(|| end - literal.len()),
                Part::Run { of, min, max } => {
                    let run = of.run_back(bytes, end, max);
                    (run >= min).then(|| end - run)
                }
            })
    }

    /// Whether `byte` may follow the anchor inside a key.
    pub(crate) fn goes_on_with(&self, byte: u8) -> bool {
        matches!(self.parts.get(self.anchor + 1), Some(Part::Run { of, .. }) if of.has(byte))
    }

    /// Most bytes of a key.
    pub(crate) fn longest(&self) -> usize {
        let longest = |part: &Part| match part {
            Part::Literal(literal) => literal.len(),
            Part::Run { max, .. } => *max,
        };
        self.parts.iter().map(longest).sum()
    }

    /// Where the key ends whose anchor stands at `at`, or where the bytes stop being one.
    pub(crate) fn tail(&self, bytes: &[u8], at: usize) -> Result<usize, usize> {
        read(&self.parts[self.anchor..], bytes, at)
    }

    /// Where the key ends that starts at `at`, or where the bytes stop being one.
    pub(crate) fn read(&self, bytes: &[u8], at: usize) -> Result<usize, usize> {
        read(&self.parts, bytes, at)
    }

    /// A made-up key of this shape, the same for the same seed.
    pub(crate) fn sample(&self, seed: u64) -> String {
        let mut random = SplitMix(seed);
        let mut key = String::new();
        for part in &self.parts {
            match *part {
                Part::Literal(literal) => key.push_str(literal),
                Part::Run { of, min, max } => {
                    let len = min + random.below(max - min + 1);
                    key.extend((0..len).map(|nth| {
                        // At its ends a key is taken for text around it unless it is alphanumeric there.
                        let edge = nth == 0 || nth + 1 == len;
                        let bytes: Vec<u8> = of.bytes().filter(|b| !edge || of.is_edge(*b)).collect();
                        bytes[random.below(bytes.len())] as char
                    }));
                }
            }
        }
        key
    }
}

/// Where the parts end that start at `at`, or where the bytes stop fitting them.
fn read(parts: &[Part], bytes: &[u8], at: usize) -> Result<usize, usize> {
    let mut end = at;
    let mut parts = parts.iter().peekable();
    while let Some(part) = parts.next() {
        end = match *part {
            Part::Literal(literal) => {
                let next = end + literal.len();
                let same = bytes.get(end..next) == Some(literal.as_bytes());
                if same { next } else { return Err(end) }
            }
            Part::Run { of, min, max } => {
                let run = of.run(bytes, end, max);
                let run = match parts.peek() {
                    Some(Part::Literal(next)) => {
                        before_literal(bytes, end, (min, run), next).ok_or(end + run)?
                    }
                    _ => run,
                };
                if run >= min {
                    end + run
                } else {
                    return Err(end + run);
                }
            }
        };
    }
    Ok(end)
}

/// The run's length before the first `literal` that leaves at least `min` bytes to the run.
fn before_literal(bytes: &[u8], at: usize, (min, run): (usize, usize), literal: &str) -> Option<usize> {
    (min..=run).find(|len| bytes[at + len..].starts_with(literal.as_bytes()))
}

fn literal_len(part: Part) -> usize {
    match part {
        Part::Literal(literal) => literal.len(),
        Part::Run { .. } => 0,
    }
}

fn push_run(text: &str, parts: &mut Vec<Part>) -> Option<()> {
    if text == "uuid" {
        for (nth, len) in UUID.into_iter().enumerate() {
            if nth > 0 {
                parts.push(Part::Literal("-"));
            }
            parts.push(Part::Run {
                of: Alphabet::HEX,
                min: len,
                max: len,
            });
        }
        return Some(());
    }
    let (name, lengths) = text.split_once(':')?;
    let [letter] = name.as_bytes() else {
        return None;
    };
    let (min, max) = lengths.split_once('-').unwrap_or((lengths, lengths));
    let (min, max) = (min.parse().ok()?, max.parse().ok()?);
    let of = Alphabet::named(*letter)?;
    (min <= max && max > 0).then(|| parts.push(Part::Run { of, min, max }))
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014); only for made-up keys.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &'static str) -> Shape {
        Shape::parse(text).unwrap()
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        for bad in [
            "", "x{", "x{n}", "x{n:}", "x{?:3}", "x{n:5-2}", "x{nn:3}", "x{n:0}",
        ] {
            assert!(Shape::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_anchor_is_the_first_part_or_the_longest_literal() {
        assert_eq!(shape("SG.{u:22}.{u:43}").anchor(), Some("SG."));
        assert_eq!(shape("{n:14}.atlasv1.{v:60}").anchor(), Some(".atlasv1."));
        assert_eq!(shape("{h:40}").anchor(), None);
    }

    #[test]
    fn runs_stop_at_their_length_and_before_the_next_literal() {
        let shape = shape("{d:2-4}-k-{n:2-9}Z{d:1}");
        let find = |text: &str| {
            let at = text.find("-k-").unwrap();
            Some((
                shape.head(text.as_bytes(), at)?,
                shape.tail(text.as_bytes(), at).ok()?,
            ))
        };
        assert_eq!(find("123-k-abcZ7"), Some((0, 11)));
        assert_eq!(find("x12345-k-aZZ7,"), Some((2, 13)));
        assert_eq!(find("1-k-abcZ7"), None);
        assert_eq!(find("12-k-aZ7"), None);
        assert_eq!(find("12-k-abc"), None);
    }

    #[test]
    fn samples_have_the_shape_and_follow_the_seed() {
        let shape = shape("ab_{h:8-12}.{u:20}{=:0-2}");
        for seed in 0..50 {
            let sample = shape.sample(seed);
            assert_eq!(shape.tail(sample.as_bytes(), 0), Ok(sample.len()));
            assert_eq!(sample, shape.sample(seed));
        }
        assert_ne!(shape.sample(1), shape.sample(2));
    }
}
