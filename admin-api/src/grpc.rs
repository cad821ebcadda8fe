//! What instances send: audit events and reports, over gRPC.

mod fleet;
mod ingest;
pub(crate) mod token;

use std::sync::Arc;
use std::time::Duration;

use proto::audit_v1::audit_ingest_server::AuditIngestServer;
use proto::fleet_v1::fleet_server::FleetServer;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataMap;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Code, Status};

use self::token::{Believed, Tokens};
use crate::clock::Clock;
use crate::connections::Connections;
use crate::metrics::Metrics;
use crate::settings::IngestTls;
use crate::store::Store;
use crate::writer::Writer;

/// A batch; what is larger is refused before it is read.
const MAX_MESSAGE: usize = 4 << 20;
const MAX_REPORT: usize = 64 << 10;
/// One connection has one stream of events and one of reports.
const MAX_STREAMS: u32 = 16;
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What the services share.
#[derive(Clone)]
pub(crate) struct Ingest {
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
}

impl Ingest {
    /// Who calls. The answer does not say what is wrong with the token; the counter does.
    fn authenticate(&self, metadata: &MetadataMap) -> Result<Believed, Status> {
        self.tokens
            .authenticate(metadata, self.clock.now())
            .map_err(|refused| {
                self.metrics.ingest_refused(&refused.to_string());
                Status::new(
                    Code::Unauthenticated,
                    "the token is missing, expired or not valid here",
                )
            })
    }
}

/// A server with its certificate, if it has one.
pub(crate) fn server(tls: Option<&IngestTls>) -> Result<Server, tonic::transport::Error> {
    let server = Server::builder()
        .max_concurrent_streams(MAX_STREAMS)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE));
    match tls {
        Some(tls) => server.tls_config(tls_config(tls)),
        None => Ok(server),
    }
}

/// Serves until `stop`, then lets the streams end.
pub(crate) async fn serve(
    mut server: Server,
    listener: TcpListener,
    ingest: Ingest,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let events = AuditIngestServer::new(ingest::Service::new(ingest.clone(), stop.clone()))
        .max_decoding_message_size(MAX_MESSAGE);
    let reports =
        FleetServer::new(fleet::Service::new(ingest, stop.clone())).max_decoding_message_size(MAX_REPORT);
    let connections = Connections::new();
    let incoming = futures_util::stream::unfold((listener, connections), async |(listener, connections)| {
        let (connection, _) = connections.accept(&listener).await;
        Some((Ok::<_, std::io::Error>(connection), (listener, connections)))
    });
    server
        .add_service(events)
        .add_service(reports)
        .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
        .await?;
    Ok(())
}

/// When a stream ends, whatever its sender does: its token has, or the plane stops.
async fn ending(left: Duration, stop: CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep_until(Instant::now() + left) => {}
        () = stop.cancelled() => {}
    }
}

fn tls_config(tls: &IngestTls) -> ServerTlsConfig {
    let identity = Identity::from_pem(&tls.certificate, tls.key.expose_text());
    let config = ServerTlsConfig::new().identity(identity);
    match &tls.client_ca {
        Some(ca) => config.client_ca_root(Certificate::from_pem(ca)),
        None => config,
    }
}
