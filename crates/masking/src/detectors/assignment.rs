//! PASSWORD, and keys and tokens of no known form: the values that labels such as `DB_PASSWORD=`, `"api_key":`,
//! `密码：` or `--token` are given, in configuration, code, command lines and prose.
//!
//! A label alone proves nothing: code is full of labels. What stands behind it must be a value (not an expression, a
//! type, a reference to a secret store or documentation) and look like one of its kind; [`judge`] decides that.

mod judge;
mod label;
mod list;
mod pair;
mod value;

use std::sync::Arc;

use self::label::{Kind, Label};
use self::value::Value;
use super::rule::{Found, Rule, Wake};
use crate::{ByteSpan, EntityType, Score};

/// The longest secret in a table, in bytes.
const MAX_CELL: usize = 2048;

/// Finds the values of secret labels.
pub(super) struct Assignment {
    password: Arc<str>,
    key: Arc<str>,
    private_key: Arc<str>,
    url: Arc<str>,
    session: Arc<str>,
}

impl Assignment {
    pub(super) fn new() -> Self {
        Self {
            password: "password.assignment".into(),
            key: "api_key.assignment".into(),
            private_key: "private_key.assignment".into(),
            url: "url_credentials.query".into(),
            session: "bearer_token.session".into(),
        }
    }

    fn push(&self, label: &Label, value: &Value, found: &mut Found) {
        let (entity, detector) = self.names(label);
        let score = if value.is_quoted() || label.is_constant {
            Score::STRONG
        } else {
            Score::LIKELY
        };
        found.push(entity, value.span.start, value.span.end, score, detector);
    }

    fn names(&self, label: &Label) -> (EntityType, &Arc<str>) {
        if label.in_query {
            return (EntityType::UrlCredentials, &self.url);
        }
        match label.kind {
            Kind::Password => (EntityType::Password, &self.password),
            Kind::Secret | Kind::Key | Kind::Token => (EntityType::ApiKey, &self.key),
            Kind::PrivateKey => (EntityType::PrivateKey, &self.private_key),
            Kind::Session => (EntityType::BearerToken, &self.session),
        }
    }
}

/// What a table's column of secrets holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    Passwords,
    Secrets,
    Keys,
}

/// Whether the value at `span` is a secret in a column of `cells`. A table that is data, and not part of a document,
/// may hold a plain word.
pub(super) fn is_secret_cell(text: &str, span: ByteSpan, cells: Cells, is_data: bool) -> bool {
    let label = Label {
        kind: match cells {
            Cells::Passwords => Kind::Password,
            Cells::Secrets => Kind::Secret,
            Cells::Keys => Kind::Token,
        },
        span: ByteSpan::new(span.start, span.start),
        is_constant: is_data,
        in_query: false,
        is_option: false,
        is_doubtful: true,
        is_plural: false,
        is_pair: false,
    };
    let value = Value {
        span,
        form: value::Form::Quoted,
        is_setting: is_data,
    };
    span.len() <= MAX_CELL && judge::is_secret(text, &label, &value)
}

impl Rule for Assignment {
    fn literals(&self) -> Vec<String> {
        label::WORDS.iter().map(|(word, _)| (*word).to_owned()).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let Some(label) = label::read(text, label::WORDS[index], at) else {
            return;
        };
        let is_secret = |value: &Value| judge::is_secret(text, &label, value);
        let value = value::behind(text, &label)
            .filter(is_secret)
            .or_else(|| pair::value(text, &label).filter(is_secret));
        if let Some(value) = value {
            self.push(&label, &value, found);
            return;
        }
        // What lies in a list that was read already is not read again.
        if !found.covers(label.span.start, &EntityType::Password) {
            for item in list::items(text, &label).filter(is_secret) {
                self.push(&label, &item, found);
            }
        }
    }
}

#[cfg(test)]
mod tests;
