//! Finds placeholders in a text, in every spelling that models give them.
//!
//! A name in any case, as a whole word; its underscores may be escaped (`\_`), and on either side there may be a
//! bracket: `<`, `\<`, `&lt;`, `\u003c`. Backslashes are doubled where the text is JSON. The name alone is certain
//! enough, since its code is a keyed hash; brackets that belong to it go with it.

use memchr::memchr;

use super::lexicon::{Lexicon, Walk};

/// A placeholder in the text.
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Index of its name in the lexicon.
    pub(super) name: usize,
}

pub(super) enum Found {
    /// The next placeholder; nothing before it is one.
    Placeholder(Hit),
    /// No placeholder starts before `until`; what follows there may become one with more text.
    Certain { until: usize },
}

/// Looks for a placeholder that starts at `from` or later. `ended`: no more text follows.
pub(super) fn find(lexicon: &Lexicon, text: &[u8], from: usize, ended: bool) -> Found {
    let mut at = from;
    let mut underscore = None;
    while at < text.len() {
        // Every spelling holds an underscore, so far from underscores there is nothing to look for.
        let near = match underscore {
            Some(place) if place >= at => place,
            _ => {
                let next = memchr(b'_', &text[at..]).map_or(text.len(), |n| at + n);
                *underscore.insert(next)
            }
        };
        at = at.max(near.saturating_sub(lexicon.longest()));
        let stop = text.len().min(near + 1);
        let Some(next) = text[at..stop].iter().position(|&b| lexicon.can_start(b)) else {
            at = stop;
            continue;
        };
        at += next;
        match spelled_at(lexicon, text, at, ended) {
            Spelled::Not => at += 1,
            Spelled::Unfinished => return Found::Certain { until: at },
            Spelled::Placeholder(hit) => return Found::Placeholder(hit),
        }
    }
    Found::Certain { until: text.len() }
}

/// Whether a placeholder starts at a place.
pub(super) enum Start {
    Not,
    Unfinished,
    Placeholder { end: usize, name: usize },
}

/// Whether one starts at `at`, backslashes before its bracket included.
pub(super) fn starts_at(lexicon: &Lexicon, text: &[u8], at: usize, ended: bool) -> Start {
    if !lexicon.can_start(text[at]) {
        return Start::Not;
    }
    match spelled_at(lexicon, text, at, ended) {
        Spelled::Not => Start::Not,
        Spelled::Unfinished => Start::Unfinished,
        Spelled::Placeholder(hit) if hit.start == at => Start::Placeholder {
            end: hit.end,
            name: hit.name,
        },
        Spelled::Placeholder(_) => Start::Not,
    }
}

enum Spelled {
    Not,
    /// The text ends before the spelling does.
    Unfinished,
    Placeholder(Hit),
}

/// A piece of a spelling: not there, perhaps there, or there and then comes `next`.
enum Piece<T> {
    Not,
    Unfinished,
    There { next: usize, what: T },
}

/// A bracket and the backslashes before it.
#[derive(Clone, Copy)]
struct Bracket {
    backslashes: usize,
    /// Whether it is a `\u` escape, to which one backslash always belongs.
    unicode: bool,
}

fn spelled_at(lexicon: &Lexicon, text: &[u8], at: usize, ended: bool) -> Spelled {
    let opening = match bracket(text, at, OPENING) {
        Piece::There { next, what } => Some((next, what)),
        Piece::Unfinished if ended => return Spelled::Not,
        Piece::Unfinished => return Spelled::Unfinished,
        Piece::Not if starts_word(text, at) => None,
        Piece::Not => return Spelled::Not,
    };
    let name_at = opening.map_or(at, |(next, _)| next);
    let (name_end, name) = match name(lexicon.walk(), text, name_at, ended) {
        Piece::There { next, what } => (next, what),
        Piece::Unfinished => return Spelled::Unfinished,
        Piece::Not => return Spelled::Not,
    };
    let closing = match bracket(text, name_end, CLOSING) {
        Piece::There { next, what } => Some((next, what)),
        Piece::Unfinished if !ended => return Spelled::Unfinished,
        Piece::Unfinished | Piece::Not => None,
    };
    Spelled::Placeholder(Hit {
        start: at + foreign_backslashes(opening.map(|(_, b)| b), closing.map(|(_, b)| b)),
        end: closing.map_or(name_end, |(next, _)| next),
        name,
    })
}

