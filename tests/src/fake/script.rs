//! What a test tells the fake provider to do, in Rust or as JSON over the control endpoint.

use serde::{Deserialize, Serialize};

/// One scripted reply; `Reply::default()` echoes the user's last text.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// Which requests it answers; empty: any.
    pub when: When,
    /// Answers any number of requests, not just one.
    pub always: bool,
    /// HTTP status; 200 when not given.
    pub status: Option<u16>,
    /// Added to (or instead of) the headers that the provider sends; an empty value leaves one out.
    pub headers: Vec<(String, String)>,
    /// What the model says. Text may hold `{{user}}`, `{{tool}}` (last tool output), `{{system}}`, `{{choice}}`,
    /// `{{EMAIL}}`, `{{EMAIL:2}}` (the first, second placeholder of a type seen in the request).
    pub parts: Vec<Part>,
    /// This body, byte for byte, instead of an answer (templates apply). Over a socket each of its server-sent
    /// events is a frame, or all of it is one frame when it holds none.
    pub raw: Option<String>,
    /// This body, whatever its bytes mean, instead of an answer over HTTP.
    pub bytes: Option<Vec<u8>>,
    /// Stands before the answer: white space, comments, a byte order mark.
    pub before: String,
    /// Streams, or does not, whatever was asked for.
    pub streamed: Option<bool>,
    /// An error in the provider's shape instead of an answer.
    pub fault: Option<Fault>,
    /// Why the model stopped, instead of the usual reason.
    pub finish: Option<String>,
    /// Characters in one delta; 4 when 0.
    pub piece: usize,
    /// Bytes in one write; one event (or the whole JSON) when 0. Over a socket always one event.
    pub chunk: usize,
    /// Pause after each write.
    pub pause_ms: u64,
    /// How events are written.
    pub sse: SseStyle,
    /// `content-encoding` of the answer.
    pub encoding: Option<Encoding>,
    /// How the answer ends.
    pub end: End,
    /// Parallel tool calls take turns instead of following each other (chat).
    pub interleave: bool,
}

impl Reply {
    /// Says `text`.
    pub fn text(text: &str) -> Self {
        Self::parts([Part::Text(text.into())])
    }

    /// Says several things.
    pub fn parts(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Fails with a status and a message in the provider's shape.
    pub fn fault(status: u16, message: &str) -> Self {
        let fault = Fault {
            message: message.into(),
            ..Fault::default()
        };
        Self {
            status: Some(status),
            fault: Some(fault),
            ..Self::default()
        }
    }

    /// Fails with 400 and a code, for `param`.
    pub fn invalid(code: &str, param: &str, message: &str) -> Self {
        let fault = Fault {
            message: message.into(),
            code: Some(code.into()),
            param: Some(param.into()),
            ..Fault::default()
        };
        Self {
            status: Some(400),
            fault: Some(fault),
            ..Self::default()
        }
    }

    /// Sends exactly this body.
    pub fn raw(body: &str) -> Self {
        Self {
            raw: Some(body.into()),
            ..Self::default()
        }
    }

    /// The same reply under another `content-type`; under none when empty.
    #[must_use]
    pub fn labelled(mut self, kind: &str) -> Self {
        self.headers.push(("content-type".into(), kind.into()));
        self
    }

    /// The same reply, for requests whose body holds `text` only.
    #[must_use]
    pub fn when_body(mut self, text: &str) -> Self {
        self.when.body = Some(text.into());
        self
    }
}

/// Which requests a reply answers.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// The path ends with this.
    pub path: Option<String>,
    /// The decoded body holds this.
    pub body: Option<String>,
    /// The decoded body does not hold this.
    pub body_lacks: Option<String>,
    /// Only frames with `generate: false`; all other replies leave those alone.
    pub prewarm: bool,
}

/// One thing that the model says or does.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Assistant text.
    Text(String),
    /// Assistant text with a citation that quotes a document (Messages; elsewhere only the text).
    Cited {
        /// The text.
        text: String,
        /// The quoted text.
        quote: String,
    },
    /// Thinking with its signature; a reasoning summary with encrypted content in Responses.
    Thinking {
        /// What is shown of the thinking.
        text: String,
        /// The seal over it.
        signature: String,
    },
    /// Sealed thinking (Messages only).
    RedactedThinking(String),
    /// A refusal; plain text in Messages.
    Refusal(String),
    /// A function call; templates in `arguments` are JSON-escaped.
    Tool {
        /// The function.
        name: String,
        /// Its arguments, a JSON text.
        arguments: String,
    },
    /// A call of a free-text tool (Responses; a function call elsewhere).
    CustomTool {
        /// The tool.
        name: String,
        /// Its input.
        input: String,
    },
}

impl Part {
    /// A function call.
    pub fn tool(name: &str, arguments: &str) -> Self {
        Self::Tool {
            name: name.into(),
            arguments: arguments.into(),
        }
    }
}

/// An error, shaped by the surface it is answered on.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// The message (templates apply).
    pub message: String,
    /// `type`; the provider's usual one for the status when not given.
    pub kind: Option<String>,
    /// `code` (OpenAI); the provider's usual one for the status when not given.
    pub code: Option<String>,
    /// `param` (OpenAI): which field of the request is at fault.
    pub param: Option<String>,
}

/// Legal variations of an event stream.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SseStyle {
    /// Line end; `\n` when empty.
    pub line_end: String,
    /// A byte order mark at the start.
    pub bom: bool,
    /// Comments between events.
    pub comments: bool,
    /// `id:` and `retry:` lines.
    pub ids: bool,
    /// The JSON over several `data:` lines.
    pub multi_line: bool,
    /// No space after the colon.
    pub bare_colon: bool,
}

/// A content coding.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Br,
    /// RFC 8878.
    Zstd,
}

/// How an answer ends. Over a socket, bytes are not counted but events.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// As it should.
    #[default]
    Whole,
    /// The connection is aborted after this many bytes; a socket's without a close frame after this many events.
    Cut(usize),
    /// Nothing more comes after this many bytes (events); the connection stays open. A socket still answers pings.
    Stall(usize),
    /// Waits after this many events until the test releases it.
    Hold(usize),
    /// The stream closes cleanly without its terminal events; a socket with code 1000.
    Silent,
    /// An error event after this many events, and nothing after it.
    Error(usize),
}
