//! A bounded pool for work that would hold up the async threads: large bodies, long chains.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use masking::Deadline;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::GatewayError;

/// Work of more bytes is large: it has fewer threads, so that some are left for all other work.
const LARGE_BYTES: usize = 1 << 20;

/// What is made of a byte of a body while it is masked: its document, its readings where it is all escapes, and what leaves.
/// What could take more (`masking::READINGS_WEIGHT`) is one text at a time: readings of others are not kept beyond 32 MiB.
const READINGS_PER_BYTE: usize = 12;

/// Runs work on blocking threads: large work on half as many as there are cores, decoding on as many, all other on as many
/// as there are cores.
#[derive(Clone)]
pub(crate) struct Workers {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    decoders: Arc<Semaphore>,
    /// Room for what is made of large bodies, KiB.
    readings: Arc<Semaphore>,
    readings_kib: u32,
    inline_bytes: usize,
}

/// Whether anybody still waits for a piece of work.
pub(crate) struct Waiting(AtomicBool);

impl Deadline for Waiting {
    fn has_passed(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }
}

/// Held by whoever waits.
struct Waiter(Arc<Waiting>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

impl Workers {
    /// `count` 0 takes one per core. Of large work at once no more is made than `readings_bytes`, but one piece of it
    /// always goes on.
    pub(crate) fn new(count: usize, inline_bytes: usize, readings_bytes: usize) -> Self {
        let cores = || std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let count = if count == 0 { cores() } else { count };
        let readings_kib = u32::try_from(readings_bytes / 1024).unwrap_or(u32::MAX);
        Self {
            small: Arc::new(Semaphore::new(count)),
            large: Arc::new(Semaphore::new(count.div_ceil(2))),
            decoders: Arc::new(Semaphore::new(count.div_ceil(2))),
            readings: Arc::new(Semaphore::new(readings_kib as usize)),
            readings_kib,
            inline_bytes,
        }
    }

    /// Runs `work` here when it is about so few bytes that moving it costs more, else on the pool. When this is dropped,
    /// nobody waits for the work any more.
    pub(crate) async fn run<T, F>(&self, bytes: usize, work: F) -> Result<T, GatewayError>
    where
        F: FnOnce(&Waiting) -> T + Send + 'static,
        T: Send + 'static,
    {
        if bytes <= self.inline_bytes {
            return Ok(work(&Waiting(AtomicBool::new(true))));
        }
        self.run_aside(bytes, work).await
    }

    /// As [`run`](Self::run), on the pool however little it is about.
    pub(crate) async fn run_aside<T, F>(&self, bytes: usize, work: F) -> Result<T, GatewayError>
    where
        F: FnOnce(&Waiting) -> T + Send + 'static,
        T: Send + 'static,
    {
        if bytes <= LARGE_BYTES {
            return spawn(&self.small, None, work).await;
        }
        let room = self.room(bytes).await?;
        spawn(&self.large, Some(room), work).await
    }

    /// Runs work that makes much out of little, of which nobody can say beforehand how much.
    pub(crate) async fn decode<T, F>(&self, work: F) -> Result<T, GatewayError>
    where
        F: FnOnce(&Waiting) -> T + Send + 'static,
        T: Send + 'static,
    {
        spawn(&self.decoders, None, work).await
    }

    /// For what is made of so many bytes; more than all room is as much as all.
    async fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, GatewayError> {
        let kib = bytes.saturating_mul(READINGS_PER_BYTE) / 1024;
        let kib = u32::try_from(kib).unwrap_or(u32::MAX).min(self.readings_kib);
        let room = Arc::clone(&self.readings).acquire_many_owned(kib);
        room.await.map_err(|_| GatewayError::ShuttingDown)
    }
}

/// Runs work on a blocking thread, once there is one for it.
async fn spawn<T, F>(
    threads: &Arc<Semaphore>,
    room: Option<OwnedSemaphorePermit>,
    work: F,
) -> Result<T, GatewayError>
where
    F: FnOnce(&Waiting) -> T + Send + 'static,
    T: Send + 'static,
{
    let thread = Arc::clone(threads).acquire_owned().await;
    let held = (thread.map_err(|_| GatewayError::ShuttingDown)?, room);
    let waiting = Arc::new(Waiting(AtomicBool::new(true)));
    let waiter = Waiter(Arc::clone(&waiting));
    let done = tokio::task::spawn_blocking(move || {
        let result = work(&waiting);
        drop(held);
        result
    });
    // The work panicked: its message is withheld by the panic hook.
    let done = done.await.map_err(|_| GatewayError::Internal);
    drop(waiter);
    done
}

/// Drops what may be large, and is zeroed byte by byte, away from the async threads.
pub(crate) fn let_fall<T: Send + 'static>(values: T) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn_blocking(move || drop(values));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_work_stays_and_large_work_moves() {
        let workers = Workers::new(1, 10, 1 << 20);
        let here = std::thread::current().id();
        assert_eq!(
            workers
                .run(10, move |_| std::thread::current().id())
                .await
                .unwrap(),
            here
        );
        assert_ne!(
            workers
                .run(11, move |_| std::thread::current().id())
                .await
                .unwrap(),
            here
        );
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let workers = Workers::new(1, 0, 1 << 20);
        let result: Result<(), _> = workers.run(1, |_| panic!("expected by the test")).await;
        assert_eq!(result, Err(GatewayError::Internal));
        assert!(workers.run(1, |_| ()).await.is_ok());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_told() {
        let workers = Workers::new(1, 0, 1 << 20);
        let (told, tells) = tokio::sync::oneshot::channel();
        let (started, starts) = tokio::sync::oneshot::channel();
        let work = workers.run(1, move |waiting: &Waiting| {
            let _ = started.send(waiting.has_passed());
            while !waiting.has_passed() {
                std::thread::yield_now();
            }
            let _ = told.send(());
        });
        {
            let mut work = std::pin::pin!(work);
            tokio::select! {
                _ = work.as_mut() => panic!("the work ended by itself"),
                passed = starts => assert!(!passed.unwrap()),
            }
        }
        tells.await.unwrap();
        assert!(workers.run(1, |_| ()).await.is_ok());
    }

    #[tokio::test]
    async fn large_work_leaves_threads_for_other_work() {
        let workers = Workers::new(1, 0, 1 << 20);
        let (ends, end) = std::sync::mpsc::channel::<()>();
        let large = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(LARGE_BYTES + 1, move |_| end.recv()).await }
        });
        workers.run(LARGE_BYTES, |_| ()).await.unwrap();
        ends.send(()).unwrap();
        large.await.unwrap().unwrap().unwrap();
    }
}
