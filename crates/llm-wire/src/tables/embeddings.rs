//! `POST /v1/embeddings`. Source: OpenAI's API reference, "Create embeddings".

use super::{ENUMERATION, MODEL, SETTING, Shape, TEXT};
use crate::leaf::TextScope::User;

pub(super) static REQUEST: Shape = Shape {
    fields: &[
        ("model", MODEL),
        ("input", SETTING.scoped(User)),
        ("encoding_format", ENUMERATION),
        ("dimensions", SETTING),
        ("user", TEXT),
    ],
    ..Shape::EMPTY
};
