mod coded;
mod east;

use super::super::testing::{found, found_with_fields};
use super::Address;
use crate::EntityType;

fn finds(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        let mut found = found_with_fields(Address::new(), &EntityType::Address, text);
        found.dedup();
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn english_addresses() {
    finds(&[
        (
            "Ship to 47 Elm Hill Road, Dayton, OH 45402.",
            &["47 Elm Hill Road, Dayton, OH 45402"],
        ),
        (
            "at 47 Elm St, Dayton OH 45402-1234 now",
            &["47 Elm St, Dayton OH 45402-1234"],
        ),
        (
            "221B Baker Street, London NW1 6XE",
            &["221B Baker Street, London NW1 6XE"],
        ),
        (
            "10 Downing Street\nLondon\nSW1A 2AA",
            &["10 Downing Street\nLondon\nSW1A 2AA"],
        ),
        (
            "47 Elm Avenue\nDayton, OH 45402\nUSA",
            &["47 Elm Avenue\nDayton, OH 45402"],
        ),
        (
            "47 Elm Ave., Apt. 4B, Dayton, OH 45402",
            &["47 Elm Ave., Apt. 4B, Dayton, OH 45402"],
        ),
        (
            "350 5th Avenue, Suite 1200, New York, NY 10118",
            &["350 5th Avenue, Suite 1200, New York, NY 10118"],
        ),
        (
            "1600 Pennsylvania Avenue NW, Washington, DC 20500",
            &["1600 Pennsylvania Avenue NW, Washington, DC 20500"],
        ),
        ("lives at 47 Elm Lane.", &["47 Elm Lane"]),
        (
            "let a = '47 Elm Lane, Dayton, OH 45402';",
            &["47 Elm Lane, Dayton, OH 45402"],
        ),
        ("47 elm road, dayton, oh", &[]),
        (
            "12 King's Road, Toronto, ON M5V 3L9",
            &["12 King's Road, Toronto, ON M5V 3L9"],
        ),
        (
            "P.O. Box 1234, Dayton, OH 45402",
            &["P.O. Box 1234, Dayton, OH 45402"],
        ),
        ("12 Oak Dr. Dayton, OH 45402", &["12 Oak Dr. Dayton, OH 45402"]),
        ("she moved to 47 Elm Street and left", &["47 Elm Street"]),
    ]);
}

#[test]
fn european_addresses() {
    finds(&[
        (
            "Lindenstraße 12a, 04109 Leipzig",
            &["Lindenstraße 12a, 04109 Leipzig"],
        ),
        (
            "Anschrift: Berliner Straße 7\n10115 Berlin",
            &["Berliner Straße 7\n10115 Berlin"],
        ),
        ("in der Bahnhofstr. 3 wohnt", &["Bahnhofstr. 3"]),
        (
            "Alexanderplatz 1, 10178 Berlin",
            &["Alexanderplatz 1, 10178 Berlin"],
        ),
        ("Karl-Marx-Allee 90", &["Karl-Marx-Allee 90"]),
        (
            "Prinsengracht 263, 1016 GV Amsterdam",
            &["Prinsengracht 263, 1016 GV Amsterdam"],
        ),
        (
            "12 rue de la Paix, 75002 Paris",
            &["12 rue de la Paix, 75002 Paris"],
        ),
        (
            "5 bis, avenue Victor-Hugo 69003 Lyon",
            &["5 bis, avenue Victor-Hugo 69003 Lyon"],
        ),
        ("Calle Mayor 5, 28013 Madrid", &["Calle Mayor 5, 28013 Madrid"]),
        ("Avenida de América, 12", &["Avenida de América, 12"]),
        ("Via Roma 12, 00184 Roma", &["Via Roma 12, 00184 Roma"]),
    ]);
}

#[test]
fn chinese_addresses() {
    finds(&[
        (
            "地址:四川省成都市武侯区科华路18号",
            &["四川省成都市武侯区科华路18号"],
        ),
        (
            "请寄到上海市徐汇区漕溪路9弄3号楼501室。",
            &["上海市徐汇区漕溪路9弄3号楼501室"],
        ),
        ("我住在人民路88号", &["人民路88号"]),
        ("地址:南山区科技园,电话1", &[]),
        ("住址:河北省保定市莲池区", &["河北省保定市莲池区"]),
    ]);
}

#[test]
fn what_is_no_address() {
    let texts = [
        "See Main Street Analysis",
        "Main Street",
        "a 5 lane road",
        "2 way street",
        "12 Factor Drive Design",
        "Top 10 Place Holders",
        "1.5 Mill Street",
        "5 ways",
        "version 2 Court",
        "String 5",
        "Ring 0",
        "logging 5",
        "weg 5",
        "platz 3",
        "str. 5",
        "Spring 5",
        "Platz 1",
        "via 10.0.0.1",
        "Via API 2",
        "rue 5",
        "the place Holder",
        "3 place Holders are left",
        "地址:127.0.0.1",
        "线路3号",
        "电路2号",
        "地址不对",
        "IP地址:10.0.0.1",
        "思路1号",
        "PO Box",
        "address: 0x7fff",
        "row 12",
        "12 items in Row 3",
        "3rd place",
        "1 st",
        "1st place",
        "10 Best Places",
        "int street = 5;",
        "Gringotts str. x",
    ];
    let cases: Vec<(&str, &[&str])> = texts.iter().map(|text| (*text, &[][..])).collect();
    finds(&cases);
}

#[test]
fn hostile_runs_are_bounded() {
    for run in [
        "1 A St ",
        "A Street ",
        "1 A Street, ",
        "路1号",
        "上海路",
        "Calle A ",
        "1 rue A ",
        "地址:",
        "Astraße 1, ",
        "PO Box 1, ",
    ] {
        found(Address::new(), &run.repeat((1 << 20) / run.len()));
    }
}
