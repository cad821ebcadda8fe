//! Every family by generation, the boundaries of keys, and what only looks like one.

use super::super::RuleSet;
use super::*;

fn rules() -> RuleSet {
    RuleSet::new(vec![Box::new(ApiKeys::new())]).unwrap()
}

fn spans<'a>(rules: &RuleSet, text: &'a str) -> Vec<&'a str> {
    let mut detections = Vec::new();
    rules.find(text, &mut detections);
    let mut found: Vec<_> = detections.into_iter().map(|d| d.span).collect();
    found.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    found.dedup();
    let mut end = 0;
    found.retain(|span| {
        let fresh = span.start >= end;
        end = end.max(span.end);
        fresh
    });
    found.into_iter().map(|span| &text[span.range()]).collect()
}

/// A made-up key: the pieces of the prefix are joined here so that no scanner takes this file for a leak.
fn joined(pieces: &[&str]) -> String {
    pieces.concat()
}

#[test]
fn every_shape_reads_and_has_an_anchor() {
    for family in FAMILIES.iter().copied().flatten() {
        let shape = Shape::parse(family.shape).unwrap_or_else(|| panic!("{family:?}"));
        assert!(
            shape.anchor().is_some_and(|anchor| anchor.len() >= 2),
            "{family:?}"
        );
        assert!(
            family.companion.is_none_or(|shape| Shape::parse(shape).is_some()),
            "{family:?}"
        );
    }
}

#[test]
fn every_shape_of_a_word_reads() {
    assert!(WORDS.iter().all(|family| Shape::parse(family.shape).is_some()));
}

