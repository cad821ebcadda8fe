//! The lines of each turn.

use std::collections::HashMap;
use std::fmt::Write as _;

use proxy_api::dangerous::{EndedTurn, MaskedTurn, Piece, Sight, Turn};
use uuid::Uuid;

use super::excerpt::{Side, line};
use super::known::Known;
use crate::style::{BAD, DIM, HEAD, NOTE, OFF, VALUE};
use crate::terminal::visible;

/// New placeholders of one turn, and texts of it: more than a screen of them is no summary.
const MOST_PLACEHOLDERS: usize = 16;
const MOST_TEXTS: usize = 6;
/// Turns that run at once; of more the first loses its number.
const MOST_RUNNING: usize = 4096;

/// What a screen knows while turns come and go.
#[derive(Default)]
pub(crate) struct Screen {
    known: Known,
    turns: u64,
    running: HashMap<Uuid, u64>,
}

impl Screen {
    pub(crate) fn render(&mut self, sight: &Sight) -> String {
        match sight {
            Sight::Masked(masked) => self.masked(masked),
            Sight::Ended(ended) => self.ended(ended),
        }
    }

    /// What to say when looks at turns did not fit.
    pub(crate) fn missed(&self, count: u64) -> String {
        match count {
            0 => String::new(),
            count => format!("{NOTE}({count} not shown: this terminal was too slow){OFF}\n"),
        }
    }

    fn number(&mut self, turn: &Turn) -> u64 {
        self.turns += 1;
        if self.running.len() >= MOST_RUNNING {
            self.running.clear();
        }
        self.running.insert(turn.id, self.turns);
        self.turns
    }

    fn masked(&mut self, masked: &MaskedTurn) -> String {
        let mut out = String::new();
        let number = self.number(&masked.turn);
        let messages = match masked.messages {
            1 => "1 message".to_owned(),
            count => format!("{count} messages"),
        };
        let model = if masked.model.is_empty() {
            "no model"
        } else {
            &masked.model
        };
        let _ = writeln!(
            out,
            "{HEAD}#{number}{OFF} {HEAD}{}{OFF}  {model}, {messages}",
            route(&masked.turn)
        );
        for (entity, path) in &masked.blocked {
            let _ = writeln!(
                out,
                "   {BAD}! {entity}{OFF} {DIM}at {path}, value not shown{OFF}"
            );
        }
        if masked.stays_local {
            let _ = writeln!(out, "   {NOTE}→ to the local upstream, unmasked{OFF}");
        }
        let is_quiet = !self.placeholders(masked, &mut out) & !self.texts(masked, &mut out);
        if is_quiet && masked.blocked.is_empty() && !masked.stays_local {
            let word = if masked.texts.is_empty() { "private" } else { "new" };
            let _ = writeln!(out, "   {DIM}→ nothing {word}{OFF}");
        }
        out
    }

    /// The placeholders that stand here for the first time, each with its value. Whether there are any.
    fn placeholders(&mut self, masked: &MaskedTurn, out: &mut String) -> bool {
        let pieces = masked.texts.iter().flat_map(|text| text.excerpt.expose_pieces());
        let mut new = Vec::new();
        for piece in pieces {
            if let Piece::Value { value, placeholder } = piece
                && self.known.is_new(placeholder)
            {
                new.push((placeholder.as_str(), value));
            }
        }
        let shown = &new[..new.len().min(MOST_PLACEHOLDERS)];
        let width = shown
            .iter()
            .map(|(placeholder, _)| placeholder.len())
            .max()
            .unwrap_or(0);
        for (placeholder, value) in shown {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(
                out,
                "   {DIM}+{OFF} {NOTE}{placeholder:width$}{OFF}  {VALUE}{}{OFF}",
                visible(&value)
            );
        }
        more(new.len() - shown.len(), "new placeholders", out);
        !new.is_empty()
    }

    /// Texts that were not shown before, as they leave. Whether there are any.
    fn texts(&mut self, masked: &MaskedTurn, out: &mut String) -> bool {
        let mut lines: Vec<String> = Vec::new();
        for text in &masked.texts {
            let line = line(&text.excerpt, Side::Provider);
            if self.known.is_new(&(text.scope, &line)) {
                lines.push(format!("   → {DIM}{}:{OFF} {line}", text.scope.replace('_', " ")));
            }
        }
        // The newest stand last.
        let hidden = lines.len().saturating_sub(MOST_TEXTS);
        more(hidden, "texts", out);
        for line in &lines[hidden..] {
            let _ = writeln!(out, "{line}");
        }
        !lines.is_empty()
    }

    fn ended(&mut self, ended: &EndedTurn) -> String {
        let mut out = String::new();
        let number = match self.running.remove(&ended.turn.id) {
            Some(number) => format!("{HEAD}#{number}{OFF}"),
            // It was refused before it was masked.
            None => {
                let number = self.number(&ended.turn);
                self.running.remove(&ended.turn.id);
                format!("{HEAD}#{number} {}{OFF} ", route(&ended.turn))
            }
        };
        let took = ended.took.as_secs_f64();
        let restored = match ended.restored {
            0 => String::new(),
            1 => ", 1 value restored".to_owned(),
            count => format!(", {count} values restored"),
        };
        let _ = match &ended.refusal {
            Some(refusal) => writeln!(out, "{number} {BAD}{}{OFF} {refusal}", ended.status),
            None if ended.outcome == "cancelled" => {
                writeln!(
                    out,
                    "{number} {NOTE}the caller left{OFF} after {took:.1} s{restored}"
                )
            }
            None if ended.status >= 400 => {
                writeln!(
                    out,
                    "{number} {BAD}{}{OFF} from the provider in {took:.1} s",
                    ended.status
                )
            }
            None => writeln!(
                out,
                "{number} {DIM}{} in {took:.1} s{restored}{OFF}",
                ended.status
            ),
        };
        for text in ended.texts.iter().take(MOST_TEXTS) {
            let _ = writeln!(out, "   ← {}", line(text, Side::Caller));
        }
        more(ended.texts.len().saturating_sub(MOST_TEXTS), "texts", &mut out);
        out
    }
}

