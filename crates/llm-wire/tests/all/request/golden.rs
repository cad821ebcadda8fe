//! Golden bodies: `tests/golden/request/<surface>/<case>.json`, and beside each the leaves that it has.
//!
//! `UPDATE_GOLDEN=1 cargo test -p llm-wire` writes the snapshots anew; read the difference before it is kept.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use llm_wire::{Document, Edit, FieldClass, Limits, Surface};

const SURFACES: [(&str, Surface); 5] = [
    ("openai.chat", Surface::OpenAiChat),
    ("openai.responses", Surface::OpenAiResponses),
    ("anthropic.messages", Surface::AnthropicMessages),
    ("openai.embeddings", Surface::OpenAiEmbeddings),
    ("openai.completions", Surface::OpenAiCompletions),
];

#[test]
fn every_case_has_the_leaves_of_its_snapshot() {
    let mut wrong = Vec::new();
    for (name, surface) in SURFACES {
        let cases = cases(name);
        assert!(!cases.is_empty(), "no case for {name}");
        for case in cases {
            let body = fs::read(&case).unwrap();
            let document = Document::parse(&body, surface, &Limits::default()).unwrap();
            assert_eq!(document.splice(&[]).unwrap(), body, "{}", case.display());
            assert_nothing_left(&document, &case);
            if !matches(&case.with_extension("leaves"), &snapshot(&document)) {
                wrong.push(case);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the leaves differ from the snapshot of {wrong:#?}"
    );
}

/// Every case calls its private values Alice and 4155550123; none of them may stand in a leaf that is not
/// inspected, nor outside of all leaves.
fn assert_nothing_left(document: &Document<'_>, case: &Path) {
    let mut edits = Vec::new();
    for (leaf, found) in document.leaves().iter().enumerate() {
        if matches!(found.class, FieldClass::Text | FieldClass::Number) {
            let lower = found.text.to_ascii_lowercase();
            for value in ["alice", "4155550123"] {
                edits.extend(lower.match_indices(value).map(|(start, _)| Edit {
                    leaf,
                    span: start..start + value.len(),
                    replacement: "<P>",
                }));
            }
        }
    }
    edits.sort_by_key(|edit| (edit.leaf, edit.span.start));
    let masked = document
        .splice(&edits)
        .expect("edits that fit")
        .to_ascii_lowercase();
    let masked = String::from_utf8(masked).expect("UTF-8");
    for value in ["alice", "4155550123", "qwxpy2"] {
        assert!(!masked.contains(value), "{value} is left in {}", case.display());
    }
    Document::parse(masked.as_bytes(), Surface::OpenAiChat, &Limits::default()).expect("JSON as before");
}

fn cases(surface: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/request")
        .join(surface);
    let mut cases: Vec<_> = fs::read_dir(folder)
        .expect("the folder of a surface")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    cases.sort();
    cases
}

#[expect(
    clippy::disallowed_methods,
    reason = "a developer's switch, as snapshot tests have it"
)]
fn matches(file: &Path, actual: &str) -> bool {
    if std::env::var("UPDATE_GOLDEN").is_ok() {
        fs::write(file, actual).expect("a writable snapshot");
    }
    fs::read_to_string(file).is_ok_and(|expected| expected == actual)
}

/// The facts, then one line for each leaf: class, scope, marks, path, label, text.
fn snapshot(document: &Document<'_>) -> String {
    let mut out = format!("{:?}\n\n", document.facts());
    for (index, leaf) in document.leaves().iter().enumerate() {
        let class = match leaf.class {
            FieldClass::Text => "text".to_owned(),
            FieldClass::Identifier => "id".to_owned(),
            FieldClass::Exempt => "exempt".to_owned(),
            FieldClass::Sealed => "sealed".to_owned(),
            FieldClass::Number => "number".to_owned(),
            FieldClass::Opaque(kind) => format!("{kind:?}").to_lowercase(),
        };
        let scope = leaf.scope.as_str();
        let mark = |set: bool, mark| if set { mark } else { "" };
        let marks = [
            mark(leaf.is_key, " key"),
            mark(leaf.joins_previous, " joins"),
            mark(leaf.restricted_name, " restricted"),
        ];
        let path = document.path(index);
        let label = document
            .label(index)
            .map(|label| format!(" ({label})"))
            .unwrap_or_default();
        let text: String = leaf.text.chars().take(60).collect();
        let cut = if text.len() < leaf.text.len() { "..." } else { "" };
        let marks = marks.concat();
        writeln!(out, "{class:8}{scope:16}{path}{label}{marks} {text:?}{cut}")
            .expect("a string takes any text");
    }
    out
}
