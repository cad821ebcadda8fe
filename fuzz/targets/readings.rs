//! A value in any text, encoded up to three times by what the input says: it is found. The first three bytes choose the
//! encodings, the rest is the text.

#![no_main]

use std::sync::LazyLock;

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER};
use libfuzzer_sys::fuzz_target;
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    EntityType, LeafClass, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy, PolicyRule, Scope, TextLeaf,
    TextScope,
};

const VALUE: &str = " zelda.quellinger@corp-mail.com ";

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let rules = RuleSet::new(built_in()).expect("the rules that ship build");
    let mask = |policy: Policy, entity: &EntityType| {
        let rule = PolicyRule { action: masking::Action::Mask, ..policy.rule(entity) };
        policy.with_rule(entity.clone(), rule)
    };
    let policy = EntityType::BUILT_IN.iter().fold(Policy::default(), mask);
    Masker::new(vec![Box::new(DeterministicDetector::new(rules))], policy, MemoLimits { bytes: 0 }, [1; 16])
});

fn encoded(text: &str, choice: u8) -> String {
    match choice % 8 {
        0 => text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        1 => text.chars().map(|char| format!("&#{};", u32::from(char))).collect(),
        2 => BASE64.encode(text.as_bytes()),
        3 => BASE64URL_NOPAD.encode(text.as_bytes()),
        4 => HEXLOWER.encode(text.as_bytes()),
        5 => BASE32.encode(text.as_bytes()),
        6 => text.chars().map(|char| format!("\\u{{{:x}}}", u32::from(char))).collect(),
        _ => text.to_owned(),
    }
}

fuzz_target!(|input: (u8, u8, u8, &str, &str)| {
    let (one, two, three, before, after) = input;
    let plain = |text: &str| text.chars().all(|char| char.is_alphanumeric() || char == ' ' || char == '\n');
    // What stands around may be anything that is no encoding itself.
    if !plain(before) || !plain(after) {
        return;
    }
    let inner = encoded(&encoded(&encoded(VALUE, one), two), three);
    let text = format!("{before} {inner} {after}");
    let leaf = TextLeaf {
        text: &text,
        label: None,
        class: LeafClass::Text,
        scope: TextScope::User,
        joins_previous: false,
    };
    let mut map = PlaceholderMap::new(&MasterKey::new([2; 32]), &Scope::new("fuzz"));
    let masked = MASKER.mask(&[leaf], &mut map, &NoDeadline).expect("deterministic detectors always decide");
    let mut sent = text.clone();
    for replacement in masked.replacements.iter().rev() {
        sent.replace_range(replacement.span.range(), replacement.placeholder.as_str());
    }
    assert!(!sent.contains(inner.trim()), "the value leaves");
});
