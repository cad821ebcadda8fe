//! Overview: one page that says it all.

use std::sync::Arc;

use admin_types::{Dashboard, Found, Mix, Percentiles, TotalsPoint};
use leptos::prelude::*;

use super::sign_in::Command;
use crate::app::chart::{Chart, ChartData, Kind, Line};
use crate::app::feed::{Feed, pace};
use crate::app::state::{Console, ZONE, use_console};
use crate::app::widget::{Ago, Bar, Empty, Heading, Id, Loaded, Panel, Pill, Spark, bones};
use crate::changes;
use crate::number::{Change, change, compact, grouped, micros, share};
use crate::series::Frame;
use crate::time;
use crate::url_state::{RANGES, Range, UrlState};
use crate::words;

pub(crate) fn dashboard_path(console: Console) -> Option<String> {
    let state = console.view.get();
    Some(format!("/dashboard{}", state.api_query(console.now())))
}

#[component]
pub(crate) fn Overview() -> impl IntoView {
    let feed = Feed::<Dashboard>::new(dashboard_path, pace);
    view! {
        <Loaded feed=feed skeleton=|| bones(&[("tiles", 6), ("chart", 1), ("panels", 3)]) children=content/>
    }
}

fn content(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| !data.get().has_events);
    move || {
        if is_empty.get() {
            view! { <Guide/> }.into_any()
        } else {
            view! { <Full data=data/> }.into_any()
        }
    }
}

/// The window of a dashboard in whole buckets.
pub(crate) fn frame_of(dashboard: &Dashboard) -> Frame {
    let at = |text: &str| time::parse(text).unwrap_or_default();
    Frame::around(
        at(&dashboard.overview.from),
        at(&dashboard.overview.to),
        dashboard.bucket_seconds as i64 * 1000,
        at(&dashboard.complete_until),
    )
}

#[component]
fn Full(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    let outcomes = Signal::derive(move || outcomes(&data.get()));
    let added = Signal::derive(move || latencies(&data.get(), |point| point.latency_us.added));
    let total = Signal::derive(move || latencies(&data.get(), |point| point.latency_us.total));
    view! {
        <h1 class="sr-only">"Overview"</h1>
        <PartialNote data=data/>
        <Tiles data=data/>
        <Panel title="Requests by outcome" class="panel-hero" note=move || brush_note()>
            <Chart title="Requests by outcome" kind=Kind::Stacked data=outcomes format=compact class="is-tall"/>
        </Panel>
        <div class="columns-3">
            <Changes data=data/>
            <FoundPanel data=data/>
            <Where data=data/>
        </div>
        <div class="columns-2">
            <Panel title="Time added by masking" note=move || percentiles_note(data.get().overview.latency_us.added)>
                <Chart title="Time added by masking" kind=Kind::Lines data=added format=micros/>
            </Panel>
            <Panel title="Whole turn, with the upstream" note=move || percentiles_note(data.get().overview.latency_us.total)>
                <Chart title="Whole turn, with the upstream" kind=Kind::Lines data=total format=micros/>
            </Panel>
        </div>
        <NewestBlocked data=data/>
    }
}

fn brush_note() -> impl IntoView {
    view! { <span class="quiet">"Drag over the chart to zoom in"</span> }
}

fn percentiles_note(percentiles: Percentiles) -> impl IntoView {
    let value = |value: Option<u64>| value.map_or("\u{2013}".to_owned(), micros);
    format!(
        "p50 {}   p95 {}   p99 {}",
        value(percentiles.p50),
        value(percentiles.p95),
        value(percentiles.p99)
    )
}

/// Numbers that filters made it read from events, not all of them.
#[component]
pub(crate) fn PartialNote(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    move || data.get().partial.clone().map(|partial| partial_note(&partial))
}

pub(crate) fn partial_note(partial: &admin_types::Partial) -> impl IntoView + use<> {
    let since = time::parse(&partial.since).unwrap_or_default();
    view! {
        <div class="banner" role="status">
            <p>{format!(
                "With filters, numbers come from the newest {} events: they are complete from {} on. Choose a shorter range for all of them.",
                grouped(partial.events),
                time::full(since, ZONE)
            )}</p>
        </div>
    }
}

