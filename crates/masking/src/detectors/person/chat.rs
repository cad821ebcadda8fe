//! Senders in chats and speakers in transcripts, as a line opens with them: `[10:02] Maren Tilsiter: hi`,
//! `Maren Tilsiter  10:02 AM`, `**Maren Tilsiter**: hi`, `14:05 <maren> hi`, `<v Maren Tilsiter>hi`.
//!
//! Logs, changelogs and definitions look alike, so the words have to be a name where nothing else tells.

use super::super::names::{self, Name, name_at};
use super::super::text::{char_at, is_han, is_unspaced, line_before};
use super::value::{Trust, person_in};
use super::{Span, cjk, stamp};
use crate::ByteSpan;

/// Longest name between marks.
const LONGEST: usize = 60;
/// Signs of rank and network before a nick.
const RANKS: &[char] = &['@', '+', '%', '&', '~', ' '];
/// What speaks when nobody is known.
const VOICES: &[&str] = &[
    "speaker",
    "interviewer",
    "interviewee",
    "host",
    "guest",
    "sprecher",
    "sprecherin",
    "interviewte",
    "locuteur",
    "participant",
    "moderator",
    "befragte",
    "teilnehmer",
    "unknown",
    "caller",
    "agent",
    "respondent",
    "customer",
    "client",
    "user",
    "doctor",
    "patient",
    "kunde",
    "kundin",
    "operator",
    "witness",
];

/// A sender, and whether the line proves more than that it may be one.
pub(super) enum Sender {
    /// The layout leaves no doubt.
    Sure(Span),
    /// `Name: text`, which definitions are as well: counts where more of them are in the text.
    Perhaps(Span),
}

/// The sender with whom the line `start..end` opens.
pub(super) fn sender(text: &str, start: usize, end: usize) -> Option<Sender> {
    let line = &text[start..end];
    let sure = match line.as_bytes().first()? {
        b'[' => bracketed(text, start, end),
        b'0'..=b'9' => {
            let behind = stamp::end(text, start).filter(|to| *to <= end)?;
            behind_time(text, behind, end)
        }
        b'<' => in_angles(text, start, end),
        b'*' | b'_' => emphasised(text, start, end),
        b'A'..=b'Z' | 0x80.. => return named(text, start, end),
        _ => None,
    };
    sure.map(Sender::Sure)
}

/// `[10:02] Maren Tilsiter: hi`, `[Maren Tilsiter] [10:02] hi`.
fn bracketed(text: &str, start: usize, end: usize) -> Option<Span> {
    let close = start + text[start..end].find(']').filter(|close| *close < LONGEST)?;
    if stamp::end(text, start + 1) == Some(close) {
        return behind_time(text, close + 1, end);
    }
    let rest = &text[close + 1..end];
    let time = rest.trim_start();
    let at = close + 1 + (rest.len() - time.len());
    let is_timed =
        time.starts_with('[') && stamp::end(text, at + 1).is_some_and(|to| text[to..].starts_with(']'));
    is_timed.then(|| whole(text, start + 1, close, Trust::Label))?
}

/// What stands between a time and a message.
fn behind_time(text: &str, at: usize, end: usize) -> Option<Span> {
    let rest = &text[at..end];
    let body = rest.trim_start_matches([' ', '\t', '-', '–', '|', ',']);
    let at = end - body.len();
    let tabbed = rest.starts_with('\t');
    if rest.len() == body.len() || body.is_empty() {
        return None;
    }
    if body.starts_with('<') {
        return in_angles(text, at, end);
    }
    if body.starts_with('*') {
        return emphasised(text, at, end);
    }
    let to = at
        + body
            .bytes()
            .take(LONGEST)
            .position(|b| matches!(b, b':' | b'\t'))
            .unwrap_or(body.len());
    if to - at > LONGEST {
        return system(text, at, rest);
    }
    let is_marked = text.as_bytes().get(to) == Some(&b'\t') && tabbed
        || text[to..end].starts_with(": ")
        || text[to..].starts_with(':') && (to + 1 == end || text.as_bytes()[to + 1] == b'\t');
    if is_marked {
        return whole(text, at, to, Trust::Layout).or_else(|| first_name(text, at, to));
    }
    // `[Yesterday 10:02] Tilsiter, Maren`, and nothing else.
    if to == end && text[..at].ends_with("] ") {
        return whole(text, at, to, Trust::Layout);
    }
    system(text, at, rest)
}

