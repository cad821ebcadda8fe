//! Dumps: offsets, bytes in hex, and what of them is ASCII.

use super::super::super::marked::{Marked, Role, Scope};
use super::super::{Reading, stretch};

const KIND: &str = "hex dump";

pub(super) fn all() -> Vec<Reading> {
    let of = |name: &'static str, form: Form| {
        stretch(KIND, name, move |text| Some(form.dump(text)))
            .only(Scope::WITH_VALUE)
            .parting()
    };
    vec![
        of(
            "xxd",
            Form {
                group: 2,
                offset: 8,
                colon: ":",
                bars: "",
            },
        ),
        of(
            "hexdump -C",
            Form {
                group: 1,
                offset: 8,
                colon: " ",
                bars: "|",
            },
        ),
        of(
            "od",
            Form {
                group: 1,
                offset: 7,
                colon: "",
                bars: ">",
            },
        ),
    ]
}

#[derive(Clone, Copy)]
struct Form {
    /// Bytes without a blank between them.
    group: usize,
    /// Digits of an offset.
    offset: usize,
    colon: &'static str,
    bars: &'static str,
}

impl Form {
    fn dump(self, text: &Marked) -> Marked {
        let bytes = text.bytes();
        let mut dump = Marked::of("\n", Role::Around);
        for (nth, line) in bytes.chunks(16).enumerate() {
            dump = dump.around(&format!(
                "{:0width$x}{} ",
                nth * 16,
                self.colon,
                width = self.offset
            ));
            for (at, (byte, role)) in line.iter().enumerate() {
                let gap = if at > 0 && at % self.group == 0 { " " } else { "" };
                dump = dump.around(gap).with(&format!("{byte:02x}"), *role);
            }
            let missing = 16 - line.len();
            dump = dump
                .around(&" ".repeat(missing * 2 + missing / self.group))
                .around("  ")
                .around(self.bars);
            for (byte, role) in line {
                let shown = if byte.is_ascii_graphic() || *byte == b' ' {
                    char::from(*byte)
                } else {
                    '.'
                };
                // A blank or a dot says nothing.
                let role = if shown.is_ascii_alphanumeric() {
                    *role
                } else {
                    (*role).min(Role::Edge)
                };
                dump = dump.with(&shown.to_string(), role);
            }
            dump = dump.around(if self.bars == "|" { "|" } else { "" }).around("\n");
        }
        dump
    }
}
