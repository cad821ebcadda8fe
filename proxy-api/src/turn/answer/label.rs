//! The headers of an answer that was looked at: its label says what it is.

use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderMap};
use llm_wire::AnswerForm;

use crate::upstream::headers::to_caller;

/// The allowed headers of an upstream's answer, with a label that fits `form`; its own where that does.
pub(super) fn headers(upstream: &HeaderMap, form: AnswerForm) -> HeaderMap {
    let mut headers = to_caller(upstream);
    let usual = match form {
        AnswerForm::Json => HeaderValue::from_static("application/json"),
        AnswerForm::EventStream => HeaderValue::from_static("text/event-stream"),
        AnswerForm::Empty | AnswerForm::Unreadable => return headers,
    };
    if !fits(&headers, form) {
        headers.insert(CONTENT_TYPE, usual);
    }
    headers
}

/// Whether an answer says that it is a stream.
pub(super) fn names_stream(headers: &HeaderMap) -> bool {
    fits(headers, AnswerForm::EventStream)
}

fn fits(headers: &HeaderMap, form: AnswerForm) -> bool {
    let mut labels = headers.get_all(CONTENT_TYPE).iter();
    match (labels.next(), labels.next()) {
        (Some(label), None) => label.to_str().is_ok_and(|label| names(label, form)),
        _ => false,
    }
}

/// Whether a media type is one of `form`, in the only encoding that we write.
fn names(label: &str, form: AnswerForm) -> bool {
    let mut parts = label.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let is_utf8 = parts.all(|parameter| {
        let charset = parameter.strip_prefix("charset=").unwrap_or("utf-8");
        matches!(charset.trim_matches('"'), "utf-8" | "utf8")
    });
    let fits = match form {
        AnswerForm::Json => essence == "application/json" || essence.ends_with("+json"),
        AnswerForm::EventStream => essence == "text/event-stream",
        AnswerForm::Empty | AnswerForm::Unreadable => true,
    };
    fits && is_utf8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(upstream: &[&'static str], form: AnswerForm) -> Vec<String> {
        let mut map = HeaderMap::new();
        for value in upstream {
            map.append(CONTENT_TYPE, HeaderValue::from_static(value));
        }
        let told = headers(&map, form);
        let values = told.get_all(CONTENT_TYPE).iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_label_that_fits_stays_as_it_is() {
        for (kind, form) in [
            ("application/json", AnswerForm::Json),
            ("Application/JSON; charset=UTF-8", AnswerForm::Json),
            ("application/problem+json", AnswerForm::Json),
            ("text/event-stream", AnswerForm::EventStream),
            ("text/event-stream;charset=\"utf-8\"", AnswerForm::EventStream),
            ("text/html", AnswerForm::Empty),
        ] {
            assert_eq!(label(&[kind], form), [kind]);
        }
    }

    #[test]
    fn another_label_is_put_right() {
        for kinds in [
            &[][..],
            &["text/plain"],
            &["text/event-stream"],
            &["application/jsonlines"],
            &["application/json; charset=utf-16"],
            &["application/json", "text/html"],
        ] {
            assert_eq!(label(kinds, AnswerForm::Json), ["application/json"], "{kinds:?}");
        }
        for kinds in [&[][..], &["application/json"], &["text/plain; charset=utf-8"]] {
            assert_eq!(
                label(kinds, AnswerForm::EventStream),
                ["text/event-stream"],
                "{kinds:?}"
            );
        }
    }
}
