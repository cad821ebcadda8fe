//! Any text, encoded up to three times by what the input says, through every way of reading: masking ends, its spans lie
//! in the text, and what it took comes back.

#![no_main]

use std::sync::{Arc, LazyLock};

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER};
use libfuzzer_sys::fuzz_target;
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    EntityType, Escape, LeafClass, Lexicon, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy, RehydrateOptions,
    Rehydrator, Scope, TextLeaf, TextScope,
};

/// Something to be found in what is encoded.
const VALUE: &str = " zelda.quellinger@corp-mail.com ";

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let rules = RuleSet::new(built_in()).expect("the rules that ship build");
    let mask = |policy: Policy, entity: &EntityType| {
        let rule = policy.rule(entity).with_action(masking::Action::Mask);
        policy.with_rule(entity.clone(), rule)
    };
    let policy = EntityType::BUILT_IN.iter().fold(Policy::default(), mask);
    Masker::new(vec![Box::new(DeterministicDetector::new(rules))], policy, MemoLimits { bytes: 0 }, [1; 16])
});

fn encoded(text: &str, choice: u8) -> String {
    match choice % 10 {
        0 => text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        1 => text.chars().map(|char| format!("&#{};", u32::from(char))).collect(),
        2 => BASE64.encode(text.as_bytes()),
        3 => BASE64URL_NOPAD.encode(text.as_bytes()),
        4 => HEXLOWER.encode(text.as_bytes()),
        5 => BASE32.encode(text.as_bytes()),
        6 => text.chars().map(|char| format!("\\u{{{:x}}}", u32::from(char))).collect(),
        7 => text.replace('=', "=3D").replace('@', "=40"),
        8 => text.replace('.', "<b>.</b>"),
        _ => text.to_owned(),
    }
}

fuzz_target!(|input: (u8, u8, u8, &str, &str)| {
    let (one, two, three, before, inside) = input;
    let inner = encoded(&encoded(&encoded(&format!("{inside}{VALUE}"), one), two), three);
    let text = format!("{before}{inner}");
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
    let options = RehydrateOptions { escape: Escape::None, in_urls: true };
    let mut rehydrator = Rehydrator::new(Arc::new(Lexicon::new(&map)), options);
    let mut back = String::new();
    rehydrator.push(&sent, &mut back);
    rehydrator.finish(&mut back);
    assert_eq!(back, text);
});
