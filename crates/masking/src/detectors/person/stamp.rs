//! Times as chats write them, before or behind a sender: `10:02`, `[12.03.24, 14:05:11]`, `Today at 10:02 AM`.

use super::super::text::char_at;

/// Longest time with its date, in bytes.
const LONGEST: usize = 40;
/// Words inside a time.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "AM", "PM", "am", "pm", "a.m.", "p.m.", "T", "Z", "UTC", "GMT", "Today", "Yesterday", "today", "yesterday", "at", "Uhr", "um",
    "Heute", "Gestern", "Hier", "Aujourd'hui", "à", "Hoy", "Ayer", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Monday",
    "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
    "Oct", "Nov", "Dec", "January", "February", "March", "April", "June", "July", "August", "September", "October", "November",
    "December", "오전", "오후", "午前", "午後", "上午", "下午", "昨天", "今天", "昨日", "今日", "年", "月", "日", "년", "월", "일",
];

/// Where the time that starts at `at` ends; `None` unless hours and minutes are in it.
pub(super) fn end(text: &str, at: usize) -> Option<usize> {
    let (mut here, mut last, mut is_clock) = (at, at, false);
    while here - at < LONGEST {
        let Some(c) = char_at(text, here) else { break };
        if c.is_ascii_digit() {
            let digits = text[here..].bytes().take_while(u8::is_ascii_digit).count();
            let rest = &text.as_bytes()[here + digits..];
            is_clock |= digits <= 2 && matches!(rest, [b':', b'0'..=b'5', b'0'..=b'9', ..]);
            here += digits;
            last = here;
        } else if matches!(c, '/' | '.' | ':' | ',' | '-' | ' ' | '\u{202f}' | '\u{a0}') {
            let joins = text[here + c.len_utf8()..].starts_with(|c: char| c.is_alphanumeric() || c == ' ');
            if !joins || matches!(c, '-' | ' ') && text[..here].ends_with([' ', '-']) {
                break;
            }
            here += c.len_utf8();
        } else {
            let word = WORDS
                .iter()
                .filter(|word| text[here..].starts_with(**word))
                .max_by_key(|word| word.len());
            let Some(word) = word else { break };
            here += word.len();
            // `at`, `T` only between numbers.
            if char_at(text, here).is_some_and(|c| c.is_ascii_lowercase()) {
                return None;
            }
            last = here;
        }
    }
    is_clock.then_some(last)
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn times_of_many_chats() {
        for time in [
            "10:02",
            "10:02:11",
            "10:02 AM",
            "12/03/2024, 14:05",
            "2024-03-12T10:02:11Z",
            "2024-03-12 10:02:11.123",
            "Today at 10:02 AM",
            "Yesterday 10:02",
            "12.03.24, 14:05:11",
            "오전 10:02",
            "2024年3月12日 10:02",
            "00:00:03.000",
        ] {
            assert_eq!(end(time, 0), Some(time.len()), "{time}");
        }
        for text in ["12", "2024-03-12", "10:2", "May", "", "3:1", "a:b"] {
            assert_eq!(end(text, 0), None, "{text}");
        }
        assert_eq!(end("14:05 - Jane", 0), Some(5));
        assert_eq!(end("14:05 Attention", 0), Some(5));
    }
}
