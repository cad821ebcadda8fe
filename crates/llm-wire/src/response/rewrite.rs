//! One JSON string in, the same string with another text out; respelt only where the text differs.

use crate::json::{escape_into, lone_surrogate, unescape};
use crate::response::edits::Edits;
use crate::response::value::Value;

/// What happens to a text that is being rewritten.
pub(crate) enum Feed<'t> {
    Text(&'t str),
    /// Nothing may stay held back here.
    Break,
}

/// Feeds a string's text and, where the outcome differs, notes the change.
pub(crate) fn rewrite(
    value: Value<'_>,
    ends: bool,
    edits: &mut Edits,
    out: &mut String,
    mut feed: impl FnMut(Feed<'_>, &mut String),
) {
    let text = unescape(value.content());
    // Either it is written there, or it stands for half a surrogate pair.
    if text.contains(char::REPLACEMENT_CHARACTER) && lone_surrogate(value.content()).is_some() {
        return rewrite_in_pieces(value, ends, edits, out, &mut feed);
    }
    out.clear();
    feed(Feed::Text(&text), out);
    if ends {
        feed(Feed::Break, out);
    }
    if *out != text {
        edits.replace(value.content_range(), |json| escape_into(out, json));
    }
}

/// As [`rewrite`], for a string that is cut inside a surrogate pair, as upstreams that count UTF-16 do: the half
/// stays as it is, and what stands on its two sides is rewritten by itself.
fn rewrite_in_pieces(
    value: Value<'_>,
    ends: bool,
    edits: &mut Edits,
    out: &mut String,
    feed: &mut dyn FnMut(Feed<'_>, &mut String),
) {
    const HALF: usize = r"\ud83d".len();
    let mut rest = value.content();
    let mut written = String::with_capacity(rest.len());
    let mut changed = false;
    loop {
        let half = lone_surrogate(rest);
        let raw = &rest[..half.unwrap_or(rest.len())];
        let text = unescape(raw);
        out.clear();
        feed(Feed::Text(&text), out);
        if ends || half.is_some() {
            feed(Feed::Break, out);
        }
        if *out == text {
            written.push_str(raw);
        } else {
            changed = true;
            escape_into(out, &mut written);
        }
        let Some(at) = half else { break };
        written.push_str(&rest[at..at + HALF]);
        rest = &rest[at + HALF..];
    }
    if changed {
        edits.replace(value.content_range(), |json| json.push_str(&written));
    }
}
