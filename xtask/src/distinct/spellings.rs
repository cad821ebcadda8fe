//! A text spelled as readings undo it.

use std::fmt::Write as _;
use std::io::Write as _;

use data_encoding::{BASE32, BASE64, HEXLOWER};

/// A way to spell a text.
#[derive(Clone, Copy)]
pub struct Spelling {
    /// What it is called in a table.
    pub name: &'static str,
    spell: fn(&str) -> String,
}

impl Spelling {
    /// The text so spelled.
    #[must_use]
    pub fn of(&self, text: &str) -> String {
        (self.spell)(text)
    }
}

const fn spelling(name: &'static str, spell: fn(&str) -> String) -> Spelling {
    Spelling { name, spell }
}

/// All ways.
#[must_use]
pub fn spellings() -> &'static [Spelling] {
    SPELLINGS
}

const SPELLINGS: &[Spelling] = &[
    spelling("percent", |text| bytes(text, |byte| format!("%{byte:02X}"))),
    spelling("percent, signs", |text| {
        signs(text, |byte| format!("%{byte:02X}"))
    }),
    spelling("percent, twice", |text| {
        bytes(text, |byte| format!("%25{byte:02X}"))
    }),
    spelling("form", |text| {
        signs(text, |byte| format!("%{byte:02X}")).replace("%20", "+")
    }),
    spelling("entities", |text| bytes(text, |byte| format!("&#{byte};"))),
    spelling("entities, open", |text| {
        bytes(text, |byte| format!("&#x{byte:04x}"))
    }),
    spelling("\\x", |text| bytes(text, |byte| format!("\\x{byte:02x}"))),
    spelling("\\u", |text| bytes(text, |byte| format!("\\u{byte:04x}"))),
    spelling("octal", |text| bytes(text, |byte| format!("\\{byte:03o}"))),
    spelling("JSON in JSON in JSON", |text| quoted(&quoted(&quoted(text)))),
    spelling("quoted-printable", |text| {
        bytes(text, |byte| format!("={byte:02X}"))
    }),
    spelling("quoted-printable, wrapped", |text| wrapped(text, 40, "=\n")),
    spelling("encoded words", |text| {
        lines(text, |line| {
            format!("=?UTF-8?B?{}?=", BASE64.encode(line.as_bytes()))
        })
    }),
    spelling("base64", |text| BASE64.encode(text.as_bytes())),
    spelling("base64, wrapped", |text| {
        wrapped(&BASE64.encode(text.as_bytes()), 76, "\n")
    }),
    spelling("base64, by line", |text| {
        lines(text, |line| BASE64.encode(line.as_bytes()))
    }),
    spelling("base64, glued", |text| {
        lines(text, |line| format!("key_{}", BASE64.encode(line.as_bytes())))
    }),
    spelling("base64, grouped", |text| {
        wrapped(&BASE64.encode(text.as_bytes()), 4, " ")
    }),
    spelling("base32", |text| {
        lines(text, |line| BASE32.encode(line.as_bytes()))
    }),
    spelling("hex", |text| lines(text, |line| HEXLOWER.encode(line.as_bytes()))),
    spelling("hex, spaced", |text| bytes(text, |byte| format!("{byte:02x} "))),
    spelling("hex, 0x", |text| bytes(text, |byte| format!("0x{byte:02x}, "))),
    spelling("UTF-16 in base64", |text| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        BASE64.encode(&units)
    }),
    spelling("gzip in base64", |text| {
        lines(&doubled(text), |line| BASE64.encode(&gzip(line)))
    }),
    spelling("terminal", |text| {
        lines(text, |line| {
            format!("\x1b[1m{}\x1b[0m", line.replace('@', "\x1b[31m@"))
        })
    }),
    spelling("markup", |text| {
        lines(text, |line| {
            format!("<p class=x>{}</p>", line.replace('@', "<b>@</b>"))
        })
    }),
    spelling("cells", |text| {
        format!(
            "<table>{}</table>",
            lines(text, |line| format!("<tr><td>a</td><td>{line}</td></tr>"))
        )
    }),
    spelling("Markdown", |text| {
        lines(text, |line| format!("* **{}**", line.replace('@', "`@`")))
    }),
    spelling("diff", |text| lines(text, |line| format!("+{line}"))),
    spelling("literals", |text| {
        lines(text, |line| format!("x = \"{}\"", line.replace('@', "\" + \"@")))
    }),
    spelling("table", |text| {
        format!(
            "| a | email |\n|---|---|\n{}",
            lines(text, |line| format!("| b | {line} |"))
        )
    }),
    spelling("wide", |text| {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).filter(|_| c.is_ascii_graphic());
        text.chars().map(|c| wide(c).unwrap_or(c)).collect()
    }),
    spelling("invisible", |text| {
        text.chars().flat_map(|c| [c, '\u{200b}']).collect()
    }),
];

fn bytes(text: &str, write: fn(u8) -> String) -> String {
    lines(text, |line| line.bytes().map(write).collect())
}

fn signs(text: &str, write: fn(u8) -> String) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            write(byte)
        }
    };
    lines(text, |line| line.bytes().map(one).collect())
}

fn lines(text: &str, spell: impl Fn(&str) -> String) -> String {
    text.lines()
        .fold(String::with_capacity(text.len()), |mut all, line| {
            let _ = writeln!(all, "{}", spell(line));
            all
        })
}

fn wrapped(text: &str, width: usize, end: &str) -> String {
    let pieces = text.as_bytes().chunks(width).map(String::from_utf8_lossy);
    pieces
        .flat_map(|piece| [piece.into_owned(), end.to_owned()])
        .collect()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Each line four times in one, so that there is something to pack.
fn doubled(text: &str) -> String {
    lines(text, |line| [line; 4].join(" "))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer
        .write_all(text.as_bytes())
        .and_then(|()| packer.finish())
        .unwrap_or_default()
}
