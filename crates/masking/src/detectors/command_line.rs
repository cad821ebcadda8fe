//! PASSWORD: what commands take by their own grammar (`mysql -phunter2`, `curl -u user:hunter2`, `net user bob hunter2`), as
//! words of a shell and as lists of arguments. Long options of other commands name what they are: `assignment` reads them, and
//! those of lists [`options`](self::options).

mod commands;
mod options;
mod piped;

use std::sync::Arc;

use self::commands::{FAMILIES, Family, Takes};
use super::arguments::{Argument, Arguments};
use super::rule::{Found, Rule, Wake};
use super::secret::{is_given_password, is_random, is_template, means_password};
use super::text::{starts_with_ignore_case, word_end, word_start};
use super::url;
use crate::{ByteSpan, EntityType, Score};

/// A user's name is a token when it is this long, random, and no password stands beside it.
const MIN_TOKEN: usize = 16;

/// Finds passwords among a command's arguments.
pub(super) struct CommandLines {
    detector: Arc<str>,
    /// By the index of the literal.
    families: Vec<(&'static str, &'static Family)>,
}

impl CommandLines {
    pub(super) fn new() -> Self {
        let families = FAMILIES
            .iter()
            .flat_map(|family| family.commands.iter().map(move |command| (*command, family)));
        Self {
            detector: "password.command_line".into(),
            families: families.collect(),
        }
    }
}

impl Rule for CommandLines {
    fn literals(&self) -> Vec<String> {
        self.families
            .iter()
            .map(|(command, _)| *command)
            .chain(piped::LITERALS)
            .chain(options::LITERALS)
            .map(str::to_owned)
            .collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let mut push = |entity: EntityType, span: ByteSpan| {
            found.push(entity, span.start, span.end, Score::LIKELY, &self.detector);
        };
        let Some((command, family)) = self.families.get(index) else {
            match index - self.families.len() {
                piped if piped < piped::LITERALS.len() => {
                    piped::passwords(text, at, piped, |span| push(EntityType::Password, span));
                }
                _ => {
                    if let Some((entity, span)) = options::secret(text, at) {
                        push(entity, span);
                    }
                }
            }
            return;
        };
        let end = at.end - usize::from(command.ends_with('-'));
        let ends = command.ends_with(['-', '=']) || word_end(text, end) && !text[end..].starts_with('-');
        if ends && word_start(text, at.start) {
            passwords(text, ByteSpan::new(at.start, end), family, |span| {
                push(EntityType::Password, span);
            });
        }
    }
}

/// Calls `on_password` with every password among the arguments of the command at `at`.
fn passwords(text: &str, at: ByteSpan, family: &Family, mut on_password: impl FnMut(ByteSpan)) {
    let name = &text[at.range()];
    // What is expected of the next word, of a word without an option, and how many of those were seen.
    let mut awaited = None;
    let mut own = family
        .options
        .iter()
        .find(|(option, _)| option.is_empty())
        .map(|(_, takes)| *takes);
    let mut place = 0;
    let mut has_share = false;
    for argument in Arguments::behind(text, at) {
        let word = argument.text;
        // What follows is read when it wakes the rule itself.
        if word == name {
            return;
        }
        if let Some(takes) = awaited.take() {
            value(argument, 0, takes, &mut on_password);
            continue;
        }
        match option(word, family) {
            Some((takes @ Takes::Position(_), _)) => own = Some(takes),
            Some((takes, from)) if from < word.len() => value(argument, from, takes, &mut on_password),
            Some((Takes::Attached, _)) => {}
            Some((takes, _)) => awaited = Some(takes),
            None if word.starts_with("\\\\") => has_share = true,
            None if is_option(word) || is_drive(word) || word.is_empty() => {}
            None => {
                let takes = own.filter(|takes| match takes {
                    Takes::Position(nth) => *nth == place,
                    Takes::Share => has_share,
                    _ => place == 0,
                });
                if let Some(takes) = takes {
                    return value(argument, 0, takes, &mut on_password);
                }
                place += 1;
            }
        }
    }
}

/// Whether a word is an option that the family does not know, and no path.
fn is_option(word: &str) -> bool {
    word.starts_with('-') || word.strip_prefix('/').is_some_and(|name| !name.contains('/'))
}

