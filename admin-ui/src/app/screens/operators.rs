//! Operators: who may sign in, and as what.

use std::sync::Arc;

use admin_types::{EndedSessions, NewOperator, OperatorChange, OperatorItem, Page, Role};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::api;
use crate::app::feed::Feed;
use crate::app::icon::icon;
use crate::app::state::{Console, ZONE, use_console};
use crate::app::widget::{At, Heading, Loaded, bones};
use crate::time;

const ROLES: [(Role, &str); 3] = [
    (Role::Auditor, "Auditor: reads"),
    (Role::Operator, "Operator: reads, ends its own sessions"),
    (Role::Admin, "Admin: manages operators, sees the access log"),
];

#[component]
pub(crate) fn Operators() -> impl IntoView {
    let feed = Feed::<Page<OperatorItem>>::new(|_| Some("/operators?limit=500".to_owned()), |_| Some(60));
    let is_adding = RwSignal::new(false);
    view! {
        <Heading title="Operators" lead="Who may sign in here. Changes end the sessions of whom they are about.">
            <button type="button" class="button is-primary" on:click=move |_| is_adding.set(true)>{icon("plus")}"Add an operator"</button>
        </Heading>
        <Loaded feed=feed skeleton=|| bones(&[("rows", 6)]) children=content/>
        <Add is_open=is_adding/>
    }
}

/// Sends a change, and shows the list anew.
fn act(console: Console, method: &'static str, path: String, body: Option<OperatorChange>, done: String) {
    spawn_local(async move {
        match api::post::<serde_json::Value>(console, method, &path, body.as_ref()).await {
            Ok(_) => {
                console.say(done);
                console.again.update(|n| *n += 1);
            }
            Err(failure) => console.say(failure.sentence()),
        }
    });
}

/// What has to be confirmed.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    title: String,
    text: &'static str,
    verb: &'static str,
    method: &'static str,
    path: String,
    change: Option<Option<bool>>,
    done: String,
}

fn content(data: Signal<Arc<Page<OperatorItem>>>) -> impl IntoView {
    let console = use_console();
    let question = RwSignal::new(None::<Question>);
    let own = move || {
        console
            .me
            .with(|me| me.as_ref().map(|me| me.id.clone()).unwrap_or_default())
    };
    let row = move |operator: &OperatorItem| {
        let at = time::parse(&operator.created_at).unwrap_or_default();
        let (id, name) = (operator.id.clone(), operator.username.clone());
        let path = format!("/operators/{id}");
        let is_own = own() == id;
        let is_enabled = operator.is_enabled;
        let role = operator.role;
        let change_role = {
            let (path, name) = (path.clone(), name.clone());
            move |event| {
                let Some(role) = Role::of_name(&event_target_value(&event)) else {
                    return;
                };
                let change = OperatorChange {
                    role: Some(role),
                    ..OperatorChange::default()
                };
                act(
                    console,
                    "PATCH",
                    path.clone(),
                    Some(change),
                    format!("{name} is {} now.", role.name()),
                );
            }
        };
        let ask = |title: String, text, verb, method, path: String, change, done: String| {
            move |_| {
                question.set(Some(Question {
                    title: title.clone(),
                    text,
                    verb,
                    method,
                    path: path.clone(),
                    change,
                    done: done.clone(),
                }));
            }
        };
        let end = ask(
            format!("End the sessions of {name}?"),
            "It has to sign in again, wherever it is signed in.",
            "End sessions",
            "DELETE",
            format!("{path}/sessions"),
            None,
            format!("The sessions of {name} have ended."),
        );
        let toggle = if is_enabled {
            ask(
                format!("Disable {name}?"),
                "It can't sign in any more, and its sessions end.",
                "Disable",
                "PATCH",
                path.clone(),
                Some(Some(false)),
                format!("{name} is disabled."),
            )
        } else {
            ask(
                format!("Enable {name}?"),
                "It can sign in again.",
                "Enable",
                "PATCH",
                path.clone(),
                Some(Some(true)),
                format!("{name} is enabled."),
            )
        };
        let remove = ask(
            format!("Remove {name}?"),
            "What it did stays in the access log.",
            "Remove",
            "DELETE",
            path.clone(),
            None,
            format!("{name} is removed."),
        );
        view! {
            <tr class:is-off=!is_enabled>
                <td><b>{name.clone()}</b>{is_own.then(|| view! { <span class="quiet">" you"</span> })}</td>
                <td>
                    <select aria-label=format!("Role of {name}") on:change=change_role prop:value=role.name()>
                        {ROLES.into_iter().map(|(one, _)| view! { <option value=one.name() selected={one == role}>{one.name()}</option> }).collect_view()}
                    </select>
                </td>
                <td>{if is_enabled { "may sign in" } else { "disabled" }}</td>
                <td class="quiet">{match (operator.has_password, operator.has_totp) {
                    (true, true) => "password and second factor",
                    (true, false) => "password",
                    (false, _) => "identity provider",
                }}</td>
                <td class="num-left"><At at=at text=time::day(at, ZONE)/></td>
                <td class="row-actions">
                    <button type="button" class="button is-quiet" on:click=end>"End sessions"</button>
                    <button type="button" class="button is-quiet" on:click=toggle>{if is_enabled { "Disable" } else { "Enable" }}</button>
                    <button type="button" class="button is-quiet is-danger" on:click=remove>"Remove"</button>
                </td>
            </tr>
        }
    };
    view! {
        <div class="panel is-flush table-scroll">
            <table class="rows">
                <thead><tr>
                    <th scope="col">"Name"</th><th scope="col">"Role"</th><th scope="col">"State"</th>
                    <th scope="col">"Signs in with"</th><th scope="col">"Added"</th><th scope="col"><span class="sr-only">"Actions"</span></th>
                </tr></thead>
                <tbody>{move || data.get().items.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        {move || question.get().map(|asked| view! { <Ask asked=asked question=question/> })}
    }
}

#[component]
fn Ask(asked: Question, question: RwSignal<Option<Question>>) -> impl IntoView {
    let console = use_console();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.show_modal();
        }
    });
    let heading = asked.title.clone();
    let Question {
        title,
        text,
        verb,
        method,
        path,
        change,
        done,
    } = asked;
    let confirm = move |_| {
        let change = change.map(|is_enabled| OperatorChange {
            is_enabled,
            ..OperatorChange::default()
        });
        act(console, method, path.clone(), change, done.clone());
        question.set(None);
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-label=heading on:close=move |_| question.set(None)>
            <h2>{title}</h2>
            <p>{text}</p>
            <div class="dialog-foot">
                <button type="button" class="button" on:click=move |_| question.set(None)>"Cancel"</button>
                <button type="button" class="button is-primary" class:is-danger={verb != "Enable"} on:click=confirm>{verb}</button>
            </div>
        </dialog>
    }
}

