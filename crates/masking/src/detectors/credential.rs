//! PASSWORD, and keys and tokens of no known form: the values of labels such as `DB_PASSWORD=`, `"api_key":`, `密码：` or
//! `--token`, in configuration, code, command lines, tables and prose.
//!
//! A label alone proves nothing: code is full of labels. What stands behind it must be a value (not an expression, a
//! type, a reference to a secret store or documentation) and look like one of its kind; [`judge`] decides that.

mod cell;
mod code;
mod extent;
mod judge;
mod phrase;
mod weak;

use std::sync::Arc;

use self::extent::{Form, Value};
use super::rule::Found;
use super::text::ends_with_ignore_case;
use crate::fields::{Column, Concept, Joint, Label, Place, Table, concept_of};
use crate::{EntityType, Score};

/// The longest secret in a table, in bytes.
const MAX_CELL: usize = 2048;

/// Words that make a token harmless when they stand before it: it marks a place or a request.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "page", "next", "prev", "previous", "continuation", "continue", "sync", "resume", "cursor",
    "pagination", "scroll", "marker", "cancellation", "public", "stop", "pad", "eos", "bos", "unk",
    "idempotency", "starting", "request", "change", "update", "unit",
];

/// What a label is given, and how it is written.
#[derive(Clone, Copy)]
struct Given {
    kind: Concept,
    /// Where the label ends.
    end: usize,
    /// Written as constants and environment variables are, or the column of a table that is data.
    is_constant: bool,
    /// It opens its line.
    opens_line: bool,
    /// Names who calls, and is as often a random mark of a request as a secret: `client_token`.
    is_mark: bool,
    /// The word may mean something else: `pass`, `pin`.
    is_doubtful: bool,
}

/// Judges the values of secret labels.
pub(super) struct Credentials {
    password: Arc<str>,
    key: Arc<str>,
    private_key: Arc<str>,
    url: Arc<str>,
    session: Arc<str>,
    password_column: Arc<str>,
    key_column: Arc<str>,
}

impl Credentials {
    pub(super) fn new() -> Self {
        Self {
            password: "password.assignment".into(),
            key: "api_key.assignment".into(),
            private_key: "private_key.assignment".into(),
            url: "url_credentials.query".into(),
            session: "bearer_token.session".into(),
            password_column: "password.column".into(),
            key_column: "api_key.column".into(),
        }
    }

    /// Reports the secret at `place`, if one stands there; where it ends.
    pub(super) fn judge(&self, text: &str, label: &Label, place: &Place, found: &mut Found) -> Option<usize> {
        let given = given(text, label).filter(|_| place.joint != Joint::Below)?;
        // Prose about programs: "pass `&str`" hands something on, unless it can be nothing but a password.
        let is_handed_on = given.is_doubtful && place.joint == Joint::Adjacent;
        let is_chosen = |close| judge::is_chosen(&text.as_bytes()[place.at..close]);
        if is_handed_on && place.close.is_some_and(|close| !is_chosen(close)) {
            return None;
        }
        if place.joint != Joint::Argument && !label.entry.is_pair && label.is_plural(text) {
            return None;
        }
        if place.joint == Joint::Element && place.close.is_some_and(|close| is_label(&text[place.at..close]))
        {
            return None;
        }
        let is_item = place.joint == Joint::Argument && place.close.is_some();
        if is_item && is_rule(text.get(place.at..place.close?)?) {
            return None;
        }
        let pair;
        let place = if label.entry.is_pair {
            pair = behind_user(text, place)?;
            &pair
        } else {
            place
        };
        // A password with blanks first: each of its words may look like one by itself.
        let value = phrase::read(text, &given, place)
            .or_else(|| {
                extent::read(text, place, given.kind).filter(|value| judge::is_secret(text, &given, value))
            })
            .or_else(|| weak::read(text, &given, place))?;
        let score = if value.form == Form::Quoted || given.is_constant {
            Score::STRONG
        } else {
            Score::LIKELY
        };
        let (entity, name) = if label.in_query(text) {
            (EntityType::UrlCredentials, &self.url)
        } else {
            self.names(given.kind)
        };
        found.push(entity, value.span.start, value.span.end, score, name);
        Some(value.span.end)
    }

    fn names(&self, kind: Concept) -> (EntityType, &Arc<str>) {
        match kind {
            Concept::Password => (EntityType::Password, &self.password),
            Concept::PrivateKey => (EntityType::PrivateKey, &self.private_key),
            Concept::Session => (EntityType::BearerToken, &self.session),
            _ => (EntityType::ApiKey, &self.key),
        }
    }

