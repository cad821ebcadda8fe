//! Any split gives the same, masking and rehydrating gives the text back, hostile text passes.

use proptest::prelude::*;

use super::*;

/// Text that is close to placeholders, brackets, escapes and URLs.
fn scrap() -> impl Strategy<Value = String> {
    let scraps: Vec<String> = [
        "<",
        ">",
        "\\",
        "&lt;",
        "&gt;",
        "&",
        "\\u003c",
        "u003e",
        "_",
        "PERSON_",
        "EMAIL",
        "CREDIT\\_CARD_",
        "k7qf2m",
        " ",
        "\n",
        "\"",
        "'",
        "`",
        "(",
        ")",
        "[",
        "]",
        "](",
        "]: ",
        "https://",
        "//",
        "www.",
        "<a href=",
        "src='",
        "a",
        "é",
        "，",
        "=",
        "?",
        ":",
        "/",
        "{",
        "\\n",
    ]
    .map(str::to_owned)
    .into();
    prop_oneof![8 => prop::sample::select(scraps), 1 => "\\PC{0,6}"]
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Exact(usize),
    Spelled(usize, usize),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part = prop_oneof![
        6 => scrap().prop_map(Part::Text),
        2 => (0..VALUES.len()).prop_map(Part::Exact),
        2 => (0..VALUES.len(), 0..96_usize).prop_map(|(which, how)| Part::Spelled(which, how)),
    ];
    prop::collection::vec(part, 0..24)
}

fn options() -> impl Strategy<Value = RehydrateOptions> {
    let escape = prop::sample::select(vec![Escape::None, Escape::Json, Escape::Auto]);
    (escape, any::<bool>()).prop_map(|(escape, in_urls)| RehydrateOptions { escape, in_urls })
}

proptest! {
    #[test]
    fn any_split_gives_the_same(parts in parts(), options in options(), size in 2..9_usize, times in prop_oneof![9 => Just(1), 1 => Just(200_usize)]) {
        let fixture = fixture();
        let text: String = parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Exact(which) => fixture.known[*which].0.clone(),
            Part::Spelled(which, how) => spellings(&fixture.known[*which].0)[*how].clone(),
        }).collect();
        // Long enough that what has gone out is dropped, and that long pieces are cut.
        let text = text.repeat(times);
        let whole = fixture.whole(&text, options);
        prop_assert_eq!(fixture.pieces(cut(&text, size), options), whole.clone());
        prop_assert_eq!(fixture.pieces(cut(&text, 1), options), whole);
    }

    #[test]
    fn rehydrating_what_was_masked_is_lossless(parts in parts()) {
        let fixture = fixture();
        let pick = |original: bool| -> String {
            parts.iter().map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Exact(which) | Part::Spelled(which, _) => {
                    let (placeholder, value) = &fixture.known[*which];
                    if original { value } else { placeholder }
                }
            }).collect()
        };
        prop_assert_eq!(fixture.whole(&pick(false), EVERYWHERE).0, pick(true));
    }
}

#[test]
fn hostile_runs_pass_unchanged_in_pieces_of_any_size() {
    let fixture = fixture();
    for unit in [
        "<", "<EMAIL_", "&lt;", "\\", "_", "PERSON_", "a", "/", "]:", "](", "[a](", "<a href=", "src=",
        "www./?", ">", "<a <a ", "((", "[[", "{", "\"", "<!--", "\u{1b}]", "&#x;", "a.b", "<a x=\"", "](<",
        "https://",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        for options in [
            RehydrateOptions::default(),
            escaped(Escape::Auto),
            RehydrateOptions {
                escape: Escape::Auto,
                in_urls: false,
            },
        ] {
            assert!(fixture.whole(&text, options).0 == text, "{unit}");
            assert!(
                fixture.pieces(cut(&text[..1 << 16], 1), options).0 == text[..1 << 16],
                "{unit} byte by byte"
            );
        }
    }
}
