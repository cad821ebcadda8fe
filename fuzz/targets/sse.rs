//! Any bytes as a stream: the same answer however it is cut, and untouched where nothing is restored.

#![no_main]

use libfuzzer_sys::fuzz_target;
use llm_wire::{Channel, ChannelKind, Restore, StreamCodec, Surface};

struct Untouched;

impl Restore for Untouched {
    fn delta(&mut self, _channel: &Channel, text: &str, out: &mut String) {
        out.push_str(text);
    }

    fn holds(&self, _channel: &Channel) -> bool {
        false
    }

    fn end(&mut self, _channel: &Channel, _out: &mut String) {}

    fn whole(&mut self, _kind: &ChannelKind, text: &str, out: &mut String) {
        out.push_str(text);
    }
}

fn run<'a>(surface: Surface, chunks: impl Iterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut codec = StreamCodec::new(surface);
    let mut out = Vec::new();
    for chunk in chunks {
        codec.push(chunk, &mut Untouched, &mut out).ok()?;
    }
    codec.finish(&mut Untouched, &mut out).ok()?;
    Some(out)
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let surfaces = [Surface::OpenAiChat, Surface::OpenAiResponses, Surface::AnthropicMessages];
    let surface = surfaces[usize::from(input.0) % surfaces.len()];
    let size = usize::from(input.1) % 64 + 1;
    let whole = run(surface, std::iter::once(input.2));
    assert_eq!(whole, run(surface, input.2.chunks(size)));
    if let Some(whole) = whole {
        assert_eq!(whole, input.2);
    }
});
