//! Generated messages of the audit protocol.

/// `bauta.audit.v1`: the value-free record of a turn.
pub mod audit_v1 {
    #![expect(
        missing_docs,
        clippy::all,
        reason = "generated; the .proto file documents the fields"
    )]
    include!(concat!(env!("OUT_DIR"), "/bauta.audit.v1.rs"));
}
