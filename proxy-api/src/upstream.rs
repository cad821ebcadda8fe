//! Everything between a cleared request and a provider: pinning, header rules, the client.

mod client;
mod clients;
mod connect;
pub(crate) mod headers;
mod pinning;
mod side;
mod socket;
mod system_role;

pub(crate) use client::{Client, DEPLOYMENTS, Target, UpstreamBody};
pub(crate) use clients::Clients;
pub use headers::forwarded_headers;
pub(crate) use pinning::is_private;
pub(crate) use side::Side;
pub(crate) use socket::{Broken, Opened, UpstreamSocket};
pub(crate) use system_role::is_refused_in;
