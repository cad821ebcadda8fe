//! Tables as exports, documents and dumps write them, and lines of prose and code that only look like their heads.

use super::*;
use crate::detectors::testing::{endure, found, typed};

fn values(text: &str) -> Vec<String> {
    found(Tables::new(), text)
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
        assert_eq!(typed(Tables::new(), text), expected, "{text}");
    }
}

#[test]
fn keys_words_and_names_with_owners() {
    let key = ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat();
    assert_eq!(
        values(&format!("service,api_key,token\nx,{key},{key}\n")),
        [key.clone(), key]
    );
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
fn hostile_runs_are_linear() {
    endure(
        Tables::new(),
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
        ],
    );
}
