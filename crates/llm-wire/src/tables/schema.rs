//! JSON Schema, as tools and structured outputs carry it (draft 2020-12 and OpenAPI's additions).

use super::{ENUMERATION, ENUMERATION_OR_LIST, Rule, SETTING, Shape, TEXT, list, object};

static SCHEMA_RULE: Rule = object(&SCHEMA);

/// Names of a caller's fields: each is a text, and below it stands a schema.
static PROPERTIES: Shape = Shape {
    others: Some(&SCHEMA_RULE),
    ..Shape::EMPTY
};

static RESTRICTED_PROPERTIES: Shape = Shape {
    others: Some(&SCHEMA_RULE),
    restricted_keys: true,
    ..Shape::EMPTY
};

/// A schema whose own property names must match `[a-zA-Z0-9_.-]{1,64}`: Anthropic's tool inputs.
pub(super) static RESTRICTED_SCHEMA: Shape = Shape {
    fields: &[("properties", object(&RESTRICTED_PROPERTIES))],
    base: Some(&SCHEMA),
    ..Shape::EMPTY
};

pub(super) static SCHEMA: Shape = Shape {
    fields: &[
        ("type", ENUMERATION_OR_LIST),
        ("description", TEXT),
        ("properties", object(&PROPERTIES)),
        ("items", object(&SCHEMA).or_list(&SCHEMA)),
        ("required", TEXT),
        ("enum", TEXT),
        ("additionalProperties", object(&SCHEMA)),
        ("title", TEXT),
        ("default", TEXT),
        ("format", ENUMERATION),
        ("anyOf", list(&SCHEMA)),
        ("oneOf", list(&SCHEMA)),
        ("allOf", list(&SCHEMA)),
        ("not", object(&SCHEMA)),
        ("if", object(&SCHEMA)),
        ("then", object(&SCHEMA)),
        ("else", object(&SCHEMA)),
        ("const", TEXT),
        ("examples", TEXT),
        ("pattern", TEXT),
        ("$schema", TEXT),
        ("$id", TEXT),
        ("$ref", TEXT),
        ("$comment", TEXT),
        ("$defs", object(&PROPERTIES)),
        ("definitions", object(&PROPERTIES)),
        ("patternProperties", object(&PROPERTIES)),
        ("propertyNames", object(&SCHEMA)),
        ("prefixItems", list(&SCHEMA)),
        ("contains", object(&SCHEMA)),
        ("minimum", SETTING),
        ("maximum", SETTING),
        ("exclusiveMinimum", SETTING),
        ("exclusiveMaximum", SETTING),
        ("multipleOf", SETTING),
        ("minLength", SETTING),
        ("maxLength", SETTING),
        ("minItems", SETTING),
        ("maxItems", SETTING),
        ("minProperties", SETTING),
        ("maxProperties", SETTING),
        ("uniqueItems", TEXT),
        ("nullable", TEXT),
        ("deprecated", TEXT),
        ("readOnly", TEXT),
        ("writeOnly", TEXT),
    ],
    ..Shape::EMPTY
};
