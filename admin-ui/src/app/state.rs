//! What all screens share: who is signed in, what the address says, the clock, and how fresh the data is.

use std::time::Duration;

use admin_types::Me;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::api::{self, Sending};
use crate::time::{self, Zone};
use crate::url_state::UrlState;

/// A foreground request tells the control plane that somebody is here, at most this often.
const TOLD: f64 = 4.0 * 60_000.0;
/// Who is signed in, and until when, is asked for this often.
const ASKED: i64 = 60;
/// Warned so long before the session ends, in milliseconds.
pub(crate) const WARNED: i64 = 60_000;

/// How fresh what is shown is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Freshness {
    /// When the last answer came.
    pub(crate) at: Option<i64>,
    /// The last request failed.
    pub(crate) problem: Option<String>,
    /// A request has been on its way for long.
    pub(crate) is_slow: bool,
}

type Go = Box<dyn Fn(&str, NavigateOptions)>;

#[derive(Clone, Copy)]
pub(crate) struct Console {
    pub(crate) is_signed_in: RwSignal<bool>,
    pub(crate) me: RwSignal<Option<Me>>,
    /// Said at sign-in.
    pub(crate) notice: RwSignal<Option<String>>,
    /// A session was looked for.
    pub(crate) is_known: RwSignal<bool>,
    pub(crate) url: Memo<UrlState>,
    /// The same without what is open: what data depends on.
    pub(crate) view: Memo<UrlState>,
    pub(crate) path: Memo<String>,
    /// Counts seconds while the page is visible.
    pub(crate) beat: RwSignal<i64>,
    pub(crate) freshness: RwSignal<Freshness>,
    pub(crate) is_paused: RwSignal<bool>,
    /// Counted up to ask for everything again.
    pub(crate) again: RwSignal<u32>,
    /// A sentence for screen readers, and at the foot of the page for a while.
    pub(crate) said: RwSignal<Option<String>>,
    /// How far the control plane's clock is ahead of ours.
    skew: StoredValue<f64>,
    active_at: StoredValue<f64>,
    told_at: StoredValue<f64>,
    go: StoredValue<Go, LocalStorage>,
}

pub(crate) fn use_console() -> Console {
    expect_context::<Console>()
}

/// The viewer's zone.
pub(crate) const ZONE: Zone = Zone(|at| {
    let offset = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at as f64)).get_timezone_offset();
    -(offset as i64)
});

pub(crate) fn is_visible() -> bool {
    !document().hidden()
}

impl Console {
    pub(crate) fn provide() -> Self {
        let location = use_location();
        let (search, pathname) = (location.search, location.pathname);
        let navigate = use_navigate();
        let url = Memo::new(move |_| UrlState::of_query(&search.get()));
        let console = Self {
            is_signed_in: RwSignal::new(false),
            me: RwSignal::new(None),
            notice: RwSignal::new(None),
            is_known: RwSignal::new(false),
            url,
            view: Memo::new(move |_| url.get().opened(None)),
            path: Memo::new(move |_| pathname.get()),
            beat: RwSignal::new(0),
            freshness: RwSignal::new(Freshness::default()),
            is_paused: RwSignal::new(false),
            again: RwSignal::new(0),
            said: RwSignal::new(None),
            skew: StoredValue::new(0.0),
            active_at: StoredValue::new(js_sys::Date::now()),
            told_at: StoredValue::new(js_sys::Date::now()),
            go: StoredValue::new_local(Box::new(navigate)),
        };
        provide_context(console);
        console.look_for_session();
        set_interval(
            move || {
                if is_visible() {
                    console.beat.update(|beat| *beat += 1);
                    console.each_second();
                }
            },
            Duration::from_secs(1),
        );
        for name in ["pointerdown", "keydown"] {
            window_event_listener_untyped(name, move |_| console.active_at.set_value(js_sys::Date::now()));
        }
        console
    }

    /// Now, by the control plane's clock.
    pub(crate) fn now(self) -> i64 {
        (js_sys::Date::now() + self.skew.get_value()) as i64
    }

    /// Now, again each second.
    pub(crate) fn ticking(self) -> i64 {
        self.beat.track();
        self.now()
    }

    pub(crate) fn server_said(self, at: f64) {
        // The header has whole seconds: what differs by less is not known to differ.
        let skew = at + 500.0 - js_sys::Date::now();
        if skew.is_finite() && (skew - self.skew.get_value()).abs() > 2500.0 {
            self.skew.set_value(skew);
        }
    }

    pub(crate) fn was_active(self) {
        self.told_at.set_value(js_sys::Date::now());
    }

    /// Goes to another address of the console.
    pub(crate) fn go(self, address: &str) {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        self.go.with_value(|go| go(address, options));
    }

    /// Changes what the address says, on the same screen.
    pub(crate) fn set_url(self, state: &UrlState) {
        let path = self.path.get_untracked();
        self.go(&format!("{path}{}", state.query()));
    }

    /// The address of a screen with the range and the filters as they are.
    pub(crate) fn to(self, path: &str) -> String {
        format!("{path}{}", self.view.get().query())
    }

    pub(crate) fn say(self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        self.said.set(Some(sentence.clone()));
        set_timeout(
            move || {
                if self.said.get_untracked().as_ref() == Some(&sentence) {
                    self.said.set(None);
                }
            },
            Duration::from_secs(5),
        );
    }

    pub(crate) fn signed_in(self, me: Me) {
        self.me.set(Some(me));
        self.notice.set(None);
        self.freshness.set(Freshness::default());
        self.is_signed_in.set(true);
    }

    pub(crate) fn signed_out(self, notice: &str) {
        self.notice.set(Some(notice.to_owned()));
        self.is_signed_in.set(false);
        self.me.set(None);
    }

    pub(crate) fn is_admin(self) -> bool {
        self.me
            .with(|me| me.as_ref().is_some_and(|me| me.role == admin_types::Role::Admin))
    }

    /// When the session ends if nobody does anything.
    pub(crate) fn ends_in(self) -> Option<i64> {
        let end = self
            .me
            .with(|me| me.as_ref().and_then(|me| time::parse(&me.expires_at)))?;
        Some(end - self.ticking())
    }

    /// Asks who is signed in; as somebody who is here, or by itself.
    pub(crate) fn ask_me(self, is_background: bool) {
        spawn_local(async move {
            let with = Sending {
                is_background,
                ..Sending::default()
            };
            if let Ok(me) = api::get::<Me>(self, "/session", with).await
                && self.is_signed_in.get_untracked()
            {
                self.me.set(Some(me));
            }
        });
    }

    fn look_for_session(self) {
        spawn_local(async move {
            let with = Sending {
                is_background: true,
                ..Sending::default()
            };
            match api::get::<Me>(self, "/session", with).await {
                Ok(me) => self.signed_in(me),
                Err(api::Failure::Problem(_)) => {}
                Err(failure) => self.notice.set(Some(failure.sentence())),
            }
            self.is_known.set(true);
        });
    }

    fn each_second(self) {
        if !self.is_signed_in.get_untracked() {
            return;
        }
        let now = js_sys::Date::now();
        // Somebody reads and clicks without asking for anything: the session is in use.
        let is_active = self.active_at.get_value() > self.told_at.get_value();
        if is_active && now - self.told_at.get_value() > TOLD {
            self.ask_me(false);
            return;
        }
        let left = untrack(|| self.ends_in());
        let is_over = left.is_some_and(|left| left < 0);
        if self.beat.get_untracked() % ASKED == 0 || is_over && self.beat.get_untracked() % 5 == 0 {
            self.ask_me(true);
        }
    }
}
