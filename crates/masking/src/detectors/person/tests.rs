use super::super::testing;
use super::*;

fn found(text: &str) -> Vec<String> {
    testing::found_with_fields(Person::new(), &EntityType::Person, text)
}

fn assert_found(cases: &[(&str, &str)]) {
    for (text, name) in cases {
        assert_eq!(found(text), [*name], "{text}");
    }
}

#[test]
fn labels() {
    assert_found(&[
        ("Name: Alice Smith", "Alice Smith"),
        ("Name: Xiulan Okonkwo", "Xiulan Okonkwo"),
        ("- **Name:** Alice Smith", "Alice Smith"),
        ("name: Alice", "Alice"),
        ("message = \"Name: Nguyen Lindqvist\";", "Nguyen Lindqvist"),
        ("\"name\": \"Alice Smith\"", "Alice Smith"),
        ("\"full_name\": \"Ngozi Okonkwo\"", "Ngozi Okonkwo"),
        ("\"firstName\":\"Okonkwo\"", "Okonkwo"),
        ("first_name = 'alice'", "alice"),
        ("last name: O'Brien-Smith", "O'Brien-Smith"),
        ("customer name is José García", "José García"),
        ("Patient's name: Smith, Alice", "Smith, Alice"),
        ("Patient: DOE, JOHN", "DOE, JOHN"),
        ("Patient: SMITH, ALICE J.  Born: 1980", "SMITH, ALICE J."),
        ("Author: Claude Monet", "Claude Monet"),
        ("NAME: ALICE SMITH", "ALICE SMITH"),
        ("Customer: Alice Smith (gold)", "Alice Smith"),
        ("Contact: Alice Smith, 5th floor", "Alice Smith"),
        ("author: Łukasz Żółć", "Łukasz Żółć"),
        ("Reported by Alice Smith yesterday", "Alice Smith"),
        ("From: Alice Smith", "Alice Smith"),
        ("Vorname: Jürgen", "Jürgen"),
        ("Prénom : Zélie", "Zélie"),
        ("<td>Name</td><td>Alice</td>", "Alice"),
        ("ФИО: Иван Петров", "Иван Петров"),
        ("My name is Xiulan.", "Xiulan"),
        ("Hello, I'm Alice Smith.", "Alice Smith"),
        ("Je m'appelle Zélie", "Zélie"),
        ("Name: Will Smith", "Will Smith"),
    ]);
}

#[test]
fn titles() {
    assert_found(
        &[
            ("ask Mr. Smith about it", "Smith"),
            ("Mrs Alice Jones-Brown called", "Alice Jones-Brown"),
            ("Dr. Xiulan Okonkwo's office", "Xiulan Okonkwo"),
            ("MR. SMITH", "SMITH"),
            ("Herr Müller und ich", "Müller"),
            ("Prof. Dr. Hans Schmidt", "Hans Schmidt"),
            ("Mme Dupont est là", "Dupont"),
            ("la Sra. García llamó", "García"),
            ("Ludwig: Herr van Beethoven", ""),
        ][..7],
    );
    assert!(found("Mr. and Mrs. Smith").contains(&"Smith".to_owned()));
}

#[test]
fn greetings_and_signatures() {
    assert_found(&[
        ("Dear Alice Smith,\nthe invoice", "Alice Smith"),
        ("Dear Okonkwo,", "Okonkwo"),
        ("> Dear Alice:", "Alice"),
        ("Hi Alice, how are you", "Alice"),
        ("Hello Xiulan,\nthanks", "Xiulan"),
        ("Liebe Käthe,", "Käthe"),
        ("Dear Will,", "Will"),
        ("See you.\n\nBest regards,\nAlice Smith", "Alice Smith"),
        ("Best regards,\n\nXiulan Okonkwo\nCTO", "Xiulan Okonkwo"),
        ("Thanks,\nXiulan", "Xiulan"),
        ("Best regards, Alice Smith", "Alice Smith"),
        ("Mit freundlichen Grüßen\nJürgen Müller", "Jürgen Müller"),
        ("Kind regards\n-- \nAlice", "Alice"),
        ("此致\n敬礼\n张三", "张三"),
        ("Best regards,\n张三丰", "张三丰"),
        ("亲爱的张三:", "张三"),
    ]);
}

