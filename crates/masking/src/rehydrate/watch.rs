//! What is looked for in a text while it is restored: addresses to a reader, or addresses to a shell.

use super::links::{Hosts, Links};
use super::shell::Command;

/// What is looked for in a channel.
#[derive(Clone, Copy, Debug)]
pub(super) enum Watched {
    /// Everything is restored.
    Nothing,
    /// A text that is shown.
    Shown,
    /// The arguments of a tool, in whose members of these names shell commands stand.
    Commands(&'static [&'static str]),
}

/// Looks for it in one text.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all that are made are the largest"
)]
#[derive(Clone, Copy)]
pub(super) enum Watch {
    Nothing,
    Links(Links),
    Command(Command),
}

impl Watched {
    /// At the start of the channel. `json`: it is known to be JSON, and so no command itself.
    pub(super) fn text(self, json: bool) -> Watch {
        match self {
            Self::Nothing => Watch::Nothing,
            Self::Commands(_) if json => Watch::Nothing,
            Self::Shown => Watch::Links(Links::new()),
            Self::Commands(_) => Watch::Command(Command::new()),
        }
    }

    /// At the start of a JSON string, perhaps in a list.
    pub(super) fn string(self, is_command: bool, in_list: bool) -> Watch {
        match self {
            Self::Shown => Watch::Links(Links::in_string()),
            Self::Commands(_) if is_command && in_list => Watch::Command(Command::argument()),
            Self::Commands(_) if is_command => Watch::Command(Command::new()),
            Self::Nothing | Self::Commands(_) => Watch::Nothing,
        }
    }

    /// Whether the member `name` holds a command.
    pub(super) fn is_command(self, name: &[u8]) -> bool {
        matches!(self, Self::Commands(members) if members.iter().any(|member| member.as_bytes() == name))
    }

    /// Which hosts count.
    pub(super) const fn hosts(self) -> Hosts {
        match self {
            Self::Commands(_) => Hosts::Listed,
            Self::Nothing | Self::Shown => Hosts::Any,
        }
    }
}

impl Watch {
    pub(super) fn push(&mut self, text: &[u8]) {
        match self {
            Self::Nothing => {}
            Self::Links(links) => text.iter().for_each(|byte| links.push(*byte)),
            Self::Command(command) => text.iter().for_each(|byte| command.push(*byte)),
        }
    }

    /// A byte of a JSON string, which is looked into by itself. `edge`: one of its quotes.
    pub(super) fn push_quoted(&mut self, byte: u8, edge: bool) {
        match self {
            Self::Nothing => {}
            Self::Links(links) => {
                links.markup(byte);
                if edge {
                    links.end_word();
                }
            }
            Self::Command(command) => command.push(byte),
        }
    }

    /// Whether the placeholder of this value stays here, whatever follows.
    pub(super) fn keeps(&self, value: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Links(links) => links.keeps(value),
            Self::Command(command) => command.keeps(value),
        }
    }

    /// Whether a value here would be the name of a tag.
    pub(super) fn is_after_less(&self) -> bool {
        matches!(self, Self::Links(links) if links.is_after_less())
    }

    /// A placeholder comes next.
    pub(super) fn before_placeholder(&mut self) {
        if let Self::Links(links) = self {
            links.before_placeholder();
        }
    }

    /// A placeholder stays, written like this.
    pub(super) fn placeholder(&mut self, written: &[u8]) {
        match self {
            Self::Nothing => {}
            Self::Links(links) => links.placeholder(written),
            Self::Command(command) => command.placeholder(),
        }
    }
}
