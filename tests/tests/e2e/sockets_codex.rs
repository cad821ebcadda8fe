//! Codex over WebSocket through the real gateway, before a provider with sockets and before one without: what it shows
//! and writes is whole, what leaves is masked, and what fails ends as it does without a gateway.

use std::fs;

use e2e::{
    canary::{self, API_KEY, EMAIL, LETTER},
    fake::{End, FakeProvider, Part, Recorded, Reply},
    gateway::Setup,
    programs::{self, CodexTransport, Ran},
    tap::{Spoken, Tap},
};
use serde_json::Value;

use crate::{
    sockets::{Side, TURN_STATE},
    support::{Outcome, Pair},
};

/// What Codex tells of its workspace and installation.
const TURN_METADATA: &str = "x-codex-turn-metadata";

/// A Codex' home and project, and the tap before the gateway.
struct Desk {
    side: Side,
    pair: Pair,
    tap: Tap,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new(side: Side) -> anyhow::Result<Self> {
        Self::with(side, |setup| setup).await
    }

    async fn with(side: Side, settings: impl FnOnce(Setup) -> Setup) -> anyhow::Result<Self> {
        let pair = side
            .pair_with(|setup| settings(setup.set("REHYDRATE__TOOLS", "[\"codex\"]")))
            .await?;
        let tap = Tap::before(pair.gateway.authority().parse()?).await?;
        let folder = folder()?;
        Ok(Self {
            side,
            pair,
            tap,
            folder,
        })
    }

    async fn codex(&self, prompt: &str) -> anyhow::Result<Ran> {
        self.codex_over(CodexTransport::Sockets, prompt).await
    }

    async fn codex_over(&self, transport: CodexTransport, prompt: &str) -> anyhow::Result<Ran> {
        codex(&self.tap.url(), transport, &self.folder, prompt).await
    }

    fn read(&self, name: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.path().join("project").join(name))?)
    }

    /// What asked the provider's model for something.
    fn asked(&self) -> Vec<Recorded> {
        let mut requests = self.pair.fake.requests();
        requests.retain(|request| !request.is_handshake() && request.json()["generate"] != false);
        requests
    }

    /// The only socket that Codex opened.
    fn socket(&self) -> Spoken {
        let spoken = self.tap.spoken();
        assert_eq!(spoken.len(), 1, "{:?} {:?}", self.side, heads(&spoken));
        assert!(spoken[0].is_socket(), "{:?} {}", self.side, spoken[0].answer());
        spoken[0].clone()
    }

    /// Codex spoke over sockets only, the gateway as the provider wants it, and nothing left that belongs here.
    fn assert_kept(&self) {
        let spoken = self.tap.spoken();
        assert!(spoken.iter().all(Spoken::is_socket), "{:?}", heads(&spoken));
        for request in self.pair.fake.requests() {
            let expected = match self.side {
                _ if request.is_handshake() => true,
                Side::Socket => request.is_frame(),
                Side::Stream => request.method == "POST",
            };
            assert!(expected, "{:?} {} {}", self.side, request.method, request.target);
        }
        self.assert_nothing_left();
    }

    fn assert_nothing_left(&self) {
        canary::assert_none_reached(&self.pair.fake, canary::ALL);
        for tape in self.pair.fake.wire() {
            canary::assert_none_in("the provider's wire", &tape, &[TURN_STATE, TURN_METADATA]);
            for key in self.keys() {
                canary::assert_none_in("the provider's wire", &tape, &[&key]);
            }
        }
    }

    /// The keys of chains that the gateway has issued.
    fn keys(&self) -> Vec<String> {
        let sockets = self.tap.sockets();
        let told = sockets.iter().flat_map(Spoken::heard);
        let keys = told.filter_map(|event| event["headers"][TURN_STATE].as_str().map(str::to_owned));
        keys.collect()
    }
}

/// A home, and a project with a letter in it.
fn folder() -> anyhow::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for name in ["home", "project"] {
        fs::create_dir(folder.path().join(name))?;
    }
    fs::write(folder.path().join("project/notes.txt"), format!("{LETTER}\n"))?;
    Ok(folder)
}

async fn codex(
    url: &str,
    transport: CodexTransport,
    folder: &tempfile::TempDir,
    prompt: &str,
) -> anyhow::Result<Ran> {
    let (home, project) = (folder.path().join("home"), folder.path().join("project"));
    programs::codex_over(url, transport, &home, &project, prompt).await
}

