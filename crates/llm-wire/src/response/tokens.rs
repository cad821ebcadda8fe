//! `logprobs`: an answer's text once more, token by token, restored so that the tokens still add up to the text.
//!
//! Tokens that make up a placeholder become one, whose text and `bytes` are the restored value. Its `logprob` is their
//! sum, the probability of all of them in a row; the alternatives of pieces of a placeholder are none of a value, so that
//! where there were any, the token alone is left. Tokens wait as long as their text does. All others stay as they came.
//! Source: <https://platform.openai.com/docs/api-reference/chat/object>, `logprobs`.

use crate::json::{Tape, escape_into};
use crate::response::edits::Edits;
use crate::response::value::{Value, read};
use crate::restore::{Channel, Restore};

/// More than stand in a word for which a restorer waits; beyond, they go out as if the text had ended.
const MAX_WAITING: usize = 1024;
/// What the API gives where a probability is too small to be told.
const VERY_UNLIKELY: f64 = -9999.0;

/// The tokens of one channel that have not gone out.
pub(crate) struct Tokens {
    channel: Channel,
    waiting: Vec<Group>,
    /// What has come out of the restorer for those that wait.
    out: String,
    /// Tokens of which each ends inside a character.
    cut: Group,
}

/// Tokens that are whole characters together; but for those that cut one, it is one.
#[derive(Default)]
struct Group {
    /// As they came.
    json: String,
    bytes: Vec<u8>,
    text: String,
    logprob: Option<f64>,
}

/// Elements of a list.
#[derive(Default)]
struct Made {
    json: String,
    is_changed: bool,
}

impl Tokens {
    pub(crate) const fn new(channel: Channel) -> Self {
        Self {
            channel,
            waiting: Vec::new(),
            out: String::new(),
            cut: Group::new(),
        }
    }

    /// Takes a list, notes what stands in its place, and gives back what waits for the next one; nothing with `ends`.
    pub(crate) fn list(
        mut self,
        list: Value<'_>,
        ends: bool,
        restore: &mut dyn Restore,
        edits: &mut Edits,
    ) -> Option<Self> {
        let mut made = Made {
            is_changed: self.waits(),
            ..Made::default()
        };
        for token in list.elements() {
            self.token(token, restore, &mut made);
        }
        if ends {
            self.finish(restore, &mut made);
        }
        if made.is_changed || self.waits() {
            edits.replace(list.raw_range(), |json| {
                for part in ["[", &made.json, "]"] {
                    json.push_str(part);
                }
            });
        }
        (!ends).then_some(self)
    }

    /// What waits, as elements of a list.
    pub(crate) fn end(mut self, restore: &mut dyn Restore) -> String {
        let mut made = Made::default();
        self.finish(restore, &mut made);
        made.json
    }

    fn waits(&self) -> bool {
        !self.waiting.is_empty() || !self.cut.json.is_empty()
    }

    fn token(&mut self, token: Value<'_>, restore: &mut dyn Restore, made: &mut Made) {
        self.cut.add(token);
        let Some(text) = self.cut.whole_text() else { return };
        let mut group = std::mem::take(&mut self.cut);
        restore.delta(&self.channel, &text, &mut self.out);
        group.text = text;
        self.waiting.push(group);
        if self.waiting.len() > MAX_WAITING {
            restore.end(&self.channel, &mut self.out);
            self.settle(made);
        } else if restore.holds(&self.channel) {
            self.pass(made);
        } else {
            self.settle(made);
        }
    }

    fn finish(&mut self, restore: &mut dyn Restore, made: &mut Made) {
        restore.end(&self.channel, &mut self.out);
        self.settle(made);
        // Half a character at the end of a text is none.
        if !self.cut.json.is_empty() {
            made.add(&self.cut.json);
        }
        self.cut = Group::new();
    }

