//! "What changed": sentences computed from a window and the one before it. They say what, how much, and who.

use std::collections::BTreeMap;

use admin_types::{Dashboard, Mix};

use crate::number::{Change, change, grouped, micros, share};
use crate::words;

/// Fewer than this in both windows is chance.
const FEW: u64 = 10;
/// Sentences that are told.
const MOST: usize = 5;

/// A sentence, and where to look.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Complete, with its full stop.
    pub text: String,
    /// Filters that show it.
    pub filters: Vec<(String, String)>,
    /// The class of its colour.
    pub tone: &'static str,
    weight: f64,
}

/// Up to five sentences, the weightiest first. None when nothing of note changed.
#[must_use]
pub fn changes(dashboard: &Dashboard) -> Vec<Told> {
    let mut told = Vec::new();
    found(dashboard, &mut told);
    parts(dashboard, &mut told);
    totals(dashboard, &mut told);
    told.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    told.truncate(MOST);
    told
}

/// `4 times as often`, `half as often`, `35 % more`.
fn how(now: u64, before: u64) -> Option<(String, f64)> {
    if now.max(before) < FEW {
        return None;
    }
    match change(now, before) {
        Change::Nothing | Change::Same => None,
        Change::New => Some((format!("{} times, and not at all before", grouped(now)), 3.0)),
        Change::By(by) if by >= 1.0 => {
            let times = by + 1.0;
            let text = if times < 9.5 {
                format!("{times:.1}")
            } else {
                format!("{times:.0}")
            };
            let text = text.strip_suffix(".0").map(str::to_owned).unwrap_or(text);
            Some((format!("{text} times as often"), times.ln()))
        }
        Change::By(by) if by >= 0.3 => Some((format!("{:.0} % more often", by * 100.0), by)),
        Change::By(by) if now == 0 && by < 0.0 => {
            Some((format!("not at all, after {} times before", grouped(before)), 1.2))
        }
        Change::By(by) if by <= -0.3 => Some((format!("{:.0} % less often", -by * 100.0), -by)),
        Change::By(_) => None,
    }
}

/// Types by what became of them.
fn found(dashboard: &Dashboard, told: &mut Vec<Told>) {
    let mut pairs: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for found in &dashboard.found {
        pairs.entry((&found.entity_type, &found.action)).or_default().0 = found.count;
    }
    for found in &dashboard.previous_found {
        pairs.entry((&found.entity_type, &found.action)).or_default().1 = found.count;
    }
    let mut culprit = mostly(dashboard.overview.mixes.get("blocked_caller"));
    for ((entity_type, action), (now, before)) in pairs {
        let Some((how, weight)) = how(now, before) else {
            continue;
        };
        let mut text = format!("{entity_type} was {} {how}", words::action(action).to_lowercase());
        let mut filters = vec![
            ("entity_type".to_owned(), entity_type.to_owned()),
            ("action".to_owned(), action.to_owned()),
        ];
        if action == "block"
            && now > before
            && let Some((caller, part)) = culprit.clone()
        {
            let caller_words = words::short_id(caller);
            // How much it is of all is said once.
            culprit = culprit.filter(|_| part.is_none());
            match part {
                Some(part) => text.push_str(&format!(
                    "; {part} of all that was blocked is from caller {caller_words}"
                )),
                None => text.push_str(&format!(", all from caller {caller_words}")),
            }
            filters.push(("caller".to_owned(), caller.to_owned()));
        }
        text.push('.');
        let factor = if action == "block" || action == "allow" {
            2.0
        } else {
            1.0
        };
        told.push(Told {
            text,
            filters,
            tone: words::tone(action),
            weight: weight * factor,
        });
    }
}

/// The part of a mix that makes up most of it, and how much unless it is all.
fn mostly(mix: Option<&Vec<Mix>>) -> Option<(&str, Option<String>)> {
    let mix = mix?;
    let whole: u64 = mix.iter().map(|part| part.count).sum();
    let first = mix.first()?;
    if first.count == whole {
        return Some((&first.key, None));
    }
    (first.count * 2 > whole).then(|| (first.key.as_str(), Some(share(first.count, whole))))
}

/// Models, upstreams and callers that came or went, and outcomes that became more or fewer.
fn parts(dashboard: &Dashboard, told: &mut Vec<Told>) {
    let of = |mixes: &BTreeMap<String, Vec<Mix>>, name: &str, key: &str| {
        let mix = mixes.get(name).map(Vec::as_slice).unwrap_or_default();
        mix.iter()
            .find(|part| part.key == key)
            .map_or(0, |part| part.count)
    };
    let (now, before) = (&dashboard.overview.mixes, &dashboard.overview.previous_mixes);
    for key in words::OUTCOMES
        .into_iter()
        .filter(|key| !matches!(*key, "forwarded" | "masked"))
    {
        if let Some((how, weight)) = how(of(now, "outcome", key), of(before, "outcome", key)) {
            let what = match key {
                "blocked" => "Requests were blocked",
                "upstream_error" => "Upstreams failed",
                "gateway_error" => "The gateway failed",
                "cancelled" => "Callers left before the end",
                _ => "Requests were kept local",
            };
            told.push(Told {
                text: format!("{what} {how}."),
                filters: vec![("outcome".to_owned(), key.to_owned())],
                tone: words::tone(key),
                weight: weight * if key == "cancelled" { 0.8 } else { 1.8 },
            });
        }
    }
    if dashboard.overview.previous.requests < FEW {
        return;
    }
    for (name, what) in [("model", "Model"), ("upstream", "Upstream"), ("caller", "Caller")] {
        for part in now.get(name).into_iter().flatten() {
            if part.key != "other" && part.count >= FEW && of(before, name, &part.key) == 0 {
                told.push(Told {
                    text: format!(
                        "{what} {} is new: {} requests.",
                        words::value(name, &part.key),
                        grouped(part.count)
                    ),
                    filters: vec![(name.to_owned(), part.key.clone())],
                    tone: "tone-plain",
                    weight: 1.0,
                });
            }
        }
    }
}

