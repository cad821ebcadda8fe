//! Around every screen: where to go, which time and what it shows, and how fresh it is.

mod filters;
mod range;

use leptos::html;
use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::path;
use web_sys::KeyboardEvent;

use self::filters::FilterBar;
use self::range::RangePicker;
use super::api::Failure;
use super::icon::icon;
use super::screens::{access_log, account, callers, detections, events, fleet, operators, overview};
use super::state::{Console, WARNED, use_console};
use super::table::{is_typing, step_row};
use crate::time;

/// Path, letter after `g`, icon, name, only for admins.
const SCREENS: [(&str, &str, &str, &str, bool); 7] = [
    ("/", "o", "overview", "Overview", false),
    ("/events", "e", "events", "Events", false),
    ("/detections", "d", "detections", "Detections", false),
    ("/callers", "c", "callers", "Callers", false),
    ("/fleet", "f", "fleet", "Fleet", false),
    ("/access-log", "a", "access", "Access log", true),
    ("/operators", "p", "operators", "Operators", true),
];

/// Screens whose data is of the range and the filters.
fn has_range(path: &str) -> bool {
    matches!(path, "/" | "/events" | "/detections" | "/callers")
}

#[component]
pub(crate) fn Frame() -> impl IntoView {
    let console = use_console();
    let is_menu_open = RwSignal::new(false);
    let is_help_open = RwSignal::new(false);
    Effect::new(move |_| {
        console.path.track();
        is_menu_open.set(false);
    });
    keyboard(console, is_help_open);
    let title = move || {
        let path = console.path.get();
        let found = SCREENS.iter().find(|screen| screen.0 == path);
        found.map_or("Account", |screen| screen.3)
    };
    Effect::new(move |_| document().set_title(&format!("{} \u{b7} Bauta", title())));
    view! {
        <a class="skip" href="#main" on:click=|event| {
            // The address is the console's state: it stays as it is.
            event.prevent_default();
            if let Some(main) = document().get_element_by_id("main") {
                use wasm_bindgen::JsCast as _;
                let _ = main.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        }>"Skip to content"</a>
        <div class="frame" class:is-menu-open=move || is_menu_open.get()>
            <Sidebar/>
            <div class="scrim" on:click=move |_| is_menu_open.set(false)></div>
            <div class="stage">
                <header class="topbar">
                    <button type="button" class="button-icon menu-button" aria-label="Menu"
                        aria-expanded=move || is_menu_open.get().to_string()
                        on:click=move |_| is_menu_open.update(|is| *is = !*is)>{icon("menu")}</button>
                    <Show when=move || has_range(&console.path.get())
                        fallback=move || view! { <p class="topbar-title">{title}</p> }>
                        <RangePicker/>
                        <FilterBar/>
                    </Show>
                    <Show when=move || console.path.get() != "/account"><Freshness/></Show>
                </header>
                <LeftOut/>
                <SessionEnds/>
                <main id="main" tabindex="-1">
                    <Routes fallback=Nowhere>
                        <Route path=path!("/") view=overview::Overview/>
                        <Route path=path!("/events") view=events::Events/>
                        <Route path=path!("/detections") view=detections::Detections/>
                        <Route path=path!("/callers") view=callers::Callers/>
                        <Route path=path!("/fleet") view=fleet::Fleet/>
                        <Route path=path!("/access-log") view=access_log::AccessLog/>
                        <Route path=path!("/operators") view=operators::Operators/>
                        <Route path=path!("/account") view=account::Account/>
                    </Routes>
                </main>
            </div>
        </div>
        <Help is_open=is_help_open/>
        <div class="toast" role="status" aria-live="polite" class:is-shown=move || console.said.with(Option::is_some)>
            {move || console.said.get()}
        </div>
    }
}

#[component]
fn Nowhere() -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">"There is no such screen"</p>
            <p><a class="link" href="/">"Go to the overview"</a></p>
        </div>
    }
}

