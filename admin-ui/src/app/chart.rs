//! Charts over time: bars that are stacked, or lines. The plot is SVG that stretches with its box; what is text is HTML, so
//! that it does not stretch. Everything that is computed is in `series` and `scale`.

use std::fmt::Write as _;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

use super::icon::icon;
use super::state::{ZONE, use_console};
use crate::scale::{self, Linear};
use crate::series::{self, Frame};
use crate::time;
use crate::url_state::Range;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 200.0;

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) tone: String,
    /// One a bucket.
    pub(crate) values: Vec<Option<u64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Amounts, from the ground up.
    Stacked,
    /// Durations, which may be missing.
    Lines,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartData {
    pub(crate) frame: Frame,
    pub(crate) lines: Vec<Line>,
}

#[component]
pub(crate) fn Chart(
    /// For screen readers, and the name of files.
    title: &'static str,
    kind: Kind,
    #[prop(into)] data: Signal<ChartData>,
    format: fn(u64) -> String,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let console = use_console();
    let hidden = RwSignal::new(Vec::<String>::new());
    let is_table = RwSignal::new(false);
    let cursor = RwSignal::new(None::<usize>);
    let brush = RwSignal::new(None::<(f64, f64)>);
    let plot = NodeRef::<html::Div>::new();

    let shown = Memo::new(move |_| {
        let mut data = data.get();
        hidden.with(|hidden| data.lines.retain(|line| !hidden.contains(&line.name)));
        data
    });
    let ticks = Memo::new(move |_| {
        let most = shown.with(|data| most(data, kind));
        match kind {
            Kind::Stacked => scale::amounts(most, 4, 1.0),
            Kind::Lines => scale::durations(most, 4),
        }
    });
    let top = move || ticks.with(|ticks| ticks.last().copied().unwrap_or(1.0));

    let share_of = move |event: &PointerEvent| {
        let element: HtmlElement = plot.get_untracked()?.unchecked_into();
        let box_ = element.get_bounding_client_rect();
        Some(((f64::from(event.client_x()) - box_.left()) / box_.width().max(1.0)).clamp(0.0, 1.0))
    };
    let moved = move |event: PointerEvent| {
        let Some(share) = share_of(&event) else { return };
        cursor.set(Some(shown.with_untracked(|data| data.frame.nth_at(share))));
        brush.update(|brush| {
            if let Some(brush) = brush {
                brush.1 = share;
            }
        });
    };
    let pressed = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        if let (Some(element), Some(share)) = (plot.get_untracked(), share_of(&event)) {
            let _ = element.set_pointer_capture(event.pointer_id());
            let _ = element.focus();
            brush.set(Some((share, share)));
        }
    };
    let released = move |_: PointerEvent| {
        let Some((start, end)) = brush.get_untracked() else {
            return;
        };
        brush.set(None);
        let (low, high) = (start.min(end), start.max(end));
        let frame = shown.with_untracked(|data| data.frame);
        let (first, last) = (frame.nth_at(low), frame.nth_at(high));
        // A click is no range.
        if high - low > 0.01 && last > first {
            let range = Range::Fixed(frame.span_of(first).0, frame.span_of(last).1);
            console.set_url(&console.url.get_untracked().ranged(range));
        }
    };
    let keyed = move |event: KeyboardEvent| {
        let count = shown.with_untracked(|data| data.frame.count());
        let now = cursor.get_untracked();
        let next = match event.key().as_str() {
            "ArrowLeft" => Some(now.map_or(count.saturating_sub(1), |nth| nth.saturating_sub(1))),
            "ArrowRight" => Some(now.map_or(0, |nth| (nth + 1).min(count.saturating_sub(1)))),
            "Home" => Some(0),
            "End" => Some(count.saturating_sub(1)),
            "Escape" => None,
            "Enter" => {
                if let Some(nth) = now {
                    let (from, to) = shown.with_untracked(|data| data.frame.span_of(nth));
                    console.set_url(&console.url.get_untracked().ranged(Range::Fixed(from, to)));
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    let export = move |_| {
        let data = data.get_untracked();
        let (head, rows) = table_of(&data, u64::to_string, &time::to_rfc3339);
        super::screens::save(
            &format!("{}.csv", file_name(title)),
            "text/csv",
            &series::csv(&head, &rows),
        );
    };

    view! {
        <figure class=format!("chart {class}") aria-label=title>
            <div class="chart-head">
                <ul class="legend">
                    <For
                        each=move || data.with(|data| {
                            data.lines.iter().map(|line| (line.name.clone(), line.label.clone(), line.tone.clone())).collect::<Vec<_>>()
                        })
                        key=|line| line.clone()
                        children=move |(name, label, tone)| {
                            let key = name.clone();
                            let is_shown = Signal::derive(move || hidden.with(|hidden| !hidden.contains(&key)));
                            let toggle = move |_| hidden.update(|hidden| {
                                if hidden.contains(&name) {
                                    hidden.retain(|other| *other != name);
                                } else {
                                    hidden.push(name.clone());
                                }
                            });
                            view! {
                                <li>
                                    <button type="button" class="legend-key" aria-pressed=move || is_shown.get().to_string() on:click=toggle>
                                        <span class=format!("swatch {tone}") aria-hidden="true"></span>
                                        {label}
                                    </button>
                                </li>
                            }
                        }
                    />
                </ul>
                <div class="chart-tools">
                    <button type="button" class="button-icon" aria-pressed=move || is_table.get().to_string()
                        title="The numbers as a table" aria-label=format!("{title}: the numbers as a table")
                        on:click=move |_| is_table.update(|is| *is = !*is)>{icon("table")}</button>
                    <button type="button" class="button-icon" title="Save as CSV" aria-label=format!("{title}: save as CSV")
                        on:click=export>{icon("download")}</button>
                </div>
            </div>
            <Show when=move || !is_table.get() fallback=move || data.with(|data| table(title, data, format))>
                <div class="chart-body">
                    <div class="chart-y" aria-hidden="true">
                        {move || ticks.get().into_iter().map(|tick| {
                            let place = format!("{:.2}%", tick / top() * 100.0);
                            view! { <span class="tick-y" style:bottom=place>{if tick > 0.0 { format(tick as u64) } else { "0".to_owned() }}</span> }
                        }).collect_view()}
                    </div>
                    <div class="plot" node_ref=plot tabindex="0" role="application"
                        aria-label=format!("{title}. Left and right move through it, Enter zooms in.")
                        on:pointermove=moved on:pointerdown=pressed on:pointerup=released
                        on:pointerleave=move |_| if brush.get_untracked().is_none() { cursor.set(None) }
                        on:blur=move |_| cursor.set(None)
                        on:keydown=keyed>
                        <svg viewBox="0 0 1000 200" preserveAspectRatio="none" aria-hidden="true">
                            {move || ticks.get().into_iter().map(|tick| {
                                let y = format!("{:.1}", HEIGHT - tick / top() * HEIGHT);
                                view! { <line class="grid" x1="0" x2="1000" y1=y.clone() y2=y/> }
                            }).collect_view()}
                            {move || shown.with(|data| marks(data, kind, top()))}
                        </svg>
                        {move || brush.get().map(|(start, end)| {
                            let left = format!("{:.2}%", start.min(end) * 100.0);
                            let width = format!("{:.2}%", (end - start).abs() * 100.0);
                            view! { <div class="brush" style:left=left style:width=width></div> }
                        })}
                        {move || cursor.get().map(|nth| shown.with(|data| crosshair(data, nth, kind, format)))}
                    </div>
                    <div class="chart-x" aria-hidden="true">
                        {move || shown.with(|data| times(data.frame))}
                    </div>
                </div>
            </Show>
        </figure>
    }
}

fn file_name(title: &str) -> String {
    title
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

fn most(data: &ChartData, kind: Kind) -> f64 {
    let at = |nth: usize| {
        let values = data
            .lines
            .iter()
            .filter_map(|line| line.values.get(nth).copied().flatten());
        match kind {
            Kind::Stacked => values.sum::<u64>(),
            Kind::Lines => values.max().unwrap_or(0),
        }
    };
    (0..data.frame.count()).map(at).max().unwrap_or(0) as f64
}

/// What is drawn: a path a series, and another for buckets that are still running.
fn marks(data: &ChartData, kind: Kind, top: f64) -> AnyView {
    let frame = data.frame;
    let count = frame.count().max(1);
    let step = WIDTH / count as f64;
    let y = Linear {
        domain: (0.0, top),
        range: (HEIGHT, 0.0),
    };
    let is_running = |nth: usize| frame.span_of(nth).0 >= frame.complete_until;
    if kind == Kind::Lines {
        return data
            .lines
            .iter()
            .map(|line| {
                let points = line.values.iter().enumerate().map(|(nth, value)| {
                    value.map(|value| ((nth as f64 + 0.5) * step, y.place(value as f64)))
                });
                let path = series::line(points);
                view! { <path class=format!("line {}", line.tone) d=path/> }
            })
            .collect_view()
            .into_any();
    }
    let mut paths = vec![(String::new(), String::new()); data.lines.len()];
    // A hair of space between bars, as long as they are wide enough to bear it.
    let gap = if step > 6.0 { 1.2 } else { 0.0 };
    for nth in 0..count {
        let values: Vec<u64> = data
            .lines
            .iter()
            .map(|line| line.values.get(nth).copied().flatten().unwrap_or(0))
            .collect();
        for ((from, to), (whole, running)) in series::stacked(&values).into_iter().zip(&mut paths) {
            if to <= from {
                continue;
            }
            let path = if is_running(nth) { running } else { whole };
            let (x, bottom, height) = (nth as f64 * step, y.place(from), y.place(from) - y.place(to));
            let _ = write!(
                path,
                "M{:.2} {bottom:.2}v{:.2}h{:.2}v{height:.2}z",
                x + gap / 2.0,
                -height,
                step - gap
            );
        }
    }
    data.lines
        .iter()
        .zip(paths)
        .map(|(line, (whole, running))| {
            view! {
                <path class=format!("area {}", line.tone) d=whole/>
                <path class=format!("area is-running {}", line.tone) d=running/>
            }
        })
        .collect_view()
        .into_any()
}

/// As many as do not touch each other.
pub(crate) fn ticks_that_fit() -> usize {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    if width.is_some_and(|width| width < 720.0) {
        4
    } else {
        8
    }
}

fn times(frame: Frame) -> impl IntoView {
    let length = (frame.to - frame.from).max(1) as f64;
    // Text at the very edge would be cut.
    scale::times(frame.from, frame.to, ticks_that_fit(), ZONE)
        .into_iter()
        .filter_map(|tick| {
            let share = (tick.at - frame.from) as f64 / length;
            (0.015..0.985).contains(&share).then(|| {
                let place = format!("{:.2}%", share * 100.0);
                view! { <span class="tick-x" class:is-day=tick.is_day style:left=place>{tick.text}</span> }
            })
        })
        .collect_view()
}

fn crosshair(data: &ChartData, nth: usize, kind: Kind, format: fn(u64) -> String) -> AnyView {
    let frame = data.frame;
    if nth >= frame.count() {
        return ().into_any();
    }
    let (from, to) = frame.span_of(nth);
    let share = (nth as f64 + 0.5) / frame.count() as f64;
    let is_right = share > 0.5;
    let place = format!("{:.2}%", share * 100.0);
    let values: Vec<(String, String, Option<u64>)> = data
        .lines
        .iter()
        .map(|line| {
            (
                line.label.clone(),
                line.tone.clone(),
                line.values.get(nth).copied().flatten(),
            )
        })
        .filter(|(_, _, value)| kind == Kind::Lines || value.is_some_and(|value| value > 0))
        .rev()
        .collect();
    let sum: u64 = values.iter().filter_map(|(_, _, value)| *value).sum();
    let total = (kind == Kind::Stacked)
        .then(|| view! { <dt class="tip-sum">"All"</dt><dd class="tip-sum">{format(sum)}</dd> });
    let running = (from >= frame.complete_until).then(|| view! { <p class="tip-note">"still running"</p> });
    let rows = values
        .into_iter()
        .map(|(label, tone, value)| {
            view! {
                <dt><span class=format!("swatch {tone}")></span>{label}</dt>
                <dd>{value.map_or("\u{2013}".to_owned(), format)}</dd>
            }
        })
        .collect_view();
    view! {
        <div class="crosshair" class:is-right=is_right style:left=place>
            <div class="tip" role="status">
                <p class="tip-time">{time::span(from, to, ZONE)}</p>
                <dl>{rows}{total}</dl>
                {running}
            </div>
        </div>
    }
    .into_any()
}

/// Head and rows of the numbers of a chart.
fn table_of(
    data: &ChartData,
    format: impl Fn(&u64) -> String,
    at: &dyn Fn(i64) -> String,
) -> (Vec<String>, Vec<Vec<String>>) {
    let mut head = vec!["Time".to_owned()];
    head.extend(data.lines.iter().map(|line| line.label.clone()));
    let rows = (0..data.frame.count())
        .filter(|nth| {
            data.lines
                .iter()
                .any(|line| line.values.get(*nth).copied().flatten().is_some())
        })
        .map(|nth| {
            let mut row = vec![at(data.frame.span_of(nth).0)];
            row.extend(data.lines.iter().map(|line| {
                line.values
                    .get(nth)
                    .copied()
                    .flatten()
                    .map_or(String::new(), |value| format(&value))
            }));
            row
        })
        .collect();
    (head, rows)
}

fn table(title: &'static str, data: &ChartData, format: fn(u64) -> String) -> AnyView {
    let (head, rows) = table_of(data, |value| format(*value), &|at| time::in_list(at, 0, ZONE));
    view! {
        <div class="chart-table" tabindex="0" role="region" aria-label=title>
            <table class="numbers">
                <thead><tr>{head.into_iter().map(|cell| view! { <th scope="col">{cell}</th> }).collect_view()}</tr></thead>
                <tbody>
                    {rows.into_iter().rev().map(|row| view! {
                        <tr>{row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
