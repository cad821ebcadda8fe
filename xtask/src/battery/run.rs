//! Runs cases and twins through the masking core, the way the data plane does.

use anyhow::{Context, Result};
use llm_wire::{Document, Edit, FieldClass, Limits, Surface};
use masking::detectors::{DenyTerms, DeterministicDetector, RuleSet, Term, built_in};
use masking::{
    Action, EntityType, LeafClass, Masked, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy,
    PolicyRule, Scope, TextLeaf, TextScope, Verdict,
};
use serde_json::{Value, json};

use super::{Case, DENIED, Twin};

/// What became of a case or a twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The value is covered; the twin is as it was.
    Good,
    /// What is left of the value, or what of the twin was replaced.
    Bad(String),
}

/// The masking core as it ships, with every type masked and one deny term.
pub struct Battery {
    masker: Masker,
}

impl Battery {
    /// Builds the detectors.
    ///
    /// # Errors
    /// When the rules do not build.
    pub fn new() -> Result<Self> {
        let mut rules = built_in();
        let term = Term::new(DENIED, "CUSTOM:PROJECT".parse()?)?;
        rules.push(Box::new(DenyTerms::new(vec![term])));
        let mut policy = Policy::default();
        for entity in EntityType::BUILT_IN {
            let rule = PolicyRule::shipped(entity).with_action(Action::Mask);
            policy = policy.with_rule(entity.clone(), rule);
        }
        let detector = DeterministicDetector::new(RuleSet::new(rules)?);
        let memo = MemoLimits { bytes: 0 };
        Ok(Self {
            masker: Masker::new(vec![Box::new(detector)], policy, memo, [3; 16]),
        })
    }

    /// Whether the value of a case leaves.
    ///
    /// # Errors
    /// When a detector cannot decide, or the request cannot be written.
    pub fn judge(&self, case: &Case) -> Result<Fate> {
        let texts = case.texts();
        let body = request(&texts, case.is_together()).to_string();
        let document = Document::parse(body.as_bytes(), Surface::OpenAiChat, &Limits::default())?;
        let masked = self.mask(&document)?;
        if masked.verdict != Verdict::Forward {
            return Ok(Fate::Good);
        }
        let Ok(outbound) = splice(&document, &masked) else {
            return Ok(Fate::Bad("replacements that overlap".into()));
        };
        for (nth, part) in case.parts.iter().enumerate() {
            let text = &texts[nth];
            let leaf = document.leaves().iter().position(|leaf| leaf.text == *text);
            let left = match leaf {
                Some(leaf) => uncovered(text, &part.telling(), &masked, leaf),
                // JSON in the text was read as JSON: it has leaves of its own.
                None => {
                    let became = written(&outbound)?;
                    case.leak(nth, became.get(nth).context("a text is gone")?)
                }
            };
            if let Some(left) = left {
                return Ok(Fate::Bad(left));
            }
        }
        Ok(Fate::Good)
    }

    /// Whether a twin comes through byte for byte.
    ///
    /// # Errors
    /// When a detector cannot decide, or the request cannot be written.
    pub fn judge_twin(&self, twin: &Twin) -> Result<Fate> {
        let body = request(&twin.texts, twin.together).to_string();
        let document = Document::parse(body.as_bytes(), Surface::OpenAiChat, &Limits::default())?;
        let masked = self.mask(&document)?;
        if masked.verdict == Verdict::Forward && splice(&document, &masked)? == body {
            return Ok(Fate::Good);
        }
        let replaced = masked.replacements.iter().map(|replacement| {
            let text = document
                .leaves()
                .get(replacement.leaf)
                .map(|leaf| leaf.text.to_string());
            let was = text.unwrap_or_default();
            let was = was.get(replacement.span.range()).unwrap_or_default();
            format!("{} for {}", replacement.placeholder.as_str(), was.escape_debug())
        });
        Ok(Fate::Bad(replaced.collect::<Vec<_>>().join(", ")))
    }

