//! Any text through every detector: spans lie in the text, and masking takes back what it gave.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    EntityType, Escape, LeafClass, Lexicon, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy, RehydrateOptions,
    Rehydrator, Scope, TextLeaf, TextScope,
};

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let rules = RuleSet::new(built_in()).expect("the rules that ship build");
    let mask = |policy: Policy, entity: &EntityType| {
        let rule = policy.rule(entity).with_action(masking::Action::Mask);
        policy.with_rule(entity.clone(), rule)
    };
    let policy = EntityType::BUILT_IN.iter().fold(Policy::default(), mask);
    Masker::new(vec![Box::new(DeterministicDetector::new(rules))], policy, MemoLimits { bytes: 0 }, [1; 16])
});

fuzz_target!(|text: &str| {
    let mut map = PlaceholderMap::new(&MasterKey::new([2; 32]), &Scope::new("fuzz"));
    let leaf = TextLeaf { text, label: None, class: LeafClass::Text, scope: TextScope::User, joins_previous: false };
    let masked = MASKER.mask(&[leaf], &mut map, &NoDeadline).expect("deterministic detectors always decide");
    let mut sent = text.to_owned();
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
