//! Colours on a terminal; the streams drop them in a pipe.

use std::io::IsTerminal as _;

use anstyle::{AnsiColor, Reset, Style};
use comfy_table::presets::{NOTHING, UTF8_FULL_CONDENSED};
use comfy_table::{ContentArrangement, Table};

/// What went wrong or is refused.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is right.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What deserves a look.
pub(crate) const NOTE: Style = AnsiColor::Yellow.on_default();
/// Private values.
pub(crate) const VALUE: Style = AnsiColor::Green.on_default();
/// What only explains.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const HEAD: Style = Style::new().bold();
/// Back to plain.
pub(crate) const OFF: Reset = Reset;

/// A table with lines on a terminal, bare columns in a pipe.
pub(crate) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    let terminal = std::io::stdout().is_terminal();
    table.load_style(if terminal { UTF8_FULL_CONDENSED } else { NOTHING });
    table.set_content_arrangement(if terminal {
        ContentArrangement::Dynamic
    } else {
        ContentArrangement::Disabled
    });
    table.set_header(head);
    table
}
