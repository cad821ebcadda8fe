//! What token ids stand for: the words of a model, known to whoever builds a document.

/// Reads token ids as text.
pub trait Vocabulary: Sync {
    /// The text that `ids` stand for in the vocabulary of `model`; `None` when the model or an id is not known, when
    /// the bytes are no UTF-8, and when the text is longer than `limit` bytes.
    fn text(&self, model: &str, ids: &[u32], limit: usize) -> Option<String>;
}

/// Knows no model.
pub(crate) struct NoVocabulary;

impl Vocabulary for NoVocabulary {
    fn text(&self, _: &str, _: &[u32], _: usize) -> Option<String> {
        None
    }
}
