//! Tables as exports, documents and dumps write them, and lines of prose and code that only look like their heads.

use crate::detectors::fields::Columns;
use crate::detectors::testing::{self, endure};

/// What is no person's name.
fn typed(text: &str) -> Vec<String> {
    let all = testing::typed_by_fields(text).into_iter();
    all.filter(|line| !line.starts_with("PERSON ")).collect()
}

fn values(text: &str) -> Vec<String> {
    let value = |line: String| line.split_once(' ').map(|(_, value)| value.to_owned());
    typed(text).into_iter().filter_map(value).collect()
}

#[test]
fn columns_of_every_kind_of_table() {
    let expected = [
        "PASSWORD S3cretPw99x",
        "PHONE 4155550123",
        "DATE_OF_BIRTH 1985-03-12",
        "PASSWORD hunter2x",
        "PHONE +49 (30) 123-456",
        "DATE_OF_BIRTH 12.03.1985",
    ];
    for text in [
        "name,password,phone,dob\nAnn,S3cretPw99x,4155550123,1985-03-12\nBob,hunter2x,+49 (30) 123-456,12.03.1985\n",
        "\"Name\";\"Password\";\"Mobile\";\"Geburtsdatum\"\r\n\"A; B\";\"S3cretPw99x\";\"4155550123\";\"1985-03-12\"\r\nBob;hunter2x;+49 (30) 123-456;12.03.1985",
        "name\tpassword\ttel\tdate_of_birth\nAnn\tS3cretPw99x\t4155550123\t1985-03-12\nBob\thunter2x\t+49 (30) 123-456\t12.03.1985",
        "| Name | Password | **Phone** | Birthday |\n|---|---|:-:|---|\n| Ann | S3cretPw99x | 4155550123 | 1985-03-12 |\n| Bob | hunter2x | +49 (30) 123-456 | 12.03.1985 |",
        "姓名,密码,手机,出生日期\n安,S3cretPw99x,4155550123,1985-03-12\n波,hunter2x,+49 (30) 123-456,12.03.1985\n",
        "INSERT INTO users (name, password, phone, dob) VALUES ('A, ''b', 'S3cretPw99x', '4155550123', '1985-03-12'),\n  ('Bob', 'hunter2x', '+49 (30) 123-456', '12.03.1985');",
        "insert into `users` (`id`,`password`,`phone`,`birth_date`) values (NEXT(1,2),N'S3cretPw99x',4155550123,'1985-03-12 00:00:00'), (2,'hunter2x','+49 (30) 123-456','12.03.1985')",
    ] {
        assert_eq!(typed(text), expected, "{text}");
    }
}

#[test]
fn keys_words_and_names_with_owners() {
    let key = ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat();
    assert_eq!(
        values(&format!("service,api_key,token\nx,{key},{key}\n")),
        [key.clone(), key]
    );
    let letters = ["bLhXhtymqKOqRRtpJCRv", "ULDFsYEIXJEMSuVbCBYH"].concat();
    let quoted = format!("\"| state | api_key |\n|---|---|\n| open | $(x){letters} |\n\"");
    assert_eq!(values(&quoted), [format!("$(x){letters}")]);
    assert_eq!(values("user,db_password\nann,wonderlandx\n"), ["wonderlandx"]);
    assert_eq!(values("home_phone,x\n4155550123,1\n"), ["4155550123"]);
    assert_eq!(values("  1→user,password\n  2→ann,hunter2x\n"), ["hunter2x"]);
}

#[test]
fn long_tables_are_read_to_their_end() {
    let rows: String = (0..5000).map(|n| format!("u{n},Pw{n}xQ9\n")).collect();
    assert_eq!(values(&format!("user,password\n{rows}")).len(), 5000);
    let split = "user,password,note\nann,hunter2x,\"two\nlines\"\n\"bob\",hunter3x,-\n";
    assert_eq!(values(split), ["hunter2x", "hunter3x"]);
}

