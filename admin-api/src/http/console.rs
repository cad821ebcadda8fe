//! The console's files, where they are part of the program; else a page that says how they become that.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, VARY};
use http::{HeaderValue, Method, StatusCode};

use super::App;

/// Names under this path hold a digest of what is inside.
pub(super) const ASSETS: &str = "/assets/";

/// A file and its compressed forms.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

#[cfg(feature = "console")]
include!(concat!(env!("OUT_DIR"), "/console.rs"));

#[cfg(not(feature = "console"))]
const FILES: &[File] = &[File {
    path: "/index.html",
    plain: include_bytes!("console/missing.html"),
    brotli: None,
    gzip: None,
}];

/// Everything that is not the API's.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().fallback(serve)
}

async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allowed = [(ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allowed).into_response();
    }
    match found(FILES, request.uri().path()) {
        Some(file) => answer(file, request.headers(), request.method() == Method::HEAD),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The console has routes of its own: what is no file is its first page, unless it would have been a file.
fn found(files: &[File], path: &str) -> Option<File> {
    let named = |path: &str| files.iter().find(|file| file.path == path).copied();
    match path {
        _ if path.starts_with(ASSETS) => named(path),
        _ => named("/index.html"),
    }
}

fn answer(file: File, headers: &HeaderMap, is_head: bool) -> Response {
    let takes = |coding: &str| {
        headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|part| {
                let (name, weight) = part.split_once(';').unwrap_or((part, ""));
                let weight = weight
                    .trim()
                    .strip_prefix("q=")
                    .and_then(|text| text.parse::<f32>().ok());
                name.trim() == coding && weight.unwrap_or(1.0) > 0.0
            })
    };
    let (bytes, coding) = match file {
        File {
            brotli: Some(bytes), ..
        } if takes("br") => (bytes, Some("br")),
        File {
            gzip: Some(bytes), ..
        } if takes("gzip") => (bytes, Some("gzip")),
        File { plain, .. } => (plain, None),
    };
    let mut response = Response::new(if is_head { Body::empty() } else { Body::from(bytes) });
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(file.path)));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [File; 2] = [
        File {
            path: "/index.html",
            plain: b"page",
            brotli: Some(b"br"),
            gzip: Some(b"gz"),
        },
        File {
            path: "/assets/console-0123456789abcdef.js",
            plain: b"script",
            brotli: None,
            gzip: None,
        },
    ];

    #[test]
    fn routes_of_the_console_are_its_page_and_missing_files_are_missing() {
        for (path, expected) in [
            ("/", Some("/index.html")),
            ("/events", Some("/index.html")),
            (
                "/assets/console-0123456789abcdef.js",
                Some("/assets/console-0123456789abcdef.js"),
            ),
            ("/assets/console-ffffffffffffffff.js", None),
            ("/assets/../index.html", None),
        ] {
            assert_eq!(found(&TWO, path).map(|file| file.path), expected, "{path}");
        }
    }

    #[test]
    fn a_browser_gets_the_smallest_form_that_it_takes() {
        for (accepted, coding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0.5", Some("br")),
            ("gzip;q=0", None),
            ("identity", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let response = answer(TWO[0], &headers, false);
            let found = response.headers().get(CONTENT_ENCODING);
            assert_eq!(found.map(|value| value.to_str().unwrap()), coding, "{accepted}");
        }
    }
}
