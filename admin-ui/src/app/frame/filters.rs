//! Filters: what is set stands there as chips, more can be added.

use leptos::html;
use leptos::prelude::*;

use crate::app::icon::icon;
use crate::app::state::use_console;
use crate::url_state::FILTERS;
use crate::words;

#[component]
pub(super) fn FilterBar() -> impl IntoView {
    let console = use_console();
    let is_open = RwSignal::new(false);
    let name = RwSignal::new(FILTERS[0].0);
    let value = RwSignal::new(String::new());
    let select = NodeRef::<html::Select>::new();
    let set = Memo::new(move |_| console.url.with(|url| url.filters.clone()));
    Effect::new(move |_| {
        if is_open.get()
            && let Some(select) = select.get()
        {
            let _ = select.focus();
        }
    });
    let add = move |text: &str| {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        console.set_url(&console.url.get_untracked().with(name.get_untracked(), Some(text)));
        value.set(String::new());
        is_open.set(false);
    };
    let chosen = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        if let Some(filter) = FILTERS.iter().find(|filter| filter.0 == text) {
            name.set(filter.0);
            value.set(String::new());
        }
    };
    let choices = move || {
        let known = words::known_values(name.get());
        if known.is_empty() {
            view! {
                <label>"Value"<input type="text" class="mono" autocomplete="off" spellcheck="false" maxlength="128"
                    prop:value=value on:input:target=move |event| value.set(event.target().value())/></label>
                <button type="submit" class="button is-primary">"Add filter"</button>
            }
            .into_any()
        } else {
            let name = name.get();
            let buttons = known.iter().map(|text| {
                view! { <button type="button" class="choice" on:click=move |_| add(text)>{words::value(name, text).to_owned()}</button> }
            });
            view! { <div class="choices">{buttons.collect_view()}</div> }.into_any()
        }
    };
    view! {
        <div class="filters">
            <For each=move || set.get() key=|filter| filter.clone() children=move |(name, value)| {
                let title = FILTERS.iter().find(|filter| filter.0 == name).map_or("", |filter| filter.1);
                let shown = words::value(&name, &value).to_owned();
                let label = format!("Remove filter {title} {shown}");
                let remove = move |_| console.set_url(&console.url.get_untracked().with(&name, None));
                view! {
                    <span class="chip" title=value.clone()>
                        <span class="chip-name">{title}</span>
                        <span class="chip-value">{shown}</span>
                        <button type="button" class="chip-remove" aria-label=label on:click=remove>{icon("close")}</button>
                    </span>
                }
            }/>
            <div class="picker" on:keydown=move |event| if event.key() == "Escape" && is_open.get_untracked() {
                event.prevent_default();
                is_open.set(false);
            }>
                <button type="button" id="filter-add" class="button is-quiet" aria-haspopup="true" title="Add a filter (/)"
                    aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|is| *is = !*is)>
                    {icon("plus")}<span>"Filter"</span>
                </button>
                <Show when=move || is_open.get()>
                    <div class="picker-away" on:click=move |_| is_open.set(false)></div>
                    <form class="popover" aria-label="Add a filter" on:submit=move |event| {
                        event.prevent_default();
                        add(&value.get_untracked());
                    }>
                        <label>"Filter by"
                            <select node_ref=select on:change=chosen prop:value=move || name.get()>
                                {FILTERS.into_iter().map(|(key, title)| view! { <option value=key>{title}</option> }).collect_view()}
                            </select>
                        </label>
                        {choices}
                    </form>
                </Show>
            </div>
        </div>
    }
}
