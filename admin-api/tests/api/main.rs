//! The control plane as a whole: real listeners, real database, what a browser and an instance send.

#![cfg(test)]

mod access;
mod clock;
mod console;
mod delivery;
mod held;
mod identity;
mod killed;
mod plane;
mod refusals;
mod session;
mod starts;
mod tls;
mod traces;
mod traffic;
