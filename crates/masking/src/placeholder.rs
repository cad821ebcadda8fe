//! Placeholders: what stands for a private value, and the map of one turn that knows both.
//!
//! `<` TYPE `_` code [`_` variant] `>`. The code names the entity (keyed hash of scope, type and canonical value), the
//! variant its spelling, and is there only where the spelling is not the type's normal form. So one spelling has one
//! placeholder in every turn, replica and restart, with nothing stored. Only a collision inside a map changes that:
//! the later value gets more letters.

mod canonical;
mod key;
mod original;
mod remembered;
mod spelled;

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;
use zeroize::Zeroizing;

use crate::EntityType;
use canonical::canonical;
use key::{Digest, Part, ScopedKey};
pub use key::{MasterKey, Scope};
pub(crate) use original::Original;
pub use remembered::{InvalidPlaceholder, Remembered};
pub(crate) use spelled::{is_letter, is_spelled_placeholder, is_type};

/// What stands for a private value: `<PERSON_k7qf2m>`, or `<PERSON_k7qf2m_x3>` for another spelling of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Placeholder {
    text: Arc<str>,
    type_len: u8,
    code_len: u8,
}

impl Placeholder {
    /// The whole placeholder, brackets included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The entity type as placeholders write it: `PERSON`, `CUSTOM_NAME`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.text[1..=usize::from(self.type_len)]
    }

    /// The letters that name the entity: the same for all its spellings.
    #[must_use]
    pub fn code(&self) -> &str {
        let start = usize::from(self.type_len) + 2;
        &self.text[start..start + usize::from(self.code_len)]
    }

    /// Everything between the brackets.
    pub(crate) fn name(&self) -> &str {
        &self.text[1..self.text.len() - 1]
    }

    /// Type and code.
    fn stem(&self) -> &str {
        &self.text[1..usize::from(self.type_len) + 2 + usize::from(self.code_len)]
    }
}

impl fmt::Debug for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One original with its placeholder.
#[derive(Clone)]
pub(crate) struct Entry {
    entity: EntityType,
    /// What it says, where it is spelled otherwise: in an encoding.
    value: Option<Original>,
    pub(crate) original: Original,
    pub(crate) placeholder: Placeholder,
}

impl Entry {
    /// What the original says.
    fn expose_value(&self) -> &str {
        self.value.as_ref().unwrap_or(&self.original).expose()
    }
}

/// The originals and placeholders of one turn.
pub struct PlaceholderMap {
    key: ScopedKey,
    lengths: Lengths,
    entries: Vec<Entry>,
    /// Indices of the entries by type and exact spelling, with its hash.
    spellings: HashTable<(u64, usize)>,
    hasher: RandomState,
    taken: Taken,
    /// Codes that earlier turns gave, by the tag of the canonical value.
    earlier_codes: HashMap<u128, Box<str>>,
    /// Room to work in: a canonical value, and a name.
    canonical: Zeroizing<String>,
    name: String,
}

/// Letters of a placeholder's parts where nothing collides. Tests shorten them to force collisions.
#[derive(Clone, Copy)]
struct Lengths {
    code: usize,
    variant: usize,
}

impl Lengths {
    /// 30 bits and 10 bits.
    const DEFAULT: Self = Self { code: 6, variant: 2 };
    /// More letters for the later of two that collide.
    const STEP: usize = 2;
}

impl PlaceholderMap {
    /// An empty map whose placeholders are those of this key and scope.
    #[must_use]
    pub fn new(key: &MasterKey, scope: &Scope) -> Self {
        Self::with_lengths(key, scope, Lengths::DEFAULT)
    }

    fn with_lengths(key: &MasterKey, scope: &Scope, lengths: Lengths) -> Self {
        Self {
            key: ScopedKey::new(key, scope),
            lengths,
            entries: Vec::new(),
            spellings: HashTable::new(),
            hasher: RandomState::new(),
            taken: Taken::default(),
            earlier_codes: HashMap::new(),
            canonical: Zeroizing::default(),
            name: String::new(),
        }
    }

    /// The placeholder that stands for `original`; issues it when there is none yet.
    pub fn placeholder(&mut self, entity: &EntityType, original: &str) -> Placeholder {
        self.placeholder_of(entity, original, original)
    }

    /// The placeholder that stands for `original`, which says `value`: all spellings of one value have one code.
    pub fn placeholder_of(&mut self, entity: &EntityType, value: &str, original: &str) -> Placeholder {
        match self.find(entity, original) {
            Ok(index) => self.entries[index].placeholder.clone(),
            Err(hash) => self.issue(entity, value, original, hash),
        }
    }

    fn issue(&mut self, entity: &EntityType, value: &str, original: &str, hash: u64) -> Placeholder {
        let is_normal = canonical(entity, value, &mut self.canonical) && value == original;
        let name = &mut self.name;
        name.clear();
        write_type(name, entity);
        let type_len = name.len();
        let code = self.key.digest(Part::Code, name, &self.canonical);
        let variant = (!is_normal).then(|| self.key.digest(Part::Variant, name, original));
        name.push('_');
        match self.earlier_codes.get(&code.tag()) {
            Some(earlier) => name.push_str(earlier),
            None => self.taken.claim(name, &code, self.lengths.code),
        }
        let code_len = name.len() - type_len - 1;
        if let Some(variant) = variant {
            name.push('_');
            self.taken.claim(name, &variant, self.lengths.variant);
        }
        name.insert(0, '<');
        name.push('>');
        let placeholder = Placeholder {
            text: name.as_str().into(),
            type_len: short(type_len),
            code_len: short(code_len),
        };
        self.index(hash);
        self.entries.push(Entry {
            entity: entity.clone(),
            value: (value != original).then(|| Original::new(value)),
            original: Original::new(original),
            placeholder: placeholder.clone(),
        });
        placeholder
    }

