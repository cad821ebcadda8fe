//! Any bytes as a request: what parses comes back byte for byte, and every edit leaves a document that parses.

#![no_main]

use libfuzzer_sys::fuzz_target;
use llm_wire::{Document, Edit, Limits, Surface};

const SURFACES: [Surface; 5] = [
    Surface::OpenAiChat,
    Surface::OpenAiResponses,
    Surface::AnthropicMessages,
    Surface::OpenAiEmbeddings,
    Surface::OpenAiCompletions,
];

fuzz_target!(|input: (u8, &[u8])| {
    let surface = SURFACES[usize::from(input.0) % SURFACES.len()];
    let Ok(document) = Document::parse(input.1, surface, &Limits::default()) else { return };
    assert_eq!(document.splice(&[]).expect("no edit always fits"), input.1);
    let edits: Vec<Edit<'_>> = document
        .leaves()
        .iter()
        .enumerate()
        .filter(|(_, leaf)| !leaf.text.is_empty())
        .map(|(leaf, text)| Edit { leaf, span: 0..text.text.len(), replacement: "<EMAIL_k7qf2m>" })
        .collect();
    if let Ok(edited) = document.splice(&edits) {
        Document::parse(&edited, surface, &Limits::default()).expect("an edited document parses");
    }
});
