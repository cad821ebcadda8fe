use proto::audit_v1::{DetectionCount, Durations, TokenUsage, TouchedPath};

use super::*;

pub(crate) const NOW: Moment = Moment(1_790_000_000_000);

pub(crate) fn sample(event: u128, instance: u128) -> AuditEvent {
    AuditEvent {
        event_id: event.to_be_bytes().to_vec(),
        instance_id: instance.to_be_bytes().to_vec(),
        occurred_at_ms: NOW.0 as u64,
        caller_id: "0123456789abcdef".to_owned(),
        surface: Surface::OpenaiChat.into(),
        upstream: "openai".to_owned(),
        model: "gpt-5.2".to_owned(),
        transport: Transport::Sse.into(),
        outcome: Outcome::Masked.into(),
        status: 200,
        error_code: String::new(),
        durations: Some(Durations {
            masking_us: Some(900),
            upstream_first_byte_us: Some(40_000),
            total_us: 120_000,
        }),
        request_bytes: 1000,
        response_bytes: 2000,
        detections: vec![DetectionCount {
            entity_type: "EMAIL".to_owned(),
            action: Action::Mask.into(),
            detector: "email".to_owned(),
            count: 2,
        }],
        placeholders_issued: 2,
        rehydrations: 1,
        unresolved_placeholders: 0,
        touched: vec![TouchedPath {
            path: "messages[].content".to_owned(),
            entity_type: "EMAIL".to_owned(),
            action: Action::Mask.into(),
        }],
        touched_omitted: 0,
        usage: Some(TokenUsage {
            input_tokens: Some(10),
            output_tokens: Some(20),
            cached_input_tokens: None,
        }),
        policy_revision: "00112233aabbccdd".to_owned(),
    }
}

#[test]
fn nothing_outside_its_grammar_is_kept() {
    let mut message = sample(1, 7);
    let secret = "Alice <alice@example.com>";
    let (found, touched) = (&mut message.detections[0], &mut message.touched[0]);
    for text in [
        &mut message.caller_id,
        &mut message.upstream,
        &mut message.model,
        &mut message.error_code,
        &mut message.policy_revision,
        &mut found.entity_type,
        &mut found.detector,
        &mut touched.path,
        &mut touched.entity_type,
    ] {
        *text = secret.to_owned();
    }
    message.touched = vec![message.touched[0].clone(); 40];
    let event = Event::parse(message, Uuid::from_u128(7), NOW).unwrap();
    assert!(!format!("{event:?}").contains("lice"));
    assert_eq!(
        (event.message.touched.len(), event.message.touched_omitted),
        (32, 8)
    );
    assert_eq!(event.detected(), "|<redacted>:mask|");
}

#[test]
fn ids_decide() {
    let other = Event::parse(sample(1, 7), Uuid::from_u128(8), NOW);
    assert_eq!(other, Err(InvalidEvent::Instance));
    let mut short = sample(1, 7);
    short.event_id.pop();
    assert_eq!(
        Event::parse(short, Uuid::from_u128(7), NOW),
        Err(InvalidEvent::Id)
    );
}

#[test]
fn a_turn_has_no_more_than_a_turn_can_have() {
    let mut message = sample(1, 7);
    message.detections = vec![message.detections[0].clone(); 300];
    for found in &mut message.detections {
        found.count = u64::MAX;
    }
    message.unresolved_placeholders = u64::MAX;
    message.usage.as_mut().unwrap().input_tokens = Some(u64::MAX);
    let message = Event::parse(message, Uuid::from_u128(7), NOW).unwrap().message;
    let values: u64 = message.detections.iter().map(|found| found.count).sum();
    assert_eq!((message.detections.len(), values), (256, 1_000_000));
    assert_eq!(message.unresolved_placeholders, 1_000_000);
    assert_eq!(message.usage.unwrap().input_tokens, Some(1_000_000_000));
}

#[test]
fn a_clock_far_ahead_is_not_believed() {
    let mut message = sample(1, 7);
    message.occurred_at_ms = u64::MAX;
    assert_eq!(
        Event::parse(message, Uuid::from_u128(7), NOW)
            .unwrap()
            .occurred_at,
        NOW
    );
}

#[test]
fn names_are_found_again() {
    assert_eq!(value_of("anthropic.messages", surface_name), Some(3));
    assert_eq!(value_of("nothing", outcome_name), None);
}
