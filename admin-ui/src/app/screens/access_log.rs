//! Access log: who signed in from where, what was refused, what was changed.

use std::sync::Arc;

use admin_types::{AccessEntry, Page};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::api::{self, Sending};
use crate::app::feed::Feed;
use crate::app::state::{ZONE, use_console};
use crate::app::widget::{At, Empty, Heading, Loaded, bones};
use crate::number::grouped;
use crate::time;
use crate::words;

#[component]
pub(crate) fn AccessLog() -> impl IntoView {
    let feed = Feed::<Page<AccessEntry>>::new(|_| Some("/access-log?limit=100".to_owned()), |_| Some(30));
    view! {
        <Heading title="Access log" lead="Sign-ins, refusals and changes, the newest first."/>
        <Loaded feed=feed skeleton=|| bones(&[("rows", 12)]) children=content/>
    }
}

fn content(data: Signal<Arc<Page<AccessEntry>>>) -> impl IntoView {
    let console = use_console();
    // Older pages, which do not change.
    let older = RwSignal::new(Vec::<AccessEntry>::new());
    let cursor = RwSignal::new(None::<Option<String>>);
    let problem = RwSignal::new(None::<String>);
    let next = move || cursor.get().unwrap_or_else(|| data.get().next_cursor.clone());
    let more = move |_| {
        let Some(from) = untrack(next) else { return };
        spawn_local(async move {
            let path = format!("/access-log?limit=100&cursor={from}");
            match api::get::<Page<AccessEntry>>(console, &path, Sending::default()).await {
                Ok(page) => {
                    older.update(|older| older.extend(page.items));
                    cursor.set(Some(page.next_cursor));
                    problem.set(None);
                }
                Err(failure) => problem.set(Some(failure.sentence())),
            }
        });
    };
    let rows = move || {
        let page = data.get();
        let mut entries: Vec<AccessEntry> = page.items.clone();
        older.with(|older| {
            for entry in older {
                if !entries.iter().any(|other| other.id == entry.id) {
                    entries.push(entry.clone());
                }
            }
        });
        entries
    };
    move || {
        if data.get().items.is_empty() {
            return view! { <Empty title="Nothing written down yet"/> }.into_any();
        }
        view! {
            <div class="panel is-flush table-scroll">
                <table class="rows">
                    <thead><tr>
                        <th scope="col">"Time"</th><th scope="col">"What"</th><th scope="col">"Who"</th>
                        <th scope="col">"About"</th><th scope="col">"From"</th><th scope="col" class="num">"Times"</th>
                    </tr></thead>
                    <tbody>
                        <For each=rows key=|entry| (entry.id.clone(), entry.count) children=move |entry| {
                            let at = time::parse(&entry.occurred_at).unwrap_or_default();
                            let is_refusal = entry.action.contains("refuse") || entry.action.contains("throttle");
                            let known = words::access(&entry.action).to_owned();
                            view! {
                                <tr>
                                    <td class="num-left"><At at=at text=time::in_list(at, console.now(), ZONE)/></td>
                                    <td><span class="pill" class:tone-blocked=is_refusal class:tone-plain=!is_refusal title=entry.action.clone()>{known}</span></td>
                                    <td>{entry.actor.clone().map_or_else(|| view! { <span class="quiet">"nobody signed in"</span> }.into_any(), |actor| view! { <b>{actor}</b> }.into_any())}</td>
                                    <td>{entry.target.clone()}</td>
                                    <td class="mono">{entry.source.clone()}</td>
                                    <td class="num">{if entry.count > 1 { grouped(entry.count) } else { String::new() }}</td>
                                </tr>
                            }
                        }/>
                    </tbody>
                </table>
                <div class="more">
                    {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
                    {move || next().is_some().then(|| view! { <button type="button" class="button" on:click=more>"Show older ones"</button> })}
                </div>
            </div>
        }
        .into_any()
    }
}
