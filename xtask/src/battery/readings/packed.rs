//! Base64, base32, hex, and what is packed into them.

mod dumps;

use std::io::Write as _;

use data_encoding::{
    BASE32, BASE32_NOPAD, BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER,
};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::super::marked::{Marked, Role, Scope};
use super::{Reading, stretch};

const BASE64_KIND: &str = "base64";
const BASE32_KIND: &str = "base32";
const HEX_KIND: &str = "hex";
/// Shorter runs are no reading: too many words look like them.
const SHORTEST_BASE64: usize = 12;
const SHORTEST_HEX: usize = 16;

type Bytes = Vec<(u8, Role)>;

pub(super) fn all() -> Vec<Reading> {
    let mut all = base64();
    all.extend(base32());
    all.extend(hex());
    all.extend(dumps::all());
    all.into_iter().map(Reading::apart).collect()
}

/// The letters of `encoding`, each of the roles of the bytes whose bits it carries.
fn encoded(bytes: &[(u8, Role)], encoding: &Encoding, shortest: usize) -> Option<Marked> {
    let plain: Vec<u8> = bytes.iter().map(|(byte, _)| *byte).collect();
    let bits = encoding.bit_width();
    let mut marked = Marked::default();
    let written = encoding.encode(&plain);
    for (nth, letter) in written.chars().enumerate() {
        let (first, last) = (nth * bits / 8, (nth * bits + bits - 1) / 8);
        let carried = bytes.iter().take(last + 1).skip(first).map(|(_, role)| *role);
        let role = if letter == '=' { None } else { carried.max() };
        marked = marked.with(&letter.to_string(), role.unwrap_or(Role::Edge));
    }
    (plain.len() * 8 / bits >= shortest).then_some(marked)
}

/// Compressed, every byte carries all.
fn packed(text: &Marked, pack: impl Fn(&[u8]) -> std::io::Result<Vec<u8>>) -> Option<Bytes> {
    let packed = pack(text.text().as_bytes()).ok()?;
    let role = text.weight();
    Some(packed.into_iter().map(|byte| (byte, role)).collect())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn zlib(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn utf16(text: &Marked, order: fn(u16) -> [u8; 2]) -> Bytes {
    let mut bytes = Vec::new();
    for (c, role) in text.chars() {
        let units = c.encode_utf16(&mut [0; 2]).to_vec();
        bytes.extend(units.into_iter().flat_map(order).map(|byte| (byte, *role)));
    }
    bytes
}

/// `separator` after every `width` letters.
fn grouped(text: &Marked, width: usize, separator: &str) -> Option<Marked> {
    (text.len() > width).then(|| {
        let groups = (0..text.len()).step_by(width);
        groups.fold(Marked::default(), |all, at| {
            let all = if at == 0 {
                all
            } else {
                all.with(separator, Role::Around)
            };
            all.then(&text.slice(at..(at + width).min(text.len())))
        })
    })
}

fn base64() -> Vec<Reading> {
    let plain = |text: &Marked| encoded(&text.bytes(), &BASE64, SHORTEST_BASE64);
    let of = |name: &'static str, encoding: Encoding| {
        stretch(BASE64_KIND, name, move |text| {
            encoded(&text.bytes(), &encoding, SHORTEST_BASE64)
        })
    };
    let mut all = vec![
        of("padded", BASE64),
        of("open", BASE64_NOPAD),
        of("url", BASE64URL),
        of("url, open", BASE64URL_NOPAD),
    ];
    for (before, after) in [
        ("X", ""),
        ("Qz", ""),
        ("k9J", ""),
        ("", "Q"),
        ("x7", "Qz"),
        ("blob", "end"),
    ] {
        let glued = move |text: &Marked| {
            let inner = encoded(&text.bytes(), &BASE64_NOPAD, SHORTEST_BASE64)?;
            Some(Marked::of(before, Role::Around).then(&inner).around(after))
        };
        let name = format!("glued to {before:?} and {after:?}");
        all.push(
            stretch(BASE64_KIND, name, glued)
                .only(Scope::WITH_VALUE)
                .parting(),
        );
    }
    for (width, end) in [
        (19, "\n"),
        (60, "\n"),
        (64, "\r\n"),
        (76, "\n    "),
        (76, "\\n"),
        (4, " "),
        (40, " "),
        (13, "\n> "),
    ] {
        all.push(
            stretch(
                BASE64_KIND,
                format!("{width} wide, {}", end.escape_debug()),
                move |text| grouped(&plain(text)?, width, end),
            )
            .only(Scope::WITH_VALUE),
        );
    }
    let long = |name: &'static str, change: fn(&Marked) -> Option<Bytes>| {
        stretch(BASE64_KIND, name, move |text| {
            encoded(&change(text)?, &BASE64, SHORTEST_BASE64)
        })
        .only(Scope::WITH_VALUE)
    };
    all.extend([
        long("utf-16le", |text| Some(utf16(text, u16::to_le_bytes))),
        long("utf-16be", |text| Some(utf16(text, u16::to_be_bytes))),
        long("utf-16le with its mark", |text| {
            Some(utf16(
                &Marked::of("\u{feff}", Role::Around).then(text),
                u16::to_le_bytes,
            ))
        }),
        long("gzip", |text| packed(text, gzip)),
        long("zlib", |text| packed(text, zlib)),
        long("a control byte behind it", |text| {
            Some(text.clone().around("\u{1}").bytes())
        }),
        long("a zero before it", |text| {
            Some(Marked::of("\0", Role::Around).then(text).bytes())
        }),
        long("a stray byte before it", |text| {
            let mut bytes = vec![(0xff, Role::Around)];
            bytes.extend(text.bytes());
            Some(bytes)
        }),
    ]);
    all.push(stretch(BASE64_KIND, "data address", move |text| {
        Some(Marked::of("data:text/plain;base64,", Role::Around).then(&plain(text)?))
    }));
    all.push(
        stretch(BASE64_KIND, "basic scheme", move |text| {
            Some(Marked::of("Basic ", Role::Around).then(&plain(text)?))
        })
        .only(&[Scope::Line]),
    );
    all
}

