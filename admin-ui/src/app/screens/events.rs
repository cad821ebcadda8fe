//! Events: a table that only has the rows that are in view, a live tail, and a drawer for one event.

mod drawer;

use std::collections::HashSet;

use admin_types::{EventItem, LiveTick, Page};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, KeyboardEvent, MessageEvent};

use self::drawer::Drawer;
use crate::app::api::{self, Failure, Sending};
use crate::app::icon::icon;
use crate::app::state::{Console, ZONE, is_visible, use_console};
use crate::app::widget::{Empty, Failed, Heading, bones};
use crate::number::{grouped, micros};
use crate::time;
use crate::url_state::UrlState;
use crate::words;

const ROW: f64 = 40.0;
/// Rows above and below what is in view.
const MARGIN: usize = 12;
const PAGE: usize = 200;
/// More than this nobody scrolls through: filters find it sooner.
const MOST: usize = 10_000;

/// What is shown, and what is known of the rest.
#[derive(Clone, Copy)]
struct Rows {
    events: RwSignal<Vec<EventItem>>,
    cursor: RwSignal<Option<String>>,
    is_loading: RwSignal<bool>,
    is_loaded: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    generation: StoredValue<u64>,
}

impl Rows {
    fn load(self, console: Console, is_more: bool) {
        if is_more && (self.is_loading.get_untracked() || self.cursor.with_untracked(Option::is_none)) {
            return;
        }
        let state = console.view.get_untracked();
        let mut path = format!("/events{}&limit={PAGE}", state.api_query(console.now()));
        if is_more && let Some(cursor) = self.cursor.get_untracked() {
            path.push_str(&format!("&cursor={cursor}"));
        }
        self.generation.update_value(|generation| *generation += 1);
        let generation = self.generation.get_value();
        self.is_loading.set(true);
        spawn_local(async move {
            let answer = api::get::<Page<EventItem>>(console, &path, Sending::default()).await;
            if self.generation.try_get_value() != Some(generation) {
                return;
            }
            self.is_loading.set(false);
            match answer {
                Ok(page) => {
                    console.freshness.update(|freshness| {
                        freshness.at = Some(console.now());
                        freshness.problem = None;
                    });
                    self.failure.set(None);
                    self.cursor.set(page.next_cursor);
                    self.events.update(|events| {
                        if is_more {
                            events.extend(page.items);
                        } else {
                            *events = page.items;
                        }
                    });
                    if self.events.with_untracked(Vec::len) >= MOST {
                        self.cursor.set(None);
                    }
                    self.is_loaded.set(true);
                }
                Err(failure) => {
                    console
                        .freshness
                        .update(|freshness| freshness.problem = Some(failure.sentence()));
                    self.failure.set(Some(failure));
                }
            }
        });
    }
}

#[component]
pub(crate) fn Events() -> impl IntoView {
    let console = use_console();
    let rows = Rows {
        events: RwSignal::new(Vec::new()),
        cursor: RwSignal::new(None),
        is_loading: RwSignal::new(false),
        is_loaded: RwSignal::new(false),
        failure: RwSignal::new(None),
        generation: StoredValue::new(0),
    };
    let is_live = RwSignal::new(false);
    Effect::new(move |_| {
        console.view.track();
        console.again.track();
        rows.load(console, false);
    });
    on_cleanup(move || {
        let _ = rows.generation.try_update_value(|generation| *generation += 1);
    });
    let open = Memo::new(move |_| console.url.with(|url| url.open.clone()));
    let opened = Memo::new(move |_| {
        let open = open.get()?;
        rows.events
            .with(|events| events.iter().find(|event| event.event_id == open).cloned())
    });
    let state = move || {
        if rows.failure.with(Option::is_some) && rows.events.with(Vec::is_empty) {
            "failed"
        } else if !rows.is_loaded.get() {
            "loading"
        } else if rows.events.with(Vec::is_empty) {
            "empty"
        } else {
            "rows"
        }
    };
    let state = Memo::new(move |_| state());
    view! {
        <Heading title="Events">
            <LiveSwitch is_live=is_live rows=rows/>
            <Export/>
        </Heading>
        {move || match state.get() {
            "failed" => {
                let sentence = rows.failure.get_untracked().map(|failure| failure.sentence()).unwrap_or_default();
                view! { <Failed sentence=sentence/> }.into_any()
            }
            "loading" => view! { <div class="skeleton" aria-hidden="true">{bones(&[("rows", 12)])}</div> }.into_any(),
            "empty" => view! {
                <Empty title="No event in this window" text="Choose a longer range, or remove a filter."/>
            }.into_any(),
            _ => view! { <Table rows=rows is_live=is_live/> }.into_any(),
        }}
        <Show when=move || open.with(Option::is_some)>
            <Drawer id=Signal::derive(move || open.get().unwrap_or_default()) known=opened/>
        </Show>
    }
}

