//! Sums over events, in memory: what a batch adds to the rollups of its minutes up to days. Pure; the store adds them to
//! what is there.

mod histogram;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proto::audit_v1::{Action, Durations, Outcome};

use crate::event::{Event, action_name, outcome_name, surface_name};

pub(crate) use histogram::Histogram;

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 86_400;
/// From the finest to the coarsest, each made up of the one before. Charts of a day have buckets of ten minutes, those of
/// a month of six hours: they read no finer ones.
pub(crate) const WIDTHS: [i64; 5] = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY];

/// A sum goes no further, by second of its width: over all 13 months that are kept, and tokens of both directions together,
/// such sums still fit into 64 bits.
pub(crate) const MOST_A_SECOND: i64 = (1 << 42) / MINUTE;

/// What keys beyond [`Dimension::most_keys`] are counted as.
pub(crate) const OTHER: &str = "other";

/// By what sums are split; the number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Dimension {
    Total = 0,
    Surface = 1,
    Upstream = 2,
    Model = 3,
    Outcome = 4,
    Caller = 5,
    Instance = 6,
    EntityType = 7,
    Action = 8,
    /// Entity type, action and detector, with spaces between.
    Detection = 9,
}

impl Dimension {
    /// Whether its keys are turns' own: of the others a turn may have several.
    pub(crate) const fn is_of_turns(self) -> bool {
        (self as i64) < Self::EntityType as i64
    }

    /// Keys of a day that have sums of their own: anybody can make up models, and each key is kept for 13 months in five
    /// widths. Of the dimensions without a bound this release knows all keys.
    pub(crate) const fn most_keys(self) -> Option<usize> {
        match self {
            Self::Total | Self::Surface | Self::Outcome | Self::Action => None,
            Self::Upstream | Self::Model | Self::EntityType => Some(1000),
            Self::Detection => Some(3000),
            Self::Instance => Some(5000),
            Self::Caller => Some(20_000),
        }
    }

    /// Whether durations are kept for its keys: nobody asks for those of a type by one detector.
    const fn has_latency(self) -> bool {
        !matches!(self, Self::Detection)
    }
}

/// Which duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latency {
    Total,
    Masking,
}

/// The durations of some turns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Latencies {
    pub(crate) total: Histogram,
    pub(crate) masking: Histogram,
}

impl Latencies {
    pub(crate) fn add(&mut self, other: &Self) {
        self.total.add(&other.total);
        self.masking.add(&other.masking);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) width: i64,
    pub(crate) dimension: Dimension,
    pub(crate) bucket: i64,
    pub(crate) key: String,
}

/// What a chart counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Requests,
    Masked,
    Blocked,
    Errors,
    Detections,
    Tokens,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: i64,
    pub(crate) masked: i64,
    pub(crate) blocked: i64,
    pub(crate) errors: i64,
    pub(crate) detections: i64,
    pub(crate) values_masked: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) unresolved: i64,
}

impl Counts {
    pub(crate) const fn columns(self) -> [i64; 9] {
        [
            self.requests,
            self.masked,
            self.blocked,
            self.errors,
            self.detections,
            self.values_masked,
            self.input_tokens,
            self.output_tokens,
            self.unresolved,
        ]
    }

    pub(crate) const fn of_columns(columns: [i64; 9]) -> Self {
        let [
            requests,
            masked,
            blocked,
            errors,
            detections,
            values_masked,
            input_tokens,
            output_tokens,
            unresolved,
        ] = columns;
        Self {
            requests,
            masked,
            blocked,
            errors,
            detections,
            values_masked,
            input_tokens,
            output_tokens,
            unresolved,
        }
    }

