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

use crate::support::{Gateway, Upstream, assistant, chat, json_answer, post, whole};

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

const CALLERS: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Runs a turn with canaries; gives everything that the collector got.
async fn traced(ratio: &str) -> Vec<ExportTraceServiceRequest> {
    let (told, requests) = traced_with(&[("TELEMETRY__SAMPLE_RATIO", ratio)]).await;
    // Nothing of it goes to the provider.
    assert_eq!(told, None);
    requests
}

/// The same, with these settings and a caller's trace; also what the provider was told of it.
async fn traced_with(settings: &[(&str, &str)]) -> (Option<String>, Vec<ExportTraceServiceRequest>) {
    let (upstream, (address, mut received)) = (Upstream::start().await, collector().await);
    upstream.answer(assistant("the answer says canary-five"));
    let settings = [&[("TELEMETRY__OTLP_ENDPOINT", address.as_str())], settings].concat();
    let gateway = Gateway::with(&upstream, &settings).await;
    let headers = [
        ("traceparent", CALLERS),
        ("tracestate", "canary=six"),
        ("baggage", "user=canary-seven"),
    ];
    let mut request = post("/v1/chat/completions");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let body = chat("write to canary.one@corp-mail.com").to_string();
    let answer = gateway.send(request.body(whole(body)).unwrap()).await;
    assert_eq!(answer.status, 200);
    let left = upstream.only().headers;
    assert!(!left.contains_key("tracestate") && !left.contains_key("baggage"));
    let told = left
        .get("traceparent")
        .map(|told| told.to_str().unwrap().to_owned());
    // A stop sends what is left.
    gateway.stopped().await;
    received.close();
    let mut all = Vec::new();
    while let Ok(Some(request)) = tokio::time::timeout(Duration::from_secs(30), received.recv()).await {
        all.push(request);
    }
    (told, all)
}

fn spans(requests: &[ExportTraceServiceRequest]) -> Vec<Span> {
    let resources = requests.iter().flat_map(|request| &request.resource_spans);
    resources
        .flat_map(|resource| &resource.scope_spans)
        .flat_map(|scope| scope.spans.clone())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_a_span_with_its_steps() {
    let requests = traced("1.0").await;
    let spans = spans(&requests);
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
async fn what_no_upstream_has_answered_for_is_in_no_span() {
    let (upstream, (address, mut received)) = (Upstream::start().await, collector().await);
    upstream.answer(json_answer(404, &serde_json::json!({"error": {"message": "?"}})));
    let gateway = Gateway::with(&upstream, &[("TELEMETRY__OTLP_ENDPOINT", &address)]).await;
    let mut body = chat("hello");
    body["model"] = "patient:Alice.Mueller".into();
    assert_eq!(gateway.chat(&body).await.status, 404);
    gateway.stopped().await;
    received.close();
    let told = format!("{:?}", received.recv().await.unwrap());
    assert!(
        told.contains("chat <redacted>") && !told.contains("Mueller"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sampled_is_not_sent() {
    assert!(traced("0.0").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn context_is_taken_and_given_where_it_is_told_to() {
    let (from, to) = (
        ("TRACE_CONTEXT__FROM_CALLERS", "true"),
        ("TRACE_CONTEXT__TO_UPSTREAMS", "true"),
    );
    let (caller, waiting) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    for (settings, is_callers) in [(vec![from], true), (vec![to], false), (vec![from, to], true)] {
        let (told, requests) = traced_with(&settings).await;
        let spans = spans(&requests);
        let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
        let (turn, inference) = (named("turn"), named("chat gpt-5"));
        assert_eq!(hex(&turn.trace_id) == caller, is_callers, "{settings:?}");
        assert_eq!(hex(&turn.parent_span_id), if is_callers { waiting } else { "" });
        let place = format!("00-{}-{}-01", hex(&turn.trace_id), hex(&inference.span_id));
        assert_eq!(told, settings.contains(&to).then_some(place));
        assert!(!format!("{requests:?}").contains("canary"));
    }
}
