//! The operators' console. What is pure - times, numbers, scales, buckets, the address, sentences - compiles and is tested
//! on any machine; the screens are compiled for the browser alone (ADR 81).

pub mod changes;
pub mod number;
pub mod posture;
pub mod qr;
pub mod scale;
pub mod series;
pub mod time;
pub mod url_state;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod app;

#[cfg(target_arch = "wasm32")]
pub use app::start;
