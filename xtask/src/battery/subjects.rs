//! Whose values the battery hides: every entity type, with the labels that its values need.

use std::sync::LazyLock;

use masking::EntityType::{self, *};
use masking::detectors::api_key;

use super::places::Place;
use crate::labelled::seeded::Seeded;
use crate::labelled::values;

/// What a value is made of: some readings change what a name says, and none what a code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Words that people read.
    Words,
    /// Digits with a check digit; a line end between them changes nothing.
    Checked,
    /// Any other code, number or address.
    Code,
}

/// A kind of private value.
pub(super) struct Subject {
    pub(super) name: &'static str,
    /// What it is; nothing for a deny term.
    pub(super) entity: Option<EntityType>,
    pub(super) make: fn(&mut Seeded) -> String,
    pub(super) form: Form,
    /// Labels, and what stands between each and the value.
    pub(super) labels: &'static [(&'static str, &'static str)],
    /// Whether only the label says what the value is.
    pub(super) needs_label: bool,
    /// The name of a field that holds such a value, if it can be one.
    pub(super) key: Option<&'static str>,
    /// What must follow the value.
    pub(super) after: &'static str,
    /// Places in which not even the plain value is known for one.
    pub(super) except: &'static [Place],
}

impl Subject {
    /// Whether label and value are one word, as in an address.
    pub(super) fn is_glued(&self) -> bool {
        self.needs_label && self.labels.iter().all(|(_, between)| between.is_empty())
    }
}

const NONE: Subject = Subject {
    name: "",
    entity: None,
    make: values::email,
    form: Form::Code,
    labels: &[("", "")],
    needs_label: false,
    key: None,
    after: "",
    except: &[],
};

/// The deny term that the battery's masker knows.
pub const DENIED: &str = "Obsidian Heron";

