//! Tokens, certificates and keys.

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, PKCS_ED25519};
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use super::{Place, are_all, gateway, secret, turns};
use crate::admin::{Admin, Key};
use crate::support::Upstream;

#[tokio::test(flavor = "multi_thread")]
async fn events_wait_until_the_key_is_trusted() {
    let wrong = Key::Secret(b"another secret, of some length as well".to_vec());
    let (upstream, admin, place) = (Upstream::start().await, Admin::start(wrong).await, Place::new());
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let done = turns(&gateway, 20).await;
    admin
        .until("a refusal", |seen| (seen.refused > 2).then_some(()))
        .await;
    assert_eq!(admin.events(), 0);
    let page = gateway.metrics().await;
    let line = page
        .lines()
        .find(|line| line.starts_with("bauta_audit_streams_refused_total "));
    assert_ne!(line, Some("bauta_audit_streams_refused_total 0"), "{page}");
    admin.trust(secret());
    admin.has(20).await;
    assert!(admin.look(|seen| are_all(seen, &done)));
    gateway.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ed25519_key_proves_who_sends() {
    let (upstream, place) = (Upstream::start().await, Place::new());
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    std::fs::write(place.path().join("key"), key.serialize_pem()).unwrap();
    let admin = Admin::start(Key::Ed25519(key.public_key_raw().to_vec())).await;
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    turns(&gateway, 5).await;
    admin.has(5).await;
    assert_eq!(admin.look(|seen| seen.refused), 0);
    gateway.stopped().await;
}

/// A certificate in PEM with its key.
fn certified(
    names: Vec<String>,
    purpose: ExtendedKeyUsagePurpose,
    issuer: &Issuer<'_, KeyPair>,
) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(names).unwrap();
    params.extended_key_usages = vec![purpose];
    let certificate = params.signed_by(&key, issuer).unwrap();
    (certificate.pem(), key.serialize_pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_travel_over_tls_with_a_client_certificate() {
    let (upstream, place) = (Upstream::start().await, Place::new());
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    // Any that it may be given.
    let addresses = (1..=u8::MAX).map(|last| format!("127.0.0.{last}")).collect();
    let (server, server_key) = certified(addresses, ExtendedKeyUsagePurpose::ServerAuth, &issuer);
    let (client, client_key) = certified(
        vec!["instance".to_owned()],
        ExtendedKeyUsagePurpose::ClientAuth,
        &issuer,
    );
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(server, server_key))
        .client_ca_root(Certificate::from_pem(&authority));
    for (name, text) in [
        ("ca.pem", authority),
        ("client.pem", client),
        ("client.key", client_key),
    ] {
        std::fs::write(place.path().join(name), text).unwrap();
    }
    let admin = Admin::with(secret(), Some(tls)).await;
    admin.run();
    let endpoint = format!("https://{}", admin.address);
    let (ca, client, client_key) = (
        place.text("ca.pem"),
        place.text("client.pem"),
        place.text("client.key"),
    );
    let trusting = [("AUDIT__ENDPOINT", endpoint.as_str()), ("AUDIT__CA_FILE", &ca)];
    // Without its certificate, nobody listens to it.
    let stranger = gateway(&upstream, &place.settings(&admin, &trusting)).await;
    let mut done = turns(&stranger, 5).await;
    stranger.stopped().await;
    assert_eq!(admin.events(), 0);
    let known = [
        trusting[0],
        trusting[1],
        ("AUDIT__CLIENT_CERTIFICATE_FILE", &client),
        ("AUDIT__CLIENT_KEY_FILE", &client_key),
    ];
    let known = gateway(&upstream, &place.settings(&admin, &known)).await;
    done.extend(turns(&known, 5).await);
    admin.has(10).await;
    assert!(admin.look(|seen| are_all(seen, &done)));
    known.stopped().await;
}
