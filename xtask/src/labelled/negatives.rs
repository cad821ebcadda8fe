//! Hard negatives: code, logs and prose that look like private values and hold none.

use super::seeded::{Seeded, written};

/// How many texts each maker gives.
const EACH: usize = 24;

type Make = fn(&mut Seeded) -> String;

const MAKERS: &[Make] = &[
    |s| format!("const TIMEOUT_MS = {};", s.between(1_000_000_000, 9_999_999_999)),
    |s| {
        format!(
            "\"create_time\": {}.{}",
            s.between(1_600_000_000, 1_790_000_000),
            written(&s.digits(6))
        )
    },
    |s| format!("commit {}\n", s.hex(40)),
    |s| {
        format!(
            "id: {}-{}-4{}-a{}-{}",
            s.hex(8),
            s.hex(4),
            s.hex(3),
            s.hex(3),
            s.hex(12)
        )
    },
    |s| {
        format!(
            "    \"version\": \"{}.{}.{}\",",
            s.below(20),
            s.below(40),
            s.below(90)
        )
    },
    |s| {
        format!(
            "Upgrading to v{}.{}.{}.{} failed",
            s.between(1, 9),
            s.below(20),
            s.below(20),
            s.below(99)
        )
    },
    |s| {
        format!(
            "2026-0{}-1{}T0{}:26:53.{}Z INFO worker[{}] done",
            s.between(1, 9),
            s.below(9),
            s.below(9),
            written(&s.digits(3)),
            s.below(99)
        )
    },
    |s| format!("sha256:{}", s.hex(64)),
    |s| {
        format!(
            "\"integrity\": \"sha512-{}==\"",
            s.chars(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                86
            )
        )
    },
    |s| {
        format!(
            "api_key = os.environ[\"{}_API_KEY\"]",
            s.pick(&["OPENAI", "STRIPE", "GITHUB", "SLACK"])
        )
    },
    |s| {
        format!(
            "password: {}",
            s.pick(&[
                "str",
                "String,",
                "z.string().min(8)",
                "${DB_PASSWORD}",
                "<your-password>",
                "process.env.PASSWORD",
                "********",
                "null",
                "Optional[str] = None"
            ])
        )
    },
    |s| {
        format!(
            "secret: {}",
            s.pick(&[
                "true",
                "false",
                "${{ secrets.TOKEN }}",
                "!Ref DbSecret",
                "{{ .Values.secret }}",
                "getSecret(name)"
            ])
        )
    },
    |s| {
        format!(
            "token = {}",
            s.pick(&[
                "lexer.next_token()",
                "self.tokens[index]",
                "None",
                "tokenizer.encode(text)",
                "request.headers.get('authorization')",
                "TokenKind::Identifier"
            ])
        )
    },
    |s| {
        format!(
            "export OPENAI_API_KEY={}",
            s.pick(&[
                "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
                "your-api-key",
                "<key>",
                "...",
                "sk-...",
                "$KEY"
            ])
        )
    },
    |s| {
        format!(
            "margin: {}px {}px; color: #{}",
            s.below(99),
            s.below(99),
            s.hex(6)
        )
    },
    |s| {
        format!(
            "SELECT * FROM orders WHERE id = {} LIMIT {}",
            s.between(10_000_000, 99_999_999),
            s.below(100)
        )
    },
    |s| {
        format!(
            "0x{:08x}: {} {} {} {}",
            s.below(1 << 32),
            s.hex(4),
            s.hex(4),
            s.hex(4),
            s.hex(4)
        )
    },
    |s| {
        format!(
            "user {} liked post {}",
            s.between(100_000, 999_999),
            s.between(1_000_000, 9_999_999)
        )
    },
    |s| {
        format!(
            "order #{} shipped in {} days",
            s.between(1_000_000_000, 9_999_999_999),
            s.below(9)
        )
    },
    |s| {
        format!(
            "https://example.net/items/{}?page={}",
            s.between(1_000_000_000_000, 9_999_999_999_999),
            s.below(99)
        )
    },
    |s| {
        format!(
            "npm install {}@{}.{}.{}",
            s.pick(&["@types/node", "react", "@babel/core", "left-pad"]),
            s.below(20),
            s.below(9),
            s.below(9)
        )
    },
    |s| {
        format!(
            "git remote add origin git@github.com:{}/{}.git",
            s.pick(&["acme", "northwind"]),
            s.pick(&["site", "core"])
        )
    },
    |s| {
        format!(
            "@{}\ndef handler(request):",
            s.pick(&["app.route('/x')", "dataclass", "pytest.fixture", "property"])
        )
    },
    |s| {
        s.pick(&[
            "我马上去看",
            "这个方法不对",
            "王国的历史很长",
            "高兴地说",
            "张开双臂",
            "李子很甜",
            "黄色的车",
            "周末见",
            "陈列在柜子里",
            "白天很热",
            "老师说得对",
            "经理不在",
            "总是这样",
            "何时开始",
            "金额不对",
            "方便的话",
            "请问时间",
            "马上就好",
            "成功了",
            "任何人都可以",
        ])
        .to_string()
    },
    |s| {
        s.pick(&[
            "May I ask?",
            "Will you check it?",
            "Mark it as done.",
            "Rose by ten percent",
            "The Grant was approved",
            "Hope this helps!",
            "Dear customer,",
            "Dear all,",
            "Best regards,\nThe Support Team",
            "Hi there,",
            "Name: get_weather",
            "Apple and Amazon rose.",
            "Monday Morning Report",
            "New York Times",
            "Quick Start Guide",
            "Hello World",
            "See Main Street Analysis",
            "Mr. Robot is a series",
        ])
        .to_string()
    },
    |s| {
        format!(
            "listening on {}:{}",
            s.pick(&[
                "127.0.0.1",
                "0.0.0.0",
                "localhost",
                "[::1]",
                "192.168.1.10",
                "10.0.0.5",
                "192.0.2.1"
            ]),
            s.between(1024, 65535)
        )
    },
    |s| {
        format!(
            "std::{}::{}",
            s.pick(&["vec", "fmt", "collections"]),
            s.pick(&["Vec", "Display", "HashMap"])
        )
    },
    |s| {
        format!(
            "elapsed: {}:{:02}:{:02}, eta 0:{:02}:{:02}",
            s.below(9),
            s.below(60),
            s.below(60),
            s.below(60),
            s.below(60)
        )
    },
    |s| {
        format!(
            "{{\"name\": \"{}\", \"type\": \"function\"}}",
            s.pick(&[
                "get_weather",
                "read_file",
                "Bash",
                "search_orders",
                "Main Window",
                "Default Profile"
            ])
        )
    },
    |s| {
        format!(
            "{} {} {} {}",
            s.between(1000, 9999),
            s.between(100, 9999),
            s.between(10, 999),
            s.between(100, 9999)
        )
    },
    |s| {
        format!(
            "[{}]",
            (0..12)
                .map(|_| s.between(0, 99_999).to_string())
                .collect::<Vec<_>>()
                .join(", ")
        )
    },
    |s| {
        format!(
            "score={:.4} loss=0.{} step={}",
            s.below(100) as f64 / 7.0,
            written(&s.digits(8)),
            s.below(1_000_000)
        )
    },
    |s| {
        format!(
            "-- Chapter {}: {} of the {}",
            s.below(20),
            s.pick(&["Return", "Fall", "History"]),
            s.pick(&["King", "City", "Method"])
        )
    },
    |s| {
        format!(
            "ISBN 978-{}-{}-{}-{}",
            s.below(9),
            s.between(100, 999),
            s.between(10000, 99999),
            s.below(9)
        )
    },
    |s| {
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----",
            s.chars("ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", 64)
        )
    },
    |s| {
        format!(
            "ssh-ed25519 {} deploy",
            s.chars("ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", 68)
        )
    },
    |s| {
        format!(
            "if (a < {} && b > {}) {{ return c[{}]; }}",
            s.below(99),
            s.below(99),
            s.below(9)
        )
    },
    |s| format!("arn:aws:iam::{}:role/deploy", s.pick(&["aws", "123456789012"])),
    |s| {
        format!(
            "Copyright (c) {}-{} The Authors",
            s.between(1990, 2010),
            s.between(2011, 2026)
        )
    },
    |s| format!("open /home/{}/app", s.pick(&["$USER", "<user>", "{user}"])),
];

pub(super) fn all(seeded: &mut Seeded) -> Vec<String> {
    MAKERS
        .iter()
        .flat_map(|make| (0..EACH).map(|_| make(seeded)).collect::<Vec<_>>())
        .collect()
}
