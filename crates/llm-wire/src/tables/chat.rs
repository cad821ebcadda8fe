//! `POST /v1/chat/completions`, with the fields that compatible providers add to it.
//!
//! Source: OpenAI's API reference, "Create chat completion".

use super::schema::SCHEMA;
use super::{
    AUDIO, Case, ENUMERATION, ENUMERATIONS, FILE, IDENTIFIER, IMAGE_URL, MODEL, NAME, PROSE, SEALED, SETTING,
    SIGNED, Shape, TEXT, TEXT_OR_TOKENS, list, object,
};
use crate::leaf::TextScope::{ToolDefinition, ToolInput, User};

pub(super) static REQUEST: Shape = Shape {
    fields: &[
        ("model", MODEL),
        ("messages", list(&MESSAGE).scoped(User)),
        // What servers of open models take.
        ("prompt_token_ids", TEXT_OR_TOKENS.scoped(User)),
        ("input_ids", TEXT_OR_TOKENS.scoped(User)),
        ("tools", list(&TOOL).scoped(ToolDefinition)),
        ("functions", list(&FUNCTION_DEFINITION).scoped(ToolDefinition)),
        ("tool_choice", ENUMERATION.or_object(&TOOL_CHOICE)),
        ("function_call", ENUMERATION.or_object(&NAMED)),
        ("parallel_tool_calls", TEXT),
        ("response_format", object(&RESPONSE_FORMAT).scoped(ToolDefinition)),
        ("prediction", object(&PREDICTION).scoped(User)),
        ("audio", object(&AUDIO_OUTPUT)),
        ("modalities", ENUMERATIONS),
        ("stream", TEXT),
        ("stream_options", object(&STREAM_OPTIONS)),
        ("store", TEXT),
        ("metadata", TEXT),
        ("user", TEXT),
        ("safety_identifier", TEXT),
        ("prompt_cache_key", TEXT),
        ("prompt_cache_retention", ENUMERATION),
        ("service_tier", ENUMERATION),
        ("reasoning_effort", ENUMERATION),
        ("reasoning_format", ENUMERATION),
        ("include_reasoning", TEXT),
        ("verbosity", ENUMERATION),
        ("thinking", object(&THINKING)),
        (
            "web_search_options",
            object(&WEB_SEARCH_OPTIONS).scoped(ToolDefinition),
        ),
        ("stop", TEXT),
        ("logit_bias", TEXT),
        ("logprobs", TEXT),
        ("top_logprobs", SETTING),
        ("n", SETTING),
        ("seed", SETTING),
        ("temperature", SETTING),
        ("top_p", SETTING),
        ("max_tokens", SETTING),
        ("max_completion_tokens", SETTING),
        ("presence_penalty", SETTING),
        ("frequency_penalty", SETTING),
    ],
    ..Shape::FILES
};

static MESSAGE: Shape = Shape {
    roles: true,
    fields: &[
        ("role", ENUMERATION),
        ("content", PROSE.or_list(&PART)),
        ("name", NAME),
        ("tool_calls", list(&TOOL_CALL).scoped(ToolInput)),
        ("function_call", object(&FUNCTION_CALL).scoped(ToolInput)),
        ("tool_call_id", IDENTIFIER),
        ("refusal", TEXT),
        ("reasoning_content", TEXT),
        ("reasoning", TEXT),
        ("reasoning_details", list(&REASONING_DETAIL)),
        ("extra_content", object(&EXTRA_CONTENT)),
        ("audio", object(&IDENTIFIED)),
        ("annotations", list(&ANNOTATION)),
    ],
    ..Shape::FILES
};

pub(super) static PART: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("text", PROSE),
        ("refusal", PROSE),
        ("cache_control", object(&CACHE_CONTROL)),
    ],
    types: &[
        Case::new(&["image_url"], &[("image_url", IMAGE_URL.or_object(&IMAGE_PART))]),
        Case::new(&["input_audio"], &[("input_audio", object(&AUDIO_PART))]),
        Case::new(&["file"], &[("file", object(&FILE_PART))]),
    ],
    ..Shape::PARTS
};

pub(super) static CACHE_CONTROL: Shape = Shape {
    fields: &[("type", ENUMERATION), ("ttl", ENUMERATION)],
    ..Shape::EMPTY
};

static IMAGE_PART: Shape = Shape {
    fields: &[("url", IMAGE_URL), ("detail", ENUMERATION)],
    ..Shape::FILES
};

pub(super) static AUDIO_PART: Shape = Shape {
    fields: &[("data", AUDIO), ("format", ENUMERATION)],
    ..Shape::FILES
};

static FILE_PART: Shape = Shape {
    fields: &[("file_data", FILE), ("file_id", IDENTIFIER), ("filename", TEXT)],
    ..Shape::FILES
};

static IDENTIFIED: Shape = Shape {
    fields: &[("id", IDENTIFIER)],
    ..Shape::EMPTY
};

