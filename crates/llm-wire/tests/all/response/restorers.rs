//! Restorers to test with: none of them is the real one, each tells on the codec in its own way.

use std::collections::{HashMap, HashSet};

use llm_wire::{Channel, ChannelId, ChannelKind, Restore, TextForm};

pub(crate) const TOKENS: [(&str, &str); 3] = [
    ("<PERSON_k7qf2m>", "Ann \"Ace\" Lee"),
    ("<EMAIL_abcd2e>", "ann@corp.example"),
    ("<USERNAME_PATH_zz77aa>", "C:\\tmp\\new"),
];

/// The tools whose arguments are restored.
const TOOLS: [&str; 3] = ["read", "patch", "local_shell"];

/// Replaces whole tokens, holds back what may become one. Panics when a channel is used after its end.
#[derive(Default)]
pub(crate) struct Swap {
    channels: HashMap<ChannelId, Text>,
    ended: HashSet<ChannelId>,
}

#[derive(Default)]
struct Text {
    pending: String,
    /// Whether the text is JSON, once its first character is known.
    json: Option<bool>,
}

impl Text {
    fn push(&mut self, kind: &ChannelKind, text: &str, out: &mut String) {
        self.json = self.json.or(match kind.form() {
            TextForm::Json => Some(true),
            TextForm::Plain => Some(false),
            TextForm::PerhapsJson => text.trim_start().chars().next().map(|first| "{[".contains(first)),
        });
        self.pending.push_str(text);
        while let Some((at, token, value)) = TOKENS
            .iter()
            .filter_map(|(token, value)| Some((self.pending.find(token)?, token, value)))
            .min()
        {
            out.push_str(&self.pending[..at]);
            if self.json == Some(true) {
                let quoted = serde_json::to_string(value).unwrap();
                out.push_str(&quoted[1..quoted.len() - 1]);
            } else {
                out.push_str(value);
            }
            self.pending.drain(..at + token.len());
        }
        let held = self.pending.char_indices().map(|(at, _)| at).find(|at| {
            let tail = &self.pending[*at..];
            TOKENS.iter().any(|(token, _)| token.starts_with(tail))
        });
        out.extend(self.pending.drain(..held.unwrap_or(self.pending.len())));
    }
}

/// Whether texts of this kind are restored at all.
fn touches(kind: &ChannelKind) -> bool {
    !matches!(kind, ChannelKind::ToolArguments { tool, .. } if !TOOLS.contains(&&**tool))
}

impl Restore for Swap {
    fn delta(&mut self, channel: &Channel, text: &str, out: &mut String) {
        assert!(!self.ended.contains(&channel.id), "used after its end");
        if touches(&channel.kind) {
            self.channels
                .entry(channel.id)
                .or_default()
                .push(&channel.kind, text, out);
        } else {
            out.push_str(text);
        }
    }

    fn holds(&self, channel: &Channel) -> bool {
        self.channels
            .get(&channel.id)
            .is_some_and(|text| !text.pending.is_empty())
    }

    fn end(&mut self, channel: &Channel, out: &mut String) {
        assert!(self.ended.insert(channel.id), "ended twice");
        if let Some(text) = self.channels.remove(&channel.id) {
            out.push_str(&text.pending);
        }
    }

    fn whole(&mut self, kind: &ChannelKind, text: &str, out: &mut String) {
        if touches(kind) {
            let mut whole = Text::default();
            whole.push(kind, text, out);
            out.push_str(&whole.pending);
        } else {
            out.push_str(text);
        }
    }
}

/// What [`Swap`] makes of a complete text.
pub(crate) fn swapped(kind: &ChannelKind, text: &str) -> String {
    let mut out = String::new();
    Swap::default().whole(kind, text, &mut out);
    out
}

/// Changes nothing, holds nothing back.
pub(crate) struct Keep;

impl Restore for Keep {
    fn delta(&mut self, _: &Channel, text: &str, out: &mut String) {
        out.push_str(text);
    }

    fn holds(&self, _: &Channel) -> bool {
        false
    }

    fn end(&mut self, _: &Channel, _: &mut String) {}

    fn whole(&mut self, _: &ChannelKind, text: &str, out: &mut String) {
        out.push_str(text);
    }
}

/// Changes nothing, but always holds back the last characters of each channel: no real one holds back more.
pub(crate) struct Lag {
    characters: usize,
    held: HashMap<ChannelId, String>,
}

impl Lag {
    pub(crate) fn new(characters: usize) -> Self {
        Self {
            characters,
            held: HashMap::new(),
        }
    }
}

impl Restore for Lag {
    fn delta(&mut self, channel: &Channel, text: &str, out: &mut String) {
        let held = self.held.entry(channel.id).or_default();
        held.push_str(text);
        let keep = held
            .char_indices()
            .rev()
            .nth(self.characters.saturating_sub(1))
            .map_or(0, |(at, _)| at);
        let keep = if self.characters == 0 { held.len() } else { keep };
        out.extend(held.drain(..keep));
    }

    fn holds(&self, channel: &Channel) -> bool {
        self.held.get(&channel.id).is_some_and(|held| !held.is_empty())
    }

    fn end(&mut self, channel: &Channel, out: &mut String) {
        out.push_str(&self.held.remove(&channel.id).unwrap_or_default());
    }

    fn whole(&mut self, _: &ChannelKind, text: &str, out: &mut String) {
        out.push_str(text);
    }
}

/// [`Swap`] that does not mind a channel to go on after an end, as it does around half a surrogate pair.
#[derive(Default)]
pub(crate) struct Unended(Swap);

impl Restore for Unended {
    fn delta(&mut self, channel: &Channel, text: &str, out: &mut String) {
        self.0.ended.clear();
        self.0.delta(channel, text, out);
    }

    fn holds(&self, channel: &Channel) -> bool {
        self.0.holds(channel)
    }

    fn end(&mut self, channel: &Channel, out: &mut String) {
        self.0.ended.clear();
        self.0.end(channel, out);
    }

    fn whole(&mut self, kind: &ChannelKind, text: &str, out: &mut String) {
        self.0.whole(kind, text, out);
    }
}