#[component]
fn Sidebar() -> impl IntoView {
    let console = use_console();
    let entry = move |(path, letter, name, text, _): (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        bool,
    )| {
        let is_here = move || console.path.get() == path;
        view! {
            <li>
                <a class="nav" href=move || console.to(path) title=format!("{text} (g {letter})")
                    aria-current=move || is_here().then_some("page")>
                    {icon(name)}<span class="nav-text">{text}</span>
                </a>
            </li>
        }
    };
    let all = move || {
        SCREENS
            .into_iter()
            .filter(|screen| !screen.4)
            .map(entry)
            .collect_view()
    };
    let own = move || {
        console.is_admin().then(|| {
            view! { <ul class="nav-list nav-admin">{SCREENS.into_iter().filter(|screen| screen.4).map(entry).collect_view()}</ul> }
        })
    };
    let is_account = move || console.path.get() == "/account";
    let me = move || {
        console
            .me
            .with(|me| me.as_ref().map(|me| me.operator.clone()).unwrap_or_default())
    };
    let role = move || {
        console
            .me
            .with(|me| me.as_ref().map(|me| me.role.name()).unwrap_or_default())
    };
    let version = move || {
        console.me.with(|me| {
            me.as_ref()
                .map(|me| format!("Bauta {}", me.version))
                .unwrap_or_default()
        })
    };
    view! {
        <nav class="sidebar" aria-label="Screens">
            <a class="brand" href=move || console.to("/") aria-label="Bauta, overview">
                <svg class="brand-mark" viewBox="5 7 22 21" aria-hidden="true">
                    <path d="M7 9.500h18v3.600c0 6.200-3.400 10.600-9 12.900-5.600-2.300-9-6.700-9-12.900z" fill="currentColor"/>
                    <path class="brand-eyes" d="M10.500 14.200c1.200-1.500 3.400-1.500 4.600 0-1.200 1.200-3.400 1.200-4.600 0zm6.400 0c1.200-1.500 3.400-1.500 4.600 0-1.200 1.200-3.400 1.200-4.600 0z"/>
                </svg>
                <span class="nav-text">"Bauta"</span>
            </a>
            <ul class="nav-list">{all}</ul>
            {own}
            <div class="sidebar-foot">
                <a class="nav" href=move || console.to("/account") title="Account" aria-current=move || is_account().then_some("page")>
                    {icon("account")}
                    <span class="nav-text nav-me"><span class="nav-name">{me}</span><span class="nav-role">{role}</span></span>
                </a>
                <ThemeSwitch/>
                <p class="version nav-text">{version}</p>
            </div>
        </nav>
    }
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let storage = || window().local_storage().ok().flatten();
    let stored = storage().and_then(|storage| storage.get_item("theme").ok().flatten());
    let theme = RwSignal::new(match stored.as_deref() {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "system",
    });
    let choose = move |name: &'static str| {
        theme.set(name);
        let Some(root) = document().document_element() else {
            return;
        };
        if name == "system" {
            let _ = root.remove_attribute("data-theme");
            let _ = storage().map(|storage| storage.remove_item("theme"));
        } else {
            let _ = root.set_attribute("data-theme", name);
            let _ = storage().map(|storage| storage.set_item("theme", name));
        }
    };
    let next = move |_| {
        choose(match theme.get() {
            "system" => "light",
            "light" => "dark",
            _ => "system",
        });
    };
    view! {
        <button type="button" class="nav nav-button" on:click=next title="System, light or dark">
            {icon("theme")}<span class="nav-text">"Theme: "{move || theme.get()}</span>
        </button>
    }
}

/// How fresh the data is, and what to do when it is not.
#[component]
fn Freshness() -> impl IntoView {
    let console = use_console();
    let state = move || {
        let freshness = console.freshness.get();
        let age = freshness.at.map(|at| console.ticking() - at);
        if let Some(problem) = &freshness.problem {
            let is_away = *problem == Failure::Unreachable.sentence();
            (
                "is-bad",
                if is_away { "Not reachable" } else { "Not loaded" }.to_owned(),
            )
        } else if freshness.is_slow {
            ("is-slow", "Waiting for the answer".to_owned())
        } else if console.is_paused.get() {
            ("is-paused", "Paused".to_owned())
        } else {
            match age {
                None => ("", "Loading".to_owned()),
                Some(age) if age < 2 * time::SECOND => ("is-good", "Now".to_owned()),
                Some(age) => ("is-good", format!("{} ago", time::length(age))),
            }
        }
    };
    let problem = move || console.freshness.with(|freshness| freshness.problem.clone());
    let toggle = move |_| {
        if problem().is_some() {
            console.again.update(|n| *n += 1);
        } else {
            console.is_paused.update(|is| *is = !*is);
        }
    };
    let action = move || {
        if problem().is_some() {
            "Try again"
        } else if console.is_paused.get() {
            "Go on"
        } else {
            "Pause"
        }
    };
    view! {
        <div class=move || format!("freshness {}", state().0)>
            <span class="freshness-text" title=problem><span class="dot" aria-hidden="true"></span>{move || state().1}</span>
            <button type="button" class="button-icon" title=action aria-label=action on:click=toggle>
                {move || if problem().is_some() || console.is_paused.get() { icon("play") } else { icon("pause") }}
            </button>
        </div>
    }
}

