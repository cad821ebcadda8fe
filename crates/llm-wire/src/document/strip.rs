//! Removes entries that tell about the caller's machine, with the right comma.

use super::splice::Patch;
use crate::json::View;

/// What Codex adds to `client_metadata`: workspace paths and an installation id, and a key of the gateway's own.
const REMOVED: [&str; 2] = ["x-codex-turn-metadata", "x-codex-turn-state"];

/// One patch for each removed entry of the body's `client_metadata`.
pub(super) fn patches(body: View<'_>) -> Vec<Patch> {
    let is = |key: usize, name: &str| body.string(key).as_deref() == Some(name);
    let all = body.members(0).filter(|(key, _)| is(*key, "client_metadata"));
    all.flat_map(|(_, metadata)| removals(body, metadata)).collect()
}

fn removals(body: View<'_>, object: usize) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut kept = false;
    let mut behind_last = 0;
    let mut members = body.members(object).peekable();
    while let Some((key, value)) = members.next() {
        let start = body.tape.node(key).outer_range().start;
        let end = body.tape.node(value).outer_range().end;
        if body
            .string(key)
            .is_some_and(|name| REMOVED.iter().any(|removed| name.eq_ignore_ascii_case(removed)))
        {
            // The comma before it goes with it; an entry with none left before it takes the comma behind it.
            let range = match members.peek() {
                _ if kept => behind_last..end,
                Some((next, _)) => start..body.tape.node(*next).outer_range().start,
                None => start..end,
            };
            patches.push(Patch {
                range,
                text: String::new(),
            });
        } else {
            kept = true;
        }
        behind_last = end;
    }
    patches
}
