//! A sample of the battery (`xtask::battery`) through the real gateway, on every surface and over a socket: no value
//! reaches the provider, and harmless twins reach it as they are.

mod asked;

use std::collections::BTreeMap;

use e2e::gateway::Setup;
use serde_json::Value;
use xtask::battery::{self, Battery, Case, DENIED, Fate, Twin};

use self::asked::{Asked, Group, Place};
use crate::sockets;
use crate::support::{Outcome, Pair, Surface};

/// So many of each kind are taken.
const CASES_EACH: usize = 4;
const TWINS_EACH: usize = 6;
/// So many stand in one request.
const BATCH: usize = 25;
/// Longer texts are left to the unit stage.
const LONGEST: usize = 8_000;

/// Types that are not masked unless the policy says so.
const UNMASKED: [&str; 8] = [
    "URL_CREDENTIALS",
    "USERNAME_PATH",
    "API_KEY",
    "BEARER_TOKEN",
    "JWT",
    "PRIVATE_KEY",
    "PASSWORD",
    "CONNECTION_STRING",
];

/// The surfaces that take a list of texts: path, model, and where the list is.
const LISTS: &[(&str, &str, &str)] = &[
    ("/v1/completions", "gpt-3.5-turbo-instruct", "prompt"),
    ("/v1/embeddings", "text-embedding-3-small", "input"),
];

fn setup(setup: Setup) -> Setup {
    let term = format!("[{{ term = \"{DENIED}\", type = \"CUSTOM:PROJECT\" }}]");
    let setup = setup
        .set("MASKING__EXPLAIN_PLACEHOLDERS", "false")
        .set("LOG__LEVEL", "info")
        .set("POLICY__DENY_TERMS", &term);
    UNMASKED.iter().fold(setup, |setup, entity| {
        setup.set(&format!("POLICY__ACTIONS__{entity}"), "mask")
    })
}

/// Of each kind the same number, spread over all that it has.
fn sample<T>(all: Vec<T>, each: usize, kind: impl Fn(&T) -> String) -> Vec<T> {
    let mut kinds: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for one in all {
        kinds.entry(kind(&one)).or_default().push(one);
    }
    let spread = |of_kind: Vec<T>| {
        let step = of_kind.len().div_ceil(each).max(1);
        of_kind.into_iter().skip(step / 2).step_by(step)
    };
    kinds.into_values().flat_map(spread).collect()
}

/// What one request carries, and what it must come to.
enum Sent {
    Case(Case),
    Twin(Twin),
}

impl Sent {
    fn group(&self) -> Group {
        match self {
            Self::Case(case) => Group {
                texts: case.texts(),
                together: case.is_together(),
            },
            Self::Twin(twin) => Group {
                texts: twin.texts.clone(),
                together: twin.together,
            },
        }
    }

    /// Whether it is about the parts of one message.
    fn is_split(&self) -> bool {
        let group = self.group();
        group.together && group.texts.len() > 1
    }

    /// What is wrong with what the provider got of it.
    fn wrong(&self, received: &[String]) -> Option<String> {
        match self {
            Self::Case(case) => {
                let received: Vec<String> = received.iter().map(|text| without_placeholders(text)).collect();
                let mut left = received
                    .iter()
                    .enumerate()
                    .filter_map(|(part, text)| case.leak(part, text));
                left.next()
                    .map(|left| format!("{} leaves {left:?} in {received:?}", case.id))
            }
            Self::Twin(twin) => (twin.texts != received).then(|| format!("{} became {received:?}", twin.id)),
        }
    }
}

/// A placeholder's own letters are no piece of a value: `PRIVATE_KEY`.
fn without_placeholders(text: &str) -> String {
    let mut parts = text.split('<');
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split('>').next().unwrap_or_default();
        let is_placeholder = name.len() < part.len()
            && name.contains('_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        left.push('<');
        left.push_str(if is_placeholder { &part[name.len()..] } else { part });
    }
    left
}

