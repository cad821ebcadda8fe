//! Request bodies like those of real callers, made anew for each run from a fixed seed.

use serde_json::{Value, json};

/// A small, fast, seeded generator: bodies must be the same in every run.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const WORDS: &[&str] = &[
    "the",
    "customer",
    "reported",
    "that",
    "an",
    "order",
    "was",
    "delayed",
    "and",
    "asked",
    "for",
    "a",
    "refund",
    "of",
    "its",
    "shipping",
    "cost",
    "because",
    "tracking",
    "showed",
    "no",
    "movement",
    "since",
    "last",
    "week",
    "please",
    "check",
    "with",
    "carrier",
    "whether",
    "parcel",
    "can",
    "still",
    "be",
    "delivered",
    "before",
    "month",
    "ends",
    "we",
    "should",
    "also",
    "update",
    "internal",
    "notes",
    "so",
    "support",
    "knows",
    "what",
    "has",
    "been",
    "agreed",
    "on",
];

const CODE: &[&str] = &[
    "    let mut reader = BufReader::new(File::open(&path)?);\n",
    "    if (response.status !== 200) { throw new HttpError(response.status, await response.text()); }\n",
    "def merge_sorted(left: list[int], right: list[int]) -> list[int]:\n",
    "    for index, row in enumerate(rows[offset:offset + limit]):\n",
    "        self.cache[key] = (now + timedelta(seconds=300), value)\n",
    "import { useEffect, useMemo, useState } from 'react';\n",
    "export const selectVisible = createSelector([items, filter], (all, f) => all.filter(f));\n",
    "-- SELECT id, created_at, total FROM orders WHERE status = 'open' ORDER BY created_at DESC LIMIT 50;\n",
    "    assert_eq!(parse(\"1.10.3-rc.2\").unwrap().minor, 10);\n",
    "2026-03-14T09:26:53.589Z INFO  worker[4] job=7f3c1e90 attempt=2 took=184ms queue=default\n",
    "diff --git a/src/router.rs b/src/router.rs\nindex 3b18e51..9f4c2aa 100644\n",
    "        } catch (IOException error) {\n            log.warn(\"retrying\", error);\n        }\n",
    "fn checksum(bytes: &[u8]) -> u32 { bytes.iter().fold(0, |sum, b| sum.rotate_left(5) ^ u32::from(*b)) }\n",
    "  \"resolved\": \"left-pad-1.3.0.tgz\",\n  \"integrity\": \"sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==\",\n",
];

/// Prose of about `bytes` bytes that holds nothing private.
pub(crate) fn prose(seeded: &mut Seeded, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        text.push_str(seeded.pick(WORDS));
        text.push_str(if seeded.below(12) == 0 { ". " } else { " " });
    }
    text
}

/// Code and logs of about `bytes` bytes that hold nothing private.
pub(crate) fn code(seeded: &mut Seeded, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 128);
    while text.len() < bytes {
        text.push_str(seeded.pick(CODE));
    }
    text
}

/// Ten values that are masked by default.
pub(crate) fn ten_values(seeded: &mut Seeded) -> [String; 10] {
    let nth = seeded.below(9000) + 1000;
    [
        format!("alice.smith{nth}@corp.com"),
        format!("bob{nth}@example-mail.org"),
        format!("+1 415 555 {nth}"),
        format!("+49 30 9018 {nth}"),
        "DE89 3704 0044 0532 0130 00".to_owned(),
        "4111 1111 1111 1111".to_owned(),
        format!("81.2.69.{}", nth % 250),
        "SSN 536-22-8726".to_owned(),
        "Dr. Alice Smith".to_owned(),
        format!("{} Main Street, Springfield", nth % 900 + 1),
    ]
}

fn with_values(seeded: &mut Seeded, bytes: usize) -> String {
    let values = ten_values(seeded);
    let share = bytes.saturating_sub(300) / values.len();
    values
        .iter()
        .map(|value| format!("{}{value}. ", prose(seeded, share)))
        .collect()
}

/// A chat request of about `bytes` bytes with ten values.
pub(crate) fn chat(seed: u64, bytes: usize, stream: bool) -> Vec<u8> {
    let mut seeded = Seeded::new(seed);
    let text = with_values(&mut seeded, bytes);
    encode(&json!({
        "model": "gpt-4o-mini",
        "stream": stream,
        "messages": [
            {"role": "system", "content": "You are a helpful assistant for the support team."},
            {"role": "user", "content": text},
        ],
    }))
}

