//! Reads one date at a place, in the spellings that people use for birthdays.

use super::super::text::{char_at, is_unspaced, word_end};
use super::{era, months};

const YEARS: std::ops::RangeInclusive<u32> = 1900..=2035;

/// Where the date that starts at `start` ends.
pub(super) fn date_at(text: &str, start: usize) -> Option<usize> {
    let mut reader = Reader { text, at: start };
    let found = match char_at(text, start)? {
        c if c.is_ascii_digit() => reader.digits_first(),
        c if is_han_digit(c) => reader.han_numerals(),
        c if c.is_alphabetic() => era::date_at(text, start)
            .map(|end| reader.at = end)
            .or_else(|| reader.month_first()),
        _ => None,
    };
    found
        .filter(|()| word_end_of_date(text, reader.at))
        .map(|()| reader.at)
}

fn word_end_of_date(text: &str, at: usize) -> bool {
    // A time may follow: `1985-03-12T00:00`.
    word_end(text, at) || matches!(text.as_bytes().get(at), Some(b'T'))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn digits_first(&mut self) -> Option<()> {
        let start = self.at;
        let first = self.number(8)?;
        match self.at - start {
            8 => is_compact(&self.text[start..self.at]).then_some(()),
            6 => is_short(&self.text[start..self.at]).then_some(()),
            4 if YEARS.contains(&first) => self.after_year(),
            1 | 2 => self.after_day_or_month(first),
            _ => None,
        }
    }

    /// `-03-12`, `/3/12`, `年3月12日`, ` March 12`.
    fn after_year(&mut self) -> Option<()> {
        if self.skip("年") {
            let month = self.number(2)?;
            self.skip("月").then_some(())?;
            let month_end = self.at;
            let day = self.number(2);
            if day.is_some_and(is_day) && (self.skip("日") || self.skip("号")) {
                return is_month(month).then_some(());
            }
            self.at = month_end;
            return is_month(month).then_some(());
        }
        if let Some(end) = era::korean_after_year(self.text, self.at) {
            self.at = end;
            return Some(());
        }
        let separator = self.separator()?;
        // `1985. 7. 3.` in Korea and Hungary.
        let spaced = separator == b'.' && self.skip(" ");
        if let Some(month) = self.number(2) {
            self.same(separator)?;
            let _ = spaced && self.skip(" ");
            return (is_month(month) && is_day(self.number(2)?)).then_some(());
        }
        self.month_name()?;
        self.separator()?;
        is_day(self.number(2)?).then_some(())
    }

    /// `/03/1985`, `.3.85`, ` March 1985`, `th of March, 1985`, ` de marzo de 1985`.
    fn after_day_or_month(&mut self, first: u32) -> Option<()> {
        let day_end = self.at;
        if let Some(separator) = self.separator()
            && separator != b' '
            && let Some(second) = self.number(2)
        {
            self.same(separator)?;
            let valid = is_day(first) && is_day(second) && (is_month(first) || is_month(second));
            return self.year().filter(|()| valid);
        }
        self.at = day_end;
        if char_at(self.text, day_end).is_none_or(is_unspaced) {
            return None;
        }
        let _ = ["st", "nd", "rd", "th", "er", "º", "."]
            .iter()
            .any(|suffix| self.skip(suffix));
        self.skip(" ");
        let _ = ["of ", "de ", "-", "/"].iter().any(|link| self.skip(link));
        self.month_name()?;
        let _ = [".", ","].iter().any(|mark| self.skip(mark));
        let _ = [" de ", " del ", " ", "-", "/"]
            .iter()
            .any(|link| self.skip(link));
        self.year().filter(|()| is_day(first))
    }

    /// `March 12, 1985`, `Mar. 12th 1985`.
    fn month_first(&mut self) -> Option<()> {
        self.month_name()?;
        self.skip(".");
        self.separator()?;
        let day = self.number(2)?;
        let _ = ["st", "nd", "rd", "th"].iter().any(|suffix| self.skip(suffix));
        self.skip(",");
        self.separator()?;
        self.year().filter(|()| is_day(day))
    }

    /// `一九八五年三月十二日`.
    fn han_numerals(&mut self) -> Option<()> {
        (self.han_run() == 4 && self.skip("年")).then_some(())?;
        ((1..=2).contains(&self.han_run()) && self.skip("月")).then_some(())?;
        let month_end = self.at;
        if !(1..=3).contains(&self.han_run()) || !(self.skip("日") || self.skip("号")) {
            self.at = month_end;
        }
        Some(())
    }

    fn han_run(&mut self) -> usize {
        let mut count = 0;
        while let Some(c) = char_at(self.text, self.at).filter(|c| is_han_digit(*c)) {
            self.at += c.len_utf8();
            count += 1;
            if count > 4 {
                break;
            }
        }
        count
    }

    /// A year of four digits, or of two with or without an apostrophe.
    fn year(&mut self) -> Option<()> {
        let short = self.skip("'") || self.skip("’");
        let start = self.at;
        let year = self.number(4)?;
        match self.at - start {
            4 if !short => YEARS.contains(&year).then_some(()),
            2 => Some(()),
            _ => None,
        }
    }

    /// A number of at most `most` digits, none of them left over.
    fn number(&mut self, most: usize) -> Option<u32> {
        let rest = &self.text.as_bytes()[self.at..];
        let digits = rest
            .iter()
            .take(most + 1)
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 0 || digits > most {
            return None;
        }
        let value = rest[..digits]
            .iter()
            .fold(0, |value, b| value * 10 + u32::from(b - b'0'));
        self.at += digits;
        Some(value)
    }

    fn separator(&mut self) -> Option<u8> {
        let byte = *self.text.as_bytes().get(self.at)?;
        matches!(byte, b'-' | b'/' | b'.' | b' ').then(|| {
            self.at += 1;
            byte
        })
    }

    fn same(&mut self, separator: u8) -> Option<()> {
        (self.separator()? == separator).then_some(())
    }

    fn month_name(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let letters = rest
            .chars()
            .take(months::MAX_LETTERS + 1)
            .take_while(|c| c.is_alphabetic());
        let length = letters.map(char::len_utf8).sum();
        months::is_month(&rest[..length]).then(|| self.at += length)
    }

    fn skip(&mut self, literal: &str) -> bool {
        let there = self.text[self.at..].starts_with(literal);
        if there {
            self.at += literal.len();
        }
        there
    }
}

const fn is_month(value: u32) -> bool {
    matches!(value, 1..=12)
}

const fn is_day(value: u32) -> bool {
    matches!(value, 1..=31)
}

/// `YYYYMMDD`, `DDMMYYYY` or `MMDDYYYY`.
fn is_compact(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits[from..to].parse().unwrap_or(0);
    let year_first = YEARS.contains(&part(0, 4)) && is_month(part(4, 6)) && is_day(part(6, 8));
    let pair = (part(0, 2), part(2, 4));
    let year_last = YEARS.contains(&part(4, 8))
        && (is_day(pair.0) && is_month(pair.1) || is_month(pair.0) && is_day(pair.1));
    year_first || year_last
}

/// `YYMMDD` or `DDMMYY`.
fn is_short(digits: &str) -> bool {
    let part = |from: usize| digits[from..from + 2].parse().unwrap_or(0);
    is_month(part(2)) && (is_day(part(0)) || is_day(part(4)))
}

const fn is_han_digit(c: char) -> bool {
    matches!(
        c,
        '〇' | '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十'
    )
}
