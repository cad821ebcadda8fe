//! Where the configuration comes from: file, environment, and the profile that the command line asks for.

use std::path::PathBuf;

use clap::Args;
use masking::Profile;
use proxy_api::config::{Config, ConfigError, Profiles};

/// What every command takes.
#[derive(Args)]
pub(crate) struct Source {
    /// Configuration file (TOML); environment variables BAUTA_SECTION__KEY come over it.
    #[arg(long, global = true, env = "BAUTA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What holds where the configuration says nothing, over its `policy.profile`: `agent` if neither says, or `strict`.
    #[arg(long, global = true, value_name = "PROFILE", value_parser = Profiles::by_name)]
    profile: Option<Profile>,
}

impl Source {
    /// # Errors
    /// As [`Config::load`].
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let profiles = Profiles {
            asked: self.profile,
            usual: Profile::Agent,
        };
        Config::load_from_process(profiles, self.config.as_deref())
    }
}
