//! Spans of turns reach a collector: with their steps, and without content.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Held;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::support::{Gateway, Upstream, assistant, chat};

struct Collector(UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let _ = self.0.send(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

async fn collector() -> (String, UnboundedReceiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, received) = unbounded_channel();
    let service = TraceServiceServer::new(Collector(sender));
    tokio::spawn(
        Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpIncoming::from(listener)),
    );
    (address, received)
}

fn told(span: &Span, name: &str) -> Option<String> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == name)?;
    Some(match attribute.value.as_ref()?.value.as_ref()? {
        Held::StringValue(text) => text.clone(),
        Held::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

/// Runs a turn with canaries; gives everything that the collector got.
async fn traced(ratio: &str) -> Vec<ExportTraceServiceRequest> {
    let (upstream, (address, mut received)) = (Upstream::start().await, collector().await);
    upstream.answer(assistant("the answer says canary-five"));
    let settings = [
        ("TELEMETRY__OTLP_ENDPOINT", address.as_str()),
        ("TELEMETRY__SAMPLE_RATIO", ratio),
    ];
    let gateway = Gateway::with(&upstream, &settings).await;
    let answer = gateway.chat(&chat("write to canary.one@corp-mail.com")).await;
    assert_eq!(answer.status, 200);
    // Nothing of it goes to the provider.
    let left = upstream.only().headers;
    assert!(!left.contains_key("traceparent") && !left.contains_key("tracestate"));
    // A stop sends what is left.
    gateway.stopped().await;
    received.close();
    let mut all = Vec::new();
    while let Ok(Some(request)) = tokio::time::timeout(Duration::from_secs(30), received.recv()).await {
        all.push(request);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_a_span_with_its_steps() {
    let requests = traced("1.0").await;
    let spans: Vec<Span> = requests
        .iter()
        .flat_map(|request| &request.resource_spans)
        .flat_map(|resource| &resource.scope_spans)
        .flat_map(|scope| scope.spans.clone())
        .collect();
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let turn = named("turn");
    assert_eq!(told(turn, "bauta.outcome").unwrap(), "masked");
    assert_eq!(told(turn, "http.response.status_code").unwrap(), "200");
    for step in ["receive", "mask", "chat gpt-5"] {
        let step = named(step);
        assert_eq!(
            (&step.parent_span_id, &step.trace_id),
            (&turn.span_id, &turn.trace_id)
        );
        assert!(turn.start_time_unix_nano <= step.start_time_unix_nano);
        assert!(step.end_time_unix_nano <= turn.end_time_unix_nano);
    }
    let inference = named("chat gpt-5");
    for (name, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "gpt-5"),
        ("gen_ai.usage.input_tokens", "3"),
        ("gen_ai.usage.output_tokens", "2"),
    ] {
        assert_eq!(told(inference, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(spans.len(), 4);
    assert!(!format!("{requests:?}").contains("canary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sampled_is_not_sent() {
    assert!(traced("0.0").await.is_empty());
}
