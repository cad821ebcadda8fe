//! Which signs stand in a text at all: a way of reading that needs one of them is not tried without it.

use memchr::{memchr, memchr2, memchr3};

/// A block that stays near the processor while it is looked through for each sign.
const BLOCK: usize = 4096;

type Find = fn(&[u8]) -> bool;

/// In the order of the bits.
const FINDS: [Find; 13] = [
    |block| memchr(b'\n', block).is_some(),
    |block| memchr2(b'"', b'\'', block).is_some(),
    |block| memchr(b'<', block).is_some(),
    |block| memchr3(b'*', b'`', b'~', block).is_some(),
    |block| memchr(b'_', block).is_some(),
    |block| memchr(b']', block).is_some(),
    |block| memchr(b'=', block).is_some(),
    |block| memchr(b'\\', block).is_some(),
    |block| memchr(b'&', block).is_some(),
    |block| memchr(b'%', block).is_some(),
    |block| memchr(b'+', block).is_some(),
    |block| {
        block
            .iter()
            .fold(false, |any, byte| any | byte.is_ascii_uppercase())
    },
    |block| block.iter().fold(false, |any, byte| any | byte.is_ascii_digit()),
];

/// A set of signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Signs(u16);

impl Signs {
    pub(super) const LINE: Self = Self(1);
    pub(super) const QUOTE: Self = Self(1 << 1);
    pub(super) const TAG: Self = Self(1 << 2);
    pub(super) const EMPHASIS: Self = Self(1 << 3);
    pub(super) const UNDERSCORE: Self = Self(1 << 4);
    pub(super) const BRACKET: Self = Self(1 << 5);
    pub(super) const EQUALS: Self = Self(1 << 6);
    pub(super) const BACKSLASH: Self = Self(1 << 7);
    pub(super) const AMPERSAND: Self = Self(1 << 8);
    pub(super) const PERCENT: Self = Self(1 << 9);
    pub(super) const PLUS: Self = Self(1 << 10);
    pub(super) const CAPITAL: Self = Self(1 << 11);
    pub(super) const DIGIT: Self = Self(1 << 12);

    /// The signs of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut found = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            for (nth, find) in FINDS.iter().enumerate() {
                if found & 1 << nth == 0 && find(block) {
                    found |= 1 << nth;
                }
            }
        }
        Self(found)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of `others` is among them.
    pub(super) const fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_known_wherever_it_stands() {
        let all = [
            ("\n", Signs::LINE),
            ("'", Signs::QUOTE),
            ("<", Signs::TAG),
            ("~", Signs::EMPHASIS),
            ("_", Signs::UNDERSCORE),
            ("]", Signs::BRACKET),
            ("=", Signs::EQUALS),
            ("\\", Signs::BACKSLASH),
            ("&", Signs::AMPERSAND),
            ("%", Signs::PERCENT),
            ("+", Signs::PLUS),
            ("Z", Signs::CAPITAL),
            ("7", Signs::DIGIT),
        ];
        for (sign, expected) in all {
            for before in [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK] {
                assert!(
                    Signs::of(&format!("{}{sign}", "x".repeat(before))) == expected,
                    "{sign}"
                );
            }
        }
        assert!(Signs::of("nothing of it") == Signs(0));
    }
}
