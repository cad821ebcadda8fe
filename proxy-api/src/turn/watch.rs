//! What a person who watches gets to see of a turn; see `dangerous.rs`. Nothing is gathered where nobody watches.

use std::sync::Arc;

use llm_wire::{Document, TextScope};
use masking::{Action, Masked, Replacement};

use crate::dangerous::{EndedTurn, Excerpt, MOST_BYTES, MaskedText, MaskedTurn, Onlooker, Sight, Turn};

/// Blocked places that are named.
const MOST_BLOCKED: usize = 16;

/// The watch over one turn.
pub(super) struct Watch {
    onlooker: Onlooker,
    turn: Arc<Turn>,
    /// Whoever missed its beginning is not told its end.
    is_missed: bool,
    pub(super) refusal: Option<String>,
    pub(super) restored: Vec<Excerpt>,
}

/// What is seen while a request is masked.
#[derive(Default)]
pub(super) struct Glimpse {
    pub(super) messages: usize,
    blocked: Vec<(masking::EntityType, String)>,
    pub(super) texts: Vec<MaskedText>,
}

impl Watch {
    pub(super) fn new(onlooker: &Onlooker, turn: Turn) -> Self {
        Self {
            onlooker: onlooker.clone(),
            turn: Arc::new(turn),
            is_missed: false,
            refusal: None,
            restored: Vec::new(),
        }
    }

    pub(super) fn masked(&mut self, glimpse: Glimpse, model: &str, stays_local: bool) {
        let shown = self.onlooker.show(Sight::Masked(MaskedTurn {
            turn: Arc::clone(&self.turn),
            model: model.to_owned(),
            messages: glimpse.messages,
            blocked: glimpse.blocked,
            texts: glimpse.texts,
            stays_local,
        }));
        self.is_missed = !shown;
    }

    /// Shows how it ended, as the caller of this says it.
    pub(super) fn ended(self, how: impl FnOnce(Arc<Turn>, Option<String>, Vec<Excerpt>) -> EndedTurn) {
        if !self.is_missed {
            let ended = how(self.turn, self.refusal, self.restored);
            self.onlooker.show(Sight::Ended(ended));
        }
    }
}

impl Glimpse {
    /// `path` says where a leaf stands.
    pub(super) fn of(
        document: Option<&Document<'_>>,
        found: &Masked,
        path: impl Fn(usize) -> String,
    ) -> Self {
        let touched = found.touched.iter();
        let blocked = touched.filter(|touched| touched.action == Action::Block);
        Self {
            messages: document.map_or(0, Document::messages),
            blocked: blocked
                .take(MOST_BLOCKED)
                .map(|touched| (touched.entity.clone(), path(touched.leaf)))
                .collect(),
            texts: document.map_or_else(Vec::new, |document| texts(document, &found.replacements)),
        }
    }
}

/// The texts with replacements. The newest of a conversation stand last in it, so those are kept where there are many.
fn texts(document: &Document<'_>, replacements: &[Replacement]) -> Vec<MaskedText> {
    let leaves = document.leaves();
    let answered = leaves.iter().rposition(|leaf| {
        matches!(
            leaf.scope,
            TextScope::Assistant | TextScope::ToolInput | TextScope::ToolOutput
        )
    });
    let mut texts = Vec::new();
    let mut bytes = 0;
    for of_leaf in replacements.chunk_by(|one, next| one.leaf == next.leaf).rev() {
        let index = of_leaf[0].leaf;
        // Those of the head have no place in the document, and nothing is replaced there.
        let Some(leaf) = leaves.get(index) else { continue };
        let excerpt = excerpt(&leaf.text, of_leaf);
        bytes += excerpt.bytes();
        // The newest is shown in any case; an excerpt has a bound of its own.
        if bytes > MOST_BYTES && !texts.is_empty() {
            break;
        }
        texts.push(MaskedText {
            scope: leaf.scope.as_str(),
            is_newest: leaf.scope == TextScope::User && answered.is_none_or(|answered| index > answered),
            excerpt,
        });
    }
    texts.reverse();
    texts
}

fn excerpt(text: &str, replacements: &[Replacement]) -> Excerpt {
    let mut excerpt = Excerpt::default();
    let mut at = 0;
    for replacement in replacements {
        let span = replacement.span;
        excerpt.text(&text[at..span.start]);
        excerpt.value(&text[span.range()], &replacement.placeholder);
        at = span.end;
    }
    excerpt.text(&text[at..]);
    excerpt
}
