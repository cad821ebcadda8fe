//! Detections: what was found when, by whom, and what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use admin_types::{DetectorItem, Detectors, Point};
use leptos::prelude::*;

use super::overview::{partial_note, split};
use crate::app::chart::{Chart, ChartData, Kind, ticks_that_fit};
use crate::app::feed::{Feed, pace};
use crate::app::state::{ZONE, use_console};
use crate::app::widget::{Bar, Empty, Heading, Loaded, Panel, Pill, bones};
use crate::number::{compact, grouped, share};
use crate::scale;
use crate::series::Frame;
use crate::time;
use crate::words;

#[component]
pub(crate) fn Detections() -> impl IntoView {
    let feed = Feed::<Detectors>::new(
        |console| {
            Some(format!(
                "/detectors{}",
                console.view.get().api_query(console.now())
            ))
        },
        pace,
    );
    view! {
        <Heading title="Detections" lead="What was found in requests, and what became of it."/>
        <Loaded feed=feed skeleton=|| bones(&[("chart", 1), ("panels", 2), ("rows", 8)]) children=content/>
    }
}

/// The whole window in buckets: the address says which window, the answer how long a bucket is.
fn frame_of(detectors: &Detectors) -> Frame {
    let console = use_console();
    let (from, to) = console.view.get().range.window(console.now());
    Frame::around(
        from,
        to,
        detectors.bucket_seconds as i64 * 1000,
        time::parse(&detectors.complete_until).unwrap_or(to),
    )
}

fn content(data: Signal<Arc<Detectors>>) -> impl IntoView {
    let actions = Signal::derive(move || {
        let detectors = data.get();
        let frame = frame_of(&detectors);
        let order = ["mask", "block", "route_local", "allow"];
        let lines = split(frame, &detectors.actions, &order, words::action, |_, key| {
            words::tone(key).to_owned()
        });
        ChartData { frame, lines }
    });
    let is_empty = Memo::new(move |_| data.get().items.is_empty());
    move || {
        if is_empty.get() {
            return view! { <Empty title="Nothing found in this window" text="Choose a longer range, or remove a filter."/> }.into_any();
        }
        view! {
            {move || data.get().partial.as_ref().map(partial_note)}
            <Panel title="Types over time" note=move || view! { <span class="quiet">"Stronger is more, for each type by itself"</span> }>
                {move || heat_map(&data.get())}
            </Panel>
            <div class="columns-2">
                <Panel title="Actions over time">
                    <Chart title="Actions over time" kind=Kind::Stacked data=actions format=compact/>
                </Panel>
                <div class="stack">
                    <Leaves data=data/>
                    <Unresolved data=data/>
                </div>
            </div>
            <DetectorTable data=data/>
        }
        .into_any()
    }
}

/// Joins buckets so that cells stay wide enough to be seen.
const MOST_CELLS: usize = 72;
const MOST_TYPES: usize = 16;

fn heat_map(detectors: &Detectors) -> AnyView {
    let frame = frame_of(detectors);
    let size = frame.count().div_ceil(MOST_CELLS).max(1);
    let cells = frame.count().div_ceil(size);
    let mut rows: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for Point { t, values } in &detectors.types {
        let Some(at) = time::parse(t) else { continue };
        let Ok(nth) = usize::try_from((at - frame.from) / frame.bucket / size as i64) else {
            continue;
        };
        for (key, count) in values {
            let row = rows.entry(key).or_insert_with(|| vec![0; cells]);
            if let Some(cell) = row.get_mut(nth) {
                *cell += count;
            }
        }
    }
    let mut rows: Vec<(&str, Vec<u64>, u64)> = rows
        .into_iter()
        .map(|(key, row)| {
            let sum = row.iter().sum();
            (key, row, sum)
        })
        .collect();
    rows.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let left_out = rows.len().saturating_sub(MOST_TYPES);
    rows.truncate(MOST_TYPES);
    let span_of = move |nth: usize| {
        let from = frame.span_of(nth * size).0;
        let to = (from + frame.bucket * size as i64).min(frame.to);
        time::span(from, to, ZONE)
    };
    let length = (frame.to - frame.from).max(1) as f64;
    let ticks = scale::times(frame.from, frame.to, ticks_that_fit(), ZONE);
    view! {
        <div class="heat" role="img" aria-label="Types over time; the table below has the sums">
            {rows.into_iter().map(|(key, row, sum)| {
                let most = row.iter().copied().max().unwrap_or(1).max(1);
                let name = key.to_owned();
                view! {
                    <div class="heat-row">
                        <span class="heat-name mono" title=name.clone()>{name.clone()}</span>
                        <span class="heat-cells">
                            {row.into_iter().enumerate().map(|(nth, count)| {
                                // Square root: a few stand out from none, and much from more.
                                let level = if count == 0 { 0 } else { 1 + (((count as f64 / most as f64).sqrt() * 6.0) as usize).min(5) };
                                let title = format!("{name}, {}: {}", span_of(nth), grouped(count));
                                view! { <span class=format!("heat-cell is-{level}") title=title></span> }
                            }).collect_view()}
                        </span>
                        <span class="heat-sum num">{compact(sum)}</span>
                    </div>
                }
            }).collect_view()}
            <div class="heat-row heat-axis">
                <span></span>
                <span class="heat-ticks">
                    {ticks.into_iter().filter_map(|tick| {
                        let share = (tick.at - frame.from) as f64 / length;
                        (0.015..0.985).contains(&share).then(|| {
                            let place = format!("{:.2}%", share * 100.0);
                            view! { <span class="tick-x" class:is-day=tick.is_day style:left=place>{tick.text}</span> }
                        })
                    }).collect_view()}
                </span>
                <span></span>
            </div>
        </div>
        {(left_out > 0).then(|| view! { <p class="hint">{format!("{left_out} rarer types are in the table below.")}</p> })}
    }
    .into_any()
}

