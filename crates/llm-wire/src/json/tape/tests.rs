//! What is JSON, where its values stand, and where reading stops.

use proptest::prelude::*;

use super::*;

const BOUNDS: Bounds = Bounds {
    depth: 64,
    leaf_bytes: 1 << 20,
    values: 1 << 20,
    lone_surrogates: false,
};

fn parse(text: &str) -> Result<Tape, WireError> {
    Tape::parse(text, BOUNDS)
}

#[test]
fn entries_stand_where_the_values_do() {
    let text = r#" {"a":[1.50e+3,"x\n"],"a":{},"b":null} "#;
    let tape = parse(text).unwrap();
    let spans: Vec<_> = (0..tape.len())
        .map(|index| &text[tape.node(index).range()])
        .collect();
    let whole = text.trim();
    assert_eq!(
        spans,
        [
            whole,
            "a",
            r#"[1.50e+3,"x\n"]"#,
            "1.50e+3",
            r"x\n",
            "a",
            "{}",
            "b",
            "null"
        ]
    );
    assert_eq!(tape.members(0).collect::<Vec<_>>(), [(1, 2), (5, 6), (7, 8)]);
    assert_eq!(tape.elements(2).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(&text[tape.node(4).outer_range()], r#""x\n""#);
    assert_eq!(tape.node(4).kind, Kind::String { escaped: true });
}

#[test]
fn what_the_rfc_forbids_is_refused() {
    for (text, at, kind) in [
        ("", 0, Malformed::UnexpectedEnd),
        ("  ", 2, Malformed::UnexpectedEnd),
        ("[1,]", 3, Malformed::UnexpectedByte),
        ("{\"a\":1,}", 7, Malformed::UnexpectedByte),
        ("{a:1}", 1, Malformed::UnexpectedByte),
        ("{\"a\" 1}", 5, Malformed::UnexpectedByte),
        ("{\"a\"", 4, Malformed::UnexpectedEnd),
        ("{\"a\":", 5, Malformed::UnexpectedEnd),
        ("[1}", 2, Malformed::UnexpectedByte),
        ("{\"a\":1]", 6, Malformed::UnexpectedByte),
        ("[1 2]", 3, Malformed::UnexpectedByte),
        ("[1", 2, Malformed::UnexpectedEnd),
        ("1 1", 2, Malformed::TrailingBytes),
        ("{} x", 3, Malformed::TrailingBytes),
        ("{}\u{0}", 2, Malformed::TrailingBytes),
        ("[NaN]", 1, Malformed::UnexpectedByte),
        ("[Infinity]", 1, Malformed::UnexpectedByte),
        ("[-Infinity]", 2, Malformed::UnexpectedByte),
        ("[+1]", 1, Malformed::UnexpectedByte),
        ("[01]", 2, Malformed::UnexpectedByte),
        ("[-]", 2, Malformed::UnexpectedByte),
        ("[1.]", 3, Malformed::UnexpectedByte),
        ("[.5]", 1, Malformed::UnexpectedByte),
        ("[1e]", 3, Malformed::UnexpectedByte),
        ("-", 1, Malformed::UnexpectedEnd),
        ("[0x10]", 2, Malformed::UnexpectedByte),
        ("[tru]", 1, Malformed::UnexpectedByte),
        ("[truex]", 5, Malformed::UnexpectedByte),
        ("['a']", 1, Malformed::UnexpectedByte),
        ("[1] // note", 4, Malformed::TrailingBytes),
        ("\u{a0}{}", 0, Malformed::UnexpectedByte),
        ("\"a\nb\"", 2, Malformed::ControlCharacter),
        ("\"a", 2, Malformed::UnexpectedEnd),
    ] {
        let error = parse(text).err();
        assert_eq!(error, Some(WireError::Malformed { at, kind }), "{text:?}");
    }
}

#[test]
fn odd_numbers_are_accepted_as_they_are() {
    for number in [
        "-0",
        "0.10",
        "1e999",
        "-1E-400",
        "123456789012345678901234567890",
        "1e+05",
    ] {
        let tape = parse(number).unwrap();
        assert_eq!(tape.node(0).range(), 0..number.len());
    }
}

#[test]
fn bounds_hold() {
    let bounds = Bounds {
        depth: 2,
        leaf_bytes: 4,
        values: 5,
        lone_surrogates: false,
    };
    let error = |text: &str| Tape::parse(text, bounds).err();
    assert_eq!(error("[[]]"), None);
    assert_eq!(error("[[[]]]"), Some(WireError::TooDeep { limit: 2 }));
    assert_eq!(error("\"abcd\""), None);
    assert_eq!(
        error(" \"abcde\""),
        Some(WireError::LeafTooLarge { at: 2, limit: 4 })
    );
    assert_eq!(error("12345"), Some(WireError::LeafTooLarge { at: 0, limit: 4 }));
    assert_eq!(error("[1,2,3,4]"), None);
    assert_eq!(error("[1,2,3,4,5]"), Some(WireError::TooManyValues { limit: 5 }));
}

#[test]
fn a_tape_is_read_again_and_again() {
    let mut tape = Tape::default();
    assert!(tape.read("[[1", BOUNDS).is_err());
    assert_eq!(tape.read(r#"[{"a":2}]"#, BOUNDS), Ok(()));
    assert_eq!(tape.len(), 4);
    assert_eq!(tape.subtree(1), 1..4);
}

#[test]
fn lone_surrogates_pass_where_they_may() {
    let lone = r#"["\ud83d","\ude00\ud83d\ude00"]"#;
    assert!(parse(lone).is_err());
    let bounds = Bounds {
        lone_surrogates: true,
        ..BOUNDS
    };
    assert!(Tape::parse(lone, bounds).is_ok());
    assert!(Tape::parse(r#""\ud83""#, bounds).is_err());
}

proptest! {
    #[test]
    fn agrees_with_another_reader_on_what_is_json(text in r#"[\[\]{}",:0-9a-z\\. eE+\-]{0,12}|(\[|\{"a":|"\\u[0-9a-d]{4}|1\.?|,|\]|\}|"| ){0,10}"#) {
        let other = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let ours = parse(&text).map(drop);
        if !matches!(ours, Err(WireError::Malformed { kind: Malformed::LoneSurrogate, .. })) {
            prop_assert_eq!(ours.is_ok(), other, "{:?}", ours);
        }
    }
}
