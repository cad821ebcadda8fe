//! The layers of a configuration, one over the other, and who to name when a key is wrong.

use std::fmt::Display;
use std::path::Path;

use figment::value::Value;
use figment::{Figment, Provider};
use serde::de::DeserializeOwned;

use crate::error::{ConfigError, told, wrong_keys};
use crate::secret::Secret;

/// What was written, and where.
pub struct Layers {
    figment: Figment,
    /// Whether the configuration itself has a name: others are not shown.
    is_known: fn(&str) -> bool,
}

impl Layers {
    /// No layer yet, of a configuration whose names `is_known` knows.
    #[must_use]
    pub fn new(is_known: fn(&str) -> bool) -> Self {
        Self {
            figment: Figment::new(),
            is_known,
        }
    }

    /// With `layer` over the others.
    #[must_use]
    pub fn over(self, layer: impl Provider) -> Self {
        Self {
            figment: self.figment.merge(layer),
            ..self
        }
    }

    /// What is written under `key`, levels parted by dots.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Value> {
        self.figment.find_value(key).ok()
    }

    /// Everything that is written.
    ///
    /// # Errors
    /// Names all keys that are wrong.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        self.figment
            .extract()
            .map_err(|error| wrong_keys(&error, self.is_known))
    }

    /// `key` is wrong because of `problem`, which says what is allowed.
    #[must_use]
    pub fn wrong(&self, key: &str, problem: &str) -> ConfigError {
        let levels: Vec<&str> = key.split('.').collect();
        // Of a key that is missing, whoever wrote what it is missing from is the source.
        let source = (1..=levels.len())
            .rev()
            .find_map(|depth| self.figment.find_metadata(&levels[..depth].join(".")));
        ConfigError::Keys(told(&levels, source, problem, self.is_known))
    }

    /// Whether `value`, of `key`, is from `low` to `high`.
    ///
    /// # Errors
    /// When it is not.
    pub fn in_range<T: PartialOrd + Display>(
        &self,
        key: &str,
        value: T,
        low: T,
        high: T,
    ) -> Result<(), ConfigError> {
        if low <= value && value <= high {
            return Ok(());
        }
        Err(self.wrong(key, &format!("out of range; allowed: {low} to {high}")))
    }

    /// A secret that is given as `key` or in the file that `key` + `_file` names.
    ///
    /// # Errors
    /// When it is given twice, or the file is no secret's.
    pub fn secret(
        &self,
        inline: Option<Secret>,
        file: Option<&Path>,
        key: &str,
    ) -> Result<Option<Secret>, ConfigError> {
        match (inline, file) {
            (Some(_), Some(_)) => {
                Err(self.wrong(key, "given both inline and as a file; allowed: one of the two"))
            }
            (None, Some(path)) => Secret::from_file(path)
                .map(Some)
                .map_err(|problem| self.wrong(&format!("{key}_file"), &problem)),
            (inline, None) => Ok(inline),
        }
    }
}
