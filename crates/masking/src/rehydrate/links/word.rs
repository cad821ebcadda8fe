//! Addresses in bare text: what linkifiers, chat programs and shells take for one.
//!
//! An address opens with `//`, a scheme, `www.` or a host and what follows hosts, and goes on to the next blank,
//! whatever stands between: GitHub's autolinks end at nothing else. One that a quote or bracket opens goes on over
//! blanks to where that closes.

mod address;

pub(in crate::rehydrate) use address::Extent;
use address::{Address, Enclosure, OPAQUE, WEB, WHOLE};

use super::escapes::Seen;
use super::host::{Host, Hosts};

const MAX_SCHEME: usize = 12;

/// Follows one text, blanks and all.
#[derive(Clone, Copy)]
pub(in crate::rehydrate) struct Word {
    hosts: Hosts,
    /// The last byte, and the last two of the word.
    before: u8,
    tail: [u8; 2],
    run: Run,
    /// What stands between the run before and this one decides what this one is.
    after: After,
    address: Option<Address>,
    /// Whether a `[` in this word is open, as in `[url=`.
    bracket: bool,
    enclosure: Option<Enclosure>,
    /// Whether it began with two backslashes, as paths to other machines do.
    is_remote: bool,
}

/// Letters, digits, `.`, `-`, `_` and `+` in a row.
#[derive(Clone, Copy)]
struct Run {
    length: usize,
    scheme: [u8; MAX_SCHEME],
    is_scheme: bool,
    host: Host,
    /// The byte before it.
    opener: u8,
    /// Whether `@` stands before it.
    is_after_at: bool,
}