fn route(turn: &Turn) -> String {
    format!("{}{}", turn.upstream, turn.path)
}

fn more(count: usize, what: &str, out: &mut String) {
    if count > 0 {
        let _ = writeln!(out, "   {DIM}… and {count} more {what}{OFF}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use proxy_api::dangerous::{Excerpt, MaskedText};

    use super::super::excerpt::tests::{excerpt, plain};
    use super::*;

    fn turn(id: u128) -> Arc<Turn> {
        Arc::new(Turn {
            id: Uuid::from_u128(id),
            upstream: "openai".into(),
            path: "/chat/completions".to_owned(),
        })
    }

    fn masked(id: u128, texts: &[&str]) -> Sight {
        let texts = texts.iter().map(|text| MaskedText {
            scope: "tool_output",
            is_newest: false,
            excerpt: excerpt(text),
        });
        Sight::Masked(MaskedTurn {
            turn: turn(id),
            model: "gpt-5".to_owned(),
            messages: 3,
            blocked: Vec::new(),
            texts: texts.collect(),
            stays_local: false,
        })
    }

    fn ended(id: u128, texts: Vec<Excerpt>) -> EndedTurn {
        EndedTurn {
            turn: turn(id),
            status: 200,
            outcome: "masked",
            refusal: None,
            took: Duration::from_millis(1234),
            restored: texts.len() as u64,
            texts,
        }
    }

    fn lines(text: &str) -> Vec<String> {
        plain(text).lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_turn_is_a_diff_of_what_is_new() {
        let mut screen = Screen::default();
        let first = lines(&screen.render(&masked(1, &["Dear [Ann Lee],"])));
        assert_eq!(first[0], "#1 openai/chat/completions  gpt-5, 3 messages");
        assert!(
            first[1].starts_with("   + <PERSON_") && first[1].ends_with(">  Ann Lee"),
            "{first:?}"
        );
        assert!(
            first[2].starts_with("   → tool output: Dear <PERSON_"),
            "{first:?}"
        );
        assert_eq!(first.len(), 3);
        // The history comes again; only the new text of the known person is news.
        let second = lines(&screen.render(&masked(2, &["Dear [Ann Lee],", "Tell [Ann Lee]."])));
        assert_eq!(second.len(), 2, "{second:?}");
        assert!(
            second[1].starts_with("   → tool output: Tell <PERSON_"),
            "{second:?}"
        );
        let third = lines(&screen.render(&masked(3, &["Dear [Ann Lee],"])));
        assert_eq!(third[1..], ["   → nothing new"]);
        let quiet = lines(&screen.render(&masked(4, &[])));
        assert_eq!(quiet[1..], ["   → nothing private"]);
        let end = ended(2, vec![excerpt("Hello [Ann Lee]!")]);
        let end = lines(&screen.render(&Sight::Ended(end)));
        assert_eq!(end, ["#2 200 in 1.2 s, 1 value restored", "   ← Hello Ann Lee!"]);
    }

    #[test]
    fn what_is_blocked_has_a_type_and_a_reason_and_no_value() {
        let mut screen = Screen::default();
        let Sight::Masked(mut blocked) = masked(1, &[]) else {
            unreachable!()
        };
        blocked.blocked = vec![("API_KEY".parse().unwrap(), "messages[].content".to_owned())];
        let shown = lines(&screen.render(&Sight::Masked(blocked)));
        assert_eq!(
            shown[1..],
            ["   ! API_KEY at messages[].content, value not shown"]
        );
        let mut refused = ended(1, Vec::new());
        (refused.status, refused.refusal) = (400, Some("It holds 1 API_KEY.".to_owned()));
        let shown = lines(&screen.render(&Sight::Ended(refused)));
        assert_eq!(shown, ["#1 400 It holds 1 API_KEY."]);
    }

    #[test]
    fn ends_without_a_beginning_and_lost_sights_are_told() {
        let mut screen = Screen::default();
        let mut refused = ended(1, Vec::new());
        (refused.status, refused.refusal) = (413, Some("Too large.".to_owned()));
        let shown = lines(&screen.render(&Sight::Ended(refused)));
        assert_eq!(shown, ["#1 openai/chat/completions  413 Too large."]);
        assert_eq!(screen.missed(0), "");
        assert!(screen.missed(3).contains("3 not shown"));
    }

    #[test]
    fn many_values_stay_a_summary() {
        let values: String = (0..50).map(|n| format!("[Person Number{n}] ")).collect();
        let texts: Vec<String> = (0..20).map(|n| format!("{values}{n}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let shown = lines(&Screen::default().render(&masked(1, &texts)));
        assert!(
            shown.len() <= 1 + MOST_PLACEHOLDERS + 1 + MOST_TEXTS + 1,
            "{}",
            shown.len()
        );
        assert!(
            shown
                .iter()
                .any(|line| line.ends_with("and 34 more new placeholders"))
        );
    }
}