    /// The one that a chart counts.
    pub(crate) const fn of_kind(self, count: Count) -> i64 {
        match count {
            Count::Requests => self.requests,
            Count::Masked => self.masked,
            Count::Blocked => self.blocked,
            Count::Errors => self.errors,
            Count::Detections => self.detections,
            Count::Tokens => self.input_tokens.saturating_add(self.output_tokens),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        let mut sums = self.columns();
        for (sum, more) in sums.iter_mut().zip(other.columns()) {
            *sum = sum.saturating_add(more);
        }
        *self = Self::of_columns(sums);
    }

    /// No more than what a sum of `width` seconds may be.
    pub(crate) fn bounded(self, width: i64) -> Self {
        Self::of_columns(self.columns().map(|sum| sum.min(width * MOST_A_SECOND)))
    }

    fn of(event: &Event) -> Self {
        let message = &event.message;
        let usage = message.usage.unwrap_or_default();
        let found = |wanted: Option<Action>| {
            message
                .detections
                .iter()
                .filter(|found| wanted.is_none_or(|action| found.action() == action))
                .map(|found| signed(found.count))
                .sum()
        };
        let is = |outcomes: &[Outcome]| i64::from(outcomes.contains(&event.outcome()));
        Self {
            requests: 1,
            masked: is(&[Outcome::Masked]),
            blocked: is(&[Outcome::Blocked]),
            errors: is(&[Outcome::UpstreamError, Outcome::GatewayError]),
            detections: found(None),
            values_masked: found(Some(Action::Mask)),
            input_tokens: signed(usage.input_tokens.unwrap_or_default()),
            output_tokens: signed(usage.output_tokens.unwrap_or_default()),
            unresolved: signed(message.unresolved_placeholders),
        }
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What a batch adds. Sorted, so that two replicas lock rows in one order.
#[derive(Debug, Default)]
pub(crate) struct Rollups {
    pub(crate) counts: BTreeMap<Slot, Counts>,
    pub(crate) latencies: BTreeMap<Slot, Latencies>,
}

type Minute<'a> = (Dimension, i64, &'a str);

/// A dimension, and when the day began, in seconds.
pub(crate) type Day = (Dimension, i64);

/// Sums by minute.
#[derive(Default)]
pub(crate) struct Minutes<'a> {
    counts: HashMap<Minute<'a>, Counts>,
    latencies: HashMap<Minute<'a>, Latencies>,
    keys: HashMap<Day, usize>,
}

impl<'a> Minutes<'a> {
    fn add(&mut self, dimension: Dimension, minute: i64, key: &'a str, counts: Counts) -> Minute<'a> {
        let mut slot = (dimension, minute, key);
        if let Some(most) = dimension.most_keys()
            && !self.counts.contains_key(&slot)
        {
            let keys = self.keys.entry((dimension, minute)).or_default();
            if *keys < most {
                *keys += 1;
            } else {
                slot.2 = OTHER;
            }
        }
        self.counts.entry(slot).or_default().add(counts);
        slot
    }

    /// A turn that took so long counted in `slot`.
    fn took(&mut self, slot: Minute<'a>, durations: Durations) {
        if slot.0.has_latency() {
            let latencies = self.latencies.entry(slot).or_default();
            latencies.total.count(durations.total_us);
            if let Some(micros) = durations.masking_us {
                latencies.masking.count(micros);
            }
        }
    }
}

impl<'a> Minutes<'a> {
    /// Of events and their [`Names`], in one order.
    pub(crate) fn of(events: impl Iterator<Item = &'a Event>, names: &'a [Names]) -> Self {
        let mut minutes = Self::default();
        for (event, named) in events.zip(names) {
            let message = &event.message;
            let minute = event.occurred_at.seconds().div_euclid(MINUTE) * MINUTE;
            let counts = Counts::of(event);
            let durations = message.durations.unwrap_or_default();
            for (dimension, key) in [
                (Dimension::Total, ""),
                (Dimension::Surface, surface_name(message.surface)),
                (Dimension::Upstream, &message.upstream),
                (Dimension::Model, &message.model),
                (Dimension::Outcome, outcome_name(message.outcome)),
                (Dimension::Caller, &message.caller_id),
                (Dimension::Instance, &named.instance),
            ] {
                let slot = minutes.add(dimension, minute, key, counts);
                minutes.took(slot, durations);
            }
            let mut seen = HashSet::new();
            for (found, detection) in message.detections.iter().zip(&named.detections) {
                for (dimension, key) in [
                    (Dimension::EntityType, found.entity_type.as_str()),
                    (Dimension::Action, action_name(found.action)),
                    (Dimension::Detection, detection),
                ] {
                    // The turn's own numbers count once, however many detectors found the same type.
                    let is_first = seen.insert((dimension, key));
                    let mut own = if is_first { counts } else { Counts::default() };
                    own.detections = signed(found.count);
                    own.values_masked = if found.action() == Action::Mask {
                        own.detections
                    } else {
                        0
                    };
                    let slot = minutes.add(dimension, minute, key, own);
                    if is_first {
                        minutes.took(slot, durations);
                    }
                }
            }
        }
        minutes
    }

