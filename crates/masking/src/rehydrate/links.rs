//! Knows whether a place in a text is inside a URL: of a link or image, of an HTML attribute, or bare.
//!
//! Where to look: Markdown as CommonMark 0.31 has it (inline destinations, reference definitions, autolinks), HTML
//! attributes that are fetched or followed, bare `scheme://`, protocol-relative `//`, `www.`, `mailto:` and `data:`. Code blocks are text
//! like any other. Where a URL's end is a matter of taste, the longer reading wins, except that it ends at Chinese
//! and Japanese punctuation, which follows URLs without a space.

mod openings;

use openings::opened;

/// Follows one text.
#[derive(Default)]
pub(super) struct Links {
    place: Place,
}

/// Where in the text we are.
#[derive(Clone, Copy, Default)]
enum Place {
    #[default]
    Text,
    /// In a URL that nothing encloses, after its `//` or scheme.
    Bare {
        /// The `'` before it, which then also ends it.
        quoted: bool,
        parens: u32,
        brackets: u32,
    },
    /// After `](`, or after the `]:` of a reference definition; white space may follow.
    BeforeDestination { definition: bool },
    /// In a destination without brackets.
    Destination { parens: u32 },
    /// In a destination in `<` and `>`.
    AngleDestination,
    /// After the `=` of an HTML attribute that holds a URL.
    BeforeAttribute,
    /// In the attribute's value.
    Attribute { quote: Option<u8> },
}

/// What one byte inside or before a URL does.
enum Next {
    /// The place after it.
    Go(Place),
    /// The URL ended before it: it is text.
    End,
}

impl Links {
    /// Takes note of `text[from..until]`, which follows what was seen before. `json`: the text is JSON source, so a
    /// backslash and a letter are an escape.
    pub(super) fn follow(&mut self, text: &str, from: usize, until: usize, json: bool) {
        let bytes = text.as_bytes();
        let mut triggers = openings::Triggers::new(&bytes[..until]);
        let mut at = from;
        while at < until {
            if matches!(self.place, Place::Text) {
                let Some(trigger) = triggers.next(at) else {
                    return;
                };
                self.place = opened(bytes, trigger);
                at = trigger + 1;
                continue;
            }
            match self.place.next(text, at, json) {
                Next::End => self.place = Place::Text,
                Next::Go(place) => {
                    self.place = place;
                    at = text.ceil_char_boundary(at + 1);
                }
            }
        }
    }

    /// Whether a placeholder that stands here is inside a URL. The URL goes on after it.
    pub(super) fn placeholder_is_inside(&mut self) -> bool {
        match self.place {
            Place::Text => false,
            Place::Bare { .. }
            | Place::Destination { .. }
            | Place::AngleDestination
            | Place::Attribute { .. } => true,
            Place::BeforeDestination { definition } => {
                self.place = Place::Destination { parens: 0 };
                // `[note]: <PERSON_k7qf2m> said` is a log line more often than a definition, and as a
                // definition it names no host that the value could be sent to.
                !definition
            }
            Place::BeforeAttribute => {
                self.place = Place::Attribute { quote: None };
                true
            }
        }
    }
}

