use crate::detectors::ids::tests::{assert_clear, assert_found, found};

#[test]
fn cards_in_every_spacing() {
    for card in [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111\t1111\t1111\t1111",
        "3782 822463 10005",
        "3056 930902 5904",
        "2223 0031 2200 3222",
        "6205500000000000004",
        "620550 0000000000004",
        "5555555555554444",
    ] {
        for (before, after) in [
            ("", ""),
            ("pay with ", " 12/27 123."),
            ("(", ")"),
            ("\"", "\","),
            ("卡", "。"),
            ("x,", ",123"),
        ] {
            assert_found(&[(&format!("{before}{card}{after}"), "credit_card", card)]);
        }
    }
}

#[test]
fn lists_of_cards_are_found_whole() {
    let list = "4111 1111 1111 1111 5555 5555 5555 4444";
    assert_eq!(
        found(list),
        [
            "credit_card: 4111 1111 1111 1111",
            "credit_card: 5555 5555 5555 4444"
        ]
    );
    let csv = "Ann,4111111111111111,12/27\nBob,5555555555554444,01/28";
    assert_eq!(found(csv).len(), 2);
    assert_found(&[(
        "4111 1111 1111 1111 1227 123",
        "credit_card",
        "4111 1111 1111 1111",
    )]);
}

#[test]
fn rows_of_numbers_are_no_cards() {
    assert_clear(&[
        "509A 6700 51F1 5272 5274 5275 5269 52DE",
        "54E8 5546 5531 5617 5968 59BE",
        "0 6179 1186 0 750 751 2400 2401 2903 2904 3816",
        "[.4300.0020.0011.0002]",
        "6146 6271 6278 5365 6614",
        "5E0C 6271 6278 5365",
        "'5078 5077 5077'",
        "{ 120000000000001, 378282246310005, 130000000000002 }",
        "378282246310005\n130000000000002\n",
    ]);
}

#[test]
fn ibans_with_and_without_spaces() {
    assert_found(&[
        (
            "an DE89370400440532013000 zahlen",
            "iban",
            "DE89370400440532013000",
        ),
        (
            "DE89 3704 0044 0532 0130 00.",
            "iban",
            "DE89 3704 0044 0532 0130 00",
        ),
        (
            "GB29 NWBK 6016 1331 9268 19 and more",
            "iban",
            "GB29 NWBK 6016 1331 9268 19",
        ),
        ("(NL91ABNA0417164300)", "iban", "NL91ABNA0417164300"),
        (
            "FR14-2004-1010-0505-0001-3M02-606",
            "iban",
            "FR14-2004-1010-0505-0001-3M02-606",
        ),
        ("账户DE89370400440532013000。", "iban", "DE89370400440532013000"),
    ]);
    assert_clear(&[
        "DE88370400440532013000",
        "DE8937040044053201300",
        "DE89 3704 0044 0532 0130",
    ]);
}

#[test]
fn cards_with_dots_wrapped_ibans_and_taiwanese_ids() {
    assert_found(&[
        ("card 4111.1111.1111.1111.", "credit_card", "4111.1111.1111.1111"),
        (
            "to DE89 3704 0044\n  0532 0130 00 by",
            "iban",
            "DE89 3704 0044\n  0532 0130 00",
        ),
        ("DE8937040044\r\n0532013000", "iban", "DE8937040044\r\n0532013000"),
        ("身分證字號A123456789", "national_id.tw_national_id", "A123456789"),
    ]);
    assert_clear(&[
        "part A123456789",
        "DE89 3704 0044\n\n0532 0130 00",
        "DE89 3704 0044\n0532 0130 01",
    ]);
}

#[test]
fn social_security_numbers_by_their_hyphens() {
    assert_found(&[
        ("078-05-1120", "national_id.us_ssn", "078-05-1120"),
        ("Jane, 123-45-6789, NY", "national_id.us_ssn", "123-45-6789"),
        ("912-70-1234", "national_id.us_itin", "912-70-1234"),
    ]);
    assert_clear(&[
        "000-12-3456",
        "666-12-3456",
        "123-00-4567",
        "123 45 6789",
        "987-66-4321",
    ]);
}

