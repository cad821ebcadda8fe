//! Labels as people write them in forms, and what translations and templates have of them.

use super::super::Fields;
use crate::detectors::testing::typed;

#[test]
fn people_in_forms_of_every_script() {
    for (text, found) in [
        ("الاسم: خالد المنصوري", &["PERSON خالد المنصوري"][..]),
        ("नाम: सुनीता शर्मा\n", &["PERSON सुनीता शर्मा"]),
        (
            "성함: 김서연\n환자명: 선우진아\n",
            &["PERSON 김서연", "PERSON 선우진아"],
        ),
        ("Mieter 1: Anna Berger", &["PERSON Anna Berger"]),
        ("Versicherungsnehmer/in: Anna Berger", &["PERSON Anna Berger"]),
        ("Name ........ Anna Berger", &["PERSON Anna Berger"]),
        (
            "Guests:\n- Anna Miller\n- Tom Holm\n- none\n",
            &["PERSON Anna Miller", "PERSON Tom Holm"],
        ),
        ("Geburtsdatum/-ort: 03.07.1985", &["DATE_OF_BIRTH 03.07.1985"]),
    ] {
        assert_eq!(typed(Fields::new(), text), found, "{text}");
    }
}

#[test]
fn a_second_phone_follows_the_first() {
    for text in [
        "Tel: 0221 4418279 / 0171 4418279",
        "Tel.: 0221 4418279, 0171 4418279",
        "Telefon: 0221 4418279 oder 0171 4418279",
    ] {
        assert_eq!(
            typed(Fields::new(), text),
            ["PHONE 0221 4418279", "PHONE 0171 4418279"],
            "{text}"
        );
    }
}

#[test]
fn a_password_in_quotes_is_one_behind_a_doubtful_word_too() {
    let text = "log in as bob, pass \"S3cretPw99x\"";
    assert_eq!(typed(Fields::new(), text), ["PASSWORD S3cretPw99x"]);
}

#[test]
fn translations_templates_and_prose_hold_nobody_and_no_secret() {
    for text in [
        "<string name=\"password\">Пароль</string>\n<string name=\"first_name\">Имя</string>",
        "{\"lastName\": \"Фамилия\", \"a\": {\"lastName\": \"Nachname\"}}",
        "password: ${DB_PASSWORD:?required}",
        "password: ${DB_PASSWORD:?must be set}",
        "so that you can pass `&str` to lookup",
        "If you pass \"utf-8\" as encoding",
        "pass `@file` to read it",
        "Owner ....",
    ] {
        assert!(typed(Fields::new(), text).is_empty(), "{text}");
    }
}
