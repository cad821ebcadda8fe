//! What follows a placeholder decides as well: `<PH>.evil.example`, `<PH>@evil.example`, `<PH>://`.

use memchr::memchr;

use super::super::lexicon::Lexicon;
use super::super::spelling::{self, Start};
use super::escapes::{Escapes, Seen};
use super::host::{Host, Hosts};

/// Bytes that are waited for; where the word is longer, the placeholder stays.
pub(in crate::rehydrate) const MAX_WORD: usize = 256;

/// What a placeholder is to the word that it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rehydrate) enum Verdict {
    /// No part of an address.
    Clear,
    /// Part of one, or of a word that is too long to tell.
    Address,
    /// More text decides.
    Unknown,
}

/// Where the word stands.
#[derive(Clone, Copy)]
pub(in crate::rehydrate) struct Around<'a> {
    pub(in crate::rehydrate) lexicon: &'a Lexicon,
    pub(in crate::rehydrate) text: &'a str,
    /// Whether no more text follows.
    pub(in crate::rehydrate) ended: bool,
    /// How many strings of JSON it stands in.
    pub(in crate::rehydrate) depth: usize,
    /// `Listed` in a shell.
    pub(in crate::rehydrate) hosts: Hosts,
}

/// Judges what begins at `from`, after the placeholder `name`.
pub(in crate::rehydrate) fn verdict(around: Around<'_>, name: usize, from: usize) -> Verdict {
    let mut value = around.lexicon.expose(name);
    let mut tail = Tail::new(around.hosts, value.contains('@'));
    let (mut at, mut is_first) = (from, true);
    loop {
        if at - from >= MAX_WORD {
            return Verdict::Address;
        }
        let step = next(around, at);
        if let Step::Value(other, next) = step
            && std::mem::take(&mut is_first)
            && around.lexicon.are_of_one_type(name, other)
            && !value.contains('@')
            && around.lexicon.expose(other).contains('@')
        {
            // The halves of one address, that was cut between two texts.
            value = around.lexicon.expose(other);
            tail = Tail::new(around.hosts, value.contains('@'));
            at = next;
            continue;
        }
        is_first = false;
        let judged = match step {
            Step::Unfinished => return Verdict::Unknown,
            Step::End => tail.stop(),
            Step::Char(c, _) => tail.char(c),
            Step::Value(name, _) => tail.placeholder(around.lexicon.expose(name)),
            Step::Tag(_) => tail.tag(),
            Step::Declaration => Some(Verdict::Address),
        };
        if let Some(verdict) = judged {
            return verdict;
        }
        at = match step {
            Step::Char(_, next) | Step::Value(_, next) | Step::Tag(next) => next,
            _ => at,
        };
    }
}

/// Judges a value between `<` and what begins at `from`: an address in brackets, or the name of a tag.
pub(in crate::rehydrate) fn closed_bracket(around: Around<'_>, from: usize) -> Verdict {
    let rest = around.text[from..].trim_start_matches('\\');
    match rest.as_bytes().first() {
        Some(b'>') => Verdict::Clear,
        None if !around.ended && around.text.len() - from < MAX_WORD => Verdict::Unknown,
        _ => Verdict::Address,
    }
}

enum Step {
    Char(char, usize),
    /// A placeholder's name.
    Value(usize, usize),
    Tag(usize),
    /// A comment and its like.
    Declaration,
    End,
    Unfinished,
}

fn next(around: Around<'_>, at: usize) -> Step {
    let unfinished = if around.ended { Step::End } else { Step::Unfinished };
    let rest = &around.text[at..];
    let Some(c) = rest.chars().next() else {
        return unfinished;
    };
    match spelling::starts_at(around.lexicon, around.text.as_bytes(), at, around.ended) {
        Start::Placeholder { end, name } => return Step::Value(name, end),
        Start::Unfinished => return Step::Unfinished,
        Start::Not => {}
    }
    match c {
        '\\' if around.depth > 0 => json_escape(rest, at, around.hosts, unfinished),
        '"' if around.depth > 0 => Step::End,
        '<' if around.hosts == Hosts::Any => tag(rest, at, unfinished),
        _ => Step::Char(c, at + c.len_utf8()),
    }
}

