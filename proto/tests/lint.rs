//! No field of the protocols can hold free text unless it is on the list below.

use prost_types::DescriptorProto;
use prost_types::field_descriptor_proto::Type;

/// Every string or bytes field, with the reason why it cannot hold a value.
const BOUNDED: &[(&str, &str)] = &[
    ("AuditEvent.event_id", "16 random bytes"),
    ("AuditEvent.instance_id", "16 random bytes"),
    ("AuditEvent.caller_id", "keyed hash"),
    ("AuditEvent.upstream", "a name from the configuration"),
    ("AuditEvent.model", "bounded grammar, else <redacted>"),
    ("AuditEvent.error_code", "constants of the gateway"),
    ("AuditEvent.policy_revision", "keyed digest"),
    (
        "DetectionCount.entity_type",
        "closed list, or a name from the configuration",
    ),
    ("DetectionCount.detector", "constants, or names from rule files"),
    ("TouchedPath.path", "keys of the surface's schema only"),
    (
        "TouchedPath.entity_type",
        "closed list, or a name from the configuration",
    ),
    ("InstanceReport.instance_id", "16 random bytes"),
    ("InstanceReport.version", "a constant of the build"),
    ("Posture.policy_revision", "keyed digest"),
];

const FILES: [&str; 2] = ["bauta/audit/v1/audit.proto", "bauta/fleet/v1/fleet.proto"];

fn text_fields(message: &DescriptorProto, prefix: &str, found: &mut Vec<String>) {
    let name = format!("{prefix}{}", message.name());
    for field in &message.field {
        assert!(
            !field.type_name().starts_with(".google."),
            "{name}.{}: no open types",
            field.name()
        );
        if matches!(field.r#type(), Type::String | Type::Bytes) {
            found.push(format!("{name}.{}", field.name()));
        }
    }
    for nested in &message.nested_type {
        text_fields(nested, &format!("{name}."), found);
    }
}

#[test]
fn no_new_field_can_hold_text() {
    let root = env!("CARGO_MANIFEST_DIR");
    let set = protox::compile(FILES, [root]).unwrap();
    let mut found = Vec::new();
    for message in set.file.iter().flat_map(|file| &file.message_type) {
        text_fields(message, "", &mut found);
    }
    let allowed: Vec<&str> = BOUNDED.iter().map(|(field, _)| *field).collect();
    assert_eq!(
        found, allowed,
        "a string or bytes field needs a bounded grammar and a place on the list"
    );
}
