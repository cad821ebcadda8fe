//! Where the configuration comes from: file, environment, and what the command line says over them.

use std::path::PathBuf;

use admin_api::config::Usual;
use admin_api::settings::{Database, Secret, Settings};
use anyhow::{Context as _, Result};
use clap::Args;
use masking::Profile;
use proxy_api::config::{Config, ConfigError, Profiles, Upstream};

use crate::data_dir::database_url;

/// In the home directory.
const DATA_DIR: &str = ".bauta";

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
    /// Where `bauta up` keeps its keyring, the control plane's database and waiting events; `~/.bauta` by default.
    #[arg(long, global = true, env = "BAUTA_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
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

    /// The control plane's sections, with `usual` where they say nothing.
    ///
    /// # Errors
    /// As [`admin_api::config::load`].
    pub(crate) fn load_admin(&self, usual: Usual) -> Result<Settings, ConfigError> {
        // One process has one log: proxy-api's section says how it is written.
        admin_api::config::load_from_process(self.config.as_deref(), usual).map(|(settings, _)| settings)
    }

    /// Where the control plane's database is.
    ///
    /// # Errors
    /// As [`admin_api::config::load`].
    pub(crate) fn database(&self) -> Result<Database> {
        let url = database_url(&self.data_dir()?)?;
        let usual = Usual {
            database_url: Some(Secret::new(url)),
            verify_key: None,
        };
        let file = self.config.as_deref();
        Ok(admin_api::config::database_from_process(file, usual)?)
    }

    /// The data directory, whether it is there or not.
    ///
    /// # Errors
    /// When nothing says where it is.
    pub(crate) fn data_dir(&self) -> Result<PathBuf> {
        let given = self.data_dir.clone();
        let usual = || Some(std::env::home_dir()?.join(DATA_DIR)).filter(|path| path.is_absolute());
        let path = given
            .or_else(usual)
            .context("there is no home directory; say with --data-dir DIR where to keep data")?;
        Ok(std::path::absolute(path)?)
    }

    /// What a further command needs to find the same data directory.
    pub(crate) fn data_dir_option(&self) -> String {
        let given = self.data_dir.as_ref();
        given.map_or_else(String::new, |path| format!(" --data-dir {}", path.display()))
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
