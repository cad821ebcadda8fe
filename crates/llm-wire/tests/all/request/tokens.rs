//! Token ids: read with a vocabulary they leave as text, else they are one leaf that nobody read.

use llm_wire::{Document, FieldClass, Limits, OpaqueKind, Surface, Vocabulary};

use super::{replaced, written};

/// Id `n` of the model `words` is the nth word.
struct Words;

const WORDS: [&str; 5] = ["dear ", "Alice", ", ", "{\"a\":\"", "\"}"];

impl Vocabulary for Words {
    fn text(&self, model: &str, ids: &[u32], limit: usize) -> Option<String> {
        let words = ids.iter().map(|id| WORDS.get(*id as usize).copied());
        let text: String = words.collect::<Option<_>>()?;
        (model == "words" && text.len() <= limit).then_some(text)
    }
}

fn parse(body: &str, surface: Surface) -> Document<'_> {
    Document::parse_with(body.as_bytes(), surface, &Limits::default(), &Words).expect("a valid body")
}

fn masked(body: &str, surface: Surface) -> String {
    replaced(&parse(body, surface), "Alice", "<P>")
}

#[test]
fn ids_leave_as_masked_text() {
    let (embeddings, completions) = (Surface::OpenAiEmbeddings, Surface::OpenAiCompletions);
    for (field, surface) in [("input", embeddings), ("prompt", completions)] {
        for (ids, text) in [
            ("[0,1]", r#""dear <P>""#),
            ("[ [0, 1] , [2] ]", r#"[ "dear <P>" , ", " ]"#),
            ("[[3,1,4]]", r#"["{\"a\":\"<P>\"}"]"#),
            ("[[],[1]]", r#"["","<P>"]"#),
            ("[0,2]", r#""dear , ""#),
        ] {
            let body = |value: &str| format!(r#"{{"x":1.0,"model":"words", "{field}" : {value},"n":1}}"#);
            assert_eq!(masked(&body(ids), surface), body(text));
            assert!(parse(&body(ids), surface).is_rewritten());
        }
        // Texts stay as they are.
        for value in [
            r#""Bob""#,
            r#"["Bob","\u0042ob"]"#,
            "[]",
            "[null,[]]",
            r#"[{"n":1.50}]"#,
        ] {
            let body = format!(r#"{{"model":"words","{field}":{value}}}"#);
            let document = parse(&body, surface);
            assert_eq!(written(&document, &[]), body);
            assert!(!document.is_rewritten());
        }
    }
}

#[test]
fn ids_that_cannot_be_read_are_content_that_nobody_read() {
    let of = |body: &str, surface| -> Vec<FieldClass> {
        let document = parse(body, surface);
        assert!(!document.is_rewritten(), "{body}");
        document.leaves().iter().map(|leaf| leaf.class).collect()
    };
    for ids in [
        "[9]",
        "[[0],[9]]",
        "[0,\"Alice\"]",
        "[[0],\"Alice\"]",
        "[[0],[1,\"Alice\"]]",
        "[[[0]]]",
        "[0.0]",
        "[1e0]",
        "[-1]",
        "[4294967296]",
        "[4155550123]",
        "[0,[1]]",
        "[[0],null]",
    ] {
        for (field, surface) in [
            ("input", Surface::OpenAiEmbeddings),
            ("prompt", Surface::OpenAiCompletions),
        ] {
            for models in [
                r#""model":"words","#,
                "",
                r#""model":"other","#,
                r#""model":"words","model":"words","#,
            ] {
                let body = format!(r#"{{{models}"{field}":{ids}}}"#);
                let unread = FieldClass::Opaque(OpaqueKind::Tokens);
                assert!(of(&body, surface).contains(&unread), "{body}");
            }
        }
    }
    for (field, surface) in [
        ("prompt_token_ids", Surface::OpenAiChat),
        ("prompt_token_ids", Surface::OpenAiCompletions),
        ("input_ids", Surface::OpenAiEmbeddings),
    ] {
        let body = format!(r#"{{"model":"other","{field}":[0,1]}}"#);
        assert!(
            of(&body, surface).contains(&FieldClass::Opaque(OpaqueKind::Tokens)),
            "{body}"
        );
    }
    let without = [
        r#"{"input":[0,1]}"#,
        r#"{"model":"words","model":"words","input":[0,1]}"#,
    ];
    for body in without {
        assert!(of(body, Surface::OpenAiEmbeddings).contains(&FieldClass::Opaque(OpaqueKind::Tokens)));
    }
}

#[test]
fn numbers_in_their_place_are_no_settings() {
    for body in [
        r#"{"input":4155550123}"#,
        r#"{"input":{"a":5}}"#,
        r#"{"input":[{"a":5}]}"#,
    ] {
        let document = parse(body, Surface::OpenAiEmbeddings);
        assert!(
            document
                .leaves()
                .iter()
                .any(|leaf| leaf.class == FieldClass::Number),
            "{body}"
        );
    }
}

#[test]
fn a_few_ids_do_not_become_a_flood() {
    struct Long;
    impl Vocabulary for Long {
        fn text(&self, _: &str, ids: &[u32], limit: usize) -> Option<String> {
            let length = ids.len() * 128;
            (length <= limit).then(|| " ".repeat(length))
        }
    }
    let body = format!(r#"{{"model":"words","input":[{}1]}}"#, "1,".repeat(1000));
    let document = Document::parse_with(
        body.as_bytes(),
        Surface::OpenAiEmbeddings,
        &Limits::default(),
        &Long,
    )
    .expect("valid");
    assert!(
        document
            .leaves()
            .iter()
            .any(|leaf| leaf.class == FieldClass::Opaque(OpaqueKind::Tokens))
    );
}
