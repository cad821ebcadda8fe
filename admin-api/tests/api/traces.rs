//! Spans of requests and stored batches reach a collector, and hold nothing of what was asked.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::plane::{Plane, event, settings, system_now, token};

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

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_batches_are_spans() {
    let (address, mut received) = collector().await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("admin.db").display());
    let mut settings = settings(&url, system_now);
    settings.telemetry.otlp_endpoint = Some(address.try_into().unwrap());
    let plane = Plane::of(settings).await;
    plane
        .deliver(&token(), vec![vec![event(1), event(2)]])
        .await
        .unwrap();
    let cookie = plane.sign_in("ada").await;
    assert_eq!(plane.get("/events?model=canary-one", &cookie).await.status, 200);
    assert_eq!(plane.get("/canary-two", &cookie).await.status, 404);
    // A stop sends what is left.
    plane.running.shutdown().await;
    received.close();
    let mut requests = Vec::new();
    while let Ok(Some(request)) = tokio::time::timeout(Duration::from_secs(30), received.recv()).await {
        requests.push(request);
    }
    let mut names: Vec<&str> = requests
        .iter()
        .flat_map(|request| &request.resource_spans)
        .flat_map(|resource| &resource.scope_spans)
        .flat_map(|scope| scope.spans.iter().map(|span| span.name.as_str()))
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "GET",
            "GET /api/v1/events",
            "POST /api/v1/session",
            "store events"
        ]
    );
    let said = format!("{requests:?}");
    assert!(!said.contains("canary") && !said.contains("ada"), "{said}");
}
