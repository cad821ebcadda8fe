//! Reads a body whole, under a limit and without waiting for a silent peer for ever.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt as _;
use thiserror::Error;
use tokio::time::Instant;

use crate::budget::{Held, NoRoom};

/// What is reserved ahead on the word of a `Content-Length` header: an ordinary body, so that it is not moved as it grows.
const MAX_RESERVE: usize = 1 << 20;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ReadError {
    #[error("the body is too large")]
    TooLarge,
    #[error("the peer fell silent")]
    Idle,
    #[error("the body ended early")]
    Cut,
    #[error("there is no room for the body")]
    NoRoom,
}

/// How fast a caller has to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Each wait for more.
    pub(crate) idle: Duration,
    /// All of it.
    pub(crate) whole: Duration,
    /// From the tenth second on.
    pub(crate) bytes_per_second: usize,
}

/// Before a rate can be told: a slow start, a name that is looked up.
const RATE_FROM: Duration = Duration::from_secs(10);

impl Pace {
    /// When something more must have come of a body that has begun at `start` and of which `read` bytes are there.
    pub(crate) fn next_by(&self, start: Instant, read: usize) -> Instant {
        let earned = read as f64 / self.bytes_per_second as f64;
        // A body that is far ahead has all the time it may have at all.
        let earned = Duration::try_from_secs_f64(earned)
            .unwrap_or(self.whole)
            .min(self.whole);
        let latest = (start + RATE_FROM + earned).min(start + self.whole);
        latest.min(Instant::now() + self.idle)
    }
}

/// What has come of a body; one that comes in one piece, the usual case, is not copied.
#[derive(Default)]
pub(crate) struct Pieces {
    first: Bytes,
    joined: BytesMut,
}

impl Pieces {
    pub(crate) fn len(&self) -> usize {
        self.first.len() + self.joined.len()
    }

    /// Takes one more; `ahead` bytes are announced to follow.
    pub(crate) fn push(&mut self, piece: Bytes, ahead: usize) {
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        if self.joined.is_empty() {
            let known = self.first.len() + piece.len();
            self.joined.reserve(known + ahead.min(MAX_RESERVE));
            self.joined.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.joined.extend_from_slice(&piece);
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.freeze()
        }
    }
}

/// The next bytes of `body`, `None` at its end; `idle` bounds the wait for them. Trailers are dropped.
pub(crate) async fn piece<B>(body: &mut B, idle: Duration) -> Result<Option<Bytes>, ReadError>
where
    B: Body<Data = Bytes> + Unpin,
{
    loop {
        let frame = tokio::time::timeout(idle, body.frame())
            .await
            .map_err(|_| ReadError::Idle)?;
        match frame {
            None => return Ok(None),
            Some(Err(_)) => return Err(ReadError::Cut),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// All bytes of `body`, at most `limit`; `idle` bounds each wait for more.
pub(crate) async fn whole<B>(body: B, limit: usize, idle: Duration) -> Result<Bytes, ReadError>
where
    B: Body<Data = Bytes> + Unpin,
{
    rest(Pieces::default(), body, limit, idle).await
}

/// As [`whole`], of a body whose beginning was read before.
pub(crate) async fn rest<B>(
    mut read: Pieces,
    mut body: B,
    limit: usize,
    idle: Duration,
) -> Result<Bytes, ReadError>
where
    B: Body<Data = Bytes> + Unpin,
{
    if read.len().saturating_add(announced(&body)) > limit {
        return Err(ReadError::TooLarge);
    }
    while let Some(piece) = piece(&mut body, idle).await? {
        if read.len() + piece.len() > limit {
            return Err(ReadError::TooLarge);
        }
        read.push(piece, announced(&body));
    }
    Ok(read.into_bytes())
}

/// The body of a request: at most `limit`, at the pace that callers have to keep, in room of the budget.
pub(crate) async fn request<B>(
    mut body: B,
    limit: usize,
    pace: &Pace,
    mut held: Held,
) -> Result<Bytes, ReadError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let start = Instant::now();
    let mut read = Pieces::default();
    if announced(&body) > limit {
        return Err(ReadError::TooLarge);
    }
    loop {
        let left = pace
            .next_by(start, read.len())
            .saturating_duration_since(Instant::now());
        // What is there already does not help one that is late.
        if left.is_zero() {
            return Err(ReadError::Idle);
        }
        let Some(piece) = piece(&mut body, left).await? else {
            return Ok(held.fill(read.into_bytes()));
        };
        if read.len() + piece.len() > limit {
            return Err(ReadError::TooLarge);
        }
        read.push(piece, announced(&body));
        let grown = held.grow_over_others(read.len()).await;
        grown.map_err(|NoRoom| ReadError::NoRoom)?;
    }
}

fn announced(body: &impl Body) -> usize {
    usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)
}

/// Reads and forgets up to `most` bytes, so that a peer that is still sending gets to read the answer.
pub(crate) async fn drain<B>(body: &mut B, most: usize)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut left = most;
    while let Some(Ok(frame)) = body.frame().await {
        let size = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body::Frame;
    use http_body_util::{Full, channel::Channel};

    use super::*;

    const WAIT: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit() {
        for limit in [6, 5] {
            let (mut sender, body) = Channel::<Bytes, Infallible>::new(4);
            for piece in ["ab", "cd", "ef"] {
                sender
                    .send(Frame::data(Bytes::from_static(piece.as_bytes())))
                    .await
                    .unwrap();
            }
            drop(sender);
            let read = whole(body, limit, WAIT).await;
            match limit {
                6 => assert_eq!(read.unwrap(), "abcdef"),
                _ => assert_eq!(read, Err(ReadError::TooLarge)),
            }
        }
    }

    #[tokio::test]
    async fn an_announced_size_is_refused_unread() {
        let body = Full::new(Bytes::from(vec![0; 100]));
        assert_eq!(whole(body, 99, WAIT).await, Err(ReadError::TooLarge));
    }

    const PACE: Pace = Pace {
        idle: Duration::from_secs(75),
        whole: Duration::from_secs(300),
        bytes_per_second: 1024,
    };

    /// What a body comes to of which so many bytes come every second.
    async fn dripping(bytes: usize) -> (Result<Bytes, ReadError>, Duration) {
        let seats = std::sync::Arc::new(crate::server::Seats::new(1, 0, crate::server::Yields::Anybody));
        let budget = std::sync::Arc::new(crate::budget::Budget::new(64 << 20, &seats));
        let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
        let started = Instant::now();
        let reading = tokio::spawn(async move { request(body, 8 << 20, &PACE, budget.hold()).await });
        while sender.send(Frame::data(vec![b'x'; bytes].into())).await.is_ok() {
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        (reading.await.unwrap(), started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_given_up() {
        let (read, after) = dripping(100).await;
        assert_eq!(read, Err(ReadError::Idle));
        assert!((10..16).contains(&after.as_secs()), "{after:?}");
        let (read, after) = dripping(2000).await;
        assert_eq!(read, Err(ReadError::Idle));
        assert!((300..306).contains(&after.as_secs()), "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_ends_the_wait() {
        let (_sender, body) = Channel::<Bytes, Infallible>::new(1);
        assert_eq!(whole(body, 10, WAIT).await, Err(ReadError::Idle));
    }
}
