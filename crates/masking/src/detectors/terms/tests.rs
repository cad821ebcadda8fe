//! Which spellings of a term are found, and which words are left alone.

use super::*;
use crate::detectors::RuleSet;
use crate::detectors::testing::{endure, found};

fn in_text(term: &str, text: &str) -> Vec<String> {
    let term = Term::new(term, EntityType::Organization).unwrap();
    found(DenyTerms::new([term]), text)
}

#[test]
fn terms_stand_as_words_in_any_case() {
    let text = "Acme, ACME's acme_client; \\nacme acmes macme Acmé";
    assert_eq!(in_text("acme", text), ["Acme", "ACME", "acme", "acme"]);
    assert_eq!(in_text("C++", "we use c++17 and C++"), ["c++", "C++"]);
    assert_eq!(in_text("#42", "issue#42, #421"), ["#42"]);
}

#[test]
fn other_alphabets_have_cases_too() {
    assert_eq!(
        in_text("Müller GmbH", "MÜLLER GMBH, müller gmbh"),
        ["MÜLLER GMBH", "müller gmbh"]
    );
    assert_eq!(in_text("Иванов", "ИВАНОВ иванов Иванова"), ["ИВАНОВ", "иванов"]);
    assert_eq!(in_text("Öl", "ÖL öl Kohl"), ["ÖL", "öl"]);
}

#[test]
fn scripts_without_spaces_have_no_word_boundaries() {
    assert_eq!(in_text("凤凰计划", "关于凤凰计划的进展"), ["凤凰计划"]);
    assert_eq!(in_text("アクメ", "株式会社アクメは"), ["アクメ"]);
}

#[test]
fn a_phrase_may_be_broken_over_lines() {
    assert_eq!(
        in_text("Project  Blue Sky", "project\n  blue\tsky"),
        ["project\n  blue\tsky"]
    );
}

#[test]
fn case_can_matter() {
    let term = Term::new("ÉON", EntityType::Organization)
        .unwrap()
        .with_case_sensitive(true);
    assert_eq!(found(DenyTerms::new([term]), "éon ÉON Éon"), ["ÉON"]);
}

#[test]
fn terms_are_bounded_and_private() {
    let refused = |text: &str| Term::new(text, EntityType::Person).unwrap_err();
    assert_eq!(refused(""), TermError::TooShort);
    assert_eq!(refused(" \u{200b}a "), TermError::TooShort);
    assert_eq!(refused(&"x".repeat(257)), TermError::TooLong);
    let term = Term::new("canary", EntityType::Person).unwrap();
    assert!(!format!("{term:?}").contains('c'), "{term:?}");
}

#[test]
fn hostile_runs_end() {
    let term = "a ".repeat(100);
    let text = "a ".repeat(1 << 19);
    assert!(!in_text(&term, &text).is_empty());
    for term in ["a-a a", "aaaaaa", "blue sky", &"é ".repeat(20)] {
        let term = Term::new(term, EntityType::Organization).unwrap();
        endure(DenyTerms::new([term]), &["a-", "a", "blue    ", "é·"]);
    }
}

