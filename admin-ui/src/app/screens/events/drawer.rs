//! One event: everything that is known of it, which is no content.

use admin_types::EventItem;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::KeyboardEvent;

use crate::app::api::{self, Sending};
use crate::app::icon::icon;
use crate::app::state::{ZONE, use_console};
use crate::app::table::is_typing;
use crate::app::widget::{Copy, Pill, bones};
use crate::number::{bytes, grouped, micros};
use crate::time;
use crate::url_state::{Range, UrlState};
use crate::words;

#[component]
pub(super) fn Drawer(id: Signal<String>, known: Memo<Option<EventItem>>) -> impl IntoView {
    let console = use_console();
    let fetched = RwSignal::new(None::<EventItem>);
    let problem = RwSignal::new(None::<String>);
    let panel = NodeRef::<html::Aside>::new();
    Effect::new(move |_| {
        let id = id.get();
        problem.set(None);
        if known.with(|known| known.as_ref().is_some_and(|event| event.event_id == id)) {
            return;
        }
        spawn_local(async move {
            let path = format!("/events/{}", crate::url_state::escaped(&id));
            match api::get::<EventItem>(console, &path, Sending::default()).await {
                Ok(event) => drop(fetched.try_set(Some(event))),
                Err(failure) => drop(problem.try_set(Some(failure.sentence()))),
            }
        });
    });
    let event = Memo::new(move |_| {
        let id = id.get();
        known
            .get()
            .or_else(|| fetched.get())
            .filter(|event| event.event_id == id)
    });
    let close = move || console.set_url(&console.url.get_untracked().opened(None));
    let before = document().active_element();
    let before = StoredValue::new_local(before);
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            let _ = panel.focus();
        }
    });
    let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if event.key() == "Escape" && !is_typing(&event) && !event.default_prevented() {
            close();
        }
    });
    on_cleanup(move || {
        handle.remove();
        // The focus goes back to the row that it came from.
        use wasm_bindgen::JsCast as _;
        let element = before.try_update_value(Option::take).flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
    view! {
        <aside class="drawer" node_ref=panel tabindex="-1" aria-label="Event">
            <header class="drawer-head">
                <h2>"Event"</h2>
                <button type="button" class="button-icon" aria-label="Close" title="Close (Esc)" on:click=move |_| close()>{icon("close")}</button>
            </header>
            {move || match (event.get(), problem.get()) {
                (Some(event), _) => view! { <Details event=event/> }.into_any(),
                (None, Some(sentence)) => view! { <div class="failed" role="alert"><p>{sentence}</p></div> }.into_any(),
                (None, None) => view! { <div class="skeleton">{bones(&[("rows", 8)])}</div> }.into_any(),
            }}
        </aside>
    }
}

#[component]
fn Details(event: EventItem) -> impl IntoView {
    let console = use_console();
    let at = time::parse(&event.occurred_at).unwrap_or_default();
    let around = UrlState {
        range: Range::Fixed(at - 5 * time::MINUTE, at + 5 * time::MINUTE),
        ..UrlState::default()
    };
    let same_caller = format!("/events{}", around.with("caller", Some(&event.caller_id)).query());
    let same_error = event.error_code.clone().map(|code| {
        move || {
            format!(
                "/events{}",
                UrlState {
                    filters: Vec::new(),
                    ..console.view.get()
                }
                .with("code", Some(&code))
                .query()
            )
        }
    });
    let tokens = |count: Option<u64>| count.map_or("\u{2013}".to_owned(), grouped);
    let facts = vec![
        (
            "Surface",
            format!(
                "{}, {}",
                words::surface(&event.surface),
                words::transport(&event.transport)
            ),
        ),
        ("Upstream", event.upstream.clone()),
        ("Model", event.model.clone()),
        ("Status", event.status.to_string()),
        ("Request", bytes(event.request_bytes)),
        ("Answer", bytes(event.response_bytes)),
        (
            "Tokens in",
            match event.usage.cached_input_tokens {
                Some(cached) if cached > 0 => format!(
                    "{} ({} cached)",
                    tokens(event.usage.input_tokens),
                    grouped(cached)
                ),
                _ => tokens(event.usage.input_tokens),
            },
        ),
        ("Tokens out", tokens(event.usage.output_tokens)),
        ("Placeholders put in", grouped(event.placeholders_issued)),
        ("Values put back", grouped(event.rehydrations)),
        ("Placeholders left", grouped(event.unresolved_placeholders)),
        ("Policy revision", event.policy_revision.clone()),
    ];
    view! {
        <div class="drawer-body">
            <div class="drawer-lead">
                <Pill name=event.outcome.clone()/>
                {event.error_code.clone().map(|code| view! { <span class="mono quiet">{code}</span> })}
            </div>
            <p class="drawer-time"><span>{time::full(at, ZONE)}</span><span class="quiet">{time::utc(at)}</span></p>
            <TimeBar event=event.clone()/>
            <dl class="facts">
                {facts.into_iter().map(|(name, value)| {
                    let is_name = matches!(name, "Model" | "Policy revision");
                    view! { <dt>{name}</dt><dd class:mono=is_name>{value}</dd> }
                }).collect_view()}
            </dl>
            <h3>"Found"</h3>
            {if event.detections.is_empty() {
                view! { <p class="quiet">"Nothing that a detector knows."</p> }.into_any()
            } else {
                view! {
                    <table class="rows is-compact">
                        <thead><tr><th scope="col">"Type"</th><th scope="col">"Became"</th><th scope="col">"Detector"</th><th scope="col" class="num">"Count"</th></tr></thead>
                        <tbody>
                            {event.detections.iter().map(|found| view! {
                                <tr>
                                    <td class="mono">{found.entity_type.clone()}</td>
                                    <td><Pill name=found.action.clone() is_action=true/></td>
                                    <td class="mono quiet">{found.detector.clone()}</td>
                                    <td class="num">{grouped(found.count)}</td>
                                </tr>
                            }).collect_view()}
                        </tbody>
                    </table>
                }.into_any()
            }}
            {(!event.touched.is_empty()).then(|| view! {
                <h3>"Where in the request"</h3>
                <Places event=event.clone()/>
            })}
            <h3>"Ids"</h3>
            <ul class="ids">
                {[("event", "Event", event.event_id.clone()), ("caller", "Caller", event.caller_id.clone()), ("instance", "Instance", event.instance_id.clone())]
                    .into_iter().map(|(what, title, id)| view! {
                        <li><span class="quiet">{title}</span><span class="mono">{id.clone()}</span><Copy text=id what=format!("the {what} id")/></li>
                    }).collect_view()}
            </ul>
            <div class="drawer-links">
                <a class="button" href=same_caller>"Same caller, five minutes around"</a>
                {same_error.map(|href| view! { <a class="button" href=href>"Same error"</a> })}
            </div>
        </div>
    }
}

/// What of the turn's time was masking, waiting for the upstream, and the stream after it.
#[component]
fn TimeBar(event: EventItem) -> impl IntoView {
    let durations = event.durations;
    let total = durations.total_us.max(1);
    let masking = durations.masking_us.unwrap_or(0).min(total);
    let first = durations.upstream_first_byte_us.unwrap_or(0).min(total - masking);
    let rest = total - masking - first;
    let parts = [
        ("Masking", masking, "tone-masked"),
        ("Until the first byte", first, "tone-forwarded"),
        (
            if durations.upstream_first_byte_us.is_some() {
                "Answer"
            } else {
                "The rest"
            },
            rest,
            "tone-rest",
        ),
    ];
    view! {
        <div class="timebar">
            <p class="timebar-total"><span class="tile-value">{micros(durations.total_us)}</span><span class="quiet">"in all"</span></p>
            <div class="bar is-stack is-large" aria-hidden="true">
                {parts.iter().map(|(_, part, tone)| {
                    let width = format!("{:.2}%", *part as f64 / total as f64 * 100.0);
                    view! { <span class=format!("bar-fill {tone}") style:width=width></span> }
                }).collect_view()}
            </div>
            <ul class="legend is-static">
                {parts.into_iter().filter(|(_, part, _)| *part > 0).map(|(name, part, tone)| view! {
                    <li><span class="legend-key"><span class=format!("swatch {tone}") aria-hidden="true"></span>{name}" "<b>{micros(part)}</b></span></li>
                }).collect_view()}
            </ul>
        </div>
    }
}

/// How deep it is, its name, and what was found there: type and action.
type Step = (usize, String, Option<(String, String)>);

/// Touched places as a tree: each step of a path once.
#[component]
fn Places(event: EventItem) -> impl IntoView {
    let mut lines: Vec<Step> = Vec::new();
    let mut touched = event.touched.clone();
    touched.sort_by(|a, b| a.path.cmp(&b.path));
    let mut open: Vec<String> = Vec::new();
    for place in touched {
        let steps: Vec<String> = place.path.split('.').map(str::to_owned).collect();
        let shared = open.iter().zip(&steps).take_while(|(a, b)| a == b).count();
        open.truncate(shared);
        for step in steps.iter().skip(shared) {
            lines.push((open.len(), step.clone(), None));
            open.push(step.clone());
        }
        let found = Some((place.entity_type.clone(), place.action.clone()));
        match lines.last_mut() {
            Some((_, _, slot)) if slot.is_none() && shared < steps.len() => *slot = found,
            _ => lines.push((steps.len(), String::new(), found)),
        }
    }
    let more = event.touched_omitted;
    view! {
        <ul class="tree">
            {lines.into_iter().map(|(depth, step, found)| {
                let indent = format!("{}px", depth * 16);
                view! {
                    <li style:padding-left=indent>
                        {(!step.is_empty()).then(|| view! { <span class="mono">{step}</span> })}
                        {found.map(|(name, action)| view! { <span class=format!("tag {}", words::tone(&action)) title=words::action(&action).to_owned()>{name}</span> })}
                    </li>
                }
            }).collect_view()}
            {(more > 0).then(|| view! { <li class="quiet">{format!("and {} more places", grouped(more))}</li> })}
        </ul>
    }
}
