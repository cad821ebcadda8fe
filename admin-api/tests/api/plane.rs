//! A control plane of a test's own, a browser and an instance for it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use admin_api::settings::{
    Bootstrap, Clock, Database, Ingest, Retention, Secret, Server, Settings, Telemetry, VerifyKey,
};
use admin_api::{Running, start};
use http::header::{CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN, SET_COOKIE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proto::audit_v1::audit_ingest_client::AuditIngestClient;
use proto::audit_v1::{AuditEvent, PublishRequest};
use serde_json::{Value, json};
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const INSTANCE: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0007);

#[expect(clippy::disallowed_methods, reason = "the clocks of tests begin here")]
pub(crate) fn system_now() -> SystemTime {
    SystemTime::now()
}

/// A clock that stands: waits do not end in the middle of a test on a slow machine.
pub(crate) fn standing() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub(crate) struct Plane {
    pub(crate) running: Running,
    settings: Settings,
    client: Client<HttpConnector, Full<bytes::Bytes>>,
    _folder: Option<tempfile::TempDir>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        problem["code"].as_str().unwrap().to_owned()
    }

    /// `name=value` of the session cookie.
    pub(crate) fn cookie(&self) -> String {
        let header = self.headers[SET_COOKIE].to_str().unwrap();
        header.split(';').next().unwrap().to_owned()
    }
}

/// What a request has beside method and path.
#[derive(Clone, Debug, Default)]
pub(crate) struct With {
    pub(crate) cookie: Option<String>,
    pub(crate) body: Option<Value>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) no_origin: bool,
}

impl With {
    pub(crate) fn cookie(cookie: &str) -> Self {
        Self {
            cookie: Some(cookie.to_owned()),
            ..Self::default()
        }
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

pub(crate) fn settings(url: &str, clock: fn() -> SystemTime) -> Settings {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    Settings {
        server: Server {
            listen: any,
            public_url: None,
            static_dir: None,
            trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        },
        ingest: Ingest {
            listen: any,
            verify_keys: vec![VerifyKey::parse(SECRET.as_bytes()).unwrap()],
            tls: None,
        },
        ops: any,
        database: Database {
            url: Secret::new(url.to_owned()),
            connections: 4,
        },
        bootstrap: Some(Bootstrap {
            username: "ada".to_owned(),
            password_hash: Secret::new(admin_api::hash_password(PASSWORD).unwrap()),
        }),
        retention: Retention {
            days: 30,
            events: 1_000_000,
        },
        oidc: None,
        telemetry: Telemetry::default(),
        clock: Clock::of(clock),
    }
}

impl Plane {
    pub(crate) async fn start() -> Self {
        Self::with_clock(system_now).await
    }

    pub(crate) async fn with_clock(clock: fn() -> SystemTime) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("admin.db").display());
        Self {
            _folder: Some(folder),
            ..Self::of(settings(&url, clock)).await
        }
    }

    pub(crate) async fn of(settings: Settings) -> Self {
        Self {
            running: start(settings.clone()).await.unwrap(),
            settings,
            client: Client::builder(TokioExecutor::new()).build_http(),
            _folder: None,
        }
    }

    /// Stops and starts on the same database.
    pub(crate) async fn restarted(self) -> Self {
        self.running.shutdown().await;
        Self {
            running: start(self.settings.clone()).await.unwrap(),
            ..self
        }
    }