#[component]
fn Table(rows: Rows, is_live: RwSignal<bool>) -> impl IntoView {
    let console = use_console();
    let scroller = NodeRef::<html::Div>::new();
    let scrolled = RwSignal::new((0.0f64, 800.0f64));
    let measure = move || {
        if let Some(scroller) = scroller.get_untracked() {
            scrolled.set((
                f64::from(scroller.scroll_top()),
                f64::from(scroller.client_height()),
            ));
        }
    };
    Effect::new(move |_| {
        scroller.track();
        request_animation_frame(measure);
    });
    let resize = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resize.remove());
    let window = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        let count = rows.events.with(Vec::len);
        let first = ((top / ROW) as usize).saturating_sub(MARGIN);
        let last = (((top + height) / ROW) as usize + MARGIN).min(count);
        // In steps, so that not every pixel makes new rows.
        (first / 4 * 4, last.div_ceil(4).saturating_mul(4).min(count))
    });
    Effect::new(move |_| {
        let (_, last) = window.get();
        if last + PAGE / 2 >= rows.events.with(Vec::len) {
            rows.load(console, true);
        }
    });
    let on_scroll = move |_| {
        measure();
        // Whoever scrolls down reads: what is new waits.
        if scrolled.get_untracked().0 > ROW && is_live.get_untracked() {
            is_live.set(false);
            console.say("Live stopped, because you scrolled.");
        }
    };
    let height = move || format!("{}px", rows.events.with(Vec::len) as f64 * ROW);
    let visible = move || {
        let (first, last) = window.get();
        rows.events.with(|events| {
            events
                .iter()
                .enumerate()
                .take(last.min(events.len()))
                .skip(first)
                .map(|(nth, event)| (nth, event.clone()))
                .collect::<Vec<_>>()
        })
    };
    let open = Memo::new(move |_| console.url.with(|url| url.open.clone()));
    view! {
        <div class="events" role="table" aria-label="Events" aria-rowcount=move || rows.events.with(Vec::len).to_string()>
            <div class="events-body" role="rowgroup" node_ref=scroller on:scroll=on_scroll tabindex="-1">
                <div class="events-head" role="row">
                    {["Time", "Outcome", "Surface", "Upstream and model", "Caller", "Found", "Added", "Total", "Status"].into_iter().map(|title| {
                        view! { <span role="columnheader">{title}</span> }
                    }).collect_view()}
                </div>
                <div class="events-space" style:height=height>
                    <For each=visible key=|(nth, event)| (*nth, event.event_id.clone()) children=move |(nth, event)| row(console, nth, event, open)/>
                </div>
            </div>
            <div class="events-foot">
                {move || {
                    let count = rows.events.with(Vec::len);
                    let more = if rows.cursor.with(Option::is_some) {
                        " and more: scroll on"
                    } else if count >= MOST {
                        " shown: filters or a shorter range find older ones"
                    } else {
                        ""
                    };
                    format!("{} events{more}", grouped(count as u64))
                }}
                {move || rows.failure.get().map(|failure| view! { <span class="problem">{failure.sentence()}</span> })}
            </div>
        </div>
    }
}

