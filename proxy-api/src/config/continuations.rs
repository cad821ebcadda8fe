//! `[continuations]`: memory of chains whose history the provider keeps.

use std::time::Duration;

use configuration::section;

section! {
    /// Chains whose history the provider keeps (`previous_response_id`, `conversation`): what their placeholders
    /// stand for is remembered in memory, under the caller and the provider's id; with `turn_state.store = "redis"`
    /// also there, within the same limits.
    pub struct Continuations {
        /// Chains remembered at once. Where there are as many, or no bytes are left, the caller that holds most loses the one
        /// that it used longest ago; a turn that names it is refused, as is one of a chain that is larger than all room.
        count: usize = "10000",
        /// Memory for all of them together; bytes.
        bytes: usize = "67108864",
        /// Time since a chain was last used; seconds.
        idle_seconds: u64 = "3600",
    }
}

impl Continuations {
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }
}