/// A number, how it changed, and its shape.
#[component]
fn Tile(
    title: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] exact: Signal<String>,
    #[prop(into)] change: Signal<Change>,
    /// More of it is bad.
    #[prop(optional)]
    is_bad: bool,
    #[prop(into)] values: Signal<Vec<u64>>,
    tone: &'static str,
    #[prop(into)] href: Signal<String>,
) -> impl IntoView {
    // A little more is no news.
    let is_much = move || matches!(change.get(), Change::By(by) if by > 0.15);
    let mood = move || match change.get().direction() {
        1 if is_bad && is_much() => "tile-change is-up is-bad",
        1 => "tile-change is-up",
        -1 => "tile-change is-down",
        _ => "tile-change",
    };
    view! {
        <a class="tile" href=href>
            <span class="tile-title">{title}</span>
            <span class="tile-value" title=exact>{value}</span>
            <span class=mood title="Against the window before">{move || change.get().words()}</span>
            <Spark values=values tone=tone/>
        </a>
    }
}

#[component]
fn Tiles(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    let console = use_console();
    let amount = move |pick: fn(&admin_types::Totals) -> u64| {
        let values = Signal::derive(move || {
            let dashboard = data.get();
            filled(&dashboard, &dashboard.totals, |point: &TotalsPoint| {
                pick(&point.totals)
            })
        });
        (
            Signal::derive(move || compact(pick(&data.get().overview.totals))),
            Signal::derive(move || grouped(pick(&data.get().overview.totals))),
            Signal::derive(move || {
                let dashboard = data.get();
                change(
                    pick(&dashboard.overview.totals),
                    pick(&dashboard.overview.previous),
                )
            }),
            values,
        )
    };
    let to = move |path: &'static str, filter: Option<(&'static str, &'static str)>| {
        Signal::derive(move || {
            let view = console.view.get();
            let view = match filter {
                Some((name, value)) => view.with(name, Some(value)),
                None => view,
            };
            format!("{path}{}", view.query())
        })
    };
    let requests = amount(|totals| totals.requests);
    let values = amount(|totals| totals.values_masked);
    let blocked = amount(|totals| totals.blocked);
    let errors = amount(|totals| totals.errors);
    let tokens = amount(|totals| totals.input_tokens + totals.output_tokens);
    let added = Signal::derive(move || {
        data.get()
            .overview
            .latency_us
            .added
            .p95
            .map_or("\u{2013}".to_owned(), micros)
    });
    let added_change = Signal::derive(move || {
        let dashboard = data.get();
        change(
            dashboard.overview.latency_us.added.p95.unwrap_or(0),
            dashboard.previous_latency_us.added.p95.unwrap_or(0),
        )
    });
    let added_values = Signal::derive(move || {
        data.get()
            .latencies
            .iter()
            .filter_map(|point| point.latency_us.added.p95)
            .collect::<Vec<_>>()
    });
    view! {
        <div class="tiles">
            <Tile title="Requests" value=requests.0 exact=requests.1 change=requests.2 values=requests.3
                tone="tone-plain" href=to("/events", None)/>
            <Tile title="Values masked" value=values.0 exact=values.1 change=values.2 values=values.3
                tone="tone-masked" href=to("/detections", None)/>
            <Tile title="Requests blocked" value=blocked.0 exact=blocked.1 change=blocked.2 values=blocked.3
                tone="tone-blocked" is_bad=true href=to("/events", Some(("outcome", "blocked")))/>
            <Tile title="Errors" value=errors.0 exact=errors.1 change=errors.2 values=errors.3
                tone="tone-error" is_bad=true href=to("/events", Some(("outcome", "upstream_error")))/>
            <Tile title="Time added, p95" value=added exact=added change=added_change values=added_values
                tone="tone-plain" is_bad=true href=to("/events", None)/>
            <Tile title="Tokens" value=tokens.0 exact=tokens.1 change=tokens.2 values=tokens.3
                tone="tone-plain" href=to("/callers", None)/>
        </div>
    }
}