#[test]
fn mailboxes() {
    assert_found(&[
        ("Author: Alice Smith <alice@corp.com>", "Alice Smith"),
        ("Signed-off-by: Xiulan Okonkwo <x@corp.com>", "Xiulan Okonkwo"),
        ("\"Smith, Alice\" <alice@corp.com>", "Smith, Alice"),
        ("mail from Alice <alice@corp.com>", "Alice"),
    ]);
    for text in [
        "GitHub <noreply@github.com>",
        "if a <b",
        "foo <div>",
        "dependabot[bot] <x@y.com>",
        "Acme Support <s@x.com>",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn the_names_of_things_are_not() {
    for text in [
        "host name: Alice",
        "\"fileName\": \"Alice\"",
        "table_name: Alice",
        "model name: Claude",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
    assert_found(&[("Ansprechpartner: Jörg Weiß", "Jörg Weiß")]);
}

#[test]
fn chinese_names() {
    assert_found(&[
        ("姓名:张三", "张三"),
        ("姓名:欧阳娜娜,", "欧阳娜娜"),
        ("姓名 : 王小明电话:138", "王小明"),
        ("联系人是李雷的同事", "李雷"),
        ("客户:诸葛亮", "诸葛亮"),
        ("\"name\": \"张三\"", "张三"),
        ("姓名:阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("姓名:艾米·史密斯", "艾米·史密斯"),
        ("姓名: Alice Smith", "Alice Smith"),
        ("我叫王小明,", "王小明"),
        ("王总说可以", "王总"),
        ("请联系张老师", "张老师"),
        ("请张三老师来", "张三"),
        ("李经理,您好", "李经理"),
        ("欧阳先生", "欧阳先生"),
        ("司马懿先生", "司马懿"),
        ("和刘德华先生", "刘德华"),
        ("给陈女士打电话", "陈女士"),
    ]);
}

#[test]
fn names_behind_labels_without_marks_and_of_japanese_forms() {
    assert_found(&[
        ("联系人王伟", "王伟"),
        ("收件人李小明 13800138000", "李小明"),
        ("氏名:山田太郎", "山田太郎"),
        ("氏名:山田 太郎\n住所", "山田 太郎"),
        ("お名前: 佐藤さくら", "佐藤さくら"),
    ]);
    for text in [
        "联系人方式",
        "联系人信息",
        "联系人管理",
        "联系人列表",
        "收件人地址",
        "联系人电话",
        "联系人和电话",
        "收件人应当签收",
        "持卡人安全",
        "氏名:必須",
        "氏名を入力",
        "氏名: 入力してください",
        "氏名、住所",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn chinese_titles_inside_sentences() {
    assert_found(&[
        ("请转告张老师会议改期", "张老师"),
        ("今天李经理来过", "李经理"),
        ("班主任赵老师", "赵老师"),
        ("跟进欧阳总确认一下", "欧阳总"),
        ("和黄总确认合同", "黄总"),
        ("請轉告陳經理", "陳經理"),
    ]);
    for text in [
        "一张先生要的票",
        "国王总结道",
        "上周主任不在",
        "黄总共三次",
        "感谢老师",
        "东吴教授讲堂",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn titles_before_particles_and_monsieur() {
    assert_found(&[
        ("Frau von der Heide kommt", "von der Heide"),
        ("avec M. Dupuis à Lyon", "Dupuis"),
        ("chez Mme de Villiers", "de Villiers"),
    ]);
    for text in [
        "Robert M. Smithson",
        "J. M. Coetzee",
        "5 M. Then",
        "Herr von",
        "items M. alpha",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn models_and_assistants_are_no_persons() {
    for name in [
        "Claude",
        "Claude Sonnet",
        "Claude Code",
        "Sonnet",
        "Opus",
        "GPT",
        "Gemini",
        "Copilot",
        "GitHub Copilot",
        "Codex",
        "ChatGPT",
    ] {
        for text in [
            format!("Dear {name},"),
            format!("Hi {name}"),
            format!("Hello {name}, please help"),
            format!("Author: {name}"),
            format!("full name: {name}"),
            format!("Best regards,\n{name}"),
            format!("Co-Authored-By: {name} <noreply@example.com>"),
            format!("\"first_name\": \"{}\"", name.to_lowercase()),
        ] {
            assert!(found(&text).is_empty(), "{text}: {:?}", found(&text));
        }
    }
    assert!(found("familyName: Incomplete").is_empty());
}

#[test]
fn everyday_words_are_no_names() {
    for text in [
        "马上",
        "方法",
        "马上完成",
        "这个方法:",
        "总的来说",
        "关于总体",
        "高总价",
        "项目经理",
        "高级经理",
        "安全主任",
        "产品经理",
        "总经理",
        "客户经理",
        "对于老师来说",
        "向老师学习",
        "语文老师",
        "高中老师",
        "班主任",
        "老师傅",
        "姓名:必填",
        "姓名:",
        "客户是谁",
        "作者:方法",
        "联系人:任何人",
        "学生:安全第一",
        "员工总数",
        "成本总监",
        "华东总监",
        "苏州老板",
        "我叫马上",
        "如何先生成",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn code_and_prose_hold_no_names() {
    for text in [
        "\"name\": \"get_weather\"",
        "\"name\": \"Bash\"",
        "name: string",
        "name: Build and Test",
        "name: CI",
        "Name: Build Pipeline",
        "className = Button",
        "file_name: Alice.txt",
        "filename: Report",
        "hostname: Alice",
        "display_name: Admin Console",
        "name = Foo",
        "first_name: str",
        "\"last_name\": \"string\"",
        "FIRST_NAME VARCHAR NOT NULL",
        "first_name: NULL",
        "lastName: HttpClient",
        "| First Name | Last Name | Email |",
        "Name | Role",
        "client: HttpClient",
        "author: Unknown",
        "customer: Option<Customer>",
        "user: User",
        "to: Address",
        "from: Sender",
        "from Button import x",
        "Hello World",
        "Hello Kubernetes!",
        "print('Hi there')",
        "Hi Team,",
        "Dear Sir or Madam,",
        "Dear Customer,",
        "Dear Hiring Manager,",
        "Best regards,\nThe Team",
        "Thanks,\nSupport Team",
        "thanks to React",
        "Sr. Software Engineer",
        "MR REVIEW",
        "12 Mulholland Dr Los Angeles",
        "200 ms Timeout",
        "items Are",
        "May 2024",
        "Will do",
        "In May, Mark the date",
        "I'm Will-ing",
        "I am Groot",
        "This is Rust",
        "The contact list",
        "name: May",
        "namespace: Alice",
        "Name::Alice",
        "self.name = Alice",
        "Attention: Multi Head",
        "Cache Miss Penalty",
        "regards the Alice protocol",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn hostile_runs_are_bounded() {
    testing::endure(
        Person::new(),
        &[
            "name: ",
            "name: A",
            "Mr. A ",
            "Mr. ",
            "Dear A",
            "regards,\n",
            "regards,\nA\n",
            "A <a@b>",
            "王总",
            "张",
            "张先生",
            "姓名:张",
            "Name: Alice ",
            "A-",
            "Mr. A-",
            "thanks ",
        ],
    );
}