fn heads(spoken: &[Spoken]) -> Vec<String> {
    spoken
        .iter()
        .map(|one| format!("{}{}", one.head(), one.answer()))
        .collect()
}

fn run(command: &str) -> Part {
    let arguments = serde_json::json!({ "cmd": command });
    Part::tool("exec_command", &arguments.to_string())
}

fn shown(ran: &Ran) -> String {
    format!("{}{}", ran.stdout, ran.stderr)
}

/// The frames that ask for an answer.
fn turns(socket: &Spoken) -> Vec<Value> {
    let mut sent = socket.sent();
    sent.retain(|frame| frame["generate"] != false);
    sent
}

fn completed(socket: &Spoken) -> Vec<String> {
    let heard = socket.heard().into_iter();
    let completed = heard.filter(|event| event["type"] == "response.completed");
    completed
        .filter_map(|event| event["response"]["id"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_shows_the_whole_answer_over_a_socket() -> Outcome {
    for side in Side::BOTH {
        for transport in [CodexTransport::Sockets, CodexTransport::BuiltIn] {
            let desk = Desk::new(side).await?;
            desk.pair.fake.script([Reply {
                piece: 3,
                ..Reply::text("Dear {{PERSON}}, at {{EMAIL}}")
            }]);
            let ran = desk.codex_over(transport, LETTER).await?.ok()?;
            assert!(ran.stdout.contains(&format!("at {EMAIL}")), "{}", ran.stdout);
            assert!(!shown(&ran).contains("<EMAIL_"), "{}", shown(&ran));
            // The prewarming, and the turn that goes on from it.
            let socket = desk.socket();
            let ids = completed(&socket);
            assert_eq!((socket.sent().len(), ids.len()), (2, 2), "{side:?} {transport:?}");
            assert_eq!(socket.sent()[1]["previous_response_id"], ids[0], "{side:?}");
            let (handshakes, asked) = (desk.pair.fake.handshakes(), desk.asked());
            assert_eq!((handshakes.len(), asked.len()), (1, 1), "{side:?} {transport:?}");
            assert!(asked[0].seen.contains("You are a coding agent"), "{side:?}");
            assert!(socket.head().contains(TURN_METADATA), "{}", socket.head());
            assert!(socket.sent()[1].to_string().contains(TURN_METADATA), "{side:?}");
            desk.assert_kept();
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_runs_commands_with_whole_values_over_a_socket() -> Outcome {
    for side in Side::BOTH {
        for transport in [CodexTransport::Sockets, CodexTransport::BuiltIn] {
            let desk = Desk::new(side).await?;
            desk.pair.fake.script([
                Reply::parts([
                    Part::Thinking {
                        text: "**Reading**".into(),
                        signature: canary::SEAL.into(),
                    },
                    run("cat notes.txt"),
                ]),
                Reply {
                    piece: 3,
                    ..Reply::parts([run("printf %s '{{EMAIL}}' > shell.txt; cat notes.txt")])
                },
                Reply::text("Done for {{EMAIL}}, card {{CREDIT_CARD}}."),
            ]);
            let ran = desk.codex_over(transport, "Read the notes").await?.ok()?;
            let done = format!("Done for {EMAIL}, card {}.", canary::CARD);
            assert!(ran.stdout.contains(&done), "{}", ran.stdout);
            assert_eq!(desk.read("shell.txt")?, EMAIL);
            assert_eq!(desk.asked().len(), 3, "{side:?}");
            let last = desk.asked().pop().map(|last| last.seen).unwrap_or_default();
            assert!(
                last.contains(canary::SEAL),
                "sealed reasoning goes on as it came: {last}"
            );
            desk.assert_kept();
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_chains_five_responses_on_one_socket() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        let step = |n: usize| {
            Reply::parts([run(&format!(
                "printf %s '{n} {{{{EMAIL}}}}' >> steps.txt; cat notes.txt"
            ))])
        };
        let first = Reply::parts([run("cat notes.txt")]);
        let replies = std::iter::once(first).chain((2..5).map(step));
        desk.pair
            .fake
            .script(replies.chain([Reply::text("All {{EMAIL}}, all {{PERSON}}.")]));
        let ran = desk.codex(&format!("Take five steps for {EMAIL}")).await?.ok()?;
        assert!(
            ran.stdout.contains(&format!("All {EMAIL}, all ")),
            "{}",
            ran.stdout
        );
        assert_eq!(desk.read("steps.txt")?, format!("2 {EMAIL}3 {EMAIL}4 {EMAIL}"));
        let socket = desk.socket();
        let (sent, ids) = (socket.sent(), completed(&socket));
        assert_eq!((sent.len(), ids.len()), (6, 6), "{side:?}");
        for (frame, id) in sent.iter().skip(1).zip(&ids) {
            assert_eq!(frame["previous_response_id"], **id, "{side:?}");
        }
        // One conversation for the model: each turn adds to the one before, and a value keeps its placeholder.
        let asked = desk.asked();
        assert_eq!(asked.len(), 5, "{side:?}");
        let items: Vec<Vec<Value>> = asked.iter().map(items).collect();
        for pair in items.windows(2) {
            assert!(pair[1].starts_with(&pair[0]), "{side:?}: {pair:#?}");
        }
        match side {
            Side::Socket => {
                let after = asked.iter().skip(1).map(Recorded::json);
                assert!(after.into_iter().all(|frame| {
                    frame["previous_response_id"].is_string()
                        && frame["input"].as_array().map(Vec::len) == Some(1)
                }));
            }
            Side::Stream => assert!(
                asked
                    .iter()
                    .all(|post| post.json()["previous_response_id"].is_null())
            ),
        }
        desk.assert_kept();
    }
    Ok(())
}

/// The conversation as the model reads it, without the ids that not every way of sending it keeps.
fn items(request: &Recorded) -> Vec<Value> {
    let seen: Value = serde_json::from_str(&request.seen).unwrap_or_default();
    seen["input"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_returns_the_key_of_its_chain_and_the_provider_never_sees_one() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        let foreign = "data: {\"type\":\"response.metadata\",\"headers\":{\"X-Codex-Turn-State\":\"providers-own\"}}\n\n\
            data: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\
            \"role\":\"assistant\",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\"Whole.\"}]}}\n\n\
            data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_last\",\"status\":\"completed\",\"output\":[]}}\n\n";
        let foreign = Reply {
            headers: vec![("content-type".into(), "text/event-stream".into())],
            ..Reply::raw(foreign)
        };
        desk.pair
            .fake
            .script([Reply::parts([run("cat notes.txt")]), foreign]);
        let ran = desk.codex("Read the notes").await?.ok()?;
        assert!(ran.stdout.contains("Whole."), "{side:?} {}", shown(&ran));
        let socket = desk.socket();
        let keys = desk.keys();
        let issued = keys.first().map(String::as_str).unwrap_or_default();
        assert!(!issued.is_empty(), "{side:?}: {:#?}", socket.heard());
        assert!(keys.iter().all(|key| key == issued), "{side:?}: {keys:?}");
        assert!(socket.answer().contains(issued), "{side:?}: {}", socket.answer());
        let returned = turns(&socket);
        assert_eq!(returned.len(), 2, "{side:?}");
        for frame in &returned {
            assert_eq!(frame["client_metadata"][TURN_STATE], issued, "{side:?}");
        }
        desk.assert_kept();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_shows_the_whole_answer_after_the_provider_cut_it() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        let text = format!("For {{{{EMAIL}}}}: {}end", "a long answer ".repeat(300));
        let cut = match side {
            Side::Socket => 300,
            // Beyond what the first events repeat of the request, before the last.
            Side::Stream => 150_000,
        };
        let half = Reply {
            end: End::Cut(cut),
            ..Reply::text(&text)
        };
        desk.pair.fake.script([half, Reply::text(&text)]);
        let ran = desk.codex(&format!("Tell {EMAIL}")).await?.ok()?;
        assert!(
            ran.stdout.contains(&format!("For {EMAIL}: a long")),
            "{}",
            shown(&ran)
        );
        assert!(ran.stdout.trim_end().ends_with("end"), "{}", shown(&ran));
        let sockets = desk.tap.sockets();
        assert_eq!(sockets.len(), 2, "{side:?}: {}", shown(&ran));
        let first: Vec<Value> = sockets[0].heard();
        assert!(
            first
                .iter()
                .any(|event| event["type"] == "response.output_text.delta"),
            "{side:?}: cut too early"
        );
        assert_eq!(
            completed(&sockets[0]).len(),
            1,
            "{side:?}: the prewarming alone was answered"
        );
        assert_eq!(desk.asked().len(), 2, "{side:?}");
        desk.assert_kept();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_goes_on_after_its_own_connection_was_cut() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        desk.pair.fake.script([
            Reply::parts([run("cat notes.txt")]),
            // It would go on for ever: only the caller's leaving ends it.
            Reply {
                end: match side {
                    Side::Socket => End::Stall(300),
                    Side::Stream => End::Stall(150_000),
                },
                piece: 50,
                ..Reply::text(&format!("Half for {{{{EMAIL}}}}, {}", "so far ".repeat(6000)))
            },
            Reply::text("Whole for {{EMAIL}}."),
        ]);
        desk.tap.cut_after("so far");
        let ran = desk.codex("Read the notes").await?.ok()?;
        assert!(
            ran.stdout.contains(&format!("Whole for {EMAIL}.")),
            "{}",
            shown(&ran)
        );
        let sockets = desk.tap.sockets();
        assert_eq!(sockets.len(), 2, "{side:?}: {}", shown(&ran));
        // It names the chain of before, which nobody holds any more.
        let keys = desk.keys();
        for frame in sockets.iter().flat_map(turns) {
            assert_eq!(frame["client_metadata"][TURN_STATE], *keys[0], "{side:?}");
        }
        assert_eq!(desk.asked().len(), 3, "{side:?}");
        let cancelled = |all: &[Recorded]| {
            let outcomes = all
                .iter()
                .filter(|one| !one.is_handshake())
                .map(|one| one.outcome);
            outcomes
                .filter(|outcome| *outcome == e2e::fake::Outcome::Cancelled)
                .count()
                == 1
        };
        desk.pair
            .fake
            .wait_until("the end of the left turn", cancelled)
            .await?;
        desk.assert_kept();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_shows_a_refusal_over_a_socket_and_gives_up() -> Outcome {
    for side in Side::BOTH {
        for transport in [CodexTransport::Sockets, CodexTransport::BuiltIn] {
            let desk = Desk::new(side).await?;
            let ran = desk
                .codex_over(transport, &format!("my key is {API_KEY}"))
                .await?;
            let shown = shown(&ran);
            assert_eq!(ran.status.code(), Some(1), "{shown}");
            for part in ["API_KEY", "refused", "input[", "privacy_blocked"] {
                assert!(shown.contains(part), "{part}: {shown}");
            }
            let errors = desk.socket().heard();
            assert_eq!(
                errors.last().map(|error| &error["status"]),
                Some(&Value::from(400))
            );
            assert_eq!(turns(&desk.socket()).len(), 1, "a refusal is not retried");
            assert_eq!(desk.asked().len(), 0, "a refusal is not sent");
            desk.assert_kept();
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_gives_up_when_a_command_finds_a_secret() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        fs::write(desk.folder.path().join("project/key.txt"), API_KEY)?;
        desk.pair.fake.script([Reply::parts([run("cat key.txt")])]);
        let ran = desk.codex("Read the key").await?;
        assert_eq!(ran.status.code(), Some(1), "{}", shown(&ran));
        assert!(shown(&ran).contains("privacy_blocked"), "{}", shown(&ran));
        assert_eq!(turns(&desk.socket()).len(), 2, "{side:?}");
        assert_eq!(desk.asked().len(), 1, "{side:?}");
        desk.assert_kept();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_ends_as_it_does_without_a_gateway() -> Outcome {
    let quiet = |status: u16, message: &str| Reply {
        headers: vec![("retry-after".into(), String::new())],
        ..Reply::fault(status, message)
    };
    let failures = [
        vec![quiet(429, "slowly")],
        vec![Reply::invalid("context_length_exceeded", "input", "too long")],
        vec![Reply::invalid("invalid_value", "model", "no such model")],
    ];
    for failure in failures {
        let bare = FakeProvider::start().await?;
        bare.script(failure.clone());
        let alone = codex(&bare.url(), CodexTransport::Sockets, &folder()?, "Hello").await?;
        for side in Side::BOTH {
            let desk = Desk::new(side).await?;
            desk.pair.fake.script(failure.clone());
            let ran = desk.codex("Hello").await?;
            assert_eq!(
                ran.status.code(),
                alone.status.code(),
                "{side:?}: {}",
                shown(&ran)
            );
            for line in errors(&alone) {
                assert!(errors(&ran).contains(&line), "{side:?}: {line}\n{}", shown(&ran));
            }
            assert_eq!(desk.asked().len(), 1, "{side:?}: {}", shown(&ran));
            desk.assert_kept();
        }
    }
    Ok(())
}

/// What Codex calls errors; raw events by what in them says why.
fn errors(ran: &Ran) -> Vec<String> {
    let lines = ran.stderr.lines().filter(|line| line.starts_with("ERROR"));
    let mut errors: Vec<String> = lines
        .map(
            |line| match serde_json::from_str::<Value>(line.trim_start_matches("ERROR: ")) {
                Ok(event) => format!("{} {}", event["status"], event["error"]),
                Err(_) => line.split(", request id").next().unwrap_or_default().to_owned(),
            },
        )
        .collect();
    errors.dedup();
    errors
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_tries_again_what_may_pass() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        let fault = e2e::fake::Fault {
            message: "about {{EMAIL}}".into(),
            ..e2e::fake::Fault::default()
        };
        desk.pair.fake.script([
            Reply::fault(500, "about {{EMAIL}}"),
            Reply::fault(429, "slowly"),
            Reply {
                end: End::Silent,
                ..Reply::default()
            },
            Reply {
                end: End::Error(2),
                fault: Some(fault.clone()),
                ..Reply::default()
            },
            Reply {
                finish: Some("failed".into()),
                fault: Some(fault),
                ..Reply::default()
            },
            Reply::text("At last, {{EMAIL}}."),
        ]);
        let ran = desk.codex(&format!("Tell {EMAIL}")).await?.ok()?;
        assert!(
            ran.stdout.contains(&format!("At last, {EMAIL}.")),
            "{}",
            shown(&ran)
        );
        assert!(!shown(&ran).contains("<EMAIL_"), "{}", shown(&ran));
        assert_eq!(desk.tap.sockets().len(), 6, "{side:?}: {}", shown(&ran));
        assert_eq!(desk.asked().len(), 6, "{side:?}");
        desk.assert_kept();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_falls_back_to_http_when_sockets_keep_failing() -> Outcome {
    for side in Side::BOTH {
        let desk = Desk::new(side).await?;
        let failures = std::iter::repeat_with(|| Reply::fault(503, "overloaded")).take(6);
        desk.pair
            .fake
            .script(failures.chain([Reply::text("At last, {{EMAIL}}.")]));
        let ran = desk.codex(&format!("Tell {EMAIL}")).await?.ok()?;
        assert!(
            ran.stdout.contains(&format!("At last, {EMAIL}.")),
            "{}",
            shown(&ran)
        );
        assert_eq!(desk.tap.sockets().len(), 6, "{side:?}");
        let last = desk.asked().pop().map(|last| last.method);
        assert_eq!(last.as_deref(), Some("POST"), "{side:?}");
        desk.assert_nothing_left();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_uses_http_at_once_where_sockets_are_switched_off() -> Outcome {
    for transport in [CodexTransport::Sockets, CodexTransport::BuiltIn] {
        let desk = Desk::with(Side::Socket, |setup| setup.set("WEBSOCKET__ENABLED", "false")).await?;
        desk.pair.fake.script([
            Reply::parts([run("cat notes.txt")]),
            Reply::text("Done for {{EMAIL}}."),
        ]);
        let ran = desk.codex_over(transport, "Read the notes").await?.ok()?;
        assert!(
            ran.stdout.contains(&format!("Done for {EMAIL}.")),
            "{}",
            shown(&ran)
        );
        let spoken = desk.tap.spoken();
        let upgrades = spoken
            .iter()
            .filter(|one| one.head().to_lowercase().contains("\r\nupgrade: websocket"));
        let refusals: Vec<String> = upgrades.map(Spoken::answer).collect();
        assert_eq!(refusals.len(), 1, "{:?}", heads(&spoken));
        assert!(refusals[0].starts_with("HTTP/1.1 426 "), "{}", refusals[0]);
        let requests = desk.pair.fake.requests();
        assert!(requests.iter().all(|request| request.method == "POST"));
        assert_eq!(requests.len(), 2);
        desk.assert_nothing_left();
    }
    Ok(())
}