/// One number a bucket, zero where nothing happened; what has not ended is left out of a shape.
fn filled(dashboard: &Dashboard, points: &[TotalsPoint], pick: impl Fn(&TotalsPoint) -> u64) -> Vec<u64> {
    let points: Vec<(i64, u64)> = points
        .iter()
        .filter_map(|point| Some((time::parse(&point.t)?, pick(point))))
        .collect();
    let buckets = frame_of(dashboard).fill(&points, Some(&0));
    buckets
        .into_iter()
        .filter(|bucket| !bucket.is_running)
        .filter_map(|bucket| bucket.value)
        .collect()
}

/// Lines of a series that is split, in an order; zero where nothing happened.
pub(crate) fn split(
    frame: Frame,
    points: &[admin_types::Point],
    order: &[&str],
    label: fn(&str) -> &str,
    tone: impl Fn(usize, &str) -> String,
) -> Vec<Line> {
    let mut keys: Vec<&str> = order.to_vec();
    for point in points {
        for key in point.values.keys() {
            if !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
    }
    keys.retain(|key| {
        points
            .iter()
            .any(|point| point.values.get(*key).is_some_and(|count| *count > 0))
    });
    keys.into_iter()
        .enumerate()
        .map(|(nth, key)| {
            let own: Vec<(i64, u64)> = points
                .iter()
                .filter_map(|point| {
                    Some((
                        time::parse(&point.t)?,
                        point.values.get(key).copied().unwrap_or(0),
                    ))
                })
                .collect();
            Line {
                name: key.to_owned(),
                label: label(key).to_owned(),
                tone: tone(nth, key),
                values: frame
                    .fill(&own, Some(&0))
                    .into_iter()
                    .map(|bucket| bucket.value)
                    .collect(),
            }
        })
        .collect()
}

fn outcomes(dashboard: &Dashboard) -> ChartData {
    let frame = frame_of(dashboard);
    let lines = split(
        frame,
        &dashboard.outcomes,
        &words::OUTCOMES,
        words::outcome,
        |_, key| words::tone(key).to_owned(),
    );
    ChartData { frame, lines }
}

fn latencies(dashboard: &Dashboard, pick: fn(&admin_types::LatencyPoint) -> Percentiles) -> ChartData {
    let frame = frame_of(dashboard);
    let line = |name: &str, tone: &str, part: fn(&Percentiles) -> Option<u64>| {
        let points: Vec<(i64, u64)> = dashboard
            .latencies
            .iter()
            .filter_map(|point| Some((time::parse(&point.t)?, part(&pick(point))?)))
            .collect();
        Line {
            name: name.to_owned(),
            label: name.to_owned(),
            tone: tone.to_owned(),
            values: frame
                .fill(&points, None)
                .into_iter()
                .map(|bucket| bucket.value)
                .collect(),
        }
    };
    ChartData {
        frame,
        lines: vec![
            line("p50", "tone-p50", |percentiles| percentiles.p50),
            line("p95", "tone-p95", |percentiles| percentiles.p95),
            line("p99", "tone-p99", |percentiles| percentiles.p99),
        ],
    }
}

#[component]
fn Changes(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    let console = use_console();
    let sentences = Memo::new(move |_| changes::changes(&data.get()));
    let window = move || {
        let range = console.view.with(|view| view.range);
        match range {
            Range::Last(nth) => format!(
                "Against the {} before",
                RANGES.get(nth).map_or("time", |range| range.1)
            ),
            Range::Fixed(..) => "Against as long a time before".to_owned(),
        }
    };
    view! {
        <Panel title="What changed" note=move || window()>
            {move || {
                let sentences = sentences.get();
                if sentences.is_empty() {
                    return view! { <Empty title="Nothing of note changed" text="Types, upstreams, models and callers are much as they were."/> }.into_any();
                }
                view! {
                    <ul class="changes">
                        {sentences.into_iter().map(|told| {
                            let filters = told.filters.clone();
                            let href = move || {
                                let mut view = console.view.get();
                                for (name, value) in &filters {
                                    view = view.with(name, Some(value));
                                }
                                format!("/events{}", view.query())
                            };
                            view! { <li class=told.tone><a href=href>{told.text}</a></li> }
                        }).collect_view()}
                    </ul>
                }.into_any()
            }}
        </Panel>
    }
}

/// A type, how many values it has, and how many of them each action got.
type ByType = (String, u64, Vec<(String, u64)>);

/// Types, each with what became of its values.
fn by_type(found: &[Found]) -> Vec<ByType> {
    let mut types: Vec<ByType> = Vec::new();
    for one in found {
        match types.iter_mut().find(|(name, ..)| *name == one.entity_type) {
            Some((_, sum, parts)) => {
                *sum += one.count;
                parts.push((one.action.clone(), one.count));
            }
            None => types.push((
                one.entity_type.clone(),
                one.count,
                vec![(one.action.clone(), one.count)],
            )),
        }
    }
    types.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    types
}

#[component]
fn FoundPanel(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    const SHOWN: usize = 8;
    let console = use_console();
    let types = Memo::new(move |_| by_type(&data.get().found));
    let more = move || {
        let count = types.with(Vec::len);
        (count > SHOWN).then(|| view! { <a class="link" href=move || console.to("/detections")>{format!("All {count} types")}</a> })
    };
    view! {
        <Panel title="What was found" note=move || more()>
            {move || {
                let types = types.get();
                if types.is_empty() {
                    return view! { <Empty title="Nothing found in this window" text="No request held anything that a detector knows."/> }.into_any();
                }
                let most = types.first().map_or(1, |(_, sum, _)| *sum).max(1);
                view! {
                    <ul class="bars">
                        {types.into_iter().take(SHOWN).map(|(name, sum, parts)| {
                            let filter = name.clone();
                            let href = move || format!("/events{}", console.view.get().with("entity_type", Some(&filter)).query());
                            let words = parts.iter()
                                .map(|(action, count)| format!("{} {}", grouped(*count), words::action(action).to_lowercase()))
                                .collect::<Vec<_>>()
                                .join(", ");
                            view! {
                                <li>
                                    <a class="bar-row" href=href title=words>
                                        <span class="bar-name mono">{name}</span>
                                        <span class="bar is-stack" aria-hidden="true">
                                            {parts.into_iter().map(|(action, count)| {
                                                let width = format!("{:.2}%", count as f64 / most as f64 * 100.0);
                                                view! { <span class=format!("bar-fill {}", words::tone(&action)) style:width=width></span> }
                                            }).collect_view()}
                                        </span>
                                        <span class="bar-value">{compact(sum)}</span>
                                    </a>
                                </li>
                            }
                        }).collect_view()}
                    </ul>
                    <ul class="legend is-static">
                        {["mask", "block", "route_local", "allow"].into_iter().map(|action| view! {
                            <li><span class="legend-key"><span class=format!("swatch {}", words::tone(action)) aria-hidden="true"></span>{words::action(action)}</span></li>
                        }).collect_view()}
                    </ul>
                }.into_any()
            }}
        </Panel>
    }
}

#[component]
fn Where(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    const TABS: [(&str, &str); 3] = [
        ("surface", "Surface"),
        ("upstream", "Upstream"),
        ("model", "Model"),
    ];
    let tab = RwSignal::new("surface");
    view! {
        <Panel title="Where" note=move || view! {
            <div class="tabs" role="group" aria-label="Split by">
                {TABS.into_iter().map(|(name, title)| view! {
                    <button type="button" class="tab" aria-pressed=move || (tab.get() == name).to_string()
                        on:click=move |_| tab.set(name)>{title}</button>
                }).collect_view()}
            </div>
        }>
            {move || mix(tab.get(), data.get().overview.mixes.get(tab.get()).map(Vec::as_slice).unwrap_or_default(), 8)}
        </Panel>
    }
}

/// Parts of a whole as bars that lead to their events.
pub(crate) fn mix(filter: &'static str, parts: &[Mix], most: usize) -> AnyView {
    let console = use_console();
    if parts.is_empty() {
        return view! { <Empty title="No request in this window"/> }.into_any();
    }
    let whole: u64 = parts.iter().map(|part| part.count).sum();
    let first = parts.iter().map(|part| part.count).max().unwrap_or(1).max(1);
    view! {
        <ul class="bars">
            {parts.iter().take(most).map(|part| {
                let (key, count) = (part.key.clone(), part.count);
                let title = format!("{}: {}, {}", key, grouped(count), share(count, whole));
                let name = words::value(filter, &key).to_owned();
                let is_id = matches!(filter, "caller" | "instance" | "model" | "entity_type");
                let href = move || {
                    let view = console.view.get();
                    let view: UrlState = if key == "other" { view } else { view.with(filter, Some(&key)) };
                    format!("/events{}", view.query())
                };
                view! {
                    <li>
                        <a class="bar-row" href=href title=title>
                            <span class="bar-name" class:mono=is_id>{name}</span>
                            <Bar share=count as f64 / first as f64 tone="tone-forwarded"/>
                            <span class="bar-value">{compact(count)}</span>
                        </a>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn NewestBlocked(data: Signal<Arc<Dashboard>>) -> impl IntoView {
    let console = use_console();
    let all = move || {
        format!(
            "/events{}",
            console.view.get().with("outcome", Some("blocked")).query()
        )
    };
    view! {
        <Panel title="Newest blocked" note=move || view! { <a class="link" href=all>"All of them"</a> }>
            {move || {
                let dashboard = data.get();
                if dashboard.blocked.is_empty() {
                    return view! { <Empty title="Nothing blocked in this window" text="Every request could be masked or had nothing to mask."/> }.into_any();
                }
                view! {
                    <div class="table-scroll">
                    <table class="rows">
                        <thead><tr>
                            <th scope="col">"Time"</th><th scope="col">"Caller"</th><th scope="col">"Found"</th>
                            <th scope="col">"Surface"</th><th scope="col">"Model"</th><th scope="col">"Code"</th>
                        </tr></thead>
                        <tbody>
                            {dashboard.blocked.iter().map(|event| {
                                let at = time::parse(&event.occurred_at).unwrap_or_default();
                                let id = event.event_id.clone();
                                let href = move || format!("/events{}", console.view.get().with("outcome", Some("blocked")).opened(Some(&id)).query());
                                let blocked = event.detections.iter().filter(|found| found.action == "block").map(|found| {
                                    view! { <span class="tag tone-blocked">{found.entity_type.clone()}</span> }
                                }).collect_view();
                                view! {
                                    <tr>
                                        <td><a class="row-link" data-row="" href=href><Ago at=at/></a></td>
                                        <td><Id id=event.caller_id.clone()/></td>
                                        <td><span class="tags">{blocked}</span></td>
                                        <td>{words::surface(&event.surface).to_owned()}</td>
                                        <td class="mono">{event.model.clone()}</td>
                                        <td class="mono quiet">{event.error_code.clone().unwrap_or_default()}</td>
                                    </tr>
                                }
                            }).collect_view()}
                        </tbody>
                    </table>
                    </div>
                }.into_any()
            }}
        </Panel>
    }
}

/// An installation without an event: what to do first. It becomes the console when the first request comes.
#[component]
fn Guide() -> impl IntoView {
    // The gateway listens beside the control plane unless somebody configured it otherwise.
    let host = window().location().hostname().unwrap_or_default();
    let base = format!("http://{host}:8787");
    let commands = [
        (
            "OpenAI SDKs",
            "The base URL is all that changes; the key stays yours.",
            format!("export OPENAI_BASE_URL={base}/v1"),
        ),
        (
            "Claude Code and Anthropic SDKs",
            "The same for Anthropic.",
            format!("export ANTHROPIC_BASE_URL={base}/anthropic"),
        ),
        (
            "Codex",
            "One line in ~/.codex/config.toml.",
            format!("openai_base_url = \"{base}/v1\""),
        ),
    ];
    view! {
        <Heading title="Lead your first request through the gateway"
            lead="Nothing has come through yet. Give one address to your program, and send a request."/>
        <ol class="guide">
            {commands.into_iter().map(|(title, text, command)| view! {
                <li class="guide-step"><h2>{title}</h2><p class="quiet">{text}</p><Command text=command/></li>
            }).collect_view()}
        </ol>
        <p class="guide-wait"><span class="dot is-waiting" aria-hidden="true"></span>"Waiting for the first request. This page shows it by itself."</p>
        <p class="hint">"The gateway listens on port 8787 unless server.listen says otherwise; `bauta doctor` shows the address."</p>
    }
}

/// Whose status a pill tells, for other screens.
pub(crate) fn outcome_pill(name: &str) -> impl IntoView + use<> {
    view! { <Pill name=name.to_owned()/> }
}
