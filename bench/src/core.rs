//! The masking core alone, on one thread: parse, detect, mask, splice, and the last look.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum as _;
use llm_wire::{Document, Edit, FieldClass, Limits, Surface};
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    LeafClass, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy, Scope, TextLeaf, TextScope,
};

use rustix::time::{ClockId, clock_gettime};

use crate::bodies;
use crate::distinct;
use crate::report::{Figure, Goal, Report, Row, machine};
use crate::stats::median;

/// What is measured, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// Detection over 1 MiB of prose.
    Prose,
    /// Detection over 1 MiB of code.
    Code,
    /// A whole request of 2 KB with ten values.
    Chat,
    /// A whole request of 900 KB, every text new.
    Cold,
    /// The same again, known to the memo.
    Warm,
    /// Detection over 1 MiB of each hostile text.
    Hostile,
    /// A whole request of 4 MB, full of distinct values.
    Distinct,
}

/// The texts, the requests, and what masks them.
struct Bench {
    prose: String,
    code: String,
    chat: Vec<u8>,
    history: Vec<u8>,
    memoless: Masker,
    memo: Masker,
}

impl Bench {
    fn new() -> Result<Self> {
        let mut seeded = bodies::Seeded::new(7);
        let bench = Self {
            prose: bodies::prose(&mut seeded, 1 << 20),
            code: bodies::code(&mut seeded, 1 << 20),
            chat: bodies::chat(7, 2_000, false),
            history: bodies::agent(&bodies::agent_messages(&mut seeded, 900_000)),
            memoless: masker(MemoLimits { bytes: 0 })?,
            memo: masker(MemoLimits::default())?,
        };
        ensure!(
            mask(&bench.memo, &bench.history)? >= 10 && mask(&bench.memoless, &bench.chat)? >= 8,
            "the bodies hold values"
        );
        Ok(bench)
    }

    fn once(&self, scenario: Scenario) -> Result<usize> {
        match scenario {
            Scenario::Prose => detect(&self.memoless, &self.prose),
            Scenario::Code => detect(&self.memoless, &self.code),
            Scenario::Chat => mask(&self.memoless, &self.chat),
            Scenario::Cold => mask(&self.memoless, &self.history),
            Scenario::Warm => mask(&self.memo, &self.history),
            Scenario::Hostile => bodies::hostile()
                .map(|(_, text)| detect(&self.memoless, &text))
                .sum(),
            Scenario::Distinct => bail!("measured apart"),
        }
    }

    /// Detection over the hostile texts whose unit contains `part`.
    fn hostile(&self, part: &str) -> Result<usize> {
        bodies::hostile()
            .filter(|(unit, _)| unit.contains(part))
            .map(|(_, text)| detect(&self.memoless, &text))
            .sum()
    }

    /// The least speed over any text that is made to be slow, in MB/s, and that text's unit; medians over a few rounds.
    fn slowest_hostile(&self, rounds: usize) -> Result<(f64, &'static str)> {
        let mut slowest = (f64::MAX, "");
        for (unit, text) in bodies::hostile() {
            let times: Result<Vec<f64>> = (0..rounds)
                .map(|_| timed(1, || detect(&self.memoless, &text)))
                .collect();
            let speed = text.len() as f64 / median(&times?) / 1e6;
            println!("hostile {unit:?}: {speed:.1} MB/s");
            if speed < slowest.0 {
                slowest = (speed, unit);
            }
        }
        Ok(slowest)
    }
}

/// Runs one scenario again and again, for a profiler.
pub(crate) fn repeat(scenario: Scenario, part: Option<&str>, seconds: u64) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(seconds);
    if scenario == Scenario::Distinct {
        return distinct::repeat(part.unwrap_or_default(), || Instant::now() < until);
    }
    let bench = Bench::new()?;
    while Instant::now() < until {
        black_box(match part {
            Some(part) => bench.hostile(part)?,
            None => bench.once(scenario)?,
        });
    }
    Ok(())
}

