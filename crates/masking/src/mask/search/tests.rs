use super::*;

fn needles(values: &[(EntityType, &str)]) -> Search {
    let mut needles = Needles::default();
    for (entity, value) in values {
        needles.add(entity, Action::Mask, value, |_| ());
    }
    Search::new(needles)
}

fn hits<'t>(search: &Search, text: &'t str) -> Vec<&'t str> {
    let mut spans = Vec::new();
    search.each(
        text,
        |_| None,
        |hit| {
            spans.push(hit.span);
            true
        },
    );
    spans.into_iter().map(|span| &text[span.range()]).collect()
}

#[test]
fn a_value_is_met_in_other_case_and_over_line_ends() {
    let search = needles(&[
        (EntityType::Person, "Zorvath Quellinger"),
        (EntityType::Email, "zo@corp.com"),
    ]);
    for text in [
        "ZORVATH QUELLINGER",
        "zorvath\n    quellinger",
        "(Zorvath  Quellinger)",
        "ZO@Corp.Com",
        "<zo@corp.com>",
    ] {
        assert!(!hits(&search, text).is_empty(), "{text}");
    }
    let german = needles(&[(EntityType::Person, "Änne Müllerström")]);
    assert_eq!(hits(&german, "ÄNNE MÜLLERSTRÖM")[0], "ÄNNE MÜLLERSTRÖM");
}

#[test]
fn a_percent_sign_of_a_value_may_be_escaped() {
    let needles = needles(&[(EntityType::Password, "WQvmjhk%9249")]);
    assert_eq!(hits(&needles, "is WQvmjhk%259249 now"), ["WQvmjhk%259249"]);
}

#[test]
fn parts_of_a_name_count_in_prose_only() {
    let search = needles(&[(EntityType::Person, "Zorvath Quellinger")]);
    assert_eq!(hits(&search, "then Mr. Quellinger said no to it"), ["Quellinger"]);
    assert_eq!(hits(&search, "Quellinger, Zorvath"), ["Quellinger", "Zorvath"]);
    assert!(hits(&search, "let quellinger = zorvath(); if (a[0] == b) { x(); }").is_empty());
    let common = needles(&[(EntityType::Person, "Mark Young")]);
    assert!(hits(&common, "you will mark the young tree").is_empty());
}

#[test]
fn only_values_that_tell_are_looked_for() {
    for (entity, value) in [
        (EntityType::Password, "user"),
        (EntityType::Password, "postgres"),
        (EntityType::Password, "hunter2"),
        (EntityType::BankAccount, "12345"),
        (EntityType::Person, "Will"),
    ] {
        assert!(needles(&[(entity, value)]).is_empty(), "{value}");
    }
    for (entity, value) in [
        (EntityType::Password, "hunter2!Xq9"),
        (EntityType::Iban, "DE89 3704 0044 0532 0130 00"),
        (EntityType::Person, "Li Wei"),
    ] {
        assert!(!needles(&[(entity, value)]).is_empty(), "{value}");
    }
    let grouped = needles(&[(EntityType::Iban, "DE89 3704 0044 0532 0130 00")]);
    assert_eq!(
        hits(&grouped, "x DE89370400440532013000 y"),
        ["DE89370400440532013000"]
    );
}

#[test]
fn values_stand_as_words_but_secrets_anywhere() {
    let search = needles(&[
        (EntityType::Person, "Jo Zorvath"),
        (EntityType::ApiKey, "q7Zr2XvT9mKc4LwPq7Zr"),
    ]);
    assert!(hits(&search, "BanJo Zorvathian").is_empty());
    let short = needles(&[(EntityType::Password, "Xk9mPq2vLw")]);
    assert_eq!(hits(&short, "user_Xk9mPq2vLw_old"), ["Xk9mPq2vLw"]);
    assert!(hits(&short, "Xk9mPq2vLw3").is_empty());
    assert_eq!(hits(&search, "xq7Zr2XvT9mKc4LwPq7Zrx"), ["q7Zr2XvT9mKc4LwPq7Zr"]);
}

#[test]
fn of_a_long_value_the_middle_tells_and_all_of_it_is_covered() {
    let value: String = (0..40).map(|nth| format!("{nth}kR{} ", nth * 7919)).collect();
    let search = needles(&[(EntityType::PrivateKey, &value)]);
    let text = format!("before {} after", value.trim());
    assert_eq!(hits(&search, &text), [value.trim()]);
}

#[test]
fn keys_that_begin_alike_are_all_met() {
    let values: Vec<String> = (0..3000).map(|nth| format!("user{nth}@corp.com")).collect();
    let all: Vec<(EntityType, &str)> = values
        .iter()
        .map(|value| (EntityType::Email, value.as_str()))
        .collect();
    let search = needles(&all);
    let text = values.join(", ");
    assert_eq!(hits(&search, &text).len(), values.len());
}

#[test]
fn hostile_values_and_texts_end() {
    let periodic = "ab1".repeat(100_000);
    let search = needles(&[
        (EntityType::Password, &format!("{periodic}x")),
        (EntityType::Password, &format!("{periodic}y")),
        (EntityType::ApiKey, &"q1".repeat(20)),
    ]);
    for text in [
        periodic.repeat(3),
        "q1".repeat(400_000),
        "\u{200b} \n".repeat(200_000),
    ] {
        hits(&search, &text);
    }
}
