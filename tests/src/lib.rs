//! The fake provider and the harness of the end-to-end suites. Nothing here is part of the product.

pub mod balancer;
pub mod caller;
pub mod canary;
pub mod fake;
pub mod gateway;
pub mod network;
pub mod programs;
pub mod redis;
pub mod socket;
pub mod tap;
