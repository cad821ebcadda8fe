use super::super::testing::{assert_finds, endure};
use super::value::{Trust, person_in};
use super::{Person, PersonLines};
use crate::ByteSpan;

fn value(text: &str, trust: Trust) -> Option<&str> {
    person_in(text, ByteSpan::new(0, text.len()), trust).map(|span| &text[span.range()])
}

#[test]
fn senders_of_chats() {
    assert_finds(
        PersonLines::new,
        &[
            ("[10:02] Maren Tilsiter: hello", &["Maren Tilsiter"]),
            ("12/03/2024, 14:05 - Mihai Dobrescu: yes", &["Mihai Dobrescu"]),
            (
                "[12.03.24, 14:05:11] Ottoline Brackenbury: ok",
                &["Ottoline Brackenbury"],
            ),
            (
                "12/03/2024, 14:05 - Mihai Dobrescu added Ewa",
                &["Mihai Dobrescu"],
            ),
            (
                "[Yesterday 10:02] Brackenbury, Ottoline\nhi",
                &["Brackenbury, Ottoline"],
            ),
            ("Maren Tilsiter  10:02 AM\nhello", &["Maren Tilsiter"]),
            ("Maren Tilsiter\n  10:02 AM\nhello", &["Maren Tilsiter"]),
            ("Maren Tilsiter — Today at 10:02 AM", &["Maren Tilsiter"]),
            ("Maren Tilsiter (10:02:11): hello", &["Maren Tilsiter"]),
            ("**Maren Tilsiter**: hello", &["Maren Tilsiter"]),
            ("**Maren Tilsiter:** hello", &["Maren Tilsiter"]),
            ("14:05 <@Maren Tilsiter> pushed", &["Maren Tilsiter"]),
            ("<v.loud Maren Tilsiter>hello</v>", &["Maren Tilsiter"]),
            ("Speaker 1 (Maren Tilsiter): hello", &["Maren Tilsiter"]),
            ("00:14:22\tMaren Tilsiter:\tyes", &["Maren Tilsiter"]),
            ("[김서연] [오전 10:02] 네", &["김서연"]),
            ("欧阳慧敏 2024-03-12 10:02:11\n你好", &["欧阳慧敏"]),
        ],
    );
}

#[test]
fn senders_of_transcripts_need_a_second_voice_or_a_known_name() {
    assert_finds(
        PersonLines::new,
        &[
            ("Maren Tilsiter: hi", &["Maren Tilsiter"]),
            ("Zorv Quellint: hi", &[]),
            ("Zorv Quellint: hi\nZorv Quellint: bye", &["Zorv Quellint"]),
            (
                "Zorv Quellint: hi\nMaren Tilsiter: yes",
                &["Zorv Quellint", "Maren Tilsiter"],
            ),
        ],
    );
}

#[test]
fn logs_headings_and_definitions_are_no_chats() {
    for text in [
        "[10:02] INFO: started",
        "[10:02] Server thread/INFO: Done",
        "10:02:11 Main Thread: ready",
        "**Note**: read",
        "**Breaking Change**: gone",
        "**Visual Studio Code**: 1.80",
        "Known Issues: none\nKnown Issues: some",
        "Opening Hours  9:00 AM",
        "<v String>x",
        "<Button Primary>",
        "Map<String, Vec<u8>>",
        "class Frank { Grace hopper; }",
        "Time: 10:02",
        "从:这里",
    ] {
        assert_finds(PersonLines::new, &[(text, &[])]);
    }
}

#[test]
fn headers_letterheads_and_records() {
    assert_finds(
        PersonLines::new,
        &[
            (
                "To: Quental, Ines; Tobias Wendorff",
                &["Quental, Ines", "Tobias Wendorff"],
            ),
            ("De : Claire FONTANELLE", &["Claire FONTANELLE"]),
            (
                "To: Maren Tilsiter, Colm Brannigan",
                &["Maren Tilsiter", "Colm Brannigan"],
            ),
            ("Co-authored-by: Maren Tilsiter", &["Maren Tilsiter"]),
            ("Von: Brückner, Jens (extern)", &["Brückner, Jens"]),
            ("From: debian:bookworm-slim", &[]),
            ("To: Production", &[]),
            ("Frau\nKatrin Osterwald\n", &["Katrin Osterwald"]),
            ("--\nMihai Dobrescu\nSales", &["Mihai Dobrescu"]),
            ("Jane Rivers | PM | M: +1 408 555 0117", &["Jane Rivers"]),
            ("N:Tilsiter;Maren;;;", &["Tilsiter", "Maren"]),
            ("cn: Maren Tilsiter", &["Maren Tilsiter"]),
            ("cn: Domain Users", &[]),
        ],
    );
}

