//! Sets of ASCII bytes that keys are made of, one letter each in the tables of key shapes.

/// A set of ASCII bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alphabet(u32);

macro_rules! alphabets {
    ($($bit:literal $letter:literal $name:ident $pattern:pat,)+) => {
        impl Alphabet {
            $(pub(crate) const $name: Self = Self(1 << $bit);)+

            const fn sets_of(byte: u8) -> u32 {
                let mut sets = 0;
                $(if matches!(byte, $pattern) {
                    sets |= 1 << $bit;
                })+
                sets
            }

            /// The alphabet that a shape writes as `letter`.
            pub(crate) const fn named(letter: u8) -> Option<Self> {
                match letter {
                    $($letter => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

alphabets! {
    0 b'd' DIGIT b'0'..=b'9',
    1 b'h' HEX b'0'..=b'9' | b'a'..=b'f',
    3 b'x' ANY_HEX b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F',
    4 b'a' LOWER b'0'..=b'9' | b'a'..=b'z',
    5 b'A' UPPER b'0'..=b'9' | b'A'..=b'Z',
    6 b'n' ALNUM b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z',
    7 b'w' WORD b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_',
    8 b'u' URL64 b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'-',
    9 b'b' BASE64 b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'/',
    10 b'c' ANY_BASE64 b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'/' | b'_' | b'-' | b'=',
    11 b't' TILDE b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'-' | b'.' | b'~',
    12 b'v' DOTTED b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'-' | b'.' | b'=',
    13 b's' BECH32 b'0' | b'2'..=b'9' | b'A' | b'C'..=b'H' | b'J'..=b'N' | b'P'..=b'Z',
    14 b'p' PATH b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'-' | b'.' | b'/' | b'@',
    15 b'=' PADDING b'=',
    16 b'%' PERCENT b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'-' | b'.' | b'/' | b'+' | b'%' | b'=',
}

const SETS: [u32; 256] = {
    let mut sets = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        sets[byte] = Alphabet::sets_of(byte as u8);
        byte += 1;
    }
    sets
};

impl Alphabet {
    /// Whether `byte` is one of the set.
    pub(crate) const fn has(self, byte: u8) -> bool {
        SETS[byte as usize] & self.0 != 0
    }

    /// How many bytes from `at` on are of the set, at most `most`.
    pub(crate) fn run(self, bytes: &[u8], at: usize, most: usize) -> usize {
        let end = bytes.len().min(at.saturating_add(most));
        bytes
            .get(at..end)
            .map_or(0, |run| run.iter().take_while(|b| self.has(**b)).count())
    }

    /// How many bytes directly before `at` are of the set, at most `most`.
    pub(crate) fn run_back(self, bytes: &[u8], at: usize, most: usize) -> usize {
        bytes[at.saturating_sub(most)..at]
            .iter()
            .rev()
            .take_while(|b| self.has(**b))
            .count()
    }

    /// The bytes of the set, in order.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        (0..128).filter(move |byte| self.has(*byte))
    }

    /// Whether a run of the set may start and end with `byte` in ordinary use.
    pub(crate) fn is_edge(self, byte: u8) -> bool {
        self == Self::PADDING || byte.is_ascii_alphanumeric()
    }
}
