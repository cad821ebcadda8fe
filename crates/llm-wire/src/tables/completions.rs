//! `POST /v1/completions`, the legacy form. Source: OpenAI's API reference, "Create completion".

use super::chat::STREAM_OPTIONS;
use super::{MODEL, SETTING, Shape, TEXT, TEXT_OR_TOKENS, object};
use crate::leaf::TextScope::User;

pub(super) static REQUEST: Shape = Shape {
    fields: &[
        ("model", MODEL),
        ("prompt", TEXT_OR_TOKENS.scoped(User)),
        // What servers of open models take.
        ("prompt_token_ids", TEXT_OR_TOKENS.scoped(User)),
        ("input_ids", TEXT_OR_TOKENS.scoped(User)),
        ("suffix", TEXT.scoped(User)),
        ("stop", TEXT),
        ("user", TEXT),
        ("stream", TEXT),
        ("stream_options", object(&STREAM_OPTIONS)),
        ("echo", TEXT),
        ("logit_bias", TEXT),
        ("logprobs", SETTING),
        ("n", SETTING),
        ("best_of", SETTING),
        ("seed", SETTING),
        ("temperature", SETTING),
        ("top_p", SETTING),
        ("max_tokens", SETTING),
        ("presence_penalty", SETTING),
        ("frequency_penalty", SETTING),
    ],
    ..Shape::FILES
};
