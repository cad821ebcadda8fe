use super::*;

fn all(text: &str) -> Vec<(String, String)> {
    unpacked(text, Signs::of(text), 1 << 24)
        .into_iter()
        .map(|unpacked| (text[unpacked.start..unpacked.end].to_owned(), unpacked.text))
        .collect()
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
fn base32_in_small_letters_needs_no_digit() {
    let label = "ivkeqidbmrshezltom";
    for before in 0..40 {
        let text = format!("{}{label}: x", " -".repeat(before));
        assert_eq!(
            all(&text),
            [(label.to_owned(), "ETH address".to_owned())],
            "{before}"
        );
    }
    for text in [
        "internationalization and counterrevolutionaries",
        "Rindfleischetikettierungsgesetz, donaudampfschifffahrtsgesellschaft",
        "getelementbyidentifier(applicationconfiguration)",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "pneumonoultramicroscopicsilicovolcanoconiosis",
    ] {
        assert_eq!(all(text), [], "{text}");
    }
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
fn a_call_below_is_no_last_line() {
    for text in [
        "// /3l0emx2ZStibXBpQGNvcnAuY29t\n    run();",
        "// AE9ic2lkaWFuIEhlcm9u\n    run\n",
    ] {
        assert!(all(text).iter().all(|(run, _)| !run.contains("run")), "{text}");
        assert_eq!(all(text).len(), 1, "{text}");
    }
}

#[test]
fn a_long_payload_is_read_whole() {
    let plain = plain(200_000);
    for width in [76, 1 << 20] {
        let found = all(&lines(&plain, width).join("\n"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, plain);
    }
}

#[test]
fn words_are_read_from_the_right_letter() {
    for value in ["hunter2!Xq9", "zelda@corp.com", "call +1 415 555 2671 now"] {
        let encoded = data_encoding::BASE64_NOPAD.encode(value.as_bytes());
        for before in ["", "a", "ab", "abc", "data/", "v1_", "9Z-"] {
            for after in ["", ".", "=", "=="] {
                let text = format!("x {before}{encoded}{after} y");
                let found = all(&text);
                assert_eq!(found.len(), 1, "{text}");
                assert!(
                    found[0].1.contains(&value[2..value.len() - 2]),
                    "{text}: {}",
                    found[0].1
                );
                assert!(found[0].0.contains(&encoded[4..encoded.len() - 4]), "{text}");
            }
        }
    }
}

#[test]
fn digits_and_groups_are_read() {
    let value = "zelda@corp.com";
    let hex = data_encoding::HEXLOWER.encode(value.as_bytes());
    let pairs: Vec<String> = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 = data_encoding::BASE64.encode(value.as_bytes());
    let groups = |width: usize| {
        base64
            .as_bytes()
            .chunks(width)
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    };
    for spelled in [
        hex.clone(),
        hex.to_uppercase(),
        format!("0x{hex}"),
        pairs.join(" "),
        pairs.join(":"),
        format!("0x{}", pairs.join(", 0x")),
        pairs
            .chunks(2)
            .map(<[String]>::concat)
            .collect::<Vec<_>>()
            .join(" "),
        data_encoding::BASE32_NOPAD.encode(value.as_bytes()),
        data_encoding::BASE32.encode(value.as_bytes()).to_lowercase(),
        groups(4),
        groups(5),
        groups(8),
    ] {
        for text in [spelled.clone(), format!("it is {spelled}, I think")] {
            let found = all(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].1, value, "{text}");
        }
    }
    let dump = "00000000: 6d61 696c 207a 656c 6461 4063 6f72 702e  mail zelda@corp.\n\
                00000010: 636f 6d20 6e6f 770a                      com now.\n";
    assert_eq!(all(dump)[0].1, "mail zelda@corp.com now\n");
}

#[test]
fn the_text_beside_a_dump_is_none_of_its_bytes() {
    for (dump, text) in [
        (
            "00000000: 3363 3a62 623a 6636 3a30 383a 3236 3a63  3c:bb:f6:08:26:c\n00000010: 66                                       f",
            "3c:bb:f6:08:26:cf",
        ),
        (
            "00000000  33 33 30 31 30 36 31 39  39 32 31 30 32 31 30 35  33 01\n00000010  31 38",
            "330106199210210518",
        ),
    ] {
        assert_eq!(all(dump), [(dump.to_owned(), text.to_owned())]);
    }
}

#[test]
fn emphasis_around_lines_is_none_of_them() {
    for (before, after) in [("_", "_"), ("__", "__")] {
        for between in ["\n", "\n> "] {
            let text = format!(
                "{before}{}{after}",
                lines("mail alice@corp.com and bob@corp.com now", 19).join(between)
            );
            let read: Vec<String> = all(&text).into_iter().map(|(_, text)| text).collect();
            assert_eq!(read, ["mail alice@corp.com and bob@corp.com now"], "{text}");
        }
    }
}

#[test]
fn groups_without_digits_are_read() {
    for (groups, text) in [
        ("GMZTANRQ GUZDSMJU GUZDMNJW GQZDCNI=", "3306052914526564215"),
        ("QUIx Mzgy MDFE", "AB138201D"),
    ] {
        assert_eq!(
            all(&format!("it is \"{groups}\", then")),
            [(groups.to_owned(), text.to_owned())]
        );
    }
    for words in ["INTERNAL OVERFLOW HANDLING", "THE QUICK BROWN HTTPServer"] {
        assert_eq!(all(words), [], "{words}");
    }
}

#[test]
fn what_may_be_glued_is_read_both_ways() {
    let of = |text: &str| {
        packed(text, Signs::of(text), 1 << 20).map(|changes| changes.apply(text, 1 << 20).0.text.into_owned())
    };
    assert_eq!(
        of("| ZGF0ZV9vZl9iaXJ0aA |"),
        ["| date_of_birth |", "| date_of_birt |"]
    );
    let whole = "| ADEAOQA2ADNedAAzZwgAMQAzZeU= |";
    assert!(packed(whole, Signs::of(whole), 1 << 20)[1].is_empty());
    let hash = "0xb01572b77ab9dcd7cb385bb76d658f1655e70af3";
    assert_eq!(all(hash), []);
}

#[test]
fn words_and_hashes_hold_nothing() {
    for text in [
        "getElementById addEventListener ApplicationController",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==",
        "7f3c1e90-5b1d-4b4e-9f4c-2aa3b18e51ff",
        "camelCase otherName someThing anyThing",
        "10 20 30 40 50 60 70 80 90 11 12 13",
        "00:1b:44:11:3a:b7 and fe80::1",
    ] {
        assert_eq!(all(text), [], "{text}");
    }
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

fn reads(text: &str) -> String {
    packed(text, Signs::of(text), 1 << 20)[0]
        .apply(text, 1 << 20)
        .0
        .text
        .into_owned()
}

#[test]
fn letters_of_other_scripts_are_found_inside_a_run() {
    for (value, before, after) in [
        ("姓名: 欧阳子涵", "Qz", ""),
        ("1980年3月10日", "k9J", ""),
        ("出生日期 1995年7月11日", "x7", "Qz"),
    ] {
        let packed = data_encoding::BASE64_NOPAD.encode(value.as_bytes());
        let text = format!("{before}{packed}{after}");
        assert!(reads(&text).contains(value), "{text}: {}", reads(&text));
    }
}

#[test]
fn the_next_line_is_no_end_of_a_run() {
    for (text, wanted) in [
        (
            "iban = R0IyOSBHVVhUIDc2NTIgNzE4MiA0NTA3IDQ5\nport = 8080",
            "iban = GB29 GUXT 7652 7182 4507 49",
        ),
        (
            "export a=\"R0IyOSBHVVhUIDc2NTIgNzE4MiA0NTA3IDQ5\"\nexport PORT=8080",
            "a=\"GB29 GUXT 7652 7182 4507 49\"",
        ),
    ] {
        assert!(reads(text).contains(wanted), "{}", reads(text));
        assert!(reads(text).ends_with("8080"), "{}", reads(text));
    }
}

#[test]
fn what_parts_a_packed_label_from_its_value_stays() {
    assert_eq!(reads("?cGFzc3dvcmQgaXM=S3cretPw99x"), "?password is=S3cretPw99x");
    assert_eq!(
        reads("\\x636172645f6e756d626572=\\x3337343832353230"),
        "card_number=37482520"
    );
}

#[test]
fn a_last_group_alone_gives_a_list_away() {
    assert_eq!(
        reads("GMZTMNZV GUZDEMZR HAZDONZX HA2DSNY="),
        "3367552231827778497"
    );
}

#[test]
fn digits_wrapped_in_a_text_are_one_run() {
    let text = "log 656d61696c3d22787878626b62762b78\n6266406d61696c2e6578616d706c652d\n706f73742e6f7267\" status=ok";
    assert_eq!(
        reads(text),
        "log email=\"xxxbkbv+xbf@mail.example-post.org\" status=ok"
    );
}
