//! Names and buckets of metrics. The page adds `_total` to counters by itself.

/// Turns by surface and outcome.
pub const REQUESTS: &str = "bauta_requests";
/// Time spent in detecting and masking one request.
pub const MASKING_SECONDS: &str = "bauta_masking_seconds";
/// Time that the gateway adds before a request leaves.
pub const OVERHEAD_SECONDS: &str = "bauta_overhead_seconds";
/// From sending a request to the first byte of its answer.
pub const UPSTREAM_FIRST_BYTE_SECONDS: &str = "bauta_upstream_first_byte_seconds";
/// Detections by entity type and policy action.
pub const DETECTIONS: &str = "bauta_detections";
/// Placeholders restored in answers.
pub const REHYDRATIONS: &str = "bauta_rehydrations";
/// Placeholder-shaped text in answers that no map knows.
pub const UNRESOLVED: &str = "bauta_unresolved_placeholders";
/// Text segments whose detections were remembered.
pub const MEMO_HITS: &str = "bauta_memo_hits";
/// Text segments that had to be looked at.
pub const MEMO_MISSES: &str = "bauta_memo_misses";
/// Turns in progress.
pub const ACTIVE_TURNS: &str = "bauta_active_turns";
/// Open connections from callers.
pub const ACTIVE_CONNECTIONS: &str = "bauta_active_connections";
/// Chains of turns whose state is kept or claimed.
pub const TURN_STATE_ENTRIES: &str = "bauta_turn_state_entries";
/// How much that state is, in bytes; of a shared store, as this process last heard.
pub const TURN_STATE_BYTES: &str = "bauta_turn_state_bytes";
/// Claiming, committing or releasing a chain, by operation.
pub const TURN_STATE_SECONDS: &str = "bauta_turn_state_seconds";
/// Open WebSockets of callers.
pub const OPEN_SOCKETS: &str = "bauta_open_sockets";
/// Turns over WebSocket by outcome; they count among the requests too.
pub const SOCKET_TURNS: &str = "bauta_socket_turns";
/// Turns refused because another one of their chain was running.
pub const SOCKET_COLLISIONS: &str = "bauta_socket_collisions";
/// Audit events that found the queue or the spool full, had to make room there, or were damaged there.
pub const AUDIT_DROPPED: &str = "bauta_audit_events_dropped";
/// Audit events that admin-api has stored.
pub const AUDIT_SENT: &str = "bauta_audit_events_sent";
/// Audit events that admin-api does not take, however often they are sent.
pub const AUDIT_REFUSED: &str = "bauta_audit_events_refused";
/// Attempts to reach admin-api again after a failure.
pub const AUDIT_RECONNECTS: &str = "bauta_audit_reconnects";
/// Times that admin-api did not take the token.
pub const AUDIT_STREAMS_REFUSED: &str = "bauta_audit_streams_refused";
/// Files of the spool that somebody else had deleted, moved, cut or continued while they were used.
pub const AUDIT_SPOOL_MENDED: &str = "bauta_audit_spool_mended";
/// Audit events that wait for admin-api.
pub const AUDIT_SPOOL_EVENTS: &str = "bauta_audit_spool_events";
/// How large the segments are that they wait in, in bytes.
pub const AUDIT_SPOOL_BYTES: &str = "bauta_audit_spool_bytes";
/// Maps of chains that a store shared by replicas did not get: away, too slow, or the map too large.
pub const CONTINUATIONS_DROPPED: &str = "bauta_continuations_dropped";
/// Errors that the gateway itself answered, by stable code.
pub const GATEWAY_ERRORS: &str = "bauta_gateway_errors";
/// Always 1; labels tell the version.
pub const BUILD_INFO: &str = "bauta_build_info";

/// Buckets for work inside the gateway: 10 microseconds to 2.5 seconds.
pub const WORK_BUCKETS: [f64; 14] = [
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0,
    2.5,
];

/// Buckets for waiting on a provider: 5 milliseconds to 2 minutes.
pub const UPSTREAM_BUCKETS: [f64; 12] = [
    0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
];
