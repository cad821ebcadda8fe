//! One table of a rule file, key by key: each is taken once and what is left over is refused.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::error::{Place, Problem, RuleFileError};

/// The keys of a table that were not taken yet, lower-case as gitleaks compares them.
pub(super) struct Fields<'a> {
    pub(super) file: &'a str,
    pub(super) place: Place,
    left: BTreeMap<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(file: &'a str, place: Place, table: Table) -> Self {
        Self {
            file,
            place,
            left: table
                .into_iter()
                .map(|(key, value)| (key.to_lowercase(), value))
                .collect(),
            known: Vec::new(),
        }
    }

    pub(super) fn refuse(&self, problem: Problem) -> RuleFileError {
        RuleFileError {
            file: self.file.to_owned(),
            place: self.place.clone(),
            problem,
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.left.remove(&key.to_lowercase())
    }

    fn kind(&self, key: &'static str, expected: &'static str) -> RuleFileError {
        self.refuse(Problem::Kind { key, expected })
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<String>, RuleFileError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.kind(key, "a text")),
        }
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Result<Vec<String>, RuleFileError> {
        let expected = "a list of texts";
        let Some(value) = self.take(key) else {
            return Ok(Vec::new());
        };
        let Value::Array(list) = value else {
            return Err(self.kind(key, expected));
        };
        list.into_iter()
            .map(|value| match value {
                Value::String(text) => Ok(text),
                _ => Err(self.kind(key, expected)),
            })
            .collect()
    }

    /// A number of at least 0.
    pub(super) fn number(&mut self, key: &'static str) -> Result<Option<f64>, RuleFileError> {
        let number = match self.take(key) {
            None => return Ok(None),
            Some(Value::Float(number)) => number,
            Some(Value::Integer(number)) => f64::from(i32::try_from(number).unwrap_or(-1)),
            Some(_) => -1.0,
        };
        if number.is_finite() && number >= 0.0 {
            Ok(Some(number))
        } else {
            Err(self.kind(key, "a number of at least 0"))
        }
    }

    pub(super) fn index(&mut self, key: &'static str) -> Result<usize, RuleFileError> {
        match self.take(key) {
            None => Ok(0),
            Some(Value::Integer(number)) => {
                usize::try_from(number).map_err(|_| self.kind(key, "a whole number of at least 0"))
            }
            Some(_) => Err(self.kind(key, "a whole number of at least 0")),
        }
    }

    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Table>, RuleFileError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(table)),
            Some(_) => Err(self.kind(key, "a table")),
        }
    }

    /// `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Result<Vec<Table>, RuleFileError> {
        let expected = "a list of tables";
        let Some(value) = self.take(key) else {
            return Ok(Vec::new());
        };
        let Value::Array(list) = value else {
            return Err(self.kind(key, expected));
        };
        list.into_iter()
            .map(|value| match value {
                Value::Table(table) => Ok(table),
                _ => Err(self.kind(key, expected)),
            })
            .collect()
    }

    /// Keys that say nothing about detection.
    pub(super) fn skip(&mut self, keys: &[&'static str]) {
        for key in keys {
            self.take(key);
        }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), RuleFileError> {
        if self.left.is_empty() {
            return Ok(());
        }
        Err(self.refuse(Problem::UnknownKey {
            allowed: self.known.join(", "),
        }))
    }
}
