//! A masked input on standard output.

use std::io::{self, Write as _};

use comfy_table::Table;
use masking::Action;
use proxy_api::{Fate, Shown};
use serde_json::json;

use crate::{style, terminal};

/// One JSON object.
pub(crate) fn json(shown: &Shown) -> io::Result<()> {
    raw(&format!("{}\n", as_json(shown)))
}

fn as_json(shown: &Shown) -> serde_json::Value {
    let rows: Vec<_> = shown
        .rows
        .iter()
        .map(|row| {
            json!({
                "place": row.place,
                "type": row.entity.to_string(),
                "action": row.action.name(),
                "score": row.score,
                "detector": row.detector,
                "placeholder": row.placeholder,
            })
        })
        .collect();
    let code = match shown.fate {
        Fate::Refused(code) => Some(code),
        Fate::Leaves | Fate::StaysLocal => None,
    };
    json!({
        "masked": shown.masked,
        "refused": code.is_some(),
        "code": code,
        "stays_local": shown.fate == Fate::StaysLocal,
        "detections": rows,
    })
}

/// The masked form: to the byte in a pipe, with colours and a line end on a terminal.
pub(crate) fn masked(shown: &Shown) -> io::Result<()> {
    if !terminal::is_watched() {
        return raw(&shown.masked);
    }
    let mut out = anstream::stdout();
    write!(out, "{}", coloured(shown))?;
    if !shown.masked.ends_with('\n') {
        writeln!(out)?;
    }
    out.flush()
}

/// Not through a stream that drops colours: they may be the input's own.
fn raw(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The masked form with its placeholders set off.
pub(crate) fn coloured(shown: &Shown) -> String {
    let mut text = terminal::visible(&shown.masked).into_owned();
    let rows = shown.rows.iter();
    let mut placeholders: Vec<_> = rows
        .filter_map(|row| Some((row.placeholder.as_deref()?, row.action)))
        .collect();
    placeholders.sort_unstable();
    placeholders.dedup_by_key(|(placeholder, _)| *placeholder);
    for (placeholder, action) in placeholders {
        let style = if action == Action::Block {
            style::BAD
        } else {
            style::NOTE
        };
        text = text.replace(placeholder, &format!("{style}{placeholder}{}", style::OFF));
    }
    text
}

/// The table of detections, and what becomes of the request.
pub(crate) fn detections(shown: &Shown) -> io::Result<()> {
    let mut out = anstream::stdout();
    if !shown.masked.ends_with('\n') && !terminal::is_watched() {
        writeln!(out)?;
    }
    writeln!(out)?;
    if shown.rows.is_empty() && shown.refusal.is_none() {
        writeln!(out, "{}Nothing detected.{}", style::HEAD, style::OFF)?;
        return out.flush();
    }
    if !shown.rows.is_empty() {
        writeln!(out, "{}", table(shown))?;
    }
    if let Some(fate) = fate(shown) {
        writeln!(out, "\n{fate}")?;
    }
    out.flush()
}

fn table(shown: &Shown) -> Table {
    let mut table = style::table(&["where", "type", "action", "score", "detector", "placeholder"]);
    for row in &shown.rows {
        table.add_row([
            row.place.clone(),
            row.entity.to_string(),
            row.action.name().to_owned(),
            format!("{} %", row.score),
            row.detector.clone(),
            row.placeholder.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    table
}

/// What becomes of the request, where that is not what one expects.
pub(crate) fn fate(shown: &Shown) -> Option<String> {
    let (bad, note, off) = (style::BAD, style::NOTE, style::OFF);
    let refusal = match shown.fate {
        Fate::Leaves => return None,
        Fate::StaysLocal => {
            return Some(format!("{note}It goes to the local upstream{off}, unmasked."));
        }
        Fate::Refused(_) => shown.refusal.as_deref().unwrap_or_default(),
    };
    let blocked = shown.rows.iter().find(|row| row.action == Action::Block);
    let remedy = blocked.map(|row| {
        let key = row.entity.to_string().replace(':', "_");
        format!("\nTo have it masked instead: BAUTA_POLICY__ACTIONS__{key}=mask.")
    });
    Some(format!(
        "{bad}Refused:{off} {refusal}{}",
        remedy.unwrap_or_default()
    ))
}
