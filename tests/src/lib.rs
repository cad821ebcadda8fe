//! The fake provider and the harness of the end-to-end suites. Nothing here is part of the product.

pub mod admin;
pub mod balancer;
pub mod built;
pub mod caller;
pub mod canary;
pub mod collector;
pub mod fake;
pub mod gateway;
pub mod junction;
pub mod network;
pub mod programs;
pub mod redis;
pub mod socket;
pub mod tap;
