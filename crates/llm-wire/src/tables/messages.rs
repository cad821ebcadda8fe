//! `POST /v1/messages` and `/v1/messages/count_tokens`.
//!
//! Source: Anthropic's API reference, "Messages" and "Count tokens", with the beta headers that Claude Code sends.

mod blocks;

use self::blocks::{CITATION_SWITCH, content};
use super::chat::{CACHE_CONTROL, USER_LOCATION};
use super::schema::{RESTRICTED_SCHEMA, SCHEMA};
use super::{
    ENUMERATION, ENUMERATIONS, IDENTIFIER, MCP_AUTHORIZATION, MCP_URL, MODEL, NAME, NAMES, SETTING, Shape,
    TEXT, list, object,
};
use crate::leaf::TextScope::{System, ToolDefinition, User};

pub(super) static REQUEST: Shape = Shape {
    fields: &[
        ("model", MODEL),
        ("messages", list(&MESSAGE).scoped(User)),
        ("system", content().scoped(System)),
        ("tools", list(&TOOL).scoped(ToolDefinition)),
        ("tool_choice", object(&TOOL_CHOICE)),
        ("max_tokens", SETTING),
        ("metadata", object(&METADATA)),
        ("stop_sequences", TEXT),
        ("stream", TEXT),
        ("temperature", SETTING),
        ("top_k", SETTING),
        ("top_p", SETTING),
        ("thinking", object(&THINKING)),
        ("service_tier", ENUMERATION),
        ("container", IDENTIFIER.or_object(&CONTAINER)),
        ("context_management", object(&CONTEXT_MANAGEMENT)),
        ("mcp_servers", list(&MCP_SERVER).scoped(ToolDefinition)),
        ("output_config", object(&OUTPUT_CONFIG).scoped(ToolDefinition)),
        ("output_format", object(&OUTPUT_FORMAT).scoped(ToolDefinition)),
        ("inference_geo", ENUMERATION),
        ("speed", ENUMERATION),
        ("cache_control", object(&CACHE_CONTROL)),
    ],
    ..Shape::FILES
};

static MESSAGE: Shape = Shape {
    roles: true,
    fields: &[("role", ENUMERATION), ("content", content())],
    ..Shape::FILES
};

static TOOL: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("name", NAME),
        ("description", TEXT),
        ("input_schema", object(&RESTRICTED_SCHEMA)),
        ("input_examples", TEXT),
        ("cache_control", object(&CACHE_CONTROL)),
        ("strict", TEXT),
        ("defer_loading", TEXT),
        ("eager_input_streaming", TEXT),
        ("allowed_callers", ENUMERATIONS),
        ("max_uses", SETTING),
        ("max_content_tokens", SETTING),
        ("max_characters", SETTING),
        ("allowed_domains", TEXT),
        ("blocked_domains", TEXT),
        ("citations", object(&CITATION_SWITCH)),
        ("user_location", object(&USER_LOCATION)),
        ("display_width_px", SETTING),
        ("display_height_px", SETTING),
        ("display_number", SETTING),
        ("enable_zoom", TEXT),
        ("mcp_server_name", TEXT),
        ("default_config", TEXT),
        ("configs", TEXT),
    ],
    ..Shape::EMPTY
};

static TOOL_CHOICE: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("name", NAME),
        ("disable_parallel_tool_use", TEXT),
    ],
    ..Shape::EMPTY
};

static METADATA: Shape = Shape {
    fields: &[("user_id", TEXT)],
    ..Shape::EMPTY
};

static THINKING: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("budget_tokens", SETTING),
        ("display", ENUMERATION),
    ],
    ..Shape::EMPTY
};

static CONTAINER: Shape = Shape {
    fields: &[("id", IDENTIFIER), ("skills", list(&SKILL))],
    ..Shape::EMPTY
};

static SKILL: Shape = Shape {
    fields: &[("type", ENUMERATION), ("skill_id", IDENTIFIER), ("version", TEXT)],
    ..Shape::EMPTY
};

static CONTEXT_MANAGEMENT: Shape = Shape {
    fields: &[("edits", list(&CONTEXT_EDIT))],
    ..Shape::EMPTY
};

static CONTEXT_EDIT: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("trigger", object(&AMOUNT)),
        ("keep", ENUMERATION.or_object(&AMOUNT)),
        ("clear_at_least", object(&AMOUNT)),
        ("clear_tool_inputs", TEXT),
        ("exclude_tools", NAMES),
        ("pause_after_compaction", TEXT),
        ("instructions", TEXT.scoped(System)),
    ],
    ..Shape::EMPTY
};

static AMOUNT: Shape = Shape {
    fields: &[("type", ENUMERATION), ("value", SETTING)],
    ..Shape::EMPTY
};

static MCP_SERVER: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("name", TEXT),
        ("url", MCP_URL),
        ("authorization_token", MCP_AUTHORIZATION),
        ("tool_configuration", object(&TOOL_CONFIGURATION)),
    ],
    ..Shape::EMPTY
};

static TOOL_CONFIGURATION: Shape = Shape {
    fields: &[("enabled", TEXT), ("allowed_tools", NAMES)],
    ..Shape::EMPTY
};

static OUTPUT_CONFIG: Shape = Shape {
    fields: &[
        ("effort", ENUMERATION),
        ("format", object(&OUTPUT_FORMAT)),
        ("task_budget", object(&AMOUNT)),
    ],
    ..Shape::EMPTY
};

static OUTPUT_FORMAT: Shape = Shape {
    fields: &[("type", ENUMERATION), ("schema", object(&SCHEMA))],
    ..Shape::EMPTY
};
