//! The arguments of a command as they are written: as words of a shell, as a list or a call of strings, as a list of YAML.
//! Shared by the rules about commands; finds nothing itself.

use super::text::{is_word, line_before};
use crate::ByteSpan;

/// A longer command is read so far; bytes.
const REACH: usize = 1024;
/// Longest argument, in bytes.
const MAX_ARGUMENT: usize = 512;
/// Most that stands between two strings of a list or a chain of calls: `").arg("`.
const MAX_JOINT: usize = 64;
/// Deepest indentation of a list's item.
const MAX_INDENT: usize = 64;

/// One argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument<'t> {
    /// As it is written, without the quotes around it.
    pub(super) text: &'t str,
    /// Where it starts.
    pub(super) start: usize,
}

impl Argument<'_> {
    /// What is left of it behind its first `len` bytes, and behind a quote that opens there and closes at the end.
    pub(super) fn behind(self, len: usize) -> ByteSpan {
        let rest = &self.text[len..];
        let start = self.start + len;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        match quote {
            Some(quote) if rest.len() > 1 && rest.ends_with(quote) => {
                ByteSpan::new(start + 1, start + rest.len() - 1)
            }
            _ => ByteSpan::new(start, start + rest.len()),
        }
    }
}

/// How they are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `-u root -p 'x y'`.
    Shell,
    /// `"-u", "root"`, `.arg("-u").arg("root")`.
    Strings,
    /// `- -u` and `- root`, each on a line, this far indented.
    Items(usize),
}

/// The arguments, in order.
pub(super) struct Arguments<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    form: Form,
    /// The next thing is the bracket of a call, before its first argument.
    is_opening: bool,
}

impl<'t> Arguments<'t> {
    /// Those behind the command or option at `at`.
    pub(super) fn behind(text: &'t str, at: ByteSpan) -> Self {
        let end = text.floor_char_boundary(text.len().min(at.end + REACH));
        let (form, from) = Self::form(text, at);
        Self {
            text,
            at: from,
            end,
            form,
            is_opening: false,
        }
    }

    /// Those of the call whose bracket opens before `at`.
    pub(super) fn of_call(text: &'t str, at: usize) -> Self {
        Self {
            text,
            at: at - 1,
            end: text.floor_char_boundary(text.len().min(at + REACH)),
            form: Form::Strings,
            is_opening: true,
        }
    }

    /// How the arguments of the word at `at` are written, and from where on.
    fn form(text: &str, at: ByteSpan) -> (Form, usize) {
        let bytes = text.as_bytes();
        let quote = at.start.checked_sub(1).map(|before| bytes[before]);
        let closes = matches!(bytes.get(at.end), Some(b'"' | b'\''));
        // `"mysql"`, `"/usr/bin/mysql"`.
        let is_quoted = closes && (bytes.get(at.end).copied() == quote || quote == Some(b'/'));
        let own = usize::from(is_quoted && quote != Some(b'/'));
        let before = line_before(text, at.start - own, MAX_INDENT);
        let closed = at.end + usize::from(is_quoted);
        let is_item = before
            .trim_start()
            .strip_prefix('-')
            .is_some_and(|rest| rest.trim().is_empty())
            && matches!(bytes.get(closed), None | Some(b'\n' | b'\r'));
        if is_item {
            (Form::Items(before.len() - before.trim_start().len()), closed)
        } else if is_quoted {
            (Form::Strings, closed)
        } else {
            (Form::Shell, at.end)
        }
    }

    /// Whether they are strings of a list or of calls.
    pub(super) fn is_list(&self) -> bool {
        self.form != Form::Shell
    }

    /// Where the quoted text ends that `quote` opened before `from`, on the same line.
    fn closing(&self, from: usize, quote: u8) -> Option<usize> {
        let most = self.end.min(from + MAX_ARGUMENT);
        let body = &self.text.as_bytes()[from..most];
        let close = memchr::memchr2(quote, b'\n', body).filter(|at| body[*at] == quote)?;
        Some(from + close)
    }

