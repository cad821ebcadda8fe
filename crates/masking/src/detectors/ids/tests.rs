//! All rules of the family together, over text as it comes: what they find, and above all what they leave alone.

use std::sync::LazyLock;

use super::rules;
use crate::EntityType;
use crate::detectors::fields::{Columns, Fields};
use crate::detectors::{Rule, RuleSet};

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let fields: [Box<dyn Rule>; 2] = [Box::new(Fields::new()), Box::new(Columns::new())];
    RuleSet::new(rules().into_iter().chain(fields).collect()).expect("the rules fit an automaton")
});
/// What fields hold besides.
const OTHERS: [EntityType; 6] = [
    EntityType::Person,
    EntityType::Phone,
    EntityType::Address,
    EntityType::Organization,
    EntityType::DateOfBirth,
    EntityType::Password,
];

/// What the rules find in `text`, in text order and each once, as `detector: text`.
pub(super) fn found(text: &str) -> Vec<String> {
    let mut detections = Vec::new();
    RULES.find(text, &mut detections);
    detections.retain(|detection| !OTHERS.contains(&detection.entity));
    detections.sort_by_key(|detection| (detection.span, std::cmp::Reverse(detection.score)));
    let mut all: Vec<String> = detections
        .into_iter()
        .map(|detection| format!("{}: {}", detection.detector, &text[detection.span.range()]))
        .collect();
    all.dedup();
    all
}

/// Asserts that exactly these are found, each as `(text, detector, value)`.
pub(super) fn assert_found(cases: &[(&str, &str, &str)]) {
    for (text, detector, value) in cases {
        assert_eq!(found(text), [format!("{detector}: {value}")], "in {text:?}");
    }
}

/// Asserts that nothing is found in any of the texts.
pub(super) fn assert_clear(texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text), Vec::<String>::new(), "in {text:?}");
    }
}

#[test]
fn numbers_of_code_and_logs_are_left_alone() {
    assert_clear(&[
        // Ids, times, sizes, versions.
        "ts=1702389012 dur_ms=1234567 trace=1702389012345678",
        "2024-01-15T10:30:00.123456789Z INFO request 20240115103000 done",
        "let created = 1705314600000_i64; const MAX: u64 = 18446744073709551615;",
        "version 1.23.456.7890 build 20240115.1234567",
        "snowflake 1198765432109876543 and 871234567890123456",
        "order 4111111111111112, item 1234567812345678",
        "pid 4242 4243 4244 4245 4246 4247 4248 4249",
        "ports: 5000 5001 5002 5003, 4000 4100 4200 4300",
        "years 2019 2020 2021 2022",
        // Hexadecimal, UUIDs, digests, floats.
        "550e8400-e29b-41d4-a716-446655440000",
        "4e1243bd22c66e76c2ba9eddc1f91394e57f9f83",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "x = 0.4111111111111111; y = 3.141592653589793; z = 4111111111111111.25",
        "0x4111111111111111 and deadbeef4111111111111111",
        "float[] w = {12345678.0f, 87654321L};",
        // Literals that end in a DNI's letter.
        "long id = 12345678L; return 12345670L;",
        // Tables and columns.
        "4512 4890 5120 5400 2301 4477 5190 4020 4333 5011 4999 5555",
        "100 200 3000\n1234 5678 9012\n",
        "12 345 678 901 bytes",
        "1 234 567 890",
        // Dates and ranges.
        "from 2024-01-15 to 2024-02-20, 01/02/2024 12:00",
        "ISBN 978-3-16-148410-0, EAN 4006381333931",
        // Codes.
        "UTF8 SHA256 HTTP2 H264 MP3 EC2 AES128 RSA4096 X86 ISO8859",
        "ABC-123456 JIRA-20240115 RFC2616 CVE-2023-123456",
        "INV20240115 PO12345678 SKU123456789 DE2024",
    ]);
}

