//! The connection to admin-api, and the token that says who is at this end of it.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::uri::PathAndQuery;
use proto::audit_v1::PublishResponse;
use proto::fleet_v1::InstanceReport;
use proto::fleet_v1::fleet_client::FleetClient;
use serde::Serialize;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;
use tonic::metadata::MetadataValue;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity as TlsIdentity};
use tonic::{IntoStreamingRequest, Request, Status, Streaming};
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::{self, SigningKey, Tls};

const AUDIENCE: &str = "bauta-admin";
const ISSUER: &str = "bauta-proxy";
/// Admin-api takes tokens for five minutes at most; clocks may differ by one.
const TOKEN_SECONDS: u64 = 240;
/// A stream is opened anew with a fresh token before that of its start has ended.
pub(super) const STREAM: Duration = Duration::from_secs(180);
const CONNECT: Duration = Duration::from_secs(5);
/// A peer that vanished is noticed after twice so long.
const PING: Duration = Duration::from_secs(10);
const PUBLISH: &str = "/bauta.audit.v1.AuditIngest/Publish";

/// Who speaks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    pub(crate) instance: Uuid,
    pub(crate) clock: Clock,
}

/// On the wire a `PublishRequest`, whose events were encoded when their turns ended.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RawBatch {
    #[prost(uint64, tag = "1")]
    pub(super) sequence: u64,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub(super) events: Vec<Bytes>,
}

#[derive(Serialize)]
struct Claims {
    aud: &'static str,
    iss: &'static str,
    sub: String,
    iat: u64,
    exp: u64,
}

/// What is needed to connect.
pub(super) struct Connector {
    endpoint: Endpoint,
    signer: Signer,
}

struct Signer {
    key: SigningKey,
    identity: Identity,
}

impl Connector {
    pub(super) fn new(config: &config::Delivery, identity: Identity) -> anyhow::Result<Self> {
        let address = format!("{}://{}", config.endpoint.scheme(), config.endpoint.authority());
        let mut endpoint = Endpoint::from_shared(address)
            .context("audit.endpoint")?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .keep_alive_while_idle(true)
            .tcp_nodelay(true);
        if let Some(tls) = &config.tls {
            endpoint = endpoint
                .tls_config(client_tls(tls))
                .context("audit.ca_file, audit.client_certificate_file, audit.client_key_file")?;
        }
        let signer = Signer {
            key: config.signing_key.clone(),
            identity,
        };
        Ok(Self { endpoint, signer })
    }

    /// Connects when it is used. To be called where a runtime is.
    pub(super) fn connect(self) -> Client {
        Client {
            channel: self.endpoint.connect_lazy(),
            signer: self.signer,
            away: watch::Sender::new(false),
        }
    }
}

fn client_tls(tls: &Tls) -> ClientTlsConfig {
    let config = match &tls.authorities {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_webpki_roots(),
    };
    match &tls.identity {
        Some((certificate, key)) => config.identity(TlsIdentity::from_pem(certificate, key.expose_text())),
        None => config,
    }
}

impl Signer {
    /// That `instance` is at this end: whoever has the key speaks for those whose spool it found, too.
    fn token(&self, instance: Uuid) -> Result<MetadataValue<tonic::metadata::Ascii>, Status> {
        let now = self.identity.clock.since_epoch().as_secs();
        let claims = Claims {
            aud: AUDIENCE,
            iss: ISSUER,
            sub: instance.to_string(),
            iat: now,
            exp: now + TOKEN_SECONDS,
        };
        let token = self.key.sign(&claims).map_err(|_| unsigned())?;
        let mut value: MetadataValue<_> = format!("Bearer {token}").parse().map_err(|_| unsigned())?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn unsigned() -> Status {
    Status::internal("the token could not be signed")
}

/// A connection that comes back by itself.
pub(super) struct Client {
    channel: Channel,
    signer: Signer,
    /// Admin-api was away when it was asked last.
    away: watch::Sender<bool>,
}

impl Client {
    pub(super) fn set_away(&self, away: bool) {
        self.away.send_replace(away);
    }

    /// Waits until admin-api is known to be away.
    pub(super) async fn found_away(&self) {
        // The sender lives as long as this.
        let _ = self.away.subscribe().wait_for(|away| *away).await;
    }

    /// Who this process is.
    pub(super) fn instance(&self) -> Uuid {
        self.signer.identity.instance
    }

    /// Sends batches of events of `instance` as they come.
    pub(super) async fn publish(
        &self,
        instance: Uuid,
        batches: Receiver<RawBatch>,
    ) -> Result<Streaming<PublishResponse>, Status> {
        let request = self.request(instance, batches)?;
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready()
            .await
            .map_err(|_| Status::unavailable("admin-api cannot be reached"))?;
        let codec = tonic_prost::ProstCodec::<RawBatch, PublishResponse>::default();
        let answer = grpc.streaming(request, PathAndQuery::from_static(PUBLISH), codec);
        answer.await.map(tonic::Response::into_inner)
    }

    /// Sends reports as they come.
    pub(super) async fn report(&self, reports: Receiver<InstanceReport>) -> Result<(), Status> {
        let request = self.request(self.instance(), reports)?;
        FleetClient::new(self.channel.clone())
            .report(request)
            .await
            .map(drop)
    }

    fn request<T: Send + 'static>(
        &self,
        instance: Uuid,
        mut messages: Receiver<T>,
    ) -> Result<Request<impl futures_util::Stream<Item = T> + Send + 'static>, Status> {
        let stream = futures_util::stream::poll_fn(move |context| messages.poll_recv(context));
        let mut request = stream.into_streaming_request();
        request
            .metadata_mut()
            .insert("authorization", self.signer.token(instance)?);
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use proto::audit_v1::{AuditEvent, PublishRequest};

    use super::*;

    #[test]
    fn a_raw_batch_is_a_publish_request() {
        let event = AuditEvent {
            event_id: vec![7; 16],
            status: 200,
            ..AuditEvent::default()
        };
        let raw = RawBatch {
            sequence: 3,
            events: vec![event.encode_to_vec().into(), event.encode_to_vec().into()],
        };
        let read = PublishRequest::decode(raw.encode_to_vec().as_slice()).unwrap();
        assert_eq!((read.sequence, read.events), (3, vec![event.clone(), event]));
    }
}
