//! The tokens of what is said, with their probabilities, as the provider lists them where it is asked for them.

use serde_json::{Value, json};

use super::answer::Exchange;

/// Letters in one token.
const LETTERS: usize = 3;
/// What each token has: numbers that add up without rounding.
const LOGPROB: f64 = -0.25;

/// The tokens of a text that is streamed in pieces.
pub(super) fn tokens(exchange: &Exchange, text: &str) -> Vec<Value> {
    let pieces = exchange.pieces(text);
    pieces
        .iter()
        .flat_map(|piece| of_piece(exchange, piece))
        .collect()
}

/// The tokens of one piece.
pub(super) fn of_piece(exchange: &Exchange, piece: &str) -> Vec<Value> {
    let letters: Vec<char> = piece.chars().collect();
    let tokens = letters
        .chunks(LETTERS)
        .map(|token| token.iter().collect::<String>());
    tokens.map(|token| of_token(exchange, &token)).collect()
}

fn of_token(exchange: &Exchange, token: &str) -> Value {
    let one = |text: &str, logprob: f64| json!({"token": text, "logprob": logprob, "bytes": text.as_bytes()});
    let wanted = exchange.request["top_logprobs"].as_u64().unwrap_or_default();
    let others = ["the", "a", "<", "_"].map(|other| one(other, LOGPROB * 8.0));
    let alternatives = [one(token, LOGPROB)].into_iter().chain(others);
    let wanted = usize::try_from(wanted).unwrap_or_default();
    let mut whole = one(token, LOGPROB);
    whole["top_logprobs"] = alternatives.take(wanted).collect();
    whole
}

/// Whether a chat request asks for them.
pub(super) fn in_chat(exchange: &Exchange) -> bool {
    exchange.request["logprobs"] == true
}

/// Whether a Responses request asks for them.
pub(super) fn in_responses(exchange: &Exchange) -> bool {
    let include = exchange.request["include"].as_array();
    include
        .into_iter()
        .flatten()
        .any(|one| one == "message.output_text.logprobs")
}
