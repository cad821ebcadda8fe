//! Placeholders are a function of key, scope, type and spelling, and never shared by two values of a map.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn map(scope: &str) -> PlaceholderMap {
    PlaceholderMap::new(&MasterKey::new([3; 32]), &Scope::new(scope))
}

/// Collides nearly always with 1 letter, never with 20.
fn with_letters(count: usize) -> PlaceholderMap {
    let lengths = Lengths {
        code: count,
        variant: count,
    };
    PlaceholderMap::with_lengths(&MasterKey::new([3; 32]), &Scope::new("a"), lengths)
}

fn spellings() -> impl Strategy<Value = Vec<(usize, String)>> {
    let value = prop_oneof!["(?i)al(ice)? ?s", "\\PC{0,8}", "[+]?[0-9 -]{1,9}"];
    prop::collection::vec((0..EntityType::BUILT_IN.len(), value), 1..80)
}

/// As the grammar has it; answers type, code and variant.
fn parts(placeholder: &str) -> (String, String, Option<String>) {
    let grammar = regex::Regex::new("^<([A-Z][A-Z0-9_]*?)_([a-z2-7]+)(?:_([a-z2-7]+))?>$").unwrap();
    let found = grammar.captures(placeholder).unwrap();
    (
        found[1].into(),
        found[2].into(),
        found.get(3).map(|variant| variant.as_str().into()),
    )
}

#[test]
fn a_spelling_of_the_same_entity_differs_in_the_variant_only() {
    let mut map = map("a");
    let normal = map.placeholder(&EntityType::Person, "Alice Johnson");
    let shouted = map.placeholder(&EntityType::Person, "ALICE JOHNSON");
    let (name, code, variant) = parts(normal.as_str());
    assert_eq!((name.as_str(), variant), ("PERSON", None));
    assert_eq!((normal.type_name(), normal.code()), ("PERSON", code.as_str()));
    assert_eq!(code.len(), 6);
    let (name, same_code, variant) = parts(shouted.as_str());
    assert_eq!((name.as_str(), same_code), ("PERSON", code));
    assert_eq!(variant.map(|v| v.len()), Some(2));
    assert_eq!(shouted.code(), normal.code());
}

#[test]
fn a_type_of_ones_own_is_written_with_an_underscore() {
    let mut map = map("a");
    let entity = "CUSTOM:PROJECT_2".parse().unwrap();
    let placeholder = map.placeholder(&entity, "bluebird");
    assert_eq!(placeholder.type_name(), "CUSTOM_PROJECT_2");
    assert!(placeholder.as_str().starts_with("<CUSTOM_PROJECT_2_"));
}

#[test]
fn scope_type_and_key_change_the_placeholder() {
    let one = map("a").placeholder(&EntityType::Person, "Alice");
    assert_ne!(one, map("b").placeholder(&EntityType::Person, "Alice"));
    assert_ne!(
        one.code(),
        map("a").placeholder(&EntityType::Organization, "Alice").code()
    );
    let mut other_key = PlaceholderMap::new(&MasterKey::new([4; 32]), &Scope::new("a"));
    assert_ne!(one, other_key.placeholder(&EntityType::Person, "Alice"));
}

#[test]
fn a_continuation_keeps_earlier_placeholders_and_resolves_them() {
    let mut first = map("request 1");
    let alice = first.placeholder(&EntityType::Person, "Alice");
    let shouted = first.placeholder(&EntityType::Person, "ALICE");
    let remembered = first.remember();
    assert!(remembered.bytes() > "Alice".len() + "ALICE".len());

    let mut second = map("request 2");
    second.join(&remembered);
    second.join(&remembered);
    assert_eq!(second.len(), 2);
    assert_eq!(second.placeholder(&EntityType::Person, "ALICE"), shouted);
    assert_eq!(second.placeholder(&EntityType::Person, "Alice"), alice);
    assert_eq!(
        second.placeholder(&EntityType::Person, "alice").code(),
        alice.code()
    );
    assert_eq!(second.len(), 3);
}

#[test]
fn joining_late_keeps_both_placeholders() {
    let mut first = map("request 1");
    let earlier = [
        first.placeholder(&EntityType::Person, "Alice"),
        first.placeholder(&EntityType::Person, "ALICE"),
    ];
    let mut second = map("request 2");
    let own = second.placeholder(&EntityType::Person, "Alice");
    second.join(&first.remember());
    assert_eq!(second.placeholder(&EntityType::Person, "Alice"), own);
    let resolves: Vec<_> = second
        .expose_originals()
        .map(|(placeholder, _)| placeholder.clone())
        .collect();
    assert!(resolves.contains(&earlier[0]) && resolves.contains(&own));
}

fn rebuilt(remembered: &Remembered) -> Remembered {
    let mut rebuilt = Remembered::default();
    for (entity, value, original, placeholder) in remembered.expose_entries() {
        rebuilt
            .push(entity.clone(), value, original, placeholder)
            .unwrap();
    }
    rebuilt
}

#[test]
fn what_two_turns_of_a_chain_remember_goes_together() {
    let (mut one, mut other) = (map("a"), map("a"));
    one.placeholder(&EntityType::Person, "Alice");
    other.placeholder(&EntityType::Person, "Bob");
    other.placeholder(&EntityType::Person, "Alice");
    let mut both = one.remember();
    both.add(&other.remember());
    both.add(&other.remember());
    let originals: Vec<_> = both
        .expose_entries()
        .map(|(_, _, original, _)| original)
        .collect();
    assert_eq!(originals, ["Alice", "Bob"]);
}