    /// Reports the secrets of a column.
    pub(super) fn column(
        &self,
        text: &str,
        table: &Table,
        column: &Column,
        has_user: bool,
        found: &mut Found,
    ) {
        let kind = column.label.entry.concept;
        let is_sure = !column.label.entry.is_doubtful;
        // A column under a name that means nothing else holds passwords, however weak, if its cells are not all the same
        // kind of something else.
        let holds_words = kind == Concept::Password
            && is_sure
            && (has_user && !table.is_spaced || table.is_data)
            && weak::is_column(text, column);
        for cell in &column.cells {
            let given = Given {
                kind,
                end: cell.start,
                is_constant: table.is_data,
                opens_line: false,
                is_mark: true,
                is_doubtful: !is_sure,
            };
            let bytes = &text.as_bytes()[cell.range()];
            let value = Value {
                span: *cell,
                form: Form::Quoted,
                is_setting: table.is_data,
            };
            let is_secret = cell.len() <= MAX_CELL
                && !cell::is_code(bytes, table.is_data)
                && !cell::is_timestamp(bytes)
                && match kind {
                    Concept::Password if !is_sure => {
                        has_user && cell::is_strong_password(bytes) && judge::is_secret(text, &given, &value)
                    }
                    Concept::Token | Concept::Secret if !names_owner(text, column) => {
                        super::secret::is_random(bytes)
                            && !cell::is_hash(bytes)
                            && judge::is_secret(
                                text,
                                &Given {
                                    kind: Concept::Token,
                                    ..given
                                },
                                &value,
                            )
                    }
                    _ => judge::is_secret(text, &given, &value) || holds_words && weak::is_word(bytes),
                };
            if is_secret {
                let (entity, name) = if kind == Concept::Password {
                    (EntityType::Password, &self.password_column)
                } else {
                    (EntityType::ApiKey, &self.key_column)
                };
                found.push(entity, cell.start, cell.end, Score::STRONG, name);
            }
        }
    }
}

/// Whether a column's head has more than the word for a secret: `client_secret`.
fn names_owner(text: &str, column: &Column) -> bool {
    !column
        .label
        .owner(text)
        .trim_matches(['_', '-', '.', ' '])
        .is_empty()
}

/// What of a label decides; `None` where it names no secret.
fn given(text: &str, label: &Label) -> Option<Given> {
    let entry = label.entry;
    let owner = label.owner(text).trim_end_matches(['_', '-', '.']);
    let identifier = &text[label.span.range()];
    let is_harmless = matches!(entry.concept, Concept::Token)
        && HARMLESS.iter().any(|word| ends_with_ignore_case(owner, word));
    // Test runners write `PASS: TestName1`; `arn:aws:secretsmanager:...:secret:name` names a secret.
    let behind = &text.as_bytes()[label.span.end..];
    let before = label.span.start.checked_sub(1).map(|at| text.as_bytes()[at]);
    let is_part = before == Some(b':')
        && entry.concept == Concept::Secret
        && matches!(behind, [b':', next, ..] if !next.is_ascii_whitespace());
    // A value that looks like a label is the value of the label before it.
    let is_value = before == Some(b'=') && !is_in_option(text.as_bytes(), label.span.start);
    if is_harmless || is_part || is_value || identifier == "PASS" {
        return None;
    }
    Some(Given {
        kind: entry.concept,
        end: label.span.end,
        is_constant: label.is_constant(text),
        opens_line: crate::fields::starts_line(text, label),
        is_mark: entry.concept == Concept::Token && identifier.to_ascii_lowercase().contains("client"),
        is_doubtful: entry.is_doubtful,
    })
}

/// Whether the label at `at` belongs to an option: `--from-literal=password=...`.
fn is_in_option(bytes: &[u8], at: usize) -> bool {
    const MAX_OPTION: usize = 32;
    let window = &bytes[at.saturating_sub(MAX_OPTION)..at];
    let word = window.iter().rev().take_while(|b| b.is_ascii_graphic()).count();
    word < window.len() && window[window.len() - word..].starts_with(b"-") || word == at && bytes[0] == b'-'
}

/// Where the password stands behind a user's name: `bob / hunter2`, `bob:hunter2`.
fn behind_user(text: &str, place: &Place) -> Option<Place> {
    const MAX_USER: usize = 64;
    const MAX_SPACE: usize = 4;
    let is_name =
        |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@' | b'+' | b'\\');
    let skip = |at: usize| {
        at + text.as_bytes()[at..]
            .iter()
            .take(MAX_SPACE)
            .take_while(|b| **b == b' ')
            .count()
    };
    let name = text.as_bytes()[place.at..]
        .iter()
        .take(MAX_USER)
        .take_while(is_name)
        .count();
    let joint = skip(place.at + name);
    let is_pair = name > 0 && matches!(text.as_bytes().get(joint), Some(b'/' | b':' | b'|'));
    is_pair.then(|| Place {
        joint: Joint::Adjacent,
        at: skip(joint + 1),
        ..*place
    })
}

/// Whether the text of an element is the next label, as in translations.
fn is_label(text: &str) -> bool {
    const MAX_LABEL: usize = 64;
    text.len() <= MAX_LABEL
        && concept_of(&text.to_lowercase()).is_some_and(|of| of.is_credential() || of.is_name())
}

/// Whether an item of a list is the rule of a form's field: `min:8`.
fn is_rule(item: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'))
    };
    item.split_once([':', '=']).is_some_and(|(name, _)| is_name(name))
}

/// How a value is joined to its label.
const fn form(joint: Joint) -> Form {
    match joint {
        Joint::Said => Form::Prose,
        Joint::Element | Joint::Column => Form::Element,
        Joint::Adjacent => Form::Adjacent,
        Joint::Assigned | Joint::Argument | Joint::Below | Joint::Spaced => Form::Bare,
    }
}