/// Values that were found and allowed: those do leave.
#[component]
fn Leaves(data: Signal<Arc<Detectors>>) -> impl IntoView {
    let console = use_console();
    view! {
        <Panel title="What does leave" note=move || view! { <span class="quiet">"Found, and allowed by the policy"</span> }>
            {move || {
                let detectors = data.get();
                let mut types: BTreeMap<&str, u64> = BTreeMap::new();
                for item in detectors.items.iter().filter(|item| item.action == "allow") {
                    *types.entry(&item.entity_type).or_default() += item.count;
                }
                let mut types: Vec<(&str, u64)> = types.into_iter().collect();
                types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                let Some(most) = types.first().map(|(_, count)| *count) else {
                    return view! { <Empty title="No found value left" text="Everything that was found was masked, blocked or kept local."/> }.into_any();
                };
                view! {
                    <ul class="bars">
                        {types.into_iter().take(6).map(|(name, count)| {
                            let name = name.to_owned();
                            let filter = name.clone();
                            let href = move || format!("/events{}", console.view.get().with("entity_type", Some(&filter)).with("action", Some("allow")).query());
                            view! {
                                <li><a class="bar-row" href=href>
                                    <span class="bar-name mono">{name}</span>
                                    <Bar share=count as f64 / most as f64 tone="tone-allowed"/>
                                    <span class="bar-value">{compact(count)}</span>
                                </a></li>
                            }
                        }).collect_view()}
                    </ul>
                }.into_any()
            }}
        </Panel>
    }
}

#[component]
fn Unresolved(data: Signal<Arc<Detectors>>) -> impl IntoView {
    let count = move || data.get().unresolved_placeholders;
    view! {
        <Panel title="Unresolved placeholders">
            <p class="figure"><span class="tile-value" title=move || grouped(count())>{move || compact(count())}</span></p>
            <p class="quiet">{move || if count() == 0 {
                "Every placeholder in an answer got its value back."
            } else {
                "Placeholders in answers that no value belongs to: a model changed them, or a conversation went to another gateway."
            }}</p>
        </Panel>
    }
}

#[component]
fn DetectorTable(data: Signal<Arc<Detectors>>) -> impl IntoView {
    let console = use_console();
    view! {
        <Panel title="Detectors">
            <div class="table-scroll">
            <table class="rows">
                <thead><tr>
                    <th scope="col">"Type"</th><th scope="col">"Became"</th><th scope="col">"Detector"</th>
                    <th scope="col" class="num">"Values"</th><th scope="col" class="num">"Share"</th><th scope="col" class="wide"><span class="sr-only">"Share as a bar"</span></th>
                </tr></thead>
                <tbody>
                    {move || {
                        let detectors = data.get();
                        let whole: u64 = detectors.items.iter().map(|item| item.count).sum();
                        let most = detectors.items.iter().map(|item| item.count).max().unwrap_or(1).max(1);
                        detectors.items.iter().map(|item: &DetectorItem| {
                            let (entity_type, action) = (item.entity_type.clone(), item.action.clone());
                            let href = move || format!("/events{}", console.view.get().with("entity_type", Some(&entity_type)).with("action", Some(&action)).query());
                            view! {
                                <tr>
                                    <td><a class="row-link mono" data-row="" href=href>{item.entity_type.clone()}</a></td>
                                    <td><Pill name=item.action.clone() is_action=true/></td>
                                    <td class="mono quiet">{item.detector.clone()}</td>
                                    <td class="num" title=grouped(item.count)>{compact(item.count)}</td>
                                    <td class="num">{share(item.count, whole)}</td>
                                    <td class="wide"><Bar share=item.count as f64 / most as f64 tone=words::tone(&item.action)/></td>
                                </tr>
                            }
                        }).collect_view()
                    }}
                </tbody>
            </table>
            </div>
        </Panel>
    }
}
