//! The event in the form that travels to the control plane.

use llm_wire::Surface;
use masking::Action;
use proto::audit_v1 as v1;

use super::event::{DetectionCount, Event, Outcome, TouchedPath, Transport, micros};

impl From<&Event> for v1::AuditEvent {
    fn from(event: &Event) -> Self {
        Self {
            event_id: event.event_id.as_bytes().to_vec(),
            instance_id: event.instance_id.as_bytes().to_vec(),
            occurred_at_ms: event.occurred_at_ms,
            caller_id: event.caller_id.as_str().to_owned(),
            surface: surface(event.surface).into(),
            upstream: event.upstream.to_string(),
            model: event.model.as_str().to_owned(),
            transport: transport(event.transport).into(),
            outcome: outcome(event.outcome).into(),
            status: event.status.into(),
            error_code: event.error_code.unwrap_or_default().to_owned(),
            durations: Some(v1::Durations {
                masking_us: event.durations.masking.map(micros),
                upstream_first_byte_us: event.durations.upstream_first_byte.map(micros),
                total_us: micros(event.durations.total),
            }),
            request_bytes: event.request_bytes,
            response_bytes: event.response_bytes,
            detections: event.detections.iter().map(v1::DetectionCount::from).collect(),
            placeholders_issued: event.placeholders_issued,
            rehydrations: event.rehydrations,
            unresolved_placeholders: event.unresolved_placeholders,
            touched: event.touched.iter().map(v1::TouchedPath::from).collect(),
            touched_omitted: event.touched_omitted,
            usage: Some(v1::TokenUsage {
                input_tokens: event.usage.input_tokens,
                output_tokens: event.usage.output_tokens,
                cached_input_tokens: event.usage.cached_input_tokens,
            }),
            policy_revision: event.policy_revision.to_string(),
        }
    }
}

impl From<&DetectionCount> for v1::DetectionCount {
    fn from(counted: &DetectionCount) -> Self {
        Self {
            entity_type: counted.entity_type.to_string(),
            action: action(counted.action).into(),
            detector: counted.detector.to_string(),
            count: counted.count,
        }
    }
}

impl From<&TouchedPath> for v1::TouchedPath {
    fn from(touched: &TouchedPath) -> Self {
        Self {
            path: touched.path.clone(),
            entity_type: touched.entity_type.to_string(),
            action: action(touched.action).into(),
        }
    }
}

const fn surface(surface: Option<Surface>) -> v1::Surface {
    match surface {
        Some(Surface::OpenAiChat) => v1::Surface::OpenaiChat,
        Some(Surface::OpenAiResponses) => v1::Surface::OpenaiResponses,
        Some(Surface::AnthropicMessages) => v1::Surface::AnthropicMessages,
        Some(Surface::OpenAiEmbeddings) => v1::Surface::OpenaiEmbeddings,
        Some(Surface::OpenAiCompletions) => v1::Surface::OpenaiCompletions,
        None => v1::Surface::PassThrough,
    }
}

const fn transport(transport: Transport) -> v1::Transport {
    match transport {
        Transport::Json => v1::Transport::Json,
        Transport::Sse => v1::Transport::Sse,
        Transport::Websocket => v1::Transport::Websocket,
    }
}

const fn outcome(outcome: Outcome) -> v1::Outcome {
    match outcome {
        Outcome::Forwarded => v1::Outcome::Forwarded,
        Outcome::Masked => v1::Outcome::Masked,
        Outcome::Blocked => v1::Outcome::Blocked,
        Outcome::RoutedLocal => v1::Outcome::RoutedLocal,
        Outcome::UpstreamError => v1::Outcome::UpstreamError,
        Outcome::GatewayError => v1::Outcome::GatewayError,
        Outcome::Cancelled => v1::Outcome::Cancelled,
    }
}

const fn action(action: Action) -> v1::Action {
    match action {
        Action::Allow => v1::Action::Allow,
        Action::Mask => v1::Action::Mask,
        Action::Block => v1::Action::Block,
        Action::RouteLocal => v1::Action::RouteLocal,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use masking::EntityType;
    use prost::Message as _;
    use uuid::Uuid;

    use super::*;
    use crate::audit::{Durations, Model, TokenUsage, Touches};
    use crate::caller::CallerId;

    /// A turn whose every text is hostile; what can be bounded is built the way turns build it.
    fn event(canary: &str) -> Event {
        let mut touches = Touches::default();
        touches.add(TouchedPath {
            path: "messages[].content".to_owned(),
            entity_type: EntityType::Email,
            action: Action::Mask,
        });
        Event {
            event_id: Uuid::from_u128(1),
            instance_id: Uuid::from_u128(2),
            occurred_at_ms: 3,
            caller_id: CallerId::unknown(&masking::MasterKey::new([1; 32])),
            surface: Some(Surface::OpenAiChat),
            upstream: "openai".into(),
            model: Model::bounded(canary),
            transport: Transport::Sse,
            outcome: Outcome::Masked,
            status: 200,
            error_code: None,
            durations: Durations {
                masking: Some(Duration::from_micros(4)),
                upstream_first_byte: None,
                total: Duration::from_micros(5),
            },
            request_bytes: 6,
            response_bytes: 7,
            detections: vec![DetectionCount {
                entity_type: EntityType::Email,
                action: Action::Mask,
                detector: "email".into(),
                count: 8,
            }],
            placeholders_issued: 9,
            rehydrations: 10,
            unresolved_placeholders: 11,
            touched: touches.paths,
            touched_omitted: touches.omitted,
            usage: TokenUsage {
                input_tokens: Some(12),
                output_tokens: None,
                cached_input_tokens: None,
            },
            policy_revision: "0123456789abcdef".into(),
        }
    }

    #[test]
    fn every_field_arrives() {
        let sent = v1::AuditEvent::from(&event("gpt-5"));
        let got = v1::AuditEvent::decode(sent.encode_to_vec().as_slice()).unwrap();
        assert_eq!(got, sent);
        assert_eq!(
            (got.surface(), got.transport(), got.outcome()),
            (v1::Surface::OpenaiChat, v1::Transport::Sse, v1::Outcome::Masked,)
        );
        assert_eq!(
            (got.occurred_at_ms, got.request_bytes, got.response_bytes),
            (3, 6, 7)
        );
        assert_eq!(
            (
                got.placeholders_issued,
                got.rehydrations,
                got.unresolved_placeholders
            ),
            (9, 10, 11)
        );
        let durations = got.durations.unwrap();
        assert_eq!(
            (
                durations.masking_us,
                durations.upstream_first_byte_us,
                durations.total_us
            ),
            (Some(4), None, 5)
        );
        assert_eq!(got.model, "gpt-5");
        assert_eq!(got.detections[0].detector, "email");
        assert_eq!(got.touched[0].path, "messages[].content");
        assert_eq!(got.usage.unwrap().input_tokens, Some(12));
    }

    #[test]
    fn no_encoding_holds_a_canary() {
        let event = event("write to alice@corp.example");
        let bytes = v1::AuditEvent::from(&event).encode_to_vec();
        let encodings = [
            String::from_utf8_lossy(&bytes).into_owned(),
            serde_json::to_string(&event).unwrap(),
            format!("{event:?}"),
        ];
        for encoding in encodings {
            assert!(!encoding.contains("alice"), "{encoding}");
        }
    }
}
