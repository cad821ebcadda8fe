//! Names in scripts without capitals and with spaces (Arabic, Devanagari): as a whole value, and behind titles and roles.

use super::super::text::{char_at, char_before};
use super::Span;

/// Before a name, with the space behind.
pub(super) const TITLES: &[&str] = &[
    "السيد ",
    "السيدة ",
    "الآنسة ",
    "الدكتور ",
    "الدكتورة ",
    "الأستاذ ",
    "الأستاذة ",
    "المهندس ",
    "المهندسة ",
    "المحامي ",
    "المحامية ",
    "المريض ",
    "المريضة ",
    "العميل ",
    "العميلة ",
    "الموظف ",
    "الموظفة ",
    "الطالب ",
    "الطالبة ",
    "المدعي ",
    "المدعى عليه ",
    "الشاهد ",
    "المستأجر ",
    "د. ",
    "श्री ",
    "श्रीमती ",
    "सुश्री ",
    "कुमारी ",
    "डॉ. ",
    "डॉ ",
    "रोगी ",
    "मरीज ",
    "ग्राहक ",
    "कर्मचारी ",
    "वकील ",
];
/// Words that are no names and end them.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "في", "من", "على", "إلى", "عن", "مع", "هو", "هي", "الذي", "التي", "تم", "قد", "أن", "ما", "لا", "كان", "كانت", "دخل", "دخلت", "قال", "قالت",
    "اتصل", "اتصلت", "وقع", "وصل", "وصلت", "إنه", "بأن", "هذا", "هذه", "يجب", "لم", "لن", "كل", "بعد", "قبل", "الجديد", "الجديدة", "المدير", "الوزير", "الرئيس",
    "ने", "को", "का", "की", "के", "से", "में", "पर", "और", "जी", "है", "हैं", "थे", "था", "थी", "हुए", "हुई", "एक", "यह", "वह", "सेवा", "श्री", "श्रीमती", "सुश्री",
    "भर्ती", "द्वारा", "नहीं", "कृपया", "संख्या", "विवरण", "आईडी",
];
/// Words inside a name that another follows.
const JOINTS: &[&str] = &["بن", "بنت", "ابن", "عبد", "أبو", "آل", "أم"];
const MOST: usize = 4;

/// A letter, or a mark that belongs to one.
pub(super) const fn is_letter(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{65f}' | '\u{66e}'..='\u{6d3}' | '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}')
}

/// The name of two words and what joins them behind the title that ends at `at`.
pub(super) fn after_title(text: &str, title: usize, at: usize) -> Option<Span> {
    if char_before(text, title).is_some_and(is_letter) {
        return None;
    }
    // `रोगी श्री रमेश`: the next title finds it.
    named(text, at, text.len(), 2)
}

/// The name that fills a value.
pub(super) fn person_at(text: &str, at: usize, end: usize) -> Option<Span> {
    named(text, at, end, 1).filter(|(_, to)| !char_at(text, *to).is_some_and(is_letter))
}

fn named(text: &str, at: usize, end: usize, least: usize) -> Option<Span> {
    let (mut to, mut here, mut words, mut full) = (at, at, 0, 0);
    let most = if least == 1 { MOST } else { 2 };
    while full < most && words < MOST + 2 && here < end {
        let length: usize = text[here..end]
            .chars()
            .take(20)
            .take_while(|c| is_letter(*c))
            .map(char::len_utf8)
            .sum();
        let word = &text[here..here + length];
        if length < 4 || WORDS.contains(&word) {
            break;
        }
        words += 1;
        full += usize::from(!JOINTS.contains(&word));
        to = here + length;
        if !text[to..].starts_with(' ') {
            break;
        }
        here = to + 1;
    }
    (full >= least).then_some((at, to))
}