#[test]
fn other_tables_prose_and_code_hold_none() {
    for text in [
        "user,password\nann,\nbob,none\n",
        "user,password\nann,$DB_PASSWORD1\n",
        "| Option | Password |\n|---|---|\n| reset | supported |\n| x | `changeme` |",
        "model,token,cost\ngpt-4o,1500,0.01\n",
        "phone,price\nPixel 8,699\n",
        "def login(user, password, phone):\n    return check(a1b2, c3d4e5, 4155550123)\n",
        "login(\n    user,\n    password,\n    a1b2c3d4,\n)",
        "const { user, password } = x1y2z3;\nfoo(a1b2c3, d4e5f6g7)",
        "user, password\n\nfoo, a1b2c3d4\n",
        "INSERT INTO users (name, password) VALUES (?, ?)",
        "INSERT INTO users (name, password) VALUES ($1, $2)",
        "INSERT INTO users (name, password) VALUES (:name, :password1)",
        "INSERT INTO users (name, password) VALUES (%s, %s)",
        "INSERT INTO users (name, password) SELECT name1, pass1 FROM x",
        "id,phone\n1,123\n2,n/a\n",
        "id,dob\n1,2\n2,unknown\n",
        "syn keyword\tservice\tkpasswd\nsyn keyword\tservice\tkrb524\n",
    ] {
        assert!(values(text).is_empty(), "{text} {:?}", values(text));
    }
}

#[test]
fn short_heads_need_their_neighbours() {
    for (text, expected) in [
        ("user,pass\nann,hunter2x\n", "PASSWORD hunter2x"),
        ("db_host;login;pwd\nx;ann;hunter2x\n", "PASSWORD hunter2x"),
        ("name,mobile\nAnn,4155550123\n", "PHONE 4155550123"),
        ("id,mobile\n1,+1 415 555 0123\n", "PHONE +1 415 555 0123"),
        ("id,cell\n1,13812345678\n", "PHONE 13812345678"),
    ] {
        assert_eq!(typed(text), [expected], "{text}");
    }
    let key = ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat();
    for head in ["token", "secret", "api_key", "client_secret"] {
        let text = format!("id,{head}\n1,{key}\n");
        assert_eq!(typed(&text), [format!("API_KEY {key}")], "{text}");
    }
    for text in [
        "suite,pass,fail\nunit1,a1b2c3,0\nall,12ms,97%\n",
        "user,pass\nann,97.5%\nbob,12ms\ncat,123456\n",
        "user,pass\nann,9f86d081884c7d659a2feaa0c55ad015\n",
        "user,pass\nann,2024-01-02T10:00:00Z\n",
        "user,password\nann,2024-01-02T10:00:00Z\n",
        "key,token\nx,da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
        "file,secret\nx,da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
        "date,mobile,desktop\n2024-01-02,1234567,2345678\n",
        "gene,cell\nBRCA1,1234567\n",
        "name,mobile\nAnn,2024-01-02\n",
        "name,phone\nAnn,02.01.2024\n",
    ] {
        assert!(values(text).is_empty(), "{text} {:?}", values(text));
    }
    assert!(values("INSERT INTO t (date, mobile) VALUES ('x', '1234567')").is_empty());
    assert!(values("INSERT INTO t (suite, pass) VALUES ('x', 'a1b2c3')").is_empty());
}

