//! A run of letters that may be a host: `name.tld`, or four numbers.

/// Which last labels make a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::rehydrate) enum Hosts {
    /// Whatever could be one: linkifiers have lists of their own.
    #[default]
    Any,
    /// A public suffix that isn't also how files are called.
    Listed,
}

/// Endings of files that are top-level domains as well.
const FILES: &[&[u8]] = &[
    b"cc", b"java", b"la", b"md", b"mk", b"ml", b"mm", b"mov", b"pl", b"pm", b"ps", b"py", b"rs", b"sh",
    b"so", b"tf", b"zip",
];
/// The longest top-level domain has 24 letters.
const MAX_LABEL: usize = 24;

/// Follows one run.
#[derive(Clone, Copy)]
pub(in crate::rehydrate) struct Host {
    hosts: Hosts,
    label: [u8; MAX_LABEL],
    length: usize,
    dots: usize,
    /// Whether each label so far is a number.
    numeric: bool,
    letters: bool,
    /// Whether a label was empty or something stood in it that hosts don't have.
    broken: bool,
    /// Whether it was whole at a place before.
    dotted: bool,
}

impl Host {
    pub(in crate::rehydrate) const fn new(hosts: Hosts) -> Self {
        Self {
            hosts,
            label: [0; MAX_LABEL],
            length: 0,
            dots: 0,
            numeric: true,
            letters: true,
            broken: false,
            dotted: false,
        }
    }

    /// The next byte of the run: a letter, digit, `-`, `_` or a dot.
    pub(in crate::rehydrate) fn push(&mut self, byte: u8) {
        if byte == b'.' {
            self.dotted |= self.is_whole();
            self.broken |= self.length == 0;
            self.dots += 1;
            self.length = 0;
            self.letters = true;
            return;
        }
        if let Some(place) = self.label.get_mut(self.length) {
            *place = byte.to_ascii_lowercase();
        }
        self.length += 1;
        self.numeric &= byte.is_ascii_digit();
        self.letters &= byte.is_ascii_alphabetic();
        // Some take the letters for a domain whatever follows them.
        self.dotted |= self.hosts == Hosts::Any && self.length == 2 && self.is_whole();
    }

    /// What stands in it can't be in a host.
    pub(in crate::rehydrate) const fn spoil(&mut self) {
        self.broken = true;
    }

    /// Whether the run is a host as it stands.
    pub(in crate::rehydrate) fn is_whole(&self) -> bool {
        if self.dotted || self.broken || self.dots == 0 || self.length == 0 {
            return self.dotted;
        }
        if self.numeric {
            return self.dots == 3;
        }
        self.is_suffix()
    }

    /// Whether it is `www` so far, and a dot follows. Letters beyond ASCII before it are another word.
    pub(in crate::rehydrate) fn is_www(&self) -> bool {
        let label = &self.label[..self.length.min(MAX_LABEL)];
        self.dots == 0
            && label
                .strip_suffix(b"www")
                .is_some_and(|before| before.last().is_none_or(|byte| !byte.is_ascii()))
    }

    fn is_suffix(&self) -> bool {
        let Some(label) = self.label.get(..self.length) else {
            // Longer than any that is listed.
            return self.hosts == Hosts::Any && !self.letters;
        };
        let is_international = label.starts_with(b"xn--") || !label.is_ascii();
        match self.hosts {
            Hosts::Any => self.length >= 2 && self.letters || is_international,
            Hosts::Listed => {
                is_international
                    || psl::suffix(label).is_some_and(|suffix| suffix.is_known()) && !FILES.contains(&label)
            }
        }
    }
}
