use super::*;

fn all(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    base64_runs(text, |span, decoded| {
        all.push((text[span.range()].to_owned(), decoded.to_owned()));
    });
    all
}

/// Text of about `length` bytes with a value in the middle.
fn plain(length: usize) -> String {
    let filler = "Nobody reads this line. ".repeat(length / 48 + 1);
    format!("{filler}write to alice@corp.com, please. {filler}")
}

fn lines(plain: &str, width: usize) -> Vec<String> {
    data_encoding::BASE64
        .encode(plain.as_bytes())
        .as_bytes()
        .chunks(width)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect()
}

#[test]
fn text_is_decoded_and_identifiers_are_not() {
    let encoded = data_encoding::BASE64.encode(b"mail alice@corp.com now");
    let text = format!("data {encoded}, get_the_value_of_this_thing, 0123456789abcdef0123456789abcdef");
    assert_eq!(all(&text), [(encoded, "mail alice@corp.com now".to_owned())]);
}

#[test]
fn lines_of_one_width_are_one_run() {
    for length in [90, 100, 110, 120, 400, 5000] {
        for width in [64, 70, 76, 61] {
            for between in ["\n", "\r\n", "\n    ", "\n\t", "\\n", "\\r\\n", "\n> > ", "\\\\n"] {
                let plain = plain(length);
                let run = lines(&plain, width).join(between);
                let opening = between.trim_start_matches(['\r', '\n', '\\', 'n', 'r']);
                for text in [
                    format!("{opening}{run}"),
                    format!("file:{between}{run}\n\nThanks"),
                ] {
                    assert_eq!(
                        all(&text),
                        [(run.clone(), plain.clone())],
                        "{length} {width} {between:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn numbered_lines_are_one_run() {
    let plain = plain(2000);
    let numbered: Vec<String> = (1..)
        .zip(lines(&plain, 76))
        .map(|(n, line)| format!("{n}: {line}"))
        .collect();
    let found = all(&numbered.join("\n"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, plain);
}

#[test]
fn other_lines_of_the_width_do_not_hide_the_text() {
    let plain = plain(400);
    let run = lines(&plain, 76);
    let other = "AAECAwQF".repeat(10)[..76].to_owned();
    let text = format!("{other}\n{}\nThanks for it", run.join("\n"));
    assert_eq!(all(&text), [(run.join("\n"), plain)]);
}

#[test]
fn a_word_on_the_next_line_does_not_hide_the_text() {
    let encoded = data_encoding::BASE64.encode(b"mail alice@corp.com now");
    let text = format!("{encoded}\nThanks\n");
    assert_eq!(all(&text)[0].0, encoded);
    let text = format!("{encoded}\nThanks, all of you");
    assert_eq!(all(&text)[0].0, encoded);
}

#[test]
fn a_long_payload_is_read_in_parts() {
    let plain = plain(200_000);
    let found = all(&lines(&plain, 76).join("\n"));
    assert!(found.len() > 3);
    assert_eq!(
        found
            .iter()
            .filter(|(_, text)| text.contains("alice@corp.com"))
            .count(),
        1
    );
}

#[test]
fn hostile_lines_end() {
    let binary = data_encoding::BASE64.encode(&[0x41; 56]) + "\n";
    let late = "QUFB".repeat(18) + "AAAA\n";
    for unit in [
        binary,
        late,
        "A".repeat(22) + "\n",
        "n".repeat(30) + "\\n",
        "A".repeat(40_000) + "\n",
        "+".repeat(30) + "\n",
        "+".to_owned() + &"QUFB".repeat(18) + "AAAA\n",
        "A".repeat(22) + "\"\"\"\"\"",
    ] {
        all(&unit.repeat((1 << 20) / unit.len()));
    }
}

/// How a tool or a programmer writes one of several lines.
type Dress = fn(usize, &str) -> String;

const DRESSES: [(&str, Dress); 11] = [
    ("added", |_, line| format!("+{line}\n")),
    ("removed", |_, line| format!("-{line}\n")),
    ("added and kept", |n, line| {
        format!("{}{line}\n", [' ', '+'][usize::from(n > 2)])
    }),
    ("added yaml", |_, line| format!("+    {line}\n")),
    ("log", |n, line| {
        format!("2024-05-01T10:00:{n:02}.123Z host-1 app[812]: INFO key: {line}\n")
    }),
    ("plus", |_, line| format!("    \"{line}\" +\n")),
    ("adjacent", |_, line| format!("    \"{line}\"\n")),
    ("tuple", |_, line| format!("    '{line}',\n")),
    ("leading plus", |n, line| {
        format!("{}\"{line}\"\n", ["    x = ", "    + "][usize::from(n > 1)])
    }),
    ("continued", |_, line| format!("{line}\\\n")),
    ("escaped", |n, line| {
        format!("{}\"{line}\\n\" +\n", ["x = ", "    "][usize::from(n > 1)])
    }),
];

#[test]
fn dressed_lines_are_one_run() {
    for (name, dress) in DRESSES {
        for length in [400, 2000] {
            let plain = plain(length);
            let text: String = (1..)
                .zip(lines(&plain, 76))
                .map(|(n, line)| dress(n, &line))
                .collect();
            let found = all(&text);
            assert_eq!(found.len(), 1, "{name} {length}");
            assert_eq!(found[0].1, plain, "{name} {length}");
        }
    }
}
