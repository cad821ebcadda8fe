//! What the provider keeps under ids, and what is asked about it: background responses, their input, conversations
//! (<https://platform.openai.com/docs/guides/background>, <https://platform.openai.com/docs/api-reference/conversations>).
//!
//! Each thing is its credential's: for any other it does not exist.

use std::collections::HashMap;

use http::Method;
use serde_json::{Value, json};

use super::answer::{Answer, Event, Exchange};

/// Items on a page that names no limit.
const PAGE: usize = 20;

#[derive(Default)]
pub(super) struct Keeping {
    responses: HashMap<String, Response>,
    conversations: HashMap<String, Conversation>,
}

struct Response {
    owner: String,
    input: Vec<Value>,
    events: Vec<Event>,
    last: Value,
    /// How often it has to be asked for until it is done.
    unfinished: u8,
}

struct Conversation {
    owner: String,
    created: u64,
    metadata: Value,
    items: Vec<Value>,
}

/// A request about something that is kept.
pub(super) struct Question<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) owner: &'a str,
}

/// Whether a path names something that is kept, and no model is to say anything.
pub(super) fn is_about(path: &str) -> bool {
    let below = |name: &str| {
        path.split_once(name)
            .is_some_and(|(_, rest)| rest.starts_with('/'))
    };
    let speaks = ["/responses/compact", "/responses/input_tokens"];
    path.ends_with("/conversations")
        || below("/conversations")
        || (below("/responses") && !speaks.iter().any(|end| path.ends_with(end)))
}

impl Keeping {
    /// Keeps a response that `exchange` asks for; with its events, if it is one in the background.
    pub(super) fn keep(
        &mut self,
        exchange: &Exchange,
        owner: &str,
        (last, events): (Value, Vec<Event>),
        input: &[Value],
    ) {
        let id = last["id"].as_str().unwrap_or_default().to_owned();
        let kept = Response {
            owner: owner.to_owned(),
            input: with_ids(exchange, input, 2000),
            events,
            unfinished: if exchange.request["background"] == true {
                2
            } else {
                0
            },
            last,
        };
        self.responses.insert(id, kept);
    }

    /// The items of a conversation of this owner.
    pub(super) fn conversation(&self, id: &str, owner: &str) -> Option<Vec<Value>> {
        let found = self.conversations.get(id).filter(|found| found.owner == owner)?;
        Some(found.items.clone())
    }

    /// Adds what a turn brought and said.
    pub(super) fn extend(&mut self, exchange: &Exchange, id: &str, items: &[Value]) {
        if let Some(found) = self.conversations.get_mut(id) {
            let salt = 3000 + found.items.len() as u64;
            found.items.extend(with_ids(exchange, items, salt));
        }
    }

    /// Answers a question; `None` when there is no such thing.
    pub(super) fn answer(&mut self, exchange: &Exchange, question: &Question<'_>) -> Option<Answer> {
        let begin = ["/responses", "/conversations"]
            .iter()
            .find_map(|name| question.path.find(name))?;
        let segments: Vec<&str> = question.path[begin + 1..].split('/').collect();
        let post = question.method == Method::POST;
        match *segments {
            ["conversations"] if post => Some(self.begin(exchange, question.owner)),
            ["responses", id] if question.method == Method::DELETE => {
                self.response(id, question)?;
                self.responses.remove(id);
                Some(Answer::Json(
                    json!({"id": id, "object": "response", "deleted": true}),
                ))
            }
            ["responses", id] => self
                .response(id, question)
                .map(|found| found.told(question.query)),
            ["responses", id, "cancel"] if post => self.response(id, question).map(Response::cancelled),
            ["responses", id, "input_items"] => {
                let found = self.response(id, question)?;
                Some(page(&found.input, question.query))
            }
            ["conversations", id, ..] => {
                let found = self.conversations.get_mut(id)?;
                if found.owner != question.owner {
                    return None;
                }
                if segments.len() == 2 && question.method == Method::DELETE {
                    self.conversations.remove(id);
                    return Some(Answer::Json(
                        json!({"id": id, "object": "conversation.deleted", "deleted": true}),
                    ));
                }
                found.answer(exchange, question, id, &segments[2..])
            }
            _ => None,
        }
    }

    fn response(&mut self, id: &str, question: &Question<'_>) -> Option<&mut Response> {
        let found = self.responses.get_mut(id)?;
        (found.owner == question.owner).then_some(found)
    }

