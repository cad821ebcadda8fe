//! Rehydrating an answer.

use std::sync::Arc;

use masking::{EntityType, Escape, Lexicon, RehydrateOptions, Rehydrator};
use xtask::linear::{assert_linear, assert_linear_in_values};

use super::requests::empty_map;

const BYTES: usize = 64 << 10;

fn rehydrate(lexicon: &Arc<Lexicon>, text: &str, options: RehydrateOptions, each: usize) {
    let mut rehydrator = Rehydrator::new(Arc::clone(lexicon), options);
    let (mut out, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(each.min(rest.len())));
        rehydrator.push(piece, &mut out);
        out.clear();
        rest = after;
    }
    rehydrator.finish(&mut out);
}

fn lexicon(values: usize) -> (Arc<Lexicon>, Vec<String>) {
    let mut map = empty_map();
    let names =
        (0..values).map(|nth| map.placeholder(&EntityType::Person, &format!("Zorvath Quellinger {nth}")));
    let names = names.map(|name| name.as_str().to_owned()).collect();
    (Arc::new(Lexicon::new(&map)), names)
}

#[test]
fn texts_of_an_answer() {
    let (lexicon, names) = lexicon(100);
    let name = names[0].as_str();
    let inner = &name[1..name.len() - 1];
    let units = [
        "a",
        "a ",
        "<",
        "(",
        "[",
        "](",
        "\\",
        "&",
        "`",
        "_",
        "\"",
        "{\"a\":\"",
        "<PERSON_",
        "PERSON_",
        "![",
        "<a href=",
        "https://a/",
        "&lt;",
        "\\u003c",
        "\\\\",
        name,
        &inner.to_ascii_uppercase(),
        &format!("{name} "),
        &format!("https://a/{name}"),
        &format!("({name}"),
        &format!("[a]({name})"),
        &format!("<img src=\"{name}\">"),
        "[a]: ",
        "\n[a]: <",
        "<b a=\"",
    ];
    for unit in units {
        for escape in [Escape::None, Escape::Auto] {
            for (in_urls, each) in [(false, 40), (true, usize::MAX)] {
                let options = RehydrateOptions { escape, in_urls };
                assert_linear(unit, BYTES, &|bytes| {
                    let text = unit.repeat(bytes / unit.len());
                    let lexicon = Arc::clone(&lexicon);
                    Box::new(move || rehydrate(&lexicon, &text, options, each))
                });
            }
        }
    }
}

#[test]
fn values_of_an_answer() {
    assert_linear_in_values("values", 5_000, &|values| {
        let (lexicon, names) = lexicon(values);
        let text = names.join(", ");
        Box::new(move || rehydrate(&lexicon, &text, RehydrateOptions::default(), 40))
    });
    assert_linear_in_values("a lexicon", 5_000, &|values| {
        let mut map = empty_map();
        for nth in 0..values {
            map.placeholder(&EntityType::Person, &format!("Zorvath Quellinger {nth}"));
        }
        Box::new(move || drop(Lexicon::new(&map)))
    });
}
