//! Numbers and codes that identify a person, a company or an account: cards, IBANs, national ids, tax ids, wallets.
//!
//! [`forms`] finds what shows itself by its form and checksum, [`labels`] what stands beside a word that names it,
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

use super::rule::Rule;

/// The rules of this family.
pub(super) fn rules() -> [Box<dyn Rule>; 5] {
    [
        Box::new(crypto_wallet::CryptoWallets::new()),
        Box::new(forms::Forms::new()),
        Box::new(glued::Glued::new()),
        Box::new(health::HealthForms::new()),
        Box::new(labels::Labels::new()),
    ]
}

#[cfg(test)]
mod tests;
