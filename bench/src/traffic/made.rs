//! What is made up: who asks what and when. The same seed makes the same traffic for the same window.

use proto::audit_v1::{
    Action, AuditEvent, DetectionCount, Durations, Outcome, Surface, TokenUsage, TouchedPath, Transport,
};
use proto::fleet_v1::{Counters, InstanceReport, KeyScope, Posture, Profile, Spool, WhenFull};
use uuid::Uuid;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

pub(super) struct Instance {
    pub(super) id: Uuid,
    version: &'static str,
    policy: &'static str,
    /// Of the traffic.
    share: f64,
    up: i64,
    dangerous: u32,
    /// Reports no more.
    pub(super) is_silent: bool,
}

pub(super) const INSTANCES: [Instance; 3] = [
    Instance {
        id: Uuid::from_u128(0x0193_7a10_41c2_7d30_9c1e_4be0_a177_31f2),
        version: "0.1.0",
        policy: "9f2c41d07be6a815",
        share: 0.46,
        up: 5 * DAY + 3 * HOUR,
        dangerous: 0,
        is_silent: false,
    },
    Instance {
        id: Uuid::from_u128(0x0193_7a10_58f4_7b11_8a02_19d3_e4c6_07ab),
        version: "0.1.0",
        policy: "9f2c41d07be6a815",
        share: 0.39,
        up: 5 * DAY + 2 * HOUR,
        dangerous: 0,
        is_silent: false,
    },
    Instance {
        id: Uuid::from_u128(0x0193_8c02_9d10_72f6_b3f5_6a2e_50d8_c914),
        version: "0.1.0",
        policy: "3b77e0196ad2f4c8",
        share: 0.15,
        up: 19 * HOUR + 40 * MINUTE,
        dangerous: 1,
        is_silent: false,
    },
];

/// A kind of program that asks.
struct Kind {
    surface: Surface,
    upstream: &'static str,
    models: &'static [&'static str],
    transport: Transport,
    /// Of turns, in which something is found.
    found: f64,
    types: &'static [(&'static str, &'static str, Action, f64)],
    path: &'static str,
    /// Medians: masking and first byte in microseconds, tokens in and out.
    masking: f64,
    first_byte: f64,
    tokens: (f64, f64),
}

use Action::{Allow, Block, Mask, RouteLocal};

