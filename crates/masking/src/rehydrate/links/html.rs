//! Tags, as an HTML5 tokenizer reads them: quotes, comments and the elements whose text isn't prose.
//!
//! A tag that is never closed makes no element, but a stream can't know that: it is believed for a bounded length.

/// Bytes outside quotes after which `<` and a letter is taken for prose or code.
const MAX_TAG: u32 = 2048;
/// Bytes of one attribute's value, of a comment and of an element that keeps its text.
const MAX_TEXT: u32 = 64 * 1024;
const MAX_NAME: usize = 10;

/// Elements whose text is code, fields of a form, or read by other rules than HTML's.
const KEPT: [&[u8]; 13] = [
    b"script",
    b"style",
    b"textarea",
    b"title",
    b"xmp",
    b"iframe",
    b"noembed",
    b"noframes",
    b"noscript",
    b"form",
    b"select",
    b"svg",
    b"math",
];
/// The first of them end at their end tag only: no other tag is read in them.
const RAW: usize = 8;

/// Follows one text.
#[derive(Clone, Copy, Default)]
pub(super) struct Html {
    state: State,
    tag: Tag,
    /// Those that are open and keep their text: a bit for each of [`KEPT`], and how many bytes are believed.
    elements: u16,
    elements_left: u32,
    /// The one of [`RAW`] that is open, perhaps in the other.
    raw: Option<Open>,
    /// A start tag of such an element, written between backticks so far: prose about it if another one follows.
    mentioned: Option<usize>,
    before: u8,
    /// Whether the last byte is one of several backticks.
    is_fence: bool,
    /// Bytes left in which everything is kept, since readers differ.
    blind: u32,
    /// Whether each `<` begins anew: what stood before it was no tag to Markdown.
    restarts: bool,
}

/// Index in [`KEPT`], and how many of the element's bytes are believed.
#[derive(Clone, Copy)]
struct Open {
    kept: usize,
    left: u32,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// After `<`.
    Less,
    Name,
    /// Between attributes or in a name.
    Attributes {
        named: bool,
    },
    /// After an attribute's `=`.
    Equals,
    Value(Option<u8>),
    /// After `<!` and this many bytes of `--` or `[CDATA[`.
    Declaration(u8),
    Comment {
        dashes: u8,
    },
    /// To the next `>`, whatever stands there.
    Bogus,
}

#[derive(Clone, Copy, Default)]
struct Tag {
    name: [u8; MAX_NAME],
    length: usize,
    is_end: bool,
    /// Named as elements are; any other ends with its line.
    plain: bool,
    ticked: bool,
    /// Whether a line ends in one of its values.
    is_over_lines: bool,
    /// Bytes that are still believed: outside quotes, and of the value, comment or declaration.
    left: u32,
    text_left: u32,
}

impl Html {
    /// A reading in which no tag hides another.
    pub(super) fn restarting() -> Self {
        Self {
            restarts: true,
            ..Self::default()
        }
    }

    /// Whether the last byte belongs to what is taken out with tags.
    pub(super) fn is_in_tag(&self) -> bool {
        self.state != State::Text && self.tag.plain
    }

    /// Whether what stands here is in a tag, or in an element that keeps its text.
    pub(super) const fn keeps(&self) -> bool {
        let in_tag = match self.state {
            State::Text | State::Less => false,
            // What no element is called has no attributes of its own, but a style.
            State::Name | State::Attributes { .. } => self.tag.plain,
            _ => true,
        };
        in_tag || self.elements != 0 || self.raw.is_some() || self.mentioned.is_some() || self.blind > 0
    }

    /// Whether the last byte was a `<` that a letter would make a tag.
    pub(super) fn is_after_less(&self) -> bool {
        self.state == State::Less
    }

    pub(super) fn push(&mut self, byte: u8) {
        if let Some(kept) = self.mentioned.take()
            && byte != b'`'
        {
            self.enter(kept);
        }
        self.blind = self.blind.saturating_sub(1);
        self.elements_left = self.elements_left.saturating_sub(1);
        if self.elements_left == 0 {
            self.elements = 0;
        }
        self.raw = self.raw.and_then(Open::believed);
        self.state = if self.restarts && byte == b'<' {
            self.text(byte)
        } else {
            self.step(byte)
        };
        if self.state != State::Text && self.is_over(byte) {
            self.state = State::Text;
        }
        self.is_fence = byte == b'`' && self.before == b'`';
        self.before = byte;
    }

