//! `POST /v1/embeddings`. Source: OpenAI's API reference, "Create embeddings".

use super::{ENUMERATION, MODEL, SETTING, Shape, TEXT, TEXT_OR_TOKENS};
use crate::leaf::TextScope::User;

pub(super) static REQUEST: Shape = Shape {
    fields: &[
        ("model", MODEL),
        ("input", TEXT_OR_TOKENS.scoped(User)),
        // What servers of open models take.
        ("prompt_token_ids", TEXT_OR_TOKENS.scoped(User)),
        ("input_ids", TEXT_OR_TOKENS.scoped(User)),
        ("encoding_format", ENUMERATION),
        ("dimensions", SETTING),
        ("user", TEXT),
    ],
    ..Shape::FILES
};