const KINDS: [Kind; 5] = [
    // An agent that writes code: long histories, secrets and paths.
    Kind {
        surface: Surface::AnthropicMessages,
        upstream: "anthropic",
        models: &["claude-sonnet-4-5", "claude-opus-4-1", "claude-haiku-4-5"],
        transport: Transport::Sse,
        found: 0.62,
        types: &[
            ("USERNAME_PATH", "paths", Mask, 5.0),
            ("EMAIL", "email", Mask, 3.0),
            ("API_KEY", "api_keys", Mask, 0.5),
            ("IP_ADDRESS", "ip_address", Allow, 1.2),
            ("PERSON", "person", Mask, 1.6),
            ("CONNECTION_STRING", "connection_string", Block, 0.03),
            ("PRIVATE_KEY", "private_key", Block, 0.012),
        ],
        path: "messages[].content[].text",
        masking: 3400.0,
        first_byte: 820_000.0,
        tokens: (18_000.0, 640.0),
    },
    // Support: people and where they live.
    Kind {
        surface: Surface::OpenaiChat,
        upstream: "openai",
        models: &["gpt-5-mini", "gpt-5"],
        transport: Transport::Json,
        found: 0.81,
        types: &[
            ("PERSON", "person", Mask, 5.0),
            ("EMAIL", "email", Mask, 4.0),
            ("PHONE", "phone", Mask, 3.0),
            ("ADDRESS", "address", Mask, 2.0),
            ("DATE_OF_BIRTH", "date_of_birth", Mask, 0.6),
            ("IBAN", "iban", Mask, 0.7),
            ("CREDIT_CARD", "credit_card", Block, 0.02),
        ],
        path: "messages[].content",
        masking: 1300.0,
        first_byte: 540_000.0,
        tokens: (1400.0, 310.0),
    },
    // A research tool over sockets and streams.
    Kind {
        surface: Surface::OpenaiResponses,
        upstream: "openai",
        models: &["gpt-5", "gpt-5-codex"],
        transport: Transport::Websocket,
        found: 0.34,
        types: &[
            ("ORGANIZATION", "organization", Mask, 3.0),
            ("PERSON", "person", Mask, 2.0),
            ("EMAIL", "email", Mask, 1.0),
            ("JWT", "jwt", Block, 0.01),
        ],
        path: "input[].content[].text",
        masking: 2100.0,
        first_byte: 700_000.0,
        tokens: (6200.0, 900.0),
    },
    // Search over documents.
    Kind {
        surface: Surface::OpenaiEmbeddings,
        upstream: "openai",
        models: &["text-embedding-3-large"],
        transport: Transport::Json,
        found: 0.44,
        types: &[
            ("PERSON", "person", Mask, 3.0),
            ("ORGANIZATION", "organization", Mask, 2.0),
            ("TAX_ID", "tax_id", Mask, 0.4),
            ("BANK_ACCOUNT", "bank_account", Mask, 0.4),
        ],
        path: "input[]",
        masking: 900.0,
        first_byte: 120_000.0,
        tokens: (2600.0, 0.0),
    },
    // Health, which stays in the house.
    Kind {
        surface: Surface::OpenaiChat,
        upstream: "local",
        models: &["llama-3.3-70b"],
        transport: Transport::Sse,
        found: 0.7,
        types: &[
            ("HEALTH_ID", "health_id", RouteLocal, 2.0),
            ("PERSON", "person", Mask, 3.0),
            ("DATE_OF_BIRTH", "date_of_birth", Mask, 1.0),
            ("NATIONAL_ID", "national_id", RouteLocal, 0.5),
        ],
        path: "messages[].content",
        masking: 1600.0,
        first_byte: 410_000.0,
        tokens: (2100.0, 420.0),
    },
];

/// Kind of each caller; the first ask most.
const CALLERS: [usize; 20] = [0, 1, 0, 2, 1, 0, 3, 4, 1, 0, 2, 0, 3, 1, 0, 4, 2, 0, 1, 0];
/// The caller of the incident: an agent that somebody gave an environment file.
const LEAKING: usize = 5;