    /// Those whose text has come out as it was.
    fn pass(&mut self, made: &mut Made) {
        let mut gone = 0;
        let mut out = self.out.as_str();
        for group in &self.waiting {
            let Some(rest) = out.strip_prefix(&*group.text) else {
                break;
            };
            made.add(&group.json);
            out = rest;
            gone += 1;
        }
        let gone_out = self.out.len() - out.len();
        self.waiting.drain(..gone);
        self.out.drain(..gone_out);
    }

    /// All of the text has come out: what is neither its beginning nor its end as it was is one token.
    fn settle(&mut self, made: &mut Made) {
        self.pass(made);
        let mut out = self.out.as_str();
        let mut end = self.waiting.len();
        while let Some(last) = end.checked_sub(1)
            && let Some(rest) = out.strip_suffix(&*self.waiting[last].text)
        {
            out = rest;
            end = last;
        }
        let (changed, after) = self.waiting.split_at(end);
        if let Some(first) = changed.first() {
            let sum = changed.iter().map(|group| group.logprob).sum::<Option<f64>>();
            let is_told = |sum: &f64| sum.is_finite();
            let logprob = sum.map(|sum| Some(sum).filter(is_told).unwrap_or(VERY_UNLIKELY));
            made.add(&restored(&first.json, out, logprob));
            made.is_changed = true;
        }
        for group in after {
            made.add(&group.json);
        }
        self.waiting.clear();
        self.out.clear();
    }
}

impl Group {
    const fn new() -> Self {
        Self {
            json: String::new(),
            bytes: Vec::new(),
            text: String::new(),
            logprob: None,
        }
    }

    fn add(&mut self, token: Value<'_>) {
        let is_first = self.json.is_empty();
        if !is_first {
            self.json.push(',');
        }
        self.json.push_str(token.raw());
        match token.get("bytes").and_then(bytes) {
            Some(bytes) => self.bytes.extend(bytes),
            None => {
                let text = token.said("token").unwrap_or_default();
                self.bytes.extend(text.as_bytes());
            }
        }
        let logprob = token.get("logprob").filter(|value| value.is_number());
        let logprob = logprob.and_then(|value| value.content().parse::<f64>().ok());
        self.logprob = if is_first {
            logprob
        } else {
            self.logprob.zip(logprob).map(|(sum, one)| sum + one)
        };
    }

    /// `None` while a character is cut.
    fn whole_text(&self) -> Option<String> {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(error) if error.error_len().is_none() => None,
            Err(_) => Some(String::from_utf8_lossy(&self.bytes).into_owned()),
        }
    }
}

impl Made {
    fn add(&mut self, json: &str) {
        if !self.json.is_empty() {
            self.json.push(',');
        }
        self.json.push_str(json);
    }
}

/// A list of bytes.
fn bytes(list: Value<'_>) -> Option<Vec<u8>> {
    let bytes = list.elements().map(|byte| byte.content().parse().ok());
    list.is_array().then(|| bytes.collect()).flatten()
}

/// The first token of `json` with another text.
fn restored(json: &str, text: &str, logprob: Option<f64>) -> String {
    let mut tape = Tape::default();
    let list = format!("[{json}]");
    let token = read(&list, &mut tape).and_then(|list| list.elements().next());
    token.map_or_else(String::new, |token| written(token, text, logprob))
}

fn written(token: Value<'_>, text: &str, logprob: Option<f64>) -> String {
    let mut json = String::from("{");
    for (key, value) in token.members() {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(key.raw());
        json.push(':');
        match (key.content(), logprob) {
            ("token", _) => {
                json.push('"');
                escape_into(text, &mut json);
                json.push('"');
            }
            ("logprob", Some(sum)) => json.push_str(&format!("{sum:?}")),
            ("bytes", _) if value.is_array() => {
                let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
                json.push_str(&format!("[{}]", bytes.join(",")));
            }
            ("top_logprobs", _) if value.is_array() => {
                let alone = value.elements().next();
                let alone = alone.map(|other| written(other, text, logprob));
                json.push_str(&format!("[{}]", alone.unwrap_or_default()));
            }
            _ => json.push_str(value.raw()),
        }
    }
    json.push('}');
    json
}
