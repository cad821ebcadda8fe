use super::Records;
use crate::detectors::testing::{endure, typed};

fn assert_finds(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, expected)| (text, expected, typed(Records::new(), text)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(text, expected, found)| format!("{text:?}: {found:?} instead of {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn segments_of_hospitals() {
    assert_finds(&[
        (
            "PID|1||4711||Doe^John||19850703",
            &[
                "HEALTH_ID 4711",
                "PERSON Doe",
                "PERSON John",
                "DATE_OF_BIRTH 19850703",
            ],
        ),
        (
            "MSH|^~\\&|A\rPID|1||88123^^^HOSP^MR~523448192^^^SSA^SS||VAN HOUTEN^ESMERALDA||196402291430|F|||2201 SYCAMORE TRL^^DURHAM^NC^27701^USA||(919)379-1212^PRN^PH^^1^919^3791212\rPV1|1",
            &[
                "HEALTH_ID 88123",
                "NATIONAL_ID 523448192",
                "PERSON VAN HOUTEN",
                "PERSON ESMERALDA",
                "DATE_OF_BIRTH 196402291430",
                "ADDRESS 2201 SYCAMORE TRL^^DURHAM^NC^27701",
                "PHONE (919)379-1212",
                "PHONE 3791212",
            ],
        ),
        (
            "PV1|1|I|2000^2012^01||||0148^KOWALCZUK^DARIUSZ^A",
            &["PERSON KOWALCZUK", "PERSON DARIUSZ"],
        ),
        (
            "OBR|1|||80048^PANEL||||||||||||0148^KOWALCZUK^DARIUSZ",
            &["PERSON KOWALCZUK", "PERSON DARIUSZ"],
        ),
        ("OBX|1|NM|718-7^Hemoglobin^LN", &[]),
        (
            "PID|1||<id>||LASTNAME^FIRSTNAME||YYYYMMDD|||STREET^^CITY^ST^ZIP||PHONE",
            &[],
        ),
        ("`PID|` opens the segment, `PID-3` holds ids", &[]),
    ]);
}

#[test]
fn segments_of_trade_and_insurance() {
    assert_finds(&[
        (
            "NM1*IL*1*DOE*JOHN*M***MI*XQ4418279301~NM1*85*2*CITY CLINIC~N3*2201 SYCAMORE TRL~N4*DURHAM*NC*27701~DMG*D8*19640229*F~REF*SY*523448192~REF*D9*20260101~",
            &[
                "PERSON DOE",
                "PERSON JOHN",
                "HEALTH_ID XQ4418279301",
                "ADDRESS 2201 SYCAMORE TRL",
                "ADDRESS DURHAM*NC*27701",
                "DATE_OF_BIRTH 19640229",
                "NATIONAL_ID 523448192",
            ],
        ),
        (
            "N1*ST*Anna Miller~PER*IC*Anna Miller*TE*9193791212*EM*a@b.de~",
            &["PERSON Anna Miller", "PERSON Anna Miller", "PHONE 9193791212"],
        ),
        (
            "NAD+BY+++VOLLMER:GISELA+HAFENWEG 18+KIEL++24103+DE'DTM+329:850703'DTM+137:20260101:102'DOC+P:110:111+L4417X92K'COM+025144182793:TE'",
            &[
                "PERSON VOLLMER",
                "PERSON GISELA",
                "ADDRESS HAFENWEG 18+KIEL++24103",
                "DATE_OF_BIRTH 850703",
                "PASSPORT L4417X92K",
                "PHONE 025144182793",
            ],
        ),
        (
            "NAD+BY+1::9++OSTERWALD:KATRIN+X 1'",
            &["PERSON OSTERWALD", "PERSON KATRIN"],
        ),
        ("y = N1*x + N3*2201; DOC+P; COM+1", &[]),
        ("REF*SY*number~ and DMG*D8*CCYYMMDD*F~", &[]),
    ]);
}

#[test]
fn lines_of_banks() {
    assert_finds(&[
        (
            ":50F:/12345678\n1/ANNA BERGER\n2/LINDENHOF 14\n3/DE/KIEL\n:59:/FR7630006000011234567890189\nEDOUARD PRIGENT\n:70:RENT 14",
            &[
                "BANK_ACCOUNT 12345678",
                "PERSON ANNA BERGER",
                "ADDRESS LINDENHOF 14",
                "PERSON EDOUARD PRIGENT",
            ],
        ),
        (
            ":50K:/12345678\nSTADTWERKE KIEL GMBH\nHAFENWEG 18\n",
            &["BANK_ACCOUNT 12345678"],
        ),
        ("<NAME>ANNA MILLER<MEMO>RENT", &["PERSON ANNA MILLER"]),
        (
            "<NAME>ANNA MILLER\n<ACCTID>003948271155\n",
            &["PERSON ANNA MILLER", "BANK_ACCOUNT 003948271155"],
        ),
        ("<NAME>COFFEE SHOP\n<name>Anna Miller</name>", &[]),
        ("10:50:59: ready at 12:59: done", &[]),
    ]);
}

#[test]
fn lines_of_people() {
    assert_finds(&[
        (
            "ADR;TYPE=home:;;Lindenhof 14;Kiel;;24103;Germany",
            &["ADDRESS Lindenhof 14;Kiel;;24103"],
        ),
        ("BDAY:19850703", &["DATE_OF_BIRTH 19850703"]),
        (
            "anna:x:1001:1001:Anna Miller,,,:/home/anna:/bin/bash",
            &["PERSON Anna Miller"],
        ),
        ("www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin", &[]),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            &[
                "PERSON ERIKSSON<<ANNA<MARIA",
                "PASSPORT L898902C3",
                "DATE_OF_BIRTH 740812",
            ],
        ),
        ("<<<<<<< HEAD\ncat <<<<EOF", &[]),
        (
            "(0010,0010) PN [DELACROIX^SYLVAIN]",
            &["PERSON DELACROIX", "PERSON SYLVAIN"],
        ),
        (
            "PatientName: DELACROIX^SYLVAIN",
            &["PERSON DELACROIX", "PERSON SYLVAIN"],
        ),
        (
            "1 NAME Anna /Miller/\n1 BIRT\n2 DATE 3 JUL 1985",
            &["PERSON Anna", "PERSON Miller", "DATE_OF_BIRTH 3 JUL 1985"],
        ),
    ]);
}

#[test]
fn hostile_runs_are_bounded() {
    endure(
        Records::new(),
        &[
            "PID|",
            "\nPID|1^",
            "PID|~",
            "NM1*IL*1*",
            "NAD+",
            "NAD+:'",
            ":59:\n",
            ":50F:/",
            "<NAME>",
            "ADR:;",
            ":x:1",
            "<",
            "P<A<<A<",
            "1 NAME ",
        ],
    );
}