    /// The entry of a spelling, or the hash to index it with.
    fn find(&self, entity: &EntityType, original: &str) -> Result<usize, u64> {
        let hash = self.hasher.hash_one((entity, original));
        let is_it = |&(_, index): &(u64, usize)| {
            let entry = &self.entries[index];
            entry.entity == *entity && entry.original.expose() == original
        };
        self.spellings
            .find(hash, is_it)
            .map(|(_, index)| *index)
            .ok_or(hash)
    }

    /// Makes the next entry the one that is found for its spelling.
    fn index(&mut self, hash: u64) {
        let entry = (hash, self.entries.len());
        self.spellings.insert_unique(hash, entry, |(hash, _)| *hash);
    }

    /// Takes over what earlier turns of a continuation issued: those placeholders resolve, and their values keep them.
    ///
    /// To be called before anything is issued; an earlier placeholder that this map has given to another value is dropped.
    pub fn join(&mut self, earlier: &Remembered) {
        for entry in &earlier.entries {
            let Entry {
                entity,
                original,
                placeholder,
                ..
            } = entry;
            let known = self.find(entity, original.expose());
            if known.is_ok_and(|index| self.entries[index].placeholder == *placeholder) {
                continue;
            }
            canonical(entity, entry.expose_value(), &mut self.canonical);
            let code = self
                .key
                .digest(Part::Code, placeholder.type_name(), &self.canonical);
            if self.taken.take_over(placeholder, code.tag()) {
                let letters = || placeholder.code().into();
                self.earlier_codes.entry(code.tag()).or_insert_with(letters);
                if let Err(hash) = known {
                    self.index(hash);
                }
                self.entries.push(entry.clone());
            }
        }
    }

    /// What a continuation of this turn needs.
    #[must_use]
    pub fn remember(&self) -> Remembered {
        Remembered::new(self.entries.clone())
    }

    /// How many placeholders resolve.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was masked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every placeholder with the value that it stands for, in the order of issue.
    pub fn expose_originals(&self) -> impl Iterator<Item = (&Placeholder, &str)> {
        self.entries
            .iter()
            .map(|entry| (&entry.placeholder, entry.original.expose()))
    }

    /// Every value with its type, as whoever reads it would write it.
    pub(crate) fn expose_values(&self) -> impl Iterator<Item = (&EntityType, &str)> {
        self.entries
            .iter()
            .map(|entry| (&entry.entity, entry.expose_value()))
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl fmt::Debug for PlaceholderMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaceholderMap")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Appends the type as placeholders write it: `CUSTOM_NAME` for `CUSTOM:NAME`, so that the whole is one word.
fn write_type(name: &mut String, entity: &EntityType) {
    let start = name.len();
    write!(name, "{entity}").expect("writing to a string does not fail");
    if let Some(colon) = name[start..].find(':') {
        name.replace_range(start + colon..=start + colon, "_");
    }
}

/// Stems (type and code) and names, and the tag of the value that each belongs to; in any case, as rehydration accepts them.
#[derive(Default)]
struct Taken(HashTable<TakenName>);

struct TakenName {
    hash: u64,
    name: Box<str>,
    tag: u128,
}

impl Taken {
    /// Appends as many of the digest's letters as make the name nobody else's, and takes it.
    fn claim(&mut self, name: &mut String, digest: &Digest, shortest: usize) {
        let stem = name.len();
        for count in (shortest..=Digest::MAX_LETTERS).step_by(Lengths::STEP) {
            name.truncate(stem);
            digest.push_letters(count, name);
            if self.take(name, digest.tag()) {
                return;
            }
        }
        debug_assert!(false, "two values share 250 bits of a keyed hash");
    }

    /// Takes the stem and name that an earlier turn gave to the value with this tag; answers whether they were free.
    fn take_over(&mut self, placeholder: &Placeholder, tag: u128) -> bool {
        // Two spellings of one value differ in their variants, which no third one may have.
        let name = placeholder.name();
        let is_it = |taken: &TakenName| taken.name.eq_ignore_ascii_case(name);
        let name_is_free = name == placeholder.stem() || self.0.find(by_letters(name), is_it).is_none();
        let taken = name_is_free && self.take(placeholder.stem(), tag);
        if taken && name != placeholder.stem() {
            self.take(name, tag);
        }
        taken
    }

    fn take(&mut self, name: &str, tag: u128) -> bool {
        let hash = by_letters(name);
        let is_it = |taken: &TakenName| taken.name.eq_ignore_ascii_case(name);
        let entry = self.0.entry(hash, is_it, |taken| taken.hash);
        let taken = entry.or_insert_with(|| TakenName {
            hash,
            name: name.into(),
            tag,
        });
        taken.get().tag == tag
    }
}

/// The last letters of a name come from a keyed hash: nobody can choose them, and they need no other. Names of one type
/// begin alike, so both halves of the product count: its low bits alone come from the first of those letters.
fn by_letters(name: &str) -> u64 {
    let last = name.as_bytes().last_chunk().map_or(0, |letters: &[u8; 8]| {
        u64::from_le_bytes(letters.map(|letter| letter.to_ascii_lowercase()))
    });
    let product = u128::from(last) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

fn short(length: usize) -> u8 {
    u8::try_from(length).expect("type names and codes are shorter than 52 bytes")
}

#[cfg(test)]
mod tests;
