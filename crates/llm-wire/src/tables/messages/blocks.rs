//! Content blocks: what users, models and tools say, and where it comes from. An unknown block is text throughout.

use super::super::chat::CACHE_CONTROL;
use super::super::{
    Case, ENUMERATION, FETCHED_FILE, FETCHED_IMAGE, FILE, IDENTIFIER, IMAGE, NAME, PROSE, Rule, SEALED,
    SETTING, SIGNED, Shape, TEXT, list, object,
};
use crate::leaf::TextScope::{Assistant, ToolInput, ToolOutput};

/// A string, a list of blocks, or one block.
pub(super) const fn content() -> Rule {
    PROSE.or_list(&BLOCK).or_object(&BLOCK)
}

pub(super) static BLOCK: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("text", PROSE),
        ("cache_control", object(&CACHE_CONTROL)),
        ("citations", list(&CITATION).or_object(&CITATION_SWITCH).aside()),
    ],
    types: &[
        Case::new(&["image"], &[("source", object(&IMAGE_SOURCE))]),
        Case::new(
            &["document"],
            &[
                ("source", object(&DOCUMENT_SOURCE)),
                ("title", TEXT),
                ("context", TEXT),
            ],
        ),
        Case::new(
            &["search_result"],
            &[("source", TEXT), ("title", TEXT), ("content", content())],
        ),
        Case::scoped(Assistant, &["compaction"], &[("content", content())]),
        Case::new(&["thinking"], &[("thinking", SIGNED), ("signature", SEALED)]),
        Case::new(&["redacted_thinking"], &[("data", SEALED)]),
        Case::scoped(
            ToolInput,
            &["tool_use", "server_tool_use", "mcp_tool_use"],
            &[
                ("id", IDENTIFIER),
                ("name", NAME),
                ("server_name", TEXT),
                ("input", TEXT),
                ("caller", object(&CALLER)),
            ],
        ),
        Case::scoped(
            ToolOutput,
            &[
                "tool_result",
                "mcp_tool_result",
                "web_search_tool_result",
                "web_fetch_tool_result",
                "code_execution_tool_result",
                "bash_code_execution_tool_result",
                "text_editor_code_execution_tool_result",
                "tool_search_tool_result",
            ],
            &[
                ("tool_use_id", IDENTIFIER),
                ("content", PROSE.or_list(&RESULT).or_object(&RESULT)),
                ("is_error", TEXT),
                ("caller", object(&CALLER)),
            ],
        ),
        Case::new(&["container_upload"], &[("file_id", IDENTIFIER)]),
    ],
    ..Shape::PARTS
};

/// What tools answer: content blocks, and the hosted tools' own objects.
static RESULT: Shape = Shape {
    types: &[
        Case::new(&["image"], &[("source", object(&IMAGE_SOURCE))]),
        Case::new(
            &["document"],
            &[
                ("source", object(&DOCUMENT_SOURCE)),
                ("title", TEXT),
                ("context", TEXT),
            ],
        ),
        Case::new(
            &["search_result"],
            &[("source", TEXT), ("title", TEXT), ("content", content())],
        ),
        Case::new(
            &["web_search_result"],
            &[
                ("url", TEXT),
                ("title", TEXT),
                ("encrypted_content", SEALED),
                ("page_age", TEXT),
            ],
        ),
        Case::new(
            &["web_fetch_result"],
            &[("url", TEXT), ("content", object(&BLOCK)), ("retrieved_at", TEXT)],
        ),
        Case::new(
            &[
                "code_execution_result",
                "bash_code_execution_result",
                "encrypted_code_execution_result",
            ],
            &[
                ("stdout", TEXT),
                ("stderr", TEXT),
                ("encrypted_stdout", SEALED),
                ("return_code", SETTING),
                ("content", list(&OUTPUT_FILE)),
            ],
        ),
        Case::new(
            &["text_editor_code_execution_view_result"],
            &[
                ("file_type", ENUMERATION),
                ("content", TEXT),
                ("num_lines", SETTING),
                ("start_line", SETTING),
                ("total_lines", SETTING),
            ],
        ),
        Case::new(
            &["text_editor_code_execution_str_replace_result"],
            &[
                ("lines", TEXT),
                ("old_start", SETTING),
                ("old_lines", SETTING),
                ("new_start", SETTING),
                ("new_lines", SETTING),
            ],
        ),
        Case::new(
            &["tool_search_tool_search_result"],
            &[("tool_references", list(&TOOL_REFERENCE))],
        ),
        Case::new(&["tool_reference"], &[("tool_name", NAME)]),
    ],
    fields: &[("error_code", ENUMERATION)],
    base: Some(&BLOCK),
    ..Shape::PARTS
};

static OUTPUT_FILE: Shape = Shape {
    fields: &[("type", ENUMERATION), ("file_id", IDENTIFIER)],
    ..Shape::EMPTY
};

static TOOL_REFERENCE: Shape = Shape {
    fields: &[("type", ENUMERATION), ("tool_name", NAME)],
    ..Shape::EMPTY
};

static CALLER: Shape = Shape {
    fields: &[("type", ENUMERATION), ("tool_id", IDENTIFIER)],
    ..Shape::EMPTY
};

static IMAGE_SOURCE: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("media_type", ENUMERATION),
        ("url", FETCHED_IMAGE),
        ("file_id", IDENTIFIER),
    ],
    types: &[Case::new(&["base64"], &[("data", IMAGE)])],
    ..Shape::FILES
};

static DOCUMENT_SOURCE: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("media_type", ENUMERATION),
        ("url", FETCHED_FILE),
        ("file_id", IDENTIFIER),
    ],
    types: &[
        Case::new(&["base64"], &[("data", FILE)]),
        Case::new(&["text"], &[("data", TEXT)]),
        Case::new(&["content"], &[("content", content())]),
    ],
    ..Shape::FILES
};

static CITATION: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("cited_text", PROSE),
        ("document_title", TEXT),
        ("document_index", SETTING),
        ("file_id", IDENTIFIER),
        ("start_char_index", SETTING),
        ("end_char_index", SETTING),
        ("start_page_number", SETTING),
        ("end_page_number", SETTING),
        ("start_block_index", SETTING),
        ("end_block_index", SETTING),
        ("search_result_index", SETTING),
        ("url", TEXT),
        ("title", TEXT),
        ("source", TEXT),
        ("encrypted_index", SEALED),
    ],
    ..Shape::EMPTY
};

/// On documents and search results, `citations` is a switch.
pub(super) static CITATION_SWITCH: Shape = Shape {
    fields: &[("enabled", TEXT)],
    ..Shape::EMPTY
};
