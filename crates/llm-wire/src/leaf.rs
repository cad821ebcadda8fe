//! What the walker hands out: one piece of a request's text, where it stands and how it may be treated.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::credential::Credential;
use crate::path::PathId;

/// Who wrote a text, or what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextScope {
    /// Instructions to the model: system and developer messages.
    System,
    /// What the user says and attaches.
    User,
    /// What the model said earlier, its reasoning included.
    Assistant,
    /// What a tool was called with.
    ToolInput,
    /// What a tool answered.
    ToolOutput,
    /// Tools and schemas that the model is told about.
    ToolDefinition,
    /// Everything beside the conversation.
    Metadata,
}

impl TextScope {
    /// The name in snake case, for logs and audit events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::ToolInput => "tool_input",
            Self::ToolOutput => "tool_output",
            Self::ToolDefinition => "tool_definition",
            Self::Metadata => "metadata",
        }
    }
}

/// What kind of content cannot be read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpaqueKind {
    /// Base64 of a picture.
    Image,
    /// Base64 of a recording.
    Audio,
    /// Anything else: a PDF, an archive, text that could not be written back.
    File,
    /// Token ids that no vocabulary here reads.
    Tokens,
}

/// How a leaf may be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldClass {
    /// Inspected for everything. What no table knows is text.
    Text,
    /// An id at a documented path that looks like one: inspected for secrets only.
    Identifier,
    /// An enumeration or a setting at a documented path that looks like one.
    Exempt,
    /// Comes from the model and is checked there: a changed byte breaks the request.
    Sealed,
    /// A number. Edited, it becomes a string.
    Number,
    /// Bytes that hold no readable text. Editing the leaf replaces them.
    Opaque(OpaqueKind),
}

/// How a leaf's text is written where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The inside of a JSON string.
    String,
    /// A JSON number.
    Number,
    /// As it is: the text of a decoded document.
    Plain,
}

/// The key that a value stands under, through any arrays between them, or the word of a command before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    None,
    /// A key of the surface's schema.
    Known(&'static str),
    /// The key that is this leaf.
    Leaf(u32),
    /// A key that says little without those above it: the number of its path among the document's.
    Path(u32),
}

/// One text of a request: a string value, an object's key or a number, decoded.
///
/// `Debug` shows where it stands and how long it is, never the text.
pub struct Leaf<'a> {
    /// The decoded text; borrowed from the body where nothing had to be decoded.
    pub text: Cow<'a, str>,
    /// How it may be treated.
    pub class: FieldClass,
    /// Who wrote it.
    pub scope: TextScope,
    /// It is an object's key.
    pub is_key: bool,
    /// It directly continues the text leaf before it (the last one of class [`FieldClass::Text`]): the next part
    /// of a message, a citation behind its text, the next message's first text. A value may be split over both.
    pub joins_previous: bool,
    /// A name that the API restricts to an identifier grammar: a placeholder cannot stand there.
    pub restricted_name: bool,
    /// The provider may be meant to use a secret here: no placeholder can stand for it.
    pub credential: Option<Credential>,
    pub(crate) label: Label,
    pub(crate) path: PathId,
    pub(crate) form: Form,
    pub(crate) layer: u32,
    /// The content block that it stands in; 0 for none.
    pub(crate) block: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Leaf<'_> {
    /// Where it is written, in its layer's source.
    pub(crate) const fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Leaf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("bytes", &self.text.len())
            .field("class", &self.class)
            .field("scope", &self.scope)
            .field("is_key", &self.is_key)
            .field("joins_previous", &self.joins_previous)
            .field("restricted_name", &self.restricted_name)
            .finish_non_exhaustive()
    }
}

/// Replaces a part of one leaf's text.
#[derive(Clone)]
pub struct Edit<'a> {
    /// Index in [`Document::leaves`](crate::Document::leaves).
    pub leaf: usize,
    /// What is replaced: bytes of the leaf's text, on character boundaries.
    pub span: Range<usize>,
    /// What stands there afterwards, unescaped.
    pub replacement: &'a str,
}

impl fmt::Debug for Edit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit")
            .field("leaf", &self.leaf)
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}
