//! What an answer is by its first bytes, since its label may be wrong or missing. Keeps no text.

/// No field of an event stream that anybody uses has a longer name.
const MAX_NAME: usize = 32;
/// Lines of unknown fields before the first known one, in bytes: more is some other text.
const MAX_UNKNOWN: usize = 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";
/// The fields of WHATWG HTML, 9.2.6.
const FIELDS: [&[u8]; 4] = [b"data", b"event", b"id", b"retry"];

/// What an answer's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerForm {
    /// An object or a list, to be read whole.
    Json,
    /// Server-sent events.
    EventStream,
    /// Nothing, or white space.
    Empty,
    /// Anything else.
    Unreadable,
}

/// Looks at the first bytes of an answer, however they are cut.
#[derive(Debug)]
pub struct FormLook {
    place: Place,
    /// Bytes of unknown lines, whose text is not kept.
    unknown: usize,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// So many bytes of the mark have come.
    Mark(usize),
    /// On a line with nothing but, perhaps, spaces.
    Blank {
        spaces: bool,
    },
    /// In the name of a field.
    Name {
        bytes: [u8; MAX_NAME],
        length: usize,
    },
    /// Behind the name of an unknown field.
    Unknown,
    Told(AnswerForm),
}

impl Default for FormLook {
    fn default() -> Self {
        Self {
            place: Place::Mark(0),
            unknown: 0,
        }
    }
}

impl FormLook {
    /// What a whole body is.
    #[must_use]
    pub fn whole(body: &[u8]) -> AnswerForm {
        let mut look = Self::default();
        look.push(body).unwrap_or_else(|| look.finish())
    }

    /// Takes in what has come, decoded; `None` while it may still be more than one thing.
    pub fn push(&mut self, bytes: &[u8]) -> Option<AnswerForm> {
        for byte in bytes {
            if let Place::Told(form) = self.place {
                return Some(form);
            }
            self.place = self.next(*byte);
        }
        match self.place {
            Place::Told(form) => Some(form),
            _ => None,
        }
    }

    /// The answer has ended.
    #[must_use]
    pub fn finish(&self) -> AnswerForm {
        match self.place {
            Place::Told(form) => form,
            Place::Mark(0) | Place::Blank { .. } if self.unknown == 0 => AnswerForm::Empty,
            _ => AnswerForm::Unreadable,
        }
    }

    fn next(&mut self, byte: u8) -> Place {
        match self.place {
            Place::Mark(come) if byte == BOM[come] && come + 1 == BOM.len() => Place::Blank { spaces: false },
            Place::Mark(come) if byte == BOM[come] => Place::Mark(come + 1),
            Place::Mark(0) => self.begun(byte, false),
            Place::Blank { spaces } => self.begun(byte, spaces),
            Place::Name { bytes, length } => self.named(byte, bytes, length),
            Place::Unknown => self.skipped(byte),
            Place::Mark(_) => Place::Told(AnswerForm::Unreadable),
            told @ Place::Told(_) => told,
        }
    }

    fn begun(&self, byte: u8, spaces: bool) -> Place {
        match byte {
            b'\r' | b'\n' => Place::Blank { spaces: false },
            b' ' | b'\t' => Place::Blank { spaces: true },
            b'{' | b'[' if self.unknown == 0 => Place::Told(AnswerForm::Json),
            // The name of a field does not begin with a space.
            b':' if !spaces => Place::Told(AnswerForm::EventStream),
            _ if byte.is_ascii_alphabetic() && !spaces => {
                let mut bytes = [0; MAX_NAME];
                bytes[0] = byte;
                Place::Name { bytes, length: 1 }
            }
            _ => Place::Told(AnswerForm::Unreadable),
        }
    }

    fn named(&mut self, byte: u8, mut bytes: [u8; MAX_NAME], length: usize) -> Place {
        let is_over = matches!(byte, b':' | b'\r' | b'\n');
        if is_over && FIELDS.contains(&&bytes[..length]) {
            return Place::Told(AnswerForm::EventStream);
        }
        if is_over {
            self.unknown += length;
            return self.skipped(byte);
        }
        if length == MAX_NAME || !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            return Place::Told(AnswerForm::Unreadable);
        }
        bytes[length] = byte;
        Place::Name {
            bytes,
            length: length + 1,
        }
    }

    fn skipped(&mut self, byte: u8) -> Place {
        self.unknown += 1;
        match byte {
            _ if self.unknown > MAX_UNKNOWN => Place::Told(AnswerForm::Unreadable),
            b'\r' | b'\n' => Place::Blank { spaces: false },
            _ => Place::Unknown,
        }
    }
}

#[cfg(test)]
mod tests;
