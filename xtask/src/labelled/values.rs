//! Made-up values of each entity type: right in form and check digits, nobody's.

use data_encoding::BASE64URL_NOPAD;

use super::checks;
use super::seeded::{Seeded, written};

const FIRST: &[&str] = &[
    "Alice", "Benjamin", "Chiara", "Dmitri", "Eleanor", "Fatima", "Giovanni", "Hannah", "Ingrid", "Jürgen",
    "Keiko", "Liam", "María", "Nguyen", "Olivia", "Priya", "Quentin", "Rashid", "Søren", "Tomasz", "Zoë",
];
const LAST: &[&str] = &[
    "Smith",
    "O'Connor",
    "García",
    "Müller",
    "Kowalski",
    "Tanaka",
    "Okafor",
    "Dubois",
    "Rossi",
    "Hansen",
    "Patel",
    "Ivanova",
    "Fernández",
    "Schneider",
    "Johnson-Reed",
    "van Dijk",
    "Novák",
    "Lindqvist",
];
const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马",
];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "建国", "志强", "秀英", "晓明", "子涵",
];
const STREETS: &[&str] = &[
    "Maple",
    "Oak Hill",
    "Washington",
    "King",
    "Station",
    "Church",
    "Lincoln",
    "Park",
    "Mill",
    "River",
];
const STREET_KINDS: &[&str] = &["Street", "St", "Avenue", "Road", "Lane", "Drive", "Boulevard"];
const TOWNS: &[&str] = &[
    "Springfield, IL 62704",
    "Portland, OR 97205",
    "Austin, TX 78701",
    "Boston, MA 02108",
];
const COMPANIES: &[&str] = &[
    "Northwind",
    "Acme Tooling",
    "Blue Harbor",
    "Kestrel Systems",
    "Oakline",
    "Vireo Foods",
    "Brightwater",
];
const FORMS: &[&str] = &["Inc.", "Ltd", "LLC", "GmbH", "Corp.", "S.A.", "AG", "PLC"];
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

pub(crate) fn person(s: &mut Seeded) -> String {
    format!("{} {}", s.pick(FIRST), s.pick(LAST))
}

pub(crate) fn chinese_person(s: &mut Seeded) -> String {
    format!("{}{}", s.pick(SURNAMES), s.pick(GIVEN))
}

pub(crate) fn chinese_titled(s: &mut Seeded) -> String {
    format!(
        "{}{}",
        s.pick(SURNAMES),
        s.pick(&["总", "老师", "经理", "先生", "女士", "主任", "医生"])
    )
}

pub(crate) fn organization(s: &mut Seeded) -> String {
    format!("{} {}", s.pick(COMPANIES), s.pick(FORMS))
}

pub(crate) fn chinese_organization(s: &mut Seeded) -> String {
    format!(
        "{}{}{}",
        s.pick(&["北京", "上海", "深圳", "杭州"]),
        s.pick(&["云帆", "启明", "远图", "星河"]),
        s.pick(&["科技有限公司", "贸易有限公司", "股份有限公司"])
    )
}

pub(crate) fn address(s: &mut Seeded) -> String {
    format!(
        "{} {} {}, {}",
        s.between(1, 9800),
        s.pick(STREETS),
        s.pick(STREET_KINDS),
        s.pick(TOWNS)
    )
}

pub(crate) fn german_address(s: &mut Seeded) -> String {
    format!(
        "{} {}, {:05} {}",
        s.pick(&["Hauptstraße", "Lindenallee", "Goethestraße", "Bahnhofstr."]),
        s.between(1, 180),
        s.between(10115, 99998),
        s.pick(&["Berlin", "Leipzig", "Köln"])
    )
}

pub(crate) fn chinese_address(s: &mut Seeded) -> String {
    format!(
        "{}{}路{}号",
        s.pick(&[
            "北京市朝阳区",
            "上海市浦东新区",
            "广东省深圳市南山区",
            "浙江省杭州市西湖区"
        ]),
        s.pick(&["建国", "人民", "科技", "文三"]),
        s.between(1, 999)
    )
}

pub(crate) fn email(s: &mut Seeded) -> String {
    let local = match s.below(4) {
        0 => format!("{}.{}", s.chars(LOWER, 5), s.chars(LOWER, 7)),
        1 => format!("{}{}", s.chars(LOWER, 6), s.between(1, 99)),
        2 => format!("{}+{}", s.chars(LOWER, 6), s.chars(LOWER, 4)),
        _ => format!("{}_{}", s.chars(LOWER, 4), s.chars(LOWER, 6)),
    };
    let domain = s.pick(&[
        "corp.com",
        "mail.example-post.org",
        "firma.de",
        "uni.ac.uk",
        "公司.cn",
        "bücher.at",
        "startup.io",
    ]);
    format!("{local}@{domain}")
}

