use crate::detectors::ids::tests::{assert_clear, assert_found, found};

#[test]
fn labels_in_prose_keys_and_forms() {
    for text in [
        "SSN 078051120",
        "ssn: 078051120",
        "\"ssn\": \"078051120\"",
        "user_ssn=078051120",
        "userSSN: 078051120",
        "ssnNumber: 078051120",
        "My social security number has always been 078051120.",
        "Social Security No. 078051120",
        "SSN:\n078051120",
        "<td>SSN</td><td>078051120</td>",
        "SSN (last known): 078051120",
        "078051120 (SSN)",
        "078051120 is my SSN",
    ] {
        assert_found(&[(text, "national_id.us_ssn", "078051120")]);
    }
    assert_found(&[("SSN 078 05 1120", "national_id.us_ssn", "078 05 1120")]);
}

#[test]
fn lists_behind_a_label_are_found_whole() {
    assert_eq!(
        found("SSNs: 078051120, 219099999 and 123456789"),
        ["078051120", "219099999", "123456789"].map(|value| format!("national_id.us_ssn: {value}"))
    );
    assert_eq!(
        found("passports: C01X00T47, 123456789"),
        ["C01X00T47", "123456789"].map(|value| format!("passport: {value}"))
    );
}

#[test]
fn columns_below_a_label_are_found_whole() {
    let csv = "name,ssn,passport_no\nAnn,078051120,C01X00T47\nBob,,123456789\nCy,219099999,\nDi,none,\n";
    let mut values = found(csv);
    values.sort();
    assert_eq!(
        values,
        [
            "national_id.us_ssn: 078051120",
            "national_id.us_ssn: 219099999",
            "passport: 123456789",
            "passport: C01X00T47"
        ]
    );
    assert_found(&[(
        "| Name | Account number |\n|---|---|\n| Ann | 12345678 |\n",
        "bank_account",
        "12345678",
    )]);
    assert_eq!(found("ssn,name\n078051120,Ann\n219099999,Bob\n").len(), 2);
    assert_clear(&["name,ssn\nAnn,078051120 apples\n", "f(ssn,\n  name,\n 078051120)"]);
}

#[test]
fn a_label_of_something_else_in_between_ends_the_search() {
    assert_clear(&[
        "\"ssn\": null, \"account_ref\": 123456789",
        "ssn=none&ref=123456789",
        "fn ssn() { 123456789 }",
        "ssn; 123456789",
        "ssn: String,\nid: 123456789",
        "className 123456789",
        "session 123456789",
        "ssn 000000000",
        "lessn 123456789",
    ]);
}

