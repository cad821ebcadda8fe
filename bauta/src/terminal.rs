//! What may be written to a terminal: text from elsewhere without what a terminal would obey.

use std::borrow::Cow;
use std::io::IsTerminal as _;

/// Whether a person reads standard output.
pub(crate) fn is_watched() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether a person types, and reads what comes of it.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && is_watched()
}

/// The text with control characters made visible, but for line ends and tabs: an answer could otherwise move the cursor,
/// rename the window, write to the clipboard, or turn a line around so that it reads as another.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_obeyed = |char: char| {
        char.is_control() && !matches!(char, '\n' | '\t') || is_direction(char) || is_invisible(char)
    };
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let shown = |char: char| match char {
        // The pictures of control characters stand in the same order as they.
        '\0'..='\x1f' if is_obeyed(char) => char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}'),
        _ if is_obeyed(char) => '\u{fffd}',
        _ => char,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Marks, embeddings, overrides and isolates of the order in which text is shown (UAX 9).
const fn is_direction(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What takes no room, and joins nothing as the joiners of Indic scripts and of pictures do.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_came_from_elsewhere() {
        assert_eq!(visible("a\tb\nç 日本"), "a\tb\nç 日本");
        assert_eq!(visible("\x1b]0;owned\x07"), "␛]0;owned␇");
        assert_eq!(visible("\u{9b}2J\u{7f}\r"), "\u{fffd}2J\u{fffd}␍");
        assert_eq!(
            visible("a\u{202e}b\u{2066}c\u{200b}d\u{e0041}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}"
        );
    }
}