pub(crate) fn phone(s: &mut Seeded) -> String {
    let line = s.between(1000, 9999);
    match s.below(10) {
        0 => format!("+1 415 555 {line}"),
        1 => format!("(212) 736-{line}"),
        2 => format!("+44 20 7946 {line}"),
        3 => format!("+49 30 9018 {line}"),
        4 => format!("+33 1 42 68 {:02} {:02}", s.between(10, 99), s.between(10, 99)),
        5 => format!("+86 138 0013 {line}"),
        6 => format!("+91 98765 {line}{}", s.below(10)),
        7 => format!("+55 11 98765-{line}"),
        8 => format!("020 7946 {line}"),
        _ => format!("650-253-{line} ext. {}", s.between(10, 999)),
    }
}

pub(crate) fn chinese_mobile(s: &mut Seeded) -> String {
    format!("13{}{:08}", s.between(5, 9), s.below(100_000_000))
}

pub(crate) fn date(s: &mut Seeded) -> String {
    let (year, month, day) = (s.between(1940, 2010), s.between(1, 12), s.between(1, 28));
    match s.below(4) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{month:02}/{day:02}/{year}"),
        2 => format!("{day}.{month}.{year}"),
        _ => format!(
            "{} {day}, {year}",
            s.pick(&["January", "March", "May", "August", "October"])
        ),
    }
}

pub(crate) fn chinese_date(s: &mut Seeded) -> String {
    format!(
        "{}年{}月{}日",
        s.between(1940, 2010),
        s.between(1, 12),
        s.between(1, 28)
    )
}

pub(crate) fn ip(s: &mut Seeded) -> String {
    match s.below(4) {
        0 => format!("2a02:8109:{}:{}::{}", s.hex(4), s.hex(3), s.between(1, 99)),
        1 => format!(
            "2001:4860:{}:{}:{}:{}:{}:{}",
            s.hex(4),
            s.hex(4),
            s.hex(4),
            s.hex(4),
            s.hex(4),
            s.hex(4)
        ),
        _ => format!(
            "{}.{}.{}.{}",
            s.pick(&[81, 93, 185, 203]),
            s.between(4, 250),
            s.between(1, 250),
            s.between(1, 250)
        ),
    }
}

pub(crate) fn mac(s: &mut Seeded) -> String {
    let separator = *s.pick(&[":", "-"]);
    let bytes: Vec<String> = (0..6)
        .map(|nth| if nth == 0 { "3c".into() } else { s.hex(2) })
        .collect();
    bytes.join(separator)
}

pub(crate) fn card(s: &mut Seeded) -> String {
    let (prefix, length): (&[u8], usize) = *s.pick(&[
        (&[4, 5][..], 16),
        (&[5, 4][..], 16),
        (&[2, 2, 3, 0][..], 16),
        (&[3, 7][..], 15),
        (&[6, 0, 1, 1][..], 16),
        (&[6, 2, 2, 2][..], 16),
    ]);
    let mut digits = prefix.to_vec();
    digits.extend(s.digits(length - 1 - prefix.len()));
    digits.push(checks::luhn(&digits));
    let plain = written(&digits);
    match (s.below(3), length) {
        (0, _) => plain,
        (_, 15) => format!("{} {} {}", &plain[..4], &plain[4..10], &plain[10..]),
        (kind, _) => {
            [&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]].join(if kind == 1 { " " } else { "-" })
        }
    }
}

pub(crate) fn iban(s: &mut Seeded) -> String {
    let plain = match s.below(4) {
        0 => checks::iban("DE", &written(&s.digits(18))),
        1 => {
            let account = format!("{}{}", s.chars(UPPER, 4), written(&s.digits(14)));
            checks::iban("GB", &account)
        }
        2 => {
            let account = format!("{}{}", s.chars(UPPER, 4), written(&s.digits(10)));
            checks::iban("NL", &account)
        }
        _ => checks::iban("ES", &written(&s.digits(20))),
    };
    if s.below(2) == 0 {
        return plain;
    }
    plain
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group))
        .collect::<Vec<_>>()
        .join(" ")
}

pub(crate) fn account(s: &mut Seeded) -> String {
    let count = usize::try_from(s.between(8, 12)).unwrap_or(8);
    written(&s.digits(count))
}

pub(crate) fn chinese_account(s: &mut Seeded) -> String {
    format!("33{}", written(&s.digits(17)))
}

pub(crate) fn ssn(s: &mut Seeded) -> String {
    format!(
        "{:03}-{:02}-{:04}",
        s.pick(&[123, 219, 457, 536, 612]),
        s.between(10, 99),
        s.between(1000, 9999)
    )
}

pub(crate) fn resident(s: &mut Seeded) -> String {
    let region = *s.pick(&["110105", "310115", "440305", "330106"]);
    let born = format!(
        "{}{:02}{:02}",
        s.between(1950, 2005),
        s.between(1, 12),
        s.between(1, 28)
    );
    let digits: Vec<u8> = format!("{region}{born}{:03}", s.below(1000))
        .bytes()
        .map(|b| b - b'0')
        .collect();
    format!("{}{}", written(&digits), checks::resident(&digits))
}

