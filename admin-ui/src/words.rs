//! The words of the glossary for what the API calls by short names, and the class that colours them. A name that a newer
//! control plane knows is shown as it is.

/// Outcomes in the order in which charts stack them, from the ground up.
pub const OUTCOMES: [&str; 7] = [
    "forwarded",
    "masked",
    "routed_local",
    "cancelled",
    "blocked",
    "upstream_error",
    "gateway_error",
];

/// A name in words.
#[must_use]
pub fn outcome(name: &str) -> &str {
    match name {
        "forwarded" => "Forwarded",
        "masked" => "Masked",
        "blocked" => "Blocked",
        "routed_local" => "Kept local",
        "upstream_error" => "Upstream error",
        "gateway_error" => "Gateway error",
        "cancelled" => "Cancelled",
        "other" => "Other",
        "all" => "All",
        _ => name,
    }
}

/// The class of a colour for an outcome or an action.
#[must_use]
pub fn tone(name: &str) -> &'static str {
    match name {
        "masked" | "mask" => "tone-masked",
        "blocked" | "block" => "tone-blocked",
        "upstream_error" | "gateway_error" => "tone-error",
        "routed_local" | "route_local" => "tone-local",
        "allow" => "tone-allowed",
        "forwarded" => "tone-forwarded",
        _ => "tone-plain",
    }
}

/// A policy action in words.
#[must_use]
pub fn action(name: &str) -> &str {
    match name {
        "mask" => "Masked",
        "block" => "Blocked",
        "route_local" => "Kept local",
        "allow" => "Allowed through",
        _ => name,
    }
}

/// An API family in words.
#[must_use]
pub fn surface(name: &str) -> &str {
    match name {
        "openai.chat" => "OpenAI Chat",
        "openai.responses" => "OpenAI Responses",
        "anthropic.messages" => "Anthropic Messages",
        "openai.embeddings" => "OpenAI Embeddings",
        "openai.completions" => "OpenAI Completions",
        "pass_through" => "Pass-through",
        _ => name,
    }
}

/// How a turn went over the wire.
#[must_use]
pub fn transport(name: &str) -> &str {
    match name {
        "json" => "JSON",
        "sse" => "Stream",
        "websocket" => "WebSocket",
        _ => name,
    }
}

/// A value of a filter in words.
#[must_use]
pub fn value<'a>(filter: &str, value: &'a str) -> &'a str {
    match filter {
        "outcome" => outcome(value),
        "action" => action(value),
        "surface" => surface(value),
        "caller" | "instance" => short_id(value),
        _ => value,
    }
}

/// Values of filters that are known beforehand.
#[must_use]
pub fn known_values(filter: &str) -> &'static [&'static str] {
    match filter {
        "outcome" => &OUTCOMES,
        "action" => &["mask", "block", "route_local", "allow"],
        "surface" => &[
            "openai.chat",
            "openai.responses",
            "anthropic.messages",
            "openai.embeddings",
            "openai.completions",
            "pass_through",
        ],
        _ => &[],
    }
}

/// The first eight characters of an id; those of a UUIDv7 tell the time, so its last eight.
#[must_use]
pub fn short_id(id: &str) -> &str {
    if id.len() == 36 {
        id.get(28..).unwrap_or(id)
    } else {
        id.char_indices().nth(8).map_or(id, |(end, _)| &id[..end])
    }
}

/// What an entry of the access log says.
#[must_use]
pub fn access(action: &str) -> &str {
    match action {
        "session.begin" => "Signed in",
        "session.end" => "Signed out",
        "session.refuse" => "Sign-in refused",
        "session.throttle" => "Sign-in slowed down",
        "request.refuse_session" => "Request without a session",
        "request.refuse_role" => "Refused: role",
        "request.refuse_origin" => "Refused: foreign origin",
        "password.change" => "Password changed",
        "password.refuse" => "Wrong password",
        "totp.enrol" => "Second factor added",
        "totp.remove" => "Second factor removed",
        "operator.add" => "Operator added",
        "operator.change" => "Operator changed",
        "operator.remove" => "Operator removed",
        "operator.end_sessions" => "Sessions ended",
        "events.export" => "Events exported",
        _ => action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_newer_control_plane_are_shown_as_they_are() {
        for word in [outcome, action, surface, transport, access] {
            assert_eq!(word("from_the_future"), "from_the_future");
        }
        assert_eq!(tone("from_the_future"), "tone-plain");
    }

    #[test]
    fn ids_are_cut_where_they_differ() {
        assert_eq!(short_id("0123456789abcdef"), "01234567");
        assert_eq!(short_id("0190a000-0000-7000-8000-0123456789ab"), "456789ab");
        assert_eq!(short_id("äöüäöüäöüä"), "äöüäöüäö");
        assert_eq!(short_id(""), "");
    }
}
