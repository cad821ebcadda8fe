//! Values that lie across leaves: adjacent text parts are read as one.

use std::sync::Arc;

use crate::lexicon::is_common_word;
use crate::overlap::Judged;
use crate::{ByteSpan, Detection, DetectorError, EntityType, TextScope};

use super::{LeafClass, TextLeaf};

/// A longer leaf takes part with this many bytes at either end: longer than any value that ordinary rules know. A
/// private key's halves are each found by themselves.
const REACH: usize = 512;

/// A word of so many letters and digits is a token, in bytes.
const TOKEN: usize = 16;
/// What stands so near to where a leaf was cut is not judged by the leaf beside it; bytes.
const CUT_MARGIN: usize = 64;

/// A stretch of a leaf inside a joined text.
struct Part {
    leaf: usize,
    /// Where the stretch starts in the leaf.
    offset: usize,
    /// Where it stands in the joined text.
    place: ByteSpan,
}

struct Joined {
    text: String,
    scope: TextScope,
    parts: Vec<Part>,
    /// The last leaf goes on behind its part.
    is_cut: bool,
}

/// What was found in each leaf by itself.
#[derive(Clone, Copy)]
struct Own<'a>(&'a [Arc<[Judged]>]);

impl Own<'_> {
    /// Whether the leaf by itself shows what `across` is; of a secret, all of it.
    fn finds(self, leaf: usize, piece: ByteSpan, across: &Detection) -> bool {
        let is_secret = across.entity.is_secret();
        self.0[leaf].iter().any(|judged| {
            let span = judged.detection.span;
            span.overlaps(piece) && (!is_secret || span.union(piece) == span)
        })
    }

    /// Whether `piece` of a value that is no secret holds a whole value of its type already.
    fn finds_whole(self, leaf: usize, piece: ByteSpan, across: &Detection) -> bool {
        let within = |judged: &Judged| {
            let Detection { entity, span, .. } = &judged.detection;
            *entity == across.entity && piece.start <= span.start && span.end <= piece.end
        };
        !across.entity.is_secret() && self.0[leaf].iter().any(within)
    }
}

impl Joined {
    const fn new(scope: TextScope) -> Self {
        Self {
            text: String::new(),
            scope,
            parts: Vec::new(),
            is_cut: false,
        }
    }

    fn push(&mut self, leaf: usize, offset: usize, text: &str) {
        if ends_token(&self.text) && begins_anew(text) {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.parts.push(Part {
            leaf,
            offset,
            place: ByteSpan::new(start, self.text.len()),
        });
    }

    /// Whether a span lies where a leaf was cut: the cut itself may have made it look like a value.
    fn is_near_cut(&self, span: ByteSpan) -> bool {
        let starts_cut = self.parts.first().is_some_and(|part| part.offset > 0);
        starts_cut && span.start < CUT_MARGIN || self.is_cut && span.end + CUT_MARGIN > self.text.len()
    }

    /// The pieces of a detection that lies across parts, each in bytes of its leaf.
    fn pieces(&self, span: ByteSpan) -> Vec<(usize, ByteSpan)> {
        let first = self.parts.partition_point(|part| part.place.end <= span.start);
        self.parts[first..]
            .iter()
            .take_while(|part| part.place.start < span.end)
            .filter(|part| part.place.overlaps(span))
            .map(|part| {
                let start = span.start.max(part.place.start) - part.place.start + part.offset;
                let end = span.end.min(part.place.end) - part.place.start + part.offset;
                (part.leaf, ByteSpan::new(start, end))
            })
            .collect()
    }
}

/// What `judge` finds across leaves that join, cut into one piece per leaf: each piece gets a placeholder of its own,
/// so that the parts come back as they were. `own` is what was found in each leaf by itself: a value that is whole in
/// one leaf is not made longer by what happens to stand next to it. Secrets are: half of a key may look like a whole one.
pub(super) fn across_leaves(
    leaves: &[TextLeaf<'_>],
    own: &[Arc<[Judged]>],
    mut judge: impl FnMut(&str, TextScope) -> Result<Arc<[Judged]>, DetectorError>,
) -> Result<Vec<(usize, Vec<Detection>)>, DetectorError> {
    let own = Own(own);
    let mut found: Vec<(usize, Vec<Detection>)> = Vec::new();
    let mut joined = Joined::new(TextScope::Metadata);
    for (index, leaf) in leaves.iter().enumerate() {
        if leaf.class != LeafClass::Text {
            continue;
        }
        let text = leaf.text;
        if !leaf.joins_previous {
            look(leaves, &joined, own, &mut judge, &mut found)?;
            joined = Joined::new(leaf.scope);
        }
        if text.len() <= 2 * REACH {
            joined.push(index, 0, text);
            continue;
        }
        // A long leaf parts the text: its middle cannot belong to a value that also lies in another leaf.
        if leaf.joins_previous {
            joined.push(index, 0, &text[..text.floor_char_boundary(REACH)]);
            joined.is_cut = true;
            look(leaves, &joined, own, &mut judge, &mut found)?;
            joined = Joined::new(leaf.scope);
        }
        let tail = text.ceil_char_boundary(text.len() - REACH);
        joined.push(index, tail, &text[tail..]);
    }
    look(leaves, &joined, own, &mut judge, &mut found)?;
    found.sort_by_key(|(leaf, _)| *leaf);
    found.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1.append(&mut later.1);
        }
        same
    });
    Ok(found)
}