impl Place {
    fn next(self, text: &str, at: usize, json: bool) -> Next {
        let bytes = text.as_bytes();
        let byte = bytes[at];
        let escaped = at > 0 && bytes[at - 1] == b'\\';
        if json && ends_in_json(byte, escaped) && !self.is_before() {
            return match self {
                Self::Attribute { quote: Some(b'"') } if byte == b'"' => Next::Go(Self::Text),
                Self::Attribute { quote: Some(_) } if escaped => Next::Go(self),
                _ => Next::End,
            };
        }
        match self {
            Self::Text => Next::End,
            Self::Bare {
                quoted,
                parens,
                brackets,
            } => bare(text, at, quoted, parens, brackets),
            Self::BeforeDestination { .. } => before_destination(self, bytes, at, json),
            Self::Destination { parens } => match byte {
                _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => Next::End,
                b'(' if !escaped => Next::Go(Self::Destination {
                    parens: parens.saturating_add(1),
                }),
                b')' if !escaped && parens == 0 => Next::End,
                b')' if !escaped => Next::Go(Self::Destination { parens: parens - 1 }),
                _ => Next::Go(self),
            },
            Self::AngleDestination => match byte {
                b'\n' | b'\r' => Next::End,
                b'>' if !escaped => Next::Go(Self::Text),
                _ => Next::Go(self),
            },
            Self::BeforeAttribute => match byte {
                b'\\' => Next::Go(self),
                _ if byte.is_ascii_whitespace() => Next::Go(self),
                b'"' | b'\'' => Next::Go(Self::Attribute { quote: Some(byte) }),
                b'>' => Next::End,
                _ => Next::Go(Self::Attribute { quote: None }),
            },
            Self::Attribute { quote: Some(quote) } if byte == quote => Next::Go(Self::Text),
            Self::Attribute { quote: None } if byte.is_ascii_whitespace() || b"\"'>".contains(&byte) => {
                Next::End
            }
            Self::Attribute { .. } => Next::Go(self),
        }
    }

    const fn is_before(self) -> bool {
        matches!(self, Self::BeforeDestination { .. } | Self::BeforeAttribute)
    }
}

/// White space as JSON escapes it, or the end of the JSON string.
const fn ends_in_json(byte: u8, escaped: bool) -> bool {
    match byte {
        b'n' | b'r' | b't' => escaped,
        b'"' => true,
        _ => false,
    }
}

fn bare(text: &str, at: usize, quoted: bool, parens: u32, brackets: u32) -> Next {
    let bytes = text.as_bytes();
    let go = |parens, brackets| {
        Next::Go(Place::Bare {
            quoted,
            parens,
            brackets,
        })
    };
    match bytes[at] {
        b'"' | b'`' | b'<' | b'>' => Next::End,
        byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => Next::End,
        b'\'' if quoted => Next::End,
        b'(' if at > 0 && bytes[at - 1] == b']' => Next::Go(Place::BeforeDestination { definition: false }),
        b'(' => go(parens.saturating_add(1), brackets),
        b')' if parens == 0 => Next::End,
        b')' => go(parens - 1, brackets),
        b'[' => go(parens, brackets.saturating_add(1)),
        b']' if brackets == 0 => Next::End,
        b']' => go(parens, brackets - 1),
        byte if byte.is_ascii() => go(parens, brackets),
        _ if text[at..].chars().next().is_some_and(ends_bare_url) => Next::End,
        _ => go(parens, brackets),
    }
}

/// Typographic quotes, and CJK and full-width punctuation.
fn ends_bare_url(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{2018}'..='\u{201f}' | '\u{2026}' | '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

fn before_destination(place: Place, bytes: &[u8], at: usize, json: bool) -> Next {
    let escaped = json && at > 0 && bytes[at - 1] == b'\\';
    match bytes[at] {
        b'\n' if follows_line_end(&bytes[..at]) => Next::End,
        byte if byte.is_ascii_whitespace() => Next::Go(place),
        b'\\' if json => Next::Go(place),
        b'n' | b'r' | b't' if escaped => Next::Go(place),
        b'<' => Next::Go(Place::AngleDestination),
        b'"' | b'\'' | b')' => Next::End,
        b'(' => Next::Go(Place::Destination { parens: 1 }),
        _ => Next::Go(Place::Destination { parens: 0 }),
    }
}

/// Whether only blanks stand between here and the end of the line before: a destination may follow one line end, not two.
fn follows_line_end(before: &[u8]) -> bool {
    before
        .iter()
        .rev()
        .take(super::LOOK_BACK)
        .find(|b| !matches!(b, b' ' | b'\t' | b'\r'))
        == Some(&b'\n')
}

#[cfg(test)]
mod tests;
