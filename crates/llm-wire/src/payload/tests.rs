use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};

use super::*;
use crate::leaf::OpaqueKind::{Audio, File, Image};

const NOTE: &str = "Name: Alice M\u{fc}ller, \u{738b}\u{603b}?>~ tel 415-555-0123.";

fn document(payload: &Payload) -> Option<(&str, Spelling)> {
    match &payload.content {
        Content::Document { text, spelling } => Some((text, *spelling)),
        _ => None,
    }
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(length)
    .collect()
}

fn png() -> Vec<u8> {
    let head =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\x10IDAT";
    [head.as_slice(), &noise(400)].concat()
}

fn pdf() -> Vec<u8> {
    [
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 300 >>\nstream\n".as_slice(),
        &noise(300),
        b"\nendstream\nendobj\n%%EOF",
    ]
    .concat()
}

#[test]
fn text_is_decoded_and_written_back_in_its_spelling() {
    for encoding in [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD] {
        let encoded = encoding.encode(NOTE.as_bytes());
        for field in [Image, Audio, File] {
            let found = base64(&encoded, field);
            let (text, spelling) = document(&found).unwrap();
            assert_eq!(text, NOTE);
            assert_eq!(spelling.encode(text), encoded);
        }
        let url = format!("data:text/plain;charset=utf-8;base64,{encoded}");
        let found = data_url(&url, Image);
        assert_eq!(document(&found).unwrap().0, NOTE);
        assert_eq!(&url[found.start..], encoded);
        assert!(!found.wordy);
    }
    for wrap in ["\r\n", "\n", " ", "\t"] {
        let wrapped = BASE64.encode(NOTE.repeat(9).as_bytes());
        let lines: Vec<&str> = (0..wrapped.len())
            .step_by(76)
            .map(|at| &wrapped[at..wrapped.len().min(at + 76)])
            .collect();
        assert_eq!(
            document(&base64(&lines.join(wrap), File)).unwrap().0,
            NOTE.repeat(9),
            "{wrap:?}"
        );
    }
}

