//! The pause that is meant as one: between two attempts, where there is no event to wait for.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Does nothing for so long.
pub(crate) async fn pause(time: Duration) {
    sleep_until(Instant::now() + time).await;
}
