//! What leaves beside the body: path, query, headers, and the model's name. It is inspected like text, but nothing in
//! it can carry a placeholder.

use std::borrow::Cow;

use http::HeaderName;
use masking::{LeafClass, TextLeaf, TextScope};
use percent_encoding::percent_decode_str;

use crate::error::GatewayError;
use crate::surface::kept::{self, Named};
use crate::upstream::Target;
use crate::upstream::headers::{self, Outgoing};

#[derive(Clone, Copy)]
enum Place<'a> {
    Path,
    /// An id in the path, as one in a body is.
    Id,
    Query,
    /// Where a page of what is kept begins.
    Cursor,
    Header(&'a HeaderName),
    Model,
}

struct HeadLeaf<'a> {
    place: Place<'a>,
    label: Option<Cow<'a, str>>,
    text: Cow<'a, str>,
}

/// All texts of a request's head.
pub(super) struct HeadLeaves<'a>(Vec<HeadLeaf<'a>>);

impl<'a> HeadLeaves<'a> {
    pub(super) fn new(
        target: &'a Target,
        named: &'a Named,
        outgoing: &'a Outgoing,
        model: Option<&'a str>,
    ) -> Result<Self, GatewayError> {
        let mut leaves = Vec::with_capacity(16);
        let mut add = |place, label, text: Cow<'a, str>| {
            if !text.is_empty() {
                leaves.push(HeadLeaf { place, label, text });
            }
        };
        add(Place::Path, None, target.deployment().unwrap_or_default().into());
        if let Some((_, id)) = target.path.split_once("/models/") {
            add(Place::Path, None, id.into());
        }
        for id in &named.ids {
            add(Place::Id, None, id.into());
        }
        for pair in target.query.as_deref().unwrap_or_default().split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = decoded(key)?;
            let value = decoded(value)?;
            let is_cursor =
                !named.ids.is_empty() && matches!(&*key, "after" | "before") && kept::is_id(&value);
            let place = if is_cursor { Place::Cursor } else { Place::Query };
            add(place, Some(key.clone()), value);
            add(Place::Query, None, key);
        }
        for (name, value) in outgoing.values() {
            // The id of a session lets nobody in at a provider, but under its name it would count as what does.
            let label = (!headers::holds_id(name)).then(|| name.as_str().into());
            add(Place::Header(name), label, value.into());
        }
        add(Place::Model, None, model.unwrap_or_default().into());
        Ok(Self(leaves))
    }

    pub(super) fn leaves(&self) -> impl Iterator<Item = TextLeaf<'_>> {
        self.0.iter().map(|leaf| TextLeaf {
            text: &leaf.text,
            label: leaf.label.as_deref(),
            class: match leaf.place {
                Place::Path | Place::Model => LeafClass::Name,
                // What doesn't say its kind may be anything: a number of somebody's.
                Place::Id | Place::Cursor if !kept::names_kind(&leaf.text) => LeafClass::Name,
                Place::Id | Place::Cursor => LeafClass::Identifier,
                Place::Query | Place::Header(_) => LeafClass::Text,
            },
            scope: TextScope::Metadata,
            joins_previous: false,
        })
    }

    /// Where the text with this index stands; names of ours only.
    pub(super) fn path(&self, index: usize) -> String {
        match self.0.get(index).map(|leaf| leaf.place) {
            Some(Place::Path | Place::Id) => "path".to_owned(),
            Some(Place::Query | Place::Cursor) => "query".to_owned(),
            Some(Place::Header(name)) => format!("headers.{name}"),
            Some(Place::Model) => "model".to_owned(),
            None => String::new(),
        }
    }
}

/// As a server reads a query string: `+` is a space, `%xx` a byte; what is not UTF-8 then is refused.
fn decoded(text: &str) -> Result<Cow<'_, str>, GatewayError> {
    if !text.contains(['+', '%']) {
        return Ok(text.into());
    }
    let spaced = text.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(plain) => Ok(Cow::Owned(plain.into_owned())),
        Err(_) => Err(GatewayError::BadTarget),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn texts(query: &str) -> Result<Vec<String>, GatewayError> {
        let target = Target {
            root: "/openai/deployments/mine".into(),
            path: "/chat/completions".into(),
            query: Some(query.into()),
        };
        let mut headers = HeaderMap::new();
        headers.insert("openai-project", HeaderValue::from_static("proj"));
        let outgoing = Outgoing::from_caller(&headers, None, true)?;
        let named = Named::default();
        let head = HeadLeaves::new(&target, &named, &outgoing, Some("gpt-5"))?;
        Ok(head.leaves().map(|leaf| leaf.text.to_owned()).collect())
    }

    #[test]
    fn keys_and_values_are_read_as_a_server_reads_them() {
        assert_eq!(
            texts("a%40b.example=c+d&beta=true&flag").unwrap(),
            [
                "mine",
                "c d",
                "a@b.example",
                "true",
                "beta",
                "flag",
                "proj",
                "gpt-5"
            ]
        );
        assert_eq!(texts("q=%ff").unwrap_err(), GatewayError::BadTarget);
    }
}