#[test]
fn tables_in_what_tools_show_and_with_marks_in_their_cells() {
    for text in [
        "  1→| user | password |\n  2→|---|---|\n  3→| ann | hunter2x |\n",
        "> | user | password |\n> |---|---|\n> | ann | hunter2x |\n",
        "+| user | password |\n+|---|---|\n+| ann | hunter2x |\n",
        " user | password\n------+----------\n ann  | hunter2x\n",
        "+------+----------+\n| user | password |\n+------+----------+\n| ann | hunter2x |\n+------+----------+\n",
        "note,password\n\"x = y\",hunter2x\n",
        "user, password\nann, hunter2x\n",
        "x,note\n1,2\nuser,password\nann,hunter2x\n",
    ] {
        assert_eq!(values(text), ["hunter2x"], "{text}");
    }
    for password in ["aB(3x!k9", "hunter2)", "k9[Lq#2x", "Zq7)x(2k", "(a1b2c3d4)"] {
        assert_eq!(values(&format!("user,password\nann,{password}\n")), [password]);
    }
}

#[test]
fn lists_of_names_in_programs_are_no_heads() {
    for text in [
        "const {\n  user, password\n} = await x1y2(a1b2c3, d4e5f6);\nfoo, a1b2c3\n",
        "def login(\n    user, password\n):\n    x1 = check2, a1b2c3d4\n",
        "SELECT\n  user, password\nFROM a1b2c3, d4e5f6g7",
        "type Field =\n  | \"id\" | \"password\"\n  | \"x1y2z3\" | \"a1b2c3d4\";",
        "| \"id\" | \"password\"\n| \"x1y2z3\" | \"a1b2c3d4\"\n",
        "user, password\nfoo1(a1b2), bar2(c3d4e5)\n",
        "user, password\nx, req.body2.password1\n",
        "user, password\nx1, a1b2c3d4;\n",
        "user, password\nx1, $password1\n",
        "user, password\nx, args[1]\n",
        "user, password\nusername, somethingelse\n",
        "user, password\nx1, y2 = foo1, a1b2c3d4\n",
        "column,password\ntype,varchar(255)\nother,text NOT NULL\nthird,string\nlast,char2\n",
        "| Field | Password |\n|---|---|\n| type | varchar(255) |\n",
        "user,password\n\nann,a1b2c3d4\n",
        "user,password\nother\nann,a1b2c3d4\n",
    ] {
        assert!(values(text).is_empty(), "{text} {:?}", values(text));
    }
}

fn people(text: &str) -> Vec<String> {
    testing::typed_by_fields(text)
}

#[test]
fn bare_delimiters_part_cells_without_a_rule() {
    for mark in ["|", "~", "^", " | "] {
        let text = "id|last_name|first_name\n4|Miller|Anna\n5|Holm|Tom\n".replace('|', mark);
        let names = ["PERSON Miller", "PERSON Anna", "PERSON Holm", "PERSON Tom"];
        assert_eq!(people(&text), names, "{text}");
    }
    let outer = "| id | last_name | first_name |\n| 4 | Miller | Anna |\n";
    assert_eq!(people(outer), ["PERSON Miller", "PERSON Anna"]);
    assert_eq!(people("customer|amount\nAnna Miller|7\n"), ["PERSON Anna Miller"]);
    assert_eq!(
        people("LNAME|FNAME|BDATE\nMILLER|ANNA|19850703\n"),
        ["PERSON MILLER", "PERSON ANNA", "DATE_OF_BIRTH 19850703"]
    );
    for text in [
        "cat users | grep password\ncat x1 | grep a1b2c3d4\n",
        "name | email\nundefined | null\n",
        "  | Customer\n  | Order Line\n",
        "cd ~/customer\nls ~/Anna\n",
    ] {
        assert!(people(text).is_empty(), "{text} {:?}", people(text));
    }
}

