//! The tools of a request: the caller's functions and the hosted ones with their settings.

use super::super::chat::USER_LOCATION;
use super::super::schema::SCHEMA;
use super::super::{
    ENUMERATION, ENUMERATIONS, IDENTIFIER, IDENTIFIERS, IMAGE_URL, MCP_AUTHORIZATION, MCP_HEADERS, MCP_URL,
    MODEL, NAME, NAMES, SETTING, Shape, TEXT, list, object,
};

pub(super) static TOOL: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("name", NAME),
        ("description", TEXT),
        ("parameters", object(&SCHEMA)),
        ("input_schema", object(&SCHEMA)),
        ("strict", TEXT),
        ("defer_loading", TEXT),
        ("annotations", TEXT),
        ("format", object(&FORMAT)),
        // A namespace of tools.
        ("tools", list(&TOOL)),
        // Web and file search.
        ("search_context_size", ENUMERATION),
        ("search_content_types", ENUMERATIONS),
        ("user_location", object(&USER_LOCATION)),
        ("filters", TEXT),
        ("external_web_access", TEXT),
        ("vector_store_ids", IDENTIFIERS),
        ("max_num_results", SETTING),
        ("ranking_options", object(&RANKING)),
        // Remote MCP servers.
        ("server_label", TEXT),
        ("server_url", MCP_URL),
        ("server_description", TEXT),
        ("connector_id", IDENTIFIER),
        ("authorization", MCP_AUTHORIZATION),
        ("headers", MCP_HEADERS),
        ("allowed_tools", NAMES),
        ("require_approval", ENUMERATION),
        // Computers, interpreters, shells.
        ("container", IDENTIFIER.or_object(&CONTAINER)),
        ("environment", ENUMERATION.or_object(&CONTAINER)),
        ("display_width", SETTING),
        ("display_height", SETTING),
        // Image generation.
        ("model", MODEL),
        ("action", ENUMERATION),
        ("background", ENUMERATION),
        ("input_fidelity", ENUMERATION),
        ("input_image_mask", object(&MASK)),
        ("moderation", ENUMERATION),
        ("output_format", ENUMERATION),
        ("output_compression", SETTING),
        ("partial_images", SETTING),
        ("quality", ENUMERATION),
        ("size", ENUMERATION),
        // Tool search.
        ("execution", ENUMERATION),
    ],
    ..Shape::EMPTY
};

static FORMAT: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("syntax", ENUMERATION),
        ("definition", TEXT),
    ],
    ..Shape::EMPTY
};

static RANKING: Shape = Shape {
    fields: &[("ranker", ENUMERATION), ("score_threshold", SETTING)],
    ..Shape::EMPTY
};

static CONTAINER: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("container_id", IDENTIFIER),
        ("file_ids", IDENTIFIERS),
        ("memory_limit", ENUMERATION),
    ],
    ..Shape::EMPTY
};

static MASK: Shape = Shape {
    fields: &[("image_url", IMAGE_URL), ("file_id", IDENTIFIER)],
    ..Shape::EMPTY
};

pub(super) static TOOL_CHOICE: Shape = Shape {
    fields: &[
        ("type", ENUMERATION),
        ("name", NAME),
        ("mode", ENUMERATION),
        ("server_label", TEXT),
        ("tools", list(&TOOL_CHOICE)),
    ],
    ..Shape::EMPTY
};