    fn step(&mut self, byte: u8) -> State {
        match self.state {
            State::Text => self.text(byte),
            State::Less => self.less(byte),
            State::Name => self.name(byte),
            State::Attributes { named } => match byte {
                b'>' => self.close(),
                b'/' => State::Attributes { named: false },
                b'=' if named => State::Equals,
                _ if byte.is_ascii_whitespace() => self.state,
                _ => State::Attributes { named: true },
            },
            State::Equals => match byte {
                b'>' => self.close(),
                b'"' | b'\'' => {
                    self.tag.text_left = MAX_TEXT;
                    State::Value(Some(byte))
                }
                _ if byte.is_ascii_whitespace() => State::Equals,
                _ => State::Value(None),
            },
            State::Value(Some(quote)) if byte == quote => {
                if self.tag.is_over_lines {
                    // Markdown may have ended the tag's block, and written this quote as text.
                    self.blind = MAX_TAG;
                }
                State::Attributes { named: false }
            }
            State::Value(Some(_)) if byte == b'\n' => {
                self.tag.is_over_lines = true;
                self.state
            }
            State::Value(None) if byte == b'>' => self.close(),
            State::Value(None) if byte.is_ascii_whitespace() => State::Attributes { named: false },
            State::Value(_) => self.state,
            State::Declaration(read) => self.declaration(byte, read),
            State::Comment { dashes } => match byte {
                b'>' if dashes >= 2 => State::Text,
                b'-' => State::Comment {
                    dashes: dashes.saturating_add(1),
                },
                // `--!>` ends one too.
                b'!' if dashes >= 2 => self.state,
                _ => State::Comment { dashes: 0 },
            },
            State::Bogus if byte == b'>' => State::Text,
            State::Bogus => State::Bogus,
        }
    }

    fn text(&mut self, byte: u8) -> State {
        if byte != b'<' {
            return State::Text;
        }
        self.tag = Tag {
            plain: true,
            ticked: self.before == b'`' && !self.is_fence,
            left: MAX_TAG,
            text_left: MAX_TEXT,
            ..Tag::default()
        };
        State::Less
    }

    fn less(&mut self, byte: u8) -> State {
        let raw = self.raw.is_some();
        match byte {
            b'<' => self.text(byte),
            b'/' if !self.tag.is_end => {
                self.tag.is_end = true;
                State::Less
            }
            _ if byte.is_ascii_alphabetic() && (self.tag.is_end || !raw) => self.name(byte),
            _ if byte.is_ascii_alphabetic() => {
                // A tag to Markdown, text to HTML: where it ends they will differ.
                self.blind = MAX_TAG;
                State::Text
            }
            b'!' if !raw && !self.tag.is_end => State::Declaration(0),
            b'?' if !raw => State::Bogus,
            _ if !raw && self.tag.is_end && byte != b'>' => State::Bogus,
            _ => State::Text,
        }
    }

    fn name(&mut self, byte: u8) -> State {
        let ends = byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        if !ends {
            if let Some(place) = self.tag.name.get_mut(self.tag.length) {
                *place = byte.to_ascii_lowercase();
            }
            self.tag.length += 1;
            self.tag.plain &= byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':');
            return State::Name;
        }
        if self.raw.is_some_and(|raw| self.tag.kept() != Some(raw.kept)) {
            return State::Text;
        }
        match byte {
            b'>' => self.close(),
            _ => State::Attributes { named: false },
        }
    }

    fn declaration(&mut self, byte: u8, read: u8) -> State {
        const CDATA: &[u8] = b"[CDATA[";
        match (read, byte) {
            (_, b'>') => State::Text,
            (0, b'-') => State::Declaration(100),
            (100, b'-') => State::Comment { dashes: 2 },
            _ if CDATA.get(usize::from(read)) == Some(&byte) => {
                if usize::from(read) + 1 == CDATA.len() {
                    // To the next `>` in HTML, to the next `]]>` in SVG and in Markdown.
                    self.blind = MAX_TAG;
                    return State::Bogus;
                }
                State::Declaration(read + 1)
            }
            _ => State::Bogus,
        }
    }

    fn close(&mut self) -> State {
        match self.tag.kept() {
            None => {}
            Some(kept) if !self.tag.is_end && self.tag.ticked => self.mentioned = Some(kept),
            Some(kept) if !self.tag.is_end => self.enter(kept),
            Some(kept) => {
                if KEPT[kept] == b"select" {
                    // Parsers differ in which tags end one.
                    self.blind = MAX_TAG;
                }
                self.elements &= !(1 << kept);
                self.raw = self.raw.filter(|open| open.kept != kept);
            }
        }
        State::Text
    }

    fn enter(&mut self, kept: usize) {
        if kept < RAW {
            self.raw = Some(Open { kept, left: MAX_TEXT });
        } else {
            self.elements |= 1 << kept;
            self.elements_left = MAX_TEXT;
        }
    }

    fn is_over(&mut self, byte: u8) -> bool {
        if matches!(self.state, State::Value(Some(_)) | State::Comment { .. }) {
            self.tag.text_left = self.tag.text_left.saturating_sub(1);
            return self.tag.text_left == 0;
        }
        self.tag.left = self.tag.left.saturating_sub(1);
        self.tag.left == 0 || byte == b'\n' && !self.tag.plain && self.state != State::Equals
    }
}

impl Open {
    fn believed(self) -> Option<Self> {
        let left = self.left.checked_sub(1)?;
        Some(Self { left, ..self })
    }
}

impl Tag {
    fn kept(&self) -> Option<usize> {
        let name = self.name.get(..self.length)?;
        KEPT.iter().position(|kept| *kept == name)
    }
}
