//! The kinds of identifiers that these rules tell apart: entity type and detector name of each.

use std::sync::Arc;

use crate::detectors::Found;
use crate::{ByteSpan, EntityType, Score};

macro_rules! kinds {
    ($($variant:ident $entity:ident $name:literal),+ $(,)?) => {
        /// One kind of identifier.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum IdKind {
            $($variant),+
        }

        impl IdKind {
            const ALL: &'static [(EntityType, &'static str)] = &[$((EntityType::$entity, $name)),+];

            /// The kind of that name, as the lexicon writes it.
            pub(super) fn named(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($variant) => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    Card CreditCard "credit_card",
    Iban Iban "iban",
    Account BankAccount "bank_account",
    UsRouting BankAccount "bank_account.us_routing",
    UkSortCode BankAccount "bank_account.uk_sort_code",
    BankCard BankAccount "bank_account.card",
    Labelled NationalId "national_id",
    UsSsn NationalId "national_id.us_ssn",
    UsItin NationalId "national_id.us_itin",
    CaSin NationalId "national_id.ca_sin",
    BrCpf NationalId "national_id.br_cpf",
    CnResidentId NationalId "national_id.cn_resident_id",
    TwNationalId NationalId "national_id.tw_national_id",
    InAadhaar NationalId "national_id.in_aadhaar",
    JpMyNumber NationalId "national_id.jp_my_number",
    KrRrn NationalId "national_id.kr_rrn",
    UkNino NationalId "national_id.uk_nino",
    DeSteuerId NationalId "national_id.de_steuer_id",
    DeIdCard NationalId "national_id.de_id_card",
    FrNir NationalId "national_id.fr_nir",
    EsDni NationalId "national_id.es_dni",
    EsNie NationalId "national_id.es_nie",
    ItCodiceFiscale NationalId "national_id.it_codice_fiscale",
    NlBsn NationalId "national_id.nl_bsn",
    DeSocialSecurity NationalId "national_id.de_social_security",
    ChAhv NationalId "national_id.ch_ahv",
    PlPesel NationalId "national_id.pl_pesel",
    HealthNumber HealthId "health_id",
    UkNhs HealthId "health_id.uk_nhs",
    DeKvnr HealthId "health_id.de_kvnr",
    UsMbi HealthId "health_id.us_mbi",
    AuMedicare HealthId "health_id.au_medicare",
    CaHealth HealthId "health_id.ca_health",
    TaxNumber TaxId "tax_id",
    Vat TaxId "tax_id.vat",
    CnUscc TaxId "tax_id.cn_uscc",
    InPan TaxId "tax_id.in_pan",
    TwBusiness TaxId "tax_id.tw_business",
    UsEin TaxId "tax_id.us_ein",
    BrCnpj TaxId "tax_id.br_cnpj",
    Passport Passport "passport",
    DriverLicense DriverLicense "driver_license",
    Bitcoin CryptoWallet "crypto_wallet.bitcoin",
    Dogecoin CryptoWallet "crypto_wallet.dogecoin",
    Ethereum CryptoWallet "crypto_wallet.ethereum",
    Litecoin CryptoWallet "crypto_wallet.litecoin",
    Ripple CryptoWallet "crypto_wallet.ripple",
    Tron CryptoWallet "crypto_wallet.tron",
}

/// Reports under each kind's name.
pub(super) struct Reporter {
    names: Vec<Arc<str>>,
}

impl Reporter {
    pub(super) fn new() -> Self {
        Self {
            names: IdKind::ALL.iter().map(|(_, name)| Arc::from(*name)).collect(),
        }
    }

    pub(super) fn push(&self, found: &mut Found, kind: IdKind, span: ByteSpan, score: Score) {
        let (entity, _) = &IdKind::ALL[kind as usize];
        found.push(
            entity.clone(),
            span.start,
            span.end,
            score,
            &self.names[kind as usize],
        );
    }
}
