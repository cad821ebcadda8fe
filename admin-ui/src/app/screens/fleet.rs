//! Fleet: an instance a card, and how it is set up.

use std::collections::HashSet;
use std::sync::Arc;

use admin_types::{InstanceItem, Page};
use leptos::prelude::*;

use crate::app::feed::Feed;
use crate::app::icon::icon;
use crate::app::state::use_console;
use crate::app::widget::{Ago, Bar, Copy, Empty, Heading, Loaded, bones};
use crate::number::{bytes, compact, counted, grouped};
use crate::posture::{self, State};
use crate::time;
use crate::words;

/// Silent for so long, an instance is stale; between two answers the console sees it by itself.
const STALE: i64 = 30 * time::SECOND;

#[component]
pub(crate) fn Fleet() -> impl IntoView {
    let feed = Feed::<Page<InstanceItem>>::new(|_| Some("/instances".to_owned()), |_| Some(5));
    view! {
        <Heading title="Fleet" lead="Every running gateway, as it last reported."/>
        <Loaded feed=feed skeleton=|| bones(&[("cards", 3)]) children=content/>
    }
}

fn content(data: Signal<Arc<Page<InstanceItem>>>) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let mut ids: Vec<String> = data
            .get()
            .items
            .iter()
            .map(|instance| instance.instance_id.clone())
            .collect();
        ids.sort();
        ids
    });
    let differences = Memo::new(move |_| posture::differences(&data.get().items));
    let summary = move || {
        let page = data.get();
        let running = page.items.iter().filter(|instance| !instance.is_stale).count();
        let silent = page.items.len() - running;
        let silent = if silent > 0 {
            format!(", {silent} silent")
        } else {
            String::new()
        };
        let alike = if differences.with(HashSet::is_empty) {
            "set up alike".to_owned()
        } else {
            let mut names: Vec<&str> = differences.get().into_iter().collect();
            names.sort_unstable();
            format!("not alike in: {}", names.join(", ").to_lowercase())
        };
        if running > 1 {
            format!("{running} running{silent}, {alike}.")
        } else {
            format!("{running} running{silent}.")
        }
    };
    move || {
        if ids.with(Vec::is_empty) {
            return view! {
                <Empty title="No instance has reported" text="Start a gateway with audit.sink = \"admin\" and audit.endpoint set to this control plane's ingest address."/>
            }
            .into_any();
        }
        view! {
            <p class="lead fleet-summary">{summary}</p>
            <div class="cards">
                <For each=move || ids.get() key=String::clone children=move |id| {
                    let instance = Memo::new(move |_| data.get().items.iter().find(|instance| instance.instance_id == id).cloned());
                    move || instance.get().map(|instance| view! { <Card instance=instance differences=differences/> })
                }/>
            </div>
        }
        .into_any()
    }
}

#[component]
fn Card(instance: InstanceItem, differences: Memo<HashSet<&'static str>>) -> impl IntoView {
    let console = use_console();
    let reported = time::parse(&instance.reported_at).unwrap_or_default();
    let started = time::parse(&instance.started_at).unwrap_or_default();
    let told_stale = instance.is_stale;
    let is_stale = Memo::new(move |_| told_stale || console.ticking() - reported > STALE);
    let spool = instance.spool;
    let spool_share = spool.bytes as f64 / spool.limit_bytes.max(1) as f64;
    let spool_tone = if spool_share > 0.8 {
        "tone-blocked"
    } else {
        "tone-forwarded"
    };
    let counters = instance.counters;
    let checks = instance.posture.as_ref().map(posture::checks);
    let worst = checks
        .iter()
        .flatten()
        .map(|check| check.state)
        .max()
        .unwrap_or(State::Good);
    let id = instance.instance_id.clone();
    let events = move || {
        format!(
            "/events{}",
            console.view.get().with("instance", Some(&id)).query()
        )
    };
    let version = instance.version.clone();
    view! {
        <article class="card" class:is-stale=move || is_stale.get() aria-label=format!("Instance {}", instance.instance_id)>
            <header class="card-head">
                <span class=move || format!("dot is-{}", if is_stale.get() { "stale" } else { worst.name() }) aria-hidden="true"></span>
                <h2 class="mono" title=instance.instance_id.clone()>{words::short_id(&instance.instance_id).to_owned()}</h2>
                <Copy text=instance.instance_id.clone() what="the instance's id"/>
                <span class="card-state">{move || if is_stale.get() {
                    view! { "silent, last report "<Ago at=reported/> }.into_any()
                } else {
                    view! { "up "{time::length(console.ticking() - started)} }.into_any()
                }}</span>
            </header>
            <dl class="card-facts">
                <div class:is-different=move || differences.with(|found| found.contains("version"))><dt>"Version"</dt><dd>{version}</dd></div>
                <div><dt>"Streams now"</dt><dd>{grouped(counters.active_streams)}</dd></div>
                <div><dt>"Sockets now"</dt><dd>{grouped(counters.active_sockets)}</dd></div>
                <div><dt>"Requests"</dt><dd title=grouped(counters.requests)>{compact(counters.requests)}</dd></div>
                <div><dt>"Blocked"</dt><dd title=grouped(counters.blocked)>{compact(counters.blocked)}</dd></div>
                <div><dt>"Errors"</dt><dd title=grouped(counters.errors)>{compact(counters.errors)}</dd></div>
            </dl>
            <div class="spool">
                <p><span>"Events not delivered"</span><b>{if spool.events == 0 {
                    "none".to_owned()
                } else {
                    format!("{}, oldest {}", counted(spool.events, "event", "events"), time::length(i64::try_from(spool.oldest_age_ms).unwrap_or(i64::MAX)))
                }}</b></p>
                <Bar share=spool_share tone=spool_tone/>
                <p class="quiet">{format!("{} of {}", bytes(spool.bytes), bytes(spool.limit_bytes))}
                    {(counters.events_dropped > 0).then(|| view! { <span class="is-error">{format!(", {} lost", counted(counters.events_dropped, "event", "events"))}</span> })}</p>
            </div>
            {match checks {
                None => view! { <p class="quiet">"It does not say how it is set up: it is of an older release."</p> }.into_any(),
                Some(checks) => view! {
                    <ul class="checks">
                        {checks.into_iter().map(|check| {
                            let name = match check.state { State::Good => "check", State::Note => "note", State::Bad => "cross" };
                            let title = check.title;
                            view! {
                                <li class=format!("check is-{}", check.state.name()) class:is-different=move || differences.with(|found| found.contains(title))>
                                    <span class="check-mark">{icon(name)}<span class="sr-only">{match check.state { State::Good => "Good", State::Note => "Note", State::Bad => "Bad" }}</span></span>
                                    <span class="check-title">{title}</span>
                                    <span class="check-text">{check.sentence}</span>
                                </li>
                            }
                        }).collect_view()}
                    </ul>
                }.into_any(),
            }}
            <footer class="card-foot"><a class="link" data-row="" href=events>"Its events"</a></footer>
        </article>
    }
}