/// Steele, Lea and Flood's SplitMix64.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to 1.
    fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// Around a median, with a long tail.
    fn around(&mut self, median: f64, spread: f64) -> f64 {
        let normal: f64 = (0..12).map(|_| self.share()).sum::<f64>() - 6.0;
        median * (normal * spread).exp()
    }

    fn below(&mut self, count: usize) -> usize {
        ((self.share() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Below `count`, the first ones most often.
    fn one_of_few(&mut self, count: usize) -> usize {
        let most = 1 + self.below(count);
        self.below(most)
    }

    /// How many of something that happens `mean` times.
    fn count(&mut self, mean: f64) -> u64 {
        let (whole, rest) = (mean.floor(), mean.fract());
        whole as u64 + u64::from(self.happens(rest))
    }
}

pub(super) struct Made {
    random: Random,
    requests: f64,
    start: i64,
    end: i64,
    counters: [Counters; 3],
}

impl Made {
    pub(super) fn new(seed: u64, requests: u64, start: i64, end: i64) -> Self {
        Self {
            random: Random(seed),
            requests: requests as f64,
            start,
            end,
            counters: [Counters::default(); 3],
        }
    }

    /// Everything that an instance saw in the window.
    pub(super) fn events_of(&mut self, instance: usize) -> Vec<AuditEvent> {
        let mut events = Vec::new();
        let mut minute = self.start - self.start.rem_euclid(MINUTE);
        while minute < self.end {
            for _ in 0..self.random.count(self.rate(minute) * INSTANCES[instance].share) {
                let at = minute + (self.random.share() * MINUTE as f64) as i64;
                if (self.start..self.end).contains(&at) {
                    events.push(self.event(instance, at, None));
                }
            }
            events.extend(self.incident(instance, minute));
            minute += MINUTE;
        }
        events
    }

    /// What an instance sees in a second.
    pub(super) fn events_now(&mut self, instance: usize, at: i64) -> Vec<AuditEvent> {
        // By night a little livelier than the past, so that somebody who looks sees it move.
        let mean = (self.rate(at) / 60.0).max(0.15) * INSTANCES[instance].share;
        (0..self.random.count(mean))
            .map(|_| self.event(instance, at, None))
            .collect()
    }

    /// Requests a minute: working hours with a dip at noon, quiet nights and weekends.
    fn rate(&self, at: i64) -> f64 {
        const HOURS: [f64; 24] = [
            0.10, 0.07, 0.05, 0.05, 0.07, 0.12, 0.25, 0.6, 1.3, 1.9, 2.1, 2.0, 1.4, 1.7, 2.1, 2.0, 1.8, 1.4,
            0.9, 0.6, 0.45, 0.35, 0.25, 0.15,
        ];
        let hour = at.rem_euclid(DAY) / HOUR;
        let next = (hour + 1) % 24;
        let part = at.rem_euclid(HOUR) as f64 / HOUR as f64;
        let level = |hour: i64| {
            usize::try_from(hour)
                .ok()
                .and_then(|nth| HOURS.get(nth))
                .copied()
                .unwrap_or(0.0)
        };
        let weight = level(hour) * (1.0 - part) + level(next) * part;
        let weekday = at.div_euclid(DAY).rem_euclid(7);
        // The first of January 1970 was a Thursday.
        let week = if matches!(weekday, 2 | 3) { 0.22 } else { 1.0 };
        let sum: f64 = HOURS.iter().sum();
        self.requests * weight / sum / 60.0 * week
    }

    /// Nine hours before the end an agent sends a file full of keys, again and again, for an hour.
    fn incident(&mut self, instance: usize, minute: i64) -> Vec<AuditEvent> {
        let ago = self.end - minute;
        if !(8 * HOUR..9 * HOUR).contains(&ago) {
            return Vec::new();
        }
        let mean = 3.2 * INSTANCES[instance].share;
        (0..self.random.count(mean))
            .map(|_| {
                let at = minute + (self.random.share() * MINUTE as f64) as i64;
                self.event(instance, at, Some(LEAKING))
            })
            .collect()
    }

    fn event(&mut self, instance: usize, at: i64, leaking: Option<usize>) -> AuditEvent {
        let random = &mut self.random;
        let caller = leaking.unwrap_or_else(|| random.one_of_few(CALLERS.len()));
        let kind = &KINDS[CALLERS.get(caller).copied().unwrap_or(0)];
        let model = kind.models[random.one_of_few(kind.models.len())];
        let ago = self.end - at;
        // A model that came yesterday.
        let model = if kind.upstream == "anthropic" && (0..20 * HOUR).contains(&ago) && random.happens(0.12) {
            "claude-sonnet-5"
        } else {
            model
        };
        let mut detections: Vec<DetectionCount> = Vec::new();
        if leaking.is_some() {
            detections.push(found("API_KEY", Block, "api_keys", 1 + random.count(3.5)));
            if random.happens(0.5) {
                detections.push(found("PASSWORD", Block, "password", 1));
            }
        } else if random.happens(kind.found) {
            for (entity_type, detector, action, weight) in kind.types {
                let whole: f64 = kind.types.iter().map(|found| found.3).sum();
                if random.happens((weight / whole * 2.2).min(0.9)) {
                    let most = if *action == Mask { 2.0 } else { 0.4 };
                    let count = 1 + random.count(random_mean(most, *weight));
                    detections.push(found(entity_type, *action, detector, count));
                }
            }
        }
        let has = |wanted: Action| detections.iter().any(|found| found.action() == wanted);
        let upstream_is_down = kind.upstream == "openai" && (4 * HOUR + 35 * MINUTE..5 * HOUR).contains(&ago);
        let chance = random.share();
        let (outcome, status, code) = if has(Block) {
            (Outcome::Blocked, 403, "blocked_by_policy")
        } else if upstream_is_down && chance < 0.55 {
            (Outcome::UpstreamError, 503, "")
        } else if chance < 0.004 {
            (Outcome::UpstreamError, 429, "")
        } else if chance < 0.0055 {
            (Outcome::GatewayError, 504, "upstream_timeout")
        } else if chance < 0.018 {
            (Outcome::Cancelled, 200, "")
        } else if has(RouteLocal) {
            (Outcome::RoutedLocal, 200, "")
        } else if has(Mask) {
            (Outcome::Masked, 200, "")
        } else {
            (Outcome::Forwarded, 200, "")
        };
        let masked: u64 = detections
            .iter()
            .filter(|found| matches!(found.action(), Mask | RouteLocal))
            .map(|found| found.count)
            .sum();
        let masking = random.around(kind.masking, 0.5) as u64;
        let reaches = outcome != Outcome::Blocked;
        let first_byte =
            random.around(kind.first_byte * if upstream_is_down { 3.0 } else { 1.0 }, 0.4) as u64;
        let tokens = (
            random.around(kind.tokens.0, 0.7) as u64,
            random.around(kind.tokens.1, 0.6) as u64,
        );
        let answers = reaches && status == 200;
        let stream = if answers { tokens.1 * 9000 } else { 0 };
        let total = masking + if reaches { first_byte + stream } else { 120 };
        let touched = detections
            .iter()
            .map(|found| TouchedPath {
                path: if found.entity_type == "USERNAME_PATH" && kind.surface == Surface::AnthropicMessages {
                    "messages[].content[].input.*".to_owned()
                } else {
                    kind.path.to_owned()
                },
                entity_type: found.entity_type.clone(),
                action: found.action,
            })
            .collect();
        let transport = if kind.transport == Transport::Json && random.happens(0.3) {
            Transport::Sse
        } else {
            kind.transport
        };
        let id = Uuid::from_u128(
            u128::from(at.unsigned_abs()) << 80
                | 0x7 << 76
                | u128::from(random.bits() & 0xfff) << 64
                | 0b10 << 62
                | u128::from(random.bits() >> 2),
        );
        let unresolved = u64::from(answers && masked > 0 && random.happens(0.006));
        let counters = &mut self.counters[instance];
        if at > self.end - INSTANCES[instance].up {
            counters.requests += 1;
            counters.masked += u64::from(outcome == Outcome::Masked);
            counters.blocked += u64::from(outcome == Outcome::Blocked);
            counters.errors += u64::from(matches!(outcome, Outcome::UpstreamError | Outcome::GatewayError));
        }
        AuditEvent {
            event_id: id.as_bytes().to_vec(),
            instance_id: INSTANCES[instance].id.as_bytes().to_vec(),
            occurred_at_ms: at.unsigned_abs(),
            caller_id: caller_id(caller),
            surface: kind.surface.into(),
            upstream: kind.upstream.to_owned(),
            model: model.to_owned(),
            transport: transport.into(),
            outcome: outcome.into(),
            status,
            error_code: code.to_owned(),
            durations: Some(Durations {
                masking_us: Some(masking),
                upstream_first_byte_us: reaches.then_some(first_byte),
                total_us: total,
            }),
            request_bytes: tokens.0 * 4 + 380,
            response_bytes: if answers { tokens.1 * 5 + 240 } else { 210 },
            detections,
            placeholders_issued: if reaches { masked } else { 0 },
            rehydrations: if answers { masked * 7 / 10 } else { 0 },
            unresolved_placeholders: unresolved,
            touched,
            touched_omitted: 0,
            usage: Some(TokenUsage {
                input_tokens: answers.then_some(tokens.0),
                output_tokens: answers.then_some(tokens.1),
                cached_input_tokens: (answers && kind.surface == Surface::AnthropicMessages)
                    .then_some(tokens.0 * 8 / 10),
            }),
            policy_revision: INSTANCES[instance].policy.to_owned(),
        }
    }

    /// What an instance says of itself.
    pub(super) fn report(&mut self, instance: usize, at: i64) -> InstanceReport {
        let this = &INSTANCES[instance];
        let level = self.rate(at) * this.share;
        InstanceReport {
            instance_id: this.id.as_bytes().to_vec(),
            version: this.version.to_owned(),
            started_at_ms: (self.end - this.up).unsigned_abs(),
            reported_at_ms: at.unsigned_abs(),
            posture: Some(Posture {
                policy_revision: this.policy.to_owned(),
                profile: Profile::Agent.into(),
                key_scope: KeyScope::Caller.into(),
                requires_gateway_key: true,
                has_master_key: true,
                dangerous_switches: this.dangerous,
                provider_credentials: 1,
                upstreams: 3,
                custom_rules: if this.dangerous > 0 { 1 } else { 0 },
                shares_turn_state: true,
                has_egress_proxy: false,
                when_full: WhenFull::DropOldest.into(),
                has_spool_directory: true,
            }),
            counters: Some(Counters {
                active_streams: 1 + self.random.count(level * 1.5),
                active_sockets: 2 + self.random.count(level),
                ..self.counters[instance]
            }),
            spool: Some(Spool {
                events: if instance == 2 { 41 } else { 0 },
                bytes: if instance == 2 { 18_200 } else { 0 },
                limit_bytes: 256 << 20,
                oldest_age_ms: if instance == 2 { 2_300 } else { 0 },
            }),
        }
    }
}

/// Often found types come in larger numbers.
fn random_mean(most: f64, weight: f64) -> f64 {
    most * (weight / 5.0).min(1.0)
}

fn found(entity_type: &str, action: Action, detector: &str, count: u64) -> DetectionCount {
    DetectionCount {
        entity_type: entity_type.to_owned(),
        action: action.into(),
        detector: detector.to_owned(),
        count,
    }
}

fn caller_id(nth: usize) -> String {
    let mut random = Random(0xca11 + nth as u64 * 7919);
    format!("{:016x}", random.bits())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A Tuesday, half past twelve.
    const END: i64 = 1_796_128_200_000;

    fn week() -> Vec<AuditEvent> {
        let mut made = Made::new(7, 2000, END - 7 * DAY, END);
        (0..INSTANCES.len()).flat_map(|nth| made.events_of(nth)).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_traffic() {
        let (one, other) = (week(), week());
        assert_eq!(one.len(), other.len());
        assert_eq!(one.first(), other.first());
        let ids: HashSet<_> = one.iter().map(|event| event.event_id.clone()).collect();
        assert_eq!(ids.len(), one.len());
    }

    #[test]
    fn a_week_has_a_rhythm_and_an_incident() {
        let week = week();
        let within = |from: i64, to: i64| {
            let at = |event: &&AuditEvent| (from..to).contains(&(event.occurred_at_ms as i64));
            week.iter().filter(at).count()
        };
        let noon = END - END.rem_euclid(DAY);
        let (night, day) = (
            within(noon - DAY + HOUR, noon - DAY + 4 * HOUR),
            within(noon - DAY + 9 * HOUR, noon - DAY + 12 * HOUR),
        );
        assert!(day > night * 10, "{day} by day, {night} by night");
        let blocked = |from: i64, to: i64| {
            week.iter()
                .filter(|event| event.outcome() == Outcome::Blocked)
                .filter(|event| (from..to).contains(&(event.occurred_at_ms as i64)))
                .count()
        };
        assert!(blocked(END - DAY, END) > 3 * blocked(END - 2 * DAY, END - DAY).max(1));
        let callers: HashSet<_> = week.iter().map(|event| event.caller_id.clone()).collect();
        assert_eq!(callers.len(), CALLERS.len());
    }
}
