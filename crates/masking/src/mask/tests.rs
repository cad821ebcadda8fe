mod scopes;

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{MasterKey, NoDeadline, Scope, TextScope};

/// Finds each of its words wherever it stands, and counts the bytes that it was shown.
struct Words(Vec<(&'static str, EntityType)>, Arc<AtomicUsize>);

impl Detector for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn reads(&self, _reading: &Reading<'_>) -> bool {
        true
    }

    fn detect(
        &self,
        batch: &[&Reading<'_>],
        _until: &dyn Deadline,
    ) -> Result<Vec<Vec<Detection>>, DetectorError> {
        let find = |text: &str| {
            self.1.fetch_add(text.len(), Ordering::Relaxed);
            let hits = self
                .0
                .iter()
                .flat_map(|(word, entity)| text.match_indices(word).map(move |hit| (hit, entity)));
            hits.map(|((start, word), entity)| Detection {
                entity: entity.clone(),
                span: ByteSpan::new(start, start + word.len()),
                score: Score::STRONG,
                detector: "words".into(),
            })
            .collect()
        };
        Ok(batch.iter().map(|reading| find(reading.text())).collect())
    }
}

struct Broken(usize);

impl Detector for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn reads(&self, _reading: &Reading<'_>) -> bool {
        true
    }

    fn detect(
        &self,
        batch: &[&Reading<'_>],
        _until: &dyn Deadline,
    ) -> Result<Vec<Vec<Detection>>, DetectorError> {
        match self.0 {
            0 => Err(DetectorError {
                detector: "broken",
                reason: "not loaded",
            }),
            1 => Ok(Vec::new()),
            _ => Ok(batch
                .iter()
                .map(|reading| {
                    vec![Detection {
                        entity: EntityType::Email,
                        span: ByteSpan::new(0, reading.text().len() + 1),
                        score: Score::STRONG,
                        detector: "broken".into(),
                    }]
                })
                .collect()),
        }
    }
}

fn masker(policy: Policy) -> (Masker, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let words = vec![
        ("alice@corp.com", EntityType::Email),
        ("Alice Smith", EntityType::Person),
        ("sk-secret-1", EntityType::ApiKey),
        ("box-7", EntityType::UsernamePath),
    ];
    let words = Words(words, Arc::clone(&seen));
    (
        Masker::new(vec![Box::new(words)], policy, MemoLimits::default(), [1; 16]),
        seen,
    )
}

fn map() -> PlaceholderMap {
    PlaceholderMap::new(&MasterKey::new([3; 32]), &Scope::new("caller"))
}

/// Where the first value of the map still stands in what leaves.
fn residual(map: &PlaceholderMap, outbound: &str) -> Option<ByteSpan> {
    let mut first = None;
    LastLook::of(map).each(outbound, |_, span| {
        first = Some(span);
        false
    });
    first
}

fn leaf(text: &str) -> TextLeaf<'_> {
    TextLeaf {
        text,
        label: None,
        class: LeafClass::Text,
        scope: TextScope::User,
        joins_previous: false,
    }
}

/// The leaves with their replacements made.
fn apply(leaves: &[TextLeaf<'_>], masked: &Masked) -> Vec<String> {
    let mut texts: Vec<String> = leaves.iter().map(|leaf| leaf.text.to_owned()).collect();
    for replacement in masked.replacements.iter().rev() {
        texts[replacement.leaf].replace_range(replacement.span.range(), replacement.placeholder.as_str());
    }
    texts
}

#[test]
fn values_are_replaced_and_counted() {
    let (masker, _) = masker(Policy::default());
    let mut map = map();
    let leaves = [
        leaf("mail alice@corp.com"),
        leaf("nothing"),
        leaf("alice@corp.com, box-7"),
    ];
    let masked = masker.mask(&leaves, &mut map, &NoDeadline).unwrap();
    let email = map.placeholder(&EntityType::Email, "alice@corp.com");
    let email = email.as_str();
    assert_eq!(
        apply(&leaves, &masked),
        [
            format!("mail {email}"),
            "nothing".into(),
            format!("{email}, box-7")
        ]
    );
    let counts: Vec<_> = masked
        .detections
        .iter()
        .map(|c| (c.entity.to_string(), c.action, c.count))
        .collect();
    assert_eq!(
        counts,
        [
            ("EMAIL".into(), Action::Mask, 2),
            ("USERNAME_PATH".into(), Action::Allow, 1)
        ]
    );
}

#[test]
fn a_secret_blocks_and_nothing_is_replaced() {
    let (masker, _) = masker(Policy::default());
    let masked = masker
        .mask(&[leaf("alice@corp.com sk-secret-1")], &mut map(), &NoDeadline)
        .unwrap();
    assert_eq!((masked.verdict, masked.replacements.len()), (Verdict::Block, 0));
    assert_eq!(masked.touched.len(), 2);
}

#[test]
fn observing_reports_and_changes_nothing() {
    let (masker, _) = masker(Policy::default().with_observe(true));
    let masked = masker
        .mask(&[leaf("alice@corp.com sk-secret-1")], &mut map(), &NoDeadline)
        .unwrap();
    assert_eq!(
        (masked.verdict, masked.replacements.len(), masked.detections.len()),
        (Verdict::Forward, 0, 2)
    );
}

#[test]
fn identifiers_are_changed_for_secrets_only_and_exempt_leaves_never() {
    let (masker, _) = masker(Policy::default());
    let identifier = |text| TextLeaf {
        class: LeafClass::Identifier,
        ..leaf(text)
    };
    let masked = masker
        .mask(&[identifier("alice@corp.com")], &mut map(), &NoDeadline)
        .unwrap();
    assert!(masked.detections.is_empty());
    assert_eq!(
        masker
            .mask(&[identifier("sk-secret-1")], &mut map(), &NoDeadline)
            .unwrap()
            .verdict,
        Verdict::Block
    );
    let exempt = TextLeaf {
        class: LeafClass::Exempt,
        ..leaf("sk-secret-1")
    };
    assert_eq!(
        masker.mask(&[exempt], &mut map(), &NoDeadline).unwrap().verdict,
        Verdict::Forward
    );
}

#[test]
fn what_is_denied_by_name_is_changed_in_identifiers_too_however_it_is_found() {
    struct Fixed(Vec<(EntityType, Score, &'static str)>);
    impl Detector for Fixed {
        fn name(&self) -> &'static str {
            "fixed"
        }

        fn reads(&self, _reading: &Reading<'_>) -> bool {
            true
        }

        fn detect(
            &self,
            batch: &[&Reading<'_>],
            _until: &dyn Deadline,
        ) -> Result<Vec<Vec<Detection>>, DetectorError> {
            let find = |text: &str| {
                let all = self.0.iter().map(|(entity, score, detector)| Detection {
                    entity: entity.clone(),
                    span: ByteSpan::new(0, text.len()),
                    score: *score,
                    detector: (*detector).into(),
                });
                all.collect()
            };
            Ok(batch.iter().map(|reading| find(reading.text())).collect())
        }
    }
    let denied = (EntityType::Person, Score::STRONG, crate::DENY_TERM);
    let heavier = (EntityType::CreditCard, Score::CERTAIN, "card");
    for found in [
        vec![denied.clone()],
        vec![denied.clone(), heavier.clone()],
        vec![heavier, denied],
    ] {
        let masker = Masker::new(
            vec![Box::new(Fixed(found))],
            Policy::default(),
            MemoLimits { bytes: 0 },
            [0; 16],
        );
        for class in [LeafClass::Identifier, LeafClass::Number] {
            let leaf = TextLeaf {
                class,
                ..leaf("4711")
            };
            assert_eq!(
                masker
                    .mask(&[leaf], &mut map(), &NoDeadline)
                    .unwrap()
                    .replacements
                    .len(),
                1,
                "{class:?}"
            );
        }
    }
}

#[test]
fn a_value_across_parts_is_masked_piece_by_piece() {
    let (masker, _) = masker(Policy::default());
    for split in 1.."alice@corp.com".len() {
        for padding in [0, 3, 600] {
            let filler = " x".repeat(padding);
            let (left, right) = "alice@corp.com".split_at(split);
            let (left, right) = (format!("{filler} {left}"), format!("{right}{filler}"));
            let leaves = [
                leaf(&left),
                TextLeaf {
                    joins_previous: true,
                    ..leaf(&right)
                },
            ];
            let mut map = map();
            let masked = masker.mask(&leaves, &mut map, &NoDeadline).unwrap();
            assert_eq!(masked.replacements.len(), 2, "{split} {padding}");
            let mut back = apply(&leaves, &masked).concat();
            assert!(!back.contains("alice@corp.com"));
            for (placeholder, original) in map.expose_originals() {
                back = back.replace(placeholder.as_str(), original);
            }
            assert_eq!(back, format!("{left}{right}"));
        }
    }
    let apart = [leaf("alice@"), leaf("corp.com")];
    assert!(
        masker
            .mask(&apart, &mut map(), &NoDeadline)
            .unwrap()
            .replacements
            .is_empty()
    );
}

#[test]
fn a_resent_text_is_not_looked_at_again() {
    let (masker, seen) = masker(Policy::default());
    let text = format!("mail alice@corp.com {}", "and more ".repeat(20));
    let first = masker.mask(&[leaf(&text)], &mut map(), &NoDeadline).unwrap();
    let looked_at = seen.load(Ordering::Relaxed);
    let second = masker.mask(&[leaf(&text)], &mut map(), &NoDeadline).unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), looked_at);
    assert_eq!(first.replacements, second.replacements);
    assert_eq!((second.memo_hits, second.memo_misses), (1, 0));
}

#[test]
fn what_was_found_in_one_place_is_masked_in_all() {
    let (masker, _) = masker(Policy::default());
    let mut map = map();
    map.placeholder(&EntityType::Person, "Alice Smith");
    map.placeholder(&EntityType::Person, "Jo Li");
    let leaves = [leaf("Jo Lime, Jo Li; Jo Li's"), leaf("x")];
    assert!(residual(&map, leaves[0].text).is_some());
    let masked = masker.mask(&leaves, &mut map, &NoDeadline).unwrap();
    let texts = apply(&leaves, &masked);
    let jo = map.placeholder(&EntityType::Person, "Jo Li");
    assert_eq!(texts[0], format!("Jo Lime, {0}; {0}'s", jo.as_str()));
    assert_eq!(residual(&map, &texts[0]), None);
}

#[test]
fn the_last_look_knows_json_spelling_and_many_values() {
    let mut map = map();
    map.placeholder(&EntityType::Address, "1 \"A\" St\nTown");
    assert!(residual(&map, r#"{"x":"at 1 \"A\" St\nTown."}"#).is_some());
    for nth in 0..100 {
        map.placeholder(&EntityType::Email, &format!("user{nth}@corp.com"));
    }
    assert!(residual(&map, "to user57@corp.com").is_some());
    assert!(residual(&map, r#"{"x":"\u0075ser57@corp\u002Ecom"}"#).is_some());
    assert!(residual(&map, r#"{"x":"line\nuser57@corp.com\tend"}"#).is_some());
    assert_eq!(residual(&map, "to xuser57@corp.com, user57@corp.community"), None);
}

#[test]
fn a_detector_that_cannot_decide_refuses_the_request() {
    for kind in 0..3 {
        let masker = Masker::new(
            vec![Box::new(Broken(kind))],
            Policy::default(),
            MemoLimits::default(),
            [1; 16],
        );
        assert_eq!(
            masker
                .mask(&[leaf("some text")], &mut map(), &NoDeadline)
                .unwrap_err()
                .detector,
            "broken"
        );
    }
}

/// Passes once it was asked so often.
struct Patience(AtomicUsize);

impl Deadline for Patience {
    fn has_passed(&self) -> bool {
        let ask = |left: usize| left.checked_sub(1);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, ask)
            .is_err()
    }
}

#[test]
fn work_that_nobody_waits_for_stops_wherever_it_is() {
    let rules = crate::detectors::RuleSet::new(crate::detectors::built_in()).unwrap();
    let masker = Masker::new(
        vec![Box::new(crate::detectors::DeterministicDetector::new(rules))],
        Policy::default(),
        MemoLimits { bytes: 0 },
        [1; 16],
    );
    let text = "write to a%40b.example or +49 30 1234567, \\u0061@corp.example\n".repeat(2000);
    let leaves = [leaf(&text), leaf("a@corp.example")];
    let asked = |most: usize| {
        let mut map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("s"));
        masker.mask(&leaves, &mut map, &Patience(AtomicUsize::new(most)))
    };
    let enough = (0..10_000).find(|most| asked(*most).is_ok()).unwrap();
    // Every reading, every stretch of the detectors, the search and the placeholders.
    assert!(enough > 8, "asked {enough} times");
    assert!((0..enough).all(|most| asked(most).is_err()));
}
