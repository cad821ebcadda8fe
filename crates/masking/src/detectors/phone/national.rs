//! National spellings that look like phone numbers by themselves, or with a telling word on the line before.

use std::cell::LazyCell;
use std::ops::RangeInclusive;

use super::super::NumberRun;
use super::super::secret::has;
use super::super::text::{is_han, line_after, line_before, word_start};
use super::form::{Form, Gap, Groups, MAX_GROUPS, Place};
use super::plan::Plan;

/// Digits of a national number, trunk prefix included.
const DIGITS: RangeInclusive<usize> = 9..=12;
/// How far before a number a word may make it a phone number.
const CONTEXT_WINDOW: usize = 40;
const HAN_WINDOW: usize = 24;

/// Words that tell of telephones, in any case.
const CONTEXT_WORDS: &[&str] = &[
    "call",
    "called",
    "calling",
    "cell",
    "celular",
    "contact",
    "dial",
    "fax",
    "fon",
    "handy",
    "hotline",
    "mob",
    "mobil",
    "mobile",
    "ph",
    "phone",
    "portable",
    "reach",
    "sms",
    "tel",
    "telefon",
    "telefone",
    "telefono",
    "telefonnummer",
    "telephone",
    "text",
    "teléfono",
    "tél",
    "téléphone",
    "whatsapp",
    "anrufen",
    "appelez",
    "llame",
    "ligue",
];
const HAN_CONTEXT: &[&str] = &[
    "电话", "手机", "致电", "拨打", "热线", "传真", "联系", "微信", "短信", "来电", "座机", "打", "電話",
    "携帯",
];

/// Calls `each` with the place of every number among the run's groups.
pub(super) fn in_run(text: &str, run: &NumberRun, plan: &Plan, mut each: impl FnMut(usize, usize)) {
    if !may_hold_any(run) {
        return;
    }
    let groups = LazyCell::new(|| Groups::of(run));
    let count = run.groups().len();
    let mut first = 0;
    while first < count {
        // The longest spelling wins: `1 415 555 0123` over `415 555 0123`.
        let found = (2..=MAX_GROUPS.min(count - first))
            .rev()
            .map(|count| (count, run.digits_of(first, first + count).len()))
            .take_while(|(_, digits)| digits >= DIGITS.start())
            .filter(|(_, digits)| digits <= DIGITS.end())
            .find_map(|(count, _)| Some((phone_in(text, &groups.form(first, count), plan)?, count)));
        match found {
            Some((place, count)) => {
                each(place.start, place.end);
                first += count;
            }
            None => first += 1,
        }
    }
}

/// Whether a run has what every spelling has somewhere: a group of more than two digits, a zero first, or brackets.
fn may_hold_any(run: &NumberRun) -> bool {
    run.groups().iter().any(|group| {
        group.span.len() > 2 || run.digits()[group.first_digit] == 0 || group.joint.bytes().contains(&b')')
    })
}

fn phone_in(text: &str, form: &Form<'_>, plan: &Plan) -> Option<Place> {
    let tells = tells(form);
    let is_piece = match tells {
        Tells::Nothing => true,
        Tells::Pairs => form.is_in_list(),
        // Equal groups with more beside them are a table.
        Tells::InContext => form.is_in_list() && form.has_equal_lengths(),
        Tells::ItselfInChinese | Tells::NorthAmerica | Tells::Itself | Tells::Dialled => false,
    };
    if is_piece {
        return None;
    }
    let place = form.place(text)?;
    let digits = form.digits;
    let context = || has_context(text, place.start);
    let phone = match tells {
        Tells::Nothing => false,
        Tells::NorthAmerica => {
            let digits = digits.strip_prefix(&[1]).unwrap_or(digits);
            // 555 is nobody's area code; invented numbers have it, and are treated like real ones.
            form.gaps().contains(&Gap::Bracket)
                || digits[..3] == [5, 5, 5]
                || plan.is_north_american(digits)
                || context()
        }
        Tells::Itself => plan.is_national(digits),
        Tells::Dialled => true,
        // Pairs that all start with a zero are bytes.
        Tells::Pairs => {
            !is_hex(text, &place)
                && digits.chunks(2).skip(1).any(|pair| pair[0] != 0)
                && plan.is_national(digits)
        }
        Tells::ItselfInChinese => plan.is_national(digits) && (near_han(text, &place) || context()),
        Tells::InContext => context() && plan.is_national(digits),
    };
    phone.then_some(place)
}

/// How much the spelling alone says.
enum Tells {
    Nothing,
    /// A phone number only if a word before says so.
    InContext,
    /// A phone number in Chinese text.
    ItselfInChinese,
    /// A phone number of North America.
    NorthAmerica,
    /// A phone number of any of the known countries.
    Itself,
    /// A phone number of a country whose blocks are not known, in a form that nothing else has.
    Dialled,
    /// The same, unless the pairs are a piece of a longer list.
    Pairs,
}

