//! Every accepted spelling, at every split; what must not change; what waits.

mod commands;
mod places;
mod properties;
mod watched;

use super::*;
use crate::{EntityType, MasterKey, PlaceholderMap, Scope};

const VALUES: [(EntityType, &str); 7] = [
    (EntityType::Person, "Alice Johnson"),
    (EntityType::Person, "ALICE \"AJ\" O'Neil\n"),
    (EntityType::Person, "alice johnson"),
    (EntityType::CreditCard, "4111 1111 1111 1111"),
    (EntityType::Email, "bob@corp.example"),
    (EntityType::Password, "p\\a\"ss <b>&\u{1}"),
    (EntityType::Address, "北京市朝阳区 1 号"),
];

struct Fixture {
    lexicon: Arc<Lexicon>,
    /// Placeholder and original.
    known: Vec<(String, String)>,
}

fn fixture() -> Fixture {
    let mut map = PlaceholderMap::new(&MasterKey::new([9; 32]), &Scope::new("test"));
    let own = ("CUSTOM:MY_PROJECT".parse().unwrap(), "Bluebird");
    for (entity, value) in VALUES.into_iter().chain([own]) {
        map.placeholder(&entity, value);
    }
    let known = map
        .expose_originals()
        .map(|(p, o)| (p.as_str().to_owned(), o.to_owned()));
    Fixture {
        known: known.collect(),
        lexicon: Arc::new(Lexicon::new(&map)),
    }
}

const EVERYWHERE: RehydrateOptions = RehydrateOptions {
    escape: Escape::None,
    in_urls: true,
};

const fn escaped(escape: Escape) -> RehydrateOptions {
    RehydrateOptions {
        escape,
        in_urls: true,
    }
}

impl Fixture {
    fn pieces<'a>(
        &self,
        pieces: impl IntoIterator<Item = &'a str>,
        options: RehydrateOptions,
    ) -> (String, RehydrateCounts) {
        let mut rehydrator = Rehydrator::new(Arc::clone(&self.lexicon), options);
        let mut out = String::new();
        for piece in pieces {
            rehydrator.push(piece, &mut out);
            assert!(rehydrator.text.len() - rehydrator.done < links::MAX_WORD + 2 * self.lexicon.longest());
        }
        rehydrator.finish(&mut out);
        (out, rehydrator.counts())
    }

    fn whole(&self, text: &str, options: RehydrateOptions) -> (String, RehydrateCounts) {
        self.pieces([text], options)
    }

    /// The result of the text, checked to be the same for every split in two and for pieces of any size.
    #[track_caller]
    fn at_every_split(&self, text: &str, options: RehydrateOptions) -> (String, RehydrateCounts) {
        let whole = self.whole(text, options);
        for at in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            assert_eq!(
                self.pieces([&text[..at], &text[at..]], options),
                whole,
                "{text} split at {at}"
            );
        }
        for size in 1..text.len().min(40) {
            assert_eq!(
                self.pieces(cut(text, size), options),
                whole,
                "{text} in pieces of {size}"
            );
        }
        whole
    }
}

fn cut(text: &str, size: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.ceil_char_boundary(size));
        pieces.push(piece);
        rest = later;
    }
    pieces
}

/// Every accepted spelling of a placeholder; none of them needs a boundary that its brackets do not give.
fn spellings(placeholder: &str) -> Vec<String> {
    let name = &placeholder[1..placeholder.len() - 1];
    let names = [
        name.to_owned(),
        name.to_ascii_lowercase(),
        name.to_ascii_uppercase(),
        name.replace('_', "\\_"),
        name.replace('_', "\\\\_"),
        name.replacen('_', "\\_", 1),
    ];
    let brackets = [
        ("<", ">"),
        ("", ""),
        ("<", ""),
        ("", ">"),
        ("&lt;", "&gt;"),
        ("&LT;", "&Gt;"),
        ("&lt;", ""),
        ("", "&gt;"),
        ("\\u003c", "\\u003e"),
        ("\\u003C", "\\u003E"),
        ("\\\\u003c", "\\\\u003e"),
        ("\\u003c", ""),
        ("\\<", "\\>"),
        ("\\\\<", "\\\\>"),
        ("<", "\\>"),
        ("<", "&gt;"),
    ];
    let pairs = names
        .iter()
        .flat_map(|name| brackets.map(|(open, close)| format!("{open}{name}{close}")));
    pairs.collect()
}

#[test]
fn every_spelling_is_restored_at_every_split() {
    let fixture = fixture();
    for (placeholder, original) in &fixture.known {
        for spelling in spellings(placeholder) {
            for (before, after) in [
                ("", ""),
                ("Hi ", ", you"),
                ("`", "`"),
                ("\"", "\""),
                ("名", "吧"),
                ("(", ")"),
            ] {
                let (out, counts) = fixture.at_every_split(&format!("{before}{spelling}{after}"), EVERYWHERE);
                assert_eq!(out, format!("{before}{original}{after}"), "{spelling}");
                assert_eq!((counts.restored, counts.unresolved), (1, 0));
            }
        }
    }
}

#[test]
fn exact_placeholders_need_no_boundary_and_leave_what_is_beside_them() {
    let fixture = fixture();
    let (placeholder, original) = &fixture.known[4];
    for (before, after) in [
        ("<", ">"),
        ("a", "b"),
        ("\\", "\\"),
        ("C:\\\\Users\\\\", "\\>"),
        ("&lt;", "&gt;"),
        ("\\u003c", "\\u003e"),
        ("PERSON_", "_x3"),
        ("\\\\\\\\\\", "\\\\\\\\\\"),
    ] {
        let text = format!("{before}{placeholder}{after}{placeholder}{before}");
        let (out, counts) = fixture.at_every_split(&text, EVERYWHERE);
        assert_eq!(out, format!("{before}{original}{after}{original}{before}"));
        assert_eq!(counts.restored, 2);
    }
}