/// An escape of JSON, perhaps in JSON in a string.
fn json_escape(rest: &str, at: usize, hosts: Hosts, unfinished: Step) -> Step {
    let escape = rest.trim_start_matches('\\');
    let next = at + rest.len() - escape.len();
    match escape.chars().next() {
        None => unfinished,
        // A shell's line goes on after a backslash.
        Some('n') if hosts == Hosts::Listed && rest.len() - escape.len() == 3 => Step::Char('\\', next + 1),
        Some('n' | 'r' | 't' | 'b' | 'f') => Step::End,
        Some('u') if escape.len() < 5 => unfinished,
        Some('u') => {
            let number = escape
                .get(1..5)
                .and_then(|digits| u32::from_str_radix(digits, 16).ok());
            let decoded = number.and_then(char::from_u32).unwrap_or('\u{fffd}');
            Step::Char(decoded, escape.get(..5).map_or(next, |_| next + 5))
        }
        Some(c) => Step::Char(c, next + c.len_utf8()),
    }
}

fn tag(rest: &str, at: usize, unfinished: Step) -> Step {
    match rest.as_bytes().get(1) {
        None => unfinished,
        Some(b'!' | b'?') => match comment(rest) {
            Some(length) => Step::Tag(at + length),
            None if may_be_comment(rest) && matches!(unfinished, Step::Unfinished) => unfinished,
            None => Step::Declaration,
        },
        Some(byte) if byte.is_ascii_alphabetic() || *byte == b'/' => {
            match memchr(b'>', &rest.as_bytes()[..rest.len().min(MAX_WORD)]) {
                Some(end) => Step::Tag(at + end + 1),
                None if rest.len() >= MAX_WORD => Step::Declaration,
                None => unfinished,
            }
        }
        Some(_) => Step::End,
    }
}

/// Whether more text may show a comment.
fn may_be_comment(rest: &str) -> bool {
    let is_open = rest.starts_with("<!--") && !rest.contains("-->");
    rest.len() < MAX_WORD && (is_open || "<!--".starts_with(rest))
}

/// The length of a comment that all readers end at one place.
fn comment(rest: &str) -> Option<usize> {
    let inside = rest
        .get(..rest.floor_char_boundary(MAX_WORD))?
        .strip_prefix("<!--")?;
    let (inside, _) = inside.split_once("-->")?;
    let ends_early = inside.starts_with(['>', '-']) || inside.contains("--") || inside.contains('<');
    (!ends_early && !inside.ends_with('-')).then(|| "<!---->".len() + inside.len())
}

/// The word after a placeholder so far.
#[derive(Clone)]
struct Tail {
    escapes: Escapes,
    host: Host,
    in_host: bool,
    /// Whether the value ends in a host, which letters would change.
    is_mail: bool,
    /// Digits do so too, unless the word ends with them: no top-level domain does.
    has_digits: bool,
    /// Whether all of it may be the local part of any address, or a scheme.
    strict: bool,
    /// Whether a value is being read.
    in_value: bool,
    before: u8,
    slashes: u8,
    shell: bool,
    verdict: Option<Verdict>,
}

impl Tail {
    fn new(hosts: Hosts, is_mail: bool) -> Self {
        let mut host = Host::new(hosts);
        host.push(b'x');
        Self {
            escapes: Escapes::default(),
            host,
            in_host: true,
            is_mail,
            has_digits: false,
            strict: true,
            in_value: false,
            before: b'x',
            slashes: 0,
            shell: hosts == Hosts::Listed,
            verdict: None,
        }
    }

    fn char(&mut self, c: char) -> Option<Verdict> {
        if !c.is_ascii() {
            self.flush();
            return match self.verdict {
                None if ends_word(c) => self.stop(),
                None => {
                    self.see(Seen::Plain(0xff));
                    self.verdict
                }
                verdict => verdict,
            };
        }
        let byte = u8::try_from(c).unwrap_or_default();
        let mut escapes = self.escapes;
        escapes.push(byte, &mut |seen| self.see(seen));
        self.escapes = escapes;
        self.verdict
    }

