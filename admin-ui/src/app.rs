//! The console in the browser: what it shows is told by the control plane, and by nothing else.

#![expect(
    unreachable_pub,
    reason = "what `#[component]` makes of a component that only this crate uses"
)]

mod api;
mod chart;
mod feed;
mod frame;
mod icon;
mod screens;
mod state;
mod table;
mod widget;

use leptos::prelude::*;
use leptos_router::components::Router;

use self::state::Console;

/// Puts the console on the page.
pub fn start() {
    console_error_panic_hook::set_once();
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
    mount_to_body(|| view! { <Router><App/></Router> });
}

#[component]
fn App() -> impl IntoView {
    let console = Console::provide();
    move || {
        if console.is_signed_in.get() {
            view! { <frame::Frame/> }.into_any()
        } else if !console.is_known.get() {
            // Whoever has a session does not see the door.
            ().into_any()
        } else {
            view! { <screens::sign_in::SignIn/> }.into_any()
        }
    }
}