#[test]
fn at_least_120_providers_or_forms() {
    let mut shapes: Vec<_> = FAMILIES.iter().copied().flatten().map(|f| f.shape).collect();
    shapes.sort_unstable();
    shapes.dedup();
    assert_eq!(
        shapes.len(),
        FAMILIES.iter().map(|group| group.len()).sum::<usize>()
    );
    let mut providers: Vec<_> = FAMILIES.iter().copied().flatten().map(|f| f.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    assert!(providers.len() >= 120, "{}", providers.len());
}

#[test]
fn every_family_is_found_in_any_surroundings() {
    let rules = rules();
    for seed in [1, 1_000, 2_000_000] {
        for (provider, key) in samples(seed) {
            for (before, after) in [
                ("", ""),
                ("key=", ""),
                ("https://host/v1/", "?n=1"),
                ("~", "~"),
                ("电话/邮箱：", "。"),
                ("\"", "\","),
                ("use \\n", "\\n now"),
                ("it is ", ", thanks"),
                ("it is ", ".\nThanks a lot"),
                ("it is ", "\n\nThanks a lot"),
                ("key_", ""),
                ("my-", " "),
                ("prefix.", "\n"),
                ("old:", ","),
                ("<EMAIL_", ">"),
                ("&lt;API_KEY_", "&gt;"),
                ("<x>", ""),
            ] {
                let text = format!("{before}{key}{after}");
                let found = spans(&rules, &text);
                assert!(
                    found
                        .iter()
                        .any(|found| found.contains(&key) || key.len() - found.len() < 2),
                    "{provider}: {text:?} {found:?}"
                );
            }
        }
    }
}

#[test]
fn keys_with_a_word_of_documentation_in_them_are_keys() {
    let rules = rules();
    for (prefix, body) in [
        (["sk", "-proj-"], "exampleq7Zr2XvT9mKc4LwPaB3d"),
        (["sk", "-proj-"], "your-q7Zr2XvT9mKc4LwPaB3d-here"),
        (["gh", "p_"], "xxxxq7Zr2XvT9mKc4LwPaB3dZr2XvT9mKc4L"),
        (["AK", "IA"], "EXAMPLEQ3EGKXWN7"),
        (["hf", "_"], "dummyq7Zr2XvT9mKc4LwPaB3dZr2XvT9mK"),
    ] {
        let key = format!("{}{body}", prefix.concat());
        assert_eq!(spans(&rules, &key), [key.as_str()]);
    }
    for (prefix, body) in [
        (["AK", "IA"], "I44QH8DHBEXAMPLE"),
        (["AS", "IA"], "IOSFODNN7EXAMPLE"),
        (["sk", "-proj-"], "your-openai-api-key-goes-here"),
        (["hf", "_"], "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    ] {
        let key = format!("{}{body}", prefix.concat());
        assert!(spans(&rules, &key).is_empty(), "{key}");
    }
}

#[test]
fn a_key_cut_short_or_gone_on_too_long_is_none() {
    let rules = rules();
    for family in FAMILIES.iter().copied().flatten() {
        let shape = Shape::parse(family.shape).unwrap();
        let key = shape.sample(7);
        let anchor = shape.anchor().unwrap();
        let at = key.find(anchor).unwrap();
        let cut = if at == 0 {
            &key[..anchor.len() + 2]
        } else {
            &key[3..]
        };
        assert!(spans(&rules, cut).is_empty(), "{family:?} {cut}");
        if !shape.is_open() {
            let glued = format!("{key}abcdefgh");
            let whole = spans(&rules, &glued);
            assert!(!whole.contains(&key.as_str()), "{family:?} {glued}");
        }
    }
}

#[test]
fn a_line_break_inside_a_key_is_part_of_it() {
    let rules = rules();
    for family in FAMILIES.iter().copied().flatten() {
        let shape = Shape::parse(family.shape).unwrap();
        if shape.head(shape.sample(3).as_bytes(), 0) != Some(0) {
            continue;
        }
        let key = shape.sample(3);
        let at = shape.anchor().unwrap().len() + (key.len() - shape.anchor().unwrap().len()) / 2;
        let wrapped = format!("my key {}\n{}\nThanks a lot", &key[..at], &key[at..]);
        let found = spans(&rules, &wrapped);
        assert!(
            found
                .iter()
                .any(|found| found.contains('\n') && found.len() == key.len() + 1),
            "{family:?} {wrapped:?} {found:?}"
        );
    }
}

#[test]
fn the_line_behind_a_wrapped_key_is_none_of_it() {
    let (first, second) = (joined(&["sk", "-proj-Ab3dEf6hIj9k"]), "LmNoPqRsTuVwXyZ0123");
    let text = format!("{first}\n{second}\nthanks");
    assert_eq!(spans(&rules(), &text), [format!("{first}\n{second}")]);
}

#[test]
fn a_name_above_a_digest_is_no_key() {
    let digest = "9166c8ce7c1d9bcc2a343b15913edc1d";
    for text in [
        format!("{digest}  usr/lib/openssh/ssh-sk-helper\n{digest}  usr/lib/openssh/sftp"),
        format!("{digest}  usr/lib/openssh/sk-helper\n{digest}  usr/lib/openssh/sftp"),
        format!("commit task-sk-model\n{digest}c1d9bcc2"),
        format!("branch sk-model\n{digest}c1d9bcc2\n"),
        format!("branch task-sk-model\n{digest}c1d9bcc2ab\n"),
    ] {
        assert!(
            spans(&rules(), &text).is_empty(),
            "{text} {:?}",
            spans(&rules(), &text)
        );
    }
    let key = joined(&["sk", "-Ab3dEf6hIj9kLmNoPqRs7uVw"]);
    assert_eq!(spans(&rules(), &format!("prod-{key}")), [key]);
}

#[test]
fn keys_that_somebody_made_up_are_found() {
    for key in [
        joined(&["sk", "-1234567890abcdef1234567890abcdef"]),
        joined(&["gh", "p_1234567890abcdefghijklmnopqrstuvwxyz"]),
        joined(&["AK", "IA1234567890ABCDEF"]),
    ] {
        assert_eq!(spans(&rules(), &key), [key.as_str()]);
    }
}

#[test]
fn an_access_key_id_shows_its_secret() {
    let secret = Shape::parse("{b:40}").unwrap().sample(11);
    let id = joined(&["AK", "IA", "Q3EGKXWN7PLRTZ2M"]);
    let text = format!("{id} / {secret}\nsha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b");
    assert_eq!(spans(&rules(), &text), [id.as_str(), secret.as_str()]);
    let text = format!("{id} at commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b");
    assert_eq!(spans(&rules(), &text), [id.as_str()]);
}

#[test]
fn documentation_and_code_hold_no_keys() {
    let rules = rules();
    for text in [
        joined(&["AK", "IAIOSFODNN7EXAMPLE"]),
        joined(&["sk", "-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]),
        joined(&["sk", "-proj-xxxxxxxxxxxxxxxxxxxxxxxx"]),
        joined(&["sk", "-your-api-key-here-please-replace"]),
        joined(&["gh", "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]),
        joined(&["xo", "xb-your-token-goes-in-this-place"]),
        joined(&["gl", "pat-the-name-of-my-token-here"]),
        "task-proj-add-the-new-login-page-to-the-site".into(),
        "npm_config_registry npm_lifecycle_script npm_package_json".into(),
        "hf_hub_download(repo_id, filename) and hf_transfer".into(),
        "sk-learn, scikit-learn, risk-adjusted-return-on-capital".into(),
        "let mask_sk_tasks_disk_usage_percentage_of_total = 1".into(),
        "\"integrity\": \"sha512-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08==\"".into(),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me".into(),
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b, id 123e4567-e89b-12d3-a456-426614174000".into(),
        "fw_version fw_update_the_controller_firmware key-value api-version A3-size".into(),
    ] {
        assert!(
            spans(&rules, &text).is_empty(),
            "{text} {:?}",
            spans(&rules, &text)
        );
    }
}

#[test]
fn hostile_runs_end() {
    let rules = rules();
    for unit in [
        "sk-proj-",
        "sk-",
        "hvs.",
        "A3-",
        ":AA",
        "sk-proj-a1B\n",
        "AKIA",
        ".atlasv1.",
        "EAA1b",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let mut found = Vec::new();
        rules.find(&text, &mut found);
        assert!(found.len() <= text.len() / unit.len());
    }
}