    fn begin(&mut self, exchange: &Exchange, owner: &str) -> Answer {
        let id = exchange.id("conv_", 48, 6);
        let items = exchange.request["items"].as_array().cloned().unwrap_or_default();
        let made = Conversation {
            owner: owner.to_owned(),
            created: exchange.created(),
            metadata: or_empty(&exchange.request["metadata"]),
            items: with_ids(exchange, &items, 3000),
        };
        let told = made.told(&id);
        self.conversations.insert(id, made);
        Answer::Json(told)
    }
}

impl Response {
    fn told(&mut self, query: &str) -> Answer {
        if parameter(query, "stream") == Some("true") {
            let after = parameter(query, "starting_after").and_then(|number| number.parse::<usize>().ok());
            let events = self.events.iter().skip(after.map_or(0, |after| after + 1));
            return Answer::Events {
                events: events.cloned().collect(),
                terminal: 1,
            };
        }
        if self.unfinished == 0 {
            return Answer::Json(self.last.clone());
        }
        self.unfinished -= 1;
        Answer::Json(self.at("in_progress"))
    }

    fn cancelled(&mut self) -> Answer {
        if self.unfinished > 0 {
            self.unfinished = 0;
            self.last = self.at("cancelled");
        }
        Answer::Json(self.last.clone())
    }

    fn at(&self, status: &str) -> Value {
        at(&self.last, status)
    }
}

/// A response before it is done, or that never will be.
pub(super) fn at(response: &Value, status: &str) -> Value {
    let mut told = response.clone();
    told["status"] = json!(status);
    told["output"] = json!([]);
    told["usage"] = Value::Null;
    told["completed_at"] = Value::Null;
    told
}

impl Conversation {
    fn told(&self, id: &str) -> Value {
        json!({"id": id, "object": "conversation", "created_at": self.created, "metadata": self.metadata})
    }

    fn answer(
        &mut self,
        exchange: &Exchange,
        question: &Question<'_>,
        id: &str,
        rest: &[&str],
    ) -> Option<Answer> {
        let post = question.method == Method::POST;
        match *rest {
            [] => {
                if post {
                    self.metadata = or_empty(&exchange.request["metadata"]);
                }
                Some(Answer::Json(self.told(id)))
            }
            ["items"] if post => {
                let items = exchange.request["items"].as_array().cloned().unwrap_or_default();
                let added = with_ids(exchange, &items, 3000 + self.items.len() as u64);
                self.items.extend_from_slice(&added);
                Some(page(&added, "order=asc"))
            }
            ["items"] => Some(page(&self.items, question.query)),
            ["items", item] => {
                let at = self.items.iter().position(|known| known["id"] == item)?;
                if question.method == Method::DELETE {
                    self.items.remove(at);
                    return Some(Answer::Json(self.told(id)));
                }
                Some(Answer::Json(self.items[at].clone()))
            }
            _ => None,
        }
    }
}

fn or_empty(value: &Value) -> Value {
    if value.is_null() { json!({}) } else { value.clone() }
}

/// Items as they are kept: each with an id, a message with a list of parts.
fn with_ids(exchange: &Exchange, items: &[Value], salt: u64) -> Vec<Value> {
    let kept = (salt..).zip(items).map(|(salt, item)| {
        let mut item = item.clone();
        if item["type"].is_null() {
            item["type"] = json!("message");
        }
        if let Some(text) = item["content"].as_str() {
            item["content"] = json!([{"type": "input_text", "text": text}]);
        }
        if item["id"].is_null() {
            item["id"] = json!(exchange.id("msg_", 48, salt));
            item["status"] = json!("completed");
        }
        item
    });
    kept.collect()
}

/// A page of items, the newest first unless the query says otherwise.
fn page(items: &[Value], query: &str) -> Answer {
    let mut items: Vec<&Value> = items.iter().collect();
    if parameter(query, "order") != Some("asc") {
        items.reverse();
    }
    if let Some(after) = parameter(query, "after") {
        let at = items.iter().position(|item| item["id"] == after);
        items.drain(..at.map_or(0, |at| at + 1));
    }
    let limit = parameter(query, "limit").and_then(|limit| limit.parse().ok());
    let limit = limit.unwrap_or(PAGE);
    let has_more = items.len() > limit;
    items.truncate(limit);
    let id = |item: Option<&&Value>| item.map(|item| item["id"].clone());
    Answer::Json(
        json!({"object": "list", "data": items, "first_id": id(items.first()), "last_id": id(items.last()),
        "has_more": has_more}),
    )
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
