//! Which headers cross the gateway, in both directions: allow-lists, everything else stays.

use http::header::{ACCEPT, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::error::GatewayError;

pub(crate) const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// What the SDKs of OpenAI and Anthropic obey, whatever the status.
pub(crate) const X_SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");
/// Azure's.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("api-key");
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The gateway's own id of a turn, on every answer.
pub(crate) const BAUTA_REQUEST_ID: HeaderName = HeaderName::from_static("x-bauta-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const OPENAI_BETA: HeaderName = HeaderName::from_static("openai-beta");
/// What is longer than three UUIDs is no id.
const MAX_ID: usize = 128;
/// Headers that choose who pays.
const ACCOUNT: [&str; 3] = ["openai-organization", "openai-project", "chatgpt-account-id"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Proves who the caller is: not inspected, goes to the pinned upstream only.
    Credential,
    /// Chooses who pays: forwarded unless the gateway holds the credential.
    Account,
    /// Forwarded when its value is clean.
    Inspect,
    /// Forwarded while it is a bounded opaque id, and clean.
    OpaqueId,
    /// Stays here.
    Drop,
}

const CREDENTIALS: [&str; 4] = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];
const INSPECTED: [&str; 10] = [
    "accept",
    "user-agent",
    "anthropic-version",
    "anthropic-beta",
    "openai-beta",
    "originator",
    "version",
    "x-app",
    "anthropic-dangerous-direct-browser-access",
    "x-responsesapi-include-timing-metrics",
];
const OPAQUE_IDS: [&str; 8] = [
    "x-request-id",
    "x-client-request-id",
    "idempotency-key",
    "session-id",
    "session_id",
    "thread-id",
    "conversation_id",
    "x-claude-code-session-id",
];

/// The headers of a request that may leave; all others stay here.
#[must_use]
pub fn forwarded_headers() -> Vec<&'static str> {
    [&CREDENTIALS[..], &ACCOUNT, &INSPECTED, &OPAQUE_IDS].concat()
}

/// Not on the lists, on purpose: cookies, hop-by-hop headers, baggage and trace context, `x-stainless-*` (the SDK's
/// report about its host), `x-codex-turn-metadata` (workspace paths), `x-codex-turn-state`, forwarding headers.
fn rule(name: &HeaderName) -> Rule {
    let on = |list: &[&str]| list.contains(&name.as_str());
    if on(&CREDENTIALS) {
        Rule::Credential
    } else if on(&ACCOUNT) {
        Rule::Account
    } else if on(&INSPECTED) {
        Rule::Inspect
    } else if on(&OPAQUE_IDS) {
        Rule::OpaqueId
    } else {
        Rule::Drop
    }
}

/// Whether what a header holds is an id of the caller's own making, whatever the header is called.
pub(crate) fn holds_id(name: &HeaderName) -> bool {
    rule(name) == Rule::OpaqueId
}

fn is_opaque_id(value: &str) -> bool {
    (1..=MAX_ID).contains(&value.len())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Headers of a request that may leave once their values are inspected.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    inspected: HeaderMap,
    credentials: HeaderMap,
    /// What the gateway itself says.
    own: HeaderMap,
}

impl Outgoing {
    /// Keeps what the allow-list names. With a held credential, the caller's credentials and choice of account stay.
    pub(crate) fn from_caller(
        headers: &HeaderMap,
        held: Option<(&HeaderName, &HeaderValue)>,
        pass_credentials: bool,
    ) -> Result<Self, GatewayError> {
        let mut outgoing = Self {
            inspected: HeaderMap::with_capacity(16),
            credentials: HeaderMap::with_capacity(2),
            own: HeaderMap::new(),
        };
        let hop_by_hop = nominated(headers);
        for (name, value) in headers {
            let rule = rule(name);
            if rule == Rule::Drop
                || hop_by_hop
                    .iter()
                    .any(|dropped| dropped.eq_ignore_ascii_case(name.as_str()))
            {
                continue;
            }
            match rule {
                Rule::Credential if pass_credentials => {
                    let mut value = value.clone();
                    value.set_sensitive(true);
                    outgoing.credentials.append(name, value);
                }
                Rule::Account if !pass_credentials => {}
                Rule::Inspect | Rule::Account => {
                    value.to_str().map_err(|_| GatewayError::BadHeader)?;
                    outgoing.inspected.append(name, value.clone());
                }
                Rule::OpaqueId if value.to_str().is_ok_and(is_opaque_id) => {
                    outgoing.inspected.append(name, value.clone());
                }
                Rule::OpaqueId | Rule::Credential | Rule::Drop => {}
            }
        }
        if let Some((name, value)) = held {
            outgoing.credentials.insert(name, value.clone());
        }
        Ok(outgoing)
    }

