//! Instances over TLS, with a certificate of their own.

use admin_api::settings::{IngestTls, Secret};
use proto::audit_v1::PublishRequest;
use proto::audit_v1::audit_ingest_client::AuditIngestClient;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::plane::{Plane, event, settings, system_now, token};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Certificate and key.
    fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (
            params.signed_by(&key, &self.0).unwrap().pem(),
            key.serialize_pem(),
        )
    }
}

#[tokio::test]
async fn certificates_of_both_sides_are_checked() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (certificate, key) = ours.issue("localhost");
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("admin.db").display());
    let mut settings = settings(&url, system_now);
    settings.ingest.tls = Some(IngestTls {
        certificate,
        key: Secret::new(key),
        client_ca: Some(ours.0.pem()),
    });
    let plane = Plane::of(settings).await;
    let deliver = async |identity: Option<(String, String)>, ca: &Authority| -> anyhow::Result<u64> {
        let mut tls = ClientTlsConfig::new()
            .domain_name("localhost")
            .ca_certificate(Certificate::from_pem(ca.0.pem()));
        if let Some((certificate, key)) = identity {
            tls = tls.identity(Identity::from_pem(certificate, key));
        }
        let address = format!("https://{}", plane.running.ingest());
        let channel = Endpoint::from_shared(address)?.tls_config(tls)?.connect().await?;
        let batch = PublishRequest {
            sequence: 1,
            events: vec![event(1)],
        };
        let mut request = tonic::Request::new(tokio_stream::once(batch));
        request
            .metadata_mut()
            .insert("authorization", format!("Bearer {}", token()).parse()?);
        let mut answers = AuditIngestClient::new(channel)
            .publish(request)
            .await?
            .into_inner();
        let answer = answers.message().await?;
        Ok(answer.map_or(0, |answer| answer.sequence))
    };
    assert_eq!(deliver(Some(ours.issue("instance")), &ours).await.unwrap(), 1);
    assert!(deliver(None, &ours).await.is_err());
    assert!(deliver(Some(theirs.issue("instance")), &ours).await.is_err());
    assert!(deliver(Some(ours.issue("instance")), &theirs).await.is_err());
}