/// `14:05 - Maren Tilsiter added Colm Brannigan`
fn system(text: &str, at: usize, rest: &str) -> Option<Span> {
    let name = rest.starts_with(" - ").then(|| name_at(text, at))??;
    let goes_on =
        text[name.end..].starts_with(' ') && char_at(text, name.end + 1).is_some_and(char::is_lowercase);
    (goes_on && names::is_person(text, &name)).then_some((name.start, name.end))
}

/// `<Maren Tilsiter> hi`, `<v.loud Maren Tilsiter>hi`.
fn in_angles(text: &str, start: usize, end: usize) -> Option<Span> {
    if let Some(tag) = ["<b>", "<strong>", "<i>", "<em>"]
        .iter()
        .find(|tag| text[start..end].starts_with(**tag))
    {
        return in_tag(text, start + tag.len(), end);
    }
    let close = start + text[start..end].bytes().take(LONGEST).position(|b| b == b'>')?;
    let inside = &text[start + 1..close];
    let voice = inside
        .strip_prefix('v')
        .and_then(|rest| match rest.as_bytes().first()? {
            b' ' | b'\t' => Some(rest),
            b'.' => rest.split_once(' ').map(|(_, name)| name),
            _ => None,
        });
    let (name, trust) = match voice {
        Some(name) => (name, Trust::Label),
        None => (inside.trim_start_matches(RANKS), Trust::Layout),
    };
    let name_start = close - name.len();
    let found = whole(text, name_start, close, trust)?;
    // A type, unless it has several words: `<v String>`.
    (text[found.0..found.1].contains(' ')
        || first_name(text, found.0, found.1).is_some()
        || name.contains(is_unspaced))
    .then_some(found)
}

/// `<b>Maren Tilsiter</b>: hi`
fn in_tag(text: &str, start: usize, end: usize) -> Option<Span> {
    let close = start + text[start..end].find("</").filter(|length| *length < LONGEST)?;
    let inner = text[start..close].trim_end_matches(':');
    let behind = text[close..end]
        .split_once('>')
        .map_or("", |(_, behind)| behind.trim_start());
    let is_sender = inner.len() < close - start || behind.starts_with([':', '(', '[']);
    is_sender.then(|| whole(text, start, start + inner.len(), Trust::Layout))?
}

/// `**Maren Tilsiter**: hi`, `**Maren Tilsiter:** hi`, `**Maren Tilsiter** (10:02)`.
fn emphasised(text: &str, start: usize, end: usize) -> Option<Span> {
    let mark = ["**", "__", "*", "_"]
        .into_iter()
        .find(|mark| text[start..end].starts_with(mark))?;
    let open = start + mark.len();
    let close = open + text[open..end].find(mark).filter(|length| *length < LONGEST)?;
    let rest = text[close + mark.len()..end].trim_start();
    let inner = text[open..close].trim_end_matches(':');
    let time = end - rest.len() + usize::from(rest.starts_with(['(', '[']));
    let is_sender = inner.len() < close - open
        || rest.starts_with(':')
        || stamp::end(text, time).is_some_and(|to| to <= end);
    is_sender.then(|| whole(text, open, open + inner.len(), Trust::Layout))?
}

