//! Signing in: one card.

use admin_types::{Me, SignIn as Request, SignInMethods, SignedIn};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::KeyboardEvent;

use crate::app::api::{self, Failure, Sending};
use crate::app::icon::icon;
use crate::app::state::use_console;

#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let console = use_console();
    document().set_title("Sign in \u{b7} Bauta");
    // A control plane that does not say has a password.
    let methods = RwSignal::new(SignInMethods {
        password: true,
        oidc: false,
        has_operators: true,
    });
    spawn_local(async move {
        let with = Sending {
            is_background: true,
            ..Sending::default()
        };
        if let Ok(known) = api::get::<SignInMethods>(console, "/session/methods", with).await {
            // The screen may be gone by now.
            let _ = methods.try_set(known);
        }
    });
    let name = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let code = NodeRef::<html::Input>::new();
    let needs_code = RwSignal::new(false);
    let is_caps = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let text = |field: NodeRef<html::Input>| {
        field
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default()
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        let request = Request {
            username: text(name),
            password: text(password),
            totp: Some(text(code).replace(' ', "")).filter(|code| !code.is_empty()),
        };
        is_busy.set(true);
        spawn_local(async move {
            let answer = api::post::<SignedIn>(console, "POST", "/session", Some(&request)).await;
            is_busy.set(false);
            match answer {
                Ok(_) => match api::get::<Me>(console, "/session", Sending::default()).await {
                    Ok(me) => console.signed_in(me),
                    Err(failure) => problem.set(Some(failure.sentence())),
                },
                Err(failure) => {
                    refused(&failure, needs_code, problem, methods);
                    let field = if failure.code() == "totp_required" {
                        code
                    } else {
                        password
                    };
                    request_animation_frame(move || {
                        if let Some(field) = field.get_untracked() {
                            let _ = field.focus();
                            field.select();
                        }
                    });
                }
            }
        });
    };
    let caps = move |event: KeyboardEvent| is_caps.set(event.get_modifier_state("CapsLock"));
    Effect::new(move |_| {
        if let Some(name) = name.get() {
            let _ = name.focus();
        }
    });
    view! {
        <main class="gate">
            <div class="gate-card">
                <div class="gate-brand">
                    <svg class="brand-mark" viewBox="5 7 22 21" aria-hidden="true">
                        <path d="M7 9.500h18v3.600c0 6.200-3.400 10.600-9 12.900-5.600-2.300-9-6.700-9-12.900z" fill="currentColor"/>
                        <path class="brand-eyes" d="M10.500 14.200c1.200-1.500 3.400-1.500 4.600 0-1.200 1.200-3.400 1.200-4.600 0zm6.400 0c1.200-1.500 3.400-1.500 4.600 0-1.200 1.200-3.400 1.200-4.600 0z"/>
                    </svg>
                    <h1>"Sign in to Bauta"</h1>
                </div>
                {move || console.notice.get().map(|text| view! { <p class="gate-notice" role="status">{text}</p> })}
                <Show when=move || methods.get().has_operators fallback=NoOperator>
                    <Show when=move || methods.get().password>
                        <form on:submit=submit on:keydown=caps on:keyup=caps>
                            <label>"Name"
                                <input node_ref=name type="text" name="username" autocomplete="username" autocapitalize="none"
                                    spellcheck="false" required maxlength="64"/>
                            </label>
                            <label>"Password"
                                <input node_ref=password type="password" name="password" autocomplete="current-password" required
                                    maxlength="256" aria-describedby="caps"/>
                            </label>
                            <p id="caps" class="hint" aria-live="polite">
                                {move || is_caps.get().then_some("Caps lock is on.")}
                            </p>
                            <label class:is-gone=move || !needs_code.get()>"Code of the second factor"
                                <input node_ref=code type="text" name="totp" inputmode="numeric" autocomplete="one-time-code"
                                    maxlength="7" placeholder="123 456" class="mono"/>
                            </label>
                            {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
                            <button type="submit" class="button is-primary is-wide" aria-busy=move || is_busy.get().to_string()>
                                {move || if is_busy.get() { "Signing in" } else { "Sign in" }}
                            </button>
                        </form>
                    </Show>
                    <Show when=move || methods.get().oidc>
                        <a class="button is-wide" href="/api/v1/oidc/start" rel="external">"Sign in with your identity provider"</a>
                    </Show>
                </Show>
            </div>
            <p class="gate-foot">"This console shows what was masked, never what was said."</p>
        </main>
    }
}

fn refused(
    failure: &Failure,
    needs_code: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    methods: RwSignal<SignInMethods>,
) {
    match failure.code() {
        "totp_required" => {
            needs_code.set(true);
            problem.set(None);
        }
        "no_operator" => methods.update(|methods| methods.has_operators = false),
        _ => problem.set(Some(failure.sentence())),
    }
}

/// Nobody can sign in yet: the command that changes that.
#[component]
fn NoOperator() -> impl IntoView {
    view! {
        <div class="gate-none">
            <p>"There is no operator yet. Add the first one where the control plane runs; it asks for a password:"</p>
            <Command text="admin-api operator add NAME"/>
            <p>"With "<code>"bauta up"</code>":"</p>
            <Command text="bauta operator add NAME"/>
            <p class="hint">"In a container, run it inside that container. Then reload this page."</p>
            <button type="button" class="button is-wide" on:click=|_| { let _ = window().location().reload(); }>"Reload"</button>
        </div>
    }
}

/// A command to copy.
#[component]
pub(crate) fn Command(#[prop(into)] text: String) -> impl IntoView {
    let console = use_console();
    let copied = text.clone();
    let copy = move |_| {
        let _ = window().navigator().clipboard().write_text(&copied);
        console.say("Copied the command.");
    };
    view! {
        <div class="command">
            <pre><code>{text}</code></pre>
            <button type="button" class="button-icon" aria-label="Copy the command" title="Copy" on:click=copy>{icon("copy")}</button>
        </div>
    }
}