    /// Another placeholder: its value comes next if it is restored, its name if not.
    fn placeholder(&mut self, value: &str) -> Option<Verdict> {
        self.flush();
        let mut restored = self.clone();
        restored.in_value = true;
        match value.chars().find_map(|c| restored.char(c)) {
            Some(Verdict::Clear) => self.see(Seen::Plain(b'x')),
            _ => {
                restored.in_value = false;
                *self = restored;
            }
        }
        self.verdict
    }

    /// What is in a tag is no text, and what follows goes on where tags are taken out.
    fn tag(&mut self) -> Option<Verdict> {
        self.flush();
        self.strict = false;
        self.verdict
    }

    fn stop(&mut self) -> Option<Verdict> {
        self.flush();
        let is_host = self.in_host && self.host.is_whole();
        self.verdict
            .or(Some(if is_host { Verdict::Address } else { Verdict::Clear }))
    }

    fn flush(&mut self) {
        let mut escapes = self.escapes;
        escapes.flush(&mut |seen| self.see(seen));
        self.escapes = escapes;
    }

    fn see(&mut self, seen: Seen) {
        if self.verdict.is_some() {
            return;
        }
        let byte = match seen {
            Seen::Plain(byte) => {
                if self.is_end(byte) {
                    self.end_host();
                    self.verdict.get_or_insert(Verdict::Clear);
                    return;
                }
                byte
            }
            // Parsers of URLs drop these.
            Seen::Escaped(b'\t' | b'\n' | b'\r') => return,
            Seen::Escaped(byte) => byte,
            Seen::Anything => {
                self.verdict = Some(Verdict::Address);
                return;
            }
        };
        // Quotes join, and so does the end of a substitution.
        if self.shell && matches!(byte, b'"' | b'\'' | b'\\' | b')' | b'`') {
            return;
        }
        self.read(byte);
        self.before = byte;
    }

    fn read(&mut self, byte: u8) {
        let is_letter = byte.is_ascii_alphanumeric() || !byte.is_ascii();
        if self.has_digits && !byte.is_ascii_digit() {
            self.verdict = Some(Verdict::Address);
        }
        if self.before == b'@' && (is_letter || b"[.-_".contains(&byte)) && (!self.in_value || self.strict) {
            self.verdict = Some(Verdict::Address);
        }
        match byte {
            // `&shy` is no letter even without its semicolon.
            _ if is_letter || matches!(byte, b'-' | b'_' | b'.' | b'&') => {
                if self.in_host {
                    self.host.push(if byte == b'&' { b'x' } else { byte });
                    if self.is_mail && !self.shell && byte.is_ascii_digit() {
                        self.has_digits = true;
                    } else if self.is_mail && !self.shell && byte.is_ascii_alphabetic() {
                        self.verdict = Some(Verdict::Address);
                    }
                }
                self.strict &= byte.is_ascii() && byte != b'&';
                self.slashes = 0;
            }
            b'+' => self.end_host(),
            b'@' => self.end_host(),
            b':' if self.strict => {
                self.end_host();
                self.strict = false;
                self.slashes = 1;
                return;
            }
            b'/' | b'\\' if self.slashes > 0 => {
                self.slashes += 1;
                if self.slashes == 3 {
                    self.verdict = Some(Verdict::Address);
                }
                return;
            }
            _ => {
                self.end_host();
                self.strict = false;
            }
        }
        self.slashes = 0;
    }

    fn end_host(&mut self) {
        if std::mem::take(&mut self.in_host) && self.host.is_whole() {
            self.verdict = Some(Verdict::Address);
        }
    }

    /// Whether no address goes on over this byte.
    fn is_end(&self, byte: u8) -> bool {
        byte.is_ascii_whitespace()
            || byte.is_ascii_control()
            || b"([]<>".contains(&byte)
            || byte == b')' && !self.shell
            || self.shell && b";|&".contains(&byte)
    }
}

/// White space and punctuation beyond ASCII. What is invisible is none: hosts are read without it.
fn ends_word(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}'
            | '\u{30fb}' | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}