/// Lines that open with a name, or with a voice that has one.
fn named(text: &str, start: usize, end: usize) -> Option<Sender> {
    let first = char_at(text, start)?;
    if is_unspaced(first) {
        return unspaced(text, start, end);
    }
    // Times and marks of speech hold a colon, on the line below perhaps; most lines of prose do not.
    let window = &text.as_bytes()[start..text.len().min(start + 2 * LONGEST)];
    memchr::memchr(b':', window)?;
    let name = name_at(text, start);
    let Some(name) = name.filter(|name| name.end <= end && name.words > 1) else {
        return voice(text, start, end).map(Sender::Sure);
    };
    let rest = &text[name.end..end];
    // `Maren Tilsiter (she/her)  10:02 AM`
    let remark = rest.strip_prefix(" (").and_then(|rest| rest.split_once(')'));
    let rest = match remark {
        Some((remark, behind)) if remark.len() < 20 && !remark.contains(':') => behind,
        _ => rest,
    };
    // Most lines of prose end here.
    let space = rest.trim_start_matches([' ', '\t', ':', '[', '(', '—', '–', '-', ',']);
    if space.len() == rest.len() && !rest.is_empty() {
        return None;
    }
    let span = (name.start, name.end);
    let at = end - space.len();
    let is_timed = stamp::end(text, at).is_some_and(|to| {
        let behind = text[to..end].trim_start_matches([')', ']', ':', ' ', '\t', '\r']);
        behind.is_empty() || text[to..end].starts_with(')') || text[to..end].starts_with([']', ':'])
    });
    if is_timed || rest.trim().is_empty() && is_time_below(text, end) {
        return names::is_person(text, &name).then_some(Sender::Sure(span));
    }
    let is_colon = rest.starts_with(": ") || rest == ":" || rest.starts_with(":\t");
    let sender = if is_cue_above(text, start) {
        Sender::Sure
    } else {
        Sender::Perhaps
    };
    (is_colon && names::is_person(text, &name)).then(|| sender(span))
}

/// Whether the line above is the time of a subtitle: `00:00:03.000 --> 00:00:05.000`.
fn is_cue_above(text: &str, start: usize) -> bool {
    let end = text[..start].trim_end_matches(['\n', '\r']).len();
    line_before(text, end, LONGEST).contains("-->")
}

/// `Speaker 1 (Maren Tilsiter): hi`, `Speaker 2 - Maren Tilsiter: hi`.
fn voice(text: &str, start: usize, end: usize) -> Option<Span> {
    let word = text[start..end].split(|c: char| !c.is_alphabetic()).next()?;
    if !VOICES.iter().any(|voice| word.eq_ignore_ascii_case(voice)) {
        return None;
    }
    let rest = &text[start + word.len()..end];
    let from = rest
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | '-' | '–' | '#' | '['));
    let at = end - from.len();
    let name = name_at(text, at).filter(|name| at > start + word.len() && name.end <= end)?;
    let is_closed = text[name.end..end]
        .trim_start_matches([')', ']'])
        .starts_with(':');
    (is_closed && names::is_person(text, &name)).then_some((name.start, name.end))
}

/// `陈国强：九点`, `欧阳慧敏 2024-03-12 10:02:11`.
fn unspaced(text: &str, start: usize, end: usize) -> Option<Sender> {
    let line = &text[start..end];
    let length = line.find([':', ' ', '\t']).filter(|length| *length <= 18)?;
    let to = start + length;
    let rest = &text[to..end];
    if rest.starts_with([' ', '\t'])
        && stamp::end(text, to + 1).is_some_and(|at| text[at..end].trim().is_empty())
    {
        return whole(text, start, to, Trust::Label).map(Sender::Sure);
    }
    let is_full = text[start..to].chars().count() > 2 && text[start..to].chars().all(is_han);
    let name = (is_full && rest.starts_with(':') && rest.len() > 1)
        .then(|| cjk::person_at(text, start, to, Trust::Layout))??;
    (name.1 == to).then_some(Sender::Perhaps(name))
}

/// Whether the next line is a time: `Maren Tilsiter`, then `  10:02 AM`.
fn is_time_below(text: &str, end: usize) -> bool {
    let Some(rest) = text[end..]
        .strip_prefix('\n')
        .or_else(|| text[end..].strip_prefix("\r\n"))
    else {
        return false;
    };
    let below = rest.trim_start_matches([' ', '\t']);
    let at = text.len() - below.len();
    stamp::end(text, at).is_some_and(|to| matches!(text.as_bytes().get(to), None | Some(b'\n' | b'\r')))
}

fn whole(text: &str, start: usize, end: usize, trust: Trust) -> Option<Span> {
    person_in(text, ByteSpan::new(start, end), trust).map(|span| (span.start, span.end))
}

/// A single first name that is nothing else.
fn first_name(text: &str, start: usize, end: usize) -> Option<Span> {
    let name: Name = name_at(text, start)?;
    (name.end == end && name.is_known && !name.is_capitals).then_some((start, end))
}

/// Whether an unmistakable first name opens the name at `span`.
pub(super) fn opens_known(text: &str, span: Span) -> bool {
    let first = text[span.0..span.1].split(' ').next().unwrap_or_default();
    names::is_given_name(&first.to_lowercase())
}