fn totals(dashboard: &Dashboard, told: &mut Vec<Told>) {
    let (now, before) = (&dashboard.overview.totals, &dashboard.overview.previous);
    if let Change::By(by) = change(now.requests, before.requests)
        && now.requests.max(before.requests) >= FEW
        && by.abs() >= 0.3
    {
        let words = change(now.requests, before.requests).words();
        told.push(Told {
            text: format!(
                "Traffic changed by {words}: {} requests after {}.",
                grouped(now.requests),
                grouped(before.requests)
            ),
            filters: Vec::new(),
            tone: "tone-plain",
            weight: 0.9 * by.abs().min(1.5),
        });
    }
    let added = (
        dashboard.overview.latency_us.added.p95,
        dashboard.previous_latency_us.added.p95,
    );
    if let (Some(now), Some(before)) = added
        && let Change::By(by) = change(now, before)
        && by.abs() >= 0.3
        // Histograms are coarse, and below a millisecond nobody feels it.
        && now.max(before) >= 1000
    {
        told.push(Told {
            text: format!(
                "Masking took {} for 95 of 100 requests, after {}.",
                micros(now),
                micros(before)
            ),
            filters: Vec::new(),
            tone: "tone-plain",
            weight: by.abs().min(2.0),
        });
    }
}

#[cfg(test)]
mod tests {
    use admin_types::{Found, Latencies, Overview, Percentiles, Totals};

    use super::*;

    fn mix(key: &str, count: u64) -> Mix {
        Mix {
            key: key.to_owned(),
            count,
        }
    }

    fn dashboard() -> Dashboard {
        let totals = Totals {
            requests: 1000,
            ..Totals::default()
        };
        Dashboard {
            now: String::new(),
            overview: Overview {
                from: String::new(),
                to: String::new(),
                totals,
                previous: totals,
                latency_us: Latencies::default(),
                mixes: BTreeMap::new(),
                previous_mixes: BTreeMap::new(),
            },
            previous_latency_us: Latencies::default(),
            bucket_seconds: 60,
            complete_until: String::new(),
            outcomes: Vec::new(),
            totals: Vec::new(),
            latencies: Vec::new(),
            found: Vec::new(),
            previous_found: Vec::new(),
            blocked: Vec::new(),
            has_events: true,
            partial: None,
        }
    }

    fn found(entity_type: &str, action: &str, count: u64) -> Found {
        Found {
            entity_type: entity_type.to_owned(),
            action: action.to_owned(),
            count,
        }
    }

    #[test]
    fn nothing_of_note_is_no_sentence() {
        let mut quiet = dashboard();
        quiet.found = vec![found("EMAIL", "mask", 104), found("IBAN", "block", 9)];
        quiet.previous_found = vec![found("EMAIL", "mask", 100), found("IBAN", "block", 2)];
        assert_eq!(changes(&quiet), []);
    }

    #[test]
    fn who_is_named_when_it_is_one() {
        let mut incident = dashboard();
        incident.found = vec![found("API_KEY", "block", 80), found("EMAIL", "mask", 130)];
        incident.previous_found = vec![found("API_KEY", "block", 20), found("EMAIL", "mask", 100)];
        let callers = vec![mix("3f00aa11bb22cc33", 80)];
        incident
            .overview
            .mixes
            .insert("blocked_caller".to_owned(), callers);
        let told = changes(&incident);
        assert_eq!(
            told[0].text,
            "API_KEY was blocked 4 times as often, all from caller 3f00aa11."
        );
        assert_eq!(
            told[0].filters[2],
            ("caller".to_owned(), "3f00aa11bb22cc33".to_owned())
        );
        assert_eq!(told[1].text, "EMAIL was masked 30 % more often.");
    }

    #[test]
    fn what_is_new_and_what_slowed_down_is_told() {
        let mut new = dashboard();
        new.overview
            .mixes
            .insert("model".to_owned(), vec![mix("gpt-6", 40), mix("gpt-5", 900)]);
        new.overview
            .previous_mixes
            .insert("model".to_owned(), vec![mix("gpt-5", 1000)]);
        new.overview.latency_us.added = Percentiles {
            p95: Some(9000),
            ..Percentiles::default()
        };
        new.previous_latency_us.added = Percentiles {
            p95: Some(3000),
            ..Percentiles::default()
        };
        let texts: Vec<String> = changes(&new).into_iter().map(|told| told.text).collect();
        assert_eq!(
            texts,
            [
                "Masking took 9\u{202f}ms for 95 of 100 requests, after 3\u{202f}ms.",
                "Model gpt-6 is new: 40 requests."
            ]
        );
    }

    #[test]
    fn what_stopped_is_told() {
        let mut stopped = dashboard();
        stopped.previous_found = vec![found("PHONE", "block", 50)];
        assert_eq!(
            changes(&stopped)[0].text,
            "PHONE was blocked not at all, after 50 times before."
        );
    }
}