    /// Where the request stands in a trace. Random ids of the gateway's own say nothing, and may look like a number; a
    /// caller's trace id is the caller's text.
    pub(crate) fn tell_trace(&mut self, place: HeaderValue, is_own: bool) {
        if is_own {
            self.own.insert(TRACEPARENT, place);
        } else {
            self.inspected.insert(TRACEPARENT, place);
        }
    }

    /// Another upstream gets its own credential and none of the caller's.
    pub(crate) fn replace_credentials(&mut self, held: Option<(&HeaderName, &HeaderValue)>) {
        self.credentials.clear();
        for name in ACCOUNT {
            self.inspected.remove(name);
        }
        if let Some((name, value)) = held {
            self.credentials.insert(name, value.clone());
        }
    }

    /// Names and values to inspect; credentials are not among them.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&HeaderName, &str)> {
        self.inspected
            .iter()
            .map(|(name, value)| (name, value.to_str().unwrap_or_default()))
    }

    /// The headers as they leave.
    pub(crate) fn into_headers(self) -> HeaderMap {
        let mut headers = self.inspected;
        headers.extend(self.credentials);
        headers.extend(self.own);
        if !headers.contains_key(ACCEPT) {
            headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        }
        if !headers.contains_key(USER_AGENT) {
            headers.insert(
                USER_AGENT,
                HeaderValue::from_static(concat!("bauta/", env!("CARGO_PKG_VERSION"))),
            );
        }
        headers
    }
}

/// Header names that the caller's `Connection` header makes hop-by-hop (RFC 9110, 7.6.1). Credentials too: an
/// intermediary must not forward what the sender meant for it alone.
fn nominated(headers: &HeaderMap) -> Vec<&str> {
    headers
        .get_all(http::header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("keep-alive"))
        .collect()
}

/// Headers of an answer that reach the caller. `Set-Cookie` and `Location` would act on the caller's side;
/// lengths and encodings belong to the upstream's bytes, not to ours.
pub(crate) fn reaches_caller(name: &HeaderName) -> bool {
    let name = name.as_str();
    matches!(
        name,
        "content-type"
            | "cache-control"
            | "request-id"
            | "x-request-id"
            | "retry-after"
            | "retry-after-ms"
            | "x-should-retry"
            | "x-models-etag"
            | "x-reasoning-included"
    ) || ["openai-", "anthropic-", "x-ratelimit-", "ratelimit-", "x-codex-"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// The allowed headers of an upstream's answer.
pub(crate) fn to_caller(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        if reaches_caller(name) {
            kept.append(name, value.clone());
        }
    }
    kept
}

/// What asks for sockets has no meaning for an upstream that is asked over HTTP.
pub(crate) fn without_socket_beta(headers: &mut HeaderMap) {
    let kept: Vec<HeaderValue> = headers
        .get_all(OPENAI_BETA)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|beta| !beta.is_empty() && !beta.starts_with("responses_websockets="))
        .filter_map(|beta| HeaderValue::from_str(beta).ok())
        .collect();
    headers.remove(OPENAI_BETA);
    for value in kept {
        headers.append(OPENAI_BETA, value);
    }
}

/// The credentials that a request shows and that would be forwarded, `Authorization` before the API key headers.
pub(crate) fn credentials(headers: &HeaderMap) -> Vec<&HeaderValue> {
    let hop_by_hop = nominated(headers);
    let goes_on = |name: &&&str| {
        !hop_by_hop
            .iter()
            .any(|dropped| dropped.eq_ignore_ascii_case(name))
    };
    let names = CREDENTIALS.iter().filter(goes_on);
    names.flat_map(|name| headers.get_all(*name)).collect()
}

