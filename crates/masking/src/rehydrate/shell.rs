//! Words of a shell command, as POSIX shells split them: which of them are addresses.
//!
//! Quotes join pieces into a word, and blanks between them don't end it. What a command makes of its words, or a
//! shell of variables and substitutions, nobody can tell from here; the threat model says so.

use super::links::{Extent, Hosts, Seen, Word};

/// Follows one command, or one argument of one.
#[derive(Clone, Copy)]
pub(super) struct Command {
    word: Word,
    quote: Option<u8>,
    escaped: bool,
    /// Whether the address began inside the quotes that are open, after other words: it ends with its own word.
    is_within: bool,
    /// Substitutions that are open in the address: blanks in them don't end it.
    substitutions: u32,
    in_backticks: bool,
    before: u8,
}

impl Command {
    pub(super) const fn new() -> Self {
        Self::with(Word::new(Hosts::Listed))
    }

    /// An element of a list of arguments: one word if it begins as an address, a command like others if not.
    pub(super) const fn argument() -> Self {
        Self::with(Word::whole(Hosts::Listed))
    }

    const fn with(word: Word) -> Self {
        Self {
            word,
            quote: None,
            escaped: false,
            is_within: false,
            substitutions: 0,
            in_backticks: false,
            before: 0,
        }
    }

    pub(super) fn keeps(&self, value: &str) -> bool {
        self.word.keeps(value)
    }

    /// A placeholder stays: letters to the word.
    pub(super) fn placeholder(&mut self) {
        self.word.placeholder();
    }

    pub(super) fn push(&mut self, byte: u8) {
        let escaped = std::mem::take(&mut self.escaped);
        match (self.quote, byte) {
            (_, b'\n') if escaped => {}
            (Some(b'"') | None, b'\\') if !escaped => self.escaped = true,
            (None, b'"' | b'\'') if !escaped => {
                self.quote = Some(byte);
                self.word.enter_quotes(byte);
            }
            (Some(quote), _) if byte == quote && !escaped => {
                self.quote = None;
                self.is_within = false;
                self.word.bare();
            }
            _ if byte.is_ascii_whitespace() => self.blank(byte, escaped),
            _ => self.see(byte),
        }
        self.before = byte;
    }

    fn see(&mut self, byte: u8) {
        let was_open = self.word.extent().is_some();
        match byte {
            b'(' if was_open && self.before == b'$' => {
                self.substitutions = self.substitutions.saturating_add(1);
            }
            b')' => self.substitutions = self.substitutions.saturating_sub(1),
            b'`' => self.in_backticks = was_open && !self.in_backticks,
            _ => {}
        }
        self.word.see(Seen::Plain(byte));
        if !was_open && self.quote.is_some() && self.word.extent() == Some(Extent::Bare) {
            self.is_within = true;
        }
    }

    fn blank(&mut self, byte: u8, escaped: bool) {
        match (self.word.extent(), self.quote) {
            (Some(Extent::Whole), _) => {}
            (Some(_), _) if self.substitutions > 0 || self.in_backticks => {}
            (Some(_), None) if escaped => {}
            (Some(_), Some(_)) if !self.is_within => {}
            _ => {
                self.is_within = false;
                self.substitutions = 0;
                self.in_backticks = false;
                self.word.end();
                self.word.see(Seen::Plain(byte));
            }
        }
    }
}
