//! What a masked request body has said, kept for the turns that continue it.

use std::borrow::Cow;

use super::frame::{Members, input_items};
use crate::json::{Tape, View};
use crate::response::value::UNBOUNDED;

/// Members of a body that belong to one turn only.
const OF_ONE_TURN: [&str; 5] = ["input", "previous_response_id", "generate", "stream", "type"];

/// The parts of a body that later frames build on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The items of its input, JSON joined by commas.
    pub input: String,
    /// Its other members, a JSON object.
    pub fields: String,
}

impl Sent {
    /// Takes apart a body that was accepted under its limits; `None` when it is no JSON object.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let mut tape = Tape::default();
        tape.read(body, UNBOUNDED).ok()?;
        let view = View {
            text: body,
            tape: &tape,
        };
        let input = view.member(0, "input").map(|input| input_items(view, input));
        let mut fields = Members::with_capacity(256);
        for (key, value) in view.members(0) {
            let name = view.string(key).unwrap_or_default();
            if !OF_ONE_TURN.contains(&&*name) {
                fields.add_raw(view.outer(key), view.outer(value));
            }
        }
        Some(Self {
            input: input.map(Cow::into_owned).unwrap_or_default(),
            fields: fields.finish(),
        })
    }
}
