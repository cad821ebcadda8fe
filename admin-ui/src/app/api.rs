//! Requests to the control plane.

use admin_types::Problem;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, Request, RequestInit, Response};

use super::state::Console;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// Nothing answered.
    Unreachable,
    /// The screen was left.
    Aborted,
    /// The control plane says what is wrong.
    Problem(Problem),
    /// It answered something that is none of its answers.
    Strange,
}

impl Failure {
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Problem(problem) => &problem.code,
            _ => "",
        }
    }

    /// One sentence that ends with what to do.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Unreachable => {
                "The control plane does not answer. It is asked again by itself; look whether it runs.".to_owned()
            }
            Self::Aborted => "This was left before the answer came.".to_owned(),
            Self::Problem(problem) => problem.detail.clone(),
            Self::Strange => {
                "The answer is not one of the control plane's: look whether a proxy in front of it changes it.".to_owned()
            }
        }
    }
}

/// How a request is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sending {
    pub(crate) body: Option<String>,
    /// Nobody asked for it just now: it does not count as activity.
    pub(crate) is_background: bool,
    pub(crate) signal: Option<AbortSignal>,
}

pub(crate) async fn get<T: DeserializeOwned>(
    console: Console,
    path: &str,
    with: Sending,
) -> Result<T, Failure> {
    let text = send(console, "GET", path, with).await?;
    serde_json::from_str(&text).map_err(|_| Failure::Strange)
}

/// Sends a value, and reads one unless the answer is empty.
pub(crate) async fn post<T: DeserializeOwned>(
    console: Console,
    method: &str,
    path: &str,
    body: Option<&impl serde::Serialize>,
) -> Result<Option<T>, Failure> {
    let body = match body {
        Some(body) => Some(serde_json::to_string(body).map_err(|_| Failure::Strange)?),
        None => None,
    };
    let with = Sending {
        body,
        ..Sending::default()
    };
    let text = send(console, method, path, with).await?;
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|_| Failure::Strange)
}

async fn send(console: Console, method: &str, path: &str, with: Sending) -> Result<String, Failure> {
    if !with.is_background {
        console.was_active();
    }
    let sent = try_send(method, path, &with).await;
    let response = match sent {
        Ok(response) => response,
        Err(_) if with.signal.as_ref().is_some_and(AbortSignal::aborted) => return Err(Failure::Aborted),
        Err(_) => return Err(Failure::Unreachable),
    };
    // The control plane's clock decides what "now" is.
    if let Ok(Some(date)) = response.headers().get("date") {
        console.server_said(js_sys::Date::parse(&date));
    }
    let text = text_of(&response).await.map_err(|_| Failure::Unreachable)?;
    if response.ok() {
        return Ok(text);
    }
    let failure = match serde_json::from_str::<Problem>(&text) {
        Ok(problem) => Failure::Problem(problem),
        // Something in front of the control plane answers while that is away.
        Err(_) if response.status() >= 500 => Failure::Unreachable,
        Err(_) => Failure::Strange,
    };
    if failure.code() == "unauthenticated" && console.is_signed_in.get_untracked() {
        console.signed_out("Your session has ended. Sign in to go on where you were.");
    }
    Err(failure)
}

async fn try_send(method: &str, path: &str, with: &Sending) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if with.is_background {
        headers.set("x-bauta-background", "1")?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = &with.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    init.set_signal(with.signal.as_ref());
    let request = Request::new_with_str_and_init(&format!("/api/v1{path}"), &init)?;
    JsFuture::from(window().fetch_with_request(&request))
        .await?
        .dyn_into()
}

async fn text_of(response: &Response) -> Result<String, JsValue> {
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}
