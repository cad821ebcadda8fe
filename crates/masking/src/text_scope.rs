//! Who wrote a text, or what it is for.

/// The part of a request that a text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextScope {
    /// Instructions to the model.
    System,
    /// What the user says and attaches.
    User,
    /// What the model said earlier.
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