#[test]
fn a_term_is_found_glued_as_programs_write_names() {
    for (text, expected) in [
        (
            "Blue-Sky blue_sky blue.sky Blue/Sky",
            vec!["Blue-Sky", "blue_sky", "blue.sky", "Blue/Sky"],
        ),
        (
            "BlueSky bluesky BLUESKY blueSky",
            vec!["BlueSky", "bluesky", "BLUESKY", "blueSky"],
        ),
        ("BLUE_SKY_URL x_blue_sky", vec!["BLUE_SKY", "blue_sky"]),
        ("https://blue-sky.example/a", vec!["blue-sky"]),
        ("ops@bluesky.example", vec!["bluesky"]),
        ("BlueSkyClient getBlueSky()", vec!["BlueSky", "BlueSky"]),
        ("HTTPBlueSky BLUESKYClient", vec!["BlueSky", "BLUESKY"]),
        ("URLbluesky BLUESKYurl", vec!["bluesky", "BLUESKY"]),
        ("#BlueSky @bluesky", vec!["BlueSky", "bluesky"]),
        ("bluesky2 v2bluesky", vec!["bluesky", "bluesky"]),
        ("Blue\nSky blue\r\n  sky", vec!["Blue\nSky", "blue\r\n  sky"]),
        ("blue-\n    sky", vec!["blue-\n    sky"]),
        (
            "Blue::Sky C:\\blue\\sky a\\\\blue\\\\sky",
            vec!["Blue::Sky", "blue\\sky", "blue\\\\sky"],
        ),
        ("redis blue:sky:7 q=blue+sky", vec!["blue:sky", "blue+sky"]),
        (
            "blue\u{a0}sky blue\u{2009}sky",
            vec!["blue\u{a0}sky", "blue\u{2009}sky"],
        ),
        ("\\nbluesky \\nBLUE_SKY", vec!["bluesky", "BLUE_SKY"]),
        ("关于BlueSky的", vec!["BlueSky"]),
    ] {
        assert_eq!(in_text("Blue Sky", text), expected, "{text}");
    }
}

#[test]
fn other_words_are_left_alone() {
    for text in [
        "blues kyoto, blue skyline, blue skies",
        "blueskyline mybluesky bluesky's".trim_end_matches(" bluesky's"),
        "the sea was blue. Sky news said",
        "blue, sky; blue: sky, blue - sky, blue / sky, blue & sky",
        "BLUESKYLINE MYBLUESKY Blueskyline MYBlueskyline",
        "blue---sky blue...sky blue\u{301}skyx",
        "blue = sky, blue|sky, blue(sky), <blue>sky",
    ] {
        assert_eq!(in_text("Blue Sky", text), [""; 0], "{text}");
    }
}

#[test]
fn a_long_word_is_found_in_names_but_not_in_longer_words() {
    assert_eq!(
        in_text(
            "acmecorp",
            "AcmeCorpClient ACMECORP_URL acmecorp.example AcmecorpX2 newAcmecorp acmecorp42"
        ),
        [
            "AcmeCorp", "ACMECORP", "acmecorp", "Acmecorp", "Acmecorp", "acmecorp"
        ]
    );
    assert!(
        in_text(
            "acmecorp",
            "myacmecorp acmecorps Macmecorp acmecorporation acme-corp"
        )
        .is_empty()
    );
    assert_eq!(
        in_text("AcmeCorp", "acme-corp ACME_CORP AcmeCorp acmecorp"),
        ["acme-corp", "ACME_CORP", "AcmeCorp", "acmecorp"]
    );
    assert!(in_text("AcmeCorp", "acme corp").is_empty());
    assert_eq!(
        in_text("Zorvath", "ZorvathClient ZORVATH_ID zorvath1"),
        ["Zorvath", "ZORVATH", "zorvath"]
    );
}

#[test]
fn a_short_word_stands_alone() {
    assert_eq!(in_text("sky", "sky SKY_URL a.sky"), ["sky", "SKY", "sky"]);
    assert!(in_text("sky", "skyline SkyClient getSky sky2 blueSky").is_empty());
    assert!(in_text("acme", "acmeClient AcmeURL").is_empty());
}

#[test]
fn a_term_with_joiners_is_found_with_others() {
    assert_eq!(
        in_text("Coca-Cola", "Coca-Cola coca cola CocaCola coca_cola"),
        ["Coca-Cola", "coca cola", "CocaCola", "coca_cola"]
    );
    assert_eq!(
        in_text("acme.example", "acme.example acme-example"),
        ["acme.example", "acme-example"]
    );
    assert!(in_text("acme.example", "acme example, acme. Example").is_empty());
    assert_eq!(in_text("AT&T", "AT&T, at&t AT&TX"), ["AT&T", "at&t"]);
    assert_eq!(
        in_text("C++ Builder", "C++ Builder c++builder C++-Builder C++_BUILDER"),
        ["C++ Builder", "c++builder", "C++-Builder", "C++_BUILDER"]
    );
    assert_eq!(
        in_text("凤凰 计划", "关于凤凰计划的 凤凰_计划"),
        ["凤凰计划", "凤凰_计划"]
    );
    assert_eq!(
        in_text("Müller Bau", "MÜLLER_BAU_URL müllerbau"),
        ["MÜLLER_BAU", "müllerbau"]
    );
}

