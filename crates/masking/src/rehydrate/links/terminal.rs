//! Strings that a terminal obeys: from ESC `]` and its like to BEL or ESC `\`. OSC 8 makes links of them.

const MAX: u32 = 4096;

/// Follows one text.
#[derive(Clone, Copy, Default)]
pub(super) struct Terminal {
    before: u8,
    /// Bytes of the string that are still believed.
    left: u32,
}

impl Terminal {
    pub(super) const fn keeps(&self) -> bool {
        self.left > 0
    }

    pub(super) fn push(&mut self, byte: u8) {
        const ESC: u8 = 0x1b;
        // The first byte of the control characters beyond ASCII.
        const C1: u8 = 0xc2;
        match (self.before, byte) {
            (ESC, b']' | b'P' | b'X' | b'^' | b'_') | (C1, 0x9d | 0x90 | 0x98 | 0x9e | 0x9f) => {
                self.left = MAX;
            }
            (_, 0x07) | (ESC, b'\\') | (C1, 0x9c) => self.left = 0,
            _ => self.left = self.left.saturating_sub(1),
        }
        self.before = byte;
    }
}
