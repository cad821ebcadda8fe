//! The conversation by a clock of the tests' own.

mod interleaved;

use llm_wire::Limits;
use masking::{MasterKey, PlaceholderMap, Scope};

use super::*;
use crate::turn_state::{ClaimError, Held};

pub(super) const RULES: Rules = Rules {
    ping: Duration::from_secs(20),
    pong: Duration::from_secs(60),
    idle: Duration::from_secs(600),
    stall: Duration::from_secs(30),
    grace: Duration::from_secs(30),
    frames_per_second: 100,
    bridged: true,
};

pub(super) fn request(json: &str) -> Request {
    Request::read(json.into(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {json}"))
}

pub(super) fn create(more: &str) -> Request {
    request(&format!(r#"{{"type":"response.create","store":false{more}}}"#))
}

pub(super) fn key(name: &str) -> TurnKey {
    TurnKey::try_from(name).unwrap()
}

/// What a turn with this response leaves.
pub(super) fn left(id: &str, keep: Keep) -> Box<Left> {
    let map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("s"));
    Box::new(Left {
        state: Arc::new(ChainState {
            response_id: id.into(),
            stored: false,
            transcript: Some(format!(r#"{{"of":"{id}"}}"#).into()),
            map: Arc::new(map.remember()),
        }),
        fields: r#"{"model":"m"}"#.into(),
        keep,
    })
}

/// A conversation and its time.
struct Bench {
    conversation: Conversation,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self::with(RULES)
    }

    fn with(rules: Rules) -> Self {
        let now = Instant::now();
        Self {
            conversation: Conversation::new(rules, key("own"), now),
            now,
        }
    }

    fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.conversation.handle(input, self.now)
    }

    /// Lets time pass up to the deadline, and tells.
    fn wait(&mut self) -> (Duration, Vec<Effect>) {
        let deadline = self.conversation.deadline();
        let passed = deadline.saturating_duration_since(self.now);
        self.now = deadline;
        (passed, self.tell(Input::Tick))
    }

    /// Begins a turn; its plan.
    fn begin(&mut self, request: Request) -> (TurnNumber, Plan) {
        let turn = self.claim(request);
        match self.tell(Input::Claimed(turn, Ok(Held::Nothing))).remove(0) {
            Effect::Begin(begun, plan) if begun == turn => (turn, plan),
            _ => panic!("the turn does not begin"),
        }
    }

    fn claim(&mut self, request: Request) -> TurnNumber {
        match self.tell(Input::Frame(request)).remove(0) {
            Effect::Claim(turn, ..) => turn,
            _ => panic!("nothing is claimed"),
        }
    }

    fn end(&mut self, turn: TurnNumber, end: End) -> Vec<Effect> {
        self.tell(Input::Ended(turn, vec!["{}".into()], end))
    }

    /// A whole turn that is answered by the response `id`.
    fn answered(&mut self, request: Request, id: &str) {
        let (turn, _) = self.begin(request);
        self.end(turn, End::Answered(left(id, Keep::Commit)));
        self.tell(Input::Flushed);
        self.tell(Input::Settled(turn, Ok(None)));
    }
}

/// The names of effects, and the codes of errors that are said.
fn names(effects: &[Effect]) -> Vec<String> {
    effects.iter().map(name).collect()
}

fn name(effect: &Effect) -> String {
    match effect {
        Effect::Claim(..) => "claim".into(),
        Effect::Begin(..) => "begin".into(),
        Effect::Abort => "abort".into(),
        Effect::Commit(_, state) => format!("commit {}", state.response_id),
        Effect::Release(_) => "release".into(),
        Effect::Say(texts) => texts.iter().map(|text| said(text)).collect::<Vec<_>>().join(" "),
        Effect::Refused(_) => "counted".into(),
        Effect::Ping => "ping".into(),
        Effect::Close(reason) => format!("close {reason:?}"),
        Effect::End => "end".into(),
    }
}

fn said(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    match value["error"]["code"].as_str() {
        Some(code) => format!("{code} {}", value["status"]),
        None => value["type"].as_str().unwrap_or("event").to_owned(),
    }
}

#[test]
fn a_turn_commits_once_its_end_was_taken() {
    let mut bench = Bench::new();
    let (turn, plan) = bench.begin(create(""));
    assert_eq!((plan.link, plan.earlier.is_none()), (Link::None, true));
    assert_eq!(
        names(&bench.tell(Input::Events(turn, vec!["{}".into()]))),
        ["event"]
    );
    assert_eq!(names(&bench.tell(Input::Flushed)), [""; 0]);
    let effects = bench.end(turn, End::Answered(left("resp_1", Keep::Commit)));
    assert_eq!(names(&effects), ["event"], "not before the caller has it");
    assert_eq!(names(&bench.tell(Input::Flushed)), ["commit resp_1"]);
    assert_eq!(names(&bench.tell(Input::Settled(turn, Ok(None)))), [""; 0]);
    let (_, plan) = bench.begin(create(r#","previous_response_id":"resp_1""#));
    assert_eq!(plan.link, Link::Transcript);
    assert_eq!(
        plan.earlier.map(|state| state.response_id.to_string()).as_deref(),
        Some("resp_1")
    );
}

#[test]
fn an_aborted_turn_changes_nothing() {
    let failure = || Failure::from(GatewayError::UpstreamTimeout);
    for ending in ["cut", "failed", "gone", "cancelled", "undelivered"] {
        let mut bench = Bench::new();
        bench.answered(create(""), "resp_1");
        let (turn, _) = bench.begin(create(r#","previous_response_id":"resp_1""#));
        let effects = match ending {
            "cut" => bench.end(turn, End::Broken),
            "failed" => bench.end(turn, End::Failed(failure())),
            "gone" => bench.tell(Input::Gone),
            "cancelled" => bench.tell(Input::Frame(request(r#"{"type":"response.cancel"}"#))),
            _ => {
                bench.end(turn, End::Answered(left("resp_2", Keep::Commit)));
                bench.tell(Input::Gone)
            }
        };
        let effects = names(&effects);
        assert!(effects.contains(&"release".to_owned()), "{ending}: {effects:?}");
        let cancels = matches!(ending, "gone" | "cancelled");
        assert_eq!(effects.contains(&"abort".to_owned()), cancels, "{ending}");
        let late = bench.tell(Input::Events(turn, vec!["{}".into()]));
        assert_eq!(names(&late), [""; 0], "{ending}: what comes late is dropped");
        let settled = names(&bench.tell(Input::Settled(turn, Ok(None))));
        if bench.conversation.gone {
            assert_eq!(settled, ["end"], "{ending}");
        } else {
            let (_, plan) = bench.begin(create(r#","previous_response_id":"resp_1""#));
            assert_eq!(plan.link, Link::Transcript, "{ending}");
        }
    }
}

#[test]
fn one_turn_at_a_time() {
    let mut bench = Bench::new();
    let (turn, _) = bench.begin(create(""));
    let collision = ["counted", "invalid_websocket_turn 409"];
    assert_eq!(names(&bench.tell(Input::Frame(create("")))), collision);
    bench.end(turn, End::Answered(left("resp_1", Keep::Commit)));
    assert_eq!(
        names(&bench.tell(Input::Frame(create("")))),
        collision,
        "not taken yet"
    );
    bench.tell(Input::Flushed);
    // The caller has its answer: it may ask on while the store is being told, once.
    assert_eq!(names(&bench.tell(Input::Frame(create("")))), [""; 0]);
    assert_eq!(names(&bench.tell(Input::Frame(create("")))), collision);
    assert_eq!(names(&bench.tell(Input::Settled(turn, Ok(None)))), ["claim"]);
}

#[test]
fn a_chain_that_is_taken_full_or_away_is_said() {
    for (error, said) in [
        (ClaimError::Busy, "invalid_websocket_turn 409"),
        (ClaimError::Full, "turn_state_full 503"),
        (ClaimError::Unavailable, "turn_state_unavailable 503"),
    ] {
        let mut bench = Bench::new();
        let turn = bench.claim(create(""));
        assert_eq!(
            names(&bench.tell(Input::Claimed(turn, Err(error)))),
            ["counted", said]
        );
        bench.begin(create(""));
    }
}

#[test]
fn a_chain_is_found_again_on_another_socket() {
    let mut bench = Bench::new();
    let frame = r#","previous_response_id":"resp_1","client_metadata":{"x-codex-turn-state":"theirs"}"#;
    let effects = bench.tell(Input::Frame(create(frame)));
    let Effect::Claim(turn, claimed, None) = &effects[0] else {
        panic!("nothing is claimed");
    };
    assert_eq!(claimed.as_str(), "theirs");
    let state = left("resp_1", Keep::Commit).state;
    let effects = bench.tell(Input::Claimed(*turn, Ok(Held::State(state, Version::of(1)))));
    assert_eq!(names(&effects), ["begin"]);
}

#[test]
fn what_nobody_knows_is_not_continued() {
    let mut bench = Bench::new();
    let unknown = r#","previous_response_id":"resp_9""#;
    let turn = bench.claim(create(unknown));
    let effects = bench.tell(Input::Claimed(turn, Ok(Held::Nothing)));
    assert_eq!(
        names(&effects),
        ["release", "counted", "previous_response_not_found 400"]
    );
    bench.tell(Input::Settled(turn, Ok(None)));
    let stored = r#"{"type":"response.create","previous_response_id":"resp_9"}"#;
    assert_eq!(
        bench.begin(request(stored)).1.link,
        Link::Id,
        "the provider may know it"
    );
    let mut direct = Bench::with(Rules {
        bridged: false,
        ..RULES
    });
    assert_eq!(direct.begin(create(unknown)).1.link, Link::Id);
}

#[test]
fn a_lost_upstream_gets_the_transcript() {
    let mut bench = Bench::with(Rules {
        bridged: false,
        ..RULES
    });
    let next = r#","previous_response_id":"resp_1""#;
    for (lost, link) in [(false, Link::Id), (true, Link::Transcript)] {
        bench.answered(create(""), "resp_1");
        if lost {
            bench.tell(Input::UpstreamLost);
        }
        let (turn, plan) = bench.begin(create(next));
        assert_eq!(plan.link, link);
        bench.end(turn, End::Unnamed);
        bench.tell(Input::Flushed);
        bench.tell(Input::Settled(turn, Ok(None)));
    }
}

#[test]
fn an_append_takes_over_what_the_last_create_said() {
    let append = || request(r#"{"type":"response.append","input":[]}"#);
    let mut bench = Bench::new();
    let turn = bench.claim(append());
    let effects = bench.tell(Input::Claimed(turn, Ok(Held::Nothing)));
    assert_eq!(
        names(&effects),
        ["release", "counted", "no_response_to_append_to 400"]
    );
    bench.tell(Input::Settled(turn, Ok(None)));
    bench.answered(create(""), "resp_1");
    let (_, plan) = bench.begin(append());
    assert_eq!(plan.fields.as_deref(), Some(r#"{"model":"m"}"#));
    assert_eq!(plan.link, Link::Transcript);
}

#[test]
fn a_prewarming_is_kept_for_the_socket_only() {
    let mut bench = Bench::new();
    let (turn, plan) = bench.begin(create(r#","generate":false"#));
    assert!(plan.prewarm);
    bench.end(turn, End::Answered(left("warm", Keep::Connection)));
    assert_eq!(names(&bench.tell(Input::Flushed)), ["release"]);
    bench.tell(Input::Settled(turn, Ok(None)));
    let (_, plan) = bench.begin(create(r#","previous_response_id":"warm""#));
    assert_eq!(plan.fields.as_deref(), Some(r#"{"model":"m"}"#));
    assert!(!plan.prewarm);
}

#[test]
fn an_unmasked_answer_leaves_nothing() {
    let mut bench = Bench::new();
    bench.answered(create(""), "resp_1");
    let (turn, _) = bench.begin(create(""));
    bench.end(turn, End::Answered(left("local", Keep::Nothing)));
    assert_eq!(names(&bench.tell(Input::Flushed)), ["release"]);
    bench.tell(Input::Settled(turn, Ok(None)));
    bench.begin(create(r#","previous_response_id":"resp_1""#));
}

#[test]
fn a_cancel_without_a_turn_is_an_error() {
    let mut bench = Bench::new();
    let cancel = || Input::Frame(request(r#"{"type":"response.cancel"}"#));
    assert_eq!(names(&bench.tell(cancel())), ["counted", "no_turn_to_cancel 400"]);
    let turn = bench.claim(create(""));
    assert_eq!(names(&bench.tell(cancel())), ["response.cancelled"]);
    let effects = bench.tell(Input::Claimed(turn, Ok(Held::Nothing)));
    assert_eq!(names(&effects), ["release"], "what was claimed is given back");
}

#[test]
fn it_pings_and_closes_who_does_not_answer() {
    let mut bench = Bench::new();
    for expected in [("ping", 20), ("ping", 20), ("close NoPong", 20), ("end", 5)] {
        let (passed, effects) = bench.wait();
        assert_eq!(
            (names(&effects), passed.as_secs()),
            (vec![expected.0.to_owned()], expected.1)
        );
    }
    let mut answering = Bench::new();
    for _ in 0..20 {
        assert_eq!(names(&answering.wait().1), ["ping"]);
        answering.tell(Input::Heard);
    }
}

#[test]
fn a_long_frame_is_a_sign_of_life() {
    let mut bench = Bench::new();
    for _ in 0..20 {
        bench.now = bench.conversation.deadline();
        assert_eq!(names(&bench.tell(Input::Receiving)), ["ping"]);
    }
}

#[test]
fn it_closes_who_has_no_turn_for_long() {
    let mut bench = Bench::new();
    let started = bench.now;
    loop {
        let effects = names(&bench.wait().1);
        bench.tell(Input::Heard);
        if effects != ["ping"] {
            assert_eq!(effects, ["close Idle"]);
            break;
        }
    }
    assert_eq!(bench.now - started, RULES.idle);
    let mut busy = Bench::new();
    busy.begin(create(""));
    for _ in 0..100 {
        assert_eq!(names(&busy.wait().1), ["ping"], "a turn may take its time");
        busy.tell(Input::Heard);
    }
}

#[test]
fn it_closes_who_does_not_take_what_is_said() {
    let mut bench = Bench::new();
    let (turn, _) = bench.begin(create(""));
    bench.tell(Input::Events(turn, vec!["{}".into()]));
    let started = bench.now;
    assert_eq!(names(&bench.wait().1), ["ping"]);
    bench.tell(Input::Heard);
    assert_eq!(names(&bench.wait().1), ["abort", "release", "close TooSlow"]);
    assert_eq!(bench.now - started, RULES.stall);
}

#[test]
fn errors_in_a_row_and_floods_close() {
    let mut bench = Bench::new();
    for number in 1..=MAX_ERRORS {
        let effects = names(&bench.tell(Input::Refused(GatewayError::TurnState)));
        assert_eq!(
            effects.contains(&"close TooManyErrors".to_owned()),
            number == MAX_ERRORS
        );
    }
    let mut flooding = Bench::new();
    let pings = (0..).find(|_| !flooding.tell(Input::Heard).is_empty());
    assert_eq!(pings, Some(200), "a burst of two seconds");
    let mut slow = Bench::new();
    for _ in 0..1000 {
        slow.now += Duration::from_millis(10);
        assert!(slow.tell(Input::Heard).is_empty());
    }
}

#[test]
fn a_stop_waits_for_the_turn_but_not_for_ever() {
    let mut idle = Bench::new();
    assert_eq!(names(&idle.tell(Input::Stop)), ["close Restart"]);
    let mut busy = Bench::new();
    let (turn, _) = busy.begin(create(""));
    assert_eq!(names(&busy.tell(Input::Stop)), [""; 0]);
    assert_eq!(
        names(&busy.tell(Input::Frame(create("")))),
        ["counted", "shutting_down 503"]
    );
    busy.tell(Input::Flushed);
    busy.end(turn, End::Answered(left("resp_1", Keep::Commit)));
    assert_eq!(names(&busy.tell(Input::Flushed)), ["commit resp_1"]);
    assert_eq!(
        names(&busy.tell(Input::Settled(turn, Ok(None)))),
        ["close Restart"]
    );
    let mut endless = Bench::new();
    endless.begin(create(""));
    endless.tell(Input::Stop);
    let effects = std::iter::from_fn(|| Some(names(&endless.wait().1)));
    let mut closing = effects.skip_while(|effects| effects[..] == ["ping"]);
    assert_eq!(closing.next().unwrap(), ["abort", "release", "close Restart"]);
}

#[test]
fn a_violation_is_said_before_the_close() {
    let mut bench = Bench::new();
    let (turn, _) = bench.begin(create(""));
    let effects = bench.tell(Input::Violation(Violation {
        error: Some(GatewayError::BinaryFrame),
        reason: CloseReason::Binary,
    }));
    assert_eq!(
        names(&effects),
        ["counted", "binary_frame 400", "abort", "release", "close Binary"]
    );
    bench.tell(Input::Settled(turn, Ok(None)));
    assert_eq!(
        names(&bench.tell(Input::Frame(create("")))),
        [""; 0],
        "nothing is read any more"
    );
    assert_eq!(names(&bench.tell(Input::Gone)), ["end"]);
}
