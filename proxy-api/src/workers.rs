//! A bounded pool for work that would hold up the async threads: large bodies.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::GatewayError;

/// Runs large work on blocking threads, as many at once as there are cores.
#[derive(Clone)]
pub(crate) struct Workers {
    permits: Arc<Semaphore>,
    inline_bytes: usize,
}

impl Workers {
    /// `count` 0 takes one per core.
    pub(crate) fn new(count: usize, inline_bytes: usize) -> Self {
        let cores = || std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let count = if count == 0 { cores() } else { count };
        Self {
            permits: Arc::new(Semaphore::new(count)),
            inline_bytes,
        }
    }

    /// Runs `work` here when it is about so few bytes that moving it costs more, else on the pool.
    pub(crate) async fn run<T, F>(&self, bytes: usize, work: F) -> Result<T, GatewayError>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        if bytes <= self.inline_bytes {
            return Ok(work());
        }
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| GatewayError::ShuttingDown)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        // The work panicked: its message is withheld by the panic hook.
        done.await.map_err(|_| GatewayError::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_work_stays_and_large_work_moves() {
        let workers = Workers::new(1, 10);
        let here = std::thread::current().id();
        assert_eq!(
            workers
                .run(10, move || std::thread::current().id())
                .await
                .unwrap(),
            here
        );
        assert_ne!(
            workers
                .run(11, move || std::thread::current().id())
                .await
                .unwrap(),
            here
        );
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let workers = Workers::new(1, 0);
        let result: Result<(), _> = workers.run(1, || panic!("expected by the test")).await;
        assert_eq!(result, Err(GatewayError::Internal));
        assert!(workers.run(1, || ()).await.is_ok());
    }
}
