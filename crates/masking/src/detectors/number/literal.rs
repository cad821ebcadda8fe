//! Numbers that are not written digit by digit: `4.111111111111111e15`, `4111_1111_1111_1111u64`, `4,111,111,111,111,111`.
//! Reads what stands there; judges nothing but whether somebody's number could be meant and no quantity.

/// Digits of the longest number.
const MAX_DIGITS: usize = 24;
/// A quantity with an exponent is given in fewer digits.
const MIN_SIGNIFICANT: usize = 7;
/// Digits of a number with separators of a program.
const MIN_SEPARATED: usize = 8;
/// Digits of one with thousands separators: cards have as many, and few quantities.
const THOUSANDS: std::ops::RangeInclusive<usize> = 13..=19;
/// A plain number with a type behind it is read from so many digits on.
const MIN_TYPED: usize = 13;
/// What programs write behind a number to say its type, longest first.
const TYPES: [&[u8]; 12] = [
    b"usize", b"isize", b"u128", b"i128", b"u64", b"i64", b"ull", b"ULL", b"UL", b"LL", b"L", b"n",
];

/// A number's digits, and where its spelling ends.
pub(crate) struct Literal {
    digits: [u8; MAX_DIGITS],
    len: usize,
    pub(crate) end: usize,
}

impl Literal {
    /// The number that starts at `start`, where a digit stands.
    pub(crate) fn at(bytes: &[u8], start: usize) -> Option<Self> {
        let whole = run(bytes, start);
        let end = start + whole;
        match bytes.get(end)? {
            b'e' | b'E' => Self::scientific(bytes, start, end, end),
            b'.' => {
                let fraction = end + 1 + run(bytes, end + 1);
                match bytes.get(fraction) {
                    Some(b'e' | b'E') => Self::scientific(bytes, start, end, fraction),
                    Some(b'.') => Self::separated(bytes, start, b'.'),
                    _ => None,
                }
            }
            separator @ (b'_' | b'\'' | b',') => Self::separated(bytes, start, *separator),
            b'u' | b'U' | b'i' | b'L' | b'n' if whole >= MIN_TYPED => {
                let mut literal = Self::new();
                literal.push(&bytes[start..end])?;
                literal.close(bytes, end).filter(|literal| literal.end > end)
            }
            _ => None,
        }
    }

    /// The values 0 to 9 of its digits.
    pub(crate) fn digits(&self) -> &[u8] {
        &self.digits[..self.len]
    }

    const fn new() -> Self {
        Self {
            digits: [0; MAX_DIGITS],
            len: 0,
            end: 0,
        }
    }

    /// Takes in ASCII digits.
    fn push(&mut self, digits: &[u8]) -> Option<()> {
        let room = self.digits.get_mut(self.len..self.len + digits.len())?;
        for (value, digit) in room.iter_mut().zip(digits) {
            *value = digit - b'0';
        }
        self.len += digits.len();
        Some(())
    }

    /// Ends the number at `end` or behind its type, if nothing goes it on.
    fn close(mut self, bytes: &[u8], end: usize) -> Option<Self> {
        let typed = TYPES.iter().find(|name| {
            let rest = &bytes[end..];
            rest.starts_with(name) || rest.first() == Some(&b'_') && rest[1..].starts_with(name)
        });
        let len = typed.map_or(0, |name| name.len() + usize::from(bytes[end] == b'_'));
        let is_clear = |end: usize| !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        self.end = if is_clear(end + len) { end + len } else { end };
        is_clear(self.end).then_some(self)
    }

