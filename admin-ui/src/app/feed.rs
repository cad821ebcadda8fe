//! Data of a screen: asked for when the address changes, again while it follows the time, and after a failure.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use web_sys::AbortController;

use super::api::{self, Failure, Sending};
use super::state::{Console, is_visible, use_console};

/// After this, waiting is said.
const SLOW: Duration = Duration::from_secs(4);
/// After this, waiting ends.
const PATIENCE: Duration = Duration::from_secs(25);
/// Nothing is asked for again sooner than this, in seconds.
const SOONEST: i64 = 5;

/// What is known.
pub(crate) struct Load<T> {
    pub(crate) data: Option<Arc<T>>,
    pub(crate) failure: Option<Failure>,
    /// The data is that of another address, whose own is on its way.
    pub(crate) is_old: bool,
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        Self {
            data: self.data.clone(),
            failure: self.failure.clone(),
            is_old: self.is_old,
        }
    }
}

pub(crate) struct Feed<T: 'static> {
    pub(crate) load: RwSignal<Load<T>>,
    asks: Asks,
}

impl<T> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Feed<T> {}

/// What is under way.
#[derive(Clone, Copy)]
struct Asks {
    generation: StoredValue<u64>,
    last_beat: StoredValue<i64>,
    failures: StoredValue<u32>,
    controller: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Asks {
    fn stop(self) {
        // The screen may be gone, and what it stored with it.
        let _ = self.generation.try_update_value(|generation| *generation += 1);
        let controller = self.controller.try_update_value(Option::take);
        if let Some(controller) = controller.flatten() {
            controller.abort();
        }
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Feed<T> {
    /// Asks for what `path` says: it reads signals, and is given the time. With `every`, it asks again after so many seconds
    /// as long as the range follows the time.
    pub(crate) fn new(
        path: impl Fn(Console) -> Option<String> + Clone + 'static,
        every: impl Fn(Console) -> Option<i64> + 'static,
    ) -> Self {
        let console = use_console();
        let feed = Self {
            load: RwSignal::new(Load {
                data: None,
                failure: None,
                is_old: false,
            }),
            asks: Asks {
                generation: StoredValue::new(0),
                last_beat: StoredValue::new(0),
                failures: StoredValue::new(0),
                controller: StoredValue::new_local(None),
            },
        };
        let asked = path.clone();
        Effect::new(move |_| {
            console.again.track();
            let Some(path) = asked(console) else { return };
            feed.load.update(|load| load.is_old = load.data.is_some());
            feed.ask(console, path, false);
        });
        Effect::new(move |_| {
            let beat = console.beat.get();
            let waited = beat - feed.asks.last_beat.get_value();
            let failures = feed.asks.failures.get_value();
            let wait = if failures > 0 {
                Some(SOONEST << failures.min(4).saturating_sub(1))
            } else if console.is_paused.get() {
                None
            } else {
                every(console).map(|seconds| seconds.max(SOONEST))
            };
            if wait.is_some_and(|wait| waited >= wait)
                && is_visible()
                && let Some(path) = untrack(|| path(console))
            {
                feed.ask(console, path, true);
            }
        });
        on_cleanup(move || feed.asks.stop());
        feed
    }

    fn ask(self, console: Console, path: String, is_background: bool) {
        let asks = self.asks;
        asks.stop();
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        asks.controller.set_value(controller);
        asks.last_beat.set_value(console.beat.get_untracked());
        let generation = asks.generation.get_value();
        let is_current = move || asks.generation.try_get_value() == Some(generation);
        set_timeout(
            move || {
                if is_current() {
                    console.freshness.update(|freshness| freshness.is_slow = true);
                }
            },
            SLOW,
        );
        let patience = asks.controller;
        set_timeout(
            move || {
                if is_current() {
                    let controller = patience.try_update_value(Option::take);
                    if let Some(controller) = controller.flatten() {
                        controller.abort();
                    }
                }
            },
            PATIENCE,
        );
        spawn_local(async move {
            let with = Sending {
                signal,
                is_background,
                ..Sending::default()
            };
            let answer = api::get::<T>(console, &path, with).await;
            if !is_current() {
                return;
            }
            // Whatever waited for this is not slow any more.
            asks.generation.update_value(|generation| *generation += 1);
            let answer = match answer {
                Err(Failure::Aborted) => Err(Failure::Unreachable),
                other => other,
            };
            let now = console.now();
            match answer {
                Ok(data) => {
                    asks.failures.set_value(0);
                    console.freshness.update(|freshness| {
                        freshness.at = Some(now);
                        freshness.problem = None;
                        freshness.is_slow = false;
                    });
                    self.load.set(Load {
                        data: Some(Arc::new(data)),
                        failure: None,
                        is_old: false,
                    });
                }
                Err(failure) => {
                    // What is refused stays refused; what does not answer is asked again.
                    let is_final = matches!(&failure, Failure::Problem(problem) if problem.status < 500);
                    asks.failures
                        .update_value(|failures| *failures = if is_final { 0 } else { *failures + 1 });
                    console.freshness.update(|freshness| {
                        freshness.problem = Some(failure.sentence());
                        freshness.is_slow = false;
                    });
                    self.load.update(|load| {
                        load.failure = Some(failure);
                        load.is_old = false;
                    });
                }
            }
        });
    }
}

/// The usual pace: the shorter the range, the sooner.
pub(crate) fn pace(console: Console) -> Option<i64> {
    let range = console.view.with(|view| view.range);
    if !range.follows() {
        return None;
    }
    let (from, to) = range.window(0);
    Some(match to - from {
        short if short <= crate::time::HOUR => 5,
        day if day <= crate::time::DAY => 10,
        _ => 30,
    })
}