fn row(console: Console, nth: usize, event: EventItem, open: Memo<Option<String>>) -> impl IntoView {
    let at = time::parse(&event.occurred_at).unwrap_or_default();
    let id = event.event_id.clone();
    let same = id.clone();
    let is_open = move || open.with(|open| open.as_ref() == Some(&same));
    let show = move || {
        let state = console.url.get_untracked().opened(Some(&id));
        console.set_url(&state);
    };
    let click = show.clone();
    let keyed = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            show();
        }
    };
    let title = format!("{}\n{}", time::full(at, ZONE), time::utc(at));
    let found = found(&event);
    let is_bad = event.status >= 400;
    view! {
        <div class="event" role="row" tabindex="0" data-row="" aria-rowindex=(nth + 1).to_string()
            aria-current=move || is_open().then_some("true")
            style:transform=format!("translateY({}px)", nth as f64 * ROW)
            on:click=move |_| click() on:keydown=keyed>
            <span role="cell" title=title class="num">{time::in_list(at, console.now(), ZONE)}</span>
            <span role="cell">{super::overview::outcome_pill(&event.outcome)}</span>
            <span role="cell" class="two"><span>{words::surface(&event.surface).to_owned()}</span><span class="quiet">{words::transport(&event.transport).to_owned()}</span></span>
            <span role="cell" class="two"><span>{event.upstream.clone()}</span><span class="quiet mono" title=event.model.clone()>{event.model.clone()}</span></span>
            <span role="cell" class="id" title=event.caller_id.clone()>{words::short_id(&event.caller_id).to_owned()}</span>
            <span role="cell" class="tags">{found}</span>
            <span role="cell" class="num">{event.durations.masking_us.map_or("\u{2013}".to_owned(), micros)}</span>
            <span role="cell" class="num">{micros(event.durations.total_us)}</span>
            <span role="cell" class="num" class:is-bad=is_bad>{event.status.to_string()}</span>
        </div>
    }
}

/// Types with counts, the first few.
fn found(event: &EventItem) -> impl IntoView + use<> {
    let mut types: Vec<(String, String, u64)> = Vec::new();
    for found in &event.detections {
        match types
            .iter_mut()
            .find(|(name, action, _)| *name == found.entity_type && *action == found.action)
        {
            Some((_, _, count)) => *count += found.count,
            None => types.push((found.entity_type.clone(), found.action.clone(), found.count)),
        }
    }
    // What stopped the request comes first.
    types.sort_by_key(|(_, action, count)| (action != "block", std::cmp::Reverse(*count)));
    let more = types.len().saturating_sub(2);
    let tags = types
        .into_iter()
        .take(2)
        .map(|(name, action, count)| {
            let title = format!(
                "{name}: {} {}",
                grouped(count),
                words::action(&action).to_lowercase()
            );
            view! {
                <span class=format!("tag {}", words::tone(&action)) title=title>
                    {name}{(count > 1).then(|| view! { <span class="tag-count">{grouped(count)}</span> })}
                </span>
            }
        })
        .collect_view();
    let rest = (more > 0).then(|| view! { <span class="quiet">{format!("+{more}")}</span> });
    view! { {tags}{rest} }
}

#[component]
fn Export() -> impl IntoView {
    let console = use_console();
    let href = move |format: &'static str| {
        move || {
            console.beat.track();
            format!(
                "/api/v1/events/export{}&format={format}",
                console.view.get().api_query(console.now())
            )
        }
    };
    view! {
        <div class="export">
            {icon("download")}
            <a class="link" href=href("csv") rel="external" download="events.csv">"CSV"</a>
            <a class="link" href=href("jsonl") rel="external" download="events.jsonl">"JSON Lines"</a>
        </div>
    }
}

/// Whether an event is one that the filters ask for.
fn fits(state: &UrlState, event: &EventItem) -> bool {
    state.filters.iter().all(|(name, value)| match name.as_str() {
        "outcome" => event.outcome == *value,
        "surface" => event.surface == *value,
        "upstream" => event.upstream == *value,
        "model" => event.model == *value,
        "caller" => event.caller_id == *value,
        "instance" => event.instance_id == *value,
        "status" => event.status.to_string() == *value,
        "code" => event.error_code.as_ref() == Some(value),
        "entity_type" => event.detections.iter().any(|found| found.entity_type == *value),
        "action" => event.detections.iter().any(|found| found.action == *value),
        _ => true,
    })
}

