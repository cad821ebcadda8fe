//! Restores answers event by event or as a whole body: finds the text of each surface, keeps everything else byte
//! for byte. No framing (see [`StreamCodec`](crate::StreamCodec)) and no opinion on what is restored.

mod chat;
mod edits;
mod error;
mod facts;
mod messages;
mod responses;
mod rewrite;
mod sequence;
mod step;
mod tokens;
pub(crate) mod value;

use std::borrow::Cow;

use crate::Surface;
use crate::answer::{AnswerError, AnswerFacts};
use crate::json::Tape;
use crate::restore::Restore;
use step::{Session, Step};

pub(crate) use step::Inserted;

/// The answer of one turn, on its way to the caller.
pub struct ResponseCodec {
    surface: Surface,
    tape: Tape,
    session: Session,
    choices: chat::Choices,
    tools: responses::Tools,
    changed: Vec<u8>,
}

/// What became of one event.
pub(crate) struct Advanced<'a> {
    /// Goes out before the event.
    pub(crate) inserted: &'a [Inserted],
    /// The event's new JSON; `None` when it stays as it came.
    pub(crate) changed: Option<&'a [u8]>,
    /// Whether it could be an event of the surface at all: `[DONE]`, a JSON object or an error.
    pub(crate) understood: bool,
    /// The caller has it from before.
    pub(crate) had: bool,
}

impl ResponseCodec {
    /// For one answer of `surface`.
    #[must_use]
    pub fn new(surface: Surface) -> Self {
        Self {
            surface,
            tape: Tape::default(),
            session: Session::default(),
            choices: chat::Choices::default(),
            tools: responses::Tools::default(),
            changed: Vec::new(),
        }
    }

    /// The request's instructions were made to end in `sentence` (see [`Document::explain`](crate::Document::explain)):
    /// where the answer repeats them, the caller reads them without it.
    #[must_use]
    pub fn explained(mut self, sentence: &'static str) -> Self {
        self.session.explanation = Some(sentence);
        self
    }

    /// The caller goes on with a stream of which it has had the events up to the one numbered `had`, by the numbers that it
    /// was given: those are left out. The upstream sends the stream from its beginning, since what was held back there and
    /// what came in between is known only then.
    #[must_use]
    pub fn resumed(mut self, had: u64) -> Self {
        self.session.sequence.had = Some(had);
        self
    }

    /// One event: `json` is its SSE data or a WebSocket text frame, `name` its SSE event name if it has one. Calls
    /// `emit` for each event that goes out, held-back tails first. What is not JSON goes out as it came: it can
    /// hold nothing but placeholders.
    ///
    /// # Errors
    /// When the stream opens more channels than any real one; it cannot be continued.
    pub fn event(
        &mut self,
        name: Option<&str>,
        json: &[u8],
        restore: &mut dyn Restore,
        emit: &mut dyn FnMut(Option<&str>, &[u8]),
    ) -> Result<(), AnswerError> {
        let advanced = match std::str::from_utf8(json) {
            Ok(text) => self.advance(name, text, restore)?,
            Err(_) => Advanced {
                inserted: &[],
                changed: None,
                understood: false,
                had: false,
            },
        };
        for event in advanced.inserted {
            emit(event.name.as_deref(), event.json.as_bytes());
        }
        if !advanced.had {
            emit(name, advanced.changed.unwrap_or(json));
        }
        Ok(())
    }

    /// The upstream sends no more: what is still held back goes out, unless the caller can ask for all of it again. Whether the answer was complete is in
    /// [`facts`](Self::facts).
    pub fn finish(&mut self, restore: &mut dyn Restore, emit: &mut dyn FnMut(Option<&str>, &[u8])) {
        for event in self.drain(restore) {
            emit(event.name.as_deref(), event.json.as_bytes());
        }
    }

