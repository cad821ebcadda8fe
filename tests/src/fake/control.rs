//! `/_fake/...`: how a test in another process scripts the fake provider and reads what it received.

use serde_json::{Value, json};

use super::{
    script::Reply,
    serve::{self, Sent},
    state::State,
};

/// `script` (POST an array of replies), `requests` (GET), `release`, `reset`.
pub(super) fn respond(name: &str, body: &[u8], state: &State) -> anyhow::Result<Sent> {
    match name {
        "script" => match serde_json::from_slice::<Vec<Reply>>(body) {
            Ok(replies) => {
                state.script(replies);
                serve::json(200, &json!({}))
            }
            Err(error) => serve::json(400, &json!({"error": error.to_string()})),
        },
        "requests" => {
            let requests: Vec<Value> = state
                .requests()
                .into_iter()
                .map(|request| {
                    json!({"method": request.method, "target": request.target, "headers": request.headers,
                        "body": request.text(), "outcome": format!("{:?}", request.outcome)})
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
