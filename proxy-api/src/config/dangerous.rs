//! `[dangerous]`: every switch that weakens a promise, so that a search finds all of them.

use configuration::section;

section! {
    /// Switches that weaken a promise. Each is off by default, and the start warns about each that is on.
    pub struct Dangerous {
        /// Upstreams may be hosts other than the official ones of known providers.
        allow_nonstandard_hosts: bool = "false",
        /// Upstreams may be reached over `http://`: masked text and credentials travel unencrypted.
        allow_insecure_upstreams: bool = "false",
        /// `upstreams.local`, which gets unmasked text, may be outside loopback and private networks.
        allow_public_local_upstream: bool = "false",
        /// `policy.actions` may say `allow` for types that give access to something, and `policy.ignore_types` may name
        /// them: such values then leave as they are.
        allow_secrets: bool = "false",
        /// Audit events may go to an admin-api on another machine over `http://`: whoever is between can read and change
        /// them, and take the token.
        allow_insecure_audit: bool = "false",
        /// Nothing is masked or blocked; what would have been is reported.
        observe: bool = "false",
    }
}

impl Dangerous {
    /// The switches that are on.
    #[must_use]
    pub fn enabled(&self) -> Vec<&'static str> {
        [
            ("allow_nonstandard_hosts", self.allow_nonstandard_hosts),
            ("allow_insecure_upstreams", self.allow_insecure_upstreams),
            ("allow_public_local_upstream", self.allow_public_local_upstream),
            ("allow_secrets", self.allow_secrets),
            ("allow_insecure_audit", self.allow_insecure_audit),
            ("observe", self.observe),
        ]
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect()
    }
}
