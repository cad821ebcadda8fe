//! `POST /v1/responses`, `/v1/responses/compact`, `/v1/responses/input_tokens`, and `/v1/conversations` with what is below it.
//!
//! Source: OpenAI's API reference, "Create a model response" and "Conversations", and what Codex sends beside it.

mod items;
mod tools;

use super::chat::STREAM_OPTIONS;
use super::schema::SCHEMA;
use super::{ENUMERATION, ENUMERATIONS, IDENTIFIER, MODEL, NAME, PROSE, SETTING, Shape, TEXT, list, object};
use crate::leaf::TextScope::{System, ToolDefinition, User};

pub(super) static REQUEST: Shape = Shape {
    fields: &[
        ("model", MODEL),
        ("input", PROSE.or_list(&items::ITEM).scoped(User)),
        ("items", list(&items::ITEM).scoped(User)),
        ("instructions", TEXT.scoped(System)),
        ("tools", list(&tools::TOOL).scoped(ToolDefinition)),
        ("tool_choice", ENUMERATION.or_object(&tools::TOOL_CHOICE)),
        ("parallel_tool_calls", TEXT),
        ("max_tool_calls", SETTING),
        ("previous_response_id", IDENTIFIER),
        ("conversation", IDENTIFIER.or_object(&IDENTIFIED)),
        ("prompt", object(&PROMPT)),
        ("text", object(&TEXT_OPTIONS).scoped(ToolDefinition)),
        ("reasoning", object(&REASONING)),
        ("include", ENUMERATIONS),
        ("store", TEXT),
        ("stream", TEXT),
        ("stream_options", object(&STREAM_OPTIONS)),
        ("background", TEXT),
        ("generate", TEXT),
        ("type", ENUMERATION),
        ("truncation", ENUMERATION),
        ("context_management", list(&CONTEXT_MANAGEMENT)),
        ("service_tier", ENUMERATION),
        ("metadata", TEXT),
        ("client_metadata", TEXT),
        ("user", TEXT),
        ("safety_identifier", TEXT),
        ("prompt_cache_key", TEXT),
        ("prompt_cache_retention", ENUMERATION),
        ("temperature", SETTING),
        ("top_p", SETTING),
        ("top_logprobs", SETTING),
        ("max_output_tokens", SETTING),
    ],
    ..Shape::FILES
};

static IDENTIFIED: Shape = Shape {
    fields: &[("id", IDENTIFIER)],
    ..Shape::EMPTY
};

/// A stored prompt; its variables are strings or content parts under the caller's names.
static PROMPT: Shape = Shape {
    fields: &[
        ("id", IDENTIFIER),
        ("version", TEXT),
        ("variables", object(&VARIABLES).scoped(User)),
    ],
    ..Shape::EMPTY
};

static VARIABLE: super::Rule = object(&items::PART);
static VARIABLES: Shape = Shape {
    others: Some(&VARIABLE),
    ..Shape::EMPTY
};

static TEXT_OPTIONS: Shape = Shape {
    fields: &[("format", object(&FORMAT)), ("verbosity", ENUMERATION)],
    ..Shape::EMPTY
};

static FORMAT: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("name", NAME),
        ("description", TEXT),
        ("schema", object(&SCHEMA)),
        ("strict", TEXT),
    ],
    ..Shape::EMPTY
};

static REASONING: Shape = Shape {
    fields: &[
        ("effort", ENUMERATION),
        ("summary", ENUMERATION),
        ("generate_summary", ENUMERATION),
    ],
    ..Shape::EMPTY
};

static CONTEXT_MANAGEMENT: Shape = Shape {
    fields: &[("type", ENUMERATION), ("compact_threshold", SETTING)],
    ..Shape::EMPTY
};
