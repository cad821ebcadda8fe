//! Generated answers, restored whole and in pieces, shown in every way.

use crate::answers::{Numbers, answer};
use crate::fixture::Fixture;
use crate::{renderers, sinks};

const ANSWERS: u64 = 100_000;
const THREADS: u64 = 4;
/// One in so many is cut at every place.
const CUT: u64 = 50;

#[test]
fn no_address_carries_a_value() {
    let found = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    (thread..ANSWERS)
                        .step_by(4)
                        .filter_map(examine)
                        .take(3)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect::<Vec<_>>()
    });
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// What is wrong with the answer of this seed, if anything.
fn examine(seed: u64) -> Option<String> {
    let fixture = Fixture::new();
    let mut numbers = Numbers::new(seed);
    let text = answer(&fixture, &mut numbers);
    if seed.is_multiple_of(10) {
        return in_json(&fixture, &text, seed);
    }
    let (out, _) = fixture.restored([text.as_str()]);
    cut(&fixture, &text, &out, seed, &mut numbers);
    leak(&out).map(|leak| format!("answer {seed}: {leak}\n  from {text:?}\n  made {out:?}"))
}

/// The answer as a string of structured output.
fn in_json(fixture: &Fixture, text: &str, seed: u64) -> Option<String> {
    let json = serde_json::json!({ "text": text }).to_string();
    let (out, _) = fixture.restored([json.as_str()]);
    let parsed: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let inner = parsed["text"].as_str().expect("a string");
    leak(inner).map(|leak| format!("answer {seed} in JSON: {leak}\n  from {json:?}\n  made {inner:?}"))
}

fn leak(out: &str) -> Option<String> {
    let mut addresses: Vec<(&str, String)> = Vec::new();
    for (name, html) in renderers::all(out) {
        addresses.extend(sinks::of_html(&html).into_iter().map(|address| (name, address)));
    }
    let pages = sinks::of_html(&renderers::wiki(out))
        .into_iter()
        .filter(|address| !sinks::is_relative(address));
    addresses.extend(pages.map(|address| ("wiki links", address)));
    addresses.extend(sinks::of_text(out).into_iter().map(|address| ("bare", address)));
    addresses.extend(
        sinks::foreign(out)
            .into_iter()
            .map(|address| ("other notations", address)),
    );
    addresses.iter().find_map(|(name, address)| {
        sinks::carried(address).map(|value| format!("{name} carries {value:?} in {address:?}"))
    })
}

fn cut(fixture: &Fixture, text: &str, out: &str, seed: u64, numbers: &mut Numbers) {
    let at_every_place = seed % CUT == 1;
    let places: Vec<usize> = if at_every_place {
        (0..text.len()).collect()
    } else {
        vec![numbers.below(text.len() + 1)]
    };
    for place in places {
        let (head, tail) = text.split_at(text.floor_char_boundary(place));
        assert_eq!(
            fixture.restored([head, tail]).0,
            out,
            "answer {seed} cut at {place}: {text:?}"
        );
    }
    if at_every_place {
        let letters: Vec<_> = text.split_inclusive(|_: char| true).collect();
        assert_eq!(
            fixture.restored(letters).0,
            out,
            "answer {seed} letter by letter: {text:?}"
        );
    }
}
