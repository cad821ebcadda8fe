//! Texts without private values, of the kinds that people and coding agents send.

use data_encoding::{BASE64, HEXLOWER};

use crate::labelled::seeded::{Seeded, written};

pub(super) const TEXTS: &[(&str, &str)] = &[
    (
        "prose",
        "The committee met again on Tuesday, and nobody was surprised that the bridge needs another winter of repairs.",
    ),
    (
        "prose, long",
        "A garden needs three things: light, water and patience. The first two come from above; the third has to be brought along. Whoever plants a walnut tree plants it for others, and knows it.\n\nIn the second year the shoots are as long as a hand. In the tenth they carry the first nuts, and the jays find them before anybody else does.",
    ),
    (
        "prose, German",
        "Der Zug hatte wieder Verspätung, aber das Frühstück im Speisewagen war überraschend gut.",
    ),
    (
        "prose, French",
        "Le marché était presque vide à cette heure, et les pêcheurs rangeaient déjà leurs filets.",
    ),
    (
        "prose, Chinese",
        "今天的天气很好，我们决定去公园散步，然后一起吃晚饭。",
    ),
    (
        "labels in strings",
        "print(\"Name: User Agent\")\nlabel=\"Name: First Last\"\nlogger.info(\"name: Build Server\")\nhint = \"Full name: as on the card\"\n",
    ),
    (
        "open strings",
        "next: \"token: the next word\nhelp = 'Address: where the parcel goes\n",
    ),
    ("prose, Japanese", "新しい図書館は来月の初めに開館する予定です。"),
    (
        "prose, Russian",
        "Весной река поднимается почти до самых окон мельницы.",
    ),
    ("prose, Arabic", "وصل القطار متأخرا لكن الرحلة كانت جميلة"),
    (
        "question",
        "How do I sort a list of tuples by the second element, descending, without a lambda?",
    ),
    (
        "letter",
        "Dear customer,\n\nyour parcel is on its way. You can change the day of delivery until tomorrow evening.\n\nBest regards,\nThe Support Team\n",
    ),
    (
        "rust",
        "pub fn first<T: Clone>(items: &[Option<T>]) -> Option<T> {\n    items.iter().flatten().next().cloned()\n}\n",
    ),
    (
        "rust generics",
        "let tree: BTreeMap<String, Vec<Option<Box<dyn Fn(&str) -> Result<u8, Error>>>>> = BTreeMap::new();",
    ),
    (
        "rust turbofish",
        "let all = words.iter().map(|w| w.len()).collect::<Vec<usize>>();",
    ),
    (
        "c++",
        "template <typename T, std::size_t N>\nclass Ring {\n  std::array<std::optional<T>, N> slots_{};\n};\n",
    ),
    (
        "typescript",
        "export type Props<T> = Partial<Record<keyof T, ReadonlyArray<string>>> & { onChange?: (next: T) => void };",
    ),
    (
        "jsx",
        "return <Table rows={rows} onSort={key => setSort(key)}><Column name=\"title\" /></Table>;",
    ),
    (
        "python",
        "def password_strength(password: str) -> int:\n    return sum(1 for c in password if c.isdigit())\n",
    ),
    (
        "python, secrets",
        "token = request.headers.get(\"authorization\")\nif not token:\n    raise Unauthorized()\n",
    ),
    (
        "go",
        "func (s *Server) Close() error {\n\tif s.listener == nil {\n\t\treturn nil\n\t}\n\treturn s.listener.Close()\n}\n",
    ),
    (
        "java",
        "public static <K, V extends Comparable<V>> List<Map.Entry<K, V>> sorted(Map<K, V> map) { return List.of(); }",
    ),
    (
        "sql",
        "SELECT c.title, COUNT(*) AS n FROM chapters c JOIN books b ON b.id = c.book_id WHERE b.year > 1990 GROUP BY c.title ORDER BY n DESC;",
    ),
    (
        "shell",
        "for f in *.log; do gzip -9 \"$f\" && mv \"$f.gz\" archive/; done",
    ),
    (
        "shell, variables",
        "curl -fsS -H \"Authorization: Bearer ${TOKEN}\" \"$BASE_URL/health\"",
    ),
    ("make", "build: $(OBJECTS)\n\t$(CC) $(LDFLAGS) -o $@ $^\n"),
    (
        "regular expression",
        "^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*)\\/(?<name>\\w+)\\.(?:js|ts)x?$",
    ),
    (
        "minified js",
        "!function(e,t){\"object\"==typeof exports?module.exports=t():e.Ring=t()}(this,function(){var e=0,t=[];return{push:function(n){t[e++%8]=n},all:function(){return t.slice()}}});",
    ),
    (
        "css",
        ".card{margin:0 auto;padding:12px 16px;color:#3a4b5c;background:rgba(0,0,0,.04)}@media (min-width:768px){.card{max-width:42rem}}",
    ),
    (
        "json",
        "{\"name\":\"site\",\"version\":\"2.14.0\",\"scripts\":{\"build\":\"vite build\",\"test\":\"vitest run\"},\"private\":true}",
    ),
    (
        "json schema",
        "{\"type\":\"object\",\"properties\":{\"password\":{\"type\":\"string\",\"minLength\":12},\"email\":{\"type\":\"string\",\"format\":\"email\"}},\"required\":[\"email\"]}",
    ),
    (
        "yaml",
        "services:\n  web:\n    image: nginx:1.27\n    ports:\n      - \"8080:80\"\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD}\n",
    ),
    (
        "toml",
        "[profile.release]\nlto = \"fat\"\ncodegen-units = 1\npanic = \"abort\"\n",
    ),
    (
        "ini",
        "[section]\nenabled = true\nretries = 3\ntimeout_ms = 1500\n",
    ),
    (
        "environment",
        "PORT=8080\nLOG_LEVEL=info\nAPI_KEY=<your-api-key>\nSECRET_KEY=${SECRET_KEY}\n",
    ),
    (
        "template",
        "Hello {{ customer.first_name }}, your order {{ order.number }} ships on {{ order.date | long }}.",
    ),
    (
        "helm",
        "          env:\n            - name: DB_PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  name: {{ .Release.Name }}-db\n                  key: password\n",
    ),
    (
        "i18n",
        "{\"login\":{\"password\":\"Password\",\"email\":\"E-mail address\",\"submit\":\"Sign in\",\"forgot\":\"Forgot your password?\"}}",
    ),
    (
        "i18n, German",
        "login.password=Kennwort\nlogin.phone=Telefonnummer\nlogin.name=Vor- und Nachname\n",
    ),
    (
        "html",
        "<!doctype html><html><head><title>Tides</title></head><body><h1>Tides</h1><p>High water comes <em>twice</em> a day.</p></body></html>",
    ),
    (
        "html form",
        "<label for=\"pw\">Password</label><input type=\"password\" id=\"pw\" name=\"password\" placeholder=\"at least 12 distinguishable characters\">",
    ),
    (
        "html table",
        "<table><tr><th>Month</th><th>Rain</th></tr><tr><td>May</td><td>61 mm</td></tr></table>",
    ),
    (
        "xml",
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion><packaging>jar</packaging></project>",
    ),
    (
        "svg",
        "<path d=\"M10 80 C 40 10, 65 10, 95 80 S 150 150, 180 80\" fill=\"none\" stroke=\"#000\"/>",
    ),
    (
        "markdown",
        "# Ring buffer\n\nA *fixed-size* queue. See [the docs](https://docs.example/ring) and `Ring::push`.\n\n- **fast**: no allocation\n- __simple__: ~80 lines\n",
    ),
    (
        "markdown table",
        "| option | default |\n|---|---|\n| `retries` | 3 |\n| `password` | *(none)* |\n",
    ),
    (
        "changelog",
        "## 2.14.0 (2026-02-11)\n\n* fix: do not close twice (#1182)\n* feat: accept `Option<Duration>` ([3f9ac21](https://host.example/c/3f9ac21))\n",
    ),
    (
        "diff",
        "diff --git a/src/ring.rs b/src/ring.rs\nindex 3f9ac21..88b0d4e 100644\n--- a/src/ring.rs\n+++ b/src/ring.rs\n@@ -12,7 +12,7 @@ impl Ring {\n-    let next = self.head + 1;\n+    let next = self.head.wrapping_add(1);\n",
    ),
    (
        "log",
        "2026-03-04T10:11:12.482Z INFO worker[7] request done status=200 took_ms=41 bytes=18230",
    ),
    (
        "stack trace",
        "thread 'main' panicked at src/ring.rs:48:17:\nindex out of bounds: the len is 8 but the index is 9\n   1: core::panicking::panic_fmt\n   2: ring::Ring<T>::slot\n",
    ),
    (
        "listing",
        "total 24\ndrwxr-xr-x 3 root root 4096 Mar  4 10:11 src\n-rw-r--r-- 1 root root  812 Mar  4 10:11 Cargo.toml\n",
    ),
    (
        "git log",
        "commit 88b0d4e1c2a94f7be61d03a5512c7788f01e9a44\n\n    Close the listener only once\n",
    ),
    ("uuid", "request id 5f0c6f4e-9b1d-4c55-a1f0-8f6a2f7d9c31 finished"),
    (
        "hash",
        "sha256:4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358  ring.tar.gz",
    ),
    (
        "versions",
        "serde 1.0.219, tokio 1.54.0, hyper 1.12.0, rustls 0.23.31",
    ),
    (
        "numbers",
        "mean=41.37 p50=39.0 p99=112.4 n=100000 sigma=1.2e-3 epsilon=4.5e10",
    ),
    (
        "matrix",
        "[[0.12, 1.5e-4, 33.0], [7.25, 0.0, 1.0e6], [2.0, 4.0, 8.0]]",
    ),
    (
        "addresses of examples",
        "Listen on 127.0.0.1:8080 or [::1]:8080; the docs use 192.0.2.1 and host.example.",
    ),
    (
        "address",
        "https://docs.example/search?q=ring+buffer&page=2&sort=new%20first#top",
    ),
    (
        "decorators",
        "@dataclass\nclass Tide:\n    height: float = 0.0\n\n@app.route('/tides')\ndef tides():\n    return []\n",
    ),
    (
        "percent in prose",
        "Sales rose by 40% in May and 25% in June, 100%25 of the plan.",
    ),
    (
        "ampersands",
        "if (a && b || c & mask) { x &= ~y; } // AT&T, R&D; &lt;none&gt;",
    ),
    (
        "backslashes",
        "C:\\new\\table\\images\\x64\\u\\notes.txt and \\d+\\.\\d+\\s*\\n",
    ),
    ("equals", "a==b, c=d, e=0A, quoted=3D, --flag=value ="),
    (
        "placeholders",
        "<EMAIL_k7qf2m> wrote to <PERSON_ab23cd> about <your-project>.",
    ),
    (
        "license",
        "Licensed under the Apache License, Version 2.0 (the \"License\"); you may not use this file except in compliance with the License.",
    ),
    ("cron", "*/15 2-6 * * 1-5 /usr/local/bin/backup --keep 14"),
    (
        "dockerfile",
        "FROM rust:1.95-slim AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release --locked\n",
    ),
    (
        "assembly",
        "  mov rax, [rdi+8]\n  xor ecx, ecx\n  lea rsi, [rip+0x1f40]\n  call 0x401136\n",
    ),
    (
        "protobuf",
        "message Tide {\n  string harbour = 1;\n  repeated double heights = 2;\n}\n",
    ),
    (
        "lock file",
        "[[package]]\nname = \"ring\"\nversion = \"0.4.1\"\nchecksum = \"9a1c3b5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e2f4a6b8c0d1e3f5a7b\"\n",
    ),
    (
        "tool result",
        "{\"ok\":true,\"files\":[\"src/ring.rs\",\"src/lib.rs\"],\"lines\":182}",
    ),
    ("csv", "month,rain,sun\nMay,61,204\nJune,48,231\n"),
];

