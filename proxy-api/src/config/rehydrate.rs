//! `[rehydrate]`: what is restored in answers.

use super::section::section;

section! {
    /// What is restored in answers. Assistant text always is.
    pub struct Rehydrate {
        /// Names of tools whose call arguments are restored: names with `*` and `?`, and the presets `claude-code`
        /// and `codex`, which list the tools of those agents that work on this machine.
        tools: Vec<String> = "[]",
        /// Restore inside the address of a link or image in text. A rendered image would carry the value away.
        in_urls: bool = "false",
    }
}
