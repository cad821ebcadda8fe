//! What an SDK makes of a stream, read with another JSON parser: the oracle for what callers see.

use std::collections::BTreeMap;

use llm_wire::{ChannelKind, Surface, TextForm};
use serde_json::Value;

/// The texts of a stream by where they stand, each with its kind.
pub(crate) type Seen = BTreeMap<String, (ChannelKind, String)>;

#[derive(Default)]
struct Client {
    seen: Seen,
    /// Tool names by the place of their call.
    tools: BTreeMap<String, String>,
}

/// The event names and data of a stream.
pub(crate) fn events(stream: &[u8]) -> Vec<(Option<String>, String)> {
    let text = String::from_utf8(stream.to_vec()).unwrap();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let of = |block: &str, field: &str| -> Option<String> {
        let values = block
            .lines()
            .filter_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let values: Vec<&str> = values
            .map(|value| value.strip_prefix(' ').unwrap_or(value))
            .collect();
        (!values.is_empty()).then(|| values.join("\n"))
    };
    let blocks = text.split("\n\n");
    blocks
        .filter_map(|block| Some((of(block, "event"), of(block, "data")?)))
        .collect()
}

/// A surface that numbers its events numbers them without a gap, whatever was inserted.
pub(crate) fn assert_counts_up(surface: Surface, stream: &[u8]) {
    if surface == Surface::OpenAiResponses {
        let events = events(stream).into_iter();
        let parsed = events.map(|(_, data)| serde_json::from_str::<Value>(&data).unwrap());
        let numbers: Vec<u64> = parsed
            .map(|event| event["sequence_number"].as_u64().unwrap())
            .collect();
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    }
}

/// Everything that a caller reads in the stream.
pub(crate) fn read(surface: Surface, stream: &[u8]) -> Seen {
    let mut client = Client::default();
    for (name, data) in events(stream) {
        let Ok(event) = serde_json::from_str::<Value>(&data) else {
            continue;
        };
        if let (Some(name), Some(kind)) = (name, event["type"].as_str()) {
            assert_eq!(kind, name, "SSE name and type agree");
        }
        client.error(&event);
        match surface {
            Surface::AnthropicMessages => client.messages(&event),
            Surface::OpenAiResponses => client.responses(&event),
            _ => client.chat(&event),
        }
    }
    client.seen
}

