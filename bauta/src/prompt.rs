//! A line editor; its history is in memory and ends with it.

use std::io::ErrorKind;

use anyhow::{Context as _, Result};
use rustyline::DefaultEditor;
use rustyline::config::Builder;
use rustyline::error::ReadlineError;

/// Asks for lines at a terminal.
pub(crate) struct Prompt {
    editor: DefaultEditor,
    sign: String,
}

impl Prompt {
    pub(crate) fn new(sign: &str) -> Result<Self> {
        let config = Builder::new().auto_add_history(true).build();
        let editor = DefaultEditor::with_config(config).context("the terminal cannot be used")?;
        let sign = format!("{sign} ");
        Ok(Self { editor, sign })
    }

    /// The next line that is not blank; `None` at the end (Ctrl-D, Ctrl-C).
    pub(crate) fn next(&mut self) -> Result<Option<String>> {
        loop {
            match self.editor.readline(&self.sign) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Ok(Some(line)),
                // The line is lost, not what follows it.
                Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                    anstream::eprintln!("that line is not UTF-8 text");
                }
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(None),
                Err(error) => return Err(error).context("the terminal cannot be read"),
            }
        }
    }
}
