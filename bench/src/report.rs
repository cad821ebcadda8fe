//! The table and the JSON that a run leaves behind.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

/// One measured figure.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) scenario: String,
    pub(crate) target: String,
    pub(crate) figures: Vec<Figure>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
}

/// A goal and how the run stands to it.
#[derive(Serialize)]
pub(crate) struct Goal {
    pub(crate) what: String,
    pub(crate) wanted: String,
    pub(crate) measured: String,
    pub(crate) met: bool,
}

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) title: &'static str,
    pub(crate) how: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) goals: Vec<Goal>,
}

impl Report {
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}\n\n", self.title, self.how);
        if !self.goals.is_empty() {
            text.push_str("| goal | wanted | measured | met |\n|---|---|---|---|\n");
            for goal in &self.goals {
                let met = if goal.met { "yes" } else { "**no**" };
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {met} |",
                    goal.what, goal.wanted, goal.measured
                );
            }
            text.push('\n');
        }
        let mut scenario = "";
        for row in &self.rows {
            if row.scenario != scenario {
                scenario = &row.scenario;
                let names: Vec<String> = row
                    .figures
                    .iter()
                    .map(|f| format!("{} ({})", f.name, f.unit))
                    .collect();
                let _ = writeln!(text, "\n## {scenario}\n\n| target | {} |", names.join(" | "));
                let _ = writeln!(text, "|---|{}", "---|".repeat(row.figures.len()));
            }
            let values: Vec<String> = row.figures.iter().map(|figure| rounded(figure.value)).collect();
            let _ = writeln!(text, "| {} | {} |", row.target, values.join(" | "));
        }
        text
    }

    /// Writes `name.md` and `name.json` into `folder`, and prints the table.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        let markdown = self.markdown();
        std::fs::write(folder.join(format!("{name}.md")), &markdown)?;
        std::fs::write(
            folder.join(format!("{name}.json")),
            serde_json::to_string_pretty(self)? + "\n",
        )?;
        println!("{markdown}");
        Ok(())
    }
}

fn rounded(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// What the figures were taken on.
pub(crate) fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{cores} cores, {model}")
}