/// Bytes of binaries and keys of nothing, in the forms in which they come along.
pub(super) fn made(seeded: &mut Seeded) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for nth in 0..6 {
        let mut image =
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0\x1f\xf3\xffa".to_vec();
        let noise = |seeded: &mut Seeded, count: u64| -> Vec<u8> {
            (0..count)
                .map(|_| u8::try_from(seeded.below(256)).unwrap_or_default())
                .collect()
        };
        image.extend(noise(seeded, 90 + nth * 40));
        texts.push((
            format!("png {nth}"),
            format!("<img src=\"data:image/png;base64,{}\">", BASE64.encode(&image)),
        ));
        let bytes = noise(seeded, 48);
        texts.push((format!("bytes in hex {nth}"), HEXLOWER.encode(&bytes)));
        let rows = bytes.chunks(16).enumerate().map(|(row, line)| {
            let pairs: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
            let shown = line
                .iter()
                .map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '.' });
            format!(
                "{:08x}  {}  |{}|\n",
                row * 16,
                pairs.join(" "),
                shown.collect::<String>()
            )
        });
        texts.push((format!("dump {nth}"), rows.collect()));
        let array: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
        texts.push((
            format!("array {nth}"),
            format!("static const uint8_t TABLE[] = {{ {} }};", array.join(", ")),
        ));
        texts.push((
            format!("integrity {nth}"),
            format!("\"integrity\": \"sha512-{}\"", BASE64.encode(&noise(seeded, 64))),
        ));
        texts.push((
            format!("etag {nth}"),
            format!("etag: W/\"{}-{}\"", seeded.hex(6), seeded.hex(16)),
        ));
        texts.push((
            format!("commit {nth}"),
            format!("commit {}\nparent {}", seeded.hex(40), seeded.hex(40)),
        ));
        texts.push((
            format!("stamp {nth}"),
            format!(
                "ts={} seq={}",
                seeded.between(1_600_000_000_000, 1_790_000_000_000),
                written(&seeded.digits(5))
            ),
        ));
    }
    texts
}