#[component]
fn Add(is_open: RwSignal<bool>) -> impl IntoView {
    let console = use_console();
    let dialog = NodeRef::<html::Dialog>::new();
    let name = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let role = NodeRef::<html::Select>::new();
    let problem = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if is_open.get() {
            problem.set(None);
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(password), Some(role)) = (
            name.get_untracked(),
            password.get_untracked(),
            role.get_untracked(),
        ) else {
            return;
        };
        let new = NewOperator {
            username: name.value(),
            password: password.value(),
            role: Role::of_name(&role.value()).unwrap_or(Role::Auditor),
        };
        spawn_local(async move {
            match api::post::<OperatorItem>(console, "POST", "/operators", Some(&new)).await {
                Ok(_) => {
                    name.set_value("");
                    password.set_value("");
                    is_open.set(false);
                    console.say(format!("{} is added.", new.username));
                    console.again.update(|n| *n += 1);
                }
                Err(failure) => problem.set(Some(failure.sentence())),
            }
        });
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-label="Add an operator" on:close=move |_| is_open.set(false)>
            <header class="dialog-head">
                <h2>"Add an operator"</h2>
                <button type="button" class="button-icon" aria-label="Close" on:click=move |_| is_open.set(false)>{icon("close")}</button>
            </header>
            <form on:submit=submit>
                <label>"Name"<input node_ref=name type="text" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="64"/></label>
                <label>"Password"<input node_ref=password type="password" autocomplete="new-password" required minlength="12" maxlength="256"/></label>
                <p class="hint">"12 characters at least. It can change it itself."</p>
                <label>"Role"
                    <select node_ref=role>
                        {ROLES.into_iter().map(|(one, words)| view! { <option value=one.name()>{words}</option> }).collect_view()}
                    </select>
                </label>
                {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
                <div class="dialog-foot">
                    <button type="button" class="button" on:click=move |_| is_open.set(false)>"Cancel"</button>
                    <button type="submit" class="button is-primary">"Add"</button>
                </div>
            </form>
        </dialog>
    }
}

/// Ends all sessions of an operator; gives how many.
pub(crate) async fn end_sessions(console: Console, id: &str) -> Result<u64, api::Failure> {
    let path = format!("/operators/{id}/sessions");
    let ended = api::post::<EndedSessions>(console, "DELETE", &path, None::<&()>).await?;
    Ok(ended.map_or(0, |ended| ended.ended))
}
