//! The crate's integration tests, in one binary.

mod request;
mod response;
mod scaling;

/// The gateway's own: what a larger block costs with the system's is no growth of ours.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