#[test]
fn text_is_text_whatever_it_begins_with() {
    let utf_16 = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let said = "alice@corp.com wrote this in plain words, and more";
    let mut texts: Vec<Vec<u8>> = [
        "%PDF-1.4 ",
        "GIF89a ",
        "BM ",
        "ID3 ",
        "RIFF    WAVE",
        "fLaC ",
        "OggS ",
        "II* ",
        "PK ",
        "\u{1}",
        "BZh91AY ",
        "FORM    AIFF",
        "\0\0\0 ftypM4A ",
        "{\\rtf1 ",
        "\u{7f}ELF ",
    ]
    .map(|start| format!("{start}{said}").into_bytes())
    .into();
    texts.extend([
        utf_16(said, true),
        utf_16(said, false),
        utf_16(&format!("\u{feff}{said}"), false),
    ]);
    texts.push(b"Frau M\xfcller, alice@corp.com, aus K\xf6ln".to_vec());
    for bytes in texts {
        for field in [Image, Audio, File] {
            let encoded = BASE64.encode(&bytes);
            let found = base64(&encoded, field);
            let (text, spelling) = document(&found).unwrap_or_else(|| panic!("{}", bytes.escape_ascii()));
            assert!(text.contains("alice@corp.com"), "{text}");
            assert_eq!(spelling.encode(text), encoded);
            assert!(document(&data_url(&format!("data:image/png;base64,{encoded}"), field)).is_some());
        }
    }
    // Text behind the true head of a picture is no picture.
    for head in [
        png()[..33].to_vec(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01".to_vec(),
    ] {
        let hidden = [head, said.repeat(60).into_bytes()].concat();
        assert_ne!(
            base64(&BASE64.encode(&hidden), Image).content,
            Content::Opaque(Image)
        );
    }
}

#[test]
fn bytes_decide_what_they_are() {
    let picture = BASE64.encode(&png());
    let of = |text: &str, field| base64(text, field).content;
    assert_eq!(of(&picture, Image), Content::Opaque(Image));
    assert_eq!(of(&picture, Audio), Content::Opaque(File));
    assert_eq!(of(&picture, File), Content::Opaque(File));
    let url = |head: &str, bytes: &str| data_url(&format!("data:{head},{bytes}"), Image);
    assert_eq!(
        url("application/pdf;base64", &picture).content,
        Content::Opaque(Image)
    );
    for bytes in [
        pdf(),
        [b"junk before the head\n".as_slice(), &pdf()].concat(),
        b"%PDF-1.4\n1 0 obj\n<< /Filter /ASCII85Decode >>\nstream\n87cURD]i,\"Ebo80~>\nendstream\nendobj\n"
            .to_vec(),
        [b"PK\x03\x04\x14\0\x06\0".as_slice(), &noise(300)].concat(),
        [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &noise(40)].concat(),
        noise(100),
        noise(24),
        vec![0; 64],
        [b"Name: ".repeat(300), vec![0xfc, 0xff, 0xc3, 0xbc, 0xc3, 0xbc]].concat(),
    ] {
        let encoded = BASE64.encode(&bytes);
        for field in [Image, Audio, File] {
            assert_eq!(
                of(&encoded, field),
                Content::Opaque(File),
                "{}",
                bytes.escape_ascii()
            );
        }
        for head in [
            "image/png;base64",
            "image/png;BASE64",
            "image/png;name=a.png;base64",
            ";base64",
            "image/png; base64",
        ] {
            assert_eq!(url(head, &encoded).content, Content::Opaque(File), "{head}");
        }
        assert_eq!(
            data_url(&format!(" data:image/png;base64,{encoded}"), Image).content,
            Content::Opaque(File)
        );
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(url("image/png", &percent).content, Content::Opaque(File));
    }
}

#[test]
fn base64_is_seen_however_it_is_broken_up() {
    for bytes in [
        pdf(),
        noise(300),
        [b"PK\x03\x04\x14\0\x06\0".as_slice(), &noise(300)].concat(),
    ] {
        let encoded = BASE64.encode(&bytes);
        let broken = |every: usize, with: &str| -> String {
            let parts: Vec<&str> = (0..encoded.len())
                .step_by(every)
                .map(|at| &encoded[at..encoded.len().min(at + every)])
                .collect();
            parts.join(with)
        };
        for text in [
            broken(76, "\r\n"),
            broken(64, "\u{b}"),
            broken(40, "="),
            broken(60, "!"),
            encoded.replace('+', "-"),
        ] {
            assert_eq!(base64(&text, Image).content, Content::Opaque(File), "{text}");
        }
    }
    let encoded = BASE64.encode(&pdf());
    assert_eq!(
        base64(&format!("x://{encoded}"), Image).content,
        Content::Opaque(File)
    );
    let groups: Vec<&str> = (0..encoded.len())
        .step_by(4)
        .map(|at| &encoded[at..encoded.len().min(at + 4)])
        .collect();
    assert_eq!(base64(&groups.join(" "), Image).content, Content::Opaque(File));
}

#[test]
fn the_head_of_a_url_has_no_room_for_text() {
    let picture = BASE64.encode(&png());
    for (head, wordy) in [
        ("image/png", false),
        ("text/plain;charset=utf-8", false),
        ("image/png;name=alice.png", true),
        ("image/png;charset=4155550123", true),
        ("image/alice smith", true),
    ] {
        assert_eq!(
            data_url(&format!("data:{head};base64,{picture}"), Image).wordy,
            wordy,
            "{head}"
        );
    }
}

#[test]
fn names_and_sentences_are_not_payloads() {
    for text in [
        "Alice",
        "AliceSmith",
        "alice_smith-notes-2024",
        "ALICE",
        "ALICESMITHCORP",
        "4155550123",
        "My name is Alice Smith and I live in Hill Street 12",
        "ALICE SMITH, HILL STREET 12",
        "Alice B. Smith, CEO of ACME",
        "",
        "alice@corp.com",
        "\u{738b}\u{5c0f}\u{660e}",
        "https://example.com/a.png",
        "https://bucket.example.com/AbCdEf0123GhIjKlMnOp/QrStUvWxYz4567890aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgHiJkLmNoP",
        "data:,Alice",
        "data:text/plain,Alice%20M%C3%BCller",
        "data: Alice Smith lives here",
    ] {
        for field in [Image, Audio, File] {
            assert_eq!(base64(text, field).content, Content::Text, "{text}");
            assert_eq!(data_url(text, field).content, Content::Text, "{text}");
        }
        assert_eq!(doubtful(text).content, Content::Text, "{text}");
    }
    // Short texts in base64 are read.
    for (encoded, text) in [
        ("QWxpY2U=", "Alice"),
        ("Qm9i", "Bob"),
        ("TcO8bGxlcg==", "M\u{fc}ller"),
    ] {
        assert_eq!(
            document(&base64(encoded, Image)).map(|found| found.0),
            Some(text),
            "{encoded}"
        );
    }
}

#[test]
fn where_anything_may_stand_only_files_are_files() {
    for text in [
        "toolu_01A2bCDeFGhiJKLmnOPqRsTUv",
        "msg_0123456789ABCDEFabcdef0123456789ABCDEF",
        &BASE64.encode(&noise(90)),
    ] {
        assert_eq!(doubtful(text).content, Content::Text, "{text}");
    }
    for bytes in [pdf(), png()] {
        assert_eq!(doubtful(&BASE64.encode(&bytes)).content, Content::Opaque(File));
        let url = format!("data:video/mp4;base64,{}", BASE64.encode(&bytes));
        assert_eq!(doubtful(&url).content, Content::Opaque(File));
    }
}

#[test]
fn a_file_is_named_from_a_closed_list() {
    for (bytes, name) in [
        (pdf(), "PDF document"),
        (png(), "PNG image"),
        (noise(90), "file of unknown type"),
        (
            [b"PK\x03\x04".as_slice(), &noise(90)].concat(),
            "ZIP archive or office document",
        ),
    ] {
        let encoded = BASE64.encode(&bytes);
        assert_eq!(describe(&encoded), (name, bytes.len()));
        assert_eq!(
            describe(&format!("data:application/alice;base64,{encoded}")),
            (name, bytes.len())
        );
    }
}
