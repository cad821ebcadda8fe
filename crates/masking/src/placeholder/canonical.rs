//! Which spellings mean the same entity, and which one of them is the type's normal form.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::EntityType;

/// How the spellings of one entity differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Not at all: another spelling is another value.
    Exact,
    /// In everything but letters, digits and a leading `+`; the normal form has capitals.
    Compact,
    /// In case, width and white space; the normal form is lower case.
    Folded,
    /// In case, width and white space; the normal form has a capital at each word's start.
    Titled,
}

const fn form(entity: &EntityType) -> Form {
    use EntityType as E;
    match entity {
        E::Person | E::Organization | E::Address => Form::Titled,
        E::Phone
        | E::MacAddress
        | E::CreditCard
        | E::Iban
        | E::BankAccount
        | E::NationalId
        | E::HealthId
        | E::TaxId
        | E::Passport
        | E::DriverLicense
        | E::VehicleId => Form::Compact,
        E::Email | E::DateOfBirth | E::IpAddress | E::Custom(_) => Form::Folded,
        E::CryptoWallet
        | E::UsernamePath
        | E::UrlCredentials
        | E::ApiKey
        | E::BearerToken
        | E::Jwt
        | E::PrivateKey
        | E::Password
        | E::ConnectionString
        | E::Opaque => Form::Exact,
    }
}

/// Writes the canonical value of one value; answers whether that value is the type's normal form.
pub(super) fn canonical(entity: &EntityType, spelling: &str, value: &mut String) -> bool {
    let form = form(entity);
    value.clear();
    match form {
        Form::Exact => {}
        Form::Compact => compact(spelling, value),
        Form::Folded | Form::Titled => folded(spelling, value),
    }
    if value.is_empty() {
        // Exact, or nothing but separators: the spelling is all there is.
        value.push_str(spelling);
        return true;
    }
    match form {
        Form::Titled => is_titled(value, spelling),
        _ => value == spelling,
    }
}

fn compact(spelling: &str, value: &mut String) {
    let wide;
    let text = if spelling.is_ascii() {
        spelling
    } else {
        wide = compatible(spelling);
        &wide
    };
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    value.extend(kept.flat_map(char::to_uppercase));
    if !value.is_empty() && text.trim_start().starts_with('+') {
        value.insert(0, '+');
    }
}

fn folded(spelling: &str, value: &mut String) {
    let wide;
    let text = if spelling.is_ascii() {
        spelling
    } else {
        // Upper case first: it spells out what lower case alone keeps apart (ß and ss, ς and σ).
        wide = Zeroizing::new(Zeroizing::new(compatible(spelling).to_uppercase()).to_lowercase());
        &wide
    };
    for word in text.split_whitespace() {
        if !value.is_empty() {
            value.push(' ');
        }
        value.push_str(word);
    }
    value.make_ascii_lowercase();
}

/// NFKC: full-width, half-width and other compatibility forms become the ordinary ones.
fn compatible(text: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(text.len()));
    folded.extend(text.nfkc());
    folded
}

/// Whether `spelling` is `lower` with a capital wherever a letter does not follow a letter or digit.
fn is_titled(lower: &str, spelling: &str) -> bool {
    let mut spelled = spelling.chars();
    let mut in_word = false;
    for c in lower.chars() {
        let matches = if in_word {
            spelled.next() == Some(c)
        } else {
            c.to_uppercase().all(|capital| spelled.next() == Some(capital))
        };
        if !matches {
            return false;
        }
        in_word = c.is_alphanumeric();
    }
    spelled.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entity: &EntityType, spelling: &str) -> (String, bool) {
        let mut value = "before".to_owned();
        let is_normal = canonical(entity, spelling, &mut value);
        (value, is_normal)
    }

    #[test]
    fn names_fold_case_width_and_white_space() {
        for spelling in [
            "alice o'brien",
            "ALICE  O'BRIEN",
            " Alice\tO'Brien",
            "Ａｌｉｃｅ O'Brien",
        ] {
            assert_eq!(of(&EntityType::Person, spelling), ("alice o'brien".into(), false));
        }
        assert!(of(&EntityType::Person, "Alice O'Brien").1);
        assert!(of(&EntityType::Person, "Anne-Marie Weiss").1);
        assert_eq!(of(&EntityType::Person, "王小明"), ("王小明".into(), true));
        assert_eq!(
            of(&EntityType::Person, "WEISS").0,
            of(&EntityType::Person, "Weiß").0
        );
        assert_eq!(
            of(&EntityType::Person, "ΝΙΚΟΣ").0,
            of(&EntityType::Person, "Νίκος").0.replace('ί', "ι")
        );
    }

    #[test]
    fn mail_addresses_are_normal_in_lower_case() {
        assert_eq!(
            of(&EntityType::Email, "Bob@Corp.example"),
            ("bob@corp.example".into(), false)
        );
        assert!(of(&EntityType::Email, "bob@corp.example").1);
    }

    #[test]
    fn numbers_keep_letters_digits_and_a_leading_plus() {
        assert_eq!(
            of(&EntityType::Phone, "+1 (415) 555-0123"),
            ("+14155550123".into(), false)
        );
        assert_eq!(
            of(&EntityType::CreditCard, "4111 1111 1111 1111").0,
            "4111111111111111"
        );
        assert!(of(&EntityType::Phone, "+14155550123").1);
        assert_eq!(of(&EntityType::Iban, "de89 3704 0044").0, "DE8937040044");
        assert_eq!(of(&EntityType::Phone, "１３８００１３８０００").0, "13800138000");
    }

    #[test]
    fn secrets_are_exact_and_nothing_is_empty() {
        for secret in ["sk-Abc Def", " x", "ß"] {
            assert_eq!(of(&EntityType::ApiKey, secret), (secret.into(), true));
        }
        for odd in ["", "+", "--", " "] {
            assert_eq!(of(&EntityType::Phone, odd), (odd.into(), true));
        }
    }
}
