//! Passwords that a command reads from its input: `echo hunter2 | sudo -S`, lists of `user:password` for `chpasswd`.

use crate::ByteSpan;
use crate::detectors::secret::is_given_password;
use crate::detectors::text::{line_after, line_before, word_end, word_start};

/// What reads them; the first reads pairs.
pub(super) const LITERALS: [&str; 4] = ["chpasswd", "sudo -s", "passwd --stdin", "--password-stdin"];
/// How far before its command what is piped may start, in bytes.
const REACH: usize = 256;
/// Lines of a list.
const MAX_LINES: usize = 32;
const MAX_LINE: usize = 160;

/// Calls `on_password` with what the command of that index at `at` reads.
pub(super) fn passwords(text: &str, at: ByteSpan, index: usize, mut on_password: impl FnMut(ByteSpan)) {
    if !word_end(text, at.end) || !word_start(text, at.start) && index != 3 {
        return;
    }
    let is_pair = index == 0;
    let line = line_before(text, at.start, REACH);
    if let Some(span) = echoed(line, at.start - line.len(), is_pair) {
        return on_password(span);
    }
    let behind = line_after(text, at.end, MAX_LINE);
    if let Some(here) = behind.find("<<<") {
        let word = behind[here + 3..].trim_start();
        let word = match word.chars().next() {
            Some(quote @ ('"' | '\'')) => word[1..].split(quote).next(),
            _ => word.split(char::is_whitespace).next(),
        };
        if let Some(span) = word.and_then(|word| given(text, word, is_pair)) {
            on_password(span);
        }
    } else if is_pair {
        list(text, at.end + behind.len(), behind, on_password);
    }
}

/// The word that `echo` or `printf` writes into the command behind `line`.
fn echoed(line: &str, from: usize, is_pair: bool) -> Option<ByteSpan> {
    let input = line.trim_end();
    let pipe = input.rfind('|')?;
    // Between the pipe and what reads stand the words of the command.
    let input = input[..pipe].trim_end();
    let echo = ["echo ", "printf ", "Write-Output "]
        .iter()
        .filter_map(|echo| input.rfind(echo).map(|at| at + echo.len()))
        .max()?;
    let mut word = input[echo..].trim_start();
    while let Some(rest) = word.strip_prefix('-').or_else(|| word.strip_prefix("'%s")) {
        word = rest.split_once(' ')?.1.trim_start();
    }
    let bare = word.trim_matches(['"', '\'']);
    let is_word = bare.len() < word.len() || !bare.contains(' ');
    let start = from + (bare.as_ptr() as usize - line.as_ptr() as usize);
    let end = start + bare.trim_end_matches("\\n").len();
    let colon = if is_pair { bare.find(':')? + 1 } else { 0 };
    (is_word && is_given_password(&bare.as_bytes()[colon..])).then(|| ByteSpan::new(start + colon, end))
}

/// The password that `word` of the text is, or that stands behind the colon in it.
fn given(text: &str, word: &str, is_pair: bool) -> Option<ByteSpan> {
    let colon = if is_pair { word.find(':')? + 1 } else { 0 };
    let start = word.as_ptr() as usize - text.as_ptr() as usize;
    is_given_password(&word.as_bytes()[colon..]).then(|| ByteSpan::new(start + colon, start + word.len()))
}

/// The pairs in the lines behind `chpasswd`: a here-document, or cloud-init's list.
fn list(text: &str, line_end: usize, behind: &str, mut on_password: impl FnMut(ByteSpan)) {
    if !behind.contains("<<") && !behind.trim_end().ends_with(':') {
        return;
    }
    let mut at = line_end;
    for nth in 0..MAX_LINES {
        at += text[at..].len() - text[at..].trim_start_matches(['\r', '\n']).len();
        let line = line_after(text, at, MAX_LINE);
        at += line.len();
        let pair = line.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        let is_pair = pair.split_once(':').is_some_and(|(user, password)| {
            !user.is_empty()
                && !password.is_empty()
                && !password.starts_with(' ')
                && !pair.contains(char::is_whitespace)
        });
        if !is_pair {
            // cloud-init's key stands between: `list: |`.
            if nth == 0
                && pair
                    .split_once(':')
                    .is_some_and(|(key, _)| matches!(key, "list" | "users" | "expire"))
            {
                continue;
            }
            return;
        }
        if let Some(span) = given(text, pair, true) {
            on_password(span);
        }
    }
}
