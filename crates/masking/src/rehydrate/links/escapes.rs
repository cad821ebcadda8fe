//! Undoes what may hide an address in a word: entities, percent signs, and in text backslashes.

/// The longest name of an entity in HTML has 31 letters.
const MAX_NAME: usize = 32;

/// A byte as its reader may see it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::rehydrate) enum Seen {
    /// As it stands.
    Plain(u8),
    /// Escaped: it can make an address, but never end one.
    Escaped(u8),
    /// An entity that nobody here knows: it may be anything.
    Anything,
}

/// Follows one text.
#[derive(Clone, Copy, Default)]
pub(super) struct Escapes {
    state: State,
    name: [u8; MAX_NAME],
    length: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Plain,
    Entity,
    Percent,
    Backslash,
}

impl Escapes {
    /// Takes the next byte and tells `seen` what is certain.
    pub(super) fn push(&mut self, byte: u8, seen: &mut impl FnMut(Seen)) {
        match self.state {
            State::Plain => self.plain(byte, seen),
            State::Entity => self.entity(byte, seen),
            State::Percent => self.percent(byte, seen),
            State::Backslash => {
                self.state = State::Plain;
                if byte.is_ascii_punctuation() && byte != b'&' && byte != b'%' && byte != b'\\' {
                    seen(Seen::Escaped(byte));
                } else {
                    seen(Seen::Plain(b'\\'));
                    self.plain(byte, seen);
                }
            }
        }
    }

    /// Something that is no text follows: what is unfinished stands for itself.
    pub(super) fn flush(&mut self, seen: &mut impl FnMut(Seen)) {
        match self.state {
            State::Plain => {}
            State::Backslash => seen(Seen::Plain(b'\\')),
            State::Percent => self.spill(b'%', seen),
            State::Entity => match self.numeric() {
                Some(byte) => seen(byte),
                None => self.spill(b'&', seen),
            },
        }
        self.state = State::Plain;
        self.length = 0;
    }

    fn plain(&mut self, byte: u8, seen: &mut impl FnMut(Seen)) {
        self.length = 0;
        self.state = match byte {
            b'&' => State::Entity,
            b'%' => State::Percent,
            b'\\' => State::Backslash,
            _ => {
                seen(Seen::Plain(byte));
                State::Plain
            }
        };
    }

    fn entity(&mut self, byte: u8, seen: &mut impl FnMut(Seen)) {
        if byte == b';' && self.length > 1 {
            let decoded = self.numeric().unwrap_or_else(|| named(&self.name[..self.length]));
            self.state = State::Plain;
            self.length = 0;
            if decoded == Seen::Escaped(b'&') {
                // Once more where the text is escaped twice.
                self.state = State::Entity;
            } else {
                seen(decoded);
            }
            return;
        }
        let fits = byte.is_ascii_alphanumeric() || byte == b'#' && self.length == 0;
        let is_number = self.length > 0 && self.name[0] == b'#';
        let is_digit = byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X') && self.length == 1;
        if self.length == MAX_NAME || !fits || is_number && !is_digit {
            self.flush(seen);
            self.plain(byte, seen);
            return;
        }
        self.name[self.length] = byte;
        self.length += 1;
    }

    fn percent(&mut self, byte: u8, seen: &mut impl FnMut(Seen)) {
        if !byte.is_ascii_hexdigit() {
            self.flush(seen);
            self.plain(byte, seen);
            return;
        }
        self.name[self.length] = byte;
        self.length += 1;
        if self.length == 2 {
            let digits = std::str::from_utf8(&self.name[..2]).unwrap_or_default();
            let decoded = u8::from_str_radix(digits, 16).unwrap_or_default();
            self.state = State::Plain;
            self.length = 0;
            seen(Seen::Escaped(decoded));
        }
    }

    fn spill(&self, first: u8, seen: &mut impl FnMut(Seen)) {
        seen(Seen::Plain(first));
        for byte in &self.name[..self.length] {
            seen(Seen::Plain(*byte));
        }
    }

    fn numeric(&self) -> Option<Seen> {
        let digits = std::str::from_utf8(self.name[..self.length].strip_prefix(b"#")?).ok()?;
        let number = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        // What is beyond ASCII is a letter to a host.
        Some(number.map_or(Seen::Anything, |number| {
            Seen::Escaped(u8::try_from(number).map_or(0xff, |byte| if byte < 128 { byte } else { 0xff }))
        }))
    }
}

fn named(name: &[u8]) -> Seen {
    let byte = match name {
        b"amp" | b"AMP" => b'&',
        b"colon" => b':',
        b"sol" => b'/',
        b"period" => b'.',
        b"commat" => b'@',
        b"quest" => b'?',
        b"num" => b'#',
        b"bsol" => b'\\',
        b"lowbar" | b"UnderBar" => b'_',
        b"Tab" => b'\t',
        b"NewLine" => b'\n',
        b"lt" | b"LT" => b'<',
        b"gt" | b"GT" => b'>',
        b"quot" | b"QUOT" => b'"',
        b"apos" | b"rsquo" | b"lsquo" => b'\'',
        b"nbsp" | b"ensp" | b"emsp" | b"thinsp" | b"ndash" | b"mdash" | b"hellip" | b"ldquo" | b"rdquo"
        | b"laquo" | b"raquo" | b"bull" | b"middot" | b"copy" | b"reg" | b"trade" | b"euro" => b' ',
        _ => return Seen::Anything,
    };
    Seen::Escaped(byte)
}
