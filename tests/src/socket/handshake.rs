//! The handshake that opens a caller's socket, as the test wants it.

use anyhow::Context as _;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{RawSocket, Socket};
use crate::{caller::Answered, fake::PATIENCE};

/// The example of RFC 6455; nothing depends on its value.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// A handshake about to be sent.
#[derive(Clone)]
pub struct Handshake {
    authority: String,
    path: String,
    headers: Vec<(String, String)>,
}

/// How a handshake was answered.
pub enum Opened {
    /// With the upgrade.
    Socket(Box<Socket>),
    /// With an HTTP answer.
    Refused(Answered),
}

impl Handshake {
    /// To `path` of the server at `url` (`http://127.0.0.1:PORT`), with a credential.
    pub fn new(url: &str, path: &str) -> Self {
        let authority = url.trim_start_matches("http://").to_owned();
        let headers = [
            ("host", authority.as_str()),
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", KEY),
            ("authorization", "Bearer test-credential"),
            ("openai-beta", "responses_websockets=2026-02-06"),
        ];
        Self {
            path: path.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            authority,
        }
    }

    /// The same with another header.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut this = self.without(name);
        this.headers.push((name.to_owned(), value.to_owned()));
        this
    }

    /// The same without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Sends it and reads the answer.
    ///
    /// # Errors
    /// When there is no HTTP answer, or an upgrade that RFC 6455 does not allow.
    pub async fn send(&self) -> anyhow::Result<Opened> {
        Ok(match self.exchange().await? {
            Ok((upgraded, headers)) => Opened::Socket(Box::new(Socket::new(upgraded, headers).await)),
            Err(refused) => Opened::Refused(refused),
        })
    }

    /// Opens a socket.
    ///
    /// # Errors
    /// When it is refused, with the refusal.
    pub async fn open(&self) -> anyhow::Result<Socket> {
        match self.send().await? {
            Opened::Socket(socket) => Ok(*socket),
            Opened::Refused(answer) => anyhow::bail!("refused: {} {}", answer.status, answer.text()),
        }
    }

    /// The refusal of a handshake.
    ///
    /// # Errors
    /// When it is accepted.
    pub async fn refused(&self) -> anyhow::Result<Answered> {
        match self.send().await? {
            Opened::Socket(_) => anyhow::bail!("the handshake was accepted"),
            Opened::Refused(answer) => Ok(answer),
        }
    }

    /// Opens a socket on which the test writes every byte itself.
    ///
    /// # Errors
    /// When it is refused, with the refusal.
    pub async fn open_raw(&self) -> anyhow::Result<RawSocket> {
        match self.exchange().await? {
            Ok((upgraded, headers)) => {
                let parts = upgraded
                    .downcast::<TokioIo<TcpStream>>()
                    .map_err(|_| anyhow::anyhow!("the connection is not the one that was opened"))?;
                Ok(RawSocket::new(parts.io.into_inner(), &parts.read_buf, headers))
            }
            Err(answer) => anyhow::bail!("refused: {} {}", answer.status, answer.text()),
        }
    }

    async fn exchange(&self) -> anyhow::Result<Result<(Upgraded, HeaderMap), Answered>> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection.with_upgrades());
        let mut request = Request::builder().uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let asked = sender.send_request(request.body(Empty::<Bytes>::new())?);
        let mut answer = tokio::time::timeout(PATIENCE, asked).await??;
        let headers = answer.headers().clone();
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            let accept = headers.get("sec-websocket-accept").context("no accept header")?;
            anyhow::ensure!(
                accept == &derive_accept_key(KEY.as_bytes()),
                "{accept:?} is not for our key"
            );
            let upgraded = tokio::time::timeout(PATIENCE, hyper::upgrade::on(&mut answer)).await??;
            return Ok(Ok((upgraded, headers)));
        }
        let status = answer.status();
        let body = tokio::time::timeout(PATIENCE, answer.into_body().collect())
            .await??
            .to_bytes();
        Ok(Err(Answered {
            status,
            headers,
            body,
        }))
    }
}
