//! The connection to Redis or Valkey that replicas share, and what sealed values in it have in common; it knows nothing
//! of what they mean.

mod encoding;
mod index;
mod sealing;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, ScriptInvocation};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;

pub(crate) use self::encoding::{Reader, Writer};
pub(crate) use self::index::{Bounded, Index, Names, Place, script};
pub(crate) use self::sealing::{Sealing, aside, sealed_at};
use crate::config::Secret;

/// A turn waits for the store no longer than this, a new connection included: its caller would notice more.
const PATIENCE: Duration = Duration::from_secs(2);
/// A store that is near connects in milliseconds; one lost packet costs a second.
const CONNECT: Duration = Duration::from_secs(1);
/// One command moves up to an entry of many megabytes.
const RESPONSE: Duration = Duration::from_millis(1500);

/// Nobody tries to connect for so long after somebody failed: turns that come meanwhile fail at once instead of in a queue.
const COOL_DOWN: Duration = Duration::from_millis(500);

/// The store does not answer, or not as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the shared store is unavailable")]
pub(crate) struct Away;

/// Not a URL that can be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the URL of a shared store")]
pub(crate) struct InvalidUrl;

/// A connection that is made when it is needed, and made anew after a failure.
pub(crate) struct SharedStore {
    client: Client,
    settings: AsyncConnectionConfig,
    link: Mutex<Link>,
    /// Connections so far.
    made: AtomicU64,
    is_away: AtomicBool,
}

enum Link {
    None,
    Up {
        connection: MultiplexedConnection,
        /// Tells it from those made before and after.
        number: u64,
    },
    Failed {
        at: Instant,
    },
}

impl SharedStore {
    pub(crate) fn new(url: &Secret) -> Result<Self, InvalidUrl> {
        // The first who asks decides for the process; all of ours ask for this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: Client::open(url.expose_text()).map_err(|_| InvalidUrl)?,
            settings: AsyncConnectionConfig::new()
                .set_connection_timeout(Some(CONNECT))
                .set_response_timeout(Some(RESPONSE)),
            link: Mutex::new(Link::None),
            made: AtomicU64::new(0),
            is_away: AtomicBool::new(false),
        })
    }

    /// Runs a script. It may run twice, when a connection breaks: it must not mind.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Away> {
        let answer = tokio::time::timeout(PATIENCE, self.attempt(script)).await;
        let (is_away, kind) = match &answer {
            Ok(Ok(_)) => (false, None),
            Ok(Err(error)) => (true, error.as_ref().map(RedisError::kind)),
            Err(_) => (true, None),
        };
        if self.is_away.swap(is_away, Ordering::Relaxed) != is_away {
            if is_away {
                tracing::warn!(error.kind = ?kind, "the shared store is unavailable");
            } else {
                tracing::info!("the shared store is available again");
            }
        }
        answer.map_err(|_| Away)?.map_err(|_| Away)
    }

    /// Connections end while nobody looks, so the first failure says little.
    async fn attempt<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, Option<RedisError>> {
        let mut is_last = false;
        loop {
            let (mut connection, number) = self.connect().await?;
            match script.invoke_async(&mut connection).await {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    let may_retry = error.is_io_error() && !error.is_timeout();
                    self.forget(number).await;
                    if is_last || !may_retry {
                        return Err(Some(error));
                    }
                    is_last = true;
                }
            }
        }
    }

    /// One connects, the others wait for it.
    async fn connect(&self) -> Result<(MultiplexedConnection, u64), Option<RedisError>> {
        let mut link = self.link.lock().await;
        match &*link {
            Link::Up { connection, number } => return Ok((connection.clone(), *number)),
            Link::Failed { at } if at.elapsed() < COOL_DOWN => return Err(None),
            Link::None | Link::Failed { .. } => {}
        }
        // A caller that gives up in here has failed too.
        *link = Link::Failed { at: Instant::now() };
        let made = self
            .client
            .get_multiplexed_async_connection_with_config(&self.settings)
            .await;
        match made {
            Ok(connection) => {
                let number = self.made.fetch_add(1, Ordering::Relaxed);
                *link = Link::Up {
                    connection: connection.clone(),
                    number,
                };
                Ok((connection, number))
            }
            Err(error) => {
                *link = Link::Failed { at: Instant::now() };
                Err(Some(error))
            }
        }
    }

    async fn forget(&self, broken: u64) {
        let mut link = self.link.lock().await;
        if matches!(&*link, Link::Up { number, .. } if *number == broken) {
            *link = Link::None;
        }
    }
}

/// The URL may hold a password.
impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedStore(..)")
    }
}

#[cfg(test)]
pub(crate) mod server;
