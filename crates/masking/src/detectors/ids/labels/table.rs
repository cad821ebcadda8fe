//! Which words name which identifiers.

use super::super::iban;
use super::super::kind::IdKind::{self, *};
use super::reading::least_digits;

/// How far a value may be from its label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Behind `:`, `is`, `number` and the like only: the values have no checksum.
    Beside,
    /// Words may stand between, and the value may come first.
    Near,
}

/// In what letters a label counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Any.
    Any,
    /// An abbreviation that is also a word: capitals, or a key before `:` or `=`.
    Capital,
}

/// Words with what they name.
pub(super) struct Label {
    /// ASCII lower-case or non-ASCII; a space also stands for `_`, `-` and nothing.
    pub(super) words: &'static [&'static str],
    pub(super) letters: Letters,
    /// What the values may be, the most telling first.
    pub(super) kinds: &'static [IdKind],
    pub(super) reach: Reach,
    /// The words name a number so plainly that one of the right length counts beside them even when its check fails.
    pub(super) is_explicit: bool,
    /// One of these must stand before the label; empty: nothing must.
    pub(super) company: &'static [&'static str],
}

impl Label {
    /// Every value of its kinds starts with so many digits.
    pub(super) fn least_digits(&self) -> usize {
        let least = self.kinds.iter().map(|kind| least_digits(*kind));
        least.min().unwrap_or_default()
    }

    /// No value of its kinds has more letters and digits.
    pub(super) fn most_chars(&self) -> usize {
        if self.kinds.contains(&Iban) {
            iban::MAX_CHARS
        } else {
            21
        }
    }
}

const fn near(words: &'static [&'static str], kinds: &'static [IdKind]) -> Label {
    Label {
        words,
        letters: Letters::Any,
        kinds,
        reach: Reach::Near,
        is_explicit: false,
        company: &[],
    }
}

const fn explicit(words: &'static [&'static str], kinds: &'static [IdKind]) -> Label {
    Label {
        is_explicit: true,
        ..near(words, kinds)
    }
}

const fn capital(words: &'static [&'static str], kinds: &'static [IdKind]) -> Label {
    Label {
        letters: Letters::Capital,
        ..near(words, kinds)
    }
}

const fn beside(words: &'static [&'static str], kinds: &'static [IdKind]) -> Label {
    Label {
        reach: Reach::Beside,
        ..near(words, kinds)
    }
}

const ANY_NATIONAL_ID: &[IdKind] = &[
    CnResidentId,
    ItCodiceFiscale,
    FrNir,
    EsDni,
    EsNie,
    UkNino,
    KrRrn,
    BrCpf,
    InAadhaar,
    DeIdCard,
    Labelled,
];
const ANY_TAX_ID: &[IdKind] = &[CnUscc, UsEin, UsItin, Vat, BrCnpj, BrCpf, DeSteuerId, TaxNumber];

