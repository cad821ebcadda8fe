//! Those who take more than they give.

use std::io::Write as _;

use anyhow::Result;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Address;
use crate::bodies;
use crate::sockets::{self, pause};

/// What they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crowd {
    SlowHeads,
    SlowBodies,
    UnfinishedBodies,
    Bombs,
    Claims,
    Hostile,
}

/// A body as large as one may be.
const LARGEST: usize = 32 << 20;

/// The members of a crowd, who leave when this is dropped.
pub(super) struct Members(JoinSet<()>);

impl Members {
    pub(super) fn leave(self) {
        drop(self.0);
    }
}

impl Crowd {
    pub(super) const ALL: [Self; 6] = [
        Self::SlowHeads,
        Self::SlowBodies,
        Self::UnfinishedBodies,
        Self::Bombs,
        Self::Claims,
        Self::Hostile,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SlowHeads => "1,024 connections that send a byte of their head a second",
            Self::SlowBodies => "1,024 connections that send a byte of their body a second",
            Self::UnfinishedBodies => "64 bodies of 30 MB that never end",
            Self::Bombs => "200 at once of 32 MB in 32 KB of gzip, again and again",
            Self::Claims => "turn states in 2,000 names, as many as there is room for",
            Self::Hostile => "4 bodies of 32 MB of what costs most, again and again",
        }
    }

    /// Whether its upstream has to speak WebSocket.
    pub(super) const fn is_of_sockets(self) -> bool {
        matches!(self, Self::Claims)
    }

    pub(super) async fn come(self, to: Address) -> Result<Members> {
        let mut members = JoinSet::new();
        match self {
            Self::SlowHeads => {
                for _ in 0..1024 {
                    members.spawn(drip(
                        to,
                        b"POST /v1/chat/completions HTTP/1.1\r\nx: ".to_vec().into(),
                    ));
                }
            }
            Self::SlowBodies => {
                for _ in 0..1024 {
                    members.spawn(drip(to, head("", LARGEST - 1).into()));
                }
            }
            Self::UnfinishedBodies => {
                let mut body = head("", LARGEST);
                body.extend(std::iter::repeat_n(b'a', 30_000_000));
                let body = Bytes::from(body);
                for _ in 0..64 {
                    members.spawn(drip(to, body.clone()));
                }
            }
            Self::Bombs => {
                let bomb = Bytes::from(bomb()?);
                for _ in 0..200 {
                    members.spawn(again(to, bomb.clone()));
                }
            }
            Self::Claims => {
                for nth in 0..100 {
                    members.spawn(async move {
                        for round in 0.. {
                            // Its state stays, whether the socket does or not.
                            drop(sockets::claim(to, (nth * 100 + round) % 2000).await);
                        }
                    });
                }
            }
            Self::Hostile => {
                let units: Vec<String> = bodies::hostile().map(|(_, unit)| unit).collect();
                for nth in 0..4 {
                    // As long as one text may be.
                    let texts = units.iter().skip(nth).step_by(units.len() / 4 + 1);
                    let texts = texts.map(|unit| unit.repeat(7_000_000 / unit.len()));
                    let body = bodies::say_all(texts.take(4));
                    let mut request = head("", body.len());
                    request.extend(body);
                    members.spawn(again(to, request.into()));
                }
            }
        }
        Ok(Members(members))
    }
}

/// Sends `first`, then a byte a second, and begins again when it is closed.
async fn drip(to: Address, first: Bytes) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(to).await {
            let mut sent = stream.write_all(&first).await;
            while sent.is_ok() {
                pause(std::time::Duration::from_secs(1)).await;
                sent = stream.write_all(b"a").await;
            }
        }
        pause(std::time::Duration::from_millis(100)).await;
    }
}

/// Sends a request again as soon as it was answered or refused.
async fn again(to: Address, request: Bytes) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(to).await
            && stream.write_all(&request).await.is_ok()
        {
            let mut answer = [0; 1024];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut answer).await;
        }
        pause(std::time::Duration::from_millis(10)).await;
    }
}

fn head(more: &str, length: usize) -> Vec<u8> {
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer crowd\r\n\
         content-type: application/json\r\n{more}content-length: {length}\r\n\r\n"
    )
    .into_bytes()
}

fn bomb() -> Result<Vec<u8>> {
    let body = bodies::say(0, &"a".repeat(LARGEST - 4096));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&body)?;
    let encoded = encoder.finish()?;
    let mut request = head("content-encoding: gzip\r\n", encoded.len());
    request.extend(encoded);
    Ok(request)
}
