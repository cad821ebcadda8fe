//! Values in the contexts in which people, forms, logs and tools write them.

use masking::EntityType::{self, *};
use masking::detectors::api_key;

use super::Sample;
use super::seeded::Seeded;
use super::values;

/// How many samples each maker gives.
const EACH: usize = 40;

type Make = fn(&mut Seeded) -> String;

const PEOPLE: &[&str] = &[
    "Name: {}\n",
    "Customer: {}, order 1182",
    "Dear {},\n\nthank you for your message.",
    "Please ask Dr. {} about the results.",
    "Mr. {} called this morning.",
    "Please send it back.\n\nBest regards,\n{}\n",
    "{\"full_name\": \"{}\", \"status\": \"open\"}",
    "Patient: {} was seen on Tuesday.",
    // Nothing but the name says that it is one.
    "I met {} at the station yesterday.",
    "The first draft is by {}, the rest is mine.",
];

/// Entity type, maker, and the contexts of its values.
const TABLE: &[(EntityType, Make, &[&str])] = &[
    (
        Email,
        values::email,
        &[
            "Write to {} today.",
            "{\"email\":\"{}\"}",
            "From: {}\n",
            "user={} status=ok",
            "电话/邮箱：{}",
            "<{}>",
        ],
    ),
    (
        Phone,
        values::phone,
        &[
            "Call me at {} after six.",
            "Phone: {}\n",
            "{\"phone\": \"{}\"}",
            "Tel. {}, ask for the desk",
            "site,phone,city\nK17,{},Bonn\n",
            "| desk | phone |\n|---|---|\n| A-12 | {} |\n",
        ],
    ),
    (
        Phone,
        values::chinese_mobile,
        &[
            "手机：{}",
            "请拨打电话{}联系我",
            "联系方式 {}",
            "{\"mobile\": \"{}\"}",
        ],
    ),
    (Person, values::person, PEOPLE),
    (
        Person,
        values::chinese_person,
        &[
            "姓名：{}",
            "联系人：{}，请尽快回复",
            "客户姓名: {}\n",
            "收件人：{}",
        ],
    ),
    (
        Person,
        values::chinese_titled,
        &["请转告{}，会议改到周三。", "今天{}来过。", "和{}确认一下合同"],
    ),
    (
        Organization,
        values::organization,
        &[
            "The contract with {} ends in May.",
            "Company: {}\n",
            "We work for {} and others.",
        ],
    ),
    (
        Organization,
        values::chinese_organization,
        &["公司：{}", "与{}签订合同", "供应商是{}。"],
    ),
    (
        Address,
        values::address,
        &["Ship to {}.", "Address: {}\n", "She lives at {} now."],
    ),
    (
        Address,
        values::german_address,
        &["Anschrift: {}\n", "Bitte an {} senden."],
    ),
    (Address, values::chinese_address, &["地址：{}", "请寄到{}。"]),
    (
        DateOfBirth,
        values::date,
        &[
            "DOB: {}\n",
            "Date of birth: {}",
            "She was born on {}.",
            "{\"date_of_birth\": \"{}\"}",
            "nr;dob;city\n17;{};Bonn\n",
            "Anna ({}) moved in with us.",
        ],
    ),
    (DateOfBirth, values::chinese_date, &["出生日期：{}", "生日：{}"]),
    (
        IpAddress,
        values::ip,
        &[
            "Connection from {} refused",
            "client={} method=GET",
            "{\"ip\": \"{}\"}",
            "ssh root@{}",
        ],
    ),
    (
        MacAddress,
        values::mac,
        &["device {} joined", "MAC: {}\n", "ether {} txqueuelen 1000"],
    ),
    (
        UrlCredentials,
        values::url_credentials,
        &[
            "git clone https://{}@repo.internal.net/pkg.git",
            "url = https://{}@git.internal.net/\n",
        ],
    ),
    (
        CreditCard,
        values::card,
        &[
            "Card: {}, exp 09/28",
            "Please charge {} for it.",
            "{\"card_number\": \"{}\"}",
            "paid with {}",
        ],
    ),
    (
        Iban,
        values::iban,
        &["IBAN {}", "Please transfer it to {}.", "{\"iban\":\"{}\"}"],
    ),
    (
        BankAccount,
        values::account,
        &[
            "Account number: {}",
            "account no. {} at our bank",
            "{\"account_number\": \"{}\"}",
        ],
    ),
    (
        BankAccount,
        values::chinese_account,
        &["银行账号：{}", "开户行账号 {}"],
    ),
    (
        NationalId,
        values::ssn,
        &["SSN: {}", "Social security number {}", "{\"ssn\": \"{}\"}"],
    ),
    (
        NationalId,
        values::resident,
        &["身份证号：{}", "身份证 {}", "{\"id_card\": \"{}\"}", "编号{}"],
    ),
    (NationalId, values::cpf, &["CPF: {}", "O CPF dela é {}."]),
    (
        NationalId,
        values::aadhaar,
        &["Aadhaar: {}", "Aadhaar number {} was verified"],
    ),
    (HealthId, values::nhs, &["NHS number: {}", "NHS no {}"]),
    (
        NationalId,
        values::nino,
        &["National Insurance number {}", "NINO: {}"],
    ),
    (NationalId, values::dni, &["DNI: {}", "con DNI {} y domicilio"]),
    (
        TaxId,
        values::social_credit,
        &["统一社会信用代码：{}", "信用代码 {}"],
    ),
    (
        Passport,
        values::passport,
        &["Passport number: {}", "passport no. {}", "护照号码：{}"],
    ),
    (
        DriverLicense,
        values::license,
        &[
            "Driver's license: {}",
            "driver license number {}",
            "Driving licence no. {}",
        ],
    ),
    (VehicleId, values::vin, &["VIN: {}", "The car's VIN is {}."]),
    (
        CryptoWallet,
        values::ethereum,
        &["Send it to wallet {}", "ETH address: {}"],
    ),
    (
        UsernamePath,
        values::account_name,
        &[
            "open /home/{}/notes.txt",
            "/Users/{}/Library/Logs",
            "C:\\Users\\{}\\Desktop",
        ],
    ),
    (
        BearerToken,
        values::token,
        &[
            "Authorization: Bearer {}",
            "curl -H 'Authorization: Bearer {}' https://api.example.net",
        ],
    ),
    (
        Jwt,
        values::jwt,
        &["token={}", "{\"id_token\": \"{}\"}", "the session is {} now"],
    ),
    (PrivateKey, values::private_key, &["{}\n", "key: |\n{}\n"]),
    (
        Password,
        values::password,
        &[
            "password = \"{}\"",
            "DB_PASSWORD={}\n",
            "my password is {}",
            "密码：{}",
            "{\"password\": \"{}\"}",
            "- name: DB_PASSWORD\n  value: \"{}\"\n",
            "define( 'DB_PASSWORD', '{}' );",
            "   12→POSTGRES_PASSWORD: {}\n",
            "+    password: |\n+      {}\n",
            "sshpass -p {} ssh root@db",
            "login with bob and {}, then restart it",
        ],
    ),
    (
        ConnectionString,
        values::connection_string,
        &["DATABASE_URL={}\n", "dsn = \"{}\""],
    ),
];

const KEYS: &[&str] = &[
    "export KEY={}\n",
    "api_key = \"{}\"",
    "use {} for now",
    "https://api.example.net/v1/{}/run",
];

pub(super) fn all(seeded: &mut Seeded) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (entity, make, contexts) in TABLE {
        for nth in 0..EACH {
            samples.push(Sample::positive(
                contexts[nth % contexts.len()],
                entity,
                &make(seeded),
            ));
        }
    }
    for seed in 0..2 {
        for (nth, (_, key)) in api_key::samples(seed).enumerate() {
            samples.push(Sample::positive(KEYS[nth % KEYS.len()], &ApiKey, &key));
        }
    }
    samples
}
