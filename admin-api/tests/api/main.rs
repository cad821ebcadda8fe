//! The control plane as a whole: real listeners, real database, what a browser and an instance send.

#![cfg(test)]

mod access;
mod clock;
mod delivery;
mod identity;
mod killed;
mod measure;
mod plane;
mod refusals;
mod session;
mod starts;
mod tls;
mod traffic;

#[path = "../support/postgres.rs"]
mod postgres;
