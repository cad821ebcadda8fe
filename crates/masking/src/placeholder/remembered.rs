//! What a turn leaves behind for its continuations, and the way out of this process and back for a store that seals it.

use std::collections::HashSet;
use std::fmt;

use thiserror::Error;

use super::key::Digest;
use super::original::Original;
use super::spelled::is_letter;
use super::{Entry, Placeholder, short, write_type};
use crate::EntityType;

/// What a turn leaves behind for its continuations: placeholders and their originals, zeroed on drop.
#[derive(Clone, Default)]
pub struct Remembered {
    pub(super) entries: Vec<Entry>,
    bytes: usize,
}

/// Not what masking writes for a value of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a placeholder of its type")]
pub struct InvalidPlaceholder;

impl Remembered {
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        Self {
            bytes: entries.iter().map(bytes_of).sum(),
            entries,
        }
    }

    /// About how much memory it holds, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many values it remembers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds the entries of another map of the same chain that are not here yet.
    pub fn add(&mut self, other: &Self) {
        let known = |entry: &Entry| (entry.placeholder.clone(), entry.original.clone());
        let here: HashSet<_> = self.entries.iter().map(known).collect();
        let missing = other.entries.iter().filter(|entry| !here.contains(&known(entry)));
        let missing: Vec<Entry> = missing.cloned().collect();
        self.bytes += missing.iter().map(bytes_of).sum::<usize>();
        self.entries.extend(missing);
    }

    /// Type, value, original and placeholder of every entry, in the order of issue: what [`Remembered::push`] takes.
    pub fn expose_entries(&self) -> impl Iterator<Item = (&EntityType, &str, &str, &str)> {
        self.entries.iter().map(|entry| {
            (
                &entry.entity,
                entry.expose_value(),
                entry.original.expose(),
                entry.placeholder.as_str(),
            )
        })
    }

    /// Adds an entry that [`Remembered::expose_entries`] has given: a map rebuilt in that order is the same.
    ///
    /// # Errors
    /// When the text is not a placeholder of the type.
    pub fn push(
        &mut self,
        entity: EntityType,
        value: &str,
        original: &str,
        placeholder: &str,
    ) -> Result<(), InvalidPlaceholder> {
        let placeholder = Placeholder::parse(&entity, placeholder).ok_or(InvalidPlaceholder)?;
        let entry = Entry {
            entity,
            value: (value != original).then(|| Original::new(value)),
            original: Original::new(original),
            placeholder,
        };
        self.bytes += bytes_of(&entry);
        self.entries.push(entry);
        Ok(())
    }
}

fn bytes_of(entry: &Entry) -> usize {
    let value = entry.value.as_ref().map_or(0, |value| value.expose().len());
    size_of::<Entry>() + value + entry.original.expose().len() + entry.placeholder.text.len()
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered")
            .field("len", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Placeholder {
    /// Reads exactly what masking writes for this type.
    fn parse(entity: &EntityType, text: &str) -> Option<Self> {
        let mut name = String::new();
        write_type(&mut name, entity);
        let inner = text.strip_prefix('<')?.strip_suffix('>')?;
        let letters = inner.strip_prefix(&name)?.strip_prefix('_')?;
        // Letters hold no underscore: what stands before the first one is the code.
        let (code, variant) = match letters.split_once('_') {
            Some((code, variant)) => (code, Some(variant)),
            None => (letters, None),
        };
        let well_formed =
            |part: &str| (1..=Digest::MAX_LETTERS).contains(&part.len()) && part.bytes().all(is_letter);
        (well_formed(code) && variant.is_none_or(well_formed)).then(|| Self {
            text: text.into(),
            type_len: short(name.len()),
            code_len: short(code.len()),
        })
    }
}
