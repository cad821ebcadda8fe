use super::super::testing::{found, found_with_fields};
use super::Organization;
use crate::EntityType;

fn finds(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        let mut found = found_with_fields(Organization::new(), &EntityType::Organization, text);
        found.dedup();
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn companies_before_their_legal_form() {
    finds(&[
        ("The contract with Wexford Labs Inc. ends", &["Wexford Labs Inc."]),
        ("We work for Wexford Labs, LLC and others", &["Wexford Labs, LLC"]),
        ("Contact Wexford Ltd today", &["Wexford Ltd"]),
        ("company := 'Wexford Ltd';", &["Wexford Ltd"]),
        (
            "bei der Weißbach Maschinenbau GmbH & Co. KG.",
            &["Weißbach Maschinenbau GmbH & Co. KG"],
        ),
        ("die Weißbach AG meldet", &["Weißbach AG"]),
        ("Bank of Wexford PLC", &["Bank of Wexford PLC"]),
        ("chez Dupuis & Fils S.A. depuis", &["Dupuis & Fils S.A."]),
        ("Grupo Zabala S.L. y", &["Grupo Zabala S.L."]),
        ("Shenzhen Yuntu Co., Ltd. signed", &["Shenzhen Yuntu Co., Ltd."]),
        ("Wexford Pty Ltd", &["Wexford Pty Ltd"]),
        ("WEXFORD CORP", &["WEXFORD CORP"]),
        (
            "Copyright Wexford Enterprises, Inc.",
            &["Wexford Enterprises, Inc."],
        ),
        ("WEX for Wexford Inc.", &["Wexford Inc."]),
        ("3M Wexford Corp. said", &["3M Wexford Corp."]),
        ("Company: Wexford Tooling\n", &["Wexford Tooling"]),
        ("\"employer\": \"Wexford\"", &["Wexford"]),
        ("Firma: Weißbach\n", &["Weißbach"]),
        ("供应商是上海云图科技有限公司。", &["上海云图科技有限公司"]),
        ("与云图贸易有限责任公司签订", &["云图贸易有限责任公司"]),
        ("公司:云图(北京)科技股份有限公司", &["云图(北京)科技股份有限公司"]),
        ("华为技术有限公司", &["华为技术有限公司"]),
        ("北京云图律师事务所", &["北京云图律师事务所"]),
    ]);
}

#[test]
fn what_is_no_company() {
    let texts = [
        "counter.Inc()",
        "INCLUDING BUT NOT LIMITED TO THE",
        "Hong Kong S.A.R.",
        "1 BN BV",
        "x inc y",
        "The Corp.",
        "Your Company LLC",
        "rate limited",
        "Rate Limited",
        "Time Limited",
        "again and against",
        "Java SE",
        "iPhone SE",
        "10 KG",
        "Weight KG",
        "an LLC is a form",
        "Company: string",
        "company: Option<String>",
        "company::Acme",
        "Company: the best",
        "employer = get()",
        "organization: Default",
        "有限公司是指",
        "一家有限公司",
        "股份有限公司",
        "该有限责任公司",
        "Organization: Unknown",
        "vendor: Vendor",
        "Test AG",
        "vendor/Wexford",
        "Error Inc",
        "Class AG2",
        "GPT-4 SE",
        "supplier: None",
        "pub use self::limited::{LengthLimitError, Limited};",
        "use crate::{Other, LengthLimitError, Limited};",
        "    LengthLimitError, Limited,",
        "export { LengthLimitError, Limited }",
        "CONSTS, INC",
    ];
    let cases: Vec<(&str, &[&str])> = texts.iter().map(|text| (*text, &[][..])).collect();
    finds(&cases);
}

#[test]
fn hostile_runs_are_bounded() {
    for run in [
        "A Inc ",
        "Inc Inc. ",
        "A & ",
        "company: ",
        "有限公司",
        "北京",
        "与有限公司",
        "A, LLC ",
    ] {
        found(Organization::new(), &run.repeat((1 << 20) / run.len()));
    }
}
