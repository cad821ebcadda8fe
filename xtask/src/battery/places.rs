//! Where a value stands: alone, in prose, logs, configuration, tables, addresses and code.

use super::marked::{Marked, Role};
use super::subjects::Subject;

/// A place for a label and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Alone,
    Prose,
    Comment,
    Log,
    Json,
    Yaml,
    Ini,
    Environment,
    Csv,
    MarkdownTable,
    HtmlTable,
    Query,
}

impl Place {
    /// Those that keep the label as people write it.
    const FREE: &'static [Self] = &[Self::Alone, Self::Prose, Self::Comment];
    /// Those that name a field.
    const FIELDS: &'static [Self] = &[
        Self::Log,
        Self::Json,
        Self::Yaml,
        Self::Ini,
        Self::Environment,
        Self::Csv,
        Self::MarkdownTable,
        Self::HtmlTable,
        Self::Query,
    ];

    /// Whether a label and its value are one stretch of text here, and not a cell each or a key and its value.
    pub(super) const fn is_line(self) -> bool {
        !matches!(
            self,
            Self::Json | Self::Csv | Self::MarkdownTable | Self::HtmlTable
        )
    }

    /// Whether a label stands here as people write it.
    pub(super) const fn is_free(self) -> bool {
        matches!(self, Self::Alone | Self::Prose | Self::Comment)
    }

    /// Whether quotes around the value alone belong to the place.
    pub(super) const fn quotes(self) -> bool {
        matches!(self, Self::Log | Self::Environment)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Prose => "prose",
            Self::Comment => "comment",
            Self::Log => "log",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Ini => "ini",
            Self::Environment => "environment",
            Self::Csv => "csv",
            Self::MarkdownTable => "markdown table",
            Self::HtmlTable => "html table",
            Self::Query => "query",
        }
    }

    /// Where values of a subject may stand.
    pub(super) fn of(subject: &Subject) -> Vec<Self> {
        let fields = if subject.key.is_some() { Self::FIELDS } else { &[] };
        let all = Self::FREE.iter().chain(fields).copied();
        all.filter(|place| !subject.except.contains(place)).collect()
    }

    /// `value` in this place, behind the label with this number.
    pub(super) fn lay(self, subject: &Subject, label: usize, value: &Marked) -> Marked {
        let (label, between) = subject.labels[label % subject.labels.len()];
        let free = |before: &str, after: &str| {
            let line = Marked::of(before, Role::Around).with(label, Role::Label);
            let line = line.with(between, Role::Between).then(value);
            line.around(subject.after).around(after)
        };
        let key = subject.key.unwrap_or(label);
        let field = |before: &str, key: &str, between: &str, value: &Marked, after: &str| {
            let line = Marked::of(before, Role::Around).with(key, Role::Label);
            line.with(between, Role::Between).then(value).around(after)
        };
        match self {
            Self::Alone => free("", ""),
            Self::Prose => free(
                "Hello,\n\nas we said on Monday:\n",
                "\n\nThanks for your patience.\n",
            ),
            Self::Comment => free("fn start() {\n    // ", "\n    run();\n}\n"),
            Self::Log => field(
                "2026-03-04T10:11:12Z INFO worker[7] ",
                key,
                "=\"",
                value,
                "\" status=ok\n",
            ),
            Self::Json => field("{\"", key, "\": \"", &json(value), "\", \"status\": \"open\"}"),
            Self::Yaml => field("service:\n  ", key, ": ", value, "\n  port: 8080\n"),
            Self::Ini => field("[service]\n", key, " = ", value, "\nport = 8080\n"),
            Self::Environment => field(
                "export ",
                &key.to_uppercase(),
                "=\"",
                value,
                "\"\nexport PORT=8080\n",
            ),
            Self::Csv => field("id,state,", key, "\n17,open,\"", value, "\"\n"),
            Self::MarkdownTable => field("| state | ", key, " |\n|---|---|\n| open | ", value, " |\n"),
            Self::HtmlTable => field("<table><tr><td>", key, "</td><td>", value, "</td></tr></table>"),
            Self::Query => field(
                "GET https://host.example/check?page=2&",
                key,
                "=",
                &address(value),
                "&next=1",
            ),
        }
    }
}

fn json(value: &Marked) -> Marked {
    value.each(|c| match c {
        '"' | '\\' => Some(format!("\\{c}")),
        '\n' => Some("\\n".into()),
        _ => None,
    })
}

/// What an address cannot hold is written with percent signs, as every client does.
fn address(value: &Marked) -> Marked {
    value.each(|c| {
        let is_plain = c.is_ascii_alphanumeric() || "-._~@:/".contains(c);
        let written = |c: char| {
            c.encode_utf8(&mut [0; 4])
                .bytes()
                .map(|b| format!("%{b:02X}"))
                .collect()
        };
        (!is_plain).then(|| written(c))
    })
}
