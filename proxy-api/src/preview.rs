//! What masking would make of a text, shown to the person who asks; nothing leaves and nothing is recorded.

use std::collections::BTreeSet;

use llm_wire::{Credential, Document, Edit, Limits, Surface};
use masking::{
    Action, EntityType, Inspected, LeafClass, Masker, NoDeadline, PlaceholderMap, Scope, TextLeaf, TextScope,
};

use crate::config::Config;
use crate::turn::body_leaves;
use crate::{detection, master_key};

/// Masks for show, with the detectors and the policy of a configuration.
pub struct Preview {
    masker: Masker,
    map: PlaceholderMap,
    meant: BTreeSet<Credential>,
}

/// The masked form of an input, and what was found in it.
pub struct Shown {
    /// The input with a placeholder for every value that may not leave.
    pub masked: String,
    /// Everything detected, in order.
    pub rows: Vec<ShownRow>,
}

/// One detection.
pub struct ShownRow {
    /// `line:column` of a text, the path of a JSON document.
    pub place: String,
    /// What was found.
    pub entity: EntityType,
    /// What the policy does with it.
    pub action: Action,
    /// How sure the detector is, in percent.
    pub score: u8,
    /// Who found it.
    pub detector: String,
    /// What stands for it, unless it is allowed.
    pub placeholder: Option<String>,
}

impl Preview {
    /// Loads detectors and policy.
    ///
    /// # Errors
    /// When a rule file or the master key cannot be used.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let key = master_key::of(&config.masking)?;
        let masker = detection::masker(config, &key)?;
        let map = PlaceholderMap::new(&key, &Scope::new("preview"));
        Ok(Self {
            masker,
            map,
            meant: config.policy.provider_credentials.clone(),
        })
    }

    /// Shows a request or any other JSON document; `None` when `input` is none.
    ///
    /// # Errors
    /// When a detector cannot decide.
    pub fn json(&mut self, input: &str) -> anyhow::Result<Option<Shown>> {
        let surface = surface_of(input);
        let Ok(document) = Document::parse(input.as_bytes(), surface, &Limits::default()) else {
            return Ok(None);
        };
        let found = self
            .masker
            .inspect(&body_leaves(&document, &self.meant), &self.map, &NoDeadline)?;
        let mut rows = Vec::with_capacity(found.len());
        let mut masked = Vec::new();
        for inspected in found {
            let text = &document.leaves()[inspected.leaf].text;
            let row = self.row(document.path(inspected.leaf), text, &inspected);
            masked.extend(
                row.placeholder
                    .clone()
                    .map(|placeholder| (inspected, placeholder)),
            );
            rows.push(row);
        }
        let edits: Vec<Edit<'_>> = masked
            .iter()
            .map(|(inspected, placeholder)| Edit {
                leaf: inspected.leaf,
                span: inspected.detection.span.range(),
                replacement: placeholder,
            })
            .collect();
        let masked = String::from_utf8(document.splice(&edits)?)?;
        Ok(Some(Shown { masked, rows }))
    }

    /// Shows a text.
    ///
    /// # Errors
    /// When a detector cannot decide.
    pub fn text(&mut self, input: &str) -> anyhow::Result<Shown> {
        let leaf = TextLeaf {
            text: input,
            label: None,
            class: LeafClass::Text,
            scope: TextScope::User,
            joins_previous: false,
        };
        let mut masked = String::with_capacity(input.len());
        let mut rows = Vec::new();
        let mut copied = 0;
        let mut cursor = Cursor::new(input);
        for inspected in self.masker.inspect(&[leaf], &self.map, &NoDeadline)? {
            let span = inspected.detection.span;
            let row = self.row(cursor.go_to(span.start), input, &inspected);
            if let Some(placeholder) = &row.placeholder {
                masked.push_str(&input[copied..span.start]);
                masked.push_str(placeholder);
                copied = span.end;
            }
            rows.push(row);
        }
        masked.push_str(&input[copied..]);
        Ok(Shown { masked, rows })
    }

    fn row(&mut self, place: String, text: &str, inspected: &Inspected) -> ShownRow {
        let detection = &inspected.detection;
        let placeholder = (inspected.action != Action::Allow).then(|| {
            self.map
                .placeholder_of(&detection.entity, &inspected.value, &text[detection.span.range()])
                .as_str()
                .to_owned()
        });
        ShownRow {
            place,
            entity: detection.entity.clone(),
            action: inspected.action,
            score: detection.score.percent(),
            detector: detection.detector.to_string(),
            placeholder,
        }
    }
}

/// The API whose request this looks like; every string is looked at in any case.
fn surface_of(input: &str) -> Surface {
    let has = |key: &str| input.contains(&format!("\"{key}\""));
    if has("messages") {
        return if has("max_tokens") || has("system") {
            Surface::AnthropicMessages
        } else {
            Surface::OpenAiChat
        };
    }
    if has("prompt") {
        Surface::OpenAiCompletions
    } else {
        Surface::OpenAiResponses
    }
}

/// A place in a text that is gone through once.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Both from 1; columns in characters.
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// Goes on to the byte at `to` and writes `line:column`.
    fn go_to(&mut self, to: usize) -> String {
        for char in self.text[self.at..to].chars() {
            if char == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.at = to;
        format!("{}:{}", self.line, self.column)
    }
}