pub(crate) fn cpf(s: &mut Seeded) -> String {
    let digits = s.digits(9);
    let [first, second] = checks::cpf(&digits);
    let plain = written(&digits);
    format!("{}.{}.{}-{first}{second}", &plain[..3], &plain[3..6], &plain[6..])
}

pub(crate) fn aadhaar(s: &mut Seeded) -> String {
    let mut digits = vec![u8::try_from(s.between(2, 9)).unwrap_or(2)];
    digits.extend(s.digits(10));
    digits.push(checks::verhoeff(&digits));
    let plain = written(&digits);
    format!("{} {} {}", &plain[..4], &plain[4..8], &plain[8..])
}

pub(crate) fn nhs(s: &mut Seeded) -> String {
    loop {
        let digits = s.digits(9);
        if let Some(check) = checks::nhs(&digits).filter(|_| digits[0] > 3) {
            let plain = written(&digits);
            return format!("{} {} {}{check}", &plain[..3], &plain[3..6], &plain[6..]);
        }
    }
}

pub(crate) fn nino(s: &mut Seeded) -> String {
    format!(
        "{}{}{}",
        s.pick(&["AB", "CE", "JM", "SN"]),
        written(&s.digits(6)),
        s.pick(&["A", "B", "C", "D"])
    )
}

pub(crate) fn dni(s: &mut Seeded) -> String {
    let number = s.below(100_000_000);
    let letters = "TRWAGMYFPDXBNJZSQVHLCKE";
    let nth = usize::try_from(number % 23).unwrap_or_default();
    format!("{number:08}{}", letters.chars().nth(nth).unwrap_or('T'))
}

pub(crate) fn social_credit(s: &mut Seeded) -> String {
    let body = format!(
        "91{}{}",
        s.pick(&["110108", "310115", "440300"]),
        s.chars("0123456789ABCDEFGHJKLMNPQRTUWXY", 9)
    );
    format!("{body}{}", checks::social_credit(&body))
}

pub(crate) fn passport(s: &mut Seeded) -> String {
    format!("{}{}", s.pick(&["C", "X", "G", "AB"]), written(&s.digits(8)))
}

pub(crate) fn license(s: &mut Seeded) -> String {
    format!("{}{}", s.pick(&["D", "F", "S"]), written(&s.digits(7)))
}

pub(crate) fn vin(s: &mut Seeded) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
    let mut characters = format!("WBA{}0{}", s.chars(alphabet, 5), s.chars(alphabet, 2));
    characters.push_str(&written(&s.digits(6)));
    let check = checks::vin(&characters);
    format!("{}{check}{}", &characters[..8], &characters[9..])
}

pub(crate) fn ethereum(s: &mut Seeded) -> String {
    format!("0x{}", s.hex(40))
}

pub(crate) fn account_name(s: &mut Seeded) -> String {
    s.chars(LOWER, 6)
}

pub(crate) fn jwt(s: &mut Seeded) -> String {
    let header = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = format!(
        r#"{{"sub":"{}","iat":{}}}"#,
        s.below(1_000_000),
        1_700_000_000 + s.below(100_000)
    );
    format!(
        "{header}.{}.{}",
        BASE64URL_NOPAD.encode(claims.as_bytes()),
        s.chars(ALNUM, 43)
    )
}

pub(crate) fn token(s: &mut Seeded) -> String {
    s.chars(ALNUM, 40)
}

pub(crate) fn password(s: &mut Seeded) -> String {
    format!(
        "{}{}{}{}",
        s.chars(UPPER, 2),
        s.chars(LOWER, 5),
        s.pick(&["!", "#", "$", "%"]),
        written(&s.digits(4))
    )
}

pub(crate) fn private_key(s: &mut Seeded) -> String {
    let kind = *s.pick(&["RSA ", "EC ", "OPENSSH ", ""]);
    let lines: Vec<String> = (0..6).map(|_| s.chars(ALNUM, 64)).collect();
    format!(
        "-----BEGIN {kind}PRIVATE KEY-----\n{}\n-----END {kind}PRIVATE KEY-----",
        lines.join("\n")
    )
}

pub(crate) fn connection_string(s: &mut Seeded) -> String {
    let password = s.chars(ALNUM, 12);
    match s.below(3) {
        0 => format!("postgres://app:{password}@db.internal:5432/orders"),
        1 => format!("mongodb+srv://svc:{password}@cluster0.mongodb.net/prod"),
        _ => format!("Server=sql01;Database=crm;User Id=app;Password={password};"),
    }
}

pub(crate) fn url_credentials(s: &mut Seeded) -> String {
    format!("{}:{}", s.chars(LOWER, 5), s.chars(ALNUM, 14))
}

/// A licence plate of Germany.
pub(crate) fn plate(s: &mut Seeded) -> String {
    format!(
        "{}-{} {}",
        s.pick(&["B", "HH", "KA", "M"]),
        s.chars("ABCDEFGHJKLMNPRSTUVWXYZ", 2),
        s.between(100, 9999)
    )
}