#[test]
fn records_with_positions() {
    assert_finds(
        Person::new,
        &[
            (
                "?32KATRIN OSTERWALD?33UND JENS OSTERWALD",
                &["KATRIN OSTERWALD", "JENS OSTERWALD"],
            ),
            ("?32STADTWERKE KOELN GMBH?34", &[]),
            ("ATTENDEE;CN=\"Rivers, Jane\":mailto:x", &["Rivers, Jane"]),
            ("CN=Brannigan\\, Colm,OU=Staff", &["Brannigan\\, Colm"]),
            ("CN=DigiCert Global Root CA,O=x", &[]),
        ],
    );
}

#[test]
fn roles_verbs_and_quotes() {
    assert_finds(
        Person::new,
        &[
            ("Patient Lucien Lhermite was admitted", &["Lucien Lhermite"]),
            ("our client Maren Tilsiter called", &["Maren Tilsiter"]),
            ("my wife Ottoline is", &["Ottoline"]),
            (
                "The report was reviewed by Eleni Papageorgiou yesterday",
                &["Eleni Papageorgiou"],
            ),
            ("Assigned to Jens by Tanja Wiesner.", &["Tanja Wiesner"]),
            ("gez. Annelie Brackhage", &["Annelie Brackhage"]),
            (
                "Annelie Krukenberg, geb. Brackhage",
                &["Annelie Krukenberg", "Brackhage"],
            ),
            ("Сотрудник Иванов И.И. уволен", &["Иванов И.И."]),
            ("Colm Brannigan wrote:", &["Colm Brannigan"]),
            ("Am 3.3. schrieb Lena Marquardt:", &["Lena Marquardt"]),
            ("à 09:14, Claire Fontanelle a écrit :", &["Claire Fontanelle"]),
            ("Client Side Rendering is on", &[]),
            ("Client HttpClient = new Client();", &[]),
            ("Powered by Red Hat", &[]),
            ("ORDER BY Name", &[]),
            ("The manual wrote: x", &[]),
        ],
    );
}

#[test]
fn names_of_other_scripts() {
    assert_finds(
        Person::new,
        &[
            ("高橋美咲様", &["高橋美咲"]),
            ("高橋美咲(たかはし みさき)様", &["高橋美咲", "たかはし みさき"]),
            ("担当:佐藤", &["佐藤"]),
            ("お客様と皆様の仕様", &[]),
            ("김민준 씨가", &["김민준"]),
            ("환자 강하늘은 입원", &["강하늘"]),
            ("고객님 이용자님 선생님", &[]),
            ("被告陈国强,男,汉族。", &["陈国强"]),
            ("原告方主张,被告单位", &[]),
            ("السيدة ليلى الحداد اتصلت", &["ليلى الحداد"]),
            ("श्री रमेश चतुर्वेदी भर्ती", &["रमेश चतुर्वेदी"]),
        ],
    );
}

#[test]
fn whole_values() {
    for (text, name) in [
        ("Tilsiter, Maren", "Tilsiter, Maren"),
        ("TILSITER, MAREN K.", "TILSITER, MAREN K."),
        ("MAREN TILSITER", "MAREN TILSITER"),
        ("FONTANELLE", "FONTANELLE"),
        ("Dr. Pieter van den Hoek", "Pieter van den Hoek"),
        ("van den Hoek", "van den Hoek"),
        ("Eleni Papageorgiou, MD", "Eleni Papageorgiou"),
        ("高橋 美咲", "高橋 美咲"),
        ("王晓明", "王晓明"),
        ("김민준", "김민준"),
        ("محمود الخطيب", "محمود الخطيب"),
        (
            "Maren Tilsiter und Colm Brannigan",
            "Maren Tilsiter und Colm Brannigan",
        ),
    ] {
        assert_eq!(value(text, Trust::Label), Some(name), "{text}");
    }
    for text in [
        "",
        "Platform Team",
        "string",
        "VARCHAR(20)",
        "NULL",
        "未入力",
        "see below",
        "GitHub Actions",
    ] {
        assert_eq!(value(text, Trust::Label), None, "{text}");
    }
    for text in ["Administrator", "Jest", "Redux DevTools", "Default Web Site"] {
        assert_eq!(value(text, Trust::Layout), None, "{text}");
    }
}

#[test]
fn hostile_runs_are_bounded() {
    let runs = [
        "[10:02] A",
        "10:02 ",
        "A B: ",
        "Maren Tilsiter: x\n",
        "<v ",
        "**",
        "To: A, ",
        "To: A B; ",
        "Frau\n",
        "N:;",
        "client A",
        "wrote by A ",
        " wrote:",
        "高橋",
        "様",
        "(あ)様",
        "김민준 씨",
        "담당자 ",
        "السيد ",
        "被告",
        "上诉人(",
        "cn=A",
    ];
    endure(PersonLines::new(), &runs);
    endure(Person::new(), &runs);
}
