//! Where JSON strings are in a text, and those of the JSON documents inside its strings: each is a text of its own.

mod state;

use super::Escape;
use super::watch::{Watch, Watched};
use state::{Read, State};

/// JSON in a string in a string: deeper ones are read as if they stood at this depth.
const MAX: usize = 8;
/// Bytes of a member's name that are looked at.
const MAX_NAME: usize = 32;

/// Follows a text.
#[derive(Clone)]
pub(super) struct Levels {
    watched: Watched,
    /// The text, then the string of it that is open, then the string of that: each decoded from the one before.
    levels: Vec<Level>,
    member: Member,
}

#[derive(Clone, Copy)]
struct Level {
    state: State,
    /// Objects and arrays that are open.
    depth: u32,
    watch: Watch,
}

/// The member of the outermost object that is being read.
#[derive(Clone, Copy, Default)]
struct Member {
    name: [u8; MAX_NAME],
    length: usize,
    /// Whether its colon has been read.
    in_value: bool,
}

impl Levels {
    /// At the start of a channel whose values are written like this.
    pub(super) fn new(watched: Watched, escape: Escape) -> Self {
        let state = match escape {
            Escape::None => State::Prose,
            Escape::Json | Escape::Auto => State::default(),
        };
        Self {
            watched,
            levels: vec![Level {
                state,
                depth: 0,
                watch: watched.text(escape == Escape::Json),
            }],
            member: Member::default(),
        }
    }

    /// Takes note of text that goes out as it is.
    pub(super) fn push(&mut self, text: &[u8]) {
        if self.levels[0].state == State::Prose {
            return self.levels[0].watch.push(text);
        }
        for (at, byte) in text.iter().enumerate() {
            self.step(*byte, true);
            if self.levels[0].state == State::Prose {
                return self.levels[0].watch.push(&text[at + 1..]);
            }
        }
    }

    /// Takes note of a placeholder, of which those that watch are told otherwise.
    pub(super) fn pass_placeholder(&mut self, written: &[u8]) {
        // One that stands for a number isn't in a string.
        if !matches!(self.levels[0].state, State::Prose | State::Outside) {
            written.iter().for_each(|byte| self.step(*byte, false));
        }
    }

    /// What a placeholder that stands here meets: nearest first.
    pub(super) fn watches(&mut self) -> impl Iterator<Item = &mut Watch> {
        self.levels.iter_mut().rev().map(|level| &mut level.watch)
    }

    /// How many strings the text stands in, each inside the one before.
    pub(super) fn depth(&self) -> usize {
        self.levels
            .iter()
            .take_while(|level| level.state.is_string())
            .count()
    }

    fn step(&mut self, byte: u8, is_text: bool) {
        let mut byte = byte;
        for at in 0..self.levels.len() {
            let level = &mut self.levels[at];
            let was_string = level.state.is_string();
            let read = level.step(byte);
            let is_string = level.state.is_string();
            if !is_text {
                // Seen already, as what goes out.
            } else if was_string || is_string {
                level.watch.push_quoted(byte, was_string != is_string);
            } else {
                level.watch.push(&[byte]);
            }
            if at == 0 {
                self.member.follow(self.levels[0], byte, read);
            }
            if was_string != is_string {
                self.levels.truncate(at + 1);
                if is_string && self.levels.len() < MAX {
                    let watch = self.watch(at);
                    self.levels.push(Level {
                        state: State::default(),
                        depth: 0,
                        watch,
                    });
                }
                return;
            }
            match read {
                Read::Inner(inner) => byte = inner,
                Read::Own | Read::Escape => return,
            }
        }
    }

    /// What follows the string that begins at level `at`.
    fn watch(&self, at: usize) -> Watch {
        let is_command = at == 0 && self.member.in_value && self.watched.is_command(self.member.name());
        self.watched.string(is_command, self.levels[0].depth > 1)
    }
}

impl Member {
    fn name(&self) -> &[u8] {
        self.name.get(..self.length).unwrap_or_default()
    }

    fn follow(&mut self, level: Level, byte: u8, read: Read) {
        if level.depth != 1 {
            return;
        }
        match read {
            Read::Inner(byte) if !self.in_value => {
                if let Some(place) = self.name.get_mut(self.length) {
                    *place = byte;
                }
                self.length += 1;
            }
            Read::Own if !level.state.is_string() && byte == b':' => self.in_value = true,
            Read::Own if !level.state.is_string() && matches!(byte, b',' | b'{' | b'[') => {
                *self = Self::default();
            }
            _ => {}
        }
    }
}

impl Level {
    /// Goes on with `byte`.
    fn step(&mut self, byte: u8) -> Read {
        let is_structure = self.state != State::Prose && !self.state.is_string();
        let (next, read) = self.state.step(byte);
        self.state = next;
        match byte {
            b'{' | b'[' if is_structure => self.depth += 1,
            b'}' | b']' if is_structure && next == State::Outside => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.state = State::Ended;
                }
            }
            _ => {}
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_known_by_their_quotes() {
        let after = |text: &str| {
            let mut levels = Levels::new(Watched::Nothing, Escape::Auto);
            levels.push(text.as_bytes());
            levels.depth()
        };
        assert_eq!(after(" \n"), 0);
        assert_eq!(after("so \"it"), 0);
        assert_eq!(after("[so \"it"), 0);
        assert_eq!(after("{so \"it"), 0);
        assert_eq!(after(" {\"a\": "), 0);
        assert_eq!(after("[1, \"a\\\""), 1);
        assert_eq!(after("[\"a\\\\\""), 0);
        assert_eq!(after("[\"a\"] \"it"), 0);
    }
}