/// `Z:`, as a share is called that `net use` takes.
fn is_drive(word: &str) -> bool {
    matches!(word.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// What the option that `word` is or starts with takes, and where in the word its value starts.
fn option(word: &str, family: &Family) -> Option<(Takes, usize)> {
    let options = family.options.iter().filter(|(option, _)| !option.is_empty());
    options.into_iter().find_map(|&(option, takes)| {
        let is_letter = option.len() == 2;
        let is_same = match option.as_bytes()[0] {
            b'/' => starts_with_ignore_case(word, option),
            _ => word.starts_with(option),
        };
        if !is_same {
            return (is_letter && is_bundled(word, option, takes)).then_some((takes, word.len()));
        }
        let rest = &word[option.len()..];
        let equals = usize::from(rest.starts_with('='));
        let is_own = rest.is_empty() || equals > 0 || is_letter || takes == Takes::Attached;
        is_own.then_some((takes, option.len() + equals))
    })
}

/// Whether the letter of `option` is one of several behind one `-`: `-sSu user:password`.
fn is_bundled(word: &str, option: &str, takes: Takes) -> bool {
    let Some(letters) = word
        .strip_prefix('-')
        .filter(|letters| letters.bytes().all(|b| b.is_ascii_alphabetic()))
    else {
        return false;
    };
    match takes {
        Takes::Pair => letters.ends_with(&option[1..]),
        Takes::Position(_) => letters.contains(&option[1..]),
        _ => false,
    }
}

/// Calls `on_password` with the password in the value that starts at `from` of `argument`.
fn value(argument: Argument<'_>, from: usize, takes: Takes, on_password: &mut impl FnMut(ByteSpan)) {
    let whole = argument.behind(from);
    let offset = whole.start - argument.start;
    let value = &argument.text[offset..offset + whole.len()];
    // What closes a sentence or a call around the command.
    let value = value.trim_end_matches([',', ')']);
    let span = |part: &str| {
        let start = whole.start + (part.as_ptr() as usize - value.as_ptr() as usize);
        ByteSpan::new(start, start + part.len())
    };
    let parted = |mark: char| value.split_once(mark);
    let password = match takes {
        Takes::Pair => return pair(value, |part| on_password(span(part))),
        Takes::Attached | Takes::Password => Some(value),
        // The command could be words of a sentence.
        Takes::Position(_) | Takes::Share => {
            Some(value).filter(|value| !value.bytes().all(|b| b.is_ascii_lowercase()))
        }
        Takes::Percent => parted('%').map(|(_, password)| password),
        Takes::Comma => parted(',').map(|(_, password)| password),
        Takes::Source => value.strip_prefix("pass:"),
        Takes::Slash => slashed(value),
        Takes::Last => value
            .rsplit_once(':')
            .map(|(_, key)| key)
            .filter(|key| key.len() >= MIN_TOKEN),
    };
    if let Some(password) = password.filter(|password| is_given_password(password.as_bytes())) {
        on_password(span(password));
    }
}

/// `user:password`, of which the user's name may be no secret; where nothing stands beside it, or a constant, it is a token.
fn pair<'v>(value: &'v str, mut on_secret: impl FnMut(&'v str)) {
    let Some((user, password)) = value.split_once(':') else {
        return;
    };
    if !user.is_empty() && is_template(user.as_bytes()) {
        return;
    }
    // `domain/user:password@host`.
    let password = match password.rsplit_once('@') {
        Some((password, host)) if user.contains('/') && host.contains('.') => password,
        _ => password,
    };
    let is_constant = password.eq_ignore_ascii_case("x-oauth-basic");
    if !is_constant && url::is_password(user.as_bytes(), password.as_bytes()) && !password.starts_with("//") {
        on_secret(if user.is_empty() { value } else { password });
    } else if user.len() >= MIN_TOKEN && is_random(user.as_bytes()) {
        on_secret(user);
    }
}

/// The password of `user/password@database`.
fn slashed(value: &str) -> Option<&str> {
    let value = value.strip_prefix("userid=").unwrap_or(value);
    let (user, rest) = value.split_once('/')?;
    let password = rest.split_once('@').map_or(rest, |(password, _)| password);
    let is_user = !user.is_empty()
        && user
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_$#[]".contains(&b));
    (is_user && !password.contains('/') && !means_password(password.as_bytes())).then_some(password)
}

#[cfg(test)]
mod tests;
