//! The heads of requests and answers: what the provider sends with every answer, how it reads what it gets.

use std::io::Read;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

use super::answer::{Exchange, Family};

/// The headers of an answer: those that the provider always sends, those of the script, without those that it empties.
pub(super) fn provider_headers(exchange: &Exchange, kind: &str) -> Vec<(String, String)> {
    let id = exchange.id("", 20, 5);
    let mut headers = vec![
        ("content-type", kind.to_owned()),
        ("set-cookie", "__cf_bm=fake; path=/; HttpOnly; Secure".into()),
        ("cf-ray", "9870f00d1234abcd-FRA".into()),
        ("server", "cloudflare".into()),
    ];
    headers.extend(match exchange.family {
        Family::OpenAi => [
            ("x-request-id", format!("req_{id}")),
            ("openai-processing-ms", "123".into()),
            ("openai-organization", "org-fake".into()),
            ("x-ratelimit-remaining-requests", "4999".into()),
        ],
        Family::Anthropic => [
            ("request-id", format!("req_{id}")),
            (
                "anthropic-organization-id",
                "00000000-0000-4000-8000-000000000000".into(),
            ),
            ("anthropic-ratelimit-requests-remaining", "49".into()),
            ("via", "1.1 google".into()),
        ],
    });
    if exchange.reply.status == Some(429) {
        headers.push(("retry-after", "1".into()));
    }
    let mut headers: Vec<(String, String)> = headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    for (name, value) in &exchange.reply.headers {
        headers.retain(|(usual, _)| usual != name);
        if !value.is_empty() {
            headers.push((name.clone(), value.clone()));
        }
    }
    headers
}

/// Headers in order of arrival, names in lower case.
pub(super) fn lower(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&header::HeaderName, &HeaderValue)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    headers.iter().map(pair).collect()
}

/// A request body without its content codings.
pub(super) fn decoded(headers: &HeaderMap, raw: &Bytes) -> anyhow::Result<Bytes> {
    let codings = headers
        .get(header::CONTENT_ENCODING)
        .map_or("", |value| value.to_str().unwrap_or_default());
    let mut body = raw.to_vec();
    for coding in codings
        .split(',')
        .rev()
        .map(str::trim)
        .filter(|coding| !coding.is_empty())
    {
        let mut out = Vec::new();
        match coding {
            "gzip" => drop(flate2::read::MultiGzDecoder::new(body.as_slice()).read_to_end(&mut out)?),
            "br" => drop(brotli::Decompressor::new(body.as_slice(), 4096).read_to_end(&mut out)?),
            "zstd" => out = zstd::decode_all(body.as_slice())?,
            _ => out = body,
        }
        body = out;
    }
    Ok(body.into())
}