/// What the address says and nobody understands.
#[component]
fn LeftOut() -> impl IntoView {
    let console = use_console();
    let left_out = Memo::new(move |_| console.url.with(|url| url.left_out.clone()));
    move || {
        let parts = left_out.get();
        (!parts.is_empty()).then(|| {
            view! {
                <div class="banner" role="status">
                    <p>"This address says something that is not known here and was left out: "
                        <span class="mono">{parts.join(", ")}</span></p>
                    <button type="button" class="button" on:click=move |_| console.set_url(&console.url.get_untracked())>"Remove it"</button>
                </div>
            }
        })
    }
}

/// Said a minute before.
#[component]
fn SessionEnds() -> impl IntoView {
    let console = use_console();
    let left = move || console.ends_in().filter(|left| *left < WARNED);
    move || {
        left().map(|left| {
            view! {
                <div class="banner is-warning" role="alert">
                    <p>{format!("Nobody was active for long: you will be signed out in {}.", time::length(left))}</p>
                    <button type="button" class="button" on:click=move |_| console.ask_me(false)>"Stay signed in"</button>
                </div>
            }
        })
    }
}

const KEYS: [(&str, &str); 9] = [
    ("/", "Add a filter"),
    ("t", "Choose the time range"),
    ("g then o e d c f", "Overview, Events, Detections, Callers, Fleet"),
    ("g then a p u", "Access log, Operators, Account"),
    ("j k", "Next and previous row"),
    ("Enter", "Open the row"),
    ("Esc", "Close"),
    ("p", "Pause and go on"),
    ("?", "This list"),
];

#[component]
fn Help(is_open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if is_open.get() {
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    view! {
        <dialog class="dialog" node_ref=dialog aria-label="Keys" on:close=move |_| is_open.set(false)>
            <header class="dialog-head">
                <h2>"Keys"</h2>
                <button type="button" class="button-icon" aria-label="Close" on:click=move |_| is_open.set(false)>{icon("close")}</button>
            </header>
            <dl class="keys">
                {KEYS.into_iter().map(|(keys, what)| view! {
                    <dt>{keys.split(' ').map(|key| if key == "then" {
                        view! { <span class="then">"then"</span> }.into_any()
                    } else {
                        view! { <kbd>{key}</kbd> }.into_any()
                    }).collect_view()}</dt>
                    <dd>{what}</dd>
                }).collect_view()}
            </dl>
        </dialog>
    }
}

fn keyboard(console: Console, is_help_open: RwSignal<bool>) {
    let after_g = StoredValue::new(false);
    let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || is_typing(&event)
            || event.default_prevented()
        {
            return;
        }
        let key = event.key();
        if after_g.get_value() {
            after_g.set_value(false);
            let to = SCREENS
                .iter()
                .find(|screen| screen.1 == key && (!screen.4 || untrack(|| console.is_admin())));
            let path = to.map(|screen| screen.0).or((key == "u").then_some("/account"));
            if let Some(path) = path {
                event.prevent_default();
                console.go(&untrack(|| console.to(path)));
            }
            return;
        }
        match key.as_str() {
            "g" => after_g.set_value(true),
            "j" => step_row(1),
            "k" => step_row(-1),
            "p" => console.is_paused.update(|is| *is = !*is),
            "?" => is_help_open.set(true),
            "/" => click("filter-add"),
            "t" => click("range-open"),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

fn click(id: &str) {
    use wasm_bindgen::JsCast as _;
    if let Some(element) = document().get_element_by_id(id) {
        element.unchecked_into::<web_sys::HtmlElement>().click();
    }
}
