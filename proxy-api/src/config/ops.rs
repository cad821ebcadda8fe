//! `[ops]`: the private listener of health, readiness and metrics.

use configuration::{Listen, section};

section! {
    /// Health, readiness and Prometheus metrics on a listener of their own.
    pub struct Ops {
        /// Address and port of `/health`, `/ready` and `/metrics`. Keep it private. Port 0 takes a free one.
        listen: Listen = "\"127.0.0.1:9464\"",
    }
}