#[test]
fn columns_aligned_by_blanks() {
    let report = "Name            Email            Phone\nJarek Tomczyk   j@firma.pl       601 448 217\nAnna Nowak      a@firma.pl       601 448 218\n";
    assert_eq!(
        people(report),
        [
            "PERSON Jarek Tomczyk",
            "PHONE 601 448 217",
            "PERSON Anna Nowak",
            "PHONE 601 448 218"
        ]
    );
    assert_eq!(
        people("LASTNAME   FIRSTNAME   SSN\nMILLER     ANNA        536-90-4399\n")[..2],
        ["PERSON MILLER", "PERSON ANNA"]
    );
    assert_eq!(
        people("ID  NAME         ROLE\n1   Anna Miller  admin\n"),
        ["PERSON Anna Miller"]
    );
    for text in [
        "NAME          READY   STATUS    RESTARTS   AGE\nweb-0         1/1     Running   0          3d\nClaude Api    1/1     Running   0          3d\n",
        "CONTAINER ID   IMAGE     COMMAND   NAMES\n4f1c2a9b7d3e   nginx:1   \"nginx\"   Brave Newton\n",
        "NAME    TYPE     DESCRIPTION\nAnna    string   First\n",
        "  password   The Password\n  username   The User\n",
    ] {
        assert!(people(text).is_empty(), "{text} {:?}", people(text));
    }
}

#[test]
fn ragged_rows_gaps_and_lists() {
    let ragged = "name,phone,city\nAnna Miller,0431 441827,Kiel\nTom Holm,0431 441828\n";
    let names = [
        "PERSON Anna Miller",
        "PHONE 0431 441827",
        "PERSON Tom Holm",
        "PHONE 0431 441828",
    ];
    assert_eq!(people(ragged), names);
    for gap in ["\n", "# exported\n", "# exported\n\n"] {
        let text = format!("name,phone\n{gap}Anna Miller,0431 441827\nTom Holm,0431 441828\n");
        assert_eq!(people(&text), names, "{text}");
    }
    let stacked = "name,phone\nAnna Miller,0431 441827\nuser,password,note\nann,hunter2x,-\n";
    assert_eq!(values(stacked), ["0431 441827", "hunter2x"]);
    for mark in [";", "\t", ","] {
        let list = format!("Name{mark}Anna Berger\nGeburtsdatum{mark}03.07.1985");
        assert_eq!(
            people(&list),
            ["PERSON Anna Berger", "DATE_OF_BIRTH 03.07.1985"],
            "{list}"
        );
    }
    let heads: String = (0..4000).map(|n| format!("c{},", "x".repeat(n % 9))).collect();
    let row: String = (0..4000).map(|_| "1,").collect();
    assert_eq!(values(&format!("{heads}password\n{row}hunter2x\n")), ["hunter2x"]);
}

#[test]
fn rows_behind_the_names_of_their_columns() {
    let copy = "COPY patients (mrn, last_name, dob) FROM stdin;\n0048213\tPellegrino\t1959-10-22\n\\.\n";
    let found = people(copy);
    assert!(found.contains(&"PERSON Pellegrino".to_owned()), "{found:?}");
    assert!(
        found.contains(&"DATE_OF_BIRTH 1959-10-22".to_owned()),
        "{found:?}"
    );
    assert_eq!(
        people("DETAIL:  Key (last_name, first_name)=(Berger, Anna) already exists."),
        ["PERSON Berger", "PERSON Anna"]
    );
    assert_eq!(
        people(r#"{"columns":["full_name","dob"],"data":[["Anna Miller","1985-07-03"]]}"#),
        ["PERSON Anna Miller", "DATE_OF_BIRTH 1985-07-03"]
    );
}

#[test]
fn hostile_runs_are_linear() {
    endure(
        Columns::new(),
        &[
            "user,password\n",
            "password1,x\n",
            "password,",
            "|password",
            "insert into t (password) values (",
            "insert into t (password) values ('a'),",
            "into (",
            "('",
            "password\t\"",
            "user,password\na,\"",
            "user, password\na, b(\n",
            "password|",
            "user|password\n",
            "user  password  ",
            "user  password\n",
            "name,phone,x\n\n",
            "name,",
            "name;Anna\n",
            "COPY t (name) FROM stdin;\n",
            "Key (name)=(",
            "\"columns\":[\"name\"],\"data\":[[",
            "\"columns\":[\"",
        ],
    );
}
