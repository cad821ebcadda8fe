//! Small parts that several screens have.

use std::sync::Arc;

use leptos::prelude::*;

use super::feed::{Feed, Load};
use super::icon::icon;
use super::state::{ZONE, use_console};
use crate::time;
use crate::words;

/// A screen's heading; what follows it stands at its right.
#[component]
pub(crate) fn Heading(
    title: &'static str,
    #[prop(optional)] lead: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="heading">
            <div>
                <h1>{title}</h1>
                {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="heading-actions">{children()}</div> })}
        </header>
    }
}

/// A section with a title of its own.
#[component]
pub(crate) fn Panel(
    title: &'static str,
    #[prop(optional, into)] class: String,
    #[prop(optional, into)] note: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("panel {class}") aria-label=title>
            <header class="panel-head">
                <h2>{title}</h2>
                <div class="panel-note">{move || note.run()}</div>
            </header>
            {children()}
        </section>
    }
}

/// An instant: as asked for, with the whole date in the viewer's zone and in UTC on hover.
#[component]
pub(crate) fn At(at: i64, #[prop(into)] text: String) -> impl IntoView {
    let title = format!("{}\n{}", time::full(at, ZONE), time::utc(at));
    view! { <time datetime=time::to_rfc3339(at) title=title>{text}</time> }
}

/// How long ago, which goes on.
#[component]
pub(crate) fn Ago(at: i64) -> impl IntoView {
    let console = use_console();
    let title = format!("{}\n{}", time::full(at, ZONE), time::utc(at));
    view! {
        <time datetime=time::to_rfc3339(at) title=title>
            {move || time::ago(at, console.ticking())}
        </time>
    }
}

/// What became of a turn.
#[component]
pub(crate) fn Pill(#[prop(into)] name: String, #[prop(optional)] is_action: bool) -> impl IntoView {
    let text = if is_action {
        words::action(&name)
    } else {
        words::outcome(&name)
    };
    view! { <span class=format!("pill {}", words::tone(&name))>{text.to_owned()}</span> }
}

/// An id: short, whole on hover.
#[component]
pub(crate) fn Id(#[prop(into)] id: String) -> impl IntoView {
    view! { <span class="id" title=id.clone()>{words::short_id(&id).to_owned()}</span> }
}

/// Text to copy.
#[component]
pub(crate) fn Copy(#[prop(into)] text: String, #[prop(into)] what: String) -> impl IntoView {
    let console = use_console();
    let label = format!("Copy {what}");
    let copy = move |_| {
        // Without a secure context there is no clipboard: the text can still be selected.
        let clipboard = window().navigator().clipboard();
        let _ = clipboard.write_text(&text);
        console.say(format!("Copied {what}."));
    };
    view! {
        <button type="button" class="button-icon" title=label.clone() aria-label=label on:click=copy>
            {icon("copy")}
        </button>
    }
}

/// What is shown instead of nothing.
#[component]
pub(crate) fn Empty(#[prop(into)] title: String, #[prop(optional, into)] text: String) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p>{text.clone()}</p> })}
        </div>
    }
}

/// A failure with a way to try again.
#[component]
pub(crate) fn Failed(#[prop(into)] sentence: String) -> impl IntoView {
    let console = use_console();
    view! {
        <div class="failed" role="alert">
            <p class="empty-title">"This could not be loaded"</p>
            <p>{sentence}</p>
            <button type="button" class="button" on:click=move |_| console.again.update(|n| *n += 1)>
                "Try again"
            </button>
        </div>
    }
}

/// A feed's data once it is there; before, its shape; a failure, when there is nothing else to show.
#[component]
pub(crate) fn Loaded<T, V>(
    feed: Feed<T>,
    /// Rows of the skeleton.
    #[prop(into)]
    skeleton: ViewFn,
    children: fn(Signal<Arc<T>>) -> V,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    V: IntoView + 'static,
{
    #[derive(Clone, PartialEq)]
    enum Shows {
        Skeleton,
        Data,
        Failure(String),
    }
    let load = feed.load;
    let shows = Memo::new(move |_| {
        load.with(|load| match (&load.data, &load.failure) {
            (Some(_), _) => Shows::Data,
            (None, Some(failure)) => Shows::Failure(failure.sentence()),
            (None, None) => Shows::Skeleton,
        })
    });
    move || match shows.get() {
        Shows::Skeleton => {
            view! { <div class="skeleton" aria-hidden="true">{skeleton.run()}</div> }.into_any()
        }
        Shows::Failure(sentence) => view! { <Failed sentence=sentence/> }.into_any(),
        Shows::Data => {
            let first = load.with_untracked(|load| load.data.clone());
            let Some(first) = first else { return ().into_any() };
            let last = StoredValue::new(first);
            let data = Signal::derive(move || {
                if let Some(data) = load.with(|load| load.data.clone()) {
                    last.set_value(data);
                }
                last.get_value()
            });
            let is_old = move || load.with(|load: &Load<T>| load.is_old);
            view! { <div class="loaded" class:is-old=is_old>{children(data)}</div> }.into_any()
        }
    }
}

/// Grey shapes: a row of tiles, charts, rows of a table.
pub(crate) fn bones(shapes: &'static [(&'static str, usize)]) -> impl IntoView {
    shapes
        .iter()
        .map(|(class, count)| {
            let bones = (0..*count)
                .map(|_| view! { <div class="bone"></div> })
                .collect_view();
            view! { <div class=format!("bones bones-{class}")>{bones}</div> }
        })
        .collect_view()
}

/// A share as a bar behind nothing: width is set through the DOM, which the policy permits.
#[component]
pub(crate) fn Bar(share: f64, #[prop(into)] tone: String) -> impl IntoView {
    let width = format!("{:.2}%", (share * 100.0).clamp(0.0, 100.0));
    view! {
        <span class="bar" aria-hidden="true">
            <span class=format!("bar-fill {tone}") style:width=width></span>
        </span>
    }
}

/// A line without axes: the shape of it.
#[component]
pub(crate) fn Spark(#[prop(into)] values: Signal<Vec<u64>>, #[prop(into)] tone: String) -> impl IntoView {
    const SIZE: (f64, f64) = (120.0, 32.0);
    let points = move || crate::series::spark(&crate::series::thinned(&values.get(), 60), SIZE.0, SIZE.1);
    view! {
        <svg class=format!("spark {tone}") viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">
            <path class="spark-area" d=move || crate::series::area(&points(), SIZE.1)/>
            <path class="spark-line" d=move || crate::series::line(points())/>
        </svg>
    }
}