    /// What leaves of a text, and whether something in it is secret.
    ///
    /// # Errors
    /// When a detector cannot decide, or the request cannot be written.
    pub fn outbound(&self, text: &str) -> Result<(String, bool)> {
        let body = request(&[text.to_owned()], false).to_string();
        let document = Document::parse(body.as_bytes(), Surface::OpenAiChat, &Limits::default())?;
        let masked = self.mask(&document)?;
        let mut is_secret = false;
        for replacement in &masked.replacements {
            let entity: EntityType = replacement.placeholder.type_name().parse()?;
            is_secret |= PolicyRule::shipped(&entity).action_in(TextScope::User) == Action::Block;
        }
        let outbound = written(&splice(&document, &masked)?)?.concat();
        Ok((outbound, is_secret))
    }

    fn mask(&self, document: &Document<'_>) -> Result<Masked> {
        let leaves = leaves(document);
        let mut map = PlaceholderMap::new(&MasterKey::new([7; 32]), &Scope::new("battery"));
        Ok(self.masker.mask(&leaves, &mut map, &NoDeadline)?)
    }
}

/// The leaves of a document, as the masker wants them.
fn leaves<'a>(document: &'a Document<'_>) -> Vec<TextLeaf<'a>> {
    let leaves = document.leaves().iter().enumerate();
    leaves
        .map(|(nth, leaf)| TextLeaf {
            text: &leaf.text,
            label: document.label(nth),
            class: match leaf.class {
                FieldClass::Text => LeafClass::Text,
                FieldClass::Number => LeafClass::Number,
                FieldClass::Identifier => LeafClass::Identifier,
                FieldClass::Exempt | FieldClass::Sealed | FieldClass::Opaque(_) => LeafClass::Exempt,
            },
            scope: TextScope::User,
            joins_previous: leaf.joins_previous,
        })
        .collect()
}

/// A chat that says `texts`.
fn request(texts: &[String], together: bool) -> Value {
    let message = |content: Value| json!({"role": "user", "content": content});
    let messages: Vec<Value> = if together && texts.len() > 1 {
        let parts: Vec<Value> = texts
            .iter()
            .map(|text| json!({"type": "text", "text": text}))
            .collect();
        vec![message(Value::Array(parts))]
    } else {
        texts
            .iter()
            .map(|text| message(Value::from(text.as_str())))
            .collect()
    };
    json!({"model": "gpt-5.1", "messages": messages})
}

/// The texts of a chat, in the order of [`request`].
fn written(body: &str) -> Result<Vec<String>> {
    let body: Value = serde_json::from_str(body)?;
    let mut texts = Vec::new();
    for message in body["messages"].as_array().into_iter().flatten() {
        match &message["content"] {
            Value::Array(parts) => {
                texts.extend(
                    parts
                        .iter()
                        .filter_map(|part| part["text"].as_str().map(str::to_owned)),
                );
            }
            content => texts.extend(content.as_str().map(str::to_owned)),
        }
    }
    Ok(texts)
}

fn splice(document: &Document<'_>, masked: &Masked) -> Result<String> {
    let edits: Vec<Edit<'_>> = masked
        .replacements
        .iter()
        .map(|replacement| Edit {
            leaf: replacement.leaf,
            span: replacement.span.range(),
            replacement: replacement.placeholder.as_str(),
        })
        .collect();
    let bytes = document.splice(&edits).context("replacements fit the document")?;
    Ok(String::from_utf8(bytes)?)
}

/// The first stretch of `telling` that no replacement in the leaf covers.
fn uncovered(text: &str, telling: &[std::ops::Range<usize>], masked: &Masked, leaf: usize) -> Option<String> {
    let mut spans = masked
        .replacements
        .iter()
        .filter(|r| r.leaf == leaf)
        .map(|r| r.span.range())
        .peekable();
    for stretch in telling {
        let mut at = stretch.start;
        while at < stretch.end {
            while spans.next_if(|span| span.end <= at).is_some() {}
            let next = spans
                .peek()
                .map_or(stretch.end, |span| span.start.min(stretch.end));
            if next > at {
                return Some(text[at..next].escape_debug().to_string());
            }
            at = spans.peek().map_or(stretch.end, |span| span.end);
        }
    }
    None
}