type Listener = Closure<dyn FnMut(MessageEvent)>;

/// An open stream: closed when it is dropped.
struct Stream {
    source: EventSource,
    _listeners: Vec<Listener>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

#[component]
fn LiveSwitch(is_live: RwSignal<bool>, rows: Rows) -> impl IntoView {
    let console = use_console();
    let stream = StoredValue::new_local(None::<Stream>);
    let omitted = RwSignal::new(0u64);
    let follows = Memo::new(move |_| console.view.with(|view| view.range.follows()));
    Effect::new(move |_| {
        // Anything else than "the last ..." has an end that nothing new reaches.
        if !follows.get() {
            is_live.set(false);
        }
        if is_live.get() {
            omitted.set(0);
            stream.set_value(open_stream(console, rows, omitted, is_live));
        } else {
            stream.set_value(None);
        }
    });
    let handle = window_event_listener_untyped("visibilitychange", move |_| {
        if !is_visible() {
            is_live.set(false);
        }
    });
    on_cleanup(move || {
        handle.remove();
        let _ = stream.try_update_value(|stream| *stream = None);
    });
    view! {
        <div class="live">
            {move || (is_live.get() && omitted.get() > 0).then(|| view! {
                <span class="quiet" title="There were more than 50 in a second">{format!("{} more not shown", grouped(omitted.get()))}</span>
            })}
            <button type="button" class="button" aria-pressed=move || is_live.get().to_string()
                disabled=move || !follows.get() title="Show events as they come"
                on:click=move |_| is_live.update(|is| *is = !*is)>
                <span class="dot" class:is-live=move || is_live.get() aria-hidden="true"></span>"Live"
            </button>
        </div>
    }
}

fn open_stream(
    console: Console,
    rows: Rows,
    omitted: RwSignal<u64>,
    is_live: RwSignal<bool>,
) -> Option<Stream> {
    let source = EventSource::new("/api/v1/live").ok()?;
    let on_event: Listener = Closure::new(move |message: MessageEvent| {
        let text = message.data().as_string().unwrap_or_default();
        let Ok(event) = serde_json::from_str::<EventItem>(&text) else {
            return;
        };
        if !fits(&console.view.get_untracked(), &event) {
            return;
        }
        rows.events.update(|events| {
            let known: HashSet<&str> = events
                .iter()
                .take(PAGE)
                .map(|event| event.event_id.as_str())
                .collect();
            if !known.contains(event.event_id.as_str()) {
                events.insert(0, event);
                events.truncate(MOST);
            }
        });
    });
    let on_tick: Listener = Closure::new(move |message: MessageEvent| {
        let text = message.data().as_string().unwrap_or_default();
        if let Ok(tick) = serde_json::from_str::<LiveTick>(&text) {
            omitted.update(|omitted| *omitted += tick.omitted);
            console.freshness.update(|freshness| {
                freshness.at = Some(console.now());
                freshness.problem = None;
            });
        }
    });
    let on_end: Listener = Closure::new(move |_| {
        is_live.set(false);
        console.ask_me(true);
    });
    let closed = source.clone();
    let on_error: Listener = Closure::new(move |_| {
        if closed.ready_state() == EventSource::CLOSED {
            // Refused, and not joined again by the browser: the session may have ended.
            is_live.set(false);
            console.ask_me(true);
        }
        console.freshness.update(|freshness| {
            freshness.problem = Some("The live stream broke off; it is joined again by itself.".to_owned());
        });
    });
    for (name, listener) in [
        ("event", &on_event),
        ("tick", &on_tick),
        ("end", &on_end),
        ("error", &on_error),
    ] {
        source
            .add_event_listener_with_callback(name, listener.as_ref().unchecked_ref())
            .ok()?;
    }
    Some(Stream {
        source,
        _listeners: vec![on_event, on_tick, on_end, on_error],
    })
}
