//! Formats of which a literal and its line say what they hold: SWIFT MT, OFX, vCard, `passwd`, travel documents, DICOM,
//! GEDCOM.

use super::segment::parts;
use super::{Holds, value};
use crate::ByteSpan;
use crate::detectors::names::is_given_name;
use crate::detectors::person::record::is_company;
use crate::detectors::person::value::{Trust, person_in};
use crate::detectors::text::{line_after, line_before, word_start};

/// What a literal opens.
#[derive(Clone, Copy)]
pub(super) enum Line {
    /// `:59:/123\nANNA BERGER\nLINDENHOF 14`
    Swift,
    /// `:50F:/123\n1/ANNA BERGER\n2/LINDENHOF 14`
    SwiftNumbered,
    /// `<NAME>ANNA BERGER<MEMO>RENT`
    OfxName,
    /// `<ACCTID>003948271155`
    OfxAccount,
    /// `ADR:;;Lindenhof 14;Kiel;;24103;Germany`
    CardAddress,
    /// `BDAY:19850703`
    CardBirth,
    /// `anna:x:1001:1001:Anna Berger,,,:/home/anna:/bin/bash`
    Passwd,
    /// `P<UTOERIKSSON<<ANNA<MARIA<<<<<`
    Travel,
    /// `(0010,0010) PN [BERGER^ANNA]`
    Dicom(Holds),
    /// `1 NAME Anna /Berger/`
    GedcomName,
    /// `1 BIRT\n2 DATE 3 JUL 1985`
    GedcomBirth,
}

pub(super) const LITERALS: &[(&str, Line)] = &[
    (":50f:", Line::SwiftNumbered),
    (":59f:", Line::SwiftNumbered),
    (":50k:", Line::Swift),
    (":50h:", Line::Swift),
    (":59:", Line::Swift),
    ("<name>", Line::OfxName),
    ("<acctid>", Line::OfxAccount),
    ("adr:", Line::CardAddress),
    ("adr;", Line::CardAddress),
    ("bday:", Line::CardBirth),
    (":x:", Line::Passwd),
    ("<<<<", Line::Travel),
    ("(0010,0010) pn [", Line::Dicom(Holds::Name)),
    ("(0010,0020) lo [", Line::Dicom(Holds::HealthId)),
    ("(0010,0030) da [", Line::Dicom(Holds::Birth)),
    ("(0010,1040) lo [", Line::Dicom(Holds::Address)),
    ("patientname: ", Line::Dicom(Holds::Name)),
    ("1 name ", Line::GedcomName),
    ("1 birt\n2 date ", Line::GedcomBirth),
];

/// Longest line, and most lines of a party.
const LONGEST: usize = 200;
const MOST_LINES: usize = 6;
/// Letters and fillers of a line of a travel document.
const TRAVEL: std::ops::RangeInclusive<usize> = 30..=44;

/// Reports what stands in the line that the literal at `at` opens.
pub(super) fn read(text: &str, at: ByteSpan, line: Line, push: &mut impl FnMut(Holds, ByteSpan)) {
    let rest = line_after(text, at.end, LONGEST);
    let starts_line = word_start(text, at.start);
    let is_capital = text[at.range()].bytes().all(|b| !b.is_ascii_lowercase());
    match line {
        Line::Swift | Line::SwiftNumbered => swift(text, at.end, matches!(line, Line::SwiftNumbered), push),
        Line::OfxName if is_capital => {
            let span = until(rest, at.end, &['<', '\r']);
            report_person(text, span, push);
        }
        Line::OfxAccount if is_capital => {
            let span = until(rest, at.end, &['<', '\r']);
            value::report(text, &[span], Holds::Account, push);
        }
        Line::CardAddress if starts_line && is_capital => {
            let Some(start) = text[at.start..at.end + rest.len()].find(':') else {
                return;
            };
            let whole = until(
                &text[at.start + start + 1..at.end + rest.len()],
                at.start + start + 1,
                &['\r'],
            );
            let parts: Vec<ByteSpan> = parts(text, whole, ';').collect();
            if parts.len() > 5 {
                // Behind the post office box and what goes beside the street.
                value::report(text, &parts[2..6], Holds::Address, push);
            }
        }
        Line::CardBirth if starts_line && is_capital => {
            value::report(text, &[until(rest, at.end, &['\r'])], Holds::Birth, push);
        }
        Line::Passwd => passwd(text, at, rest, push),
        Line::Travel => travel(text, at, push),
        Line::Dicom(holds) => {
            let start = at.end + usize::from(rest.starts_with('['));
            let span = until(&text[start..at.end + rest.len()], start, &[']', '\r', '"']);
            let parts: Vec<ByteSpan> = parts(text, span, '^').collect();
            if holds != Holds::Name || parts.len() > 1 {
                value::report(text, &parts, holds, push);
            }
        }
        Line::GedcomName if starts_line && is_capital => {
            for part in parts(text, until(rest, at.end, &['\r']), '/').take(2) {
                value::report(text, &[part], Holds::Name, push);
            }
        }
        Line::GedcomBirth if starts_line && is_capital => {
            value::report(text, &[until(rest, at.end, &['\r'])], Holds::Birth, push);
        }
        _ => {}
    }
}

