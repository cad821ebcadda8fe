use super::*;
use crate::NoDeadline;

fn leaf<'a>(text: &'a str, label: Option<&'a str>) -> TextLeaf<'a> {
    TextLeaf {
        text,
        label,
        class: LeafClass::Text,
        scope: TextScope::User,
        joins_previous: false,
    }
}

/// The bytes of `text` that say `wanted` in any reading.
fn says<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let readings = Readings::of(&leaf(text, None), &NoDeadline);
    readings.iter().find_map(|(number, reading)| {
        let start = reading.text().find(wanted)?;
        let written = readings.written(number, ByteSpan::new(start, start + wanted.len()))?;
        Some(&text[written.range()])
    })
}

fn assert_says(text: &str, wanted: &str) {
    let readings = Readings::of(&leaf(text, None), &NoDeadline);
    let all: Vec<&str> = readings.iter().map(|(_, reading)| reading.text()).collect();
    assert!(
        says(text, wanted).is_some(),
        "{text:?} reads {all:?}, not {wanted:?}"
    );
}

#[test]
fn a_label_and_its_value_meet_whichever_is_encoded() {
    for text in [
        "user%3Dbob%26password%3DS3cretPw99x",
        "password%3D S3cretPw99x",
        "password= S3cret%50w99x",
        "pass&#119;ord=S3cretPw99x",
    ] {
        let wanted = if text.contains("= ") || text.contains("D ") {
            "password= S3cretPw99x"
        } else {
            "password=S3cretPw99x"
        };
        assert_says(text, wanted);
    }
    assert_says("Authorization%3A%20Bearer%20abc", "Authorization: Bearer abc");
    assert_says(
        "{&quot;password&quot;:&quot;hunter2!Xq9&quot;}",
        "\"password\":\"hunter2!Xq9\"",
    );
    assert_says("password: aHVudGVyMiFYcTk=", "password: hunter2!Xq9");
    assert_says("password: 68756e7465723221587139", "password: hunter2!Xq9");
    assert_says("name=Ada+Lovelace&city=London", "name=Ada Lovelace&city=London");
    assert_says(r#"say \"password\": \"hunter2\"\n"#, "\"password\": \"hunter2\"");
}

#[test]
fn markup_hides_nothing() {
    for (text, wanted) in [
        ("Password: <b>hunter2!Xq9</b>", "Password: hunter2!Xq9"),
        ("<tr><td>Password</td><td>hunter2</td></tr>", "Password:\thunter2"),
        ("<tr>\n <th>Name</th>\n <td>Ada</td>\n</tr>", "Name:\tAda"),
        (
            "<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>",
            "a\tb\t\n\n1\t2\t3\t",
        ),
        ("_zelda\nis here_ now", "zelda\nis here now"),
        ("~~zelda\nis here~~ now", "zelda\nis here now"),
        ("zelda<b>@</b>corp.com", "zelda@corp.com"),
        ("zelda<!-- x -->@corp.com", "zelda@corp.com"),
        ("zelda<x:b>@</x:b>corp.com", "zelda@corp.com"),
        ("sk-proj-<wbr>abc<WBR/>def", "sk-proj-abcdef"),
        ("**zelda**@corp.com", "zelda@corp.com"),
        ("Password: `hunter2`", "Password: hunter2"),
        ("[zelda](x)@corp.com", "zelda@corp.com"),
        (
            "+4539 1488 0343 6467\n++8613800138000",
            "4539 1488 0343 6467\n8613800138000",
        ),
        ("> > zelda\n>@corp.com", "zelda\n@corp.com"),
        ("<dl><dt>SSN</dt><dd>536-22-8726</dd></dl>", "SSN: 536-22-8726"),
    ] {
        assert_says(text, wanted);
    }
    for text in [
        "Vec<Option<T>> and a < b > c",
        "<your-key>",
        "- a list\n- of things",
        "a * b * c = 2 * 3",
    ] {
        let readings = Readings::of(&leaf(text, None), &NoDeadline);
        assert!(
            readings
                .iter()
                .all(|(_, reading)| reading.text().contains(text.get(..5).unwrap_or_default())),
            "{text}"
        );
    }
}

#[test]
fn what_terminals_do_not_show_is_gone_however_it_is_spelled() {
    for (text, wanted) in [
        ("\\u001b[1mzel\\u001b[0mda", "zelda"),
        ("zel%1B%5B31mda", "zelda"),
        ("zel&#27;&#91;4mda", "zelda"),
        ("zel=1B=5B4mda", "zelda"),
        (r"zel\x1b]8;;https://x.example\x07da", "zelda"),
        (r"zel\e]8;;https://x.example\e\\da", "zelda"),
        ("emVsG104OzsbXGRhIGFuZCBtb3Jl", "zelda and more"),
    ] {
        assert_says(text, wanted);
    }
}

#[test]
fn an_escaped_line_end_of_two_characters_is_one() {
    for text in [
        r"zel=\r\nda",
        "zel%3D%0D%0Ada",
        "zel&#61;&#13;&#10;da",
        r"zel\u003d\u000d\u000ada",
    ] {
        assert_says(text, "zelda");
    }
    assert_says(r"a\r\nb", "a\nb");
}

#[test]
fn layers_in_any_order_are_undone() {
    let percent = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let entity = |text: &str| -> String {
        text.chars()
            .map(|char| format!("&#{};", u32::from(char)))
            .collect()
    };
    let unicode = |text: &str| -> String {
        text.chars()
            .map(|char| format!("\\u{:04x}", u32::from(char)))
            .collect()
    };
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let hex = |text: &str| data_encoding::HEXLOWER.encode(text.as_bytes());
    let bold = |text: &str| text.replace('@', "<b>@</b>");
    let quoted = |text: &str| text.replace('=', "=3D").replace('@', "=40");
    type Layer<'a> = (&'a str, &'a dyn Fn(&str) -> String);
    let layers: [Layer<'_>; 7] = [
        ("percent", &percent),
        ("entity", &entity),
        ("unicode", &unicode),
        ("base64", &base64),
        ("hex", &hex),
        ("bold", &bold),
        ("quoted-printable", &quoted),
    ];
    let value = "mail zelda@corp.com";
    for (first, one) in layers {
        for (second, two) in layers {
            for (third, three) in layers {
                let text = three(&two(&one(value)));
                let text = format!("it says {text} here");
                assert!(says(&text, value).is_some(), "{first}, {second}, {third}: {text}");
            }
        }
    }
}

#[test]
fn what_is_encoded_deeper_is_left_unread_run_by_run() {
    let mut text = "mail zelda@corp.com".to_owned();
    for _ in 0..4 {
        text = data_encoding::BASE64.encode(text.as_bytes());
    }
    let text = format!("see {text} and more");
    let readings = Readings::of(&leaf(&text, None), &NoDeadline);
    let unread: Vec<&str> = readings.unread().iter().map(|span| &text[span.range()]).collect();
    assert_eq!(unread, [&text[4..text.len() - 9]]);
}

#[test]
fn what_is_read_is_bounded() {
    for unit in [
        "%41",
        "&#65;",
        "<b>",
        "\\u0041",
        "=41",
        "QUJD",
        "**a**",
        "\"a\" + ",
        "+a\n",
        "%26%2341;",
        "4142",
    ] {
        let text = unit.repeat((1 << 18) / unit.len());
        let readings = Readings::of(&leaf(&text, None), &NoDeadline);
        assert!(
            readings.bytes() <= text.len() * 7 + (64 << 10),
            "{unit}: {}",
            readings.bytes()
        );
    }
}

#[test]
fn what_is_held_is_bounded() {
    for unit in [
        "%41",
        "%2541",
        "&#65;",
        "&#x41;",
        "&lt;",
        "<b>",
        "<b>a</b>",
        "\\u0041",
        "\\x41",
        "\\n",
        "\\\\",
        "\\\"",
        "=41",
        "=\n",
        "a=\n",
        "QUJD",
        "**a**",
        "*a*",
        "`a`",
        "\"a\" + ",
        "+a\n",
        "> a\n",
        "%26%2341;",
        "4142",
        "a+",
        "+",
        "a=b+c&",
        "\u{ad}a",
        "\u{200b}",
        "\u{ad}",
        "１",
        "ａ",
        "\r\n",
        "\r",
        "\0",
        "a\0",
        "\u{1b}[m",
        "|a|b|c|\n",
        "a,b,%41\n",
        "%41\\x41",
        "\\%41",
        "%5C%78%34%31",
        "aGVs bG8g ",
        "0x41, ",
        "\\u002541",
        "a\u{301}",
        "&amp;#64;",
        "\\\\\\u0040",
        "ﷺ",
        "%EF%B7%BA",
        "\\ufdfa",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let held = Readings::of(&leaf(&text, None), &NoDeadline).held_bytes();
        // What the next reading is made of takes as much as what it becomes.
        let most = text.len() * READINGS_WEIGHT + (64 << 10);
        assert!(2 * held <= most, "{unit:?}: {held} of {}", text.len());
    }
}

#[test]
fn plain_text_is_read_once() {
    for text in [
        "The customer asked for a refund, and got it.",
        "fn main() { let x = 1; }\n",
        "联系人说他会来",
    ] {
        assert!(Readings::of(&leaf(text, None), &NoDeadline).is_plain(), "{text}");
    }
}

#[test]
fn little_changes_do_not_make_a_long_text_read_twice() {
    let text = format!(
        "{}\nx %41 y\n{}",
        "word and word\n".repeat(1000),
        "more of it\n".repeat(1000)
    );
    let readings = Readings::of(&leaf(&text, None), &NoDeadline);
    assert!(readings.bytes() < text.len() + 1000, "{}", readings.bytes());
    assert_eq!(says(&text, "x A y"), Some("x %41 y"));
}

#[test]
fn what_stands_beside_a_change_is_no_change_of_it() {
    let text = "a+&#97;&#98;&#99;&#100;&#101;&#102;== x=%41";
    assert!(Readings::of(&leaf(text, None), &NoDeadline).unread().is_empty());
}

#[test]
fn escapes_inside_of_escapes_are_undone_in_order() {
    assert_says("&#x4b;&#x6%35;&#x6%39;", "Kei");
    assert_says("vfstm\\%750040corp.com", "vfstm@corp.com");
}

#[test]
fn the_body_of_a_key_stays_between_its_lines() {
    let body = "KuUgdqaZOIAqhdo8nNsW4QxpCBdgwEWnkYLT05Uxryk8KACBb6pgSPNP4tjG3f8I\n".repeat(30);
    let text = format!("=2D=2DBEGIN KEY=2D=2D\n{body}=2D=2DEND KEY=2D=2D");
    assert_says(&text, &format!("--BEGIN KEY--\n{body}--END KEY--"));
}

#[test]
fn a_key_is_a_label_and_no_part_of_the_value() {
    let leaf = leaf("7777777", Some("phoneNumber"));
    let readings = Readings::of(&leaf, &NoDeadline);
    let (number, reading) = readings.iter().next().unwrap();
    assert_eq!(reading.text(), "phone number: \"7777777\"");
    assert_eq!(
        readings.written(number, ByteSpan::new(6, 22)),
        Some(ByteSpan::new(0, 7))
    );
    assert_eq!(readings.written(number, ByteSpan::new(0, 5)), None);
}

#[test]
fn a_packed_word_behind_a_change_is_not_cut() {
    let value = "mail zelda@corp.com and ".repeat(20);
    let hex = data_encoding::HEXLOWER.encode(value.as_bytes());
    assert_says(&format!("=5Cx{hex}"), &value);
}

#[test]
fn a_value_that_is_long_only_as_it_is_written_reads_behind_its_key() {
    let value = "EHxltep!7681";
    let tagged: String = value
        .chars()
        .map(|char| format!("<font color=red>{char}</font>"))
        .collect();
    let escaped: String = value
        .repeat(4)
        .chars()
        .map(|char| format!("\\N{{U+{:04X}}} ", u32::from(char)))
        .collect();
    for text in [tagged, escaped.replace(' ', "")] {
        let leaf = TextLeaf {
            text: &text,
            label: Some("password"),
            class: LeafClass::Text,
            scope: TextScope::User,
            joins_previous: false,
        };
        let readings = Readings::of(&leaf, &NoDeadline);
        let expected = format!("password: \"{value}");
        assert!(
            readings
                .iter()
                .any(|(_, reading)| reading.text().starts_with(&expected)),
            "{text}"
        );
    }
}

#[test]
fn a_literal_behind_a_key_is_no_code() {
    for (text, quoted) in [
        ("StcbM3(EeUt7", "\"StcbM3(EeUt7\""),
        ("Xk9m\"Pq2vLw", "'Xk9m\"Pq2vLw'"),
    ] {
        let leaf = leaf(text, Some("password"));
        let readings = Readings::of(&leaf, &NoDeadline);
        let expected = format!("password: {quoted}");
        assert!(
            readings.iter().any(|(_, reading)| reading.text() == expected),
            "{text}"
        );
    }
}

#[test]
fn sections_of_plain_characters_end_once() {
    let text = format!("<![CDATA[zelda@{}corp.com]]> and ]]>", "<![CDATA[".repeat(3));
    assert_says(&text, "zelda@corp.com and ]]>");
}
