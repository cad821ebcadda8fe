//! Parameters of a request, read strictly: unknown ones, repeated ones and values outside their form are refused.

use std::str::FromStr;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::problem::Problem;
use crate::clock::Moment;
use crate::store::rollups::Window;

/// Rows of a page, unless asked for otherwise.
const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;
/// As long as sums are kept.
const LONGEST_RANGE: Duration = Duration::from_secs(400 * 86_400);
/// What is shown without a range.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
/// Longer values are none of ours.
const MAX_VALUE: usize = 256;

/// The query of a request.
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|_| Problem::parameter("query", "The query cannot be read."))
    }
}

impl Parameters {
    /// Refuses what is not on the list, and what is there twice.
    pub(crate) fn only(self, allowed: &[&str]) -> Result<Self, Problem> {
        for (nth, (name, value)) in self.0.iter().enumerate() {
            if !allowed.contains(&name.as_str()) {
                let detail = if allowed.is_empty() {
                    "There are no parameters here.".to_owned()
                } else {
                    format!(
                        "This parameter is not known here; allowed: {}.",
                        allowed.join(", ")
                    )
                };
                return Err(Problem::parameter(name, detail));
            }
            if self.0[..nth].iter().any(|(before, _)| before == name) {
                return Err(Problem::parameter(name, "This parameter is given twice."));
            }
            if value.len() > MAX_VALUE {
                return Err(Problem::parameter(name, "This value is too long."));
            }
        }
        Ok(self)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value, read by `parse`; `expected` says what is allowed.
    pub(crate) fn parsed<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        self.text(name)
            .map(|text| parse(text).ok_or_else(|| Problem::parameter(name, expected)))
            .transpose()
    }

    pub(crate) fn number<T: FromStr>(
        &self,
        name: &str,
        expected: &'static str,
    ) -> Result<Option<T>, Problem> {
        self.parsed(name, expected, |text| {
            let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if is_plain { text.parse().ok() } else { None }
        })
    }

    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        const EXPECTED: &str = "A page has 1 to 500 rows.";
        let limit = self.number::<u32>("limit", EXPECTED)?.unwrap_or(DEFAULT_LIMIT);
        if (1..=MAX_LIMIT).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::parameter("limit", EXPECTED))
        }
    }

    pub(crate) fn time(&self, name: &str) -> Result<Option<Moment>, Problem> {
        const EXPECTED: &str = "Expected a time of RFC 3339, such as 2026-12-01T09:30:00Z.";
        self.parsed(name, EXPECTED, Moment::parse)
    }

    /// `from` and `to`, by default the last hour.
    pub(crate) fn range(&self, now: Moment) -> Result<(Moment, Moment), Problem> {
        let to = self.time("to")?.unwrap_or(now);
        let from = self.time("from")?.unwrap_or_else(|| to.minus(DEFAULT_RANGE));
        if from >= to {
            return Err(Problem::parameter("from", "The range ends before it begins."));
        }
        if from < to.minus(LONGEST_RANGE) {
            return Err(Problem::parameter("from", "A range has at most 400 days."));
        }
        Ok((from, to))
    }

    pub(crate) fn window(&self, now: Moment) -> Result<Window, Problem> {
        self.range(now).map(|(from, to)| Window::around(from, to))
    }
}

/// The id in a path.
pub(crate) struct Id(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // What is no UTF-8 is no id either.
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        text.and_then(|Path(text)| is_id(&text))
            .map(Self)
            .ok_or_else(|| Problem::parameter("id", "Expected a lower-case UUID."))
    }
}

pub(crate) fn is_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text)
        .ok()
        .filter(|id| id.as_hyphenated().to_string() == text)
}

/// A JSON body of known members.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type",
                "Expected a body of application/json.",
            ));
        }
        let body = bytes::Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "too_large",
                        "The body is too large.",
                    )
                } else {
                    Problem::new(StatusCode::BAD_REQUEST, "body", "The body cannot be read.")
                }
            })?;
        // What the parser says quotes the body, which may hold a password.
        serde_json::from_slice(&body).map(Self).map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "body",
                "The body is not JSON of the expected members.",
            )
        })
    }
}
