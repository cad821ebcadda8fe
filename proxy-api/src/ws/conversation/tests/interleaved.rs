//! Several sockets, some with one key, in every order that chance brings: frames, events, cuts, reconnects. What a turn
//! restores belongs to its own chain, and what is committed was answered and taken.

use std::collections::{BTreeSet, HashMap, VecDeque};

use masking::{EntityType, Escape, Lexicon, RehydrateOptions, Rehydrator};
use proptest::prelude::*;

use super::*;
use crate::turn_state::{ClaimError, Held};

const KEYS: [&str; 2] = ["one", "two"];
const SOCKETS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Open(usize, usize),
    /// Asks, going on from the last response that the caller knows of, if it says so.
    Ask(usize, bool),
    Cancel(usize),
    /// The store or the masking is done.
    Do(usize),
    /// The upstream says every placeholder that there is.
    Event(usize),
    /// A turn that has ended already says something.
    Stale(usize),
    Answer(usize),
    Cut(usize),
    Take(usize),
    Leave(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let socket = || 0..SOCKETS;
    let step = prop_oneof![
        2 => (socket(), 0..KEYS.len()).prop_map(|(socket, key)| Step::Open(socket, key)),
        6 => (socket(), any::<bool>()).prop_map(|(socket, on)| Step::Ask(socket, on)),
        1 => socket().prop_map(Step::Cancel),
        12 => socket().prop_map(Step::Do),
        6 => socket().prop_map(Step::Event),
        2 => socket().prop_map(Step::Stale),
        5 => socket().prop_map(Step::Answer),
        2 => socket().prop_map(Step::Cut),
        8 => socket().prop_map(Step::Take),
        2 => socket().prop_map(Step::Leave),
        1 => (0..40_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..120)
}

/// A name that no other holds.
fn secret(number: usize) -> String {
    format!("Person Number{number}x")
}

/// A turn at the upstream.
struct Running {
    turn: TurnNumber,
    map: PlaceholderMap,
    /// Whose secrets may be restored in it.
    allowed: BTreeSet<usize>,
    id: String,
}

/// One socket as its caller and the gateway's shell see it.
struct Line {
    conversation: Conversation,
    key: TurnKey,
    to_do: VecDeque<Effect>,
    running: Option<Running>,
    ended: Vec<TurnNumber>,
    /// The answered turn whose end was said and not yet taken.
    answered: Option<String>,
    holds: bool,
    /// What the caller knows it can go on from.
    last: Option<String>,
    over: bool,
}

#[derive(Default)]
struct Chain {
    owned: bool,
    state: Option<(Arc<ChainState>, Version)>,
}

struct World {
    now: Instant,
    lines: Vec<Option<Line>>,
    /// Sockets whose caller is gone and that still have something to do.
    leaving: Vec<Line>,
    chains: HashMap<String, Chain>,
    /// The secrets that belong to a response and those before it.
    family: HashMap<String, BTreeSet<usize>>,
    placeholders: Vec<String>,
    turns: usize,
    versions: u128,
    taken: BTreeSet<String>,
}

impl World {
    fn new() -> Self {
        Self {
            now: Instant::now(),
            lines: (0..SOCKETS).map(|_| None).collect(),
            leaving: Vec::new(),
            chains: KEYS.map(|key| (key.to_owned(), Chain::default())).into(),
            family: HashMap::new(),
            placeholders: Vec::new(),
            turns: 0,
            versions: 0,
            taken: BTreeSet::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Open(socket, key) if self.lines[socket].is_none() => {
                let key = super::key(KEYS[key]);
                self.lines[socket] = Some(Line {
                    conversation: Conversation::new(RULES, key.clone(), self.now),
                    key,
                    to_do: VecDeque::new(),
                    running: None,
                    ended: Vec::new(),
                    answered: None,
                    holds: false,
                    last: None,
                    over: false,
                });
            }
            Step::Open(..) => {}
            Step::Ask(socket, goes_on) => self.ask(socket, goes_on),
            Step::Cancel(socket) => {
                self.tell(socket, Input::Frame(request(r#"{"type":"response.cancel"}"#)));
            }
            Step::Do(socket) => self.work(socket),
            Step::Event(socket) => self.event(socket),
            Step::Stale(socket) => {
                let line = self.lines[socket].as_ref();
                if let Some(turn) = line.and_then(|line| line.ended.last().copied()) {
                    let stale = vec![r#"{"type":"stale"}"#.into()];
                    let said = self.tell(socket, Input::Events(turn, stale));
                    assert!(!said.contains("stale"), "an ended turn speaks");
                }
            }
            Step::Answer(socket) => self.end(socket, true),
            Step::Cut(socket) => self.end(socket, false),
            Step::Take(socket) => self.take(socket),
            Step::Leave(socket) => {
                self.tell(socket, Input::Gone);
                self.leaving.extend(self.lines[socket].take());
            }
            Step::Wait(seconds) => {
                self.now += Duration::from_secs(seconds);
                for socket in 0..SOCKETS {
                    self.tell(socket, Input::Heard);
                    self.tell(socket, Input::Tick);
                }
            }
        }
    }

    fn ask(&mut self, socket: usize, goes_on: bool) {
        let last = self.lines[socket].as_ref().and_then(|line| line.last.clone());
        let frame = match last.filter(|_| goes_on) {
            Some(id) => create(&format!(r#","previous_response_id":"{id}""#)),
            None => create(""),
        };
        self.tell(socket, Input::Frame(frame));
    }

    /// The caller takes everything that was said so far.
    fn take(&mut self, socket: usize) {
        if let Some(line) = &mut self.lines[socket]
            && let Some(id) = line.answered.take()
        {
            line.last = Some(id.clone());
            self.taken.insert(id);
        }
        self.tell(socket, Input::Flushed);
    }

    /// Tells a socket; what its caller is told then.
    fn tell(&mut self, socket: usize, input: Input) -> String {
        match &mut self.lines[socket] {
            Some(line) => line.tell(input, self.now),
            None => String::new(),
        }
    }

    /// Does the next thing that a socket waits for, and each whose caller is gone.
    fn work(&mut self, socket: usize) {
        if let Some(mut line) = self.lines[socket].take() {
            self.work_on(&mut line);
            self.lines[socket] = Some(line);
        }
        let mut leaving = std::mem::take(&mut self.leaving);
        for line in &mut leaving {
            self.work_on(line);
        }
        leaving.retain(|line| !line.over);
        self.leaving = leaving;
    }

    fn work_on(&mut self, line: &mut Line) {
        let Some(effect) = line.to_do.pop_front() else {
            return;
        };
        let chain = self.chains.get_mut(line.key.as_str()).expect("a known key");
        let input = match effect {
            Effect::Claim(turn, ..) if chain.owned => Input::Claimed(turn, Err(ClaimError::Busy)),
            Effect::Claim(turn, _, known) => {
                (chain.owned, line.holds) = (true, true);
                let held = match &chain.state {
                    None => Held::Nothing,
                    Some((_, version)) if known == Some(*version) => Held::Unchanged,
                    Some((state, version)) => Held::State(Arc::clone(state), *version),
                };
                Input::Claimed(turn, Ok(held))
            }
            Effect::Begin(turn, plan) => return self.begin(line, turn, &plan),
            Effect::Commit(turn, state) => {
                assert!(line.holds, "a commit without the chain");
                assert!(
                    self.taken.contains(&*state.response_id),
                    "committed before it was taken"
                );
                self.versions += 1;
                let version = Version::of(self.versions);
                chain.state = Some((state, version));
                (chain.owned, line.holds) = (false, false);
                Input::Settled(turn, Ok(Some(version)))
            }
            Effect::Release(turn) => {
                chain.owned &= !line.holds;
                line.holds = false;
                Input::Settled(turn, Ok(None))
            }
            _ => return,
        };
        line.tell(input, self.now);
    }

    /// Masks a turn: it has a secret of its own and those of the turns that it goes on from.
    fn begin(&mut self, line: &mut Line, turn: TurnNumber, plan: &Plan) {
        assert!(line.holds, "a turn runs without its chain");
        self.turns += 1;
        let scope = Scope::new(&format!("turn {}", self.turns));
        let mut map = PlaceholderMap::new(&MasterKey::new([7; 32]), &scope);
        let mut allowed = BTreeSet::from([self.turns]);
        if let Some(earlier) = &plan.earlier {
            assert_eq!(plan.request.previous.as_deref(), Some(&*earlier.response_id));
            map.join(&earlier.map);
            allowed.extend(&self.family[&*earlier.response_id]);
        }
        let placeholder = map.placeholder(&EntityType::Person, &secret(self.turns));
        self.placeholders.push(placeholder.as_str().to_owned());
        let id = format!("resp_{}", self.turns);
        self.family.insert(id.clone(), allowed.clone());
        line.running = Some(Running {
            turn,
            map,
            allowed,
            id,
        });
    }

    fn event(&mut self, socket: usize) {
        let everything = self.placeholders.join(" ");
        let line = self.lines[socket].as_ref();
        let Some(running) = line.and_then(|line| line.running.as_ref()) else {
            return;
        };
        let options = RehydrateOptions {
            escape: Escape::Json,
            in_urls: false,
        };
        let mut rehydrator = Rehydrator::new(Arc::new(Lexicon::new(&running.map)), options);
        let mut text = String::from(r#"{"type":"event","text":""#);
        rehydrator.push(&everything, &mut text);
        rehydrator.finish(&mut text);
        text.push_str(r#""}"#);
        let (turn, allowed) = (running.turn, running.allowed.clone());
        let said = self.tell(socket, Input::Events(turn, vec![text.as_str().into()]));
        let restored: BTreeSet<usize> = (1..=self.turns)
            .filter(|number| said.contains(&secret(*number)))
            .collect();
        assert!(said.is_empty() || restored == allowed, "{restored:?} {allowed:?}");
    }

    fn end(&mut self, socket: usize, answered: bool) {
        let Some(line) = &mut self.lines[socket] else {
            return;
        };
        let Some(running) = line.running.take() else {
            return;
        };
        line.ended.push(running.turn);
        let end = if answered {
            line.answered = Some(running.id.clone());
            let mut left = left(&running.id, Keep::Commit);
            left.state = Arc::new(ChainState {
                response_id: running.id.into(),
                stored: false,
                transcript: Some("{}".into()),
                map: Arc::new(running.map.remember()),
            });
            End::Answered(left)
        } else {
            End::Broken
        };
        let last = vec![r#"{"type":"end"}"#.into()];
        self.tell(socket, Input::Ended(running.turn, last, end));
    }

    /// Everybody leaves, and what is to be done is done.
    fn close(&mut self) {
        for socket in 0..SOCKETS {
            self.step(Step::Leave(socket));
        }
        for _ in 0..8 * (self.leaving.len() + 1) {
            self.work(0);
        }
        assert!(self.leaving.is_empty(), "a socket does not end");
        assert!(
            self.chains.values().all(|chain| !chain.owned),
            "a chain is never free again"
        );
    }
}

impl Line {
    fn tell(&mut self, input: Input, now: Instant) -> String {
        let mut said = String::new();
        for effect in self.conversation.handle(input, now) {
            match effect {
                Effect::Say(texts) => said.extend(texts.iter().map(Text::as_str)),
                Effect::Abort => {
                    // A turn that is still being masked is dropped too.
                    self.to_do.retain(|effect| !matches!(effect, Effect::Begin(..)));
                    self.ended.extend(self.running.take().map(|running| running.turn));
                }
                Effect::End => self.over = true,
                effect => self.to_do.push_back(effect),
            }
        }
        said
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn turns_never_mix(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.close();
    }
}
