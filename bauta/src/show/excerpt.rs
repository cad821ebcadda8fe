//! An excerpt as a person reads it: what leaves with placeholders, what comes with values.

use proxy_api::dangerous::{Excerpt, Piece};

use crate::style;
use crate::terminal::visible;

/// Which side of the gateway is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The provider's: placeholders.
    Provider,
    /// The caller's: values.
    Caller,
}

/// Characters around a value in one line.
const CONTEXT: usize = 32;

/// All of the excerpt, over several lines.
pub(crate) fn whole(excerpt: &Excerpt, side: Side) -> String {
    written(excerpt, side, |text, _, _| visible(text).into_owned())
}

/// In one line: the values, and what stands next to them.
pub(crate) fn line(excerpt: &Excerpt, side: Side) -> String {
    written(excerpt, side, |text, follows, precedes| {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut flat = visible(&words).into_owned();
        if follows && text.starts_with(char::is_whitespace) {
            flat.insert(0, ' ');
        }
        if precedes && !words.is_empty() && text.ends_with(char::is_whitespace) {
            flat.push(' ');
        }
        cut(&flat, follows, precedes)
    })
}

/// `text` writes what stands between values: whether it follows one, and whether it precedes one.
fn written(excerpt: &Excerpt, side: Side, text: impl Fn(&str, bool, bool) -> String) -> String {
    let pieces = excerpt.expose_pieces();
    let is_value = |at: Option<&Piece>| matches!(at, Some(Piece::Value { .. }));
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Gap => out.push('…'),
            Piece::Text(same) => {
                let before = index.checked_sub(1).and_then(|before| pieces.get(before));
                out.push_str(&text(same, is_value(before), is_value(pieces.get(index + 1))));
            }
            Piece::Value { value, placeholder } => {
                let (style, shown) = match side {
                    Side::Provider => (style::NOTE, placeholder.as_str()),
                    Side::Caller => (style::VALUE, value.as_str()),
                };
                out.push_str(&format!("{style}{}{}", visible(shown), style::OFF));
            }
        }
    }
    out
}

/// What stands next to a value: the rest is left out.
fn cut(text: &str, follows: bool, precedes: bool) -> String {
    let length = text.chars().count();
    let head: String = text.chars().take(CONTEXT).collect();
    let tail: String = text.chars().skip(length.saturating_sub(CONTEXT)).collect();
    match (follows, precedes) {
        (true, true) if length > 2 * CONTEXT => format!("{head} … {tail}"),
        (true, true) => text.to_owned(),
        (true, false) if length > CONTEXT => format!("{head}…"),
        (false, true) if length > CONTEXT => format!("…{tail}"),
        (true, false) | (false, true) => text.to_owned(),
        (false, false) => String::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use masking::{EntityType, MasterKey, PlaceholderMap, Scope};

    use super::*;

    /// Text, and values in `[]`, which are persons.
    pub(crate) fn excerpt(marked: &str) -> Excerpt {
        let mut map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("s"));
        let mut excerpt = Excerpt::default();
        for part in marked.split(']') {
            let (text, value) = part.split_once('[').unwrap_or((part, ""));
            excerpt.text(text);
            if !value.is_empty() {
                excerpt.value(value, &map.placeholder(&EntityType::Person, value));
            }
        }
        excerpt
    }

    pub(crate) fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn each_side_sees_its_own() {
        let excerpt = excerpt("Dear [Ann Lee],\n\nsee you.");
        let caller = plain(&whole(&excerpt, Side::Caller));
        assert_eq!(caller, "Dear Ann Lee,\n\nsee you.");
        let provider = plain(&whole(&excerpt, Side::Provider));
        assert!(provider.starts_with("Dear <PERSON_"), "{provider}");
        assert!(!provider.contains("Ann"), "{provider}");
    }

    #[test]
    fn a_line_has_the_values_and_what_stands_next_to_them() {
        let long = "word ".repeat(40);
        let excerpt = excerpt(&format!(
            "{long}to [Ann Lee]\n and [Bo Berg], {long}[Cy Cole]\n{long}"
        ));
        let line = plain(&line(&excerpt, Side::Caller));
        assert!(!line.contains('\n'), "{line}");
        assert!(line.contains("word to Ann Lee and Bo Berg, word"), "{line}");
        assert!(line.contains(" … "), "{line}");
        assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
        assert!(line.chars().count() < 220, "{line}");
    }

    #[test]
    fn no_escape_sequence_of_an_answer_is_obeyed() {
        let excerpt = excerpt("\u{1b}P52;c;AAAA\u{7}[Ann\u{1b}[2J Lee]");
        for text in [whole(&excerpt, Side::Caller), line(&excerpt, Side::Caller)] {
            let ours = plain(&text);
            assert!(!ours.contains(char::is_control), "{ours:?}");
            assert!(ours.contains("␛P52"), "{ours:?}");
        }
    }
}
