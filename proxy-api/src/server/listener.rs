//! Listening sockets, with room for bursts, and a place for each connection that is accepted.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::seats::{Place, Seats};
use crate::pause::pause;

/// Connections that the system completes before they are accepted: a burst of all agents of a company after a restart.
/// The system bounds it too (`net.core.somaxconn`, 4096 on Linux).
const BACKLOG: u32 = 4096;
/// A full table of file descriptors is not answered by trying again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Files that are open beside connections: logs, the store, pooled upstreams.
const OTHER_FILES: u64 = 512;

/// One listening address.
pub(super) struct Listener(TcpListener);

impl Listener {
    /// `key` is what the configuration calls it.
    pub(super) fn bind(address: SocketAddr, key: &str) -> anyhow::Result<Self> {
        let bound = || {
            let socket = if address.is_ipv4() {
                TcpSocket::new_v4()?
            } else {
                TcpSocket::new_v6()?
            };
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(BACKLOG)
        };
        let listener = bound().with_context(|| format!("{key}: {address} cannot be bound"))?;
        Ok(Self(listener))
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The next connection, and its place; another may have to go for it.
    pub(super) async fn accept(&self, seats: &Arc<Seats>) -> Option<(TcpStream, Place)> {
        match self.0.accept().await {
            Ok((stream, from)) => {
                // Small events must not wait for more to come; without it they do, and nothing else is wrong.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(error.kind = %error.kind(), "TCP_NODELAY could not be set");
                }
                let Some(place) = seats.take(from.ip()) else {
                    tracing::warn!("a connection was closed: all others have turns (limits.connections)");
                    return None;
                };
                Some((stream, place))
            }
            Err(error) => {
                tracing::warn!(error.kind = %error.kind(), "a connection could not be accepted");
                // No file is left, or no memory: somebody has to go.
                seats.dismiss_one();
                pause(ACCEPT_PAUSE).await;
                None
            }
        }
    }
}

/// Has the system allow as many open files as it does; how many callers that is enough for, where it is not enough for
/// `wanted`. Each may need a connection to its upstream.
pub(super) fn affordable(wanted: usize) -> Option<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
    let files = match raised {
        Ok(()) => maximum,
        Err(_) => getrlimit(Resource::Nofile).current,
    };
    let callers = files?.saturating_sub(OTHER_FILES) / 2;
    (callers < wanted as u64).then_some(callers)
}
