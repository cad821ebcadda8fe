//! Ranges of numbers; each has a reason to be no larger or smaller.

use configuration::Layers;

use crate::config::{ConfigError, Limits, Timeouts, TurnState, WebSocket};

/// What one value may take of memory; an address into a body has 32 bits.
const GIGABYTE: usize = 1 << 30;
const DAY: u64 = 86_400;

pub(super) fn check(
    limits: &Limits,
    timeouts: &Timeouts,
    turn_state: &TurnState,
    layers: &Layers,
) -> Result<(), ConfigError> {
    let sizes = [
        ("body_bytes", limits.body_bytes, 1024, GIGABYTE),
        // A deeper document would need more stack than a thread has.
        ("depth", limits.depth, 8, 512),
        ("leaf_bytes", limits.leaf_bytes, 1024, GIGABYTE),
        ("event_bytes", limits.event_bytes, 4096, GIGABYTE),
        ("answer_bytes", limits.answer_bytes, 4096, GIGABYTE),
        // The HTTP library's smallest buffer.
        ("header_bytes", limits.header_bytes, 8192, 1 << 20),
        ("query_bytes", limits.query_bytes, 0, 1 << 16),
        ("turns", limits.turns, 1, 1 << 20),
        // Half of it is for large bodies: one must fit.
        (
            "bodies_bytes",
            limits.bodies_bytes,
            limits.body_bytes.saturating_mul(2),
            1 << 40,
        ),
        ("body_bytes_per_second", limits.body_bytes_per_second, 1, 1 << 20),
        ("connections", limits.connections, 1, 1 << 20),
        (
            "connections_per_address",
            limits.connections_per_address,
            0,
            1 << 20,
        ),
    ];
    for (key, value, low, high) in sizes {
        layers.in_range(&format!("limits.{key}"), value, low, high)?;
    }
    let times = [
        ("connect_seconds", timeouts.connect_seconds, 1),
        // Clients wait 300 seconds for a sign of life, and 600 for a turn.
        ("upstream_idle_seconds", timeouts.upstream_idle_seconds, 300),
        (
            "turn_seconds",
            timeouts.turn_seconds,
            if timeouts.turn_seconds == 0 { 0 } else { 600 },
        ),
        ("caller_idle_seconds", timeouts.caller_idle_seconds, 1),
        ("body_seconds", timeouts.body_seconds, 1),
        ("caller_stall_seconds", timeouts.caller_stall_seconds, 1),
        ("shutdown_seconds", timeouts.shutdown_seconds, 0),
    ];
    for (key, value, low) in times {
        layers.in_range(&format!("timeouts.{key}"), value, low, DAY)?;
    }
    check_turn_state(turn_state, layers)
}

fn check_turn_state(turn_state: &TurnState, layers: &Layers) -> Result<(), ConfigError> {
    let sizes = [
        ("count", turn_state.count, 1, 1 << 24),
        ("bytes", turn_state.bytes, 1 << 16, 1 << 40),
        // One value of the shared store goes over the wire at once.
        ("entry_bytes", turn_state.entry_bytes, 4096, GIGABYTE / 4),
    ];
    for (key, value, low, high) in sizes {
        layers.in_range(&format!("turn_state.{key}"), value, low, high)?;
    }
    let idle = turn_state.idle_seconds;
    layers.in_range("turn_state.idle_seconds", idle, 1, 30 * DAY)
}

pub(super) fn check_sockets(websocket: &WebSocket, layers: &Layers) -> Result<(), ConfigError> {
    let numbers = [
        // Room for one frame at least.
        (
            "unfinished_bytes",
            websocket.unfinished_bytes as u64,
            1 << 20,
            1 << 40,
        ),
        ("sockets", websocket.sockets as u64, 1, 1 << 20),
        (
            "sockets_per_caller",
            websocket.sockets_per_caller as u64,
            1,
            1 << 20,
        ),
        (
            "frames_per_second",
            u64::from(websocket.frames_per_second),
            1,
            100_000,
        ),
        ("ping_seconds", websocket.ping_seconds, 1, DAY),
        // A pong takes its time where a network is slow.
        (
            "pong_seconds",
            websocket.pong_seconds,
            websocket.ping_seconds + 1,
            2 * DAY,
        ),
        ("idle_seconds", websocket.idle_seconds, 1, DAY),
        ("stall_seconds", websocket.stall_seconds, 1, DAY),
    ];
    for (key, value, low, high) in numbers {
        layers.in_range(&format!("websocket.{key}"), value, low, high)?;
    }
    Ok(())
}