/// What stands at `start` before any of the marks.
fn until(rest: &str, start: usize, marks: &[char]) -> ByteSpan {
    let value = rest.split(marks).next().unwrap_or_default();
    ByteSpan::new(start, start + value.trim_end().len())
}

fn report_person(text: &str, span: ByteSpan, push: &mut impl FnMut(Holds, ByteSpan)) {
    // In capitals: a known first name, and nothing but letters behind it.
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\''));
    let words = || text[span.range()].split(' ');
    let known = || {
        let first = words()
            .next()
            .filter(|_| words().count() <= 4 && words().all(is_word))?;
        is_given_name(first).then_some(())
    };
    if let Some(span) = person_in(text, span, Trust::Layout).or_else(|| known().map(|_| span)) {
        push(Holds::Name, span);
    }
}

/// An account in the first line, a name, and an address below it; numbers say which is which in option F.
fn swift(text: &str, at: usize, is_numbered: bool, push: &mut impl FnMut(Holds, ByteSpan)) {
    let mut start = at;
    let mut has_name = false;
    for _ in 0..MOST_LINES {
        let line = line_after(text, start, LONGEST);
        let value = line.trim_end();
        let span = ByteSpan::new(start, start + value.len());
        let numbered = |mark: &str| is_numbered && value.starts_with(mark);
        let behind = |skipped: usize| ByteSpan::new(span.start + skipped, span.end);
        if value.starts_with([':', '-']) || value.is_empty() {
            return;
        } else if value.starts_with('/') {
            // IBANs are known by themselves.
            if value.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
                value::report(text, &[behind(1)], Holds::Account, push);
            }
        } else if numbered("1/") || !is_numbered && !has_name {
            let name = behind(if is_numbered { 2 } else { 0 });
            if !text[name.range()].contains(' ') || is_company(&text[name.range()]) {
                return;
            }
            let Some(span) = person_in(text, name, Trust::Label) else {
                return;
            };
            push(Holds::Name, span);
            has_name = true;
        } else if numbered("4/") {
            value::report(text, &[behind(2)], Holds::Birth, push);
        } else if numbered("2/") {
            value::report(text, &[behind(2)], Holds::Address, push);
        } else if !is_numbered {
            value::report(text, &[span], Holds::Address, push);
        }
        start += line.len();
        match text.as_bytes().get(start) {
            Some(b'\n') => start += 1,
            _ => return,
        }
    }
}

/// The name in the comment of an account.
fn passwd(text: &str, at: ByteSpan, rest: &str, push: &mut impl FnMut(Holds, ByteSpan)) {
    let user = line_before(text, at.start, 64);
    let whole = ByteSpan::new(at.end, at.end + rest.len());
    let fields: Vec<ByteSpan> = parts(text, whole, ':').take(5).collect();
    let [uid, gid, comment, home, _] = fields[..] else {
        return;
    };
    let is_number =
        |span: ByteSpan| !span.is_empty() && text[span.range()].bytes().all(|b| b.is_ascii_digit());
    if !user.is_empty() && is_number(uid) && is_number(gid) && text[home.range()].starts_with('/') {
        let name = text[comment.range()].split(',').next().unwrap_or_default();
        report_person(
            text,
            ByteSpan::new(comment.start, comment.start + name.len()),
            push,
        );
    }
}

/// The name in the first line of a passport, its number and the birth in the second.
fn travel(text: &str, at: ByteSpan, push: &mut impl FnMut(Holds, ByteSpan)) {
    let is_filled = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'<';
    let bytes = text.as_bytes();
    let most = *TRAVEL.end();
    let before = &bytes[at.start.saturating_sub(most)..at.start];
    let start = at.start - before.iter().rev().take_while(|b| is_filled(b)).count();
    let count = |from: usize| {
        bytes[from..]
            .iter()
            .take(most + 1)
            .take_while(|b| is_filled(b))
            .count()
    };
    let length = count(start);
    let line = &text[start..start + length];
    if !TRAVEL.contains(&length) || !line.starts_with("P") || !word_start(text, start) {
        return;
    }
    let name = line[5..].trim_end_matches('<');
    if name.contains("<<") && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'<') {
        push(Holds::Name, ByteSpan::new(start + 5, start + 5 + name.len()));
    } else {
        return;
    }
    let blanks = bytes[start + length..].iter().take(16);
    let gap = blanks.take_while(|b| matches!(b, b'\r' | b'\n' | b' ')).count();
    let second = start + length + gap;
    if gap == 0 || !TRAVEL.contains(&count(second)) {
        return;
    }
    let number = text[second..second + 9].trim_end_matches('<');
    value::report(
        text,
        &[ByteSpan::new(second, second + number.len())],
        Holds::Passport,
        push,
    );
    value::report(
        text,
        &[ByteSpan::new(second + 13, second + 19)],
        Holds::Birth,
        push,
    );
}
