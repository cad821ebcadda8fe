//! Private values beside their placeholders, for the eyes of the person whose values they are. Whoever asks for this has to
//! keep it off every log, file and wire.

use std::fmt;

use zeroize::Zeroizing;

use crate::{EntityType, Placeholder};

/// Text that is kept on each side of a value, bytes: a screen of it.
const EDGE: usize = 1024;
/// Values of one text; nobody reads more of them, and the rest is left out.
const MOST_VALUES: usize = 64;
/// Characters of a value.
const VALUE_LENGTH: usize = 200;
/// Characters of a secret: enough to know it by, too few to use.
const SECRET_LENGTH: usize = 4;

/// What stands around the values of one text. It is bounded whatever the text, has no way to be printed by itself, and is
/// zeroed on drop.
#[derive(Default)]
pub struct Excerpt {
    pieces: Vec<Piece>,
    values: usize,
}

/// A piece of an excerpt.
pub enum Piece {
    /// Text that is the same on both sides.
    Text(Zeroizing<String>),
    /// Text that is left out.
    Gap,
    /// A value here, its placeholder upstream.
    Value {
        /// As it is written; long ones and secrets cut short.
        value: Zeroizing<String>,
        /// What stands for it.
        placeholder: Placeholder,
    },
}

impl Excerpt {
    /// Goes on with text that is the same on both sides.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() || self.values > MOST_VALUES {
            return;
        }
        if !matches!(self.pieces.last(), Some(Piece::Text(_))) {
            self.pieces.push(Piece::Text(Zeroizing::default()));
        }
        let is_tail = matches!(self.pieces.as_slice(), [.., Piece::Gap, _]);
        let Some(Piece::Text(last)) = self.pieces.last_mut() else {
            return;
        };
        last.push_str(text);
        let tail = last.ceil_char_boundary(last.len().saturating_sub(EDGE));
        if is_tail {
            last.drain(..tail);
        } else if last.len() > 2 * EDGE {
            let tail = last.split_off(tail);
            let head = last.floor_char_boundary(EDGE);
            last.truncate(head);
            self.pieces
                .extend([Piece::Gap, Piece::Text(Zeroizing::new(tail))]);
        }
    }

    /// Goes on with a value.
    pub fn value(&mut self, value: &str, placeholder: &Placeholder) {
        self.values += 1;
        if self.values > MOST_VALUES {
            if self.values == MOST_VALUES + 1 {
                self.pieces.push(Piece::Gap);
            }
            return;
        }
        self.pieces.push(Piece::Value {
            value: Zeroizing::new(shortened(value, placeholder)),
            placeholder: placeholder.clone(),
        });
    }

    /// Whether there is any value in it.
    #[must_use]
    pub const fn has_values(&self) -> bool {
        self.values > 0
    }

    /// What it takes, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let bytes = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Gap => 0,
            Piece::Value { value, placeholder } => value.len() + placeholder.as_str().len(),
        };
        self.pieces.iter().map(bytes).sum()
    }

    /// Its pieces, in the order of the text.
    #[must_use]
    pub fn expose_pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Excerpt(withheld)")
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Piece(withheld)")
    }
}

fn shortened(value: &str, placeholder: &Placeholder) -> String {
    let entity = placeholder.type_name().parse::<EntityType>();
    let is_secret = entity.is_ok_and(|entity| entity.is_secret());
    let most = match is_secret {
        // Of a short one even a few characters would be much.
        true if value.len() < 4 * SECRET_LENGTH => 0,
        true => SECRET_LENGTH,
        false => VALUE_LENGTH,
    };
    match value.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MasterKey, PlaceholderMap, Scope};

    fn placeholder(entity: &EntityType, value: &str) -> Placeholder {
        PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("s")).placeholder(entity, value)
    }

    fn written(excerpt: &Excerpt) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Gap => "[gap]".to_owned(),
            Piece::Value { value, .. } => format!("[{}]", value.as_str()),
        };
        excerpt.expose_pieces().iter().map(piece).collect()
    }

    #[test]
    fn text_is_the_same_however_it_comes_and_bounded() {
        let long = format!("begin {} end", "ä".repeat(5 * EDGE));
        let mut whole = Excerpt::default();
        whole.text(&long);
        let mut by_letter = Excerpt::default();
        for char in long.chars() {
            by_letter.text(char.encode_utf8(&mut [0; 4]));
        }
        assert_eq!(written(&whole), written(&by_letter));
        assert!(written(&whole).starts_with("begin ä"));
        assert!(written(&whole).ends_with("ä end"));
        assert!(whole.bytes() <= 2 * EDGE, "{}", whole.bytes());
    }

    #[test]
    fn values_are_bounded_in_number_and_length() {
        let mut excerpt = Excerpt::default();
        let person = placeholder(&EntityType::Person, "Ann Lee");
        for _ in 0..5000 {
            excerpt.text(", ");
            excerpt.value(&"x".repeat(5000), &person);
        }
        assert!(excerpt.bytes() < MOST_VALUES * (VALUE_LENGTH + 40));
        assert!(written(&excerpt).ends_with("…], [gap]"));
    }

    #[test]
    fn a_secret_is_never_whole() {
        for (secret, shown) in [("hunter2-staple", "[…]"), ("sk-proj-abcdefghijklmnop", "[sk-p…]")] {
            let mut excerpt = Excerpt::default();
            excerpt.value(secret, &placeholder(&EntityType::Password, secret));
            assert_eq!(written(&excerpt), shown);
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let mut excerpt = Excerpt::default();
        excerpt.text("Dear ");
        excerpt.value("Ann Lee", &placeholder(&EntityType::Person, "Ann Lee"));
        let debug = format!("{excerpt:?} {:?}", excerpt.expose_pieces());
        assert!(!debug.contains("Ann") && !debug.contains("Dear"), "{debug}");
    }
}