#[test]
fn only_placeholders_of_the_type_are_taken_back() {
    let custom: EntityType = "CUSTOM:A_B".parse().unwrap();
    for (entity, text) in [
        (&EntityType::Person, "PERSON_k7qf2m"),
        (&EntityType::Person, "<EMAIL_k7qf2m>"),
        (&EntityType::Person, "<PERSON_>"),
        (&EntityType::Person, "<PERSON_k7qf2m_>"),
        (&EntityType::Person, "<PERSON_k7qf2m_x3_x3>"),
        (&EntityType::Person, "<PERSON_K7QF2M>"),
        (&EntityType::Person, "<PERSON_k7qf2m> "),
        (&custom, "<CUSTOM:A_B_k7qf2m>"),
        (&custom, "<CUSTOM_A_k7qf2m>"),
        (&EntityType::Person, &format!("<PERSON_{}>", "a".repeat(52))),
    ] {
        let pushed = Remembered::default().push(entity.clone(), "x", "x", text);
        assert_eq!(pushed, Err(InvalidPlaceholder), "{text}");
    }
    let mut remembered = Remembered::default();
    remembered
        .push(custom, "x", "x", "<CUSTOM_A_B_k7qf2m_x3>")
        .unwrap();
    let placeholder = &remembered.entries[0].placeholder;
    assert_eq!(
        (placeholder.type_name(), placeholder.code()),
        ("CUSTOM_A_B", "k7qf2m")
    );
}

#[test]
fn debug_shows_no_value() {
    let mut map = map("a");
    map.placeholder(&EntityType::Person, "Alice");
    let shown = format!("{map:?} {:?} {:?}", map.remember(), map.entries[0].original);
    assert!(!shown.contains("lice"), "{shown}");
}

proptest! {
    #[test]
    fn a_rebuilt_map_joins_as_the_original_did(
        earlier in spellings(), later in spellings(), letters in prop_oneof![Just(1_usize), Just(6)],
    ) {
        let entity = |kind: usize| &EntityType::BUILT_IN[kind];
        let mut first = with_letters(letters);
        for (kind, value) in &earlier {
            first.placeholder(entity(*kind), value);
        }
        let remembered = first.remember();
        let (mut one, mut other) = (with_letters(letters), with_letters(letters));
        one.join(&remembered);
        other.join(&rebuilt(&remembered));
        for (kind, value) in earlier.iter().chain(&later) {
            let placeholder = one.placeholder(entity(*kind), value);
            prop_assert_eq!(&other.placeholder(entity(*kind), value), &placeholder);
            let again = other.placeholder(entity(*kind), value);
            prop_assert_eq!((again.type_name(), again.code()), (placeholder.type_name(), placeholder.code()));
        }
        prop_assert!(one.expose_originals().eq(other.expose_originals()));
    }

    #[test]
    fn the_order_and_the_map_do_not_matter(values in spellings()) {
        let (mut there, mut back) = (with_letters(20), with_letters(20));
        let entity = |kind: usize| &EntityType::BUILT_IN[kind];
        let forward: HashMap<_, _> = values.iter()
            .map(|(kind, value)| ((*kind, value.clone()), there.placeholder(entity(*kind), value)))
            .collect();
        for (kind, value) in values.iter().rev() {
            prop_assert_eq!(&back.placeholder(entity(*kind), value), &forward[&(*kind, value.clone())]);
        }
    }

    #[test]
    fn no_two_values_share_a_placeholder_even_when_codes_collide(values in spellings()) {
        let mut map = with_letters(1);
        let mut owners: HashMap<String, (usize, String)> = HashMap::new();
        let mut entities: HashMap<String, (usize, String)> = HashMap::new();
        for (kind, value) in values {
            let entity = &EntityType::BUILT_IN[kind];
            let placeholder = map.placeholder(entity, &value);
            prop_assert_eq!(&map.placeholder(entity, &value), &placeholder);
            let (name, code, _) = parts(placeholder.as_str());
            prop_assert_eq!(&name, placeholder.type_name());
            prop_assert_eq!(&code, placeholder.code());
            let mut canonical = String::new();
            super::canonical(entity, &value, &mut canonical);
            let owner = entities.entry(placeholder.stem().to_owned()).or_insert((kind, canonical.clone()));
            prop_assert_eq!(owner, &(kind, canonical));
            let owner = owners.entry(placeholder.as_str().to_ascii_lowercase()).or_insert((kind, value.clone()));
            prop_assert_eq!(owner, &(kind, value));
        }
        let mut joined = with_letters(1);
        joined.join(&map.remember());
        prop_assert_eq!(joined.len(), map.len());
    }
    #[test]
    fn joining_a_crowded_map_late_leaves_no_placeholder_with_two_values(values in spellings()) {
        let (mut earlier, mut map) = (with_letters(1), with_letters(1));
        for (kind, value) in &values {
            earlier.placeholder(&EntityType::BUILT_IN[*kind], value);
        }
        for (kind, value) in values.iter().rev() {
            map.placeholder(&EntityType::BUILT_IN[*kind], value);
        }
        map.join(&earlier.remember());
        let mut owners = HashMap::new();
        for (placeholder, original) in map.expose_originals() {
            let owner = owners.entry(placeholder.clone()).or_insert(original);
            prop_assert_eq!(*owner, original);
        }
    }
}
