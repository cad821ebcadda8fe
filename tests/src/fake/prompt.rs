//! What the fake model reads in a request: the user's last text, the last tool output, the placeholders.

use serde_json::Value;

/// What the gateway's instructions show a model as examples: no model takes them for values.
const EXAMPLES: [&str; 2] = ["<PERSON_k7qf2m>", "<EMAIL_ab23cd_x3>"];

/// The readable side of a request on any surface.
#[derive(Debug, Default)]
pub(super) struct Prompt {
    pub(super) user: String,
    pub(super) tool: String,
    pub(super) system: String,
    placeholders: Vec<String>,
}

impl Prompt {
    pub(super) fn read(body: &Value) -> Self {
        let items = ["messages", "input"].iter().find_map(|key| body[*key].as_array());
        let mut prompt = Self {
            system: text(&body["system"]) + &text(&body["instructions"]),
            ..Self::default()
        };
        for item in items.into_iter().flatten() {
            prompt.read_item(item);
        }
        for key in ["input", "prompt"] {
            if let Some(bare) = body[key].as_str() {
                prompt.user = bare.to_owned();
            }
        }
        for source in [&prompt.user, &prompt.tool] {
            collect(source, &mut prompt.placeholders);
        }
        walk(body, &mut |string| collect(string, &mut prompt.placeholders));
        prompt
    }

    fn read_item(&mut self, item: &Value) {
        let kind = item["type"].as_str().unwrap_or_default();
        if kind.ends_with("_call_output") {
            self.tool = text(&item["output"]);
            return;
        }
        match item["role"].as_str() {
            Some("tool") => self.tool = text(&item["content"]),
            Some("system" | "developer") => self.system.push_str(&text(&item["content"])),
            Some("user") => {
                for block in item["content"].as_array().into_iter().flatten() {
                    if block["type"] == "tool_result" {
                        self.tool = text(&block["content"]);
                    }
                }
                let said = text(&item["content"]);
                if !said.is_empty() {
                    self.user = said;
                }
            }
            _ => {}
        }
    }

    /// `template` with its `{{...}}` filled in; each value goes through `escape`.
    pub(super) fn fill(&self, template: &str, choice: usize, escape: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, tail)) = after.split_once("}}") else {
                break;
            };
            out.push_str(before);
            out.push_str(&escape(&self.value(name, choice)));
            rest = tail;
        }
        out + rest
    }

    fn value(&self, name: &str, choice: usize) -> String {
        match name {
            "user" => self.user.clone(),
            "tool" => self.tool.clone(),
            "system" => self.system.clone(),
            "choice" => choice.to_string(),
            _ => {
                let (kind, nth) = name.split_once(':').unwrap_or((name, "1"));
                let nth: usize = nth.parse().unwrap_or(1);
                let mut of_kind = self.placeholders.iter().filter(|p| is_of_kind(p, kind));
                let found = of_kind.nth(nth.saturating_sub(1));
                found.cloned().unwrap_or_else(|| format!("no {kind} {nth}"))
            }
        }
    }
}

fn is_of_kind(placeholder: &str, kind: &str) -> bool {
    let inner = placeholder.trim_start_matches('<');
    inner
        .strip_prefix(kind)
        .is_some_and(|rest| rest.starts_with('_') && !rest[1..].starts_with(char::is_uppercase))
}

/// The text of a string, or of the text blocks of an array.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks.iter().filter_map(|block| block["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn walk(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Object(fields) => {
            for (key, item) in fields {
                found(key);
                walk(item, found);
            }
        }
        _ => {}
    }
}

/// Adds the placeholders of `text` that are not there yet.
fn collect(text: &str, found: &mut Vec<String>) {
    for (at, _) in text.match_indices('<') {
        let Some(end) = text[at..].bytes().take(80).position(|byte| byte == b'>') else {
            continue;
        };
        let candidate = &text[at..=at + end];
        if is_placeholder(candidate)
            && !EXAMPLES.contains(&candidate)
            && !found.iter().any(|known| known == candidate)
        {
            found.push(candidate.to_owned());
        }
    }
}

fn is_placeholder(candidate: &str) -> bool {
    let inner = candidate.trim_start_matches('<').trim_end_matches('>');
    let kind_end = inner
        .find(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .unwrap_or(inner.len());
    let (kind, code) = inner.split_at(kind_end);
    let code = code.split('_').next().unwrap_or_default();
    kind.ends_with('_')
        && kind.len() > 1
        && code.len() >= 6
        && code.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_the_last_user_text_and_tool_output_of_each_surface() {
        let chat = json!({"messages": [{"role": "user", "content": "a"}, {"role": "tool", "content": "t"},
            {"role": "user", "content": [{"type": "text", "text": "b"}, {"type": "text", "text": "c"}]}]});
        let prompt = Prompt::read(&chat);
        assert_eq!((prompt.user.as_str(), prompt.tool.as_str()), ("bc", "t"));
        let responses = json!({"input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]},
            {"type": "function_call_output", "call_id": "c", "output": "t"}]});
        let prompt = Prompt::read(&responses);
        assert_eq!((prompt.user.as_str(), prompt.tool.as_str()), ("a", "t"));
        let messages = json!({"system": "s", "messages": [{"role": "user", "content": "a"},
            {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text", "text": "t"}]}]}]});
        let prompt = Prompt::read(&messages);
        assert_eq!(
            (prompt.user.as_str(), prompt.tool.as_str(), prompt.system.as_str()),
            ("a", "t", "s")
        );
    }

    #[test]
    fn fills_templates_with_the_placeholders_of_the_user_first() {
        let body = json!({"messages": [
            {"role": "system", "content": "like <EMAIL_aaaaaa>"},
            {"role": "user", "content": "<EMAIL_bbbbbb> <EMAIL_cccccc_x3> <PERSON_dddddd>"}]});
        let prompt = Prompt::read(&body);
        let filled = prompt.fill(
            "{{EMAIL}} {{EMAIL:2}} {{PERSON}} {{PHONE}} {{choice}}",
            3,
            str::to_owned,
        );
        assert_eq!(
            filled,
            "<EMAIL_bbbbbb> <EMAIL_cccccc_x3> <PERSON_dddddd> no PHONE 1 3"
        );
    }
}
