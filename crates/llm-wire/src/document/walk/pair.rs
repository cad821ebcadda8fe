//! Objects that name their value in a field of its own: `{"name": "DB_PASSWORD", "value": "..."}`.

/// Fields that hold the name, without regard to case and `_`.
const NAMES: [&str; 13] = [
    "name",
    "question",
    "key",
    "field",
    "id",
    "label",
    "variable",
    "property",
    "header",
    "system",
    "setting",
    "parameterkey",
    "optionname",
];
/// Fields that hold the value.
const VALUES: [&str; 6] = [
    "value",
    "answer",
    "val",
    "default",
    "parametervalue",
    "optionvalue",
];
/// Fields that hold the value of what the object itself is called: `{"password": {"value": "..."}}`. `S` is DynamoDB's.
const WRAPPERS: [&str; 5] = ["value", "val", "default", "s", "stringvalue"];

/// The leaves of one object's name and value, once they were seen.
#[derive(Clone, Copy, Default)]
pub(super) struct Pair {
    name: Option<usize>,
    value: Option<usize>,
}

impl Pair {
    /// The member `key` became the leaf with this index, and no other.
    pub(super) fn see(&mut self, key: &str, leaf: usize) {
        if self.name.is_none() && is_one_of(key, &NAMES) {
            self.name = Some(leaf);
        } else if self.value.is_none() && is_one_of(key, &VALUES) {
            self.value = Some(leaf);
        }
    }

    /// Name and value, where the object has both.
    pub(super) fn both(self) -> Option<(usize, usize)> {
        self.name.zip(self.value)
    }
}

/// Whether a key says nothing about its value but that it is one.
pub(super) fn is_wrapper(key: &str) -> bool {
    is_one_of(key, &WRAPPERS)
}

fn is_one_of(key: &str, names: &[&str]) -> bool {
    let letters = || {
        key.bytes()
            .filter(|byte| *byte != b'_')
            .map(|byte| byte.to_ascii_lowercase())
    };
    key.len() <= 16 && names.iter().any(|name| letters().eq(name.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case() {
        let mut pair = Pair::default();
        pair.see("ParameterValue", 3);
        pair.see("other", 4);
        assert_eq!(pair.both(), None);
        pair.see("Parameter_Key", 1);
        assert_eq!(pair.both(), Some((1, 3)));
        assert!(is_wrapper("Value") && is_wrapper("S") && !is_wrapper("values"));
    }
}
