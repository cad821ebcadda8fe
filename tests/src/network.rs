//! What may stand between a gateway and a provider: TLS, and a proxy.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer},
};

/// Speaks TLS for a plain server.
pub struct TlsFront {
    address: SocketAddr,
    certificate: String,
}

impl TlsFront {
    /// Stands before `server` with a new certificate for `name`, which nobody trusts yet.
    ///
    /// # Errors
    /// When no certificate can be made or no port is free.
    pub async fn start(server: SocketAddr, name: &str) -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed([name.to_owned()])?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move { relay(acceptor.accept(stream).await?, server).await });
            }
        });
        Ok(Self {
            address,
            certificate: made.cert.pem(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate in PEM, for those who are to trust it.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

/// A proxy that takes CONNECT and leads to one server, whatever it is asked for.
pub struct ConnectProxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    /// Leads to `server`; to nowhere when there is none.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(server: Option<SocketAddr>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = Self {
            address: listener.local_addr()?,
            asked: Arc::default(),
        };
        let asked = Arc::clone(&proxy.asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, server, Arc::clone(&asked)));
            }
        });
        Ok(proxy)
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn tunnel(
    stream: TcpStream,
    server: Option<SocketAddr>,
    asked: Arc<Mutex<Vec<String>>>,
) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        anyhow::ensure!(stream.read_line(&mut head).await? > 0, "the head is cut off");
    }
    let connects = head.starts_with("CONNECT ");
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(head);
    match server.filter(|_| connects) {
        Some(server) => {
            stream
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .await?;
            relay(stream, server).await
        }
        None => Ok(stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            .await?),
    }
}

async fn relay(mut near: impl AsyncRead + AsyncWrite + Unpin, server: SocketAddr) -> anyhow::Result<()> {
    let mut far = TcpStream::connect(server).await.context("the server is gone")?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}