/// Measures and writes `core.md` and `core.json` into `out`.
pub(crate) fn run(rounds: usize, out: &Path) -> Result<()> {
    let bench = Bench::new()?;
    let mut seconds: [Vec<f64>; 5] = Default::default();
    for _ in 0..rounds {
        for (scenario, times) in Scenario::value_variants().iter().zip(&mut seconds) {
            let repeats = match scenario {
                Scenario::Chat => 200,
                Scenario::Warm => 3,
                _ => 1,
            };
            times.push(timed(repeats, || bench.once(*scenario))?);
        }
    }
    let (hostile, unit) = bench.slowest_hostile(rounds.min(3))?;
    let [prose_s, code_s, chat_s, cold_s, warm_s] = seconds.map(|times| median(&times));
    let speed = |seconds: f64| (1 << 20) as f64 / seconds / 1e6;
    let row = |scenario: &str, name, value, unit| Row {
        scenario: scenario.to_owned(),
        target: "core".into(),
        figures: vec![Figure { name, value, unit }],
    };
    let costs = distinct::measure("", rounds.min(3))?;
    let dearest = costs
        .iter()
        .max_by(|one, other| one.large_s.total_cmp(&other.large_s));
    let dearest = dearest.context("something was measured")?;
    let slower = speed(prose_s).min(speed(code_s));
    let report = Report {
        title: "Core",
        how: format!(
            "`cargo run --release -p bench -- core`: medians of {rounds} interleaved rounds of processor time on one thread. {}.",
            machine()
        ),
        rows: vec![
            row("detection over 1 MiB of prose", "speed", speed(prose_s), "MB/s"),
            row("detection over 1 MiB of code", "speed", speed(code_s), "MB/s"),
            row(
                &format!("the slowest of the hostile texts ({unit:?}), 1 MiB each"),
                "speed",
                hostile,
                "MB/s",
            ),
            row(
                "2 KB chat with ten values, whole request",
                "time",
                chat_s * 1e6,
                "µs",
            ),
            row("900 KB agent history, cold", "time", cold_s * 1e3, "ms"),
            row("900 KB agent history, again", "time", warm_s * 1e3, "ms"),
        ]
        .into_iter()
        .chain(distinct::rows(&costs))
        .collect(),
        goals: vec![
            goal(
                "every deterministic detector over prose and code",
                "at least 150 MB/s",
                format!("{slower:.0} MB/s"),
                slower >= 150.0,
            ),
            goal(
                "hostile texts, every reading",
                "at least 15 MB/s each",
                format!("{hostile:.0} MB/s"),
                hostile >= 15.0,
            ),
            goal(
                "2 KB request masked",
                "at most 25 µs",
                format!("{:.1} µs", chat_s * 1e6),
                chat_s <= 25e-6,
            ),
            goal(
                "900 KB cold",
                "at most 15 ms",
                format!("{:.1} ms", cold_s * 1e3),
                cold_s <= 15e-3,
            ),
            goal(
                "900 KB again (memo)",
                "at most 4 ms",
                format!("{:.1} ms", warm_s * 1e3),
                warm_s <= 4e-3,
            ),
            goal(
                "4 MB of distinct values of any type",
                "at most 0.6 s",
                format!("{:.2} s ({})", dearest.large_s, dearest.name),
                dearest.large_s <= 0.6,
            ),
        ],
    };
    report.write(out, "core")
}

fn goal(what: &str, wanted: &str, measured: String, met: bool) -> Goal {
    Goal {
        what: what.into(),
        wanted: wanted.into(),
        measured,
        met,
    }
}

fn masker(memo: MemoLimits) -> Result<Masker> {
    masker_of(Policy::default(), memo)
}

pub(crate) fn masker_of(policy: Policy, memo: MemoLimits) -> Result<Masker> {
    let detector = DeterministicDetector::new(RuleSet::new(built_in())?);
    Ok(Masker::new(vec![Box::new(detector)], policy, memo, [9; 16]))
}

/// Seconds of processor time per call of `work`: other processes of a shared machine do not count.
pub(crate) fn timed<T>(times: u32, mut work: impl FnMut() -> Result<T>) -> Result<f64> {
    let start = thread_time();
    for _ in 0..times {
        black_box(work()?);
    }
    Ok((thread_time() - start).as_secs_f64() / f64::from(times))
}

/// Time that this thread spent on a processor.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// What all detectors find in all readings of one text.
fn detect(masker: &Masker, text: &str) -> Result<usize> {
    let leaf = TextLeaf {
        text,
        label: None,
        class: LeafClass::Text,
        scope: TextScope::User,
        joins_previous: false,
    };
    let map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("bench"));
    Ok(masker.inspect(&[leaf], &map, &NoDeadline)?.len())
}

/// Everything between a request's bytes and the bytes that would leave; returns how many values were replaced.
pub(crate) fn mask(masker: &Masker, body: &[u8]) -> Result<usize> {
    let document = Document::parse(body, Surface::OpenAiChat, &Limits::default())?;
    let leaves: Vec<TextLeaf<'_>> = document
        .leaves()
        .iter()
        .enumerate()
        .map(|(nth, leaf)| TextLeaf {
            text: &leaf.text,
            label: document.label(nth),
            class: match leaf.class {
                FieldClass::Text => LeafClass::Text,
                FieldClass::Number => LeafClass::Number,
                FieldClass::Identifier => LeafClass::Identifier,
                FieldClass::Exempt | FieldClass::Sealed | FieldClass::Opaque(_) => LeafClass::Exempt,
            },
            scope: TextScope::User,
            joins_previous: leaf.joins_previous,
        })
        .collect();
    let mut map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("bench"));
    let masked = masker.mask(&leaves, &mut map, &NoDeadline)?;
    let edits: Vec<Edit<'_>> = masked
        .replacements
        .iter()
        .map(|r| Edit {
            leaf: r.leaf,
            span: r.span.range(),
            replacement: r.placeholder.as_str(),
        })
        .collect();
    let outbound = document.splice(&edits).context("replacements fit the document")?;
    let mut is_left = false;
    masked.last_look.each(std::str::from_utf8(&outbound)?, |_, _| {
        is_left = true;
        false
    });
    ensure!(!is_left, "an original is left");
    Ok(edits.len())
}
