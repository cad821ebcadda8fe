//! Callers: who asks how much, and one caller's own overview.

use std::sync::Arc;

use admin_types::{CallerItem, Dashboard, Page};
use leptos::prelude::*;

use super::overview::{dashboard_path, frame_of, mix, partial_note, split};
use crate::app::chart::{Chart, ChartData, Kind};
use crate::app::feed::{Feed, pace};
use crate::app::state::use_console;
use crate::app::widget::{Ago, Copy, Empty, Heading, Loaded, Panel, Spark, bones};
use crate::number::{compact, grouped, micros, share};
use crate::time;
use crate::words;

#[component]
pub(crate) fn Callers() -> impl IntoView {
    let console = use_console();
    let one = Memo::new(move |_| console.view.with(|view| view.filter("caller").map(str::to_owned)));
    move || match one.get() {
        Some(caller) => view! { <One caller=caller/> }.into_any(),
        None => view! { <All/> }.into_any(),
    }
}

#[component]
fn All() -> impl IntoView {
    let feed = Feed::<Page<CallerItem>>::new(
        |console| {
            Some(format!(
                "/callers{}&limit=200",
                console.view.get().api_query(console.now())
            ))
        },
        pace,
    );
    view! {
        <Heading title="Callers" lead="Each is a keyed hash of a credential: it tells callers apart, and nobody who they are."/>
        <Loaded feed=feed skeleton=|| bones(&[("rows", 12)]) children=table/>
    }
}

fn table(data: Signal<Arc<Page<CallerItem>>>) -> impl IntoView {
    let console = use_console();
    move || {
        let page = data.get();
        if page.items.is_empty() {
            return view! { <Empty title="Nobody asked in this window" text="Choose a longer range, or remove a filter."/> }.into_any();
        }
        let rows = page.items.iter().map(|caller| {
            let id = caller.caller_id.clone();
            let href = move || format!("/callers{}", console.view.get().with("caller", Some(&id)).query());
            let totals = caller.totals;
            let activity = caller.activity.clone();
            let last_seen = time::parse(&caller.last_seen).unwrap_or_default();
            view! {
                <tr>
                    <td><a class="row-link id" data-row="" href=href title=caller.caller_id.clone()>{caller.caller_id.clone()}</a></td>
                    <td class="spark-cell"><Spark values=Signal::derive(move || activity.clone()) tone="tone-plain"/></td>
                    <td class="num" title=grouped(totals.requests)>{compact(totals.requests)}</td>
                    <td class="num" title=grouped(totals.values_masked)>{compact(totals.values_masked)}</td>
                    <td class="num" class:is-blocked={totals.blocked > 0} title=share(totals.blocked, totals.requests)>{compact(totals.blocked)}</td>
                    <td class="num" class:is-error={totals.errors > 0} title=share(totals.errors, totals.requests)>{compact(totals.errors)}</td>
                    <td class="num" title=grouped(totals.input_tokens + totals.output_tokens)>{compact(totals.input_tokens + totals.output_tokens)}</td>
                    <td class="num"><Ago at=last_seen/></td>
                </tr>
            }
        });
        view! {
            <div class="panel is-flush table-scroll">
                <table class="rows">
                    <thead><tr>
                        <th scope="col">"Caller"</th><th scope="col">"Activity"</th><th scope="col" class="num">"Requests"</th>
                        <th scope="col" class="num">"Values masked"</th><th scope="col" class="num">"Blocked"</th>
                        <th scope="col" class="num">"Errors"</th><th scope="col" class="num">"Tokens"</th><th scope="col" class="num">"Last seen"</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
                {page.next_cursor.is_some().then(|| view! { <p class="hint">"The 200 with the most requests are shown: filters find the others."</p> })}
            </div>
        }
        .into_any()
    }
}

#[component]
fn One(caller: String) -> impl IntoView {
    let console = use_console();
    let feed = Feed::<Dashboard>::new(dashboard_path, pace);
    let back = move || format!("/callers{}", console.view.get().with("caller", None).query());
    let events = move || format!("/events{}", console.view.get().query());
    view! {
        <header class="heading">
            <div>
                <p class="crumb"><a class="link" href=back>"Callers"</a></p>
                <h1 class="mono">{caller.clone()}" "<Copy text=caller what="the caller's id"/></h1>
            </div>
            <div class="heading-actions"><a class="button" href=events>"Its events"</a></div>
        </header>
        <Loaded feed=feed skeleton=|| bones(&[("tiles", 4), ("chart", 1), ("panels", 3)]) children=one_content/>
    }
}

fn one_content(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    let outcomes = Signal::derive(move || {
        let dashboard = data.get();
        let frame = frame_of(&dashboard);
        let lines = split(
            frame,
            &dashboard.outcomes,
            &words::OUTCOMES,
            words::outcome,
            |_, key| words::tone(key).to_owned(),
        );
        ChartData { frame, lines }
    });
    let figures = move || {
        let dashboard = data.get();
        let totals = dashboard.overview.totals;
        [
            ("Requests", compact(totals.requests)),
            ("Values masked", compact(totals.values_masked)),
            ("Blocked", compact(totals.blocked)),
            ("Errors", compact(totals.errors)),
            ("Tokens", compact(totals.input_tokens + totals.output_tokens)),
            ("Time added, p95", dashboard.overview.latency_us.added.p95.map_or("\u{2013}".to_owned(), micros)),
        ]
        .into_iter()
        .map(|(title, value)| view! { <div class="tile is-plain"><span class="tile-title">{title}</span><span class="tile-value">{value}</span></div> })
        .collect_view()
    };
    view! {
        {move || data.get().partial.as_ref().map(partial_note)}
        <div class="tiles">{figures}</div>
        <Panel title="Requests by outcome">
            <Chart title="Requests by outcome" kind=Kind::Stacked data=outcomes format=compact/>
        </Panel>
        <div class="columns-3">
            {[("entity_type", "What was found"), ("model", "Models"), ("surface", "Surfaces")].into_iter().map(|(name, title)| view! {
                <Panel title=title>
                    {move || mix(name, data.get().overview.mixes.get(name).map(Vec::as_slice).unwrap_or_default(), 8)}
                </Panel>
            }).collect_view()}
        </div>
    }
}
