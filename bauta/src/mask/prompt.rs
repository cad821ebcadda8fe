//! A prompt that masks line by line.

use std::process::ExitCode;

use anyhow::Result;
use masking::Action;
use proxy_api::{Preview, Shown};

use super::print::{coloured, fate};
use crate::prompt::Prompt;
use crate::style;

pub(crate) fn run(preview: &Preview) -> Result<ExitCode> {
    let (head, off) = (style::HEAD, style::OFF);
    anstream::println!(
        "{head}Type a line to see what would leave of it.{off} Nothing does: this shows what the gateway makes of it.\n\
         Try: Please call Dr. Alice Smith, +1 415 555 2671, alice@corp.com\n\
         Each line is a request of its own, and so is a pasted text. Arrow up brings lines back, Ctrl-D ends.\n"
    );
    let mut prompt = Prompt::new("mask>")?;
    while let Some(line) = prompt.next()? {
        anstream::println!("{}\n", answer(&preview.text(&line)?));
    }
    anstream::println!();
    Ok(ExitCode::SUCCESS)
}

fn answer(shown: &Shown) -> String {
    let (dim, off) = (style::DIM, style::OFF);
    let mut answer = indented(&coloured(shown));
    if shown.rows.is_empty() {
        answer.push_str(&format!("\n  {dim}Nothing detected; it leaves as it is.{off}"));
    }
    let mut told = Vec::new();
    for row in &shown.rows {
        let action = match row.action {
            Action::Mask => String::new(),
            other => format!("{} ", other.name()),
        };
        let line = format!("{} ({action}{} %, {})", row.entity, row.score, row.detector);
        if !told.contains(&line) {
            told.push(line);
        }
    }
    if !told.is_empty() {
        answer.push_str(&format!("\n  {dim}{}{off}", told.join(", ")));
    }
    if let Some(fate) = fate(shown) {
        answer.push_str(&format!("\n{}", indented(&fate)));
    }
    answer
}

fn indented(text: &str) -> String {
    format!("  {}", text.trim_end_matches('\n').replace('\n', "\n  "))
}
