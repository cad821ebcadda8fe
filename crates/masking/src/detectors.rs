//! The deterministic detectors: rules woken by literals and numbers that one pass over the text finds.
//!
//! Every rule names what wakes it (a literal such as `@` or `passport`, a number, a country code before digits). One
//! automaton finds all literals of all rules; a rule then looks at the text around the place and decides.
//! A rule must do bounded work per wake-up, so that hostile text costs linear time.

mod account_file;
pub mod address;
pub mod api_key;
mod arguments;
mod bearer;
mod call;
mod checksum;
mod command_line;
mod connection_string;
mod cookie;
mod credential;
pub mod date_of_birth;
mod deterministic;
mod device;
mod docker_auth;
pub mod email;
mod fields;
pub mod gitleaks;
mod ids;
mod jwk;
mod jwt;
mod login_pair;
mod names;
pub mod network;
mod number;
pub mod organization;
mod password_hash;
mod pattern;
pub mod person;
pub mod phone;
mod private_key;
mod records;
mod rsa_xml;
mod rule;
mod rule_set;
mod secret;
mod seed_phrase;
mod service_key;
mod terms;
#[cfg(test)]
mod testing;
pub(crate) mod text;
mod url;
pub mod username_path;
pub mod vehicle_id;
mod wallet_key;
mod wrapped;

pub use deterministic::DeterministicDetector;
pub use number::{Group, NumberRun};
pub use pattern::{MAX_PATTERN_BYTES, Pattern, PatternError};
pub use rule::{Found, Rule, Wake};
pub use rule_set::{RuleSet, RuleSetError};
pub use terms::{DenyTerms, MAX_TERM_CHARS, Term, TermError};

/// The rules that Bauta ships, in no particular order.
#[must_use]
pub fn built_in() -> Vec<Box<dyn Rule>> {
    let mut rules: Vec<Box<dyn Rule>> = vec![
        Box::new(account_file::AccountFiles::new()),
        Box::new(address::Address::new()),
        Box::new(api_key::ApiKeys::new()),
        Box::new(bearer::BearerTokens::new()),
        Box::new(call::Calls::new()),
        Box::new(command_line::CommandLines::new()),
        Box::new(connection_string::ConnectionStrings::new()),
        Box::new(cookie::Cookies::new()),
        Box::new(date_of_birth::DateOfBirth::new()),
        Box::new(date_of_birth::SaidBirths::new()),
        Box::new(device::Devices::new()),
        Box::new(email::Email::new()),
        Box::new(fields::Fields::new()),
        Box::new(fields::Columns::new()),
        Box::new(jwt::Jwt::new()),
        Box::new(login_pair::LoginPairs::new()),
        Box::new(network::Network::default()),
        Box::new(organization::Organization::new()),
        Box::new(private_key::PrivateKeys::new()),
        Box::new(jwk::JsonWebKeys::new()),
        Box::new(wallet_key::WalletKeys::new()),
        Box::new(docker_auth::DockerAuths::new()),
        Box::new(password_hash::PasswordHashes::new()),
        Box::new(records::Records::new()),
        Box::new(rsa_xml::RsaXmlKeys::new()),
        Box::new(seed_phrase::SeedPhrases::new()),
        Box::new(service_key::ServiceKeys::new()),
        Box::new(url::UrlSecrets::new()),
        Box::new(person::Person::new()),
        Box::new(person::PersonLines::new()),
        Box::new(phone::Phone::new()),
        Box::new(username_path::UsernamePath::new()),
        Box::new(vehicle_id::VehicleId::new()),
    ];
    rules.extend(ids::rules());
    rules
}