fn tells(form: &Form<'_>) -> Tells {
    let digits = form.digits;
    match (form.lengths(), form.gaps()) {
        ([3, 3, 4], [first, second]) | ([1, 3, 3, 4], [_, first, second])
            if digits[0] != 0 && (digits.len() == 10 || digits[0] == 1) =>
        {
            match (first, second) {
                (Gap::Dash | Gap::Bracket | Gap::Space | Gap::Slash, Gap::Dash)
                | (Gap::Bracket, Gap::Space | Gap::Dot)
                | (Gap::Dot, Gap::Dot)
                    if digits[0] != 4 || digits[1..3] != [0, 0] =>
                {
                    Tells::NorthAmerica
                }
                // 400-123-4567: hotlines in China.
                (Gap::Dash, Gap::Dash) => Tells::ItselfInChinese,
                (Gap::Space, Gap::Space) => Tells::InContext,
                _ => Tells::Nothing,
            }
        }
        ([3, 4, 4], _) if digits[0] == 1 => match form.uniform_gap() {
            Some(Gap::Dash) => Tells::Itself,
            Some(Gap::Space) => Tells::ItselfInChinese,
            _ => Tells::Nothing,
        },
        ([3, 4, 3], _) if digits[..3] == [4, 0, 0] => Tells::ItselfInChinese,
        // Russia: 8 (495) 555-01-32.
        (
            [1, 3, 3, 2, 2],
            [
                Gap::Space | Gap::Dash | Gap::Other,
                Gap::Bracket | Gap::Dash,
                Gap::Dash,
                Gap::Dash,
            ],
        ) if matches!(digits[..2], [7 | 8, 3..=9]) => Tells::Dialled,
        // Brazil: 11 91234-5678.
        ([2, 5, 4], [Gap::Space | Gap::Bracket, Gap::Dash]) if digits[2] == 9 => Tells::Itself,
        (_, [Gap::Bracket, rest @ ..]) if rest.iter().all(|gap| matches!(gap, Gap::Dash | Gap::Space)) => {
            Tells::Itself
        }
        _ if digits[0] == 0 && digits[1] != 0 => with_trunk_zero(form),
        (lengths, gaps)
            if gaps.iter().all(|gap| matches!(gap, Gap::Dash | Gap::Space))
                && lengths.iter().any(|length| *length > 2) =>
        {
            Tells::InContext
        }
        _ => Tells::Nothing,
    }
}

fn with_trunk_zero(form: &Form<'_>) -> Tells {
    let digits = form.digits;
    match (form.lengths(), form.uniform_gap()) {
        // France: pairs; a longer list of pairs is data.
        ([2, 2, 2, 2, 2], Some(Gap::Space | Gap::Dot | Gap::Dash)) => Tells::Pairs,
        ([1, ..] | [2, 2, ..], _) => Tells::Nothing,
        // An American postal code.
        ([5, 4], Some(Gap::Dash)) => Tells::Nothing,
        ([2..=5, rest @ ..], Some(Gap::Dash)) if rest.iter().all(|length| *length > 2) => Tells::Itself,
        // 020 7946 0958, 0161 496 0000, 0800 123 456, 07912 345678, 01632 960 001.
        ([3, 4, 4], Some(Gap::Space)) if digits[1] == 2 => Tells::Itself,
        ([4, 3, 3 | 4], Some(Gap::Space)) if matches!(digits[1], 1 | 8) => Tells::Itself,
        ([5, 6] | [5, 3, 3], Some(Gap::Space)) if matches!(digits[1], 1 | 7) => Tells::Itself,
        // German mobile numbers: 0151 23456789.
        ([4, 7 | 8], Some(Gap::Space)) if digits[1] == 1 && matches!(digits[2], 5..=7) => Tells::Itself,
        ([3..=5, ..], _)
            if form.gaps()[0] == Gap::Slash && form.gaps()[1..].iter().all(|gap| *gap == Gap::Space) =>
        {
            Tells::Itself
        }
        // China: 0755-1234 5678.
        ([3 | 4, 4, 4], None) if form.gaps() == [Gap::Dash, Gap::Space] => Tells::Itself,
        (_, Some(Gap::Space | Gap::Dash | Gap::Dot)) => Tells::InContext,
        _ => Tells::Nothing,
    }
}

/// Whether the pairs are bytes: `hex!("02 80 ...")`, `bytes.fromhex(...)`, `unhexlify(...)`.
fn is_hex(text: &str, place: &Place) -> bool {
    const WINDOW: usize = 24;
    let before = line_before(text, place.start, WINDOW);
    let call = before.trim_end_matches(['"', '\'', '`', '(', ' ']);
    call.len() < before.len() && has(call.as_bytes(), "hex")
}

fn near_han(text: &str, place: &Place) -> bool {
    let has_han = |text: &str| text.chars().any(is_han);
    has_han(line_before(text, place.start, HAN_WINDOW)) || has_han(line_after(text, place.end, HAN_WINDOW))
}

/// Whether a word on the line before `at` tells of telephones.
pub(super) fn has_context(text: &str, at: usize) -> bool {
    let window = line_before(text, at, CONTEXT_WINDOW);
    let is_ascii = window.is_ascii();
    // Lists of numbers have no words.
    if is_ascii && !window.bytes().any(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    let whole = word_start(text, at - window.len());
    let mut words = window
        .split(|c: char| !c.is_alphabetic())
        .skip(usize::from(!whole))
        .filter(|word| (2..=14).contains(&word.len()));
    words.any(|word| CONTEXT_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
        || !is_ascii
            && (HAN_CONTEXT.iter().any(|word| window.contains(word))
                || window.contains(['☎', '📞', '📱', '✆']))
}