/// All labels.
pub(super) static TABLE: &[Label] = &[
    // Cards and accounts.
    near(
        &[
            "card",
            "cards",
            "ccnum",
            "visa",
            "mastercard",
            "amex",
            "american express",
            "maestro",
            "kreditkarte",
            "kartennummer",
            "carte",
            "tarjeta",
            "carta di credito",
            "cartão",
            "信用卡",
            "クレジットカード",
            "カード番号",
            "카드번호",
        ],
        &[Card],
    ),
    near(&["银行卡", "卡号", "储蓄卡", "借记卡"], &[Card, BankCard]),
    near(&["iban"], &[Iban]),
    beside(
        &[
            "account number",
            "account no",
            "account num",
            "account nr",
            "acct number",
            "acct no",
            "acct. no",
            "account #",
            "acct #",
            "acct num",
            "a/c no",
            "a/c number",
            "acc no",
            "acc number",
            "bank account",
            "checking account",
            "savings account",
            "kontonummer",
            "konto nr",
            "kto nr",
            "numéro de compte",
            "numero de compte",
            "número de cuenta",
            "numero de cuenta",
            "conto corrente",
            "número da conta",
            "rekeningnummer",
            "口座番号",
            "계좌번호",
        ],
        &[Iban, Account],
    ),
    Label {
        company: &[
            "sort code",
            "sortcode",
            "sort_code",
            "routing",
            "bank",
            "aba",
            "bic",
            "swift",
        ],
        ..beside(&["account", "acct", "a/c", "konto"], &[Iban, Account])
    },
    beside(
        &["账号", "帐号", "账户", "帐户", "賬號", "帳號", "賬戶", "帳戶"],
        &[Iban, BankCard],
    ),
    explicit(
        &[
            "routing number",
            "routing no",
            "routing",
            "aba number",
            "aba no",
            "aba routing",
        ],
        &[UsRouting],
    ),
    capital(&["aba", "rtn"], &[UsRouting]),
    near(&["sort code"], &[UkSortCode, Account]),
    // National ids.
    near(
        &["ssn", "social security", "soc sec", "my social"],
        &[UsSsn, UsItin],
    ),
    near(&["itin"], &[UsItin]),
    explicit(&["social insurance", "assurance sociale"], &[CaSin]),
    capital(&["sin", "nas"], &[CaSin]),
    explicit(&["nhs number", "nhs no", "nhs id"], &[UkNhs]),
    near(&["nhs"], &[UkNhs]),
    // Health.
    near(
        &[
            "krankenversichertennummer",
            "krankenversicherungsnummer",
            "krankenversicherungsnr",
            "versichertennummer",
            "versichertennr",
            "versicherten nr",
            "kv nr",
            "kvnr",
            "egk",
            "versicherte",
        ],
        &[DeKvnr, HealthNumber],
    ),
    near(
        &[
            "medicare",
            "mbi",
            "health card",
            "ohip",
            "ramq",
            "health number",
            "carte soleil",
        ],
        &[UsMbi, AuMedicare, CaHealth],
    ),
    beside(
        &[
            "mrn",
            "medical record number",
            "medical record no",
            "medical record",
            "patient id",
            "patient number",
            "patient no",
            "member id",
            "member number",
            "subscriber id",
            "policy number",
            "policy no",
            "group #",
            "health insurance number",
            "insurance number",
            "patientennummer",
            "patienten nr",
            "fallnummer",
            "policennummer",
            "dossier patient",
            "numéro adhérent",
            "n° adhérent",
            "historia clínica",
            "病历号",
            "患者id",
            "被保険者番号",
            "환자번호",
        ],
        &[UsMbi, HealthNumber],
    ),
    near(
        &[
            "sozialversicherungsnummer",
            "rentenversicherungsnummer",
            "versicherungsnummer",
            "sv nummer",
            "rvnr",
        ],
        &[DeSocialSecurity],
    ),
    near(&["ahv", "avs"], &[ChAhv]),
    explicit(&["pesel"], &[PlPesel]),
    explicit(&["national insurance", "nino", "ni number", "ni no"], &[UkNino]),
    near(
        &[
            "身份证",
            "身份證",
            "证件号",
            "resident id",
            "resident identity",
            "chinese id",
        ],
        &[CnResidentId, TwNationalId],
    ),
    near(&["身分證", "統一證號", "居留證"], &[TwNationalId, CnResidentId]),
    explicit(
        &[
            "steuer id",
            "steueridentifikation",
            "identifikationsnummer",
            "idnr",
        ],
        &[DeSteuerId],
    ),
    near(&["personalausweis", "ausweis", "ausweisnummer"], &[DeIdCard]),
    near(
        &[
            "sécurité sociale",
            "securite sociale",
            "sÉcuritÉ sociale",
            "sécu",
            "numéro insee",
        ],
        &[FrNir],
    ),
    explicit(
        &["dni", "documento nacional de identidad"],
        &[EsDni, EsNie, Labelled],
    ),
    near(&["nif"], &[EsDni, EsNie, Vat]),
    near(
        &["codice fiscale", "cod. fiscale", "cod. fisc", "c.f"],
        &[ItCodiceFiscale, Vat],
    ),
    explicit(
        &[
            "bsn",
            "burgerservicenummer",
            "burger service nummer",
            "sofinummer",
        ],
        &[NlBsn],
    ),
    explicit(&["aadhaar", "aadhar", "आधार"], &[InAadhaar]),
    explicit(&["cpf"], &[BrCpf]),
    explicit(&["주민등록번호", "주민번호"], &[KrRrn]),
    capital(&["rrn"], &[KrRrn]),
    explicit(&["マイナンバー", "個人番号"], &[JpMyNumber]),
    near(&["my number", "mynumber"], &[JpMyNumber]),
    explicit(
        &[
            "national id",
            "national identity",
            "national identification",
            "identity card",
            "citizen id",
            "cédula",
            "cedula",
            "personnummer",
            "carte d'identité",
            "carta d'identità",
        ],
        ANY_NATIONAL_ID,
    ),
    near(
        &[
            "id number",
            "id no",
            "id card",
            "identity number",
            "identification number",
        ],
        ANY_NATIONAL_ID,
    ),
    // Tax ids.
    explicit(
        &[
            "vat",
            "ust id",
            "ust idnr",
            "umsatzsteuer id",
            "umsatzsteuer identifikationsnummer",
            "tva",
            "btw",
            "partita iva",
            "p.iva",
            "p. iva",
            "p.i",
            "mwst",
            "moms",
        ],
        &[Vat],
    ),
    capital(&["nip", "cif"], &[Vat]),
    explicit(&["cnpj"], &[BrCnpj]),
    capital(&["pan"], &[InPan]),
    near(
        &["permanent account number", "pan card", "pan number", "pan no"],
        &[InPan],
    ),
    explicit(&["統一編號", "統編"], &[TwBusiness]),
    explicit(&["employer identification", "employer id", "fein"], &[UsEin]),
    capital(&["ein"], &[UsEin]),
    explicit(
        &[
            "tax id",
            "tax identification",
            "taxpayer id",
            "taxpayer identification",
            "tax number",
            "tax no",
            "steuernummer",
            "steuer nr",
            "税号",
            "稅號",
            "纳税人识别号",
            "纳税识别号",
            "信用代码",
        ],
        ANY_TAX_ID,
    ),
    capital(&["tin"], ANY_TAX_ID),
    // Documents.
    near(
        &[
            "passport",
            "reisepass",
            "pass nr",
            "passnummer",
            "passeport",
            "pasaporte",
            "passaporto",
            "护照",
            "護照",
            "パスポート",
            "旅券",
            "여권",
            // Case is folded for ASCII only.
            "паспорт",
            "Паспорт",
            "ПАСПОРТ",
            "паспорта",
        ],
        &[Passport],
    ),
    near(
        &[
            "driver license",
            "drivers license",
            "driver's license",
            "driver’s license",
            "driver licence",
            "drivers licence",
            "driver's licence",
            "driver’s licence",
            "driving license",
            "driving licence",
            "dl number",
            "dl no",
            "führerschein",
            "fuehrerschein",
            "permis de conduire",
            "permiso de conducir",
            "carnet de conducir",
            "carné de conducir",
            "licencia de conducir",
            "licencia de conducción",
            "patente di guida",
            "rijbewijs",
            "驾驶证",
            "驾照",
            "駕照",
            "運転免許",
            "운전면허",
        ],
        &[DriverLicense],
    ),
    Label {
        letters: Letters::Capital,
        ..beside(&["dl"], &[DriverLicense])
    },
    Label {
        company: &["driver", "drivers", "driver's", "driving", "dmv"],
        ..beside(
            &["license number", "license no", "licence number", "licence no"],
            &[DriverLicense],
        )
    },
];
