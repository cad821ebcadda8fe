//! What one event does: texts go through [`Restore`], channels stay apart, changes and flush events are collected.
//! Knows no surface.

use std::borrow::Cow;

use crate::answer::{AnswerError, AnswerFacts};
use crate::document::explain::PARAGRAPH;
use crate::json::escape_into;
use crate::response::edits::Edits;
use crate::response::rewrite::{Feed, rewrite};
use crate::response::sequence::Sequence;
use crate::response::tokens::Tokens;
use crate::response::value::Value;
use crate::restore::{Channel, ChannelId, ChannelKind, Restore, TextForm};

/// Far above what answers have (choices times parallel tool calls); keeps a broken upstream from filling memory.
const MAX_OPEN_CHANNELS: usize = 512;

/// Far above the names that APIs allow (64 to 128 characters).
pub(crate) const MAX_TOOL_NAME: usize = 256;

/// What an inserted event may repeat of the upstream's own: ids and indices, in bytes.
const MAX_REPEATED: usize = 1024;

/// Members that are never text, wherever a subtree is walked as a whole.
const SEALED: [&str; 14] = [
    "call_id",
    "data",
    "encrypted_content",
    "encrypted_index",
    "file_id",
    "id",
    "image_url",
    "item_id",
    "name",
    "result",
    "signature",
    "tool_use_id",
    "type",
    "url",
];

/// Where a channel's text stands: which choice, block or item, which part of it, and which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) outer: u64,
    pub(crate) inner: u64,
    pub(crate) field: &'static str,
}

/// How to say a held-back tail in the surface's own shape: `before "text" after }`.
pub(crate) struct Flush {
    /// The SSE event name that the channel's own deltas have.
    pub(crate) name: Option<String>,
    pub(crate) before: String,
    pub(crate) after: &'static str,
    /// What stands around the tail's tokens, instead of `after`.
    pub(crate) around_tokens: Option<(&'static str, &'static str)>,
}

/// An event that the upstream did not send.
pub(crate) struct Inserted {
    pub(crate) name: Option<String>,
    pub(crate) json: String,
}

struct Open {
    place: Place,
    channel: Channel,
    flush: Flush,
    tokens: Option<Tokens>,
}

/// What outlives an event.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) facts: AnswerFacts,
    /// What the request's instructions were made to say at their end.
    pub(crate) explanation: Option<&'static str>,
    pub(crate) edits: Edits,
    pub(crate) inserted: Vec<Inserted>,
    channels: Vec<Open>,
    next_id: u32,
    pub(crate) sequence: Sequence,
    /// The caller can ask for this stream again: what a cut leaves of it would come twice.
    pub(crate) can_resume: bool,
    /// What `Restore` writes to.
    out: String,
}

/// One event, or one whole body, in work.
pub(crate) struct Step<'s> {
    pub(crate) session: &'s mut Session,
    restore: &'s mut dyn Restore,
    /// The SSE event name, if it has one.
    pub(crate) name: Option<&'s str>,
}

impl<'s> Step<'s> {
    pub(crate) fn new(session: &'s mut Session, restore: &'s mut dyn Restore, name: Option<&'s str>) -> Self {
        session.edits.clear();
        session.inserted.clear();
        session.sequence.begin();
        Self {
            session,
            restore,
            name,
        }
    }