impl Run {
    const fn new(hosts: Hosts, is_after_at: bool) -> Self {
        Self {
            length: 0,
            scheme: [0; MAX_SCHEME],
            is_scheme: false,
            host: Host::new(hosts),
            opener: 0,
            is_after_at,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// A scheme's colon and so many slashes; then what stood before the scheme.
    Scheme(u8, u8),
    /// A host's colon, then what may be a port; and what stood before the host.
    Port(u8),
    /// A slash or backslash, and what stood before it.
    Slash(u8, u8),
}

impl Word {
    pub(in crate::rehydrate) const fn new(hosts: Hosts) -> Self {
        Self {
            hosts,
            before: 0,
            tail: [0; 2],
            run: Run::new(hosts, false),
            after: After::Nothing,
            address: None,
            bracket: false,
            enclosure: None,
            is_remote: false,
        }
    }

    /// At the beginning of a string, which is an address as a whole if it begins as one.
    pub(in crate::rehydrate) const fn whole(hosts: Hosts) -> Self {
        let mut word = Self::new(hosts);
        word.before = WHOLE;
        word
    }

    /// Whether this value here would be in an address, or make one.
    pub(in crate::rehydrate) fn keeps(&self, value: &str) -> bool {
        self.address.is_some()
            || matches!(self.after, After::Port(_))
            || matches!(self.after, After::Scheme(slashes, _) if slashes > 0)
            || self.run_is_host() && value.starts_with(['/', '?', '#', ':', '\\'])
    }

    /// A placeholder stays here: letters to what follows.
    pub(in crate::rehydrate) fn placeholder(&mut self) {
        self.see(Seen::Escaped(b'x'));
    }

    /// The word ends, whatever is open.
    pub(in crate::rehydrate) fn end(&mut self) {
        *self = Self::new(self.hosts);
    }

    /// A shell's quotes open: an address that begins right here is enclosed by them.
    pub(in crate::rehydrate) fn enter_quotes(&mut self, quote: u8) {
        self.before = quote;
    }

    /// The address that is open, if any.
    pub(in crate::rehydrate) fn extent(&self) -> Option<Extent> {
        self.address.map(Address::extent)
    }

    /// The quote around an address closed: it goes on to the end of the word.
    pub(in crate::rehydrate) fn bare(&mut self) {
        self.address = self.address.map(Address::bare);
    }

    pub(in crate::rehydrate) fn see(&mut self, seen: Seen) {
        let (byte, plain) = match seen {
            Seen::Plain(byte) => (byte, true),
            // Parsers of URLs drop these.
            Seen::Escaped(b'\t' | b'\n' | b'\r') => return,
            Seen::Escaped(byte) => (byte, false),
            Seen::Anything => return self.open(self.before, false),
        };
        self.enclosure = self
            .enclosure
            .and_then(|enclosure| enclosure.after(byte, self.before));
        if plain && byte.is_ascii_whitespace() {
            self.blank(byte);
        } else {
            let before = self.before;
            self.address = self
                .address
                .and_then(|address| address.after(byte, plain, before));
            self.outside(byte);
            self.tail = [self.tail[1], byte];
            self.before = byte;
        }
    }

    /// A blank ends the word, and an address that nothing encloses.
    fn blank(&mut self, byte: u8) {
        let is_at_start = self.before == WHOLE && self.run.length == 0;
        let address = self.address.filter(|address| address.goes_on_over(byte));
        let enclosure = self.enclosure;
        self.end();
        (self.address, self.enclosure) = (address, enclosure);
        self.before = if is_at_start { WHOLE } else { byte };
    }

    fn outside(&mut self, byte: u8) {
        if byte.is_ascii_alphanumeric()
            || !byte.is_ascii()
            || matches!(byte, b'-' | b'_' | b'+' | b'.' | b'&')
        {
            self.letter(byte);
            if is_punctuation(self.tail, byte) {
                self.after = After::Nothing;
                self.restart(false);
            }
            return;
        }
        match byte {
            b':' => self.colon(),
            b'/' | b'\\' => self.slash(byte),
            b'?' | b'#' if self.run_is_host() || matches!(self.after, After::Port(_)) => {
                self.open(self.opener(), false);
            }
            _ => {
                let is_after_at = byte == b'@' && self.run.length > 0;
                let name = self.run.scheme.get(..self.run.length).unwrap_or_default();
                let opened = Enclosure::opened(byte, self.before, self.run.opener, name);
                self.enclosure = opened.or(self.enclosure);
                self.bracket = byte == b'[' || self.bracket && byte != b']';
                self.after = After::Nothing;
                self.restart(is_after_at);
            }
        }
    }

    fn letter(&mut self, byte: u8) {
        if self.run.length == 0 {
            self.run.opener = self.before;
            self.run.is_scheme = byte.is_ascii_alphabetic();
        }
        if matches!(self.after, After::Scheme(..) | After::Slash(..)) {
            self.after = After::Nothing;
        }
        let run = &mut self.run;
        if byte == b'.' && run.host.is_www() {
            let opener = run.opener;
            return self.open(opener, false);
        }
        if let Some(place) = run.scheme.get_mut(run.length) {
            *place = byte.to_ascii_lowercase();
        }
        run.length += 1;
        run.is_scheme &= byte.is_ascii() && !matches!(byte, b'_' | b'&');
        if byte == b'+' {
            run.host.spoil();
        } else {
            // `&shy` is no letter even without its semicolon.
            run.host.push(if byte == b'&' { b'x' } else { byte });
        }
    }

    fn colon(&mut self) {
        let opener = self.run.opener;
        let name = self.run.scheme.get(..self.run.length).unwrap_or_default();
        if self.run.is_scheme && (WEB.contains(&name) || OPAQUE.contains(&name)) {
            return self.open(opener, OPAQUE.contains(&name));
        }
        self.after = if self.run_is_host() {
            if self.run.is_after_at && self.hosts == Hosts::Listed {
                return self.open(opener, false);
            }
            After::Port(opener)
        } else if self.run.is_after_at && self.run.length > 0 && self.hosts == Hosts::Listed {
            // `user@host:` of scp and rsync needs no dot.
            return self.open(opener, false);
        } else if let After::Port(_) = self.after {
            self.after
        } else if self.run.is_scheme && self.run.length > 1 {
            After::Scheme(0, opener)
        } else {
            After::Nothing
        };
        self.restart(false);
    }

    /// Browsers take `\` for `/` in an address.
    fn slash(&mut self, byte: u8) {
        match self.after {
            After::Scheme(0, opener) => self.after = After::Scheme(1, opener),
            After::Scheme(_, opener) => return self.open(opener, false),
            After::Port(opener) if byte == b'/' => return self.open(opener, false),
            After::Slash(b'\\', opener) if byte == b'\\' => {
                self.is_remote |= !(opener.is_ascii_alphanumeric() || opener == b':');
            }
            After::Slash(_, opener) if self.is_leading(opener) => return self.open(opener, false),
            _ if self.run_is_host() && (byte == b'/' || self.is_remote) => {
                return self.open(self.run.opener, false);
            }
            _ => self.after = After::Slash(byte, self.before),
        }
        self.restart(false);
    }

    /// Whether `//` after this byte begins an address: in a shell `a//b` is a path.
    fn is_leading(&self, opener: u8) -> bool {
        self.hosts == Hosts::Any
            || !(opener.is_ascii_alphanumeric() || matches!(opener, b'.' | b'_' | b'-' | b'~'))
    }

    fn run_is_host(&self) -> bool {
        let refused: &[u8] = match self.hosts {
            Hosts::Any => b".",
            Hosts::Listed => b"/.~$\\",
        };
        !refused.contains(&self.run.opener) && self.run.host.is_whole()
    }

    fn opener(&self) -> u8 {
        match self.after {
            After::Port(opener) => opener,
            _ => self.run.opener,
        }
    }

    fn restart(&mut self, is_after_at: bool) {
        self.run = Run::new(self.hosts, is_after_at);
    }

    fn open(&mut self, opener: u8, opaque: bool) {
        // In `[url=https://...` the bracket is what opens.
        let opener = if opener == b'=' && self.bracket {
            b'['
        } else {
            opener
        };
        let opened = Address::new(opener, opaque, self.enclosure);
        if self.address.is_none_or(|address| opened.goes_further(address)) {
            self.address = Some(opened);
        }
        self.after = After::Nothing;
        self.restart(false);
    }
}

/// Whether these are the last bytes of white space or punctuation of Chinese, or of typographic quotes and dashes.
const fn is_punctuation(tail: [u8; 2], last: u8) -> bool {
    matches!(
        (tail, last),
        ([0xe3, 0x80], _)
            | ([0xe2, 0x80], 0x90..=0xa7 | 0xb0..=0xbe)
            | ([0xef, 0xbc], 0x81..=0x8f | 0x9a..=0xa0 | 0xbb..=0xbf)
            | ([0xef, 0xbd], 0x80 | 0x9b..=0xa5)
    )
}
