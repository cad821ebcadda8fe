//! Blocks are put together here, so that no scanner takes this file for a leak.

use super::*;
use crate::detectors::RuleSet;

pub(super) fn found(text: &str) -> Vec<&str> {
    let rules = RuleSet::new(vec![Box::new(PrivateKeys::new())]).unwrap();
    let mut detections = Vec::new();
    rules.find(text, &mut detections);
    let covered = |at: usize| detections.iter().any(|d| d.span.start < at && at < d.span.end);
    let outer = detections.iter().filter(|d| !covered(d.span.start));
    outer.map(|d| &text[d.span.range()]).collect()
}

/// `lines` lines of base64 and a shorter one.
pub(super) fn base64(lines: usize, width: usize) -> Vec<String> {
    let mut key: Vec<u8> = (0..lines * width + 10)
        .map(|n| {
            let mixed = (n as u32).wrapping_mul(2_654_435_761) >> 13;
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[mixed as usize % 64]
        })
        .collect();
    key.extend(b"==");
    key.chunks(width)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect()
}

pub(super) fn line(word: &str, label: &str) -> String {
    format!("-----{word} {label}-----")
}

fn block(label: &str, between: &str) -> String {
    let mut lines = vec![line("BEGIN", label)];
    lines.extend(base64(6, 64));
    lines.push(line("END", label));
    lines.join(between)
}

#[test]
fn every_kind_of_block_is_found_whole() {
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        for between in [
            "\n",
            "\r\n",
            "\n    ",
            "\\n",
            "\\\\n",
            "\\r\\n",
            " ",
            "\\n\" +\n  \"",
            "\",\n\"",
        ] {
            let block = block(label, between);
            let text = format!("key: \"{block}\"\nThanks");
            assert_eq!(found(&text), [block.as_str()], "{label} {between:?}");
        }
    }
}

#[test]
fn headers_and_checksums_belong_to_the_block() {
    let label = "RSA PRIVATE KEY";
    let headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n";
    let whole = format!(
        "{}\n{headers}\n{}\n{}",
        line("BEGIN", label),
        base64(4, 64).join("\n"),
        line("END", label)
    );
    assert_eq!(found(&whole), [whole.as_str()]);
    let label = "PGP PRIVATE KEY BLOCK";
    let headers = "Version: GnuPG v2.0.22 (GNU/Linux)\nComment: mine\n";
    let whole = format!(
        "{}\n{headers}\n{}\n=aB3d\n{}",
        line("BEGIN", label),
        base64(4, 64).join("\n"),
        line("END", label)
    );
    assert_eq!(found(&whole), [whole.as_str()]);
}

#[test]
fn a_block_without_its_end_is_covered_to_the_end_of_its_base64() {
    let key = format!("{}\n{}", line("BEGIN", "PRIVATE KEY"), base64(3, 64).join("\n"));
    assert_eq!(
        found(&format!("{key}\n\nThanks for looking at it.")),
        [key.as_str()]
    );
    assert_eq!(found(&key), [key.as_str()]);
}

#[test]
fn a_block_without_its_start_is_covered_from_its_base64_on() {
    for between in ["\n", "\\n"] {
        let key = format!(
            "{}{between}{}",
            base64(3, 64).join(between),
            line("END", "PRIVATE KEY")
        );
        assert_eq!(
            found(&format!("the rest: {key} ok")),
            [key.as_str()],
            "{between:?}"
        );
        assert_eq!(found(&key[20..]), [&key[20..]], "{between:?}");
    }
}

#[test]
fn putty_files_and_their_private_part() {
    let public = base64(2, 64).join("\n");
    let private = base64(1, 64).join("\n");
    let end = format!("Private-Lines: 2\n{private}\nPrivate-MAC: 4c1e6a5b0f92d7738e6f1b0a9d2c3e4f5a6b7c8d");
    let start = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me@host\nPublic-Lines: 3\n";
    let file = format!("{start}{public}\n{end}");
    let text = format!("{file}\n\nThanks");
    assert_eq!(found(&text), [file.as_str()]);
    assert_eq!(found(&end), [end.as_str()]);
    assert!(found(&format!("{start}{public}\n")).is_empty());
}

#[test]
fn public_keys_mentions_and_placeholders_are_none() {
    for text in [
        block("CERTIFICATE", "\n"),
        block("PUBLIC KEY", "\n"),
        block("PGP PUBLIC KEY BLOCK", "\n"),
        format!(
            "if text.startswith(\"{}\"): return load(text)",
            line("BEGIN", "RSA PRIVATE KEY")
        ),
        format!(
            "{}\nMIIEvQIBADANBgkq...\n{}",
            line("BEGIN", "PRIVATE KEY"),
            line("END", "PRIVATE KEY")
        ),
        format!(
            "{}\n<your key here>\n{}",
            line("BEGIN", "PRIVATE KEY"),
            line("END", "PRIVATE KEY")
        ),
        format!(
            "{}\n{}\n{}",
            line("BEGIN", "PRIVATE KEY"),
            "x".repeat(64),
            line("END", "PRIVATE KEY")
        ),
        format!(
            "It ends with the line {} and a line break",
            line("END", "PRIVATE KEY")
        ),
    ] {
        assert!(found(&text).is_empty(), "{text}");
    }
}

#[test]
fn hostile_runs_end() {
    let begin = line("BEGIN", "PRIVATE KEY");
    let end = line("END", "PRIVATE KEY");
    for unit in [
        "-----BEGIN ",
        &begin,
        &end,
        &format!("{begin}\n"),
        "Private-Lines: 1\n",
        "\\n",
        &format!("a: b\n{begin}"),
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        assert!(found(&text).is_empty());
        let text = format!("{begin}{text}");
        assert!(found(&text).is_empty());
    }
}