    /// Digits, the fraction between `point` and `exponent`, and a power of ten: a whole number.
    fn scientific(bytes: &[u8], start: usize, point: usize, exponent: usize) -> Option<Self> {
        let is_negative = bytes.get(exponent + 1) == Some(&b'-');
        let signed = usize::from(matches!(bytes.get(exponent + 1), Some(b'+' | b'-')));
        let power_at = exponent + 1 + signed;
        let power_len = run(bytes, power_at);
        if !(1..=2).contains(&power_len) {
            return None;
        }
        let power = bytes[power_at..power_at + power_len]
            .iter()
            .fold(0, |power, digit| power * 10 + usize::from(digit - b'0'));
        let mut this = Self::new();
        this.push(&bytes[start..point])?;
        let fraction = if exponent > point {
            &bytes[point + 1..exponent]
        } else {
            &[]
        };
        this.push(fraction)?;
        let zeros = this
            .digits()
            .iter()
            .rev()
            .take_while(|digit| **digit == 0)
            .count();
        if this.len - zeros < MIN_SIGNIFICANT || this.digits[0] == 0 {
            return None;
        }
        if is_negative || power < fraction.len() {
            let dropped = if is_negative {
                fraction.len() + power
            } else {
                fraction.len() - power
            };
            if dropped > zeros {
                return None;
            }
            this.len -= dropped;
        } else {
            this.push(&[b'0'; MAX_DIGITS][..(power - fraction.len()).min(MAX_DIGITS)])?;
        }
        this.close(bytes, power_at + power_len)
    }

    /// Groups of digits with the same separator between all of them.
    fn separated(bytes: &[u8], start: usize, separator: u8) -> Option<Self> {
        let is_thousands = matches!(separator, b',' | b'.');
        let mut this = Self::new();
        let mut at = start;
        loop {
            let group = run(bytes, at);
            let is_group = !is_thousands || group == 3 || at == start && (1..=3).contains(&group);
            if group == 0 || !is_group {
                return None;
            }
            this.push(&bytes[at..at + group])?;
            at += group;
            if bytes.get(at) != Some(&separator) || !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                break;
            }
            at += 1;
        }
        let is_long = if is_thousands {
            THOUSANDS.contains(&this.len)
        } else {
            this.len >= MIN_SEPARATED
        };
        if is_long { this.close(bytes, at) } else { None }
    }
}

fn run(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default().iter();
    rest.take(MAX_DIGITS + 1)
        .take_while(|b| b.is_ascii_digit())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, &str)> {
        let literal = Literal::at(text.as_bytes(), 0)?;
        let digits = literal
            .digits()
            .iter()
            .map(|digit| (digit + b'0') as char)
            .collect();
        Some((digits, &text[..literal.end]))
    }

    #[test]
    fn spellings_are_read_digit_by_digit() {
        for (spelled, digits) in [
            ("4.111111111111111e15", "4111111111111111"),
            ("4.111111111111111E+15", "4111111111111111"),
            ("4111111111111111e0", "4111111111111111"),
            ("4111111111111111.0e0", "4111111111111111"),
            ("41111111111111110E-1", "4111111111111111"),
            ("5.36228726e8", "536228726"),
            ("4.1555526710e09", "4155552671"),
            ("4111_1111_1111_1111", "4111111111111111"),
            ("4111_1111_1111_1111_u64", "4111111111111111"),
            ("4111_1111_1111_1111L", "4111111111111111"),
            ("4'111'111'111'111'111", "4111111111111111"),
            ("4,111,111,111,111,111", "4111111111111111"),
            ("4.111.111.111.111.111", "4111111111111111"),
            ("4111111111111111n", "4111111111111111"),
        ] {
            for behind in ["", ", 2", "_x", ")"] {
                let text = format!("{spelled}{behind}");
                let found = read(&text);
                assert_eq!(found, Some((digits.to_owned(), spelled)), "{text}");
            }
        }
    }

    #[test]
    fn quantities_and_other_words_are_none() {
        for text in [
            "6.02214076e-23",
            "9.1093837e-31",
            "1.5e-3",
            "1e10",
            "4.2e15",
            "1.7976931348623157e308",
            "2.5e9",
            "4e1243bd22c66e76",
            "4111111e5a1",
            "1_000",
            "1,000,000",
            "411,111,111,11",
            "192.168.100.200",
            "4.111111111111111",
            "12345678",
            "1234567x",
            "12345678u64",
            "4111_1111_1111_1111abc",
        ] {
            assert!(read(text).is_none(), "{text}: {:?}", read(text));
        }
    }
}
