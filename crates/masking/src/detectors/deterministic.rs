//! The detector that runs the rules over every reading of a segment: canonical, decoded, and under its label.

use super::rule_set::RuleSet;
use crate::view::{base64_runs, canonical, encoded_words};
use crate::{ByteSpan, Detection, Detector, DetectorError, Segment};

/// An encoding inside an encoding inside an encoding is still read; deeper is not what a person or a tool writes.
const ENCODING_DEPTH: usize = 3;
/// Only a value this short reads on from its label; longer text brings its own context.
const LABELLED_MAX: usize = 256;
/// A longer value may, as long as it is one word: a private key of 8192 bits in one line.
const LABELLED_WORD_MAX: usize = 8192;
/// A key longer than this is text itself.
const LABEL_MAX: usize = 64;
/// Bytes of texts that may bring labels and tables of their own.
const OWN_STRUCTURE: &[u8] = b"\n:=,|";
/// Ends of keys that hold a list, each value of which the singular names.
const PLURALS: [&str; 6] = ["passwords", "secrets", "tokens", "phones", "emails", "keys"];
/// Keys that say nothing about what stands under them.
const PLAIN_LABELS: [&str; 8] = [
    "text",
    "content",
    "input",
    "output",
    "arguments",
    "description",
    "type",
    "role",
];

/// All deterministic rules as one [`Detector`].
pub struct DeterministicDetector {
    rules: RuleSet,
}

impl DeterministicDetector {
    /// A detector that runs `rules`.
    #[must_use]
    pub const fn new(rules: RuleSet) -> Self {
        Self { rules }
    }

    fn inspect(&self, segment: &Segment<'_>) -> Vec<Detection> {
        let Some(label) = segment.label.filter(|label| reads_on(label, segment.text)) else {
            let mut found = Vec::new();
            self.read(segment.text, ENCODING_DEPTH, &mut found);
            return found;
        };
        let mut text = String::with_capacity(label.len() + segment.text.len() + 8);
        push_words(label, &mut text);
        text.push_str(": ");
        let from = text.len();
        text.push_str(segment.text);
        let mut found = Vec::new();
        self.read(&text, ENCODING_DEPTH, &mut found);
        found.retain_mut(|detection| {
            let span = detection.span;
            let inside = span.end > from;
            if inside {
                detection.span = ByteSpan::new(span.start.max(from) - from, span.end - from);
            }
            inside
        });
        // A text of its own begins its first line: under a label a table's head would not.
        if segment.text.bytes().any(|byte| OWN_STRUCTURE.contains(&byte)) {
            self.read(segment.text, ENCODING_DEPTH, &mut found);
        }
        found
    }

    /// Adds what `text` holds in any reading, spans in bytes of `text`.
    fn read(&self, text: &str, depth: usize, found: &mut Vec<Detection>) {
        let view = canonical(text);
        let start = found.len();
        self.rules.find(view.text(), found);
        if depth > 0 {
            self.read_decoded(view.text(), depth - 1, found);
        }
        for detection in &mut found[start..] {
            detection.span = view.original(detection.span);
        }
    }

    fn read_decoded(&self, text: &str, depth: usize, found: &mut Vec<Detection>) {
        let mut inner = Vec::new();
        encoded_words(text, |word| {
            self.read(word.text(), depth, &mut inner);
            // What no escape is part of was found in the plain reading.
            found.extend(
                inner
                    .drain(..)
                    .filter(|d| word.touches_fold(d.span))
                    .map(|d| spread(d, |s| word.original(s))),
            );
        });
        base64_runs(text, |run, decoded| {
            self.read(decoded, depth, &mut inner);
            found.extend(inner.drain(..).map(|detection| spread(detection, |_| run)));
        });
    }
}

fn spread(detection: Detection, place: impl FnOnce(ByteSpan) -> ByteSpan) -> Detection {
    Detection {
        span: place(detection.span),
        ..detection
    }
}

fn reads_on(label: &str, text: &str) -> bool {
    !label.is_empty()
        && label.len() <= LABEL_MAX
        && !PLAIN_LABELS.contains(&label)
        && match text.len() {
            0 | 1 => false,
            2..=LABELLED_MAX => true,
            more => more <= LABELLED_WORD_MAX && text.bytes().all(|byte| byte.is_ascii_graphic()),
        }
}

/// Writes `phoneNumber` and `phone_number` as `phone number`.
fn push_words(label: &str, out: &mut String) {
    let mut after_lower = false;
    for char in label.chars() {
        if matches!(char, '_' | '-' | '.') {
            out.push(' ');
        } else {
            if after_lower && char.is_ascii_uppercase() {
                out.push(' ');
            }
            out.push(char.to_ascii_lowercase());
        }
        after_lower = char.is_ascii_lowercase();
    }
    if PLURALS.iter().any(|plural| out.ends_with(plural)) {
        out.pop();
    }
}

impl Detector for DeterministicDetector {
    fn name(&self) -> &'static str {
        "deterministic"
    }

    fn detect(&self, batch: &[Segment<'_>]) -> Result<Vec<Vec<Detection>>, DetectorError> {
        Ok(batch.iter().map(|segment| self.inspect(segment)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::detectors::{Found, Rule, Wake};
    use crate::{EntityType, Score};

    /// Finds `alice@corp.com`, and `7777777` after `phone number`.
    struct Sample(Arc<str>);

    impl Rule for Sample {
        fn literals(&self) -> Vec<String> {
            vec!["alice@corp.com".into(), "phone number: ".into()]
        }

        fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
            match wake {
                Wake::Literal { index: 0, at } => {
                    found.push(EntityType::Email, at.start, at.end, Score::STRONG, &self.0);
                }
                Wake::Literal { at, .. } if text[at.end..].starts_with("7777777") => {
                    found.push(EntityType::Phone, at.start, at.end + 7, Score::LIKELY, &self.0);
                }
                _ => {}
            }
        }
    }

    fn found<'a>(label: Option<&str>, text: &'a str) -> Vec<&'a str> {
        let rules = RuleSet::new(vec![Box::new(Sample("sample".into()))]).unwrap();
        let detector = DeterministicDetector::new(rules);
        detector
            .inspect(&Segment { text, label })
            .into_iter()
            .map(|d| &text[d.span.range()])
            .collect()
    }

    #[test]
    fn a_label_is_context_in_any_spelling() {
        for label in ["phone_number", "phoneNumber", "Phone-Number"] {
            assert_eq!(found(Some(label), "7777777"), ["7777777"], "{label}");
        }
        assert!(found(Some("content"), "7777777").is_empty());
        assert!(found(None, "7777777").is_empty());
    }

    #[test]
    fn encodings_in_encodings_are_read() {
        let base64 = data_encoding::BASE64.encode(b"write to alice%40corp.com, please");
        assert_eq!(found(None, &base64), [base64.as_str()]);
        assert_eq!(found(None, "q=alice%2540corp.com"), ["alice%2540corp.com"]);
        assert_eq!(
            found(None, "a alice%26%2364%3bcorp.com"),
            ["alice%26%2364%3bcorp.com"]
        );
    }

    #[test]
    fn a_plain_value_in_an_encoded_word_is_reported_once() {
        assert_eq!(found(None, "x=%41&to=alice@corp.com"), ["alice@corp.com"]);
    }
}
