//! The public vocabularies of models, for requests that carry token ids in the place of text.

use llm_wire::{Surface, Vocabulary};
use memchr::{memchr_iter, memmem};
use tiktoken_rs::bpe_for_tokenizer;
use tiktoken_rs::tokenizer::get_tokenizer;

/// Ids that are decoded before the length of their text is looked at: the longest stand for runs
/// of 128 signs, so a batch is some 128 KB over its limit at most.
const IDS_AT_ONCE: usize = 1024;

/// What model names of public vocabularies are known; each is built at its first use and kept.
pub(crate) struct PublicVocabularies;

impl Vocabulary for PublicVocabularies {
    /// A model that is called like another one but has a vocabulary of its own does no harm: what leaves is the text
    /// that was looked at, never the ids.
    fn text(&self, model: &str, ids: &[u32], limit: usize) -> Option<String> {
        let words = bpe_for_tokenizer(get_tokenizer(model)?).ok()?;
        let mut text = Vec::with_capacity(ids.len().saturating_mul(4).min(limit));
        for part in ids.chunks(IDS_AT_ONCE) {
            text.extend(words.decode_bytes(part).ok()?);
            if text.len() > limit {
                return None;
            }
        }
        String::from_utf8(text).ok()
    }
}

/// Whether a body holds a list of numbers where ids may stand: a vocabulary takes up to a second to build, which no
/// async thread may wait for.
pub(crate) fn may_be_needed(surface: Option<Surface>, body: &[u8]) -> bool {
    let may_be_chat = surface == Some(Surface::OpenAiChat) && memmem::find(body, b"_ids").is_some();
    let takes_ids = may_be_chat
        || matches!(
            surface,
            Some(Surface::OpenAiEmbeddings | Surface::OpenAiCompletions)
        );
    takes_ids
        && memchr_iter(b'[', body).any(|at| {
            let first = body[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
            first.is_some_and(u8::is_ascii_digit)
        })
}

#[cfg(test)]
mod tests {
    use tiktoken_rs::{
        cl100k_base_singleton, o200k_base_singleton, p50k_base_singleton, r50k_base_singleton,
    };

    use super::*;

    const NOTE: &str =
        "Dear Alice M\u{fc}ller, \u{738b}\u{5c0f}\u{660e} \u{1f600} wrote to alice@corp.com.\n";

    fn text(model: &str, ids: &[u32]) -> Option<String> {
        PublicVocabularies.text(model, ids, 1 << 20)
    }

    #[test]
    fn each_vocabulary_reads_what_it_wrote() {
        let words = [
            ("text-embedding-3-small", cl100k_base_singleton()),
            ("text-embedding-ada-002", cl100k_base_singleton()),
            ("gpt-3.5-turbo-instruct", cl100k_base_singleton()),
            ("gpt-4o-mini", o200k_base_singleton()),
            ("text-davinci-003", p50k_base_singleton()),
            ("text-similarity-ada-001", r50k_base_singleton()),
        ];
        for (model, words) in words {
            let ids = words.encode_ordinary(NOTE);
            assert_eq!(text(model, &ids).as_deref(), Some(NOTE), "{model}");
            assert_eq!(text(model, &[u32::MAX]), None, "{model}");
            assert_eq!(
                PublicVocabularies.text(model, &ids, NOTE.len() - 1),
                None,
                "{model}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_not_read() {
        let ids = cl100k_base_singleton().encode_ordinary(NOTE);
        for model in ["", "nomic-embed-text", "mistral-embed", "text-embedding-4"] {
            assert_eq!(text(model, &ids), None, "{model}");
        }
        // Half a character.
        let smile = cl100k_base_singleton().encode_ordinary("\u{1f95d}");
        assert!(smile.len() > 1);
        assert_eq!(text("text-embedding-3-small", &smile[..1]), None);
    }

    #[test]
    fn a_vocabulary_is_needed_for_lists_of_numbers() {
        let needed = |body: &str| may_be_needed(Some(Surface::OpenAiEmbeddings), body.as_bytes());
        for body in [
            r#"{"input":[1]}"#,
            r#"{"input": [ [ 1 ] ]}"#,
            r#"{"input":[[],[2]]}"#,
        ] {
            assert!(needed(body), "{body}");
        }
        for body in [r#"{"input":"a"}"#, r#"{"input":["a"]}"#, r#"{"input":[]}"#, "["] {
            assert!(!needed(body), "{body}");
        }
        assert!(!may_be_needed(Some(Surface::OpenAiChat), b"[1]"));
    }
}
