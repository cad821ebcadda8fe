//! One line with a value of each type.

use masking::detectors::api_key;

use super::Kind;
use crate::labelled::seeded::Seeded;
use crate::labelled::values;

const fn kind(name: &'static str, line: fn(&mut Seeded) -> String) -> Kind {
    Kind { name, head: "", line }
}

const fn table(name: &'static str, head: &'static str, line: fn(&mut Seeded) -> String) -> Kind {
    Kind { name, head, line }
}

pub(super) const KINDS: &[Kind] = &[
    kind("email", |s| format!("{}\n", values::email(s))),
    kind("phone", |s| format!("{}\n", values::phone(s))),
    kind("phone, labelled", |s| {
        format!("Phone: 0{}\n", s.between(20_000_000, 899_999_999))
    }),
    kind("phone, Chinese", |s| {
        format!("手机：{}\n", values::chinese_mobile(s))
    }),
    kind("person", |s| format!("Name: {} {}\n", word(s), word(s))),
    kind("person, titled", |s| {
        format!("Dr. {} {} came.\n", word(s), word(s))
    }),
    kind("person, Chinese", |s| {
        format!("姓名：{}{}\n", values::chinese_person(s), han(s, 1))
    }),
    kind("organization", |s| format!("{} {} GmbH\n", word(s), word(s))),
    kind("organization, Chinese", |s| {
        format!("北京{}科技有限公司\n", han(s, 4))
    }),
    kind("address", |s| format!("{}\n", values::address(s))),
    kind("address, German", |s| format!("{}\n", values::german_address(s))),
    kind("address, Chinese", |s| {
        format!("上海市浦东新区{}路{}号\n", han(s, 2), s.between(1, 9999))
    }),
    kind("date of birth", |s| format!("DOB: {}\n", values::date(s))),
    kind("date of birth, Chinese", |s| {
        format!("出生日期：{}\n", values::chinese_date(s))
    }),
    kind("ip address", |s| format!("{}\n", values::ip(s))),
    kind("mac address", |s| format!("{}\n", values::mac(s))),
    kind("url credentials", |s| {
        format!("https://{}@git.internal.net/\n", values::url_credentials(s))
    }),
    kind("credit card", |s| format!("{}\n", values::card(s))),
    kind("iban", |s| format!("{}\n", values::iban(s))),
    kind("bank account", |s| {
        format!("Account number: {}\n", values::account(s))
    }),
    kind("national id, SSN", |s| format!("SSN: {}\n", values::ssn(s))),
    kind("national id, resident", |s| format!("{}\n", values::resident(s))),
    kind("national id, CPF", |s| format!("CPF: {}\n", values::cpf(s))),
    kind("national id, Aadhaar", |s| {
        format!("Aadhaar: {}\n", values::aadhaar(s))
    }),
    kind("national id, NHS", |s| {
        format!("NHS number: {}\n", values::nhs(s))
    }),
    kind("national id, DNI", |s| format!("DNI: {}\n", values::dni(s))),
    kind("tax id", |s| {
        format!("统一社会信用代码：{}\n", values::social_credit(s))
    }),
    kind("passport", |s| {
        format!("Passport number: {}\n", values::passport(s))
    }),
    kind("driver license", |s| {
        format!("Driver's license: {}\n", values::license(s))
    }),
    kind("vehicle id", |s| format!("VIN: {}\n", values::vin(s))),
    kind("crypto wallet", |s| format!("wallet {}\n", values::ethereum(s))),
    kind("username path", |s| {
        format!("/home/{}/notes.txt\n", values::account_name(s))
    }),
    kind("api keys", |s| {
        api_key::samples(s.next() >> 1)
            .map(|(_, key)| key + "\n")
            .collect()
    }),
    kind("bearer token", |s| {
        format!("Authorization: Bearer {}\n", values::token(s))
    }),
    kind("jwt", |s| format!("{}\n", values::jwt(s))),
    kind("private key", |s| format!("{}\n", values::private_key(s))),
    kind("password", |s| {
        format!("password = \"{}\"\n", values::password(s))
    }),
    kind("connection string", |s| {
        format!("dsn = \"{}\"\n", values::connection_string(s))
    }),
    table("table of customers", "name,email,phone,address,iban\n", |s| {
        customer(s)
    }),
    table("table with one name", "name,email,phone,address,iban\n", |s| {
        format!("Zorvath Quellinger{}", &customer(s)[2..])
    }),
    kind("JSON records", |s| {
        format!(
            "{{\"full_name\":\"{} {}\",\"phone\":\"{}\",\"id\":{}}}\n",
            word(s),
            word(s),
            values::phone(s),
            s.below(1 << 40)
        )
    }),
];

fn customer(s: &mut Seeded) -> String {
    let address = values::address(s).replace(',', "");
    let (name, email) = (format!("{} {}", word(s), word(s)), values::email(s));
    format!(
        "{name},{email},{},{address},{}\n",
        values::phone(s),
        values::iban(s)
    )
}

/// A word that can be spoken and is none.
fn word(s: &mut Seeded) -> String {
    let syllables = [
        "ba", "ke", "lo", "mi", "nu", "ra", "se", "to", "vi", "zu", "dre", "fla", "gor", "hul", "jin", "quo",
    ];
    let mut word: String = (0..4).map(|_| *s.pick(&syllables)).collect();
    word[..1].make_ascii_uppercase();
    word
}

fn han(s: &mut Seeded, count: usize) -> String {
    let one = |s: &mut Seeded| {
        u32::try_from(s.between(0x4e00, 0x6fff))
            .ok()
            .and_then(char::from_u32)
    };
    (0..count).filter_map(|_| one(s)).collect()
}
