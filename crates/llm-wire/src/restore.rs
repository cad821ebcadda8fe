//! The seam at which originals come back into an answer: this crate finds the text, an implementation restores it.

use std::sync::Arc;

/// Tells the text channels of one answer apart. Ids are handed out from 0 and never used twice in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(u32);

impl ChannelId {
    /// The id with this number; an implementation's tests need it too.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The bare number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// One run of streamed text that belongs together: a field of a choice, a content block, an output item's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Distinct for each channel of the stream.
    pub id: ChannelId,
    /// What the text is.
    pub kind: ChannelKind,
    /// The text stands in another channel as well, as that of tokens does: it does not count twice.
    pub repeats: bool,
}

/// What a text is to its reader; decides whether and how values are restored in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// What the assistant says, and what hosted tools answered.
    Text,
    /// The assistant's words when it refuses.
    Refusal,
    /// Reasoning or a summary of it that carries no signature.
    Reasoning,
    /// What a tool is called with. Whether it is restored is decided for each tool.
    ToolArguments {
        /// The tool's name as the answer gives it; `namespace.name` where it has a namespace. Empty when the
        /// upstream sent arguments before a name: no rule about a named tool may match then.
        tool: Arc<str>,
        /// How the arguments are written.
        form: TextForm,
    },
    /// An error message, which may echo the request.
    Error,
}

/// What kind of writing a restored value lands in, and so how it must be escaped *inside* the text.
///
/// The text handed to [`Restore`] is always decoded; the escaping of the event's own JSON is done by this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextForm {
    /// Prose: a value is written as it is.
    Plain,
    /// JSON source text, perhaps in pieces: a value stands inside one of its strings and is JSON-escaped once.
    Json,
    /// Prose, unless it turns out to be a JSON document (structured output, a JSON string in an argument).
    PerhapsJson,
}

impl ChannelKind {
    /// How values are written in a text of this kind.
    #[must_use]
    pub const fn form(&self) -> TextForm {
        match self {
            Self::Text => TextForm::PerhapsJson,
            Self::Refusal | Self::Reasoning | Self::Error => TextForm::Plain,
            Self::ToolArguments { form, .. } => *form,
        }
    }
}

/// Puts originals back into the text of an answer.
///
/// For any split of a text into deltas, the outputs of [`delta`](Self::delta) followed by that of
/// [`end`](Self::end) must add up to what [`whole`](Self::whole) makes of the text: the surfaces repeat streamed
/// text as a whole, and callers compare.
pub trait Restore {
    /// Appends the restored form of a streamed piece to `out`; may hold back its tail for a later call.
    fn delta(&mut self, channel: &Channel, text: &str, out: &mut String);

    /// Whether some of what [`delta`](Self::delta) was given for the channel has not come out yet.
    fn holds(&self, channel: &Channel) -> bool;

    /// Appends what is held back for the channel. Its state may be dropped: text that follows, if any, starts anew.
    fn end(&mut self, channel: &Channel, out: &mut String);

    /// Appends the restored form of a complete text; holds nothing back.
    fn whole(&mut self, kind: &ChannelKind, text: &str, out: &mut String);
}