static TOOL_CALL: Shape = Shape {
    fields: &[
        ("id", IDENTIFIER),
        ("type", ENUMERATION),
        ("index", SETTING),
        ("function", object(&FUNCTION_CALL)),
        ("custom", object(&CUSTOM_CALL)),
        ("extra_content", object(&EXTRA_CONTENT)),
    ],
    ..Shape::EMPTY
};

static FUNCTION_CALL: Shape = Shape {
    fields: &[("name", NAME), ("arguments", TEXT)],
    ..Shape::EMPTY
};

static CUSTOM_CALL: Shape = Shape {
    fields: &[("name", NAME), ("input", TEXT)],
    ..Shape::EMPTY
};

/// OpenRouter's form of other providers' reasoning, signed and encrypted parts included.
static REASONING_DETAIL: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("id", IDENTIFIER),
        ("format", ENUMERATION),
        ("index", SETTING),
        ("summary", TEXT),
    ],
    types: &[
        Case::new(&["reasoning.text"], &[("text", SIGNED), ("signature", SEALED)]),
        Case::new(&["reasoning.encrypted"], &[("data", SEALED)]),
    ],
    ..Shape::EMPTY
};

/// Google's thought signatures on its OpenAI-compatible endpoint.
static EXTRA_CONTENT: Shape = Shape {
    fields: &[("google", object(&GOOGLE))],
    ..Shape::EMPTY
};
static GOOGLE: Shape = Shape {
    fields: &[("thought_signature", SEALED)],
    ..Shape::EMPTY
};

static ANNOTATION: Shape = Shape {
    fields: &[("type", ENUMERATION), ("url_citation", object(&URL_CITATION))],
    ..Shape::EMPTY
};

static URL_CITATION: Shape = Shape {
    fields: &[
        ("url", TEXT),
        ("title", TEXT),
        ("start_index", SETTING),
        ("end_index", SETTING),
    ],
    ..Shape::EMPTY
};

static TOOL: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("function", object(&FUNCTION_DEFINITION)),
        ("custom", object(&CUSTOM_DEFINITION)),
    ],
    ..Shape::EMPTY
};

static FUNCTION_DEFINITION: Shape = Shape {
    fields: &[
        ("name", NAME),
        ("description", TEXT),
        ("parameters", object(&SCHEMA)),
        ("strict", TEXT),
    ],
    ..Shape::EMPTY
};

static CUSTOM_DEFINITION: Shape = Shape {
    fields: &[
        ("name", NAME),
        ("description", TEXT),
        ("format", object(&CUSTOM_FORMAT)),
    ],
    ..Shape::EMPTY
};

static CUSTOM_FORMAT: Shape = Shape {
    fields: &[("type", ENUMERATION), ("grammar", object(&GRAMMAR))],
    ..Shape::EMPTY
};

static GRAMMAR: Shape = Shape {
    fields: &[("syntax", ENUMERATION), ("definition", TEXT)],
    ..Shape::EMPTY
};

static TOOL_CHOICE: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("function", object(&NAMED)),
        ("custom", object(&NAMED)),
        ("allowed_tools", object(&ALLOWED_TOOLS)),
    ],
    ..Shape::EMPTY
};

static NAMED: Shape = Shape {
    fields: &[("name", NAME)],
    ..Shape::EMPTY
};

static ALLOWED_TOOLS: Shape = Shape {
    fields: &[("mode", ENUMERATION), ("tools", list(&TOOL_CHOICE))],
    ..Shape::EMPTY
};

static RESPONSE_FORMAT: Shape = Shape {
    fields: &[("type", ENUMERATION), ("json_schema", object(&JSON_SCHEMA))],
    ..Shape::EMPTY
};

static JSON_SCHEMA: Shape = Shape {
    fields: &[
        ("name", NAME),
        ("description", TEXT),
        ("schema", object(&SCHEMA)),
        ("strict", TEXT),
    ],
    ..Shape::EMPTY
};

static PREDICTION: Shape = Shape {
    fields: &[("type", ENUMERATION), ("content", PROSE.or_list(&PART))],
    ..Shape::EMPTY
};

static AUDIO_OUTPUT: Shape = Shape {
    fields: &[
        ("format", ENUMERATION),
        ("voice", ENUMERATION.or_object(&IDENTIFIED)),
    ],
    ..Shape::EMPTY
};

pub(super) static STREAM_OPTIONS: Shape = Shape {
    fields: &[("include_usage", TEXT), ("include_obfuscation", TEXT)],
    ..Shape::EMPTY
};

/// Z.ai's switch.
static THINKING: Shape = Shape {
    fields: &[("type", ENUMERATION), ("clear_thinking", TEXT)],
    ..Shape::EMPTY
};

static WEB_SEARCH_OPTIONS: Shape = Shape {
    fields: &[
        ("search_context_size", ENUMERATION),
        ("user_location", object(&USER_LOCATION)),
    ],
    ..Shape::EMPTY
};

pub(super) static USER_LOCATION: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("approximate", object(&USER_LOCATION)),
        ("city", TEXT),
        ("country", TEXT),
        ("region", TEXT),
        ("timezone", TEXT),
    ],
    ..Shape::EMPTY
};
