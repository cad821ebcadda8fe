//! An upstream that records what it gets and answers what a test says, a gateway in front of it, and a plain client.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proxy_api::Server;
use proxy_api::config::Config;
use proxy_api::dangerous::{Sights, onlooker};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// What reached the upstream.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Everything that left, in one text.
    pub(crate) fn everything(&self) -> String {
        format!(
            "{} {} {:?} {}",
            self.method,
            self.uri,
            self.headers,
            String::from_utf8_lossy(&self.body)
        )
    }
}

/// A provider in this process.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    answers: Arc<Mutex<VecDeque<Response<Body>>>>,
}

impl Upstream {
    /// Answers with what [`answer`](Self::answer) queued, or else with an assistant message.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            answers: Arc::default(),
        };
        let (seen, answers) = (Arc::clone(&upstream.seen), Arc::clone(&upstream.answers));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answers) = (Arc::clone(&seen), Arc::clone(&answers));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (seen, answers) = (Arc::clone(&seen), Arc::clone(&answers));
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await?.to_bytes();
                        seen.lock().unwrap().push(Seen {
                            method: head.method,
                            uri: head.uri,
                            headers: head.headers,
                            body,
                        });
                        let queued = answers.lock().unwrap().pop_front();
                        Ok::<_, hyper::Error>(queued.unwrap_or_else(|| assistant("Hello.")))
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        upstream
    }

    /// Queues the next answer.
    pub(crate) fn answer(&self, response: Response<Body>) {
        self.answers.lock().unwrap().push_back(response);
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request so far.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "requests at the upstream");
        seen.into_iter().next().unwrap()
    }
}

pub(crate) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed_unsync()
}

pub(crate) fn json_answer(status: u16, body: &Value) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(whole(body.to_string()))
        .unwrap()
}

pub(crate) fn event_stream(body: Body) -> Response<Body> {
    Response::builder()
        .header("content-type", "text/event-stream")
        .body(body)
        .unwrap()
}

pub(crate) fn assistant(text: &str) -> Response<Body> {
    json_answer(
        200,
        &json!({
            "id": "chatcmpl-1", "object": "chat.completion", "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        }),
    )
}

/// A gateway whose OpenAI and Anthropic upstreams are the given one.
pub(crate) struct Gateway {
    pub(crate) data: SocketAddr,
    pub(crate) ops: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Gateway {
    pub(crate) async fn start(upstream: &Upstream) -> Self {
        Self::with(upstream, &[]).await
    }

    /// With further settings: section, two underscores, key.
    pub(crate) async fn with(upstream: &Upstream, settings: &[(&str, &str)]) -> Self {
        let server = Server::bind(config(upstream, settings)).await.unwrap();
        Self::run(server)
    }

    /// With somebody who is shown its turns.
    pub(crate) async fn watched(upstream: &Upstream) -> (Self, Sights) {
        let (onlooker, sights) = onlooker();
        let server = Server::dangerously_bind_watched(config(upstream, &[]), onlooker);
        (Self::run(server.await.unwrap()), sights)
    }

    fn run(server: Server) -> Self {
        let (data, ops) = (server.data_address().unwrap(), server.ops_address().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self {
            data,
            ops,
            stop: Some(stop),
            running,
        }
    }

    /// Asks it to stop.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it has stopped; what it queued is written then.
    pub(crate) async fn stopped(mut self) {
        self.stop();
        self.running.await.unwrap().unwrap();
    }

    /// Posts a chat request.
    pub(crate) async fn chat(&self, body: &Value) -> Answer {
        self.post("/v1/chat/completions", body).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(post(path).body(whole(body.to_string())).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.open(request).await.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes);
        Answer {
            status: head.status,
            headers: head.headers,
            body: body.map_err(|_| ()),
        }
    }

    /// Sends on a connection of its own and gives the answer's head with its body still coming.
    pub(crate) async fn open(&self, request: Request<Body>) -> Response<Incoming> {
        exchange(self.data, request).await
    }

    /// The metrics page.
    pub(crate) async fn metrics(&self) -> String {
        let request = Request::get("/metrics").body(whole("")).unwrap();
        let body = exchange(self.ops, request).await.into_body();
        String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }
}

/// Why a gateway with these settings does not start.
pub(crate) async fn refused(upstream: &Upstream, settings: &[(&str, &str)]) -> String {
    match Server::bind(config(upstream, settings)).await {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

fn config(upstream: &Upstream, settings: &[(&str, &str)]) -> Config {
    let base = format!("http://{}", upstream.address);
    let openai = format!("{base}/v1");
    let mut all = vec![
        ("SERVER__LISTEN", "127.0.0.1:0"),
        ("OPS__LISTEN", "127.0.0.1:0"),
        ("UPSTREAMS__OPENAI__BASE_URL", openai.as_str()),
        ("UPSTREAMS__ANTHROPIC__BASE_URL", base.as_str()),
        ("DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true"),
        ("DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true"),
    ];
    all.retain(|(key, _)| !settings.iter().any(|(own, _)| own == key));
    all.extend_from_slice(settings);
    let variables = all
        .into_iter()
        .map(|(key, value)| (format!("BAUTA_{key}"), value.to_owned()));
    Config::load(None, variables).unwrap()
}

/// A request with the headers that every SDK sends.
pub(crate) fn post(path: &str) -> http::request::Builder {
    Request::post(path)
        .header("host", "gateway")
        .header("content-type", "application/json")
        .header("authorization", "Bearer sk-caller")
}

pub(crate) async fn exchange(address: SocketAddr, request: Request<Body>) -> Response<Incoming> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender.send_request(request).await.unwrap()
}

/// What the caller got.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// An error when the connection broke before the end.
    pub(crate) body: Result<Bytes, ()>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.as_ref().unwrap().to_vec()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The stable code of a gateway error, in either shape.
    pub(crate) fn code(&self) -> String {
        self.json()
            .pointer("/error/code")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The assistant's words in a chat answer.
    pub(crate) fn content(&self) -> String {
        self.json()["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// One user message.
pub(crate) fn chat(text: &str) -> Value {
    json!({"model": "gpt-5", "messages": [{"role": "user", "content": text}]})
}
