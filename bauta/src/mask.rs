//! `bauta mask`: what would leave of a text or a request.

mod input;
mod print;
mod prompt;

use std::io::{ErrorKind, IsTerminal as _, Read as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use proxy_api::{Fate, Preview, Shown};

use self::input::Input;
use crate::source::Source;
use crate::terminal;

/// Below the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  bauta mask                                     a prompt, line by line
  bauta mask < letter.txt                        a text, as a user would paste it
  bauta mask --as messages < request.json        the body of a request, as it would leave
  bauta mask --quiet < letter.txt > masked.txt   the masked form alone, to the byte

Exit status: 0 when it would leave, 2 when the gateway would refuse it, 1 when it can't be read or written.";

/// How to read and how to answer.
#[derive(Args)]
pub(crate) struct Options {
    /// What the input is: a text that a user writes, or the body of a request to this API; `auto` looks at it.
    #[arg(long = "as", value_enum, default_value_t, value_name = "WHAT")]
    input: Input,
    /// The same as `--as text`.
    #[arg(long, hide = true, conflicts_with = "input")]
    text: bool,
    /// Print one JSON object: the masked form, whether it would be refused, and the detections.
    #[arg(long)]
    json: bool,
    /// Print the masked form alone.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

/// Exits with 2 when the gateway would refuse the request.
pub(crate) fn run(source: &Source, options: &Options) -> Result<ExitCode> {
    let config = source.load()?;
    let preview = Preview::new(&config)?;
    let wants_text = options.text || matches!(options.input, Input::Auto | Input::Text);
    if terminal::is_interactive() && wants_text && !options.json && !options.quiet {
        return prompt::run(&preview);
    }
    let text = read()?;
    let input = if options.text { Input::Text } else { options.input };
    let shown = input.show(&preview, &text)?;
    match print(&shown, options) {
        // A reader that has left wants no more.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        printed => printed.context("the output cannot be written")?,
    }
    Ok(code(&shown))
}

fn print(shown: &Shown, options: &Options) -> std::io::Result<()> {
    if options.json {
        return print::json(shown);
    }
    print::masked(shown)?;
    if options.quiet {
        return Ok(());
    }
    print::detections(shown)
}

fn read() -> Result<String> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        anstream::eprintln!("Reading from the terminal; end with Ctrl-D. Nothing leaves this machine.");
    }
    let mut text = String::new();
    stdin
        .read_to_string(&mut text)
        .context("standard input is not UTF-8 text")?;
    Ok(text)
}

fn code(shown: &Shown) -> ExitCode {
    match shown.fate {
        Fate::Refused(_) => ExitCode::from(2),
        Fate::Leaves | Fate::StaysLocal => ExitCode::SUCCESS,
    }
}
