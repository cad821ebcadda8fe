//! Letters of other alphabets, invisible characters, and control characters beside a value.

use super::super::marked::{Marked, Role, Scope};
use super::markup::{between, middle};
use super::{Reading, letters, stretch};

const FORMS: &str = "letter forms";
const INVISIBLE: &str = "invisible characters";
const MARKS: &str = "combining marks";
const CONTROL: &str = "control characters beside";

pub(super) fn all() -> Vec<Reading> {
    let mut all = forms();
    all.extend(invisible());
    all.extend(marks());
    all.extend(control().into_iter().map(|reading| reading.apart().line()));
    all
}

fn control() -> Vec<Reading> {
    let words = [
        ("NUL", "\0"),
        ("SOH", "\u{1}"),
        ("DEL", "\u{7f}"),
        ("FS", "\u{1c}"),
        ("NBSP", "\u{a0}"),
    ];
    let lines = [("NEL", "\u{85}"), ("LS", "\u{2028}"), ("VT", "\u{b}")];
    let mut all = Vec::new();
    for (name, sign) in words.into_iter().chain(lines) {
        let around = stretch(CONTROL, format!("{name} around"), move |text| {
            Some(between(text, sign, sign))
        });
        let around = around.only(&[Scope::Value, Scope::Line]);
        let is_line = lines.contains(&(name, sign));
        all.push(if is_line { around.parting() } else { around });
        let glued = move |text: &Marked| Some(between(text, &format!("done{sign}"), &format!("{sign}next")));
        all.push(stretch(CONTROL, format!("{name} and words around"), glued).only(&[Scope::Line]));
    }
    all
}

/// The letter as far from `to` as `c` is from `from`.
fn moved(c: char, from: char, to: u32) -> Option<String> {
    char::from_u32(u32::from(c) - u32::from(from) + to).map(String::from)
}

fn wide(c: char) -> Option<String> {
    match c {
        '!'..='~' => moved(c, '!', 0xff01),
        ' ' => Some('\u{3000}'.into()),
        _ => None,
    }
}

/// Letters and digits of one of the mathematical alphabets.
fn math(upper: u32, lower: u32, digit: u32) -> impl Fn(char) -> Option<String> {
    move |c| match c {
        'A'..='Z' => moved(c, 'A', upper),
        'a'..='z' => moved(c, 'a', lower),
        '0'..='9' => moved(c, '0', digit),
        _ => None,
    }
}

fn forms() -> Vec<Reading> {
    let mut all = vec![
        letters(FORMS, "full width", wide),
        letters(FORMS, "full width digits", |c| {
            c.is_ascii_digit().then(|| wide(c))?
        }),
        letters(FORMS, "full width signs", |c| {
            c.is_ascii_punctuation().then(|| wide(c))?
        }),
        letters(FORMS, "small @ and dots", |c| match c {
            '@' => Some('\u{fe6b}'.into()),
            '.' => Some('\u{fe52}'.into()),
            _ => None,
        }),
        letters(FORMS, "bold", math(0x1d400, 0x1d41a, 0x1d7ce)),
        letters(FORMS, "sans-serif", math(0x1d5a0, 0x1d5ba, 0x1d7e2)),
        letters(FORMS, "monospace", math(0x1d670, 0x1d68a, 0x1d7f6)),
        letters(FORMS, "circled letters", |c| match c {
            'A'..='Z' => moved(c, 'A', 0x24b6),
            'a'..='z' => moved(c, 'a', 0x24d0),
            _ => None,
        }),
        letters(FORMS, "raised digits", |c| match c {
            '1' => Some('\u{b9}'.into()),
            '2' | '3' => moved(c, '2', 0xb2),
            '0' | '4'..='9' => moved(c, '0', 0x2070),
            _ => None,
        }),
    ];
    for (name, zero) in [
        ("Arabic-Indic", 0x660),
        ("Persian", 0x6f0),
        ("Devanagari", 0x966),
        ("Bengali", 0x9e6),
        ("Thai", 0xe50),
        ("Khmer", 0x17e0),
        ("Adlam", 0x1e950),
    ] {
        let digit = move |c: char| c.is_ascii_digit().then(|| moved(c, '0', zero))?;
        all.push(letters(FORMS, format!("{name} digits"), digit));
    }
    all
}

fn invisible() -> Vec<Reading> {
    let mut all = Vec::new();
    let signs = [
        ("zero width space", "\u{200b}"),
        ("zero width joiner", "\u{200d}"),
        ("word joiner", "\u{2060}"),
        ("soft hyphen", "\u{ad}"),
        ("byte order mark", "\u{feff}"),
        ("left-to-right mark", "\u{200e}"),
        ("Arabic letter mark", "\u{61c}"),
        ("Mongolian separator", "\u{180e}"),
        ("tag", "\u{e0061}"),
        ("variation selector", "\u{fe0f}"),
        ("far variation selector", "\u{e0100}"),
        ("grapheme joiner", "\u{34f}"),
        ("Hangul filler", "\u{3164}"),
        ("invisible separator", "\u{2063}"),
    ];
    for (name, sign) in signs {
        let spread = move |text: &Marked| {
            let spread = (0..text.len()).map(|at| text.slice(at..at + 1));
            Some(spread.fold(Marked::default(), |all, one| all.then(&one).around(sign)))
        };
        all.push(stretch(INVISIBLE, format!("{name} behind each"), spread).only(Scope::EVERY_WORD));
        all.push(
            stretch(INVISIBLE, format!("{name} inside"), move |text| {
                middle(text, sign)
            })
            .only(Scope::EVERY_WORD),
        );
    }
    for (name, before, after) in [
        ("override", "\u{202d}", "\u{202c}"),
        ("embedding", "\u{202a}", "\u{202c}"),
        ("isolate", "\u{2066}", "\u{2069}"),
        ("annotation", "\u{fff9}", "\u{fffb}"),
    ] {
        all.push(stretch(INVISIBLE, format!("{name} around"), move |text| {
            Some(between(text, before, after))
        }));
        all.push(
            stretch(INVISIBLE, format!("{name} inside"), move |text| {
                middle(text, &format!("{before}{after}"))
            })
            .only(Scope::EVERY_WORD),
        );
    }
    all
}

fn marks() -> Vec<Reading> {
    let mut all = Vec::new();
    for (name, mark) in [
        ("acute", '\u{301}'),
        ("overlay", '\u{338}'),
        ("circle", '\u{20dd}'),
        ("keycap", '\u{20e3}'),
    ] {
        let marked =
            move |text: &Marked| Some(text.each(|c| c.is_ascii_alphanumeric().then(|| format!("{c}{mark}"))));
        all.push(
            stretch(MARKS, format!("{name} on each"), marked)
                .only(&[Scope::Value])
                .for_codes(),
        );
        let signs =
            move |text: &Marked| Some(text.each(|c| "@.-+".contains(c).then(|| format!("{c}{mark}"))));
        all.push(
            stretch(MARKS, format!("{name} on signs"), signs)
                .only(&[Scope::Value])
                .for_codes(),
        );
        all.push(
            stretch(MARKS, format!("{name} inside"), move |text| {
                let half = text.len() / 2;
                let sign = Marked::of(&mark.to_string(), Role::Tells);
                (half > 0).then(|| {
                    text.slice(0..half)
                        .then(&sign)
                        .then(&text.slice(half..text.len()))
                })
            })
            .only(&[Scope::Value])
            .for_codes(),
        );
    }
    all
}
