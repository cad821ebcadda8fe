//! Configuration: one TOML file plus environment, parsed once into final types. Only this module reads the
//! environment; it decides nothing at run time.

mod audit;
mod command_line;
mod continuations;
mod dangerous;
mod egress;
mod environment;
mod gateway_keys;
mod limits;
mod masking;
mod ops;
mod policy;
mod profiles;
mod reference;
mod rehydrate;
mod server;
mod signing_key;
mod timeouts;
mod trace_context;
mod turn_state;
mod upstreams;
mod validate;
mod websocket;

use std::path::Path;

use configuration::{File, Layers};
use serde::Deserialize;

use self::command_line::Arguments;

pub use ::masking::Profile;
pub use audit::{Audit, AuditSink, Delivery, Tls, Waiting, WhenFull};
pub use configuration::{BaseUrl, ConfigError, Listen, Log, LogStyle, Secret, Telemetry};
pub use continuations::Continuations;
pub use dangerous::Dangerous;
pub use egress::{Egress, Proxy};
pub use gateway_keys::GatewayKey;
pub use limits::Limits;
pub use masking::{Masking, ScopeRule};
pub use ops::Ops;
pub(crate) use policy::Fields;
pub use policy::{OpaqueAction, OpaqueContent, Policy, PublicAddresses, ToolDefinitions};
pub use profiles::{InvalidProfile, Profiles};
pub use reference::reference;
pub use rehydrate::Rehydrate;
pub use server::{Anonymous, Auth, Origin, Server};
pub use signing_key::{InvalidSigningKey, SigningKey};
pub use timeouts::Timeouts;
pub use trace_context::TraceContext;
pub use turn_state::{TurnState, TurnStore};
pub(crate) use upstreams::AZURE;
pub use upstreams::{Addresses, Api, LOCAL, Upstream, WebSocketRule};
pub use websocket::WebSocket;

/// Everything that a start of proxy-api needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where callers connect and who may.
    pub server: Server,
    /// Health and metrics.
    pub ops: Ops,
    /// Who may call, when `server.auth = "gateway_keys"`.
    pub gateway_keys: Vec<GatewayKey>,
    /// Destinations, built-in ones included; at most one is named `local`.
    pub upstreams: Vec<Upstream>,
    /// How they are reached.
    pub egress: Egress,
    /// Placeholders and the work around them.
    pub masking: Masking,
    /// What happens to which type.
    pub policy: Policy,
    /// What is restored in answers.
    pub rehydrate: Rehydrate,
    /// Sizes that bound a turn.
    pub limits: Limits,
    /// Times that bound a turn.
    pub timeouts: Timeouts,
    /// Callers' sockets.
    pub websocket: WebSocket,
    /// Memory of chains whose history the provider keeps.
    pub continuations: Continuations,
    /// What chains of turns on sockets leave behind.
    pub turn_state: TurnState,
    /// Value-free records of turns.
    pub audit: Audit,
    /// Logging.
    pub log: Log,
    /// Traces.
    pub telemetry: Telemetry,
    /// What callers and upstreams learn of each other's traces.
    pub trace_context: TraceContext,
    /// Switches that weaken a promise.
    pub dangerous: Dangerous,
}

/// The configuration as written, before the checks that need more than one key.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    server: Server,
    ops: Ops,
    gateway_keys: gateway_keys::Written,
    upstreams: upstreams::Written,
    egress: Egress,
    masking: Masking,
    policy: policy::WrittenPolicy,
    rehydrate: rehydrate::WrittenRehydrate,
    limits: Limits,
    timeouts: Timeouts,
    websocket: WebSocket,
    continuations: Continuations,
    turn_state: TurnState,
    audit: audit::WrittenAudit,
    log: Log,
    telemetry: Telemetry,
    trace_context: TraceContext,
    dangerous: Dangerous,
}

impl Config {
    /// Reads `file`, then `environment` over it (`BAUTA_SERVER__LISTEN=127.0.0.1:8787`).
    ///
    /// # Errors
    /// Names the key, where its value came from and what is allowed; never a value, nor a name that is only in the file.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::load_with(Profiles::default(), file, environment, &[])
    }

    /// [`Config::load`] for whoever has a profile in mind, and with `upstreams` of a command line over it:
    /// `name=url[;adapter=openai|anthropic|azure][;path_prefix=/path]`.
    ///
    /// # Errors
    /// As [`Config::load`]; of an upstream that does not parse, its name or its number.
    pub fn load_with(
        profiles: Profiles,
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        upstreams: &[String],
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::new(reference::is_known);
        if let Some(path) = file {
            // The control plane's sections are its own to read.
            layers = layers.over(File::read(path, |section| section != "admin")?);
        }
        let environment = environment::read(environment, &layers);
        let layers = layers.over(environment).over(Arguments::new(upstreams)?);
        let written: Written = layers.read()?;
        validate::finish(written, profiles, &layers)
    }

    /// [`Config::load_with`] with this process' environment.
    ///
    /// # Errors
    /// As [`Config::load_with`].
    pub fn load_from_process(
        profiles: Profiles,
        file: Option<&Path>,
        upstreams: &[String],
    ) -> Result<Self, ConfigError> {
        Self::load_with(profiles, file, configuration::of_process(), upstreams)
    }

    /// What an operator should know about this configuration; no values.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self
            .dangerous
            .enabled()
            .iter()
            .map(|switch| format!("dangerous.{switch} is on"))
            .collect();
        warnings.extend(
            self.policy
                .notes()
                .map(|note| format!("policy.rule_files: {note}")),
        );
        if self.masking.master_key.is_none() {
            warnings.push(
                "masking.master_key_file is not set: placeholders are made with a random key and change at the next start"
                    .to_owned(),
            );
        }
        if self.server.auth == Auth::Passthrough && !self.server.listen.address().ip().is_loopback() {
            warnings.push(
                "callers authenticate at the upstream only: anybody who reaches server.listen can send requests".to_owned(),
            );
        }
        if let AuditSink::Admin(delivery) = &self.audit.sink
            && delivery.spool_dir.is_none()
        {
            warnings.push(
                "audit.spool_dir is not set: audit events wait for admin-api in memory and end with this process".to_owned(),
            );
        }
        warnings
    }
}

#[cfg(test)]
mod tests;
