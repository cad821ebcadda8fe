//! Where the configuration comes from: file, environment, and what the command line says over them.

use std::path::PathBuf;

use clap::Args;
use masking::Profile;
use proxy_api::config::{Config, ConfigError, Profiles, Upstream};

/// What every command takes.
#[derive(Args)]
pub(crate) struct Source {
    /// Configuration file (TOML); environment variables BAUTA_SECTION__KEY come over it.
    #[arg(long, global = true, env = "BAUTA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What holds where the configuration says nothing, over its `policy.profile`: `agent` if neither says, or `strict`.
    #[arg(long, global = true, value_name = "PROFILE", value_parser = Profiles::by_name)]
    profile: Option<Profile>,
    /// One more upstream, at /NAME/...; may be given again. Without an adapter it is asked in the API that a path names.
    #[arg(
        long = "upstream",
        global = true,
        value_name = "NAME=URL[;adapter=openai|anthropic|azure][;path_prefix=/PATH]"
    )]
    upstreams: Vec<String>,
}

impl Source {
    /// # Errors
    /// As [`Config::load_with`].
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let profiles = Profiles {
            asked: self.profile,
            usual: Profile::Agent,
        };
        Config::load_from_process(profiles, self.config.as_deref(), &self.upstreams)
    }

    /// The upstreams of the command line, out of all that were loaded.
    pub(crate) fn own(&self, loaded: &[Upstream]) -> Vec<Upstream> {
        let names = self.upstreams.iter().filter_map(|text| text.split('=').next());
        let names: Vec<&str> = names.map(str::trim).collect();
        let own = loaded.iter().filter(|upstream| names.contains(&&*upstream.name));
        own.cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        source: Source,
    }

    /// The profile under which a command line and a file work.
    fn profile(arguments: &[&str], file: &str) -> Profile {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bauta.toml");
        std::fs::write(&path, file).unwrap();
        let config = ["bauta", "--config", path.to_str().unwrap()];
        let command = Command::parse_from(config.iter().chain(arguments));
        command.source.load().unwrap().policy.profile
    }

    #[test]
    fn the_command_line_says_the_profile_before_the_file() {
        const STRICT: &str = "[policy]\nprofile = \"strict\"\n";
        assert_eq!(profile(&[], ""), Profile::Agent);
        assert_eq!(profile(&[], STRICT), Profile::Strict);
        assert_eq!(profile(&["--profile", "agent"], STRICT), Profile::Agent);
        assert_eq!(profile(&["--profile", "strict"], ""), Profile::Strict);
        assert!(Command::try_parse_from(["bauta", "--profile", "lax"]).is_err());
    }
}
