//! Masking a request, from its leaves to the last look at what leaves.

use std::sync::LazyLock;

use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    Action, EntityType, LeafClass, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy,
    PolicyRule, Scope, TextLeaf, TextScope,
};
use xtask::distinct::{kinds, spellings};
use xtask::linear::assert_linear;

const BYTES: usize = 64 << 10;

/// Masks everything, and remembers what it saw.
static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let masked = |policy: Policy, entity: &EntityType| {
        let rule = PolicyRule::shipped(entity).with_action(Action::Mask);
        policy.with_rule(entity.clone(), rule)
    };
    let policy = EntityType::BUILT_IN.iter().fold(Policy::default(), masked);
    let rules = RuleSet::new(built_in()).expect("built-in rules fit");
    // Too small for a large text: each round is the first.
    let memo = MemoLimits { bytes: 1 };
    Masker::new(
        vec![Box::new(DeterministicDetector::new(rules))],
        policy,
        memo,
        [7; 16],
    )
});

pub(super) fn empty_map() -> PlaceholderMap {
    PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("scaling"))
}

pub(super) fn leaf(text: &str) -> TextLeaf<'_> {
    TextLeaf {
        text,
        label: None,
        class: LeafClass::Text,
        scope: TextScope::User,
        joins_previous: false,
    }
}

/// Masks the leaves of one request, and looks a last time at what would leave.
pub(super) fn mask(leaves: &[TextLeaf<'_>], map: &mut PlaceholderMap) {
    let masked = MASKER.mask(leaves, map, &NoDeadline).expect("no detector fails");
    let mut replacements = masked.replacements.iter().peekable();
    for (nth, leaf) in leaves.iter().enumerate() {
        let (mut outbound, mut at) = (String::with_capacity(leaf.text.len()), 0);
        while let Some(one) = replacements.next_if(|one| one.leaf == nth) {
            outbound.push_str(&leaf.text[at..one.span.start]);
            outbound.push_str(one.placeholder.as_str());
            at = one.span.end;
        }
        outbound.push_str(&leaf.text[at..]);
        let told = |entity: &EntityType, _| panic!("{entity} is left");
        masked.last_look.each(&outbound, told);
    }
}

fn assert_text_is_linear(name: &str, text: &dyn Fn(usize) -> String) {
    assert_linear(name, BYTES, &|bytes| {
        let text = text(bytes);
        Box::new(move || mask(&[leaf(&text)], &mut empty_map()))
    });
}

/// Asserts the same of the same text in many leaves.
fn assert_leaves_are_linear(name: &str, each: usize, make: fn(&str) -> TextLeaf<'_>) {
    assert_linear(name, BYTES, &|bytes| {
        let text = kinds()[0].distinct(bytes);
        Box::new(move || {
            let mut rest = text.as_str();
            let mut leaves = Vec::new();
            while !rest.is_empty() {
                let (one, after) = rest.split_at(rest.floor_char_boundary(each));
                leaves.push(make(one));
                rest = after;
            }
            mask(&leaves, &mut empty_map());
        })
    });
}

#[test]
fn distinct_values() {
    for kind in kinds() {
        assert_text_is_linear(kind.name, &|bytes| kind.distinct(bytes));
    }
}

#[test]
fn repeated_values() {
    for kind in kinds() {
        assert_text_is_linear(kind.name, &|bytes| kind.repeated(bytes));
    }
}

#[test]
fn spellings_of_values() {
    for spelling in spellings() {
        assert_text_is_linear(spelling.name, &|bytes| {
            let text = spelling.of(&kinds()[0].distinct(bytes));
            let end = text.floor_char_boundary(bytes);
            text[..end].to_owned()
        });
    }
}

#[test]
fn few_leaves_and_many() {
    assert_leaves_are_linear("one leaf", usize::MAX, leaf);
    assert_leaves_are_linear("leaves of 100 bytes", 100, leaf);
    assert_leaves_are_linear("leaves of 7 bytes", 7, leaf);
    assert_leaves_are_linear("parts of 100 bytes", 100, |text| TextLeaf {
        joins_previous: true,
        ..leaf(text)
    });
    assert_leaves_are_linear("parts of 2000 bytes", 2000, |text| TextLeaf {
        joins_previous: true,
        ..leaf(text)
    });
    assert_leaves_are_linear("leaves behind a key", 100, |text| TextLeaf {
        label: Some("customer_email_address"),
        ..leaf(text)
    });
    assert_leaves_are_linear("identifiers", 20, |text| TextLeaf {
        class: LeafClass::Identifier,
        ..leaf(text)
    });
}

#[test]
fn texts_made_to_be_slow() {
    for unit in [
        "a.",
        "7",
        "@",
        "a@a.",
        "<",
        "(",
        "<<<<",
        "eyJ.",
        "password=",
        "a:",
        "name: ",
        "\n",
        "[",
        "](",
        "*",
        "_",
        "\"",
        "'",
        "\" + \"",
        "=\n",
        "&",
        "&#",
        "\\",
        "%",
        "%25",
        "\\\\",
        "1.",
        "+1 ",
        "|",
        "a,",
        "<!--",
        "<![CDATA[",
        "</",
        "=?",
        "路",
        "公司",
        "有限公司",
        "1 Main Street ",
        "-----BEGIN PRIVATE KEY-----",
        "<PERSON_",
        "{\"a\":",
        "\u{1b}[",
        "\u{200b}",
        "\u{301}",
        "１",
    ] {
        assert_text_is_linear(unit, &|bytes| unit.repeat(bytes / unit.len()));
    }
}

#[test]
fn words_shaped_like_placeholders() {
    let word = |nth: usize| -> String {
        let letters = |shift: usize| char::from(b'a' + ((nth >> shift) % 26) as u8);
        format!("<PERSON_{}{}{}abc> ", letters(0), letters(4), letters(8))
    };
    assert_text_is_linear("foreign", &|bytes| (0..bytes / 17).map(word).collect());
    assert_linear("ours", BYTES, &|bytes| {
        let mut map = empty_map();
        let ours = (0..bytes / 17).map(|nth| map.placeholder(&EntityType::Person, &format!("Zorvath {nth}")));
        let text: String = ours
            .map(|placeholder| placeholder.as_str().to_owned() + " ")
            .collect();
        Box::new(move || mask(&[leaf(&text)], &mut map))
    });
}
