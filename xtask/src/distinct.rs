//! As many different values of a type as are wanted, each in a line that says what it is, and the spellings that readings
//! undo: what the costs of the core are measured with.

mod lines;
mod spellings;

pub use self::spellings::{Spelling, spellings};
use crate::labelled::seeded::Seeded;

/// Values of one type, or a document that is full of values.
#[derive(Clone, Copy)]
pub struct Kind {
    /// What it is called in a table.
    pub name: &'static str,
    head: &'static str,
    line: fn(&mut Seeded) -> String,
}

impl Kind {
    /// At least so many bytes of lines, each with another value.
    #[must_use]
    pub fn distinct(&self, bytes: usize) -> String {
        let mut seeded = Seeded::new(8);
        let mut text = self.head.to_owned();
        while text.len() < bytes {
            text.push_str(&(self.line)(&mut seeded));
        }
        text
    }

    /// At least so many bytes of the same line.
    #[must_use]
    pub fn repeated(&self, bytes: usize) -> String {
        let line = (self.line)(&mut Seeded::new(8));
        self.head.to_owned() + &line.repeat(bytes.div_ceil(line.len()))
    }
}

/// All kinds.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    lines::KINDS
}
