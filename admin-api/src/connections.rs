//! Connections of a listener: bounded in all and by source. Where there are too many, the one goes that has moved nothing for
//! longest: whoever opens many and says nothing shuts nobody out. One whose peer does not read is closed.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::transport::server::Connected;

/// In all: far more than operators and instances have, and less than a process may open by default on most systems.
const MOST: usize = 512;
/// A proxy before us is one source.
const MOST_OF_SOURCE: usize = 256;
/// A peer that takes nothing for so long is gone.
const STALL: Duration = Duration::from_secs(30);
/// After a failure to accept, mostly for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Those of one listener.
#[derive(Clone, Debug)]
pub(crate) struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    open: Mutex<HashMap<u64, Arc<Seat>>>,
    next: AtomicU64,
    began: Instant,
}

#[derive(Debug)]
struct Seat {
    source: IpAddr,
    /// When it last moved a byte, in milliseconds from the beginning.
    moved: AtomicU64,
    leave: CancellationToken,
}

impl Connections {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            open: Mutex::default(),
            next: AtomicU64::new(0),
            began: Instant::now(),
        }))
    }

    /// The next connection; waits while there is none to be had.
    pub(crate) async fn accept(&self, listener: &TcpListener) -> (Connection, SocketAddr) {
        loop {
            // One that broke before it was accepted, or no file descriptor: the next one may do.
            if let Ok((stream, peer)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                return (self.seated(stream, peer), peer);
            }
            tokio::time::sleep_until(Instant::now() + PAUSE).await;
        }
    }

    fn seated(&self, stream: TcpStream, peer: SocketAddr) -> Connection {
        let seat = Arc::new(Seat {
            source: network(peer.ip()),
            moved: AtomicU64::new(self.0.now()),
            leave: CancellationToken::new(),
        });
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let mut open = self.0.open();
        let of_source = open.values().filter(|other| other.source == seat.source).count();
        if of_source >= MOST_OF_SOURCE {
            dismiss(&mut open, Some(seat.source));
        } else if open.len() >= MOST {
            dismiss(&mut open, None);
        }
        open.insert(number, Arc::clone(&seat));
        drop(open);
        Connection {
            stream,
            leave: Box::pin(seat.leave.clone().cancelled_owned()),
            stall: None,
            number,
            seat,
            all: self.clone(),
        }
    }
}

impl Inner {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        // No change of the table stops half-way.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Has the one go that moved nothing for longest: of a source, or of all.
fn dismiss(open: &mut HashMap<u64, Arc<Seat>>, source: Option<IpAddr>) {
    let stalest = open
        .iter()
        .filter(|(_, seat)| source.is_none_or(|source| seat.source == source))
        .min_by_key(|(number, seat)| (seat.moved.load(Ordering::Relaxed), **number))
        .map(|(number, _)| *number);
    if let Some(seat) = stalest.and_then(|number| open.remove(&number)) {
        seat.leave.cancel();
    }
}

/// A customer of IPv6 has a /64 at least.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// A connection with its seat.
pub(crate) struct Connection {
    stream: TcpStream,
    leave: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Runs while the peer takes nothing.
    stall: Option<Pin<Box<Sleep>>>,
    number: u64,
    seat: Arc<Seat>,
    all: Connections,
}

impl Connection {
    fn is_dismissed(&mut self, context: &mut Context<'_>) -> bool {
        self.leave.as_mut().poll(context).is_ready()
    }

    fn has_moved(&mut self) {
        self.stall = None;
        self.seat.moved.store(self.all.0.now(), Ordering::Relaxed);
    }

    /// What a write came to, or the end of a peer that takes nothing.
    fn written<T>(&mut self, context: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if self.is_dismissed(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if result.is_ready() {
            self.has_moved();
            return result;
        }
        let stall = self
            .stall
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + STALL)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.0.open().remove(&self.number);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_dismissed(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let result = ready!(Pin::new(&mut self.stream).poll_read(context, into));
        self.seat.moved.store(self.all.0.now(), Ordering::Relaxed);
        Poll::Ready(result)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn pair(listener: &TcpListener, all: &Connections) -> (TcpStream, Connection) {
        let address = listener.local_addr().unwrap();
        let (peer, (ours, _)) = tokio::join!(TcpStream::connect(address), all.accept(listener));
        (peer.unwrap(), ours)
    }

    #[tokio::test]
    async fn the_one_that_moves_nothing_makes_room() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let all = Connections::new();
        let mut pairs = Vec::new();
        for _ in 0..MOST_OF_SOURCE {
            pairs.push(pair(&listener, &all).await);
        }
        let (peer, busy) = &mut pairs[0];
        // Until the clock of the seats has moved on.
        while all.0.now() <= busy.seat.moved.load(Ordering::Relaxed) {
            peer.write_all(b"x").await.unwrap();
            busy.read_exact(&mut [0]).await.unwrap();
            tokio::task::yield_now().await;
        }
        peer.write_all(b"x").await.unwrap();
        busy.read_exact(&mut [0]).await.unwrap();
        let _one_more = pair(&listener, &all).await;
        assert_eq!(all.0.open().len(), MOST_OF_SOURCE);
        assert!(!pairs[0].1.seat.leave.is_cancelled());
        let dismissed = pairs
            .iter_mut()
            .find(|(_, ours)| ours.seat.leave.is_cancelled())
            .unwrap();
        let end = dismissed.1.read(&mut [0]).await.unwrap_err();
        assert_eq!(end.kind(), io::ErrorKind::ConnectionAborted);
        pairs.clear();
        assert_eq!(all.0.open().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_read_is_gone() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (_peer, mut ours) = pair(&listener, &Connections::new()).await;
        let end = loop {
            if let Err(error) = ours.write_all(&[0; 1 << 16]).await {
                break error;
            }
        };
        assert_eq!(end.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_customer_of_ipv6_is_one_source() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