    /// What kind of event `root` is: its own `type`, else what the SSE event name says.
    pub(crate) fn kind<'k>(&self, root: Value<'k>) -> Cow<'k, str>
    where
        's: 'k,
    {
        root.said("type")
            .unwrap_or_else(|| self.name.unwrap_or_default().into())
    }

    /// A piece of the channel at `place`; opens it with `make` when it is new. With `ends`, it is the last piece.
    pub(crate) fn delta(
        &mut self,
        place: Place,
        value: Value<'_>,
        ends: bool,
        make: impl FnOnce() -> (ChannelKind, Flush),
    ) -> Result<(), AnswerError> {
        if value.content().is_empty() && !ends {
            return Ok(());
        }
        let at = self.open(place, make)?;
        let Session {
            edits, out, channels, ..
        } = &mut *self.session;
        let channel = &channels[at].channel;
        rewrite(value, ends, edits, out, |feed, out| match feed {
            Feed::Text(text) => self.restore.delta(channel, text, out),
            Feed::Break => self.restore.end(channel, out),
        });
        if ends {
            channels.remove(at);
        }
        Ok(())
    }

    /// Opens the channel at `place` if it is not open yet; its index.
    pub(crate) fn open(
        &mut self,
        place: Place,
        make: impl FnOnce() -> (ChannelKind, Flush),
    ) -> Result<usize, AnswerError> {
        let Session { channels, .. } = &mut *self.session;
        if let Some(at) = channels.iter().position(|open| open.place == place) {
            return Ok(at);
        }
        if channels.len() == MAX_OPEN_CHANNELS {
            return Err(AnswerError::TooManyChannels {
                limit: MAX_OPEN_CHANNELS,
            });
        }
        let (kind, flush) = make();
        let channel = self.channel(kind, false);
        let channels = &mut self.session.channels;
        channels.push(Open {
            place,
            channel,
            flush,
            tokens: None,
        });
        Ok(channels.len() - 1)
    }

    fn channel(&mut self, kind: ChannelKind, repeats: bool) -> Channel {
        let id = ChannelId::new(self.session.next_id);
        self.session.next_id += 1;
        Channel { id, kind, repeats }
    }

    /// The tokens of a piece of the channel at `place`; they come before the piece itself.
    pub(crate) fn tokens(
        &mut self,
        place: Place,
        list: Value<'_>,
        ends: bool,
        make: impl FnOnce() -> (ChannelKind, Flush),
    ) -> Result<(), AnswerError> {
        if list.is_empty() && !ends {
            return Ok(());
        }
        let at = self.open(place, make)?;
        let tokens = match self.session.channels[at].tokens.take() {
            Some(tokens) => tokens,
            None => {
                let kind = self.session.channels[at].channel.kind.clone();
                Tokens::new(self.channel(kind, true))
            }
        };
        let left = tokens.list(list, ends, self.restore, &mut self.session.edits);
        self.session.channels[at].tokens = left;
        Ok(())
    }

    /// The tokens of a complete text.
    pub(crate) fn whole_tokens(&mut self, kind: &ChannelKind, list: Value<'_>) {
        let tokens = Tokens::new(self.channel(kind.clone(), true));
        tokens.list(list, true, self.restore, &mut self.session.edits);
    }

    /// The channels that `belongs` picks have ended: what they hold back goes out before this event.
    pub(crate) fn end(&mut self, belongs: impl Fn(&Place) -> bool) {
        let Session {
            channels,
            out,
            inserted,
            sequence,
            ..
        } = &mut *self.session;
        for open in channels.extract_if(.., |open| belongs(&open.place)) {
            out.clear();
            self.restore.end(&open.channel, out);
            let tokens = open.tokens.map(|tokens| tokens.end(self.restore));
            let tokens = tokens.unwrap_or_default();
            if out.is_empty() && tokens.is_empty() {
                continue;
            }
            let number = sequence.insert();
            if !sequence.was_had(number) {
                inserted.push(Inserted {
                    json: open.flush.write(out, &tokens, number),
                    name: open.flush.name,
                });
            }
        }
    }

    /// A complete text.
    pub(crate) fn whole(&mut self, kind: &ChannelKind, value: Value<'_>) {
        let Session { edits, out, .. } = &mut *self.session;
        rewrite(value, false, edits, out, |feed, out| {
            if let Feed::Text(text) = feed {
                self.restore.whole(kind, text, out);
            }
        });
    }

    /// The member `key`, if it is a string, as a complete text.
    pub(crate) fn whole_member(&mut self, kind: &ChannelKind, object: Value<'_>, key: &str) {
        if let Some(value) = object.string(key) {
            self.whole(kind, value);
        }
    }

    /// The request's instructions, told back: as the caller wrote them.
    pub(crate) fn instructions(&mut self, value: Value<'_>) {
        if !value.is_string() {
            return;
        }
        let said = value.text().unwrap_or_default();
        let explained = self
            .session
            .explanation
            .and_then(|sentence| said.strip_suffix(sentence));
        let Session { edits, out, .. } = &mut *self.session;
        match explained {
            None => self.whole(&ChannelKind::Text, value),
            // The caller sent none.
            Some("") => edits.replace(value.raw_range(), |json| json.push_str("null")),
            Some(own) => {
                out.clear();
                let own = own.strip_suffix(PARAGRAPH).unwrap_or(own);
                self.restore.whole(&ChannelKind::Text, own, out);
                edits.replace(value.content_range(), |json| escape_into(out, json));
            }
        }
    }

    /// Every key and string of `value`: what a tool is called with, where no member has a fixed meaning.
    pub(crate) fn whole_tree(&mut self, kind: &ChannelKind, value: Value<'_>) {
        for text in value.strings() {
            self.whole(kind, text);
        }
    }

    /// Every string value of `value` except under names that are never text.
    pub(crate) fn whole_texts(&mut self, kind: &ChannelKind, value: Value<'_>) {
        let sealed = |key: Value<'_>| SEALED.iter().any(|name| key.is(name));
        for text in value.strings_unless(sealed) {
            self.whole(kind, text);
        }
    }

    /// Ends the event with the number that it has now, which is `member`'s plus what was inserted.
    pub(crate) fn renumber(&mut self, member: Value<'_>) {
        let Session { sequence, edits, .. } = &mut *self.session;
        if let Some(number) = sequence.pass()
            && member.is_number()
        {
            edits.replace(member.content_range(), |text| {
                text.push_str(&number.to_string());
            });
        }
    }
}

/// The kind of what `tool` is called with; a name that no API allows counts as none.
pub(crate) fn arguments(tool: &str, form: TextForm) -> ChannelKind {
    let tool = if tool.len() <= MAX_TOOL_NAME { tool } else { "" };
    ChannelKind::ToolArguments {
        tool: tool.into(),
        form,
    }
}

/// Appends `"key":value,` unless the member is too long to be an id or an index.
pub(crate) fn repeat_member(key: &str, value: &str, before: &mut String) {
    if before.len() + key.len() + value.len() <= MAX_REPEATED {
        for part in ["\"", key, "\":", value, ","] {
            before.push_str(part);
        }
    }
}

impl Flush {
    /// `tokens` are the elements of a list.
    fn write(&self, text: &str, tokens: &str, number: Option<u64>) -> String {
        let mut json = String::with_capacity(self.before.len() + text.len() + tokens.len() + 48);
        json.push_str(&self.before);
        json.push('"');
        escape_into(text, &mut json);
        json.push('"');
        match self.around_tokens.filter(|_| !tokens.is_empty()) {
            None => json.push_str(self.after),
            Some((before, after)) => {
                for part in [before, "[", tokens, "]", after] {
                    json.push_str(part);
                }
            }
        }
        if let Some(number) = number {
            json.push_str(&format!(",\"sequence_number\":{number}"));
        }
        json.push('}');
        json
    }
}
