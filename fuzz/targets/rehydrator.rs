//! Any text as an answer: the same result however it is cut.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use masking::{EntityType, Escape, Lexicon, MasterKey, PlaceholderMap, RehydrateOptions, Rehydrator, Scope};

static LEXICON: LazyLock<(Arc<Lexicon>, Vec<String>)> = LazyLock::new(|| {
    let mut map = PlaceholderMap::new(&MasterKey::new([2; 32]), &Scope::new("fuzz"));
    let names = [
        map.placeholder(&EntityType::Email, "alice@corp.com"),
        map.placeholder(&EntityType::Person, "Alice \"Al\" Smith"),
        map.placeholder(&EntityType::Phone, "+1 415 555 2671"),
    ];
    (Arc::new(Lexicon::new(&map)), names.iter().map(|name| name.as_str().to_owned()).collect())
});

fuzz_target!(|input: (u8, u8, &str)| {
    // The fuzzer cannot guess codes: digits stand for whole placeholders.
    let text = input.2.replace('0', &LEXICON.1[0]).replace('1', &LEXICON.1[1]).replace('2', &LEXICON.1[2]);
    let escape = [Escape::None, Escape::Json, Escape::Auto][usize::from(input.0 % 3)];
    let options = RehydrateOptions { escape, in_urls: input.0 & 4 != 0 };
    let run = |size: usize| {
        let mut rehydrator = Rehydrator::new(Arc::clone(&LEXICON.0), options);
        let mut out = String::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.ceil_char_boundary(size.min(rest.len())));
            rehydrator.push(chunk, &mut out);
            rest = after;
        }
        rehydrator.finish(&mut out);
        out
    };
    assert_eq!(run(usize::MAX), run(usize::from(input.1) % 16 + 1));
});
