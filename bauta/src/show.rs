//! `bauta up --show`: writes turns with their private values to this terminal, and nowhere else.

pub(crate) mod excerpt;
mod known;
mod screen;

use std::io::Write as _;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::{Result, bail};
use proxy_api::dangerous::{Onlooker, Sights, onlooker};

use self::screen::Screen;
use crate::terminal;

/// What is written when the gateway stops has so long: the terminal may be stopped itself.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The thread that writes.
pub(crate) struct Writer {
    done: Receiver<()>,
}

/// Starts to write what the onlooker is shown.
///
/// # Errors
/// When standard output is no terminal: what is shown must not come into a file or another program.
pub(crate) fn start() -> Result<(Onlooker, Writer)> {
    if !terminal::is_watched() {
        bail!(
            "--show prints private values, so it writes to a terminal only, and standard output is none. Leave --show out \
             here, or run it where the output is not redirected"
        );
    }
    let (onlooker, sights) = onlooker();
    let (ends, done) = sync_channel(1);
    std::thread::Builder::new()
        .name("show".to_owned())
        .spawn(move || {
            write(sights);
            let _ = ends.send(());
        })?;
    Ok((onlooker, Writer { done }))
}

impl Writer {
    /// Waits a little for what is left to write.
    pub(crate) fn finish(self) {
        let _ = self.done.recv_timeout(LAST_WORDS);
    }
}

/// Only this thread waits for the terminal; turns never do.
fn write(mut sights: Sights) {
    let mut screen = Screen::default();
    while let Some(sight) = sights.wait_for_next() {
        let mut text = screen.render(&sight);
        drop(sight);
        text.push_str(&screen.missed(sights.missed()));
        // Nobody is left to tell when the terminal is gone.
        let _ = anstream::stdout().write_all(text.as_bytes());
    }
}