pub(super) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "email",
        entity: Some(Email),
        make: values::email,
        labels: &[("Email", ": "), ("From", ": "), ("", "")],
        key: Some("email"),
        ..NONE
    },
    Subject {
        name: "phone",
        entity: Some(Phone),
        make: international,
        labels: &[("Phone", ": "), ("", ""), ("Tel", ". ")],
        key: Some("phone"),
        ..NONE
    },
    Subject {
        name: "phone, national",
        entity: Some(Phone),
        make: national,
        labels: &[("Phone", ": "), ("Mobile", ": ")],
        needs_label: true,
        key: Some("phone"),
        ..NONE
    },
    Subject {
        name: "phone, Chinese",
        entity: Some(Phone),
        make: values::chinese_mobile,
        labels: &[("手机", "："), ("电话", "："), ("联系电话", ": ")],
        needs_label: true,
        key: Some("mobile"),
        ..NONE
    },
    Subject {
        name: "person",
        entity: Some(Person),
        make: values::person,
        form: Form::Words,
        labels: &[("Name", ": "), ("Customer", ": "), ("Patient", ": ")],
        needs_label: true,
        key: Some("full_name"),
        except: &[Place::Csv, Place::MarkdownTable],
        ..NONE
    },
    Subject {
        name: "person, Chinese",
        entity: Some(Person),
        make: values::chinese_person,
        form: Form::Words,
        labels: &[("姓名", "："), ("联系人", "："), ("收件人", "：")],
        needs_label: true,
        key: Some("姓名"),
        except: &[Place::Csv, Place::MarkdownTable],
        ..NONE
    },
    Subject {
        name: "organization",
        entity: Some(Organization),
        make: values::organization,
        form: Form::Words,
        labels: &[("Company", ": "), ("", "")],
        key: Some("company"),
        ..NONE
    },
    Subject {
        name: "organization, Chinese",
        entity: Some(Organization),
        make: values::chinese_organization,
        form: Form::Words,
        labels: &[("公司", "："), ("", "")],
        key: Some("company"),
        ..NONE
    },
    Subject {
        name: "address",
        entity: Some(Address),
        make: values::address,
        form: Form::Words,
        labels: &[("Address", ": "), ("", "")],
        key: Some("address"),
        ..NONE
    },
    Subject {
        name: "address, German",
        entity: Some(Address),
        make: values::german_address,
        form: Form::Words,
        labels: &[("Anschrift", ": "), ("", "")],
        key: Some("anschrift"),
        ..NONE
    },
    Subject {
        name: "address, Chinese",
        entity: Some(Address),
        make: values::chinese_address,
        form: Form::Words,
        labels: &[("地址", "："), ("", "")],
        key: Some("address"),
        ..NONE
    },
    Subject {
        name: "date of birth",
        entity: Some(DateOfBirth),
        make: values::date,
        labels: &[("Date of birth", ": "), ("DOB", ": ")],
        needs_label: true,
        key: Some("date_of_birth"),
        ..NONE
    },
    Subject {
        name: "date of birth, Chinese",
        entity: Some(DateOfBirth),
        make: values::chinese_date,
        labels: &[("出生日期", "："), ("生日", "：")],
        needs_label: true,
        key: Some("出生日期"),
        ..NONE
    },
    Subject {
        name: "ip",
        entity: Some(IpAddress),
        make: values::ip,
        labels: &[("IP", ": "), ("", "")],
        key: Some("ip"),
        ..NONE
    },
    Subject {
        name: "mac",
        entity: Some(MacAddress),
        make: values::mac,
        labels: &[("MAC", ": "), ("", "")],
        key: Some("mac"),
        ..NONE
    },
    Subject {
        name: "url credentials",
        entity: Some(UrlCredentials),
        make: values::url_credentials,
        labels: &[("https://", ""), ("ftp://", "")],
        needs_label: true,
        after: "@git.internal.net/pkg.git",
        ..NONE
    },
    Subject {
        name: "card",
        entity: Some(CreditCard),
        make: values::card,
        form: Form::Checked,
        labels: &[("Card", ": "), ("Card number", ": "), ("", "")],
        key: Some("card_number"),
        ..NONE
    },
    Subject {
        name: "iban",
        entity: Some(Iban),
        make: values::iban,
        form: Form::Checked,
        labels: &[("IBAN", ": "), ("", "")],
        key: Some("iban"),
        ..NONE
    },
    Subject {
        name: "account",
        entity: Some(BankAccount),
        make: values::account,
        labels: &[("Account number", ": "), ("account no.", " ")],
        needs_label: true,
        key: Some("account_number"),
        ..NONE
    },
    Subject {
        name: "account, Chinese",
        entity: Some(BankAccount),
        make: values::chinese_account,
        labels: &[("银行账号", "：")],
        needs_label: true,
        key: Some("银行账号"),
        except: &[Place::Csv],
        ..NONE
    },
    Subject {
        name: "ssn",
        entity: Some(NationalId),
        make: values::ssn,
        labels: &[("SSN", ": "), ("Social security number", ": ")],
        needs_label: true,
        key: Some("ssn"),
        ..NONE
    },
    Subject {
        name: "resident id",
        entity: Some(NationalId),
        make: values::resident,
        form: Form::Checked,
        labels: &[("身份证号", "："), ("身份证", " "), ("", "")],
        key: Some("id_card"),
        ..NONE
    },
    Subject {
        name: "cpf",
        entity: Some(NationalId),
        make: values::cpf,
        form: Form::Checked,
        labels: &[("CPF", ": ")],
        needs_label: true,
        key: Some("cpf"),
        ..NONE
    },
    Subject {
        name: "aadhaar",
        entity: Some(NationalId),
        make: values::aadhaar,
        form: Form::Checked,
        labels: &[("Aadhaar", ": "), ("Aadhaar number", " ")],
        needs_label: true,
        key: Some("aadhaar"),
        ..NONE
    },
    Subject {
        name: "nhs",
        entity: Some(HealthId),
        make: values::nhs,
        form: Form::Checked,
        labels: &[("NHS number", ": ")],
        needs_label: true,
        key: Some("nhs_number"),
        ..NONE
    },
    Subject {
        name: "nino",
        entity: Some(NationalId),
        make: values::nino,
        labels: &[("National Insurance number", ": "), ("NINO", ": ")],
        needs_label: true,
        key: Some("nino"),
        ..NONE
    },
    Subject {
        name: "dni",
        entity: Some(NationalId),
        make: values::dni,
        labels: &[("DNI", ": ")],
        needs_label: true,
        key: Some("dni"),
        ..NONE
    },
    Subject {
        name: "social credit",
        entity: Some(TaxId),
        make: values::social_credit,
        labels: &[("统一社会信用代码", "："), ("信用代码", "：")],
        key: Some("tax_id"),
        ..NONE
    },
    Subject {
        name: "passport",
        entity: Some(Passport),
        make: values::passport,
        labels: &[("Passport number", ": "), ("护照号码", "：")],
        needs_label: true,
        key: Some("passport_number"),
        ..NONE
    },
    Subject {
        name: "driver license",
        entity: Some(DriverLicense),
        make: values::license,
        labels: &[("Driver's license", ": "), ("Driving licence no.", " ")],
        needs_label: true,
        key: Some("driver_license"),
        ..NONE
    },
    Subject {
        name: "vin",
        entity: Some(VehicleId),
        make: values::vin,
        labels: &[("VIN", ": "), ("Fahrgestellnummer", ": ")],
        needs_label: true,
        key: Some("vin"),
        except: &[Place::Csv, Place::MarkdownTable],
        ..NONE
    },
    Subject {
        name: "plate",
        entity: Some(VehicleId),
        make: values::plate,
        labels: &[("License plate", ": "), ("Kennzeichen", ": ")],
        needs_label: true,
        key: Some("license_plate"),
        except: &[Place::Csv, Place::MarkdownTable],
        ..NONE
    },
    Subject {
        name: "wallet",
        entity: Some(CryptoWallet),
        make: values::ethereum,
        labels: &[("ETH address", ": "), ("wallet", ": ")],
        needs_label: true,
        key: Some("eth_address"),
        except: &[Place::Csv, Place::MarkdownTable],
        ..NONE
    },
    Subject {
        name: "account name",
        entity: Some(UsernamePath),
        make: values::account_name,
        labels: &[("/home/", ""), ("/Users/", "")],
        needs_label: true,
        after: "/notes.txt",
        ..NONE
    },
    Subject {
        name: "bearer token",
        entity: Some(BearerToken),
        make: values::token,
        labels: &[("Authorization", ": Bearer "), ("authorization: Bearer", " ")],
        needs_label: true,
        ..NONE
    },
    Subject {
        name: "jwt",
        entity: Some(Jwt),
        make: values::jwt,
        labels: &[("token", "="), ("", "")],
        key: Some("id_token"),
        ..NONE
    },
    Subject {
        name: "private key",
        entity: Some(PrivateKey),
        make: values::private_key,
        labels: &[("", "")],
        ..NONE
    },
    Subject {
        name: "password",
        entity: Some(Password),
        make: values::password,
        labels: &[
            ("password", " = "),
            ("Password", ": "),
            ("DB_PASSWORD", "="),
            ("pwd", "="),
            ("my password is", " "),
        ],
        needs_label: true,
        key: Some("password"),
        ..NONE
    },
    Subject {
        name: "password, Chinese",
        entity: Some(Password),
        make: values::password,
        labels: &[("密码", "："), ("登录密码", "：")],
        needs_label: true,
        key: Some("密码"),
        ..NONE
    },
    Subject {
        name: "secret",
        entity: Some(ApiKey),
        make: values::token,
        labels: &[("api_key", " = "), ("client_secret", ": "), ("SECRET_KEY", "=")],
        needs_label: true,
        key: Some("api_key"),
        ..NONE
    },
    Subject {
        name: "connection string",
        entity: Some(ConnectionString),
        make: values::connection_string,
        labels: &[("DATABASE_URL", "="), ("", "")],
        key: Some("DATABASE_URL"),
        except: &[Place::Query],
        ..NONE
    },
    Subject {
        name: "api key",
        entity: Some(ApiKey),
        make: api_key,
        labels: &[("", ""), ("use", " "), ("KEY", "=")],
        key: Some("api_key"),
        ..NONE
    },
    Subject {
        name: "deny term",
        make: |_| DENIED.to_owned(),
        form: Form::Words,
        labels: &[("", "")],
        key: Some("project"),
        ..NONE
    },
];

fn international(s: &mut Seeded) -> String {
    loop {
        let phone = values::phone(s);
        if phone.starts_with('+') {
            return phone;
        }
    }
}

fn national(s: &mut Seeded) -> String {
    loop {
        let phone = values::phone(s);
        if !phone.starts_with('+') {
            return phone;
        }
    }
}

fn api_key(s: &mut Seeded) -> String {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
        (0..12)
            .flat_map(|seed| api_key::samples(seed * 1_000))
            .map(|(_, key)| key)
            .collect()
    });
    s.pick(&KEYS).clone()
}
