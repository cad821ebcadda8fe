//! A conversation: its history, and both sides of each turn on the screen.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Result;
use proxy_api::dangerous::{EndedTurn, MaskedTurn, Sight, Sights};
use uuid::Uuid;

use super::api::{self, Role};
use super::call::{Answer, Caller};
use super::gateway::Gateway;
use super::provider::Provider;
use crate::show::excerpt::{Side, whole};
use crate::style::{DIM, HEAD, OFF};
use crate::terminal::{self, visible};

/// How long the end of a turn may come after the end of its answer; both come from this process.
const END_AFTER: Duration = Duration::from_secs(2);

/// A conversation with a provider.
pub(crate) struct Talk {
    provider: Provider,
    caller: Caller,
    gateway: Gateway,
    system: Option<String>,
    history: Vec<(Role, String)>,
}

impl Talk {
    pub(crate) fn new(provider: Provider, gateway: Gateway, system: Option<&str>) -> Self {
        Self {
            caller: Caller::new(&gateway.url, &provider),
            provider,
            gateway,
            system: system.map(str::to_owned),
            history: Vec::new(),
        }
    }

    /// Whom it is with.
    pub(crate) fn with(&self) -> String {
        format!("{} ({})", self.provider.name, self.provider.model)
    }

    /// What it goes through.
    pub(crate) fn through(&self) -> String {
        self.gateway.name()
    }

    /// Says something, and writes the answer as it comes. What was not answered is not part of the history.
    ///
    /// # Errors
    /// When there is no answer, or none to its end.
    pub(crate) async fn say(&mut self, text: &str) -> Result<()> {
        self.history.push((Role::User, text.to_owned()));
        let answered = tokio::select! {
            answered = self.turn() => answered,
            _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("stopped; it is as if you had not said that")),
        };
        match answered {
            Ok(answer) => {
                self.history.push((Role::Assistant, answer));
                Ok(())
            }
            Err(error) => {
                self.history.pop();
                Err(error)
            }
        }
    }

    async fn turn(&mut self) -> Result<String> {
        let Provider { api, model, .. } = &self.provider;
        let body = api::request(*api, model, self.system.as_deref(), &self.history);
        let sights = &mut self.gateway.sights;
        let mut asking = std::pin::pin!(self.caller.ask(&self.provider, &body));
        let mut turn = None;
        let asked = loop {
            tokio::select! {
                biased;
                Some(sight) = next(sights), if turn.is_none() => turn = sent(&sight),
                asked = &mut asking => break asked,
            }
        };
        // It was masked before it was answered, and may have been seen since the last look.
        while turn.is_none()
            && let Some(sight) = sights.as_mut().and_then(Sights::try_next)
        {
            turn = sent(&sight);
        }
        let answer = write(asked?, &self.provider.name).await?;
        if let Some(turn) = turn
            && let Some(ended) = ended(sights, turn).await
        {
            print_received(&ended);
        }
        Ok(answer)
    }
}

/// Shows what leaves; of which turn. Others are the end of a turn that was stopped.
fn sent(sight: &Sight) -> Option<Uuid> {
    let Sight::Masked(masked) = sight else {
        return None;
    };
    print_sent(masked);
    Some(masked.turn.id)
}

/// Waits for ever where nothing is seen.
async fn next(sights: &mut Option<Sights>) -> Option<Sight> {
    match sights {
        Some(sights) => sights.next().await,
        None => std::future::pending().await,
    }
}

async fn ended(sights: &mut Option<Sights>, turn: Uuid) -> Option<EndedTurn> {
    let end = async {
        loop {
            match next(sights).await {
                Some(Sight::Ended(ended)) if ended.turn.id == turn => return Some(ended),
                Some(_) => {}
                None => return None,
            }
        }
    };
    tokio::time::timeout(END_AFTER, end).await.unwrap_or_default()
}

/// Writes an answer as it comes, and gives all of it.
async fn write(mut answer: Answer, name: &str) -> Result<String> {
    let is_watched = terminal::is_watched();
    let mut all = String::new();
    let mut out = anstream::stdout();
    while let Some(piece) = answer.next().await? {
        if !is_watched {
            std::io::stdout().write_all(piece.as_bytes())?;
        } else {
            if all.is_empty() {
                write!(out, "{HEAD}{name}>{OFF} ")?;
            }
            write!(out, "{}", visible(&piece))?;
        }
        std::io::stdout().flush()?;
        all.push_str(&piece);
    }
    if !all.ends_with('\n') {
        writeln!(out)?;
    }
    Ok(all)
}

/// What left of the last message. On standard error, so that a pipe gets the answer alone.
fn print_sent(masked: &MaskedTurn) {
    let newest: Vec<_> = masked.texts.iter().filter(|text| text.is_newest).collect();
    for text in &newest {
        aside("→", &whole(&text.excerpt, Side::Provider));
    }
    if masked.stays_local {
        aside("→", "to the local upstream, unmasked");
    } else if newest.is_empty() && masked.blocked.is_empty() {
        let unchanged = format!("{DIM}as you wrote it: nothing private was found{OFF}");
        aside("→", &unchanged);
    }
}

/// What the provider wrote where it used placeholders.
fn print_received(ended: &EndedTurn) {
    for text in &ended.texts {
        aside("←", &whole(text, Side::Provider));
    }
}

fn aside(arrow: &str, text: &str) {
    let text = text.trim_end().replace('\n', "\n    ");
    anstream::eprintln!("  {DIM}{arrow}{OFF} {text}");
}