    pub(crate) fn request(&self, method: &Method, path: &str, with: &With) -> Request<Full<bytes::Bytes>> {
        let base = format!("http://{}", self.running.operators());
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{base}/api/v1{path}"));
        if *method != Method::GET && !with.no_origin {
            request = request.header(ORIGIN, &base);
        }
        if let Some(cookie) = &with.cookie {
            request = request.header(COOKIE, cookie);
        }
        for (name, value) in &with.headers {
            request = request.header(*name, value);
        }
        let body = match &with.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                body.to_string()
            }
            None => String::new(),
        };
        request.body(Full::from(body)).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Full<bytes::Bytes>>) -> Answer {
        let response = self.client.request(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, with: With) -> Answer {
        self.send(self.request(&method, path, &with)).await
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.call(Method::GET, path, With::cookie(cookie)).await
    }

    pub(crate) async fn try_sign_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({"username": name, "password": password});
        self.call(Method::POST, "/session", With::default().body(body))
            .await
    }

    /// The cookie of somebody who signed in.
    pub(crate) async fn sign_in(&self, name: &str) -> String {
        let answer = self.try_sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.cookie()
    }

    /// Adds an operator by the API and signs it in.
    pub(crate) async fn with_role(&self, admin: &str, name: &str, role: &str) -> String {
        let body = json!({"username": name, "password": PASSWORD, "role": role});
        let added = self
            .call(Method::POST, "/operators", With::cookie(admin).body(body))
            .await;
        assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
        self.sign_in(name).await
    }

    /// Outside the API: what a browser opens.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        let uri = format!("http://{}{path}", self.running.operators());
        self.send(Request::get(uri).body(Full::default()).unwrap()).await
    }

    pub(crate) async fn ops(&self, path: &str) -> Answer {
        let uri = format!("http://{}{path}", self.running.ops());
        self.send(Request::get(uri).body(Full::default()).unwrap()).await
    }

    pub(crate) async fn instance(&self) -> AuditIngestClient<Channel> {
        AuditIngestClient::new(self.channel().await)
    }

    pub(crate) async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.running.ingest());
        Endpoint::from_shared(address).unwrap().connect().await.unwrap()
    }

    /// Sends batches with this token, and returns the last acknowledged sequence.
    pub(crate) async fn deliver(&self, token: &str, batches: Vec<Vec<AuditEvent>>) -> Result<u64, Status> {
        let requests: Vec<PublishRequest> = batches
            .into_iter()
            .zip(1..)
            .map(|(events, sequence)| PublishRequest { sequence, events })
            .collect();
        let mut request = tonic::Request::new(tokio_stream::iter(requests));
        request
            .metadata_mut()
            .insert("authorization", format!("Bearer {token}").parse().unwrap());
        let mut answers = self.instance().await.publish(request).await?.into_inner();
        let mut last = 0;
        while let Some(answer) = answers.message().await? {
            assert_eq!(answer.sequence, last + 1);
            last = answer.sequence;
        }
        Ok(last)
    }
}

pub(crate) fn seconds() -> i64 {
    let since = system_now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

pub(crate) fn signed(secret: &str, claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes()).unwrap();
    encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

pub(crate) fn token() -> String {
    let claims = json!({"aud": "bauta-admin", "iss": "bauta-proxy", "sub": INSTANCE.to_string(), "exp": seconds() + 240});
    signed(SECRET, &claims)
}

/// An event of now.
pub(crate) fn event(id: u128) -> AuditEvent {
    use proto::audit_v1::{Action, DetectionCount, Durations, Outcome, Surface, TokenUsage, Transport};
    AuditEvent {
        event_id: id.to_be_bytes().to_vec(),
        instance_id: INSTANCE.as_bytes().to_vec(),
        occurred_at_ms: u64::try_from(seconds()).unwrap() * 1000,
        caller_id: "0123456789abcdef".to_owned(),
        surface: Surface::AnthropicMessages.into(),
        upstream: "anthropic".to_owned(),
        model: "claude-x".to_owned(),
        transport: Transport::Sse.into(),
        outcome: Outcome::Masked.into(),
        status: 200,
        durations: Some(Durations {
            masking_us: Some(1500),
            upstream_first_byte_us: Some(300_000),
            total_us: 900_000,
        }),
        detections: vec![DetectionCount {
            entity_type: "EMAIL".to_owned(),
            action: Action::Mask.into(),
            detector: "email".to_owned(),
            count: 3,
        }],
        usage: Some(TokenUsage {
            input_tokens: Some(100),
            output_tokens: Some(50),
            cached_input_tokens: None,
        }),
        ..AuditEvent::default()
    }
}
