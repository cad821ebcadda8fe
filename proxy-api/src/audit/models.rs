//! Which names of models are shown. `model` is a text of the caller's, and a name, a password or a date can look like a
//! model's: an upstream that answers for a name says that it is one. Upstreams that take any name say nothing by that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::event::Model;

/// Kept for each upstream; whoever wants more than these has the least used ones shown only where they are answered.
const MOST: usize = 128;

/// Names that upstreams have answered for since the start of this process, the last used first.
#[derive(Debug, Default)]
pub(crate) struct Models(Mutex<HashMap<Arc<str>, Vec<Model>>>);

impl Models {
    /// What a record may say of a turn that named a model: the name where `upstream` has answered for it, now or before.
    pub(crate) fn shown(&self, upstream: &Arc<str>, named: Model, is_answered: bool) -> Model {
        if !named.is_a_name() {
            return named;
        }
        // A list is whole between any two steps.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names = match known.get_mut(upstream) {
            Some(names) => names,
            None if is_answered => known.entry(Arc::clone(upstream)).or_default(),
            None => return Model::redacted(),
        };
        match names.iter().position(|name| *name == named) {
            Some(at) => names[..=at].rotate_right(1),
            None if is_answered => {
                names.truncate(MOST - 1);
                names.insert(0, named.clone());
            }
            None => return Model::redacted(),
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_where_its_upstream_has_answered_for_it() {
        let (models, one, other) = (Models::default(), Arc::from("one"), Arc::from("other"));
        let shown = |upstream, name: &str, is_answered| {
            let shown = models.shown(upstream, Model::bounded(name), is_answered);
            shown.as_str().to_owned()
        };
        for name in [
            "hunter2",
            "Alice-Smith",
            "patient:Alice.Mueller",
            "alice_at_corp.com",
        ] {
            assert_eq!(shown(&one, name, false), "<redacted>");
        }
        assert_eq!(shown(&one, "gpt-5", true), "gpt-5");
        assert_eq!(shown(&one, "gpt-5", false), "gpt-5");
        assert_eq!(shown(&other, "gpt-5", false), "<redacted>");
        assert_eq!(shown(&one, "Alice Smith", true), "<redacted>");
        assert_eq!(models.shown(&one, Model::default(), true), Model::default());
    }

    #[test]
    fn the_least_used_are_forgotten() {
        let (models, upstream) = (Models::default(), Arc::from("one"));
        let shown = |name: &str, is_answered| {
            let shown = models.shown(&upstream, Model::bounded(name), is_answered);
            shown.as_str() == name
        };
        for number in 0..MOST {
            assert!(shown(&format!("m{number}"), true));
        }
        assert!(shown("m0", false));
        assert!(shown("another", true));
        assert!(shown("m0", false));
        assert!(!shown("m1", false));
        assert!(shown("m2", false));
    }
}
