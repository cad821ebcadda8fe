//! What instances send, and what they are refused.

use http::StatusCode;
use proto::audit_v1::PublishRequest;
use proto::fleet_v1::fleet_client::FleetClient;
use proto::fleet_v1::{InstanceReport, Posture, Profile};
use serde_json::json;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::plane::{INSTANCE, Plane, event, seconds, settings, signed, system_now, token};

fn claims(audience: &str, issuer: &str, left: i64) -> serde_json::Value {
    json!({"aud": audience, "iss": issuer, "sub": INSTANCE.to_string(), "exp": seconds() + left})
}

#[tokio::test]
async fn what_is_acknowledged_is_there() {
    let plane = Plane::start().await;
    let batches: Vec<_> = (0..20)
        .map(|batch| (0..50).map(|n| event(batch * 50 + n + 1)).collect())
        .collect();
    assert_eq!(plane.deliver(&token(), batches.clone()).await.unwrap(), 20);
    // Everything once more, after a restart: stored once, counted once.
    let plane = plane.restarted().await;
    assert_eq!(plane.deliver(&token(), batches).await.unwrap(), 20);
    let cookie = plane.sign_in("ada").await;
    let totals = plane.get("/overview", &cookie).await.json()["totals"].clone();
    assert_eq!(
        (&totals["requests"], &totals["values_masked"]),
        (&json!(1000), &json!(3000))
    );
    let metrics = plane.ops("/metrics").await.text;
    assert!(
        metrics.contains("bauta_admin_events_duplicate_total 1000"),
        "{metrics}"
    );
    assert!(metrics.contains("bauta_admin_events_stored_total 0"), "{metrics}");
}

