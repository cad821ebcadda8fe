//! Listening sockets, with room for bursts, and a place for each connection that is accepted.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use rustix::process::{Resource, getrlimit};

use super::seats::{Place, Seats};
use crate::caller::Owner;
use crate::gateway::Gateway;
use crate::pause::pause;

/// Connections that the system completes before they are accepted: a burst of all agents of a company after a restart.
/// The system bounds it too (`net.core.somaxconn`, 4096 on Linux).
const BACKLOG: u32 = 4096;
/// A full table of file descriptors is not answered by trying again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Files that connections of callers leave for those to upstreams and stores: a turn that has its body must not fail for
/// want of one. A quarter where there are few.
const RESERVED_FILES: u64 = 256;

/// One listening address.
pub(super) struct Listener {
    listener: TcpListener,
    /// Files with this number or a higher one are for upstreams.
    crowded_from: i32,
}

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
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let crowded_from = i32::try_from(files - (files / 4).min(RESERVED_FILES)).unwrap_or(i32::MAX);
        Ok(Self {
            listener,
            crowded_from,
        })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next connection, and its place among `seats`; another may have to go for it, of the whole `crowd` where files are short.
    pub(super) async fn accept(
        &self,
        seats: &Arc<Seats<IpAddr>>,
        crowd: &Crowd<'_>,
    ) -> Option<(TcpStream, Place<IpAddr>)> {
        match self.listener.accept().await {
            Ok((stream, from)) => {
                // Small events must not wait for more to come; without it they do, and nothing else is wrong.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(error.kind = %error.kind(), "TCP_NODELAY could not be set");
                }
                // The system gives the lowest number that is free: as many are open.
                if stream.as_raw_fd() >= self.crowded_from {
                    crowd.dismiss_one();
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
                crowd.dismiss_one();
                pause(ACCEPT_PAUSE).await;
                None
            }
        }
    }
}

/// Everybody who is connected.
pub(super) struct Crowd<'a> {
    connections: &'a Seats<IpAddr>,
    sockets: &'a Seats<Owner>,
}

impl<'a> Crowd<'a> {
    pub(super) fn of(gateway: &'a Gateway) -> Self {
        Self {
            connections: &gateway.seats,
            sockets: gateway.sockets.seats(),
        }
    }

    /// Of all, has the one go that has sent least for longest.
    fn dismiss_one(&self) -> bool {
        if self.sockets.furthest_behind() > self.connections.furthest_behind() {
            self.sockets.dismiss_one()
        } else {
            self.connections.dismiss_one()
        }
    }
}