/// Content encodings in the order in which they were applied; empty for identity.
pub(crate) fn content_encodings(headers: &HeaderMap) -> Option<Vec<&str>> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        for coding in value.to_str().ok()?.split(',') {
            let coding = coding.trim();
            if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
                codings.push(coding);
            }
        }
    }
    Some(codings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    fn kept(pairs: &[(&'static str, &'static str)]) -> Vec<String> {
        let outgoing = Outgoing::from_caller(&headers(pairs), None, true).unwrap();
        let mut names: Vec<_> = outgoing
            .into_headers()
            .keys()
            .map(|name| name.as_str().to_owned())
            .filter(|name| name != "accept" && name != "user-agent")
            .collect();
        names.sort();
        names
    }

    #[test]
    fn only_a_callers_trace_is_inspected() {
        let place = HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        for is_own in [true, false] {
            let mut outgoing = Outgoing::from_caller(&HeaderMap::new(), None, true).unwrap();
            outgoing.tell_trace(place.clone(), is_own);
            assert_eq!(outgoing.values().count() == 0, is_own);
            assert_eq!(outgoing.into_headers()[TRACEPARENT], place);
        }
    }

    #[test]
    fn only_listed_headers_leave() {
        assert_eq!(
            kept(&[
                ("cookie", "a=b"),
                ("x-codex-turn-metadata", "{}"),
                ("x-codex-turn-state", "s"),
                ("x-stainless-os", "Linux"),
                ("baggage", "user=me"),
                ("traceparent", "00-1"),
                ("x-forwarded-for", "10.0.0.1"),
                ("transfer-encoding", "chunked"),
                ("te", "trailers"),
                ("anthropic-beta", "one"),
                ("authorization", "Bearer x"),
            ]),
            ["anthropic-beta", "authorization"]
        );
    }

    #[test]
    fn request_ids_are_bounded() {
        assert_eq!(kept(&[("x-request-id", "req-1_a.b")]), ["x-request-id"]);
        assert!(kept(&[("x-request-id", "alice@corp.example")]).is_empty());
        assert!(kept(&[("x-request-id", "two words")]).is_empty());
    }

    #[test]
    fn nominated_headers_stay() {
        assert!(kept(&[("connection", "close, OpenAI-Beta"), ("openai-beta", "x")]).is_empty());
    }

    #[test]
    fn a_held_credential_replaces_the_callers() {
        let name = http::header::AUTHORIZATION;
        let value = HeaderValue::from_static("Bearer held");
        let caller = headers(&[
            ("authorization", "Bearer mine"),
            ("x-api-key", "k"),
            ("openai-organization", "o"),
        ]);
        let out = Outgoing::from_caller(&caller, Some((&name, &value)), false)
            .unwrap()
            .into_headers();
        assert_eq!(out.get(http::header::AUTHORIZATION).unwrap(), "Bearer held");
        assert!(!out.contains_key(X_API_KEY) && !out.contains_key("openai-organization"));
    }

    #[test]
    fn credentials_are_not_inspected_and_others_are() {
        let caller = headers(&[("authorization", "Bearer x"), ("openai-project", "p")]);
        let outgoing = Outgoing::from_caller(&caller, None, true).unwrap();
        let names: Vec<_> = outgoing.values().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["openai-project"]);
    }

    #[test]
    fn answers_lose_what_acts_on_the_caller() {
        let answer = headers(&[
            ("set-cookie", "a=b"),
            ("location", "https://elsewhere.example"),
            ("content-length", "3"),
            ("content-encoding", "gzip"),
            ("x-request-id", "r"),
            ("anthropic-ratelimit-tokens-remaining", "1"),
            ("openai-processing-ms", "5"),
            ("retry-after", "1"),
        ]);
        let mut names: Vec<_> = to_caller(&answer)
            .keys()
            .map(|name| name.as_str().to_owned())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "anthropic-ratelimit-tokens-remaining",
                "openai-processing-ms",
                "retry-after",
                "x-request-id"
            ]
        );
    }
}