    /// A whole JSON body: an object or a list. A byte order mark before it is left out.
    ///
    /// # Errors
    /// [`AnswerError::NotJson`]; the body can hold nothing but placeholders then.
    pub fn body<'a>(
        &mut self,
        json: &'a [u8],
        restore: &mut dyn Restore,
    ) -> Result<Cow<'a, [u8]>, AnswerError> {
        let text = document(json)?;
        let root = container(text, &mut self.tape)?;
        let mut step = Step::new(&mut self.session, restore, None);
        error::restore(root, &mut step);
        match self.surface {
            Surface::OpenAiChat | Surface::OpenAiCompletions => chat::body(root, &mut step)?,
            Surface::OpenAiResponses => responses::body(root, &mut step),
            Surface::AnthropicMessages => messages::body(root, &mut step),
            Surface::OpenAiEmbeddings => facts::usage(root, &mut step.session.facts),
        }
        self.session.facts.terminal = true;
        Ok(self.spliced(text))
    }

    /// The body of an answer with an error status, in whatever shape its server has: every text of it may echo the
    /// request.
    ///
    /// # Errors
    /// As [`body`](Self::body).
    pub fn error_body<'a>(
        &mut self,
        json: &'a [u8],
        restore: &mut dyn Restore,
    ) -> Result<Cow<'a, [u8]>, AnswerError> {
        let text = document(json)?;
        let root = container(text, &mut self.tape)?;
        error::restore_all(root, &mut Step::new(&mut self.session, restore, None));
        self.session.facts.terminal = true;
        Ok(self.spliced(text))
    }

    fn spliced<'a>(&mut self, text: &'a str) -> Cow<'a, [u8]> {
        if self.session.edits.is_empty() {
            return Cow::Borrowed(text.as_bytes());
        }
        let mut out = Vec::with_capacity(text.len() + 256);
        self.session.edits.splice(text, &mut out);
        Cow::Owned(out)
    }

    /// What the answer has said about itself so far.
    #[must_use]
    pub fn facts(&self) -> &AnswerFacts {
        &self.session.facts
    }

    pub(crate) fn advance(
        &mut self,
        name: Option<&str>,
        json: &str,
        restore: &mut dyn Restore,
    ) -> Result<Advanced<'_>, AnswerError> {
        let mut step = Step::new(&mut self.session, restore, name);
        let mut understood = true;
        if json == "[DONE]" {
            step.end(|_| true);
            step.session.facts.terminal = true;
        } else if let Some(root) = value::read(json, &mut self.tape) {
            let is_error = error::restore(root, &mut step);
            if is_error {
                // Callers stop reading here.
                step.end(|_| true);
            }
            understood = is_error || root.is_object();
            match self.surface {
                Surface::OpenAiResponses => responses::event(root, &mut self.tools, &mut step)?,
                Surface::AnthropicMessages => messages::event(root, &mut step)?,
                _ => chat::event(root, &mut self.choices, &mut step)?,
            }
        } else {
            understood = false;
        }
        self.changed.clear();
        let changed = !self.session.edits.is_empty();
        if changed {
            self.session.edits.splice(json, &mut self.changed);
        }
        Ok(Advanced {
            inserted: &self.session.inserted,
            changed: changed.then_some(&self.changed),
            understood,
            had: self.session.sequence.is_had(),
        })
    }

    pub(crate) fn drain(&mut self, restore: &mut dyn Restore) -> &[Inserted] {
        let mut step = Step::new(&mut self.session, restore, None);
        if !step.session.can_resume {
            step.end(|_| true);
        }
        &self.session.inserted
    }
}

/// The text of a JSON body. A mark before it belongs to its encoding, and many readers stumble over it.
fn document(body: &[u8]) -> Result<&str, AnswerError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    std::str::from_utf8(body).map_err(|_| AnswerError::NotJson)
}

/// A bare text, number or literal is no answer of any surface.
fn container<'a>(text: &'a str, tape: &'a mut Tape) -> Result<value::Value<'a>, AnswerError> {
    let root = value::read(text, tape).filter(|root| root.is_object() || root.is_array());
    root.ok_or(AnswerError::NotJson)
}
