//! Answers on their way to the caller: golden streams, every split, random interleavings.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, helpers included"
)]

mod client;
mod framing;
mod golden;
mod interleaved;
mod limits;
mod logprobs;
mod odd;
mod restorers;
mod resumed;

use llm_wire::{AnswerFacts, Restore, StreamCodec, Surface};

/// Sends `chunks` through a codec, as a gateway would; what the caller gets, and the facts.
fn relay<'c>(
    surface: Surface,
    chunks: impl IntoIterator<Item = &'c [u8]>,
    restore: &mut dyn Restore,
) -> (Vec<u8>, AnswerFacts) {
    let mut codec = StreamCodec::new(surface);
    let mut out = Vec::new();
    for chunk in chunks {
        codec.push(chunk, restore, &mut out).expect("within the limits");
    }
    codec.finish(restore, &mut out).expect("within the limits");
    (out, codec.facts().clone())
}
