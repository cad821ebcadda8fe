//! The one caller that asks for what it needs and no more, and how long it waits for it.

use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;

use super::Address;
use crate::bodies;
use crate::load::{self, get};
use crate::process::Server;
use crate::sockets::pause;

/// Between two looks at memory, and at health.
const LOOK: Duration = Duration::from_millis(20);

/// It.
pub(super) struct Honest {
    to: load::Address,
    data: Address,
    ops: Address,
    chat: Bytes,
    long: Bytes,
}

/// The slowest of each, in milliseconds.
#[derive(Clone, Copy, Default)]
pub(super) struct Waits {
    pub(super) chat: f64,
    pub(super) long: f64,
    pub(super) health: f64,
    pub(super) ops: f64,
    pub(super) answered: u32,
    pub(super) refused: u32,
}

impl Honest {
    /// `sockets`: the upstream takes streams at another path.
    pub(super) fn new(data: Address, ops: Address, sockets: bool) -> Self {
        let path = if sockets {
            "/v1/responses"
        } else {
            "/v1/chat/completions"
        };
        let (chat, long) = if sockets {
            (
                bodies::frame(1, 2_000, "bench").into_bytes(),
                bodies::frame(2, 100_000, "bench").into_bytes(),
            )
        } else {
            (bodies::chat(1, 2_000, false), bodies::chat(2, 100_000, false))
        };
        Self {
            to: load::Address {
                socket: data,
                path: path.to_owned(),
            },
            data,
            ops,
            chat: chat.into(),
            long: long.into(),
        }
    }

    pub(super) async fn once(&self) -> Result<()> {
        load::post(&self.to, self.chat.clone()).await?;
        load::post(&self.to, self.long.clone()).await?;
        Ok(())
    }

    /// Asks for so long; what it waited, and the gateway's memory at its largest, MiB.
    pub(super) async fn while_watching(&self, server: &Server, time: Duration) -> Result<(Waits, f64)> {
        let until = Instant::now() + time;
        let (chat, long, health, ops, peak) = tokio::join!(
            self.asks(&self.chat, until),
            self.asks(&self.long, until),
            looks(self.data, until),
            looks(self.ops, until),
            peak(server, until),
        );
        let ((chat, answered, refused), (long, more, others)) = (chat, long);
        let waits = Waits {
            chat,
            long,
            health,
            ops,
            answered: answered + more,
            refused: refused + others,
        };
        Ok((waits, peak))
    }

    async fn asks(&self, body: &Bytes, until: Instant) -> (f64, u32, u32) {
        let (mut slowest, mut answered, mut refused): (f64, u32, u32) = (0.0, 0, 0);
        while Instant::now() < until {
            match load::ask(&self.to, body.clone()).await {
                Ok((micros, true)) => {
                    slowest = slowest.max(micros / 1000.0);
                    answered += 1;
                }
                Ok((_, false)) | Err(_) => refused += 1,
            }
            pause(LOOK).await;
        }
        (slowest, answered, refused)
    }
}

async fn looks(at: Address, until: Instant) -> f64 {
    let mut slowest: f64 = 0.0;
    while Instant::now() < until {
        let waited = get(at, "/health").await.unwrap_or(f64::INFINITY);
        slowest = slowest.max(waited / 1000.0);
        pause(LOOK).await;
    }
    slowest
}

async fn peak(server: &Server, until: Instant) -> f64 {
    let mut peak: f64 = 0.0;
    while Instant::now() < until {
        peak = peak.max(server.rss_mib());
        pause(LOOK).await;
    }
    peak
}
