//! Account: the password, the second factor, the session.

use admin_types::{Me, PasswordChange, TotpConfirmation, TotpEnrolment};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::operators::end_sessions;
use crate::app::api;
use crate::app::state::{ZONE, use_console};
use crate::app::widget::{Copy, Heading, Panel};
use crate::qr;
use crate::time;

#[component]
pub(crate) fn Account() -> impl IntoView {
    let console = use_console();
    let key = Memo::new(move |_| {
        console.me.with(|me| {
            me.as_ref()
                .map(|me| (me.id.clone(), me.has_password, me.has_totp))
        })
    });
    view! {
        <Heading title="Account"/>
        {move || {
            let (_, has_password, has_totp) = key.get()?;
            let me = console.me.get_untracked()?;
            Some(view! {
                <div class="columns-2 is-narrow">
                    <div class="stack">
                        <Session me=me/>
                        {has_password.then(|| view! { <Password/> })}
                    </div>
                    {has_password.then(|| view! { <SecondFactor has_totp=has_totp/> })}
                </div>
            })
        }}
    }
}

#[component]
fn Session(me: Me) -> impl IntoView {
    let console = use_console();
    let until = move |pick: fn(&Me) -> &String| {
        move || {
            console.me.with(|me| {
                me.as_ref()
                    .and_then(|me| time::parse(pick(me)))
                    .map(|at| time::in_list(at, console.now(), ZONE))
                    .unwrap_or_default()
            })
        }
    };
    let sign_out = move |_| {
        spawn_local(async move {
            match api::post::<()>(console, "DELETE", "/session", None::<&()>).await {
                Ok(_) => console.signed_out("You have signed out."),
                Err(failure) => console.say(failure.sentence()),
            }
        });
    };
    let id = me.id.clone();
    let end_all = move |_| {
        let id = id.clone();
        spawn_local(async move {
            match end_sessions(console, &id).await {
                Ok(_) => console.signed_out("All your sessions have ended."),
                Err(failure) => console.say(failure.sentence()),
            }
        });
    };
    view! {
        <Panel title="Session">
            <dl class="facts">
                <dt>"Name"</dt><dd>{me.operator}</dd>
                <dt>"Role"</dt><dd>{me.role.name()}</dd>
                <dt>"Ends without activity"</dt><dd>{until(|me| &me.expires_at)}</dd>
                <dt>"Ends at the latest"</dt><dd>{until(|me| &me.ends_at)}</dd>
                <dt>"Control plane"</dt><dd>{me.version}</dd>
            </dl>
            <div class="panel-foot">
                <button type="button" class="button" on:click=sign_out>"Sign out"</button>
                <button type="button" class="button is-quiet" on:click=end_all>"End all my sessions"</button>
            </div>
        </Panel>
    }
}

#[component]
fn Password() -> impl IntoView {
    let console = use_console();
    let current = NodeRef::<html::Input>::new();
    let new = NodeRef::<html::Input>::new();
    let again = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(None::<String>);
    let value = |field: NodeRef<html::Input>| {
        field
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default()
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if value(new) != value(again) {
            problem.set(Some("The two new passwords are not the same.".to_owned()));
            return;
        }
        let change = PasswordChange {
            current: value(current),
            new: value(new),
        };
        spawn_local(async move {
            match api::post::<()>(console, "PUT", "/session/password", Some(&change)).await {
                Ok(_) => console.signed_out("Your password is changed. Sign in with the new one."),
                Err(failure) => problem.set(Some(failure.sentence())),
            }
        });
    };
    view! {
        <Panel title="Password">
            <form on:submit=submit>
                <label>"Password until now"<input node_ref=current type="password" autocomplete="current-password" required maxlength="256"/></label>
                <label>"New password"<input node_ref=new type="password" autocomplete="new-password" required minlength="12" maxlength="256"/></label>
                <label>"New password again"<input node_ref=again type="password" autocomplete="new-password" required minlength="12" maxlength="256"/></label>
                <p class="hint">"12 characters at least. All your sessions end."</p>
                {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
                <div class="panel-foot"><button type="submit" class="button is-primary">"Change the password"</button></div>
            </form>
        </Panel>
    }
}

#[component]
fn SecondFactor(has_totp: bool) -> impl IntoView {
    let console = use_console();
    let password = NodeRef::<html::Input>::new();
    let code = NodeRef::<html::Input>::new();
    let enrolment = RwSignal::new(None::<TotpEnrolment>);
    let problem = RwSignal::new(None::<String>);
    let value = |field: NodeRef<html::Input>| {
        field
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default()
    };
    let send = move |method: &'static str, request: TotpConfirmation| {
        problem.set(None);
        spawn_local(async move {
            match api::post::<TotpEnrolment>(console, method, "/session/totp", Some(&request)).await {
                Ok(Some(answer)) if !answer.is_confirmed => enrolment.set(Some(answer)),
                Ok(_) => {
                    console.say(if method == "DELETE" {
                        "The second factor is removed."
                    } else {
                        "The second factor is asked for from now on."
                    });
                    console.ask_me(false);
                }
                Err(failure) => problem.set(Some(failure.sentence())),
            }
        });
    };
    let with_password = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = TotpConfirmation {
            password: Some(value(password)),
            code: None,
        };
        send(if has_totp { "DELETE" } else { "POST" }, request);
    };
    let with_code = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = value(code).replace(' ', "");
        send(
            "POST",
            TotpConfirmation {
                password: None,
                code: Some(code),
            },
        );
    };
    let told = move || {
        problem
            .get()
            .map(|text| view! { <p class="problem" role="alert">{text}</p> })
    };
    view! {
        <Panel title="Second factor">
            {move || match enrolment.get() {
                None => view! {
                    <p class="quiet">{if has_totp {
                        "On: a code of your authenticator is asked for at sign-in."
                    } else {
                        "Off: whoever knows your password can sign in. An authenticator app adds a code that changes every 30 seconds."
                    }}</p>
                    <form on:submit=with_password>
                        <label>"Your password"<input node_ref=password type="password" autocomplete="current-password" required maxlength="256"/></label>
                        {told}
                        <div class="panel-foot"><button type="submit" class="button" class:is-primary=!has_totp class:is-danger=has_totp>
                            {if has_totp { "Remove the second factor" } else { "Add a second factor" }}
                        </button></div>
                    </form>
                }.into_any(),
                Some(answer) => {
                    let secret = answer.secret.clone().unwrap_or_default();
                    let picture = answer.url.as_deref().and_then(qr::code).map(|(side, path)| view! {
                        <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label="QR code of the secret below">
                            <path d=path/>
                        </svg>
                    });
                    view! {
                        <p>"Scan this with your authenticator, or type the secret. It is shown once."</p>
                        <div class="qr-frame">{picture}</div>
                        <p class="secret"><span class="mono">{secret.clone()}</span><Copy text=secret what="the secret"/></p>
                        <form on:submit=with_code>
                            <label>"Code that it shows"<input node_ref=code type="text" inputmode="numeric" autocomplete="one-time-code" required maxlength="7" class="mono"/></label>
                            {told}
                            <div class="panel-foot"><button type="submit" class="button is-primary">"Confirm"</button></div>
                        </form>
                    }.into_any()
                }
            }}
        </Panel>
    }
}