#[tokio::test]
async fn only_good_tokens_deliver() {
    let plane = Plane::start().await;
    let none = {
        let part = |text: String| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        let claims = claims("bauta-admin", "bauta-proxy", 240).to_string();
        format!(
            "{}.{}.",
            part(r#"{"alg":"none","typ":"JWT"}"#.to_owned()),
            part(claims)
        )
    };
    let secret = crate::plane::SECRET;
    let bad = [
        signed(
            "another secret of thirty-two bytes",
            &claims("bauta-admin", "bauta-proxy", 240),
        ),
        signed(secret, &claims("somebody", "bauta-proxy", 240)),
        signed(secret, &claims("bauta-admin", "somebody", 240)),
        signed(secret, &claims("bauta-admin", "bauta-proxy", -120)),
        signed(secret, &claims("bauta-admin", "bauta-proxy", 3600)),
        none,
        "nonsense".to_owned(),
    ];
    for token in &bad {
        let status = plane.deliver(token, vec![vec![event(1)]]).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{token}");
        assert!(!status.message().contains(token.as_str()));
    }
    let anonymous = plane
        .instance()
        .await
        .publish(tokio_stream::empty::<PublishRequest>())
        .await;
    assert_eq!(anonymous.unwrap_err().code(), Code::Unauthenticated);
    let metrics = plane.ops("/metrics").await.text;
    for reason in [
        "signature",
        "audience",
        "issuer",
        "expired",
        "too_long",
        "malformed",
        "missing",
    ] {
        let counted = format!("bauta_admin_ingest_refused_total{{reason=\"{reason}\"}}");
        assert!(metrics.contains(&counted), "{reason}: {metrics}");
    }
    let cookie = plane.sign_in("ada").await;
    assert_eq!(plane.get("/events", &cookie).await.json()["items"], json!([]));
}

#[tokio::test]
async fn an_instance_speaks_for_itself() {
    let plane = Plane::start().await;
    let mut foreign = event(1);
    foreign.instance_id = Uuid::from_u128(99).as_bytes().to_vec();
    let status = plane
        .deliver(&token(), vec![vec![event(2), foreign]])
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    let cookie = plane.sign_in("ada").await;
    assert_eq!(plane.get("/events", &cookie).await.json()["items"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_stored_holds_nothing_up() {
    let plane = Plane::start().await;
    let mut broken = event(1);
    broken.event_id = vec![1, 2, 3];
    let mut private = event(2);
    private.model = "Alice Smith <alice@example.com>".to_owned();
    assert_eq!(
        plane
            .deliver(&token(), vec![vec![broken, private], vec![event(3)]])
            .await
            .unwrap(),
        2
    );
    let cookie = plane.sign_in("ada").await;
    let events = plane.get("/events", &cookie).await;
    assert_eq!(events.json()["items"].as_array().unwrap().len(), 2);
    assert!(!events.text.to_lowercase().contains("alice") && events.text.contains("<redacted>"));
    assert!(
        plane
            .ops("/metrics")
            .await
            .text
            .contains("bauta_admin_events_invalid_total 1")
    );
}

#[tokio::test]
async fn messages_are_bounded() {
    let plane = Plane::start().await;
    let huge = (0..40_000).map(|n| event(n + 1)).collect();
    let status = plane.deliver(&token(), vec![huge]).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    // The plane still works.
    assert_eq!(plane.deliver(&token(), vec![vec![event(1)]]).await.unwrap(), 1);
}

/// Messages of any bytes.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(buffer, &item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        use bytes::Buf as _;
        buffer.advance(buffer.remaining());
        Ok(Some(()))
    }
}

/// Sends messages of any bytes with a good token; how the call ends.
async fn send_raw(plane: &Plane, path: &'static str, messages: Vec<Vec<u8>>) -> Result<(), Status> {
    let mut call = tonic::client::Grpc::new(plane.channel().await);
    call.ready().await.unwrap();
    let mut request = tonic::Request::new(tokio_stream::iter(messages));
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {}", token()).parse().unwrap());
    let path = http::uri::PathAndQuery::from_static(path);
    let mut answers = call.streaming(request, path, Raw).await?.into_inner();
    while answers.message().await?.is_some() {}
    Ok(())
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_nothing_else_happens() {
    use prost::Message as _;
    const PUBLISH: &str = "/bauta.audit.v1.AuditIngest/Publish";
    const REPORT: &str = "/bauta.fleet.v1.Fleet/Report";
    let plane = Plane::start().await;
    let batch = |sequence, events| PublishRequest { sequence, events }.encode_to_vec();
    let good = batch(1, vec![event(1)]);
    let mut not_utf8 = event(1);
    not_utf8.caller_id = "zzzzzzzzzzzzzzzz".to_owned();
    let not_utf8: Vec<u8> = batch(1, vec![not_utf8])
        .into_iter()
        .map(|byte| if byte == b'z' { 0xff } else { byte })
        .collect();
    for (what, messages, code) in [
        ("noise", vec![vec![0xff; 64]], Code::Internal),
        ("text", vec![b"SELECT * FROM events; --".to_vec()], Code::Internal),
        ("a cut", vec![good[..good.len() - 1].to_vec()], Code::Internal),
        (
            "a length beyond the end",
            vec![vec![0x12, 0xff, 0xff, 0xff, 0x7f]],
            Code::Internal,
        ),
        ("not UTF-8", vec![not_utf8], Code::Internal),
        ("nothing", vec![Vec::new()], Code::InvalidArgument),
        (
            "sequence 0",
            vec![batch(0, vec![event(1)])],
            Code::InvalidArgument,
        ),
        (
            "a gap",
            vec![batch(1, Vec::new()), batch(3, vec![event(1)])],
            Code::InvalidArgument,
        ),
        (
            "twice",
            vec![batch(1, Vec::new()), batch(1, vec![event(1)])],
            Code::InvalidArgument,
        ),
        ("wide", vec![vec![0; (4 << 20) + 1]], Code::OutOfRange),
    ] {
        let status = send_raw(&plane, PUBLISH, messages).await.unwrap_err();
        assert_eq!(status.code(), code, "{what}: {status:?}");
        assert!(!status.message().contains("SELECT"), "{status:?}");
    }
    for (what, messages, code) in [
        ("noise", vec![vec![0xff; 64]], Code::Internal),
        ("nobody's", vec![Vec::new()], Code::PermissionDenied),
        ("wide", vec![vec![0; (64 << 10) + 1]], Code::OutOfRange),
    ] {
        let status = send_raw(&plane, REPORT, messages).await.unwrap_err();
        assert_eq!(status.code(), code, "{what}: {status:?}");
    }
    let unknown = send_raw(&plane, "/bauta.audit.v1.AuditIngest/Drop", vec![Vec::new()]).await;
    assert_eq!(unknown.unwrap_err().code(), Code::Unimplemented);
    // The plane has taken nothing, and still works.
    let cookie = plane.sign_in("ada").await;
    for path in ["/events", "/instances"] {
        assert_eq!(
            plane.get(path, &cookie).await.json()["items"],
            json!([]),
            "{path}"
        );
    }
    send_raw(&plane, PUBLISH, vec![good]).await.unwrap();
    let events = plane.get("/events", &cookie).await.json();
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn reports_show_the_fleet() {
    let plane = Plane::start().await;
    let report = InstanceReport {
        instance_id: INSTANCE.as_bytes().to_vec(),
        version: "0.1.0".to_owned(),
        started_at_ms: 1000,
        reported_at_ms: 61_000,
        posture: Some(Posture {
            profile: Profile::Agent.into(),
            upstreams: 3,
            ..Posture::default()
        }),
        ..InstanceReport::default()
    };
    let mut foreign = report.clone();
    foreign.instance_id = vec![0; 16];
    let send = async |report: InstanceReport| {
        let mut request = tonic::Request::new(tokio_stream::once(report));
        request
            .metadata_mut()
            .insert("authorization", format!("Bearer {}", token()).parse().unwrap());
        FleetClient::new(plane.channel().await).report(request).await
    };
    send(report).await.unwrap();
    assert_eq!(send(foreign).await.unwrap_err().code(), Code::PermissionDenied);
    let cookie = plane.sign_in("ada").await;
    let fleet = plane.get("/instances", &cookie).await.json();
    assert_eq!(fleet["items"].as_array().unwrap().len(), 1);
    let instance = &fleet["items"][0];
    assert_eq!(instance["instance_id"], INSTANCE.to_string());
    assert_eq!(
        (&instance["uptime_seconds"], &instance["is_stale"]),
        (&json!(60), &json!(false))
    );
    assert_eq!(instance["posture"]["profile"], "agent");
}

#[tokio::test]
async fn without_a_table_it_is_not_ready() {
    use sqlx::{Connection as _, Executor as _};
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("admin.db").display());
    let plane = Plane::of(settings(&url, system_now)).await;
    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    database
        .execute("ALTER TABLE sessions RENAME TO gone")
        .await
        .unwrap();
    let ready = plane.ops("/ready").await;
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "a table is missing\n")
    );
    database
        .execute("ALTER TABLE gone RENAME TO sessions")
        .await
        .unwrap();
    assert_eq!(plane.ops("/ready").await.status, StatusCode::OK);
}

#[tokio::test]
async fn health_is_on_its_own_listener() {
    let plane = Plane::start().await;
    assert_eq!(plane.ops("/health").await.status, StatusCode::OK);
    assert_eq!(plane.ops("/ready").await.text, "ready\n");
    let metrics = plane.ops("/metrics").await;
    assert!(
        metrics.text.contains("bauta_admin_build_info{version="),
        "{metrics:?}"
    );
}
