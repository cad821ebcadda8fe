//! Generated messages and services of what proxy-api tells admin-api.

/// `bauta.audit.v1`: the value-free record of a turn.
pub mod audit_v1 {
    #![expect(
        missing_docs,
        unused_qualifications,
        clippy::all,
        clippy::allow_attributes,
        clippy::allow_attributes_without_reason,
        reason = "generated; the .proto file documents the fields"
    )]
    include!(concat!(env!("OUT_DIR"), "/bauta.audit.v1.rs"));
}

/// `bauta.fleet.v1`: what an instance says about itself.
pub mod fleet_v1 {
    #![expect(
        missing_docs,
        unused_qualifications,
        clippy::all,
        clippy::allow_attributes,
        clippy::allow_attributes_without_reason,
        reason = "generated; the .proto file documents the fields"
    )]
    include!(concat!(env!("OUT_DIR"), "/bauta.fleet.v1.rs"));
}
