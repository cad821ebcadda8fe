//! The time range: one that ends now and follows, or from and to.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::app::icon::icon;
use crate::app::state::{ZONE, use_console};
use crate::time;
use crate::url_state::{RANGES, Range};

#[component]
pub(super) fn RangePicker() -> impl IntoView {
    let console = use_console();
    let is_open = RwSignal::new(false);
    let problem = RwSignal::new(None::<&'static str>);
    let from = RwSignal::new(String::new());
    let to = RwSignal::new(String::new());
    let first = NodeRef::<html::Div>::new();
    let range = Memo::new(move |_| console.url.with(|url| url.range));
    let open = move |_| {
        let (start, end) = range.get_untracked().window(console.now());
        from.set(time::to_field(start, ZONE));
        to.set(time::to_field(end, ZONE));
        problem.set(None);
        is_open.update(|is| *is = !*is);
    };
    Effect::new(move |_| {
        if is_open.get()
            && let Some(choices) = first.get()
            && let Some(first) = choices.first_element_child()
        {
            let _ = first.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
    let choose = move |range: Range| {
        is_open.set(false);
        console.set_url(&console.url.get_untracked().ranged(range));
    };
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let at = |text: &str| time::parse_local(text).map(|local| ZONE.instant(local));
        match (at(&from.get_untracked()), at(&to.get_untracked())) {
            (Some(from), Some(to)) if from >= to => problem.set(Some("The range ends before it begins.")),
            (Some(from), Some(to)) if to - from > 400 * time::DAY => {
                problem.set(Some("A range has at most 400 days."));
            }
            (Some(from), Some(to)) => choose(Range::Fixed(from, to)),
            _ => problem.set(Some("Give both times.")),
        }
    };
    view! {
        <div class="picker" on:keydown=move |event| if event.key() == "Escape" && is_open.get_untracked() {
            event.prevent_default();
            is_open.set(false);
        }>
            <button type="button" id="range-open" class="button" aria-haspopup="true"
                aria-expanded=move || is_open.get().to_string() on:click=open title="Time range (t)">
                {icon("clock")}<span>{move || range.get().words(ZONE)}</span>{icon("chevron")}
            </button>
            <Show when=move || is_open.get()>
                <div class="picker-away" on:click=move |_| is_open.set(false)></div>
                <div class="popover" role="group" aria-label="Time range">
                    <div class="choices" node_ref=first>
                        {RANGES.into_iter().enumerate().map(|(nth, (_, words, _))| {
                            let is_chosen = move || range.get() == Range::Last(nth);
                            view! {
                                <button type="button" class="choice" aria-pressed=move || is_chosen().to_string()
                                    on:click=move |_| choose(Range::Last(nth))>{format!("Last {words}")}</button>
                            }
                        }).collect_view()}
                    </div>
                    <form class="fixed" on:submit=apply>
                        <label>"From"<input type="datetime-local" prop:value=from on:input:target=move |event| from.set(event.target().value())/></label>
                        <label>"To"<input type="datetime-local" prop:value=to on:input:target=move |event| to.set(event.target().value())/></label>
                        {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
                        <button type="submit" class="button is-primary">"Show this range"</button>
                    </form>
                </div>
            </Show>
        </div>
    }
}
