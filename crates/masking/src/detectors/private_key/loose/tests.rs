//! Keys as markup, shells, logs and encoders leave them.

use super::super::tests::{base64, found, line};

/// What stands before and behind every line.
const DRESSES: [(&str, &str); 25] = [
    ("<li>", "</li>\n"),
    ("<p>", "</p>"),
    ("<tr><td>7</td><td>", "</td></tr>\n"),
    ("<div class=\"line\" data-line=\"3\">", "</div>\n"),
    ("echo \"", "\" >> k.pem\n"),
    ("", "$\n"),
    ("", "^M$\n"),
    ("", "¶\n"),
    ("", "↵"),
    ("| ", " | note |\n"),
    ("", "  # 12\n"),
    ("", "#012"),
    ("", "\\u000a"),
    ("", "\\x0a"),
    ("", "\\012"),
    ("", "%0A"),
    ("", "%0D%0A"),
    ("", "&#10;"),
    ("", "&#13;&#10;"),
    ("", "&#xA;"),
    ("", "\u{2028}"),
    ("<span>", "</span><br>\n"),
    ("2024-05-01 app: ", " (req=7)\n"),
    ("- ", " ;;\n"),
    ("", " \\\n"),
];

/// How the opening and the closing line are respelled.
const ARMOURS: [(&str, &str); 9] = [
    ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"),
    ("-----BEGIN+PRIVATE+KEY-----", "-----END+PRIVATE+KEY-----"),
    ("-----BEGIN+RSA+PRIVATE+KEY-----", "-----END+RSA+PRIVATE+KEY-----"),
    ("-----begin rsa private key-----", "-----end rsa private key-----"),
    ("---BEGIN PRIVATE KEY---", "---END PRIVATE KEY---"),
    ("----BEGIN PRIVATE KEY----", "----END PRIVATE KEY----"),
    (
        r"\-\-\-\-\-BEGIN PRIVATE KEY\-\-\-\-\-",
        r"\-\-\-\-\-END PRIVATE KEY\-\-\-\-\-",
    ),
    (r"\-----BEGIN PRIVATE KEY-----", r"\-----END PRIVATE KEY-----"),
    ("-----BEGIN_PRIVATE_KEY-----", "-----END_PRIVATE_KEY-----"),
];

fn dressed(lines: &[String], (before, behind): (&str, &str)) -> String {
    lines
        .iter()
        .map(|line| format!("{before}{line}{behind}"))
        .collect()
}

#[test]
fn a_block_is_covered_through_any_dress_and_armour() {
    for dress in DRESSES {
        for (begin, end) in ARMOURS {
            for width in [64, 44, 20] {
                let mut lines = vec![begin.to_owned()];
                lines.extend(base64(12, width));
                lines.push(end.to_owned());
                let text = format!("See:\n{}\nand more", dressed(&lines, dress));
                let from = text.find(begin).unwrap();
                let to = text.find(end).unwrap() + end.len();
                let all = found(&text);
                // A backslash before the first dash is none of a plain line.
                let is_whole = all
                    .iter()
                    .any(|found| *found == &text[from..to] || *found == &text[from + 1..to]);
                assert!(is_whole, "{dress:?} {begin} {width} {all:?}");
            }
        }
    }
}

#[test]
fn a_block_without_its_end_is_covered_through_its_last_line() {
    for dress in DRESSES {
        for (begin, _) in ARMOURS {
            let mut lines = vec![begin.to_owned()];
            lines.extend(base64(12, 64));
            let last = lines.last().unwrap().clone();
            let text = format!("{}\nThanks for looking at it.\n", dressed(&lines, dress));
            let all = found(&text);
            assert!(
                all.iter().any(|found| found.contains(&last)),
                "{dress:?} {begin} {all:?}"
            );
            assert!(
                !all.iter().any(|found| found.contains("Thanks")),
                "{dress:?} {begin}"
            );
        }
    }
}

#[test]
fn public_keys_placeholders_and_code_are_none() {
    let (begin, end) = (line("BEGIN", "PRIVATE KEY"), line("END", "PRIVATE KEY"));
    for dress in DRESSES {
        for lines in [
            vec![begin.clone(), "MIIEvQIBADANBgkq...".into(), end.clone()],
            vec![begin.clone(), "<your key here>".into(), end.clone()],
            vec![begin.clone(), "x".repeat(64), end.clone()],
            vec![
                begin.clone(),
                line("BEGIN", "CERTIFICATE"),
                base64(4, 64).join("\n"),
            ],
            vec![
                line("BEGIN", "PUBLIC KEY"),
                base64(4, 64).join("\n"),
                line("END", "PUBLIC KEY"),
            ],
            vec![
                format!("pem.replace(\"{begin}\", \"\")"),
                "var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));".into(),
                "var other = new X509EncodedKeySpec(bytes); // see PKCS8EncodedKeySpec".into(),
                "KeyFactory.getInstance(\"RSA\").generatePrivate(new PKCS8EncodedKeySpec(der));".into(),
            ],
            vec![
                "Begin with your private key --- and".into(),
                base64(4, 64).join("\n"),
            ],
        ] {
            let text = dressed(&lines, dress);
            assert!(found(&text).is_empty(), "{dress:?} {text}");
        }
    }
}

#[test]
fn hostile_runs_end() {
    let run = "AbCd1234".repeat(4);
    for unit in [
        "---BEGIN_PRIVATE_KEY---",
        "private key",
        "begin private key",
        "---begin ",
        "---BEGIN private_key--- A1b ",
        &format!("---BEGIN_PRIVATE_KEY--- {run} "),
        &format!("-----BEGIN PRIVATE KEY-----\n{run}\n"),
        &format!("{run} "),
        "-----end -----",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        assert!(found(&text).is_empty(), "{unit}");
        assert!(
            found(&format!("---BEGIN PRIVATE KEY---\n{text}")).is_empty(),
            "{unit}"
        );
    }
}
