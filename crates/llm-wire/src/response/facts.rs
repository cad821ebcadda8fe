//! Reads what answers say about themselves: ids, token counts, error codes. Nothing that is not an identifier is kept.

use crate::answer::{AnswerFacts, Usage};
use crate::response::value::Value;

/// As long as an identifier of a request may be.
const MAX_ID: usize = 256;
/// Codes are a few words; what is longer is text, and goes into no log.
const MAX_CODE: usize = 64;

/// Notes `root.id` as the answer's id.
pub(crate) fn id(root: Value<'_>, facts: &mut AnswerFacts) {
    if let Some(id) = identifier(root, "id", MAX_ID) {
        facts.response_id = Some(id);
    }
}

/// Notes the conversation that an OpenAI response belongs to: an object with an id, or the id itself.
pub(crate) fn conversation(response: Value<'_>, facts: &mut AnswerFacts) {
    let inner = response
        .get("conversation")
        .and_then(|value| identifier(value, "id", MAX_ID));
    if let Some(id) = inner.or_else(|| identifier(response, "conversation", MAX_ID)) {
        facts.conversation = Some(id);
    }
}

/// Notes `root.usage` in whichever spelling; counts that a later event leaves out stay.
pub(crate) fn usage(root: Value<'_>, facts: &mut AnswerFacts) {
    let Some(usage) = root.get("usage") else { return };
    let either = |a: &str, b: &str| usage.unsigned(a).or_else(|| usage.unsigned(b));
    let detail = |key: &str| {
        usage
            .get(key)
            .and_then(|details| details.unsigned("cached_tokens"))
    };
    let Usage {
        input,
        output,
        cached,
    } = facts.usage;
    facts.usage = Usage {
        input: either("input_tokens", "prompt_tokens").or(input),
        output: either("output_tokens", "completion_tokens").or(output),
        cached: detail("input_tokens_details")
            .or_else(|| detail("prompt_tokens_details"))
            .or_else(|| usage.unsigned("cache_read_input_tokens"))
            .or(cached),
    };
}

/// Notes an error by its code, else its type, else the word `error`.
pub(crate) fn error(error: Value<'_>, facts: &mut AnswerFacts) {
    let code = identifier(error, "code", MAX_CODE)
        .or_else(|| identifier(error, "type", MAX_CODE).filter(|kind| kind != "error"))
        .unwrap_or_else(|| "error".into());
    facts.error_code = Some(code);
}

fn identifier(object: Value<'_>, key: &str, limit: usize) -> Option<String> {
    let text = object.string(key)?.content();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    (!text.is_empty() && text.len() <= limit && text.bytes().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use crate::response::value::read;

    fn noted(json: &str) -> AnswerFacts {
        let mut facts = AnswerFacts::default();
        let mut tape = Tape::default();
        let root = read(json, &mut tape).expect("valid");
        id(root, &mut facts);
        conversation(root, &mut facts);
        usage(root, &mut facts);
        if let Some(value) = root.get("error") {
            error(value, &mut facts);
        }
        facts
    }

    #[test]
    fn only_identifiers_are_kept() {
        let long = format!(r#"{{"id":"{}"}}"#, "a".repeat(MAX_ID + 1));
        for json in [
            r#"{"id":"Ann Lee"}"#,
            r#"{"id":"a@b"}"#,
            r#"{"id":""}"#,
            r#"{"id":7}"#,
            &long,
        ] {
            assert_eq!(noted(json).response_id, None);
        }
        assert_eq!(
            noted(r#"{"id":"resp_1-a.b:c"}"#).response_id.as_deref(),
            Some("resp_1-a.b:c")
        );
        assert_eq!(
            noted(r#"{"conversation":"conv_1"}"#).conversation.as_deref(),
            Some("conv_1")
        );
    }

    #[test]
    fn an_error_has_a_code_whatever_it_says() {
        for (error, code) in [
            (r#"{"code":"rate_limit","type":"x"}"#, "rate_limit"),
            (r#"{"code":null,"type":"overloaded_error"}"#, "overloaded_error"),
            (r#"{"code":"for Ann","type":"of Ann"}"#, "error"),
            (r#"{"code":429,"type":"error"}"#, "error"),
            (r#""for Ann""#, "error"),
        ] {
            assert_eq!(
                noted(&format!(r#"{{"error":{error}}}"#)).error_code.as_deref(),
                Some(code)
            );
        }
    }

    #[test]
    fn counts_that_are_not_counts_are_left_out() {
        let usage =
            noted(r#"{"usage":{"prompt_tokens":-1,"output_tokens":"7","cache_read_input_tokens":3}}"#).usage;
        assert_eq!(
            usage,
            Usage {
                cached: Some(3),
                ..Usage::default()
            }
        );
        assert_eq!(noted(r#"{"usage":null}"#).usage, Usage::default());
    }
}