    /// The keys of each day, of the dimensions in which they are bounded.
    pub(crate) fn days(&self) -> BTreeMap<Day, BTreeSet<&'a str>> {
        let mut days: BTreeMap<Day, BTreeSet<&str>> = BTreeMap::new();
        for (dimension, minute, key) in self.counts.keys() {
            if dimension.most_keys().is_some() && *key != OTHER {
                let day = (*dimension, minute.div_euclid(DAY) * DAY);
                days.entry(day).or_default().insert(key);
            }
        }
        days
    }

    /// For all widths. The `surplus` keys of a day are counted as [`OTHER`] in all of them.
    pub(crate) fn widened(&self, surplus: &HashSet<(Day, &str)>) -> Rollups {
        let mut all = Rollups::default();
        let slot = |width: i64, (dimension, minute, key): Minute<'_>| {
            let day = (dimension, minute.div_euclid(DAY) * DAY);
            let is_surplus = !surplus.is_empty() && surplus.contains(&(day, key));
            Slot {
                width,
                dimension,
                bucket: minute.div_euclid(width) * width,
                key: if is_surplus { OTHER } else { key }.to_owned(),
            }
        };
        for width in WIDTHS {
            for (minute, counts) in &self.counts {
                all.counts.entry(slot(width, *minute)).or_default().add(*counts);
            }
            for (minute, latencies) in &self.latencies {
                all.latencies
                    .entry(slot(width, *minute))
                    .or_default()
                    .add(latencies);
            }
        }
        all
    }
}

/// Keys that are put together from fields; the sums borrow them.
pub(crate) struct Names {
    instance: String,
    detections: Vec<String>,
}

impl Names {
    pub(crate) fn of<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<Self> {
        events
            .map(|event| Self {
                instance: event.instance_id.to_string(),
                detections: event
                    .message
                    .detections
                    .iter()
                    .map(|found| {
                        format!(
                            "{} {} {}",
                            found.entity_type,
                            action_name(found.action),
                            found.detector
                        )
                    })
                    .collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::tests::{NOW, sample};

    fn event(id: u128) -> Event {
        Event::parse(sample(id, 7), Uuid::from_u128(7), NOW).unwrap()
    }

    fn rollups(events: &[Event]) -> Rollups {
        let names = Names::of(events.iter());
        Minutes::of(events.iter(), &names).widened(&HashSet::new())
    }

    #[test]
    fn every_width_sums_up() {
        let events = [event(1), event(2)];
        let rollups = rollups(&events);
        for width in WIDTHS {
            let total = |dimension: Dimension| {
                let slots = rollups.counts.iter();
                let own = slots.filter(|(slot, _)| slot.width == width && slot.dimension == dimension);
                own.fold(Counts::default(), |mut sum, (_, counts)| {
                    sum.add(*counts);
                    sum
                })
            };
            assert_eq!(total(Dimension::Total).requests, 2);
            assert_eq!(total(Dimension::EntityType).detections, 4);
            assert_eq!(total(Dimension::Caller).output_tokens, 40);
        }
    }

    #[test]
    fn made_up_keys_are_counted_together() {
        let events: Vec<Event> = (0..1200)
            .map(|id| {
                let mut message = sample(id, 7);
                message.model = format!("model-{id}");
                Event::parse(message, Uuid::from_u128(7), NOW).unwrap()
            })
            .collect();
        let rollups = rollups(&events);
        let models = rollups.counts.iter();
        let other = models
            .filter(|(slot, _)| {
                slot.width == MINUTE && slot.dimension == Dimension::Model && slot.key == OTHER
            })
            .map(|(_, counts)| counts.requests);
        assert_eq!(other.sum::<i64>(), 200);
    }
}