impl Client {
    fn add(&mut self, place: String, kind: ChannelKind, text: &Value) {
        if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
            let (known, seen) = self.seen.entry(place).or_insert((kind.clone(), String::new()));
            assert_eq!(*known, kind);
            seen.push_str(text);
        }
    }

    fn arguments(&self, place: &str, form: TextForm) -> ChannelKind {
        let tool = self.tools.get(place).map_or("", String::as_str);
        ChannelKind::ToolArguments {
            tool: tool.into(),
            form,
        }
    }

    fn name(&mut self, place: &str, name: &Value) {
        if let Some(name) = name.as_str() {
            self.tools.insert(place.to_owned(), name.to_owned());
        }
    }

    fn error(&mut self, event: &Value) {
        for error in [event, &event["response"]] {
            let message = [&error["error"]["message"], &error["message"]];
            for message in message.into_iter().filter(|message| message.is_string()) {
                self.add("error".into(), ChannelKind::Error, message);
            }
        }
    }

    fn chat(&mut self, event: &Value) {
        for choice in event["choices"].as_array().into_iter().flatten() {
            let index = &choice["index"];
            let delta = &choice["delta"];
            self.add(format!("{index} text"), ChannelKind::Text, &choice["text"]);
            self.add(format!("{index} content"), ChannelKind::Text, &delta["content"]);
            self.add(
                format!("{index} refusal"),
                ChannelKind::Refusal,
                &delta["refusal"],
            );
            self.add(
                format!("{index} reasoning"),
                ChannelKind::Reasoning,
                &delta["reasoning_content"],
            );
            let place = format!("{index} function_call");
            self.name(&place, &delta["function_call"]["name"]);
            let kind = self.arguments(&place, TextForm::Json);
            self.add(place, kind, &delta["function_call"]["arguments"]);
            for call in delta["tool_calls"].as_array().into_iter().flatten() {
                for (field, argument, form) in [
                    ("function", "arguments", TextForm::Json),
                    ("custom", "input", TextForm::PerhapsJson),
                ] {
                    let place = format!("{index} {field} {}", call["index"]);
                    self.name(&place, &call[field]["name"]);
                    let kind = self.arguments(&place, form);
                    self.add(place, kind, &call[field][argument]);
                }
            }
        }
    }

    fn messages(&mut self, event: &Value) {
        let place = event["index"].to_string();
        self.name(&place, &event["content_block"]["name"]);
        self.add(
            format!("{place} text"),
            ChannelKind::Text,
            &event["content_block"]["text"],
        );
        let delta = &event["delta"];
        self.add(format!("{place} text"), ChannelKind::Text, &delta["text"]);
        self.add(
            format!("{place} cited"),
            ChannelKind::Text,
            &delta["citation"]["cited_text"],
        );
        let kind = self.arguments(&place, TextForm::Json);
        self.add(format!("{place} input"), kind, &delta["partial_json"]);
    }

    fn responses(&mut self, event: &Value) {
        let kind = event["type"].as_str().unwrap();
        let output = event["output_index"].to_string();
        let part = event["content_index"]
            .as_u64()
            .or(event["summary_index"].as_u64())
            .unwrap_or(0);
        let place = format!("{output}.{part}");
        let item = &event["item"];
        if let Some(name) = item["name"].as_str() {
            let space = item["namespace"].as_str().or(item["server_label"].as_str());
            let name = space.map_or(name.to_owned(), |space| format!("{space}.{name}"));
            self.tools.insert(place.clone(), name);
        } else if let Some(kind) = item["type"].as_str() {
            self.tools
                .insert(place.clone(), kind.trim_end_matches("_call").to_owned());
        }
        let Some((stem, phase)) = kind.rsplit_once('.') else {
            return;
        };
        let (kind, field) = match stem.trim_start_matches("response.") {
            "output_text" => (ChannelKind::Text, "text"),
            "refusal" => (ChannelKind::Refusal, "refusal"),
            "reasoning_summary_text" => (ChannelKind::Reasoning, "text"),
            "function_call_arguments" | "mcp_call_arguments" => {
                (self.arguments(&place, TextForm::Json), "arguments")
            }
            "custom_tool_call_input" => (self.arguments(&place, TextForm::PerhapsJson), "input"),
            "code_interpreter_call_code" => (self.arguments(&place, TextForm::PerhapsJson), "code"),
            "output_item" if phase == "done" => return self.item(&format!("{output} item"), item),
            _ => return self.completed(event),
        };
        match phase {
            "delta" => self.add(format!("{place} {stem}"), kind, &event["delta"]),
            _ => self.add(format!("{place} {stem} done"), kind, &event[field]),
        }
    }

    fn completed(&mut self, event: &Value) {
        if event["type"] == "response.completed" {
            for (at, item) in event["response"]["output"]
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
            {
                self.item(&format!("{at} completed"), item);
            }
        }
    }

    fn item(&mut self, place: &str, item: &Value) {
        for (at, part) in item["content"].as_array().into_iter().flatten().enumerate() {
            self.add(format!("{place}.{at} text"), ChannelKind::Text, &part["text"]);
            self.add(
                format!("{place}.{at} refusal"),
                ChannelKind::Refusal,
                &part["refusal"],
            );
        }
        for (at, part) in item["summary"].as_array().into_iter().flatten().enumerate() {
            self.add(
                format!("{place}.{at} text"),
                ChannelKind::Reasoning,
                &part["text"],
            );
        }
        let tool = item["name"].as_str().map(|name| {
            let space = item["namespace"].as_str().or(item["server_label"].as_str());
            space.map_or(name.to_owned(), |space| format!("{space}.{name}"))
        });
        let tool = tool.unwrap_or_else(|| {
            item["type"]
                .as_str()
                .unwrap()
                .trim_end_matches("_call")
                .to_owned()
        });
        for (field, form) in [
            ("arguments", TextForm::Json),
            ("input", TextForm::PerhapsJson),
            ("code", TextForm::PerhapsJson),
        ] {
            let kind = ChannelKind::ToolArguments {
                tool: tool.as_str().into(),
                form,
            };
            self.add(format!("{place} {field}"), kind, &item[field]);
        }
    }
}
