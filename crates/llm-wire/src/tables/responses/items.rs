//! What stands in `input`: messages, calls and their outputs, reasoning. An unknown item is text throughout.

use super::super::chat::AUDIO_PART;
use super::super::{
    Case, ENUMERATION, FETCHED_FILE, FILE, IDENTIFIER, IDENTIFIERS, IMAGE, IMAGE_URL, NAME, PROSE, SEALED,
    SETTING, Shape, TEXT, list, object,
};
use super::tools::TOOL;
use crate::leaf::TextScope::{Assistant, ToolDefinition, ToolInput, ToolOutput};

pub(super) static ITEM: Shape = Shape {
    roles: true,
    fields: &[
        ("type", ENUMERATION),
        ("id", IDENTIFIER),
        ("role", ENUMERATION),
        ("status", ENUMERATION),
        ("phase", ENUMERATION),
        ("content", PROSE.or_list(&PART)),
    ],
    types: &[
        Case::new(
            &["additional_tools"],
            &[("tools", list(&TOOL).scoped(ToolDefinition))],
        ),
        Case::scoped(
            Assistant,
            &[
                "reasoning",
                "compaction",
                "compaction_summary",
                "compaction_trigger",
            ],
            &[
                ("summary", list(&PART)),
                ("content", list(&PART)),
                ("encrypted_content", SEALED),
            ],
        ),
        Case::scoped(
            ToolInput,
            &[
                "function_call",
                "custom_tool_call",
                "mcp_call",
                "mcp_approval_request",
                "tool_search_call",
            ],
            &[
                ("call_id", IDENTIFIER),
                ("name", NAME),
                ("namespace", NAME),
                ("server_label", TEXT),
                ("arguments", TEXT),
                ("input", TEXT),
                ("execution", ENUMERATION),
                ("approval_request_id", IDENTIFIER),
                ("output", TEXT.scoped(ToolOutput)),
                ("error", TEXT.scoped(ToolOutput)),
            ],
        ),
        Case::scoped(
            ToolInput,
            &[
                "web_search_call",
                "file_search_call",
                "computer_call",
                "local_shell_call",
                "shell_call",
                "apply_patch_call",
                "code_interpreter_call",
            ],
            &[
                ("call_id", IDENTIFIER),
                ("container_id", IDENTIFIER),
                ("action", object(&ACTION)),
                ("actions", list(&ACTION)),
                ("operation", object(&OPERATION)),
                ("pending_safety_checks", list(&SAFETY_CHECK)),
                ("environment", object(&TYPED)),
                ("code", TEXT),
                ("queries", TEXT),
                ("results", list(&FILE_RESULT).scoped(ToolOutput)),
                ("outputs", list(&CODE_OUTPUT).scoped(ToolOutput)),
            ],
        ),
        Case::scoped(
            ToolOutput,
            &[
                "function_call_output",
                "custom_tool_call_output",
                "computer_call_output",
                "local_shell_call_output",
                "shell_call_output",
                "apply_patch_call_output",
                "tool_search_output",
            ],
            &[
                ("call_id", IDENTIFIER),
                ("output", PROSE.or_list(&OUTPUT).or_object(&OUTPUT)),
                ("tools", list(&TOOL).scoped(ToolDefinition)),
                ("execution", ENUMERATION),
                ("acknowledged_safety_checks", list(&SAFETY_CHECK)),
                ("max_output_length", SETTING),
            ],
        ),
        Case::scoped(
            ToolOutput,
            &["image_generation_call"],
            &[("result", IMAGE), ("revised_prompt", TEXT)],
        ),
        Case::scoped(
            ToolDefinition,
            &["mcp_list_tools"],
            &[("server_label", TEXT), ("tools", list(&TOOL)), ("error", TEXT)],
        ),
        Case::new(
            &["mcp_approval_response"],
            &[
                ("approval_request_id", IDENTIFIER),
                ("approve", TEXT),
                ("reason", TEXT),
            ],
        ),
    ],
    ..Shape::FILES
};

/// Content parts of messages and of tool outputs.
pub(super) static PART: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("text", PROSE),
        ("refusal", PROSE),
        ("detail", ENUMERATION),
        ("file_id", IDENTIFIER),
        ("annotations", list(&ANNOTATION).aside()),
        ("logprobs", TEXT.aside()),
    ],
    types: &[
        Case::new(
            &["input_image", "computer_screenshot"],
            &[("image_url", IMAGE_URL)],
        ),
        Case::new(
            &["input_file"],
            &[
                ("file_data", FILE),
                ("file_url", FETCHED_FILE),
                ("filename", TEXT),
            ],
        ),
        Case::new(&["input_audio"], &[("input_audio", object(&AUDIO_PART))]),
    ],
    ..Shape::PARTS
};

/// An element of a call's `output`.
static OUTPUT: Shape = Shape {
    fields: &[("stdout", TEXT), ("stderr", TEXT), ("outcome", object(&OUTCOME))],
    types: PART.types,
    base: Some(&PART),
    ..Shape::PARTS
};

static OUTCOME: Shape = Shape {
    fields: &[("type", ENUMERATION), ("exit_code", SETTING)],
    ..Shape::EMPTY
};

static ANNOTATION: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("file_id", IDENTIFIER),
        ("container_id", IDENTIFIER),
        ("filename", TEXT),
        ("url", TEXT),
        ("title", TEXT),
        ("index", SETTING),
        ("start_index", SETTING),
        ("end_index", SETTING),
    ],
    ..Shape::EMPTY
};

static TYPED: Shape = Shape {
    fields: &[("type", ENUMERATION)],
    ..Shape::EMPTY
};

/// What a search, a computer or a shell is asked to do.
static ACTION: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("query", TEXT),
        ("queries", TEXT),
        ("url", TEXT),
        ("pattern", TEXT),
        ("sources", list(&SOURCE)),
        ("command", TEXT),
        ("commands", TEXT),
        ("env", TEXT),
        ("working_directory", TEXT),
        ("user", TEXT),
        ("timeout_ms", SETTING),
        ("max_output_length", SETTING),
        ("text", TEXT),
        ("keys", TEXT),
        ("button", ENUMERATION),
        ("path", TEXT),
        ("x", SETTING),
        ("y", SETTING),
        ("scroll_x", SETTING),
        ("scroll_y", SETTING),
    ],
    ..Shape::EMPTY
};

static SOURCE: Shape = Shape {
    fields: &[("type", ENUMERATION), ("url", TEXT)],
    ..Shape::EMPTY
};

static OPERATION: Shape = Shape {
    fields: &[("type", ENUMERATION), ("path", TEXT), ("diff", TEXT)],
    ..Shape::EMPTY
};

static SAFETY_CHECK: Shape = Shape {
    fields: &[("id", IDENTIFIER), ("code", ENUMERATION), ("message", TEXT)],
    ..Shape::EMPTY
};

static FILE_RESULT: Shape = Shape {
    fields: &[
        ("file_id", IDENTIFIER),
        ("vector_store_id", IDENTIFIER),
        ("filename", TEXT),
        ("score", TEXT),
        ("text", TEXT),
        ("attributes", TEXT),
    ],
    ..Shape::EMPTY
};

static CODE_OUTPUT: Shape = Shape {
    fields: &[("type", ENUMERATION), ("logs", TEXT), ("file_ids", IDENTIFIERS)],
    types: &[Case::new(&["image"], &[("url", IMAGE_URL)])],
    ..Shape::FILES
};
