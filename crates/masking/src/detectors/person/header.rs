//! Lists of people behind the labels of mail, of minutes and of commits, at a line's start: `To: Quental, Ines; Tobias
//! Wendorff`, `De : Claire FONTANELLE`, `Attendees: Maren Tilsiter, Colm Brannigan`, `Reviewed-by: Maren Tilsiter`.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Span;
use super::value::{Trust, people_in};
use crate::ByteSpan;

/// Longest label, in bytes.
const LONGEST: usize = 32;
const MOST: usize = 4096;
/// By language; the case is that of mail.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "From", "To", "Cc", "CC", "Bcc", "Reply-To", "Sender", "X-From", "X-To", "X-cc", "Attendees", "Participants", "Present", "Apologies", "Absent", "Reviewers",
    "Organizer", "Organiser", "Invitees", "Required", "Optional", "Panelists", "Speakers", "Authors", "FROM", "TO",
    "Von", "An", "Kopie", "Teilnehmer", "Teilnehmende", "Anwesend", "Abwesend", "Entschuldigt", "Verteiler", "Empfänger", "Absender",
    "De", "À", "Copie", "Présents", "Excusés", "Absents", "Expéditeur", "Para", "CCO", "Asistentes", "Presentes", "Participantes", "Ausentes",
    "Da", "A", "Per", "Presenti", "Assenti", "Partecipanti", "Presentes", "Convidados", "Van", "Aan", "Aanwezig", "Afwezig", "Deelnemers",
    "Od", "Do", "DW", "Obecni", "Uczestnicy", "Från", "Till", "Närvarande", "Fra", "Til", "Kopi", "Deltagere", "Deltagare", "Lähettäjä",
    "Kimden", "Kime", "Bilgi", "Katılımcılar", "От", "От кого", "Кому", "Копия", "Участники", "Присутствовали", "Από", "Προς", "Κοιν",
    "发件人", "收件人", "抄送", "寄件者", "收件者", "副本", "与会人员", "参会人员", "参加人员", "出席", "差出人", "宛先", "参加者", "出席者", "送信者",
    "보낸 사람", "받는 사람", "참조", "참석자", "من", "إلى", "प्रेषक", "प्रति",
];

static TABLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LABELS.iter().copied().collect());

/// Reports the people behind the label with which the line `start..end` opens.
pub(super) fn people(text: &str, start: usize, end: usize, mut push: impl FnMut(Span)) {
    let line = text[start..end].trim_start_matches('*');
    let start = end - line.len();
    let window = &line.as_bytes()[..line.len().min(LONGEST)];
    let Some(colon) = memchr::memchr(b':', window) else {
        return;
    };
    let label = line[..colon].trim_end_matches(['*', ' ', '\u{a0}', '\u{202f}']);
    let is_label = TABLE.contains(label) || is_trailer(label);
    // `Foo::bar`, `http://`.
    if !is_label || line[colon + 1..].starts_with([':', '/']) || line.len() > MOST {
        return;
    }
    for person in people_in(text, ByteSpan::new(start + colon + 1, end), Trust::Layout) {
        push(person);
    }
}

/// `Co-authored-by`, `Signed-off-by`, `Reviewed-by`.
fn is_trailer(label: &str) -> bool {
    label.ends_with("-by") && label.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}