fn base32() -> Vec<Reading> {
    let of = |name: &'static str, encoding: Encoding| {
        stretch(BASE32_KIND, name, move |text| {
            encoded(&text.bytes(), &encoding, SHORTEST_HEX)
        })
    };
    let mut all = vec![of("padded", BASE32), of("open", BASE32_NOPAD)];
    all.push(stretch(BASE32_KIND, "lower", |text| {
        let upper = encoded(&text.bytes(), &BASE32_NOPAD, SHORTEST_HEX)?;
        Some(upper.each(|c| Some(c.to_ascii_lowercase().to_string())))
    }));
    all.push(stretch(BASE32_KIND, "in groups", |text| {
        grouped(&encoded(&text.bytes(), &BASE32, SHORTEST_HEX)?, 8, " ")
    }));
    all
}

fn hex() -> Vec<Reading> {
    let lower = |text: &Marked| encoded(&text.bytes(), &HEXLOWER, SHORTEST_HEX);
    let spaced = |separator: &'static str| move |text: &Marked| grouped(&lower(text)?, 2, separator);
    let each = |before: &'static str, separator: &'static str| {
        move |text: &Marked| {
            let letters = lower(text)?;
            let pairs = (0..letters.len()).step_by(2);
            Some(pairs.fold(Marked::default(), |all, at| {
                let all = if at == 0 { all } else { all.around(separator) };
                all.around(before).then(&letters.slice(at..at + 2))
            }))
        }
    };
    vec![
        stretch(HEX_KIND, "lower", lower),
        stretch(HEX_KIND, "upper", |text| {
            encoded(&text.bytes(), &HEXUPPER, SHORTEST_HEX)
        }),
        stretch(HEX_KIND, "spaced", spaced(" ")),
        stretch(HEX_KIND, "colons", spaced(":")),
        stretch(HEX_KIND, "0x, commas", each("0x", ", ")),
        stretch(HEX_KIND, "0x, tight", each("0x", ",")),
        stretch(HEX_KIND, "\\x", each("\\x", "")),
        stretch(HEX_KIND, "one 0x", move |text| {
            Some(Marked::of("0x", Role::Around).then(&lower(text)?))
        }),
        stretch(HEX_KIND, "X''", move |text| {
            Some(Marked::of("X'", Role::Around).then(&lower(text)?).around("'"))
        }),
        stretch(HEX_KIND, "\\x of a database", move |text| {
            Some(Marked::of("\\x", Role::Around).then(&lower(text)?))
        }),
        stretch(HEX_KIND, "wrapped", move |text| grouped(&lower(text)?, 32, "\n")).only(&[
            Scope::Value,
            Scope::Line,
            Scope::All,
        ]),
        stretch(HEX_KIND, "utf-16le", |text| {
            encoded(&utf16(text, u16::to_le_bytes), &HEXLOWER, SHORTEST_HEX)
        })
        .only(Scope::WITH_VALUE),
    ]
}