#[test]
fn a_name_may_be_glued_to_what_a_checksum_tells() {
    for (value, detector) in [
        ("4111111111111111", "credit_card"),
        ("378282246310005", "credit_card"),
        ("4111-1111-1111-1111", "credit_card"),
        ("DE89370400440532013000", "iban"),
        ("GB29NWBK60161331926819", "iban"),
        ("11010519491231002X", "national_id.cn_resident_id"),
        ("RSSMRA85T10A562S", "national_id.it_codice_fiscale"),
        ("536-22-8726", "national_id.us_ssn"),
    ] {
        for (before, behind) in [
            ("acct_", ""),
            ("old-", " "),
            ("x_", "_2024"),
            ("", "_old.pdf"),
            ("<CARD_", ">"),
            ("a/", ".csv"),
        ] {
            assert_found(&[(&format!("{before}{value}{behind}"), detector, value)]);
        }
    }
    assert_clear(&[
        "IMG_20240611_101500.jpg",
        "trace_1702389012345678",
        "id_4111111111111112",
        "sha_9f86d081884c7d659a2feaa0c55ad015",
        "CONST_DE12345678",
        "report_2024-06-11.pdf",
        "build_100-200-300_x",
    ]);
}

#[test]
fn numbers_are_read_in_every_spelling() {
    for spelled in [
        "4.111111111111111e15",
        "4111111111111111e0",
        "41111111111111110E-1",
        "4111_1111_1111_1111",
        "4111_1111_1111_1111u64",
        "4'111'111'111'111'111",
        "4,111,111,111,111,111",
        "5.105105105105100E+15",
    ] {
        for text in [
            spelled.to_owned(),
            format!("\"n\": {spelled},"),
            format!("card: {spelled}\n"),
        ] {
            let found = found(&text);
            assert!(
                found.contains(&format!("credit_card: {spelled}")),
                "{text} {found:?}"
            );
        }
    }
    assert_found(
        &[
            ("ssn: 5.36228726e8", "national_id.us_ssn", "5.36228726e8"),
            ("\"ssn\": 536_228_726", "national_id.us_ssn", "536_228_726"),
            (
                "aadhaar: 2.34123412346e11",
                "national_id.in_aadhaar",
                "2.34123412346e11",
            ),
            ("x = 1.1010519491231e17 + 4.11e5", "", ""),
        ][..3],
    );
    assert_clear(&[
        "6.02214076e23, 9.1093837015e-31, 2.99792458e8, 1.5e-3, 1e10",
        "4.2e15 4e15 5.5e15 4.000000000000001e15",
        "const N: u64 = 4_503_599_627_370_497; let m = 1_000_000_000_000_000;",
        "1,000,000,000,000,000 and 4,111,111,111",
        "sizes: 5,120,240,480",
        "x4111_1111_1111_1111, 0x4111_1111_1111_1111",
        "4.111111111111111e15f0 d4.111111111111111e15",
    ]);
}

#[test]
fn files_are_named_after_numbers() {
    assert_found(&[
        ("/data/4111111111111111.csv", "credit_card", "4111111111111111"),
        ("4111111111111111.7z", "credit_card", "4111111111111111"),
        ("scan/536-22-8726.pdf", "national_id.us_ssn", "536-22-8726"),
        ("DE89370400440532013000.xml", "iban", "DE89370400440532013000"),
    ]);
    assert_clear(&[
        "libfoo.so.1.2.3",
        "report-2024-06-11.pdf",
        "4111111111111112.csv",
        "20240611101500.tar.gz",
    ]);
}

#[test]
fn a_number_inside_a_longer_one_is_no_match() {
    assert_clear(&[
        "14111111111111111",
        "4111111111111111a",
        "a4111111111111111",
        "4111111111111111é",
        "+4111111111111111",
        "1-123-45-6789",
        "123-45-6789-1",
        "123-45-67890",
        "1234-4111-1111-1111-1111-1111-1111-1111-1112",
        "9DE893704004405320130009",
        "DE89370400440532013000x",
        "0123.456.789-09",
    ]);
}

#[test]
fn hostile_runs_stay_linear() {
    // Nothing is asserted on time: a quadratic rule would not come to an end.
    for piece in [
        "1",
        "4111 ",
        "DE89 ",
        "ssn ",
        "ssn 1",
        "account number ",
        "A1",
        "1A",
        "passport ",
        "0x",
        "(",
        "ssn,",
        "ssn,1\n",
        ",,ssn,\n,,,",
        "1_",
        "1'1",
        "1.1e",
        "123,",
        "411.",
        "1234567e1",
        "_DE89",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let _ = found(&text);
    }
}