/// Whether a text ends with a long word that has digits in it: a token more likely than a piece of one.
fn ends_token(text: &str) -> bool {
    let word = text.len() - text.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    let word = &text[word..];
    word.len() >= TOKEN && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a part begins with a word of its own, and not with a piece of what the part before it ends with.
fn begins_anew(text: &str) -> bool {
    let end = text
        .find(|char: char| !char.is_alphabetic())
        .unwrap_or(text.len());
    let goes_on =
        text[end..].starts_with(|char: char| !char.is_whitespace() && !matches!(char, '.' | ',' | '!' | '?'));
    !goes_on && end > 3 && is_common_word(&text[..end])
}

/// Whether a piece is a common word that the text around it does not go on, and no end of a name: `Elea` and `nor`.
fn is_word_alone(text: &str, span: ByteSpan, entity: &EntityType) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | '!' | '?');
    let is_all = text.len() == span.len() && *entity != EntityType::Person;
    let is_apart = span.start > 0 || is_all || text[span.end..].starts_with(ends);
    is_apart && is_common_word(&text[span.range()])
}

fn look(
    leaves: &[TextLeaf<'_>],
    joined: &Joined,
    own: Own<'_>,
    mut judge: impl FnMut(&str, TextScope) -> Result<Arc<[Judged]>, DetectorError>,
    found: &mut Vec<(usize, Vec<Detection>)>,
) -> Result<(), DetectorError> {
    if joined.parts.len() < 2 {
        return Ok(());
    }
    for Judged { detection, .. } in judge(&joined.text, joined.scope)?.iter() {
        let pieces = joined.pieces(detection.span);
        let is_known = match &*pieces {
            // Its context stands in another leaf, unless its own leaf shows it too.
            [(leaf, span)] => joined.is_near_cut(detection.span) || own.finds(*leaf, *span, detection),
            // What stands beside a whole value is a piece of it too, unless it is a word of its own.
            pieces => {
                let (whole, others): (Vec<_>, Vec<_>) = pieces
                    .iter()
                    .partition(|(leaf, span)| own.finds_whole(*leaf, *span, detection));
                let is_word = |(leaf, span): &(usize, ByteSpan)| {
                    is_word_alone(leaves[*leaf].text, *span, &detection.entity)
                };
                !whole.is_empty() && others.iter().all(is_word)
            }
        };
        // What could not be read to the end is known of each part by itself.
        if is_known || detection.entity == EntityType::Opaque {
            continue;
        }
        for (leaf, span) in pieces {
            found.push((
                leaf,
                vec![Detection {
                    span,
                    ..detection.clone()
                }],
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Score;

    fn detection(entity: EntityType, start: usize, end: usize) -> Detection {
        Detection {
            entity,
            span: ByteSpan::new(start, end),
            score: Score::STRONG,
            detector: "test".into(),
        }
    }

    #[test]
    fn of_a_secret_a_part_shows_only_what_it_shows_whole() {
        for (entity, is_found) in [(EntityType::ApiKey, false), (EntityType::Email, true)] {
            let own = [Arc::from([Judged {
                detection: detection(entity.clone(), 4, 10),
                read: None,
                action: crate::Action::Mask,
                seen_as: None,
                has_secret: false,
            }])];
            let across = detection(entity, 4, 20);
            assert!(Own(&own).finds(0, ByteSpan::new(5, 10), &across));
            assert_eq!(Own(&own).finds(0, ByteSpan::new(4, 12), &across), is_found);
        }
    }

    #[test]
    fn a_common_word_is_a_piece_where_nothing_parts_it() {
        let email = EntityType::Email;
        for (text, is_alone) in [
            ("there, he said", true),
            ("there@corp.com", false),
            ("there-1", false),
            ("there", true),
        ] {
            let is_it = is_word_alone(text, ByteSpan::new(0, 5), &email);
            assert_eq!(is_it, is_alone, "{text}");
        }
        assert!(!is_word_alone("there", ByteSpan::new(0, 5), &EntityType::Person));
        assert!(is_word_alone("go there-1", ByteSpan::new(3, 8), &email));
        assert!(!is_word_alone("zelda there", ByteSpan::new(0, 5), &email));
    }
}
