//! Key blocks in any dress: markup, comments or whole commands around every line, any joiner between the lines, and
//! opening lines that were respelled on the way (`---begin_private_key---`).
//!
//! Nothing but the base64 itself is looked for behind the opening line, and enough of it is a key.

use super::super::secret::{has, is_random, is_template};
use super::{MIN_CUT, MIN_LINE, is_base64};
use crate::ByteSpan;

/// How the words of an opening line that is no PEM's are joined.
pub(super) const LITERALS: [&str; 3] = ["private key", "private_key", "private+key"];
/// Longest text between two runs of the key's base64, in bytes.
const MAX_GAP: usize = 512;
/// Longest label between `BEGIN` and the dashes behind it.
const MAX_LABEL: usize = 64;
/// Longest run of dashes, with what escapes them.
const MAX_DASHES: usize = 16;
const MIN_DASHES: usize = 3;
/// A run this long with a digit is none of a program's names.
const LONG_RUN: usize = 40;
/// Runs of a block without its end: names in source code have no more.
const MIN_OPEN: usize = 64;
const MIN_OPEN_RUNS: usize = 4;
const MIN_DISTINCT: u32 = 20;
const MIN_OPEN_DISTINCT: u32 = 28;
/// How far behind the last run a shorter rest may stand.
const REST_REACH: usize = 64;

/// The block whose opening line says `literal`.
pub(super) fn block(bytes: &[u8], literal: ByteSpan) -> Option<(usize, usize)> {
    let from = literal.start.saturating_sub(MAX_LABEL);
    let word = bytes[from..literal.start]
        .windows(5)
        .rposition(|window| window.eq_ignore_ascii_case(b"begin"))?;
    let mark = Mark::at(bytes, from + word).filter(|mark| mark.is_private && mark.end > literal.start)?;
    Some((mark.start, block_end(bytes, mark.end)?))
}

/// Where the block ends whose opening line ends at `from`: behind its closing line, or behind its last base64.
pub(super) fn block_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut key = Key::default();
    let (mut at, mut last) = (from, from);
    while at < bytes.len() && at - last <= MAX_GAP {
        if !is_base64(bytes[at]) {
            at += 1;
            continue;
        }
        match Mark::at(bytes, at) {
            Some(mark) if mark.is_private && !mark.opens => return key.is_closed_one().then_some(mark.end),
            // Every opening line ends the search of the one before, so that all of them take one pass.
            Some(_) => break,
            None => {}
        }
        let len = bytes[at..].iter().take_while(|b| is_base64(**b)).count();
        if key.read(&bytes[at..at + len]) {
            last = at + len;
        }
        at += len;
    }
    key.is_open_one().then(|| rest_end(bytes, last))
}

/// Where the key's last line ends, shorter than the others, behind the run that ends at `from`.
fn rest_end(bytes: &[u8], from: usize) -> usize {
    let to = bytes.len().min(from + REST_REACH);
    let mut at = from;
    while at < to {
        let len = bytes[at..to].iter().take_while(|b| is_base64(**b)).count();
        let run = &bytes[at..at + len];
        // An attribute's name ends in one sign too.
        let is_padded =
            run.ends_with(b"==") || run.ends_with(b"=") && !run[..len - 1].iter().all(u8::is_ascii_lowercase);
        if is_padded || len >= MIN_LINE / 2 && is_random(run) {
            return at + len;
        }
        at += len.max(1);
    }
    from
}

/// An opening or closing line of armour.
struct Mark {
    start: usize,
    end: usize,
    opens: bool,
    is_private: bool,
}

impl Mark {
    /// The mark whose word `BEGIN` or `END` starts at `at`.
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let starts = |word: &[u8]| {
            let start = bytes.get(at..at + word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let opens = starts(b"begin");
        let word = match (opens, starts(b"end")) {
            (true, _) => 5,
            (_, true) => 3,
            _ => return None,
        };
        let is_dash = |byte: &&u8| matches!(byte, b'-' | b'\\' | b' ');
        let before = bytes[..at].iter().rev().take(MAX_DASHES).take_while(is_dash);
        let before = before.count();
        let frame = &bytes[at - before..at];
        let label = bytes[at + word..]
            .iter()
            .take(MAX_LABEL)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'+'))
            .count();
        let name = &bytes[at + word..at + word + label];
        let behind = &bytes[at + word + label..];
        let behind = &behind[..behind.iter().take(MAX_DASHES).take_while(is_dash).count()];
        let dashes = |frame: &[u8]| frame.iter().filter(|b| **b == b'-').count();
        let is_mark = dashes(frame) >= MIN_DASHES && dashes(behind) >= MIN_DASHES;
        let close = behind.iter().rposition(|b| *b == b'-').map_or(0, |at| at + 1);
        // A list's sign before the dashes is none of them.
        let list_sign = frame
            .trim_ascii_end()
            .iter()
            .rposition(|b| *b == b' ')
            .map_or(0, |at| at + 1);
        is_mark.then_some(Self {
            start: at - frame.len() + list_sign,
            end: at + word + label + close,
            opens,
            is_private: has(name, "private") && has(name, "key"),
        })
    }
}

/// What was read of a key so far.
#[derive(Default)]
struct Key {
    base64: usize,
    runs: usize,
    longest: usize,
    /// Which characters were seen, by their ASCII code.
    seen: u128,
}

impl Key {
    /// Takes in the run; false when it is no line of a key.
    fn read(&mut self, run: &[u8]) -> bool {
        let any = |of: fn(&u8) -> bool| run.iter().any(of);
        let is_mixed = || any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase);
        let is_line = run.len() >= MIN_LINE
            && is_mixed()
            && (is_random(run) || run.len() >= LONG_RUN && any(u8::is_ascii_digit))
            && !is_template(run);
        if is_line {
            self.base64 += run.len();
            self.runs += 1;
            self.longest = self.longest.max(run.len());
            self.seen = run.iter().fold(self.seen, |seen, b| seen | 1 << (b & 0x7f));
        }
        is_line
    }

    /// Whether that is enough for a key between its opening and its closing line.
    const fn is_closed_one(&self) -> bool {
        const DIGITS: u128 = 0x3ff << b'0';
        self.base64 >= MIN_CUT && self.seen.count_ones() >= MIN_DISTINCT && self.seen & DIGITS != 0
    }

    /// Whether it is enough where no closing line follows.
    const fn is_open_one(&self) -> bool {
        let is_long = self.longest >= LONG_RUN && self.runs > 1 || self.runs >= MIN_OPEN_RUNS;
        is_long
            && self.base64 >= MIN_OPEN
            && self.seen.count_ones() >= MIN_OPEN_DISTINCT
            && self.is_closed_one()
    }
}

#[cfg(test)]
mod tests;
