//! An answer before it is written: what is said in each choice, and the events or the JSON that say it.

use serde_json::{Value, json};

use super::{
    prompt::Prompt,
    script::{End, Fault, Part, Reply},
};

/// The API family that a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    OpenAi,
    Anthropic,
}

/// What a surface's writer gets: the request, and the reply with its templates filled in.
pub(super) struct Exchange {
    pub(super) family: Family,
    pub(super) turn: u64,
    pub(super) request: Value,
    pub(super) prompt: Prompt,
    pub(super) reply: Reply,
    pub(super) choices: Vec<Vec<Part>>,
}

impl Exchange {
    /// `seen` is what the model reads, where that is more than the request.
    pub(super) fn new(
        family: Family,
        turn: u64,
        mut request: Value,
        seen: Option<&Value>,
        reply: Reply,
    ) -> Self {
        let prompt = Prompt::read(seen.unwrap_or(&request));
        let wanted = request["n"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(1);
        if let (Some(streamed), Value::Object(members)) = (reply.streamed, &mut request) {
            members.insert("stream".into(), streamed.into());
        }
        let spoken = if reply.parts.is_empty() {
            vec![Part::Text("{{user}}".into())]
        } else {
            reply.parts.clone()
        };
        let choices = (0..wanted)
            .map(|n| spoken.iter().map(|part| filled(part, &prompt, n)).collect())
            .collect();
        Self {
            family,
            turn,
            request,
            prompt,
            reply,
            choices,
        }
    }

    /// The model named in the request.
    pub(super) fn model(&self) -> &str {
        self.request["model"].as_str().unwrap_or("unnamed")
    }

    /// Unix time of the answer: fixed, and different in each turn.
    pub(super) fn created(&self) -> u64 {
        1_760_000_000 + self.turn
    }

    /// An id as providers make them: `prefix` and `length` characters that look random and are not.
    pub(super) fn id(&self, prefix: &str, length: usize, salt: u64) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut seed =
            self.turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let letters = (0..length).map(|_| {
            seed ^= seed >> 30;
            seed = seed
                .wrapping_mul(0x94D0_49BB_1331_11EB)
                .wrapping_add(0x2545_F491_4F6C_DD1D);
            char::from(ALPHABET[usize::try_from(seed >> 33).unwrap_or_default() % ALPHABET.len()])
        });
        prefix.chars().chain(letters).collect()
    }

    /// The pieces in which a text is streamed.
    pub(super) fn pieces(&self, text: &str) -> Vec<String> {
        let size = if self.reply.piece == 0 {
            4
        } else {
            self.reply.piece
        };
        let letters: Vec<char> = text.chars().collect();
        letters.chunks(size).map(|piece| piece.iter().collect()).collect()
    }

    /// The tokens of the request and of the answer, roughly.
    pub(super) fn tokens(&self) -> (usize, usize) {
        let said: usize = self.choices.iter().flatten().map(|part| plain(part).len()).sum();
        (self.request.to_string().len() / 4 + 1, said / 4 + 1)
    }

    /// The error of `fault` in the family's shape.
    pub(super) fn error(&self, fault: &Fault, status: u16) -> Value {
        let message = self.prompt.fill(&fault.message, 0, str::to_owned);
        match self.family {
            Family::OpenAi => {
                let (kind, code) = openai_error(status);
                json!({"error": {"message": message, "type": fault.kind.as_deref().unwrap_or(kind), "param": fault.param,
                    "code": fault.code.as_deref().or(code)}})
            }
            Family::Anthropic => json!({"type": "error",
                "error": {"type": fault.kind.as_deref().unwrap_or(anthropic_error(status)), "message": message},
                "request_id": self.id("req_011", 21, 9)}),
        }
    }
}

/// One server-sent event.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: Option<String>,
    pub(super) data: String,
}

impl Event {
    /// An event with only data (chat, completions).
    pub(super) fn data(data: &Value) -> Self {
        Self {
            name: None,
            data: data.to_string(),
        }
    }

    /// An event named by its data's `type` (Responses, Messages).
    pub(super) fn typed(data: &Value) -> Self {
        Self {
            name: data["type"].as_str().map(str::to_owned),
            data: data.to_string(),
        }
    }
}

/// What is sent back.
pub(super) enum Answer {
    Json(Value),
    /// `terminal` of the last events close the stream (left out by [`super::End::Silent`]).
    Events {
        events: Vec<Event>,
        terminal: usize,
    },
    Raw(String),
}

/// The events that `reply` lets through, with what `error` makes of its in-band error.
pub(super) fn shortened(
    exchange: &Exchange,
    mut events: Vec<Event>,
    terminal: usize,
    error: impl FnOnce(usize) -> Event,
) -> Vec<Event> {
    match exchange.reply.end {
        End::Silent => events.truncate(events.len().saturating_sub(terminal)),
        End::Error(after) => {
            events.truncate(after);
            events.push(error(after));
        }
        _ => {}
    }
    events
}

/// The text of a part, whatever it is.
pub(super) fn plain(part: &Part) -> &str {
    match part {
        Part::Text(text) | Part::Cited { text, .. } | Part::Thinking { text, .. } | Part::Refusal(text) => {
            text
        }
        Part::RedactedThinking(data) => data,
        Part::Tool { arguments, .. } => arguments,
        Part::CustomTool { input, .. } => input,
    }
}

fn filled(part: &Part, prompt: &Prompt, choice: usize) -> Part {
    let fill = |text: &str| prompt.fill(text, choice, str::to_owned);
    match part {
        Part::Text(text) => Part::Text(fill(text)),
        Part::Cited { text, quote } => Part::Cited {
            text: fill(text),
            quote: fill(quote),
        },
        Part::Thinking { text, signature } => Part::Thinking {
            text: fill(text),
            signature: signature.clone(),
        },
        Part::RedactedThinking(data) => Part::RedactedThinking(data.clone()),
        Part::Refusal(text) => Part::Refusal(fill(text)),
        Part::Tool { name, arguments } => Part::Tool {
            name: name.clone(),
            arguments: prompt.fill(arguments, choice, json_escaped),
        },
        Part::CustomTool { name, input } => Part::CustomTool {
            name: name.clone(),
            input: fill(input),
        },
    }
}

fn json_escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn openai_error(status: u16) -> (&'static str, Option<&'static str>) {
    match status {
        401 => ("invalid_request_error", Some("invalid_api_key")),
        429 => ("requests", Some("rate_limit_exceeded")),
        500.. => ("server_error", None),
        _ => ("invalid_request_error", None),
    }
}

fn anthropic_error(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}
