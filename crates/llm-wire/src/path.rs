//! Sanitised paths such as `messages[].content[].text`: schema keys, `[]` and `*`, never a key of the caller's.

/// One path, as a number that belongs to its [`Paths`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PathId(u32);

/// One step down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A key of the surface's schema.
    Known(&'static str),
    /// Any other key.
    Other,
    /// An array's element.
    Element,
}

struct Entry {
    parent: PathId,
    step: Step,
    first_child: Option<PathId>,
    sibling: Option<PathId>,
}

/// All paths of one document, each kept once.
pub(crate) struct Paths {
    entries: Vec<Entry>,
}

impl Paths {
    pub(crate) const ROOT: PathId = PathId(0);

    pub(crate) fn new() -> Self {
        let root = Entry {
            parent: Self::ROOT,
            step: Step::Element,
            first_child: None,
            sibling: None,
        };
        Self { entries: vec![root] }
    }

    /// The path one step below `parent`. A path has at most as many steps below it as a schema has keys.
    pub(crate) fn child(&mut self, parent: PathId, step: Step) -> PathId {
        let first = self.entries[parent.0 as usize].first_child;
        let mut next = first;
        while let Some(id) = next {
            let entry = &self.entries[id.0 as usize];
            if entry.step == step {
                return id;
            }
            next = entry.sibling;
        }
        let id = PathId(self.entries.len() as u32);
        self.entries.push(Entry {
            parent,
            step,
            first_child: None,
            sibling: first,
        });
        self.entries[parent.0 as usize].first_child = Some(id);
        id
    }

    /// The path written out; empty for the root.
    pub(crate) fn write(&self, id: PathId) -> String {
        let mut steps = Vec::new();
        let mut at = id;
        while at != Self::ROOT {
            let entry = &self.entries[at.0 as usize];
            steps.push(entry.step);
            at = entry.parent;
        }
        let mut path = String::new();
        for step in steps.into_iter().rev() {
            let name = match step {
                Step::Element => {
                    path.push_str("[]");
                    continue;
                }
                Step::Known(name) => name,
                Step::Other => "*",
            };
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_kept_once_and_written_in_order() {
        let mut paths = Paths::new();
        let messages = paths.child(Paths::ROOT, Step::Known("messages"));
        let element = paths.child(messages, Step::Element);
        let other = paths.child(element, Step::Other);
        let content = paths.child(element, Step::Known("content"));
        assert_eq!(paths.child(element, Step::Other), other);
        assert_eq!(paths.child(element, Step::Known("content")), content);
        assert_eq!(paths.write(Paths::ROOT), "");
        assert_eq!(paths.write(element), "messages[]");
        assert_eq!(paths.write(content), "messages[].content");
        let inside = paths.child(other, Step::Element);
        assert_eq!(paths.write(inside), "messages[].*[]");
    }
}
