//! `[rehydrate]`: what is restored in answers.

use ::masking::Profile;

use configuration::section;

/// What an agent's local tools are restored by.
const PRESETS: [&str; 2] = ["claude-code", "codex"];

section! {
    /// What is restored in answers. Assistant text always is.
    pub(super) struct WrittenRehydrate {
        /// Names of tools whose call arguments are restored: names with `*` and `?`, and the presets `claude-code`
        /// and `codex`, which list the tools of those agents that work on this machine. Left out: none, or both presets in
        /// the profile `agent`; a list of your own takes their place.
        tools: Option<Vec<String>> = "unset",
        /// Restore inside the address of a link or image in text. A rendered image would carry the value away.
        in_urls: bool = "false",
    }
}

/// What is restored in answers.
#[derive(Clone, Debug)]
pub struct Rehydrate {
    /// Names of tools whose call arguments are restored.
    pub tools: Vec<String>,
    /// Restore inside the address of a link or image in text.
    pub in_urls: bool,
}

impl WrittenRehydrate {
    pub(super) fn finish(self, profile: Profile) -> Rehydrate {
        let usual = || match profile {
            Profile::Strict => Vec::new(),
            Profile::Agent => PRESETS.map(str::to_owned).to_vec(),
        };
        Rehydrate {
            tools: self.tools.unwrap_or_else(usual),
            in_urls: self.in_urls,
        }
    }
}