#[test]
fn asian_ids_by_form() {
    assert_found(&[
        (
            "他是11010519491231002X。",
            "national_id.cn_resident_id",
            "11010519491231002X",
        ),
        (
            "11010519491231002x",
            "national_id.cn_resident_id",
            "11010519491231002x",
        ),
        (
            "号码440524188001010014",
            "national_id.cn_resident_id",
            "440524188001010014",
        ),
        (
            "110101 19900307 8515",
            "national_id.cn_resident_id",
            "110101 19900307 8515",
        ),
        ("2345 6789 0124", "national_id.in_aadhaar", "2345 6789 0124"),
        ("900101-1234568", "national_id.kr_rrn", "900101-1234568"),
        ("91350211M000100Y46", "tax_id.cn_uscc", "91350211M000100Y46"),
        ("code 913100006073700009", "tax_id.cn_uscc", "913100006073700009"),
    ]);
    assert_clear(&[
        "110105194912310021",
        "2345 6789 0125",
        "901301-1234568",
        "91350211M000100Y47",
    ]);
}

#[test]
fn european_ids_by_form() {
    assert_found(&[
        ("NINO-free text AB123456C.", "national_id.uk_nino", "AB123456C"),
        ("QQ 12 34 56 C", "national_id.uk_nino", "QQ 12 34 56 C"),
        ("QQ12 34 56 C", "national_id.uk_nino", "QQ12 34 56 C"),
        ("401 023 2137", "health_id.uk_nhs", "401 023 2137"),
        (
            "1 85 05 78 006 084 91",
            "national_id.fr_nir",
            "1 85 05 78 006 084 91",
        ),
        ("185057800608491", "national_id.fr_nir", "185057800608491"),
        ("253072A07300245", "national_id.fr_nir", "253072A07300245"),
        ("Juan, 12345678Z, Madrid", "national_id.es_dni", "12345678Z"),
        ("12.345.678-Z", "national_id.es_dni", "12.345.678-Z"),
        ("12.345.678Z", "national_id.es_dni", "12.345.678Z"),
        ("12345678-Z", "national_id.es_dni", "12345678-Z"),
        ("X1234567L", "national_id.es_nie", "X1234567L"),
        ("X-1234567-L", "national_id.es_nie", "X-1234567-L"),
        (
            "RSSMRA85T10A562S",
            "national_id.it_codice_fiscale",
            "RSSMRA85T10A562S",
        ),
    ]);
    assert_clear(&[
        "AB123456E",
        "12345678A",
        "12345678 Z",
        "12.345.678-A",
        "X1234567A",
        "RSSMRA85T10A562T",
        "185057800608492",
        "943 476 5918",
    ]);
}

#[test]
fn american_ids_by_form() {
    assert_found(&[
        ("123.456.789-09", "national_id.br_cpf", "123.456.789-09"),
        ("123456789-09", "national_id.br_cpf", "123456789-09"),
        ("11.222.333/0001-81", "tax_id.br_cnpj", "11.222.333/0001-81"),
        ("11222333/0001-81", "tax_id.br_cnpj", "11222333/0001-81"),
        ("130-692-544", "national_id.ca_sin", "130-692-544"),
    ]);
    assert_clear(&[
        "123.456.789-00",
        "11.222.333/0001-82",
        "130-692-545",
        "12345678909",
        "130 692 544",
    ]);
}

#[test]
fn vat_numbers_by_prefix_and_check() {
    assert_found(&[
        ("DE136695976", "tax_id.vat", "DE136695976"),
        ("ATU13585627", "tax_id.vat", "ATU13585627"),
        ("NL004495445B01", "tax_id.vat", "NL004495445B01"),
        ("FR40303265045", "tax_id.vat", "FR40303265045"),
        ("BE 0428.759.497", "tax_id.vat", "BE 0428.759.497"),
        ("DE 136 695 976", "tax_id.vat", "DE 136 695 976"),
        ("CHE-100.155.212", "tax_id.vat", "CHE-100.155.212"),
        ("ESB58378431", "tax_id.vat", "ESB58378431"),
        ("IE6433435F", "tax_id.vat", "IE6433435F"),
    ]);
    assert_clear(&[
        "DE136695977",
        "FR41303265045",
        "BE0428759498",
        "PL8567346216",
        "DK 12345678",
    ]);
}