#[test]
fn digits_are_ends_of_letters_only() {
    assert_eq!(
        in_text("Studio 54", "studio54 Studio54Client studio-54"),
        ["studio54", "Studio54", "studio-54"]
    );
    assert!(in_text("Studio 54", "studio541 studio540").is_empty());
    assert_eq!(
        in_text("4711 0815", "4711-0815 47110815"),
        ["4711-0815", "47110815"]
    );
    assert!(in_text("4711 0815", "a47110815f 147110815").is_empty());
}

#[test]
fn exact_terms_are_whole_words() {
    let exact = |text: &str| {
        let term = Term::new("Blue Sky", EntityType::Organization).unwrap();
        found(DenyTerms::new([term.with_exact(true)]), text)
    };
    assert_eq!(
        exact("Blue Sky blue\nsky BLUE  SKY_x"),
        ["Blue Sky", "blue\nsky", "BLUE  SKY"]
    );
    assert!(exact("BlueSky blue-sky BLUE_SKY_URL Blue Skyline").is_empty());
    let case = Term::new("Blue Sky", EntityType::Organization)
        .unwrap()
        .with_case_sensitive(true);
    assert_eq!(
        found(DenyTerms::new([case]), "BlueSky Blue-Sky bluesky BLUE_SKY"),
        ["BlueSky", "Blue-Sky"]
    );
}

#[test]
fn glued_forms_are_told_apart() {
    let term = Term::new("Blue Sky", EntityType::Organization).unwrap();
    let rules = RuleSet::new(vec![Box::new(DenyTerms::new([term]))]).unwrap();
    let mut detections = Vec::new();
    rules.find("blue sky blue_sky xBlue Sky", &mut detections);
    let names: Vec<&str> = detections
        .iter()
        .map(|detection| detection.detector.as_ref())
        .collect();
    assert_eq!(names, [DENY_TERM, GLUED_TERM, GLUED_TERM]);
}

#[test]
fn terms_that_share_a_word_wake_by_the_other() {
    let terms = ["Project Zorvath", "Project Quellinger", "Project Tamm"];
    let terms = terms.map(|term| Term::new(term, EntityType::Organization).unwrap());
    let rule = DenyTerms::new(terms);
    assert_eq!(rule.literals(), ["zorvath", "quellinger", "tamm"]);
    assert_eq!(
        found(rule, "project-tamm, ProjectZorvath; project"),
        ["project-tamm", "ProjectZorvath"]
    );
}

#[test]
fn glued_forms_do_not_count_in_identifiers_and_names() {
    use crate::detectors::DeterministicDetector;
    use crate::{LeafClass, Masker, MasterKey, MemoLimits, PlaceholderMap, Policy, Scope, TextLeaf};

    let term = Term::new("Zorvath", EntityType::Organization).unwrap();
    let rules = RuleSet::new(vec![Box::new(DenyTerms::new([term]))]).unwrap();
    let detectors: Vec<Box<dyn crate::Detector>> = vec![Box::new(DeterministicDetector::new(rules))];
    let masker = Masker::new(detectors, Policy::default(), MemoLimits::default(), [1; 16]);
    let masked = |class, text| {
        let leaf = TextLeaf {
            text,
            label: None,
            class,
            scope: crate::TextScope::User,
            joins_previous: false,
        };
        let mut map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("a"));
        !masker
            .mask(&[leaf], &mut map, &crate::NoDeadline)
            .unwrap()
            .replacements
            .is_empty()
    };
    for class in [LeafClass::Identifier, LeafClass::Name] {
        assert!(!masked(class, "zorvath2-7b"), "{class:?}");
        assert!(masked(class, "call_zorvath"), "{class:?}");
    }
    for class in [LeafClass::Text, LeafClass::Number] {
        assert!(masked(class, "zorvath2-7b"), "{class:?}");
    }
}
