//! Audit events like those of real turns, the same in every run but for their times.

use proto::audit_v1::{
    Action, AuditEvent, DetectionCount, Durations, Outcome, Surface, TokenUsage, TouchedPath, Transport,
};
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

pub(super) const MINUTE: u64 = 60_000;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// Instances that deliver.
pub(super) const INSTANCES: [Uuid; 2] = [
    Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0001),
    Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0002),
];
/// One turn in 100,000 is this caller's; 50 others share the rest.
pub(super) const RARE_CALLER: &str = "ffffffffffffffff";
/// One turn in 20,000 goes to this model; five others share the rest.
pub(super) const RARE_MODEL: &str = "model-of-last-year";
/// What one turn in 100 fails with.
pub(super) const RARE_STATUS: u32 = 429;

const TYPES: [(&str, &str); 6] = [
    ("EMAIL", "email"),
    ("PERSON", "person"),
    ("PHONE", "phone"),
    ("IBAN", "iban"),
    ("API_KEY", "gitleaks"),
    ("ADDRESS", "address"),
];

/// Milliseconds since the Unix epoch.
pub(super) fn wall_clock() -> u64 {
    let time = clock_gettime(ClockId::Realtime);
    time.tv_sec.unsigned_abs() * 1000 + time.tv_nsec.unsigned_abs() / 1_000_000
}

/// SplitMix64 of a number: what makes events differ.
pub(super) const fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The turn of this number, as instances tell of it.
pub(super) fn event(number: u64, at: u64, instance: Uuid) -> AuditEvent {
    let random = mixed(number);
    let part = |nth: u32, below: u64| mixed(random.wrapping_add(u64::from(nth))) % below;
    let (outcome, status, code) = match part(1, 100) {
        0 => (Outcome::UpstreamError, RARE_STATUS, "upstream_status"),
        1 => (Outcome::Blocked, 403, "blocked"),
        2 => (Outcome::GatewayError, 502, "upstream_unreachable"),
        3 => (Outcome::Cancelled, 499, ""),
        4..30 => (Outcome::Forwarded, 200, ""),
        _ => (Outcome::Masked, 200, ""),
    };
    let found = match outcome {
        Outcome::Masked => 1 + part(2, 3),
        Outcome::Blocked => 1,
        _ => 0,
    };
    let action = if outcome == Outcome::Blocked {
        Action::Block
    } else {
        Action::Mask
    };
    let kinds =
        (0..found).map(|nth| TYPES[usize::try_from(random.wrapping_add(nth) % 6).unwrap_or_default()]);
    let caller = if random.is_multiple_of(100_000) {
        RARE_CALLER.to_owned()
    } else {
        format!("{:016x}", mixed(part(3, 50)) >> 1)
    };
    let model = if random.is_multiple_of(20_000) {
        RARE_MODEL.to_owned()
    } else {
        format!("model-{}", part(4, 5))
    };
    AuditEvent {
        event_id: id(number, at).as_bytes().to_vec(),
        instance_id: instance.as_bytes().to_vec(),
        occurred_at_ms: at,
        caller_id: caller,
        surface: [
            Surface::AnthropicMessages,
            Surface::OpenaiChat,
            Surface::OpenaiResponses,
        ][usize::try_from(part(5, 3)).unwrap_or_default()]
        .into(),
        upstream: ["anthropic", "openai"][usize::try_from(part(6, 2)).unwrap_or_default()].to_owned(),
        model,
        transport: Transport::Sse.into(),
        outcome: outcome.into(),
        status,
        error_code: code.to_owned(),
        durations: Some(Durations {
            masking_us: Some(100 + part(7, 80) * part(8, 80)),
            upstream_first_byte_us: Some(300_000 + part(9, 400_000)),
            total_us: 500_000 + part(10, 3000) * part(11, 3000),
        }),
        request_bytes: 2_000 + part(12, 200_000),
        response_bytes: 1_000 + part(13, 20_000),
        detections: kinds
            .clone()
            .map(|(entity_type, detector)| DetectionCount {
                entity_type: entity_type.to_owned(),
                action: action.into(),
                detector: detector.to_owned(),
                count: 1 + part(14, 5),
            })
            .collect(),
        placeholders_issued: found,
        rehydrations: found,
        unresolved_placeholders: 0,
        touched: kinds
            .map(|(entity_type, _)| TouchedPath {
                path: "messages[].content[].text".to_owned(),
                entity_type: entity_type.to_owned(),
                action: action.into(),
            })
            .collect(),
        touched_omitted: 0,
        usage: Some(TokenUsage {
            input_tokens: Some(500 + part(15, 50_000)),
            output_tokens: Some(50 + part(16, 2_000)),
            cached_input_tokens: None,
        }),
        policy_revision: "0123456789abcdef".to_owned(),
    }
}

/// A UUIDv7 of that time and number.
fn id(number: u64, at: u64) -> Uuid {
    let random = mixed(number ^ 0x5555_5555_5555_5555);
    let time = u128::from(at & 0xffff_ffff_ffff) << 80;
    let high = u128::from(random & 0xfff) << 64;
    // Two numbers have two ids: mixing is a bijection, and so is its sum with the number.
    let low = u128::from(number & 0x3fff_ffff_ffff_ffff);
    Uuid::from_u128(time | 7 << 76 | high | 2 << 62 | low)
}

/// Events from `first` on, with their times.
pub(super) fn batches(
    first: u64,
    times: impl Iterator<Item = u64>,
    instance: Uuid,
    of: usize,
) -> impl Iterator<Item = Vec<AuditEvent>> {
    let mut events = (first..)
        .zip(times)
        .map(move |(number, at)| event(number, at, instance));
    std::iter::from_fn(move || {
        let batch: Vec<AuditEvent> = events.by_ref().take(of).collect();
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_event_is_another() {
        let events: Vec<AuditEvent> = batches(0, std::iter::repeat_n(7, 5000), INSTANCES[0], 512)
            .flatten()
            .collect();
        let ids: HashSet<&[u8]> = events.iter().map(|event| event.event_id.as_slice()).collect();
        assert_eq!((events.len(), ids.len()), (5000, 5000));
    }
}
