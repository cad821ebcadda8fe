//! Numbers and codes that identify a person, a company or an account: cards, IBANs, national ids, tax ids, wallets.
//!
//! [`forms`] finds what shows itself by its form and checksum, [`labels`] judges what stands beside a word that names it,
//! [`crypto_wallet`] addresses on block chains. The other modules know one family of identifiers each and judge
//! digits, not text.

mod bank;
mod card;
mod crypto_wallet;
mod forms;
mod glued;
mod health;
mod iban;
mod kind;
mod labels;
mod national;
mod value;
mod vat;

pub(super) use self::labels::LabelledIds;
use super::rule::Rule;

/// The rules of this family.
pub(super) fn rules() -> [Box<dyn Rule>; 4] {
    [
        Box::new(crypto_wallet::CryptoWallets::new()),
        Box::new(forms::Forms::new()),
        Box::new(glued::Glued::new()),
        Box::new(health::HealthForms::new()),
    ]
}

#[cfg(test)]
mod tests;