/// The requests of this sample: cases and twins apart, so that neither hides what the other does; and those about
/// parts apart, since only messages have parts.
fn batches() -> Vec<Vec<Sent>> {
    let mut cases = battery::cases();
    cases.retain(|case| case.texts().iter().map(String::len).sum::<usize>() < LONGEST);
    // What the masking core covers must leave over no surface; what it does not is counted in `xtask/tests/battery.rs`.
    let core = Battery::new().expect("the detectors build");
    let is_good = |fate: anyhow::Result<Fate>| fate.is_ok_and(|fate| fate == Fate::Good);
    let cases = sample(cases, CASES_EACH, |case| case.kind.clone())
        .into_iter()
        .filter(|case| is_good(core.judge(case)))
        .map(Sent::Case);
    let mut twins = sample(battery::twins(), TWINS_EACH, |twin| twin.kind.clone());
    twins.retain(|twin| is_good(core.judge_twin(twin)));
    let (split_cases, cases): (Vec<Sent>, Vec<Sent>) = cases.partition(Sent::is_split);
    let (split_twins, twins): (Vec<Sent>, Vec<Sent>) =
        twins.into_iter().map(Sent::Twin).partition(Sent::is_split);
    let mut batches = Vec::new();
    for sent in [cases, twins, split_cases, split_twins] {
        let mut sent = sent.into_iter().peekable();
        while sent.peek().is_some() {
            batches.push(sent.by_ref().take(BATCH).collect());
        }
    }
    batches
}

/// What went wrong with the texts that the provider got, one line each.
fn wrongs(place: &str, batch: &[Sent], asked: &Asked, received: &Value) -> anyhow::Result<Vec<String>> {
    let mut texts = asked.texts(received)?.into_iter();
    let each = batch.iter().filter_map(|sent| {
        let received: Vec<String> = texts.by_ref().take(sent.group().texts.len()).collect();
        sent.wrong(&received).map(|wrong| format!("{place}: {wrong}"))
    });
    Ok(each.collect())
}

fn assert_none(wrongs: &[String]) {
    let first: Vec<&String> = wrongs.iter().step_by(wrongs.len().div_ceil(30).max(1)).collect();
    assert!(
        wrongs.is_empty(),
        "{} went wrong, among them {first:#?}",
        wrongs.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_leaves_over_http_and_no_twin_changes() -> Outcome {
    let pair = Pair::with(setup).await?;
    let mut all = Vec::new();
    for batch in batches() {
        let groups: Vec<Group> = batch.iter().map(Sent::group).collect();
        let is_split = batch.iter().any(Sent::is_split);
        let places: &[Place] = if is_split { &[Place::User] } else { &Place::ALL };
        let lists = if is_split { &[] } else { LISTS };
        let mut requests: Vec<(String, &str, Asked)> = Vec::new();
        for (surface, place) in Surface::RICH
            .iter()
            .flat_map(|s| places.iter().map(|place| (*s, *place)))
        {
            let asked = asked::conversation(surface, place, &groups);
            requests.push((format!("{surface:?}, {place:?}"), surface.path(), asked));
        }
        for (path, model, key) in lists.iter().copied() {
            requests.push((path.into(), path, asked::list(model, key, &groups)));
        }
        for (place, path, asked) in &requests {
            let answer = pair.caller().post(path, &asked.body).await?;
            if answer.status.is_success() {
                all.extend(wrongs(
                    place,
                    &batch,
                    asked,
                    &serde_json::from_str(&pair.sent())?,
                )?);
            } else {
                all.push(format!("{place}: {} {}", answer.status, answer.text()));
            }
        }
    }
    assert_none(&all);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_leaves_over_a_socket_and_no_twin_changes() -> Outcome {
    let mut all = Vec::new();
    let batches = batches();
    for side in sockets::Side::BOTH {
        let pair = side.pair_with(setup).await?;
        let mut socket = sockets::open(&pair).await?;
        for (batch, place) in batches.iter().zip(Place::ALL.into_iter().cycle()) {
            let is_split = batch.iter().any(Sent::is_split);
            let place = if is_split { Place::User } else { place };
            let groups: Vec<Group> = batch.iter().map(Sent::group).collect();
            let mut asked = asked::conversation(Surface::Responses, place, &groups);
            asked.body["type"] = "response.create".into();
            asked.body["store"] = false.into();
            let events = socket.turn(&asked.body).await?;
            let place = format!("{side:?}, {place:?}");
            match events.last() {
                Some(last) if last["type"] == "response.completed" => {
                    let turns = sockets::turns(&pair);
                    let received = turns.last().map(e2e::fake::Recorded::json).unwrap_or_default();
                    all.extend(wrongs(&place, batch, &asked, &received)?);
                }
                last => all.push(format!("{place}: {last:?}")),
            }
        }
    }
    assert_none(&all);
    Ok(())
}
