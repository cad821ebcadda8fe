//! End-to-end suites: the real binary between real or plain callers and the fake provider.
//! Tests named `lNN_...` belong to line NN of the leak catalogue; README.md of this folder lists them.

mod agents;
mod agents_profile;
mod answers;
mod answers_unreadable;
mod audit;
mod battery;
mod clocks;
mod contract;
mod corruption;
mod deny_terms;
mod egress;
mod errors;
mod fake_socket;
mod fake_socket_harness;
mod golden;
mod hostile;
mod leaks_fields;
mod leaks_opaque;
mod leaks_restore;
mod leaks_text;
mod leaks_wire;
mod lifecycle;
mod limits;
mod pair;
mod planes;
mod sdks;
mod sockets;
mod sockets_abuse;
mod sockets_audit;
mod sockets_chain;
mod sockets_codex;
mod sockets_frames;
mod sockets_handshake;
mod sockets_life;
mod sockets_replicas;
mod sockets_state;
mod sockets_wire;
mod stalls;
mod streams;
mod support;
mod workspace;

#[cfg(test)]
#[path = "../../../admin-api/tests/support/postgres.rs"]
mod postgres;
