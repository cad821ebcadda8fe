//! Keys as tools and people show them: line by line, with something in front.

use super::super::tests::{base64, found, line};

type Dress = fn(usize, &str) -> String;

/// How a tool writes the line of that number.
const DRESSES: [(&str, Dress); 25] = [
    ("numbered view", |n, line| format!("{n:>6}→{line}\n")),
    ("cat -n", |n, line| format!("{n:>6}\t{line}\n")),
    ("colon", |n, line| format!("{n}: {line}\n")),
    ("colon, tight", |n, line| format!("{n}:{line}\n")),
    ("L and number", |n, line| format!("L{n}: {line}\n")),
    ("bar", |n, line| format!("{n:>2} | {line}\n")),
    ("removed", |_, line| format!("-{line}\n")),
    ("added", |_, line| format!("+{line}\n")),
    ("kept", |_, line| format!(" {line}\n")),
    ("grep -n", |n, line| format!("certs/k.pem:{n}:{line}\n")),
    ("grep -A", |_, line| format!("certs/k.pem-{line}\n")),
    ("blame", |n, line| {
        format!("^1a2b3c4 (Alice Example 2024-05-01 10:00:00 +0200 {n:>2}) {line}\n")
    }),
    ("compose", |_, line| format!("app_1  | {line}\n")),
    ("log", |n, line| {
        format!("2024-05-01T10:00:{n:02}.123Z INFO key: {line}\n")
    }),
    ("slashes", |_, line| format!("// {line}\n")),
    ("hash", |_, line| format!("# {line}\n")),
    ("star", |_, line| format!(" * {line}\n")),
    ("semicolon", |_, line| format!("; {line}\n")),
    ("dashes", |_, line| format!("-- {line}\n")),
    ("break", |_, line| format!("{line}<br>\n")),
    ("break alone", |_, line| format!("{line}<br/>")),
    ("quoted mail", |_, line| format!("> > {line}\n")),
    ("carriage return", |n, line| format!("{n}: {line}\r\n")),
    ("escaped", |n, line| format!("{n}\\t{line}\\n")),
    ("literals", |_, line| format!("    pem.push(\"{line}\");\n")),
];

fn block(lines: &[String], dress: Dress) -> String {
    lines
        .iter()
        .enumerate()
        .map(|(n, line)| dress(n + 1, line))
        .collect()
}

fn whole(label: &str, headers: &[&str]) -> Vec<String> {
    let mut lines = vec![line("BEGIN", label)];
    lines.extend(headers.iter().map(ToString::to_string));
    lines.extend(base64(12, 64));
    lines.push(line("END", label));
    lines
}

#[test]
fn a_whole_block_is_covered_through_any_prefix() {
    for (name, dress) in DRESSES {
        for (label, headers) in [
            ("RSA PRIVATE KEY", &[][..]),
            ("OPENSSH PRIVATE KEY", &[]),
            (
                "EC PRIVATE KEY",
                &[
                    "Proc-Type: 4,ENCRYPTED",
                    "DEK-Info: AES-128-CBC,0123456789ABCDEF",
                    "",
                ],
            ),
            ("PGP PRIVATE KEY BLOCK", &["Version: GnuPG v2", ""]),
        ] {
            let text = format!("See:\n{}and more", block(&whole(label, headers), dress));
            let start = text.find("-----BEGIN").unwrap();
            let end =
                text.rfind("KEY").unwrap() + text[text.rfind("KEY").unwrap()..].find("-----").unwrap() + 5;
            assert_eq!(found(&text), [&text[start..end]], "{name} {label}");
        }
    }
}

#[test]
fn a_block_without_its_end_is_covered_through_its_last_line() {
    for (name, dress) in DRESSES {
        let mut lines = whole("PRIVATE KEY", &[]);
        lines.pop();
        let last = lines.last().unwrap().clone();
        let text = format!("{}\nThanks for looking at it.\n", block(&lines, dress));
        let all = found(&text);
        assert!(all.len() == 1 && all[0].ends_with(&last), "{name}: {all:?}");
    }
}

#[test]
fn a_block_without_its_start_is_covered_from_its_first_line() {
    for (name, dress) in DRESSES {
        let lines = whole("PRIVATE KEY", &[]);
        let text = format!("The rest is here:\n{}", block(&lines[3..], dress));
        let all = found(&text);
        assert!(
            all.len() == 1 && all[0].contains(&lines[3][..]) && all[0].ends_with("KEY-----"),
            "{name}: {all:?}"
        );
    }
}

#[test]
fn lines_of_other_programs_stay_inside() {
    let mut lines = whole("PRIVATE KEY", &[]);
    lines.insert(5, "GET /health 200".to_owned());
    let text = block(&lines, |_, line| format!("app_1  | {line}\n"));
    assert_eq!(found(&text).len(), 1);
    assert!(found(&text)[0].ends_with("KEY-----"));
}

#[test]
fn public_keys_and_placeholders_are_none_behind_prefixes_either() {
    let (begin, end) = (line("BEGIN", "PRIVATE KEY"), line("END", "PRIVATE KEY"));
    for (name, dress) in DRESSES {
        let public = whole("PUBLIC KEY", &[]);
        let certificate = whole("CERTIFICATE", &[]);
        for lines in [
            public,
            certificate,
            vec![begin.clone(), "...".into(), end.clone()],
            vec![
                begin.clone(),
                "MIIEvQIBADANBgkq...".into(),
                "...".into(),
                end.clone(),
            ],
            vec![begin.clone(), "<your key here>".into(), end.clone()],
            vec![begin.clone(), "x".repeat(64), end.clone()],
            vec!["The line that closes a block is".into(), end.clone()],
        ] {
            let text = block(&lines, dress);
            assert!(found(&text).is_empty(), "{name}: {text}");
        }
    }
}

#[test]
fn hostile_lines_end() {
    let (begin, end) = (line("BEGIN", "PRIVATE KEY"), line("END", "PRIVATE KEY"));
    let long = format!("{begin}\n1: {}\n", "<".repeat(20_000));
    for unit in [
        &format!("1: {begin}\n2: a\n"),
        &format!("1: {end}\n2: {begin}<br>"),
        &format!("{end}\\n"),
        &format!("{begin}\\n"),
        &long,
        "-----",
        &format!("{begin}\n1: {}\n", "-".repeat(16_000)),
        &format!("{end}<<<<<<<<"),
        &format!("{begin}\\\\\\\\"),
        "\\n1: -",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        assert!(found(&text).is_empty());
        assert!(found(&format!("{begin}\n{text}\n{end}")).is_empty());
    }
}
