//! What an instance does: batches over a stream, with a token, until all are acknowledged.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use futures_util::stream;
use jsonwebtoken::{EncodingKey, Header, encode};
use proto::audit_v1::audit_ingest_client::AuditIngestClient;
use proto::audit_v1::{AuditEvent, PublishRequest};
use serde_json::json;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Endpoint;
use uuid::Uuid;

use super::events::wall_clock;
use super::plane::SECRET;

/// A token is good for 240 seconds; a stream of so many batches takes less.
const BATCHES_OF_A_STREAM: usize = 200;

/// Delivers all, and returns how many events were acknowledged: every one.
pub(super) async fn deliver(
    to: SocketAddr,
    instance: Uuid,
    batches: impl Iterator<Item = Vec<AuditEvent>> + Send + 'static,
) -> Result<u64> {
    let channel = Endpoint::from_shared(format!("http://{to}"))?
        .tcp_nodelay(true)
        .connect()
        .await?;
    let mut client = AuditIngestClient::new(channel);
    let mut batches = batches.peekable();
    let mut delivered = 0;
    while batches.peek().is_some() {
        let some: Vec<Vec<AuditEvent>> = batches.by_ref().take(BATCHES_OF_A_STREAM).collect();
        let (count, events) = (some.len() as u64, some.iter().map(Vec::len).sum::<usize>());
        let requests = some.into_iter().zip(1..);
        let requests = requests.map(|(events, sequence)| PublishRequest { sequence, events });
        let mut request = Request::new(stream::iter(requests));
        let bearer: MetadataValue<Ascii> = format!("Bearer {}", token(instance)?).parse()?;
        request.metadata_mut().insert("authorization", bearer);
        let mut answers = client.publish(request).await?.into_inner();
        let mut last = 0;
        while let Some(answer) = answers.message().await? {
            last = answer.sequence;
        }
        ensure!(last == count, "{last} of {count} batches are acknowledged");
        delivered += events as u64;
    }
    Ok(delivered)
}

fn token(instance: Uuid) -> Result<String> {
    let claims = json!({
        "aud": "bauta-admin",
        "iss": "bauta-proxy",
        "sub": instance.to_string(),
        "exp": wall_clock() / 1000 + 240,
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes())?;
    Ok(encode(&Header::default(), &claims, &key)?)
}
