//! Years that East Asia counts: `平成3年11月6日`, `S60.3.2`, `民國74年7月3日`, `1985년 7월 3일`.

use super::super::text::{char_at, char_before, is_word_char};

/// The eras of Japan since 1868 and of the Republic of China, longest first where one begins another, and the last year of each.
const ERAS: &[(&str, u32)] = &[
    ("明治", 45),
    ("大正", 15),
    ("昭和", 64),
    ("平成", 31),
    ("令和", 99),
    ("中華民國", 150),
    ("中华民国", 150),
    ("民國", 150),
    ("民国", 150),
    ("昭", 64),
    ("平", 31),
    ("令", 99),
];
/// Their initials, as forms have them.
const INITIALS: &[(&str, u32)] = &[("M", 45), ("T", 15), ("S", 64), ("H", 31), ("R", 99)];
/// What stands behind year, month and day.
const JAPANESE: [&str; 3] = ["年", "月", "日"];
const KOREAN: [&str; 3] = ["년", "월", "일"];

/// Where the date that starts at `start` with an era's name or its initial ends.
pub(super) fn date_at(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    if let Some((era, last)) = ERAS.iter().find(|(era, _)| rest.starts_with(era)) {
        let (year, at) = year_of_era(text, start + era.len())?;
        let end = counted(text, at, &JAPANESE).or_else(|| dotted(text, at))?;
        return (1..=*last).contains(&year).then_some(end);
    }
    let (initial, last) = INITIALS.iter().find(|(initial, _)| rest.starts_with(initial))?;
    if char_before(text, start).is_some_and(is_word_char) {
        return None;
    }
    let (year, at) = number(text, start + initial.len(), 2)?;
    let is_year = (1..=*last).contains(&year);
    let end = counted(text, at, &JAPANESE).or_else(|| dotted(text, at));
    is_year.then_some(end)?
}

/// Where `년 7월 3일` behind a year's digits ends.
pub(super) fn korean_after_year(text: &str, at: usize) -> Option<usize> {
    counted(text, at, &KOREAN)
}

/// A year in digits, in Chinese numerals, or `元`, the first one.
fn year_of_era(text: &str, at: usize) -> Option<(u32, usize)> {
    let at = skip(text, at, " ");
    if text[at..].starts_with('元') {
        return Some((1, at + '元'.len_utf8()));
    }
    number(text, at, 3)
}

/// `年3月2日` with or without blanks; the day may be left out.
fn counted(text: &str, at: usize, marks: &[&str; 3]) -> Option<usize> {
    let [year, month, day] = marks;
    let at = skip(
        text,
        text[at..]
            .strip_prefix(year)
            .map(|rest| text.len() - rest.len())?,
        " ",
    );
    let (value, at) = number(text, at, 2)?;
    let month_end = text.len() - text[at..].strip_prefix(month)?.len();
    if !(1..=12).contains(&value) {
        return None;
    }
    let with_day = number(text, skip(text, month_end, " "), 2)
        .filter(|(value, _)| (1..=31).contains(value))
        .and_then(|(_, at)| text[at..].strip_prefix(day))
        .map(|rest| text.len() - rest.len());
    Some(with_day.unwrap_or(month_end))
}

/// `.3.2`, `/03/02`.
fn dotted(text: &str, at: usize) -> Option<usize> {
    let mark = char_at(text, at).filter(|c| matches!(c, '.' | '/' | '-'))?;
    let (month, at) = number(text, at + 1, 2)?;
    let at = at + text[at..].strip_prefix(mark).map(|_| 1)?;
    let (day, end) = number(text, at, 2)?;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(end)
}

fn skip(text: &str, at: usize, what: &str) -> usize {
    at + if text[at..].starts_with(what) {
        what.len()
    } else {
        0
    }
}

/// A number of at most `most` digits, none of them left over.
fn number(text: &str, at: usize, most: usize) -> Option<(u32, usize)> {
    let bytes = &text.as_bytes()[at..];
    let count = bytes
        .iter()
        .take(most + 1)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let value = text[at..at + count].parse().ok()?;
    (1..=most).contains(&count).then_some((value, at + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_eras() {
        for (text, date) in [
            ("平成3年11月6日生", "平成3年11月6日"),
            ("昭和60年3月2日", "昭和60年3月2日"),
            ("昭和 60年 3月 2日", "昭和 60年 3月 2日"),
            ("令和元年5月1日", "令和元年5月1日"),
            ("昭和60年3月", "昭和60年3月"),
            ("民國74年7月3日", "民國74年7月3日"),
            ("S60.3.2", "S60.3.2"),
            ("昭60.3.2", "昭60.3.2"),
            ("H3年11月6日", "H3年11月6日"),
        ] {
            assert_eq!(date_at(text, 0).map(|end| &text[..end]), Some(date), "{text}");
        }
        for text in [
            "平成3年度",
            "昭和65年1月1日",
            "平成",
            "S60",
            "S3.4",
            "H264.1.2",
            "R2.13.1",
            "X3.1.2",
        ] {
            assert_eq!(date_at(text, 0), None, "{text}");
        }
    }
}
