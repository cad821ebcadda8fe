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

impl TextScope {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::System,
        Self::User,
        Self::Assistant,
        Self::ToolInput,
        Self::ToolOutput,
        Self::ToolDefinition,
        Self::Metadata,
    ];

    /// As configuration writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn their_numbers_are_their_places() {
        for (nth, scope) in TextScope::ALL.into_iter().enumerate() {
            assert_eq!(scope as usize, nth);
        }
    }
}