#[test]
fn cards_and_accounts_beside_their_labels() {
    assert_found(&[
        ("card number: 4222222222222", "credit_card", "4222222222222"),
        (
            "visa 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "credit_card",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        ),
        (
            "银行卡号：6222021234567890128",
            "credit_card",
            "6222021234567890128",
        ),
        (
            "银行卡号：6222021234567890123",
            "bank_account.card",
            "6222021234567890123",
        ),
        ("iban: de89370400440532013000", "iban", "de89370400440532013000"),
        ("account number 12345678", "bank_account", "12345678"),
        ("Account #12345678", "bank_account", "12345678"),
        ("Acct. No. 12345678", "bank_account", "12345678"),
        (
            "银行账号6222021234567890123",
            "bank_account.card",
            "6222021234567890123",
        ),
        ("accountNumber: \"000123456789\"", "bank_account", "000123456789"),
        ("Kontonummer: 1234567890", "bank_account", "1234567890"),
        ("A/C No. 1234-5678-90", "bank_account", "1234-5678-90"),
        (
            "账号：110060149018000000000",
            "bank_account.card",
            "110060149018000000000",
        ),
        ("sort code 12-34-56", "bank_account.uk_sort_code", "12-34-56"),
    ]);
    assert_eq!(
        found("Sort code: 12-34-56, account 12345678"),
        ["bank_account.uk_sort_code: 12-34-56", "bank_account: 12345678"]
    );
    assert_eq!(
        found("Routing number: 011000015\nAccount: 000123456"),
        ["bank_account.us_routing: 011000015", "bank_account: 000123456"]
    );
    assert_clear(&[
        "account 12345678 was created",
        "card 4111111111111112",
        "account number 2024-01-15",
        "discard 4222222222222",
        "cardinality 4222222222222",
        "IBAN DE88370400440532013000",
        "routing table 10.0.0.0/24",
    ]);
}

#[test]
fn national_ids_beside_their_labels() {
    assert_found(&[
        ("SIN: 046 454 286", "national_id.ca_sin", "046 454 286"),
        ("\"sin\": \"046454286\"", "national_id.ca_sin", "046454286"),
        ("NHS number 943 476 5919", "health_id.uk_nhs", "943 476 5919"),
        ("943-476-5919 (NHS)", "health_id.uk_nhs", "943-476-5919"),
        (
            "National Insurance: ab 12 34 56 c",
            "national_id.uk_nino",
            "ab 12 34 56 c",
        ),
        (
            "Steuer-ID: 86 095 742 719",
            "national_id.de_steuer_id",
            "86 095 742 719",
        ),
        (
            "Personalausweisnummer L01X00T47",
            "national_id.de_id_card",
            "L01X00T47",
        ),
        (
            "numéro de sécurité sociale : 1 85 05 78 006 084",
            "national_id.fr_nir",
            "1 85 05 78 006 084",
        ),
        ("DNI: 12.345.678-Z", "national_id.es_dni", "12.345.678-Z"),
        (
            "codice fiscale rssmra85t10a562s",
            "national_id.it_codice_fiscale",
            "rssmra85t10a562s",
        ),
        ("BSN 111222333", "national_id.nl_bsn", "111222333"),
        (
            "Aadhaar no: 234567890124",
            "national_id.in_aadhaar",
            "234567890124",
        ),
        ("CPF 12345678909", "national_id.br_cpf", "12345678909"),
        (
            "身份证号码是110101900307851",
            "national_id.cn_resident_id",
            "110101900307851",
        ),
        (
            "身份证：110101199003078888",
            "national_id.cn_resident_id",
            "110101199003078888",
        ),
        (
            "주민등록번호: 9001011234568",
            "national_id.kr_rrn",
            "9001011234568",
        ),
        (
            "マイナンバーは123456789018です",
            "national_id.jp_my_number",
            "123456789018",
        ),
        (
            "individual number? my number is 1234 5678 9018",
            "national_id.jp_my_number",
            "1234 5678 9018",
        ),
        ("National ID: 29001011234567", "national_id", "29001011234567"),
    ]);
    assert_clear(&[
        "using 046454286",
        "sin(046454286)",
        "NHS 0300 123 4568",
        "my number is 123456789017",
        "BSN of the block: 20 of 30",
        "id_number = 1234567",
    ]);
}

#[test]
fn a_wrong_check_counts_beside_an_explicit_label_only() {
    assert_found(&[
        (
            "Aadhaar: 1234 5678 9012",
            "national_id.in_aadhaar",
            "1234 5678 9012",
        ),
        ("NINO ZZ 12 34 56 T", "national_id.uk_nino", "ZZ 12 34 56 T"),
        ("VAT no. DE123456789", "tax_id.vat", "DE123456789"),
        (
            "routing number: 123456789",
            "bank_account.us_routing",
            "123456789",
        ),
    ]);
    assert_clear(&["aadhaar of the man with 1234 5678 9012", "NHS 943 476 5918"]);
}

#[test]
fn tax_ids_beside_their_labels() {
    assert_found(&[
        ("EIN 12-3456789", "tax_id.us_ein", "12-3456789"),
        ("ein: 123456789", "tax_id.us_ein", "123456789"),
        ("Tax ID: 12-3456789", "tax_id.us_ein", "12-3456789"),
        ("USt-IdNr.: DE 136 695 976", "tax_id.vat", "DE 136 695 976"),
        ("P.IVA 00743110157", "tax_id.vat", "00743110157"),
        ("NIP 856-734-62-15", "tax_id.vat", "856-734-62-15"),
        ("CNPJ: 12.ABC.345/01DE-35", "tax_id.br_cnpj", "12.ABC.345/01DE-35"),
        (
            "统一社会信用代码：91350211M000100Y46",
            "tax_id.cn_uscc",
            "91350211M000100Y46",
        ),
        ("Steuernummer 12/345/67890", "tax_id", "12/345/67890"),
    ]);
    assert_clear(&[
        "vat: 0.19",
        "vat = 1234",
        "protein 123456789",
        "ein 123456789",
        "martin 123456789",
    ]);
}

#[test]
fn documents_beside_their_labels() {
    assert_found(&[
        ("Passport No. 123456789", "passport", "123456789"),
        ("passport number: C01X00T47", "passport", "C01X00T47"),
        ("passportNumber=AB1234567", "passport", "AB1234567"),
        ("护照号：E12345678", "passport", "E12345678"),
        ("Reisepassnummer C01X00T47", "passport", "C01X00T47"),
        ("passeport n° 12AB34567", "passport", "12AB34567"),
        (
            "passport number of the guest is 123456789",
            "passport",
            "123456789",
        ),
        ("DL: D1234567", "driver_license", "D1234567"),
        ("driver, license number D1234567", "driver_license", "D1234567"),
        ("driver's license D1234567", "driver_license", "D1234567"),
        (
            "Driver License #: D123-456-78-901-0",
            "driver_license",
            "D123-456-78-901-0",
        ),
        (
            "driving licence MORGA657054SM9IJ",
            "driver_license",
            "MORGA657054SM9IJ",
        ),
        ("Führerscheinnummer: B072RRE2I55", "driver_license", "B072RRE2I55"),
        (
            "permis de conduire : 123456789012",
            "driver_license",
            "123456789012",
        ),
    ]);
    assert_eq!(
        found("驾驶证号 110101199003078515"),
        ["national_id.cn_resident_id", "driver_license"].map(|kind| format!("{kind}: 110101199003078515"))
    );
    assert_clear(&[
        "passport@0.7.0",
        "\"passport\": \"^0.7.0\"",
        "require('passport-oauth2')",
        "passport issuer\nC01X00T47",
        "passport expires 2027-01-01",
        "passport: 2027-01-01",
        "passport issued 20190304",
        "PASSPORT_MAPPING: u32 = 6052u32;",
        "national_id = 0x12345678",
        "PASSPORT CONTROL\n<U0001F6C3>",
        "ROUTING_FIELD_NUMBER = 72295729",
        "license: MIT 2024",
        "driver license: none",
    ]);
}

#[test]
fn tax_numbers_of_india_and_taiwan_and_russian_passports() {
    for (text, kind, value) in [
        ("PAN: ABCPE1234F", "tax_id.in_pan", "ABCPE1234F"),
        ("pan=ABCPE1234F", "tax_id.in_pan", "ABCPE1234F"),
        (
            "His permanent account number is ABCPE1234F.",
            "tax_id.in_pan",
            "ABCPE1234F",
        ),
        ("統一編號：04595257", "tax_id.tw_business", "04595257"),
        ("統編 04595257", "tax_id.tw_business", "04595257"),
        ("паспорт 4509 123456", "passport", "4509 123456"),
        ("Паспорт: 4509123456", "passport", "4509123456"),
        ("身份證 A123456789", "national_id.tw_national_id", "A123456789"),
    ] {
        let text = text.replace('：', ":");
        assert_found(&[(text.as_str(), kind, value)]);
    }
    assert_clear(&[
        "pan: abcpe1234f",
        "panABCPE1234F",
        "PAN: left 1234",
        "паспорт выдан 2009",
    ]);
}
