//! An address that a word opened, and where it ends.

/// Schemes whose `//` parsers do without.
pub(super) const WEB: &[&[u8]] = &[
    b"file", b"ftp", b"ftps", b"http", b"https", b"sftp", b"ws", b"wss",
];
/// Schemes that have none; quotes end such an address.
pub(super) const OPAQUE: &[&[u8]] = &[
    b"blob",
    b"callto",
    b"data",
    b"geo",
    b"intent",
    b"javascript",
    b"magnet",
    b"mailto",
    b"market",
    b"news",
    b"sip",
    b"sips",
    b"skype",
    b"sms",
    b"smsto",
    b"tel",
    b"tg",
    b"urn",
    b"vbscript",
    b"view-source",
    b"whatsapp",
    b"xmpp",
];

/// Bytes that an address in quotes or brackets may have; after that it ends at a blank like others.
const MAX_ENCLOSED: u32 = 1024;
/// Stands for the beginning of a string that may be an address as a whole, blanks and all.
pub(super) const WHOLE: u8 = 0x02;

/// How far an address goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rehydrate) enum Extent {
    /// To the next blank.
    Bare,
    /// To where what opened before it closes, then to the next blank.
    Enclosed,
    /// To the end of the string.
    Whole,
}

#[derive(Clone, Copy)]
pub(super) struct Address {
    /// What closes it, before which blanks don't end it, whether twice, and how often its like is open.
    closer: Option<u8>,
    doubled: bool,
    /// Whether it goes on over the end of its line.
    over_lines: bool,
    nested: u32,
    left: u32,
    /// Without `//`: it ends at quotes too.
    opaque: bool,
}

/// What holds an address anywhere in it: `[[`, `\\href{`, `[img]`, `[url=`.
#[derive(Clone, Copy)]
pub(super) struct Enclosure {
    closer: u8,
    doubled: bool,
    left: u32,
}

impl Enclosure {
    /// The one that this byte opens, behind a byte, and behind a name that another byte stands before.
    pub(super) fn opened(byte: u8, before: u8, opener: u8, name: &[u8]) -> Option<Self> {
        let (closer, doubled) = match byte {
            b'[' if before == b'[' => (b']', true),
            b'{' if opener == b'\\' && !name.is_empty() => (b'}', false),
            b']' if opener == b'[' && name == b"img" => (b'[', false),
            b'=' if opener == b'[' && (name == b"img" || name == b"url") => (b']', false),
            _ => return None,
        };
        Some(Self {
            closer,
            doubled,
            left: MAX_ENCLOSED,
        })
    }

    /// What is left of it after a byte.
    pub(super) fn after(self, byte: u8, before: u8) -> Option<Self> {
        let left = self.left.checked_sub(1)?;
        let closes = byte == self.closer && (!self.doubled || before == byte);
        (!closes).then_some(Self { left, ..self })
    }
}

impl Address {
    /// One that this byte stands before, perhaps in an enclosure.
    pub(super) const fn new(opener: u8, opaque: bool, enclosure: Option<Enclosure>) -> Self {
        let (doubled, over_lines) = match enclosure {
            Some(enclosure) => (enclosure.doubled, true),
            None => (false, matches!(opener, b'{' | b'<' | WHOLE)),
        };
        let enclosed = match enclosure {
            Some(enclosure) => Some(enclosure.closer),
            None => None,
        };
        let closer = match opener {
            _ if enclosed.is_some() => enclosed,
            b'"' | b'\'' | WHOLE => Some(opener),
            b'{' => Some(b'}'),
            b'[' => Some(b']'),
            b'<' => Some(b'>'),
            b']' => Some(b'['),
            _ => None,
        };
        Self {
            closer,
            doubled,
            over_lines,
            nested: 0,
            left: if opener == WHOLE { u32::MAX } else { MAX_ENCLOSED },
            opaque,
        }
    }

    /// Whether it may end behind the other.
    pub(super) const fn goes_further(self, other: Self) -> bool {
        other.closer.is_none() && (self.closer.is_some() || other.opaque && !self.opaque)
    }

    pub(super) const fn extent(self) -> Extent {
        match self.closer {
            Some(WHOLE) => Extent::Whole,
            Some(_) => Extent::Enclosed,
            None => Extent::Bare,
        }
    }

    /// The same, closed: it goes on to the next blank.
    pub(super) const fn bare(self) -> Self {
        Self { closer: None, ..self }
    }

    /// What is left of it after a byte that is no blank.
    pub(super) fn after(mut self, byte: u8, plain: bool, before: u8) -> Option<Self> {
        self.left = self.left.saturating_sub(1);
        match self.closer {
            Some(_) if self.left == 0 => self.closer = None,
            Some(closer) if plain && byte == closer => {
                if self.nested > 0 {
                    self.nested -= 1;
                } else if !self.doubled || before == closer {
                    self.closer = None;
                }
            }
            Some(b'}') if byte == b'{' => self.nested += 1,
            _ => {}
        }
        let is_over = plain && self.opaque && self.closer.is_none() && b"\"'`<>|)".contains(&byte);
        (!is_over).then_some(self)
    }

    /// Whether a blank doesn't end it.
    pub(super) const fn goes_on_over(self, blank: u8) -> bool {
        self.left > 0 && self.closer.is_some() && (self.over_lines || !matches!(blank, b'\n' | b'\r'))
    }
}
