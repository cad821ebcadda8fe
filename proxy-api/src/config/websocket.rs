//! `[websocket]`: callers' sockets.

use std::time::Duration;

use configuration::section;

section! {
    /// Responses over WebSocket, as Codex and the OpenAI SDKs speak it on `GET /v1/responses`.
    pub struct WebSocket {
        /// Serves sockets; without them an upgrade is answered 426, and Codex uses HTTP at once.
        enabled: bool = "true",
        /// Sockets open at once; where there are as many, the one without a turn that has sent least for longest is closed
        /// for a new one.
        sockets: usize = "20000",
        /// Sockets that one caller has open at once; more are answered 429.
        sockets_per_caller: usize = "1000",
        /// Frames of one socket, after a burst of twice as many; per second.
        frames_per_second: u32 = "100",
        /// What has come of frames that are not whole yet, of all sockets together, of those of one caller half as much; a
        /// socket that needs more is closed; bytes. It counts as `limits.bodies_bytes` too.
        unfinished_bytes: usize = "268435456",
        /// Between pings to a caller; seconds.
        ping_seconds: u64 = "20",
        /// A caller of which nothing was heard, pongs included, is closed; seconds.
        pong_seconds: u64 = "60",
        /// A socket without a turn is closed; seconds.
        idle_seconds: u64 = "600",
        /// A caller that does not take what it is sent is closed; seconds.
        stall_seconds: u64 = "60",
    }
}

impl WebSocket {
    pub(crate) fn ping(&self) -> Duration {
        Duration::from_secs(self.ping_seconds)
    }

    pub(crate) fn pong(&self) -> Duration {
        Duration::from_secs(self.pong_seconds)
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    pub(crate) fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_seconds)
    }
}
