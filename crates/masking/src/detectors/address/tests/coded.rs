//! Addresses that their postal code or marked number proves, and what looks like them.

use super::super::super::testing::{endure, typed};
use super::super::Address;
use super::finds;

#[test]
fn a_code_and_a_town_prove_a_street() {
    for address in [
        "Am Markt 3, 50667 Köln",
        "Unter den Linden 77, 10117 Berlin",
        "Hinter der Kirche 4 · 24103 Kiel",
        "An der Alster 9, D-20099 Hamburg",
        "Graben 21/5, 1010 Wien",
        "Ruysdaelkade 57, 1072 AL Amsterdam",
        "Ruysdaelkade 57, 1072AL Amsterdam",
        "Kungsgatan 8, 111 43 Stockholm",
        "Nørrebrogade 45, 2. tv, 2200 København N",
        "Mannerheimintie 14 A 7, 00100 Helsinki",
        "Grote Markt 14, 2000 Antwerpen",
        "Rua das Flores 21, 4050-262 Porto",
        "ul. Długa 7/12, 00-238 Warszawa",
        "Vodičkova 12, 110 00 Praha 1",
        "Ερμού 25, 105 63 Αθήνα",
        "Str. Lipscani nr. 12, bl. A, ap. 4, 030031 București",
        "Calle de Alcalá 45, 2º B, 28014 Madrid",
        "14 lotissement Les Oliviers, 13100 Aix-en-Provence",
        "42 rue Victor Hugo 75016 Paris",
        "BP 1234, 69002 Lyon",
        "50667 Köln, Am Markt 3",
        "Am Markt 3 in 50667 Köln",
    ] {
        finds(&[(address, &[address])]);
        finds(&[(&format!("wohnt: {address}."), &[address])]);
    }
}

#[test]
fn marked_numbers_prove_a_street() {
    for address in [
        "Atatürk Caddesi No: 15 Daire: 4, 34433 Beyoğlu/İstanbul",
        "125009, г. Москва, ул. Тверская, д. 7, кв. 12",
        "Санкт-Петербург, Невский проспект, 28",
        "1051 Budapest, Váci utca 14",
        "Calle 72 # 10-34",
        "Cra. 7 No. 71-21",
        "Rua Augusta, 1500, apto 32 - Consolação, São Paulo - SP, 01304-001",
        "Flat No. 402, Lotus Residency, 14th Main Road, Indiranagar, Bengaluru 560038",
        "B-204, Sai Apartments, MG Road, Pune - 411001",
        "Rose Cottage, Church Lane, Little Snoring, NR21 0HZ",
    ] {
        finds(&[(address, &[address])]);
    }
}

#[test]
fn what_counts_is_no_street() {
    for text in [
        "In Table 3, 10000 Rows were read",
        "See Section 12, 50000 Users",
        "Release 3, 2024 Edition",
        "On March 3, 2024 Monday",
        "Error Code 5, 10053 Connection reset",
        "Abschnitt 3, 10000 Zeilen",
        "Seite 12, 20000 Euro",
        "Chapter 4\n12345 Introduction",
        "World War 2, 1945 Germany",
        "Windows 10, 64000 Files",
        "Step 2 Main Street flow",
        "step 3 Build Road map",
        "42 Open Source Drive letters",
        "\"100 Way Street\" algorithm",
        "Figure 8 Park Place layout",
        "part 4 Product Road Map",
        "3 Fast Track Way",
        "Via Header 1, 20000 OK",
        "pid 411001 Started",
        "call R2 3AB",
    ] {
        finds(&[(text, &[])]);
    }
}

#[test]
fn the_line_above_an_address_is_a_person() {
    for (text, name) in [
        (
            "Frau\nKatrin Osterwald\nLindenallee 14\n50668 Köln\n",
            "Katrin Osterwald",
        ),
        (
            "Dhr. P. van den Hoek\nDorpsstraat 8a\n3511 BX Utrecht",
            "P. van den Hoek",
        ),
        (
            "Bill To:\nNadia Ferrow\n2917 Wexcombe Pkwy\nBend, OR 97701",
            "Nadia Ferrow",
        ),
        (
            "Maren Tilsiter\nTilsiter & Söhne GmbH\nAm Markt 3\n50667 Köln",
            "Maren Tilsiter",
        ),
    ] {
        let found = typed(Address::new(), text);
        assert!(
            found
                .iter()
                .any(|found| found.starts_with("PERSON ") && found.contains(name)),
            "{text}: {found:?}"
        );
    }
    for text in [
        "Delivery Address\nAm Markt 3\n50667 Köln",
        "\nAm Markt 3\n50667 Köln",
        "x = 5;\nAm Markt 3\n50667 Köln",
    ] {
        let found = typed(Address::new(), text);
        assert!(
            !found.iter().any(|found| found.starts_with("PERSON ")),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn hostile_codes_are_bounded() {
    endure(
        Address::new(),
        &[
            "1, 50667 Köln ",
            "A 1, 10000 B",
            "a, 1000 A",
            "1010 A, ",
            "A No:1",
            "ул. А 1",
            "A 1\n10000 B\n",
            "123456 ",
            "A, 560038 ",
            "N1 1AA",
            "calle 1 # 1-",
            "A út 1 ",
        ],
    );
}
