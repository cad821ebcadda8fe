//! The placeholders that resolve in one turn, sorted so that a name can be walked letter by letter.

use std::fmt;
use std::ops::Range;

use crate::placeholder::{Original, Placeholder, PlaceholderMap};

/// What the channels of one turn restore; built once and shared.
pub struct Lexicon {
    /// By name.
    names: Vec<Name>,
    /// Bytes that a spelling can start with.
    starts: [bool; 256],
    longest: usize,
}

/// Nothing resolves.
impl Default for Lexicon {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            starts: [false; 256],
            longest: 0,
        }
    }
}

struct Name {
    /// What stands between the brackets, in lower case.
    letters: Box<[u8]>,
    placeholder: Placeholder,
    original: Original,
}

impl Lexicon {
    /// Most backslashes before a bracket or underscore: one, as JSON in a string in JSON escapes it.
    pub(super) const MAX_BACKSLASHES: usize = 4;
    /// `u003c` after its backslashes, the longest way to write a bracket.
    const MAX_BRACKET: usize = Self::MAX_BACKSLASHES + "u003c".len();

    /// The placeholders of `map`, those of earlier turns included.
    #[must_use]
    pub fn new(map: &PlaceholderMap) -> Self {
        let mut names: Vec<_> = map
            .entries()
            .iter()
            .map(|entry| Name {
                letters: entry.placeholder.name().to_ascii_lowercase().into_bytes().into(),
                placeholder: entry.placeholder.clone(),
                original: entry.original.clone(),
            })
            .collect();
        names.sort_unstable_by(|a, b| a.letters.cmp(&b.letters));
        let mut starts = [false; 256];
        for byte in *b"<&\\" {
            starts[usize::from(byte)] = true;
        }
        let mut longest = 0;
        for name in &names {
            starts[usize::from(name.letters[0])] = true;
            starts[usize::from(name.letters[0].to_ascii_uppercase())] = true;
            let underscores = name.letters.iter().filter(|&&b| b == b'_').count();
            let spelled = name.letters.len() + underscores * Self::MAX_BACKSLASHES + 2 * Self::MAX_BRACKET;
            longest = longest.max(spelled);
        }
        Self {
            names,
            starts,
            longest,
        }
    }

    /// Whether two placeholders stand for values of the same type.
    pub(super) fn are_of_one_type(&self, one: usize, other: usize) -> bool {
        fn type_of(name: &str) -> impl Iterator<Item = &str> {
            let is_of_type = |part: &&str| part.bytes().any(|byte| byte.is_ascii_uppercase());
            name.split('_').take_while(is_of_type)
        }
        type_of(self.name(one)).eq(type_of(self.name(other)))
    }

    /// How many placeholders resolve.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing resolves.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Bytes of the longest spelling of any placeholder.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    pub(super) const fn can_start(&self, byte: u8) -> bool {
        self.starts[byte as usize]
    }

    /// The value of the name with this index.
    pub(super) fn expose(&self, name: usize) -> &str {
        self.names[name].original.expose()
    }

    /// The name with this index as masking writes it, without brackets.
    pub(super) fn name(&self, name: usize) -> &str {
        self.placeholder(name).name()
    }

    pub(super) fn placeholder(&self, name: usize) -> &Placeholder {
        &self.names[name].placeholder
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        Walk {
            names: &self.names,
            range: 0..self.names.len(),
            depth: 0,
        }
    }
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lexicon")
            .field("len", &self.names.len())
            .finish_non_exhaustive()
    }
}

/// The names that begin with the letters walked so far.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    names: &'a [Name],
    range: Range<usize>,
    depth: usize,
}

impl Walk<'_> {
    /// Goes on with one letter, in any case; answers whether a name is left.
    pub(super) fn step(&mut self, byte: u8) -> bool {
        let wanted = Some(byte.to_ascii_lowercase());
        let left = &self.names[self.range.clone()];
        let letter = |name: &Name| name.letters.get(self.depth).copied();
        let (Some(first), Some(last)) = (left.first(), left.last()) else {
            return false;
        };
        if letter(first) != wanted || letter(last) != wanted {
            let below = left.partition_point(|name| letter(name) < wanted);
            let within = left[below..].partition_point(|name| letter(name) == wanted);
            let start = self.range.start + below;
            self.range = start..start + within;
        }
        self.depth += 1;
        !self.range.is_empty()
    }

    /// Whether `byte` could come next.
    pub(super) fn allows(&self, byte: u8) -> bool {
        self.clone().step(byte)
    }

    /// The name that ends here, by index. A name sorts before those that continue it.
    pub(super) fn complete(&self) -> Option<usize> {
        let first = self.range.start;
        (!self.range.is_empty() && self.names[first].letters.len() == self.depth).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntityType, MasterKey, Scope};

    #[test]
    fn walking_finds_every_name_and_nothing_else() {
        let mut map = PlaceholderMap::new(&MasterKey::new([5; 32]), &Scope::new("a"));
        for n in 0..200 {
            map.placeholder(&EntityType::BUILT_IN[n % 25], &format!("Value {}", n / 2));
        }
        let lexicon = Lexicon::new(&map);
        let walked = |name: &str| {
            let mut walk = lexicon.walk();
            name.bytes()
                .all(|b| walk.step(b))
                .then(|| walk.complete())
                .flatten()
        };
        for (placeholder, original) in map.expose_originals() {
            let name = placeholder.name();
            assert_eq!(walked(name).map(|n| lexicon.expose(n)), Some(original));
            assert_eq!(walked(&name[..name.len() - 1]), None);
            assert_eq!(walked(&format!("{name}2")), None);
        }
        assert!(!format!("{lexicon:?}").contains("Value"));
    }
}