    /// The next word of a shell's line.
    fn word(&mut self) -> Option<Argument<'t>> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at).filter(|_| self.at < self.end)? {
                b' ' | b'\t' | b'\r' => self.at += 1,
                // A line goes on behind the mark of its shell.
                b'\n'
                    if self.text[..self.at]
                        .trim_end_matches('\r')
                        .ends_with(['\\', '`', '^']) =>
                {
                    self.at += 1;
                }
                b'\\' | b'`' | b'^' if matches!(bytes.get(self.at + 1), Some(b'\n' | b'\r')) => self.at += 1,
                // The strings of an array of PowerShell.
                b',' if matches!(bytes[self.at - 1], b'"' | b'\'') => self.at += 1,
                b'\n' | b'|' | b';' | b')' | b'`' => return None,
                b'&' if bytes.get(self.at + 1) == Some(&b'&') => return None,
                _ => break,
            }
        }
        let start = self.at;
        if let quote @ (b'"' | b'\'') = bytes[start] {
            let close = self.closing(start + 1, quote)?;
            self.at = close + 1;
            return Some(Argument {
                text: &self.text[start + 1..close],
                start: start + 1,
            });
        }
        let is_option = matches!(bytes[start], b'-' | b'/');
        while self.at < self.end {
            match bytes[self.at] {
                b' ' | b'\t' | b'\n' | b'\r' | b'|' | b'`' => break,
                b';' if matches!(bytes.get(self.at + 1), None | Some(b' ' | b'\n')) => break,
                quote @ (b'"' | b'\'') => {
                    let is_behind =
                        is_option && self.at <= start + 2 || matches!(bytes[self.at - 1], b'=' | b':');
                    let opens = is_behind && self.at > start;
                    match self.closing(self.at + 1, quote).filter(|_| opens) {
                        Some(close) => self.at = close + 1,
                        // It closes what the whole command stands in.
                        None => {
                            let end = std::mem::replace(&mut self.at, self.end);
                            return (end > start).then(|| self.argument(start, end));
                        }
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.text.floor_char_boundary(self.at.min(self.end));
        Some(self.argument(start, self.at))
    }

    fn argument(&self, start: usize, end: usize) -> Argument<'t> {
        Argument {
            text: &self.text[start..end],
            start,
        }
    }

    /// The next string of a list or a chain of calls; one that is no string reads as an empty one.
    fn string(&mut self) -> Option<Argument<'t>> {
        let bytes = self.text.as_bytes();
        self.at += self.joint()?;
        // A wrapper of Rust says nothing about its argument.
        if self.text[self.at..].starts_with("Some(") {
            self.at += "Some(".len();
        }
        let start = self.at;
        if let quote @ (b'"' | b'\'' | b'`') = *bytes.get(start)? {
            let close = self.closing(start + 1, quote)?;
            self.at = close + 1;
            return Some(self.argument(start + 1, close));
        }
        let is_part = |b: &&u8| is_word(**b) || matches!(b, b'.' | b'$' | b'*' | b'&');
        let len = bytes[start..self.end.max(start)]
            .iter()
            .take_while(is_part)
            .count();
        self.at = start + len;
        (len > 0).then(|| self.argument(start, start))
    }

    /// Bytes of what parts two items: a comma, brackets, a call that adds one. None where it is anything else.
    fn joint(&mut self) -> Option<usize> {
        const CALLS: [&str; 4] = [".arg", ".args", ".push", ".append"];
        let rest = &self.text[self.at..self.text.floor_char_boundary(self.end.min(self.at + MAX_JOINT))];
        let mut len = 0;
        let mut has_comma = std::mem::take(&mut self.is_opening);
        while let Some(byte) = rest.as_bytes().get(len) {
            match byte {
                b',' => has_comma = true,
                b' ' | b'\t' | b'\n' | b'\r' | b'[' | b'(' | b'{' | b'&' => {}
                b')' | b']' if rest[len + 1..].trim_start().starts_with('.') => {}
                b'.' => {
                    let call = CALLS.iter().rev().find(|call| {
                        rest[len..]
                            .strip_prefix(**call)
                            .is_some_and(|rest| rest.starts_with('('))
                    })?;
                    has_comma = true;
                    len += call.len();
                    continue;
                }
                _ => break,
            }
            len += 1;
        }
        has_comma.then_some(len)
    }

    /// The next item of a list of YAML that is as far indented as the first.
    fn item(&mut self, indent: usize) -> Option<Argument<'t>> {
        let rest = &self.text[self.at..self.end];
        let line = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
        let line_end = memchr::memchr(b'\n', line.as_bytes()).unwrap_or(line.len());
        let line = &line[..line_end];
        let inner = line.trim_start();
        let item = inner
            .strip_prefix('-')
            .filter(|item| item.starts_with(' '))?
            .trim();
        if line.len() - inner.len() != indent {
            return None;
        }
        let base = self.text.as_ptr() as usize;
        self.at = line.as_ptr() as usize - base + line_end;
        let bare = item
            .strip_prefix(['"', '\''])
            .and_then(|inner| inner.strip_suffix(['"', '\'']))
            .unwrap_or(item);
        Some(Argument {
            text: bare,
            start: bare.as_ptr() as usize - base,
        })
    }
}

impl<'t> Iterator for Arguments<'t> {
    type Item = Argument<'t>;

    fn next(&mut self) -> Option<Argument<'t>> {
        match self.form {
            Form::Shell => self.word(),
            Form::Strings => self.string(),
            Form::Items(indent) => self.item(indent),
        }
    }
}
