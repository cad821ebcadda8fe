//! Which values tell by themselves what they are, so that they are looked for wherever they may stand.

use std::borrow::Cow;

use super::needle::{Place, is_unspaced};
use crate::EntityType;
use crate::lexicon::is_common_word;

/// A value of so many characters is no word that stands anywhere by chance.
const LONG: usize = 8;
/// A number of fewer digits is a number like any other.
const MIN_DIGITS: usize = 7;
/// A shorter name, or part of one, is met inside other things.
const MIN_NAME: usize = 3;

/// Whether a value is looked for where no detector found it.
fn tells(entity: &EntityType, value: &str) -> bool {
    use EntityType as E;
    let chars = value.chars().count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match entity {
        // A form that nothing else has.
        E::Email
        | E::UrlCredentials
        | E::CreditCard
        | E::Iban
        | E::MacAddress
        | E::CryptoWallet
        | E::ApiKey
        | E::BearerToken
        | E::Jwt
        | E::PrivateKey
        | E::ConnectionString => chars >= LONG || chars >= 6 && !is_common(value),
        E::IpAddress => chars >= LONG,
        E::Phone
        | E::BankAccount
        | E::NationalId
        | E::HealthId
        | E::TaxId
        | E::Passport
        | E::DriverLicense
        | E::VehicleId => digits >= MIN_DIGITS || chars >= LONG && digits > 0,
        E::DateOfBirth => chars >= LONG,
        E::Person | E::Organization | E::Address => is_name(value),
        E::Password | E::UsernamePath | E::Custom(_) => chars >= LONG && !is_common(value),
        // It says only that something could not be read.
        E::Opaque => false,
    }
}

/// The spellings to look for: the value itself, a number also without what groups it, and the parts of a name.
pub(super) fn spellings<'a>(entity: &EntityType, value: &'a str) -> Vec<(Cow<'a, str>, Place)> {
    let value = value.trim();
    if !tells(entity, value) {
        return Vec::new();
    }
    let is_person = *entity == EntityType::Person;
    let is_word = !value.contains(char::is_whitespace);
    // A name of one short word may be a word of a program.
    let is_short = is_person && is_word && value.is_ascii() && value.len() < LONG;
    let place = if is_short { Place::Prose } else { Place::Text };
    let mut all = vec![(Cow::Borrowed(value), place)];
    if is_person && !is_word {
        let parts = value.split_whitespace();
        let parts = parts.map(|part| part.trim_matches(|char: char| !char.is_alphanumeric()));
        all.extend(
            parts
                .filter(|part| is_part(part))
                .map(|part| (part.into(), Place::Prose)),
        );
    }
    if value.contains('%') {
        // Escaped, it may look as if it had been escaped twice.
        all.push((value.replace('%', "%25").into(), place));
    }
    if is_grouped(entity) && value.contains([' ', '-']) {
        let compact: String = value.chars().filter(|char| !matches!(char, ' ' | '-')).collect();
        all.push((compact.into(), Place::Text));
    }
    all
}

const fn is_grouped(entity: &EntityType) -> bool {
    use EntityType as E;
    matches!(
        entity,
        E::CreditCard | E::Iban | E::BankAccount | E::NationalId | E::HealthId | E::TaxId | E::Phone
    )
}

/// Whether a part of a name is looked for alone.
fn is_part(part: &str) -> bool {
    part.chars().count() > MIN_NAME && !part.chars().any(is_unspaced) && !is_common_word(part)
}

fn is_name(value: &str) -> bool {
    let words = || {
        value
            .split(|char: char| char.is_whitespace() || char == '-')
            .filter(|word| !word.is_empty())
    };
    let long_enough = value.len() > MIN_NAME;
    long_enough && words().any(|word| !is_common_word(word) && word.len() > 1)
}

/// Whether a value is a word of the list, with or without digits and signs behind it.
fn is_common(value: &str) -> bool {
    is_common_word(value)
        || value
            .split(|char: char| !char.is_alphanumeric())
            .all(|word| word.is_empty() || is_common_word(word))
}

/// Whether a text is prose: words, with few of the signs that programs are made of. Its beginning tells.
pub(super) fn is_prose(text: &str) -> bool {
    const TELLING: usize = 2048;
    let head = &text.as_bytes()[..text.len().min(TELLING)];
    let is_sign = |byte: u8| {
        (byte == b'{')
            | (byte == b'}')
            | (byte == b';')
            | (byte == b'=')
            | (byte == b'<')
            | (byte == b'>')
            | (byte == b'(')
            | (byte == b')')
            | (byte == b'[')
            | (byte == b']')
            | (byte == b'_')
            | (byte == b'$')
            | (byte == b'\\')
    };
    // Counted in bytes, as vectors do.
    let signs = head
        .chunks(128)
        .map(|chunk| chunk.iter().map(|byte| u8::from(is_sign(*byte))).sum::<u8>());
    signs.map(usize::from).sum::<usize>() * 24 <= head.len()
}
