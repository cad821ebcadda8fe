//! Readings of readings, two and three deep, drawn at random.

use super::builder::Builder;
use super::marked::Scope;
use super::places::Place;
use super::subjects::SUBJECTS;

/// How many of each depth.
const COUNTS: [(usize, usize); 2] = [(2, 4_000), (3, 2_500)];
/// Kinds that say the same inside each other.
const KINDS: &[&str] = &[
    "percent",
    "html entities",
    "quoted-printable",
    "backslash",
    "json literal",
    "base64",
    "base32",
    "hex",
    "letter forms",
    "invisible characters",
    "terminal",
    "html and xml",
    "markdown",
];
/// Those of them that pack a value into a word of its own.
const PACKED: &[&str] = &["base64", "base32", "hex"];
/// Longer texts would test the machine's patience and nothing else.
const LONGEST: usize = 20_000;

pub(super) fn add(builder: &mut Builder) {
    let readings = std::mem::take(&mut builder.readings);
    let drawn: Vec<_> = readings
        .iter()
        .filter(|reading| KINDS.contains(&reading.kind))
        .collect();
    for (depth, count) in COUNTS {
        let kind = format!("{depth} layers");
        let wanted = builder.cases.len() + count;
        while builder.cases.len() < wanted {
            let subject = builder.seeded.pick(SUBJECTS);
            let scopes: &[Scope] = if subject.needs_label {
                &[Scope::Line, Scope::All, Scope::Value]
            } else {
                &[Scope::Value, Scope::All]
            };
            let mut scope = *builder.seeded.pick(scopes);
            let (value, place, mut text) = builder.laid(
                subject,
                |place| scope != Scope::Line || place.is_line(),
                Clone::clone,
            );
            let mut names = Vec::new();
            for _ in 0..depth {
                let reading = builder.seeded.pick(&drawn);
                let is_new = !names.iter().any(|name: &String| name.starts_with(reading.kind));
                // Digits of another script spell no code.
                let spells = names.is_empty() || reading.kind != "letter forms";
                let has_sign = reading.kind == "percent" && names.is_empty() && value.contains('%');
                if !is_new || !spells || has_sign {
                    break;
                }
                // What stands apart would tear a value that is written in pieces.
                let pieces = text.stretches(scope).map_or(0, |pieces| pieces.len());
                if reading.is_apart() && scope == Scope::Value && pieces > 1 {
                    break;
                }
                if !reading.fits(subject, scope) || !reading.fits_in(place, scope) {
                    break;
                }
                let Some(spelled) = reading.spell(&text, scope) else {
                    break;
                };
                // A cell of a table is one line.
                if scope != Scope::All && place == Place::MarkdownTable && spelled.lines() > text.lines() {
                    break;
                }
                text = spelled;
                names.push(format!("{}, {}", reading.kind, reading.name));
                // What is packed with its surroundings can only be packed whole, and what is packed alone may be glued to
                // its surroundings: a piece of such a word says nothing to any reader.
                scope = if scope == Scope::Value {
                    let next = *builder.seeded.pick(&[Scope::Value, Scope::All]);
                    if PACKED.contains(&reading.kind) {
                        Scope::All
                    } else {
                        next
                    }
                } else {
                    Scope::All
                };
            }
            if names.len() == depth && text.len() < LONGEST {
                let name = format!("{} / {}", names.join(" > "), place.name());
                builder.text(subject, &kind, &name, value, text);
            }
        }
    }
    builder.readings = readings;
}
