//! Nothing that a renderer fetches, follows or offers holds an original, however an answer is made and cut; and
//! ordinary answers come back whole.

mod answers;
mod fixture;
mod hostile;
mod ordinary;
mod renderers;
mod sinks;
