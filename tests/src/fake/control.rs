//! `/_fake/...`: how a test in another process scripts the fake provider and reads what it received.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    script::Reply,
    serve::{self, Sent},
    state::State,
};

/// `script` (POST an array of replies), `settings` (POST), `sockets` (POST a command for the open ones), `requests`
/// (GET), `context/ID` (GET the items of a conversation), `release`, `reset`.
pub(super) fn respond(name: &str, body: &[u8], state: &State) -> anyhow::Result<Sent> {
    if let Some(id) = name.strip_prefix("context/") {
        let items = state.any_context(id).map(|context| context.items());
        return serve::json(200, &json!(items));
    }
    match name {
        "script" => told(body, |replies: Vec<Reply>| state.script(replies)),
        "settings" => told(body, |settings| state.set(settings)),
        "sockets" => told(body, |command| state.command(command)),
        "requests" => {
            let requests: Vec<Value> = state
                .requests()
                .into_iter()
                .map(|request| {
                    json!({"method": request.method, "target": request.target, "headers": request.headers,
                        "body": request.text(), "seen": request.seen, "connection": request.connection,
                        "outcome": format!("{:?}", request.outcome)})
                })
                .collect();
            serve::json(200, &json!(requests))
        }
        "release" => {
            state.release();
            serve::json(200, &json!({}))
        }
        "reset" => {
            state.reset();
            serve::json(200, &json!({}))
        }
        _ => serve::json(404, &json!({"error": "no such control"})),
    }
}

fn told<T: DeserializeOwned>(body: &[u8], tell: impl FnOnce(T)) -> anyhow::Result<Sent> {
    match serde_json::from_slice(body) {
        Ok(said) => {
            tell(said);
            serve::json(200, &json!({}))
        }
        Err(error) => serve::json(400, &json!({"error": error.to_string()})),
    }
}
