//! What the configurations of all services are read with: sections and their reference page, a file and the environment as
//! layers, secrets, errors that name key and source and never a value. Which keys there are is each service's own.

mod base_url;
mod environment;
mod error;
mod file;
mod layers;
mod listen;
mod log;
mod reference;
mod secret;
mod section;
mod telemetry;

pub use base_url::BaseUrl;
pub use environment::{ALL, Environment, Variables, of_process};
pub use error::ConfigError;
pub use file::File;
pub use layers::Layers;
pub use listen::Listen;
pub use log::{Log, LogStyle};
pub use reference::{Section, is_named, page_of};
pub use secret::Secret;
pub use section::Field;
#[doc(hidden)]
pub use section::default_value;
pub use telemetry::Telemetry;