/// Messages of a coding agent: turns of text, tool calls and tool results, of about `bytes` bytes in all.
pub(crate) fn agent_messages(seeded: &mut Seeded, bytes: usize) -> Vec<Value> {
    let mut messages = Vec::new();
    let mut size = 0;
    while size < bytes {
        let id = format!("call_{:016x}", seeded.next());
        let ask = with_values(seeded, 700);
        let result = code(seeded, 5_000);
        size += ask.len() + result.len() + 500;
        messages.push(json!({"role": "user", "content": ask}));
        messages.push(json!({"role": "assistant", "content": null, "tool_calls": [{
            "id": id, "type": "function",
            "function": {"name": "read_file", "arguments": "{\"path\":\"src/router.rs\",\"limit\":200}"},
        }]}));
        messages.push(json!({"role": "tool", "tool_call_id": id, "content": result}));
    }
    messages
}

/// A chat request that carries `messages`, as an agent sends it.
pub(crate) fn agent(messages: &[Value]) -> Vec<u8> {
    encode(&json!({
        "model": "gpt-4o-mini",
        "messages": messages,
        "tools": [{"type": "function", "function": {
            "name": "read_file", "description": "Reads a file.",
            "parameters": {"type": "object", "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}}},
        }}],
    }))
}

/// Texts of 1 MiB made to be slow: long runs of what wakes detectors.
pub(crate) fn hostile() -> impl Iterator<Item = (&'static str, String)> {
    const UNITS: [&str; 36] = [
        "a.",
        "7",
        "41 ",
        "@",
        "a@a.",
        "<",
        "sk-proj-",
        "eyJ.",
        "-----BEGIN PRIVATE KEY-----",
        "password=",
        "%41",
        "QUJD",
        "a:",
        "Dear Mr. ",
        "card 4 1 1 1 1 ",
        "4111 1111 1111 1111 ",
        "name: ",
        "+1 415 555 2671 ",
        "+49 30 ",
        "1.1.1.1.",
        "fe80::",
        "postgres://a:",
        "联系人：",
        "\\u0040",
        "&#65;",
        "<b>a</b>",
        "=41",
        "**a** ",
        "\"a\" + ",
        "+a\n",
        "0x41, ",
        "aGVs bG8g ",
        "a,b,%41\n",
        "4111\n",
        "aGVsbG8gd29ybGQ\n",
        "%2541&#x26;",
    ];
    UNITS
        .into_iter()
        .map(|unit| (unit, unit.repeat((1 << 20) / unit.len())))
}

/// A chat request that says `text`, after a number that makes it another one.
pub(crate) fn say(nth: usize, text: &str) -> Vec<u8> {
    encode(&json!({"model": "m", "messages": [{"role": "user", "content": format!("{nth} {text}")}]}))
}

/// A chat request of which each message says one of `texts`.
pub(crate) fn say_all(texts: impl Iterator<Item = String>) -> Vec<u8> {
    let messages: Vec<Value> = texts
        .map(|text| json!({"role": "user", "content": text}))
        .collect();
    encode(&json!({"model": "m", "messages": messages}))
}

/// The model of a turn whose events come one by one, as slow as a model's.
pub(crate) const PACED: &str = "bench-paced";

/// A frame of about `bytes` bytes that asks for a turn of `model`, with four values that are masked.
pub(crate) fn frame(seed: u64, bytes: usize, model: &str) -> String {
    let mut seeded = Seeded::new(seed);
    let values = ten_values(&mut seeded);
    let share = bytes.saturating_sub(250) / 4;
    let told = |value: &String| format!("{}{value}. ", prose(&mut seeded, share));
    let text: String = values[..4].iter().map(told).collect();
    let message =
        json!({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]});
    let frame = json!({"type": "response.create", "model": model, "stream": true, "store": false, "input": [message]});
    frame.to_string()
}

/// The first frame of a coding agent, about 60 KB: its instructions, its tools, and a question.
pub(crate) fn first_frame(seed: u64) -> String {
    let mut seeded = Seeded::new(seed);
    let (instructions, question) = (prose(&mut seeded, 17_000), with_values(&mut seeded, 6_000));
    let tools: Vec<Value> = (0..9)
        .map(|nth| {
            json!({
                "type": "function", "name": format!("tool_{nth}"), "description": prose(&mut seeded, 3_800),
                "strict": false, "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
            })
        })
        .collect();
    let says = |role: &str, text: &str| json!({"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]});
    let frame = json!({
        "type": "response.create", "model": "bench", "stream": true,
        "input": [says("developer", &instructions), says("user", &question)],
        "tools": tools, "tool_choice": "auto", "parallel_tool_calls": true, "store": false,
    });
    frame.to_string()
}

fn encode(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