/// How many of the backslashes before the opening bracket are text and not its escape: `\<EMAIL_k7qf2m>` is a
/// backslash before a masked value (a path, an escape in code), `\<EMAIL_k7qf2m\>` an escaped placeholder.
fn foreign_backslashes(opening: Option<Bracket>, closing: Option<Bracket>) -> usize {
    let Some(opening) = opening else {
        return 0;
    };
    let least = usize::from(opening.unicode);
    let own = closing.map_or(0, |closing| closing.backslashes).max(least);
    opening.backslashes.saturating_sub(own)
}

struct Signs {
    plain: u8,
    entity: &'static [u8],
    unicode: &'static [u8],
}

const OPENING: Signs = Signs {
    plain: b'<',
    entity: b"&lt;",
    unicode: b"u003c",
};
const CLOSING: Signs = Signs {
    plain: b'>',
    entity: b"&gt;",
    unicode: b"u003e",
};

fn bracket(text: &[u8], at: usize, signs: Signs) -> Piece<Bracket> {
    let backslashes = backslashes(text, at);
    if backslashes > Lexicon::MAX_BACKSLASHES {
        return Piece::Not;
    }
    let plain = Bracket {
        backslashes,
        unicode: false,
    };
    let sign_at = at + backslashes;
    match text.get(sign_at) {
        None => Piece::Unfinished,
        Some(&byte) if byte == signs.plain => Piece::There {
            next: sign_at + 1,
            what: plain,
        },
        Some(b'&') if backslashes == 0 => literal(text, sign_at, signs.entity, plain),
        Some(b'u' | b'U') if backslashes > 0 => {
            let what = Bracket {
                backslashes,
                unicode: true,
            };
            literal(text, sign_at, signs.unicode, what)
        }
        Some(_) => Piece::Not,
    }
}

fn literal(text: &[u8], at: usize, wanted: &[u8], what: Bracket) -> Piece<Bracket> {
    let there = &text[at..text.len().min(at + wanted.len())];
    if !there.eq_ignore_ascii_case(&wanted[..there.len()]) {
        Piece::Not
    } else if there.len() < wanted.len() {
        Piece::Unfinished
    } else {
        Piece::There {
            next: at + wanted.len(),
            what,
        }
    }
}

/// The whole word at `at`, if it is a name.
fn name(mut walk: Walk<'_>, text: &[u8], mut at: usize, ended: bool) -> Piece<usize> {
    loop {
        let escapes = backslashes(text, at);
        let byte = match text.get(at + escapes) {
            Some(b'_') if escapes <= Lexicon::MAX_BACKSLASHES => b'_',
            Some(&byte) if escapes == 0 && is_word(byte) => byte,
            None if !ended && (escapes == 0 || escapes <= Lexicon::MAX_BACKSLASHES && walk.allows(b'_')) => {
                return Piece::Unfinished;
            }
            _ => {
                return walk
                    .complete()
                    .map_or(Piece::Not, |what| Piece::There { next: at, what });
            }
        };
        if !walk.step(byte) {
            return Piece::Not;
        }
        at += escapes + 1;
    }
}

/// Backslashes at `at`, counted up to one more than any spelling has.
fn backslashes(text: &[u8], at: usize) -> usize {
    text[at..]
        .iter()
        .take(Lexicon::MAX_BACKSLASHES + 1)
        .take_while(|&&b| b == b'\\')
        .count()
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a word starts at `at`: also after an escape that ends in a letter or digit (`\n`, `\u0022`).
fn starts_word(text: &[u8], at: usize) -> bool {
    match &text[..at] {
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'\\', b'u', a, b, c, d] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit) => true,
        [.., before] => !is_word(*before),
        [] => true,
    }
}