#[test]
fn a_variant_is_another_value_and_the_longest_name_wins() {
    let fixture = fixture();
    let (normal, variant) = (&fixture.known[0], &fixture.known[2]);
    assert!(variant.0.starts_with(&normal.0[..normal.0.len() - 1]));
    for (placeholder, original) in [normal, variant] {
        let bare = &placeholder[1..placeholder.len() - 1];
        assert_eq!(&fixture.at_every_split(bare, EVERYWHERE).0, original);
    }
}

#[test]
fn escapes_before_a_bare_name_are_boundaries() {
    let fixture = fixture();
    let name = fixture.known[4].0.trim_matches(['<', '>']);
    for before in ["\\n", "\\t", "\\u0022", "\\\\n", "-", "."] {
        let (out, _) = fixture.at_every_split(&format!("{before}{name}"), EVERYWHERE);
        assert_eq!(out, format!("{before}bob@corp.example"));
    }
    // Where a lone `u` escape of `<` is part of the name's own brackets, it goes.
    let (out, _) = fixture.at_every_split(&format!("\\\\\\u003c{name}\\u003e"), EVERYWHERE);
    assert_eq!(out, "\\\\bob@corp.example");
}

#[test]
fn what_is_not_ours_stays_as_it_is() {
    let fixture = fixture();
    let (placeholder, _) = &fixture.known[0];
    let name = &placeholder[1..placeholder.len() - 1];
    let longer = format!("<{name}x>");
    for text in [
        "a < b and c > d",
        "<",
        "<<<<<<<<",
        "\\\\\\\\\\\\\\\\",
        "&lt;&lt;&l",
        "<PERSON_",
        "<PERSON_\\",
        "\\u003cPERSON",
        "<CREDIT_CARD_zzzzzz",
        "PERSON_abc",
        &longer,
        &format!("x{name}"),
        &format!("{name}é_{name}x"),
        &format!("my_{name}"),
        &format!("{name}_2"),
        &name.replace('_', "-"),
        &name.replace('_', "\\\\\\\\\\_"),
        &name[..name.len() - 1],
    ] {
        let (out, counts) = fixture.at_every_split(text, EVERYWHERE);
        let text = text.replace(&format!("{name}é"), "Alice Johnsoné");
        assert_eq!(out, text);
        let unresolved = u64::from(text == longer);
        assert_eq!(counts.unresolved, unresolved, "{text}");
    }
}

#[test]
fn invented_placeholders_are_counted() {
    let fixture = fixture();
    let text = format!(
        "<PERSON_zzzzzz> <PHONE_abcdef_x3>{}<NOT_abcdef>",
        fixture.known[0].0
    );
    let (out, counts) = fixture.at_every_split(&text, EVERYWHERE);
    assert_eq!(out, "<PERSON_zzzzzz> <PHONE_abcdef_x3>Alice Johnson<NOT_abcdef>");
    assert_eq!((counts.restored, counts.unresolved), (1, 2));
}

#[test]
fn an_empty_lexicon_passes_everything_at_once() {
    let map = PlaceholderMap::new(&MasterKey::new([9; 32]), &Scope::new("test"));
    let mut rehydrator = Rehydrator::new(Arc::new(Lexicon::new(&map)), RehydrateOptions::default());
    let mut out = String::new();
    rehydrator.push("a <PERSON_abcdef", &mut out);
    assert_eq!(out, "a <PERSON_abcdef");
    rehydrator.push("> b", &mut out);
    assert_eq!(rehydrator.counts(), RehydrateCounts::default());
}

#[test]
fn nothing_waits_but_a_possible_placeholder() {
    let fixture = fixture();
    let held = |text: &str| {
        let mut rehydrator = Rehydrator::new(Arc::clone(&fixture.lexicon), RehydrateOptions::default());
        let mut out = String::new();
        rehydrator.push(text, &mut out);
        text.strip_prefix(out.as_str()).unwrap().to_owned()
    };
    for certain in [
        "a < ",
        "x <b",
        "Hello",
        "PERSONA",
        "a&b",
        "\\n",
        "<PERSON_z?",
        "\\\\\\\\\\n",
    ] {
        assert_eq!(held(certain), "", "{certain}");
    }
    assert_eq!(held("a <"), "<");
    assert_eq!(held("<<<<<<<<<<"), "<");
    assert_eq!(held("to PER"), "PER");
    assert_eq!(held("to &l"), "&l");
    assert_eq!(held("\\\\\\\\\\\\\\\\"), "\\\\\\\\");
    assert_eq!(
        held(&format!("x {}", fixture.known[0].0.trim_end_matches('>'))).len(),
        14
    );
}

#[test]
fn finish_starts_a_new_text() {
    let fixture = fixture();
    let options = RehydrateOptions {
        escape: Escape::Auto,
        in_urls: false,
    };
    let mut rehydrator = Rehydrator::new(Arc::clone(&fixture.lexicon), options);
    let mut out = String::new();
    for text in ["{\"https://a.example/", &fixture.known[5].0, "<PERS"] {
        rehydrator.push(text, &mut out);
        rehydrator.finish(&mut out);
    }
    assert_eq!(out, format!("{{\"https://a.example/{}<PERS", VALUES[5].1));
    assert_eq!(rehydrator.counts().restored, 1);
    assert!(!format!("{rehydrator:?}").contains(VALUES[5].1));
}
