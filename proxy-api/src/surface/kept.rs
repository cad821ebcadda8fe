//! What the provider keeps under ids: responses, conversations and their items, as paths of OpenAI's API.
//!
//! Source: <https://platform.openai.com/docs/api-reference/responses>, <https://platform.openai.com/docs/api-reference/conversations>.

use http::Method;

use self::Deed::{Add, Cancel, Forget, Read, Remove};

/// Ids and cursors are as long as those in a body may be.
const MAX_ID: usize = 256;

/// What is done with something that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// `POST` that begins a conversation.
    Begin,
    /// `GET`.
    Read,
    /// `POST` that adds to it.
    Add,
    /// `POST` that stops what is being made.
    Cancel,
    /// `DELETE` of a part.
    Remove,
    /// `DELETE` of the whole: nothing can continue it.
    Forget,
}

impl Deed {
    pub(crate) const fn method(self) -> Method {
        match self {
            Self::Read => Method::GET,
            Self::Begin | Self::Add | Self::Cancel => Method::POST,
            Self::Remove | Self::Forget => Method::DELETE,
        }
    }

    /// Whether values that are masked in the request stay at the provider.
    pub(crate) const fn adds(self) -> bool {
        matches!(self, Self::Begin | Self::Add)
    }

    /// Whether the answer is of use without its values: who stops or deletes something does not want to read it.
    pub(crate) const fn goes_without_values(self) -> bool {
        matches!(self, Self::Cancel | Self::Remove | Self::Forget)
    }
}

/// What a path names, and what the caller wrote in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The first is that of a response or a conversation.
    pub(crate) ids: Vec<String>,
    /// The number of the last event that the caller of a stream has had.
    pub(crate) had: Option<u64>,
}

/// What is done, and the ids in the path; the methods that there are, where the one asked for is none of them.
pub(crate) type Found = Result<(Deed, Vec<String>), &'static str>;

struct Place {
    /// Segments of the path; an empty one is an id.
    path: &'static [&'static str],
    deeds: &'static [Deed],
    /// For `Allow`.
    methods: &'static str,
}

const PLACES: &[Place] = &[
    Place {
        path: &["responses", ""],
        deeds: &[Read, Forget],
        methods: "GET, DELETE",
    },
    Place {
        path: &["responses", "", "cancel"],
        deeds: &[Cancel],
        methods: "POST",
    },
    Place {
        path: &["responses", "", "input_items"],
        deeds: &[Read],
        methods: "GET",
    },
    Place {
        path: &["conversations", ""],
        deeds: &[Read, Add, Forget],
        methods: "GET, POST, DELETE",
    },
    Place {
        path: &["conversations", "", "items"],
        deeds: &[Read, Add],
        methods: "GET, POST",
    },
    Place {
        path: &["conversations", "", "items", ""],
        deeds: &[Read, Remove],
        methods: "GET, DELETE",
    },
];

/// What `method` does at `path`; `None` where nothing is kept.
pub(crate) fn find(method: &Method, path: &str) -> Option<Found> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let fits = |place: &&Place| {
        let pairs = place.path.iter().zip(&segments);
        let mut pairs = pairs.map(|(known, said)| match *known {
            "" => is_id(said),
            known => known == *said,
        });
        place.path.len() == segments.len() && pairs.all(|fits| fits)
    };
    let place = PLACES.iter().find(fits)?;
    let deed = place.deeds.iter().find(|deed| deed.method() == *method);
    let ids = place.path.iter().zip(&segments);
    let ids = ids.filter(|(known, _)| known.is_empty());
    let ids = ids.map(|(_, said)| (*said).to_owned()).collect();
    Some(deed.map(|deed| (*deed, ids)).ok_or(place.methods))
}

/// The form of ids and cursors; nothing that leads elsewhere in a path.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':'))
        && text.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// Whether an id says what it is of, as those of the API do: `resp_...`, `conv_...`, `msg_...`.
pub(crate) fn names_kind(id: &str) -> bool {
    let kind = id.split_once('_').map_or("", |(kind, _)| kind);
    kind.len() > 1 && kind.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str) -> Option<Found> {
        find(&method, path)
    }

    #[test]
    fn every_documented_path_is_known() {
        for (method, path, deed, ids) in [
            (Method::GET, "/responses/resp_1", Read, &["resp_1"][..]),
            (Method::DELETE, "/responses/resp_1", Forget, &["resp_1"]),
            (Method::POST, "/responses/resp_1/cancel", Cancel, &["resp_1"]),
            (Method::GET, "/responses/resp_1/input_items", Read, &["resp_1"]),
            (Method::GET, "/conversations/conv_1", Read, &["conv_1"]),
            (Method::POST, "/conversations/conv_1", Add, &["conv_1"]),
            (Method::DELETE, "/conversations/conv_1", Forget, &["conv_1"]),
            (Method::GET, "/conversations/conv_1/items", Read, &["conv_1"]),
            (Method::POST, "/conversations/conv_1/items", Add, &["conv_1"]),
            (
                Method::GET,
                "/conversations/conv_1/items/msg_1",
                Read,
                &["conv_1", "msg_1"],
            ),
            (
                Method::DELETE,
                "/conversations/conv_1/items/msg_1",
                Remove,
                &["conv_1", "msg_1"],
            ),
        ] {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(found(method, path), Some(Ok((deed, ids))), "{path}");
        }
    }

    #[test]
    fn what_is_no_id_leads_nowhere() {
        let long = format!("/responses/{}", "a".repeat(MAX_ID + 1));
        for path in [
            "/responses/",
            "/responses/..",
            "/responses/.",
            "/responses/a@b",
            "/responses/resp_1/files",
            "/responses/resp_1/cancel/",
            "/conversations",
            "/conversations/conv_1/items/msg_1/content",
            &long,
        ] {
            assert_eq!(found(Method::GET, path), None, "{path}");
        }
        assert_eq!(found(Method::PUT, "/responses/resp_1"), Some(Err("GET, DELETE")));
    }
}
