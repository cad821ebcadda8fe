//! Requests full of private values through both real programs, over every transport: nothing of them is in the database,
//! the spool, a log, a metric, a trace or an answer of the control plane, whichever database it is.

use std::{
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use e2e::{
    admin::{Admin, OPERATOR, Operator, PASSWORD, Place, SECRET, number},
    caller::Caller,
    canary::{ALL, API_KEY, EMAIL, LETTER, WORD, assert_none_in},
    collector::Collector,
    fake::{End, FakeProvider, Part, Reply, Settings},
    junction::Junction,
    socket::Message,
};
use http::Method;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{
    pair::{WAITING, delivered, turns, until},
    postgres::Postgres,
    sockets::{create, handshake, open},
    support::{Outcome, Pair, Surface},
};

/// Fails when a private value, or anything else that a request said, is in `bytes`.
fn search(place: &str, bytes: &[u8]) {
    assert_none_in(place, bytes, ALL);
    assert_none_in(place, bytes, &[WORD]);
}

/// Bodies for each surface, with values and words wherever a caller may write something.
fn bodies(text: &str, stream: bool) -> Vec<(&'static str, Value)> {
    let text = &format!("{text} {WORD}");
    let schema =
        json!({"type": "object", "properties": {EMAIL: {"type": "string", "description": text}, WORD: {}}});
    let mut all: Vec<(&str, Value)> = Surface::ALL
        .iter()
        .map(|surface| (surface.path(), surface.ask(text, stream)))
        .collect();
    all.push((
        "/v1/embeddings",
        json!({"model": "text-embedding-3-small", "input": [text]}),
    ));
    all.push((
        "/v1/chat/completions",
        json!({"model": "gpt-5.1", "stream": stream, "user": WORD, "metadata": {WORD: WORD, "to": EMAIL}, "x_note": {EMAIL: text, WORD: [text]},
            "messages": [{"role": "system", "content": text}, {"role": "user", "name": WORD, "content": [{"type": "text", "text": text}]}],
            "tools": [{"type": "function", "function": {"name": WORD, "description": text, "parameters": schema}}]}),
    ));
    all.push((
        "/anthropic/v1/messages",
        json!({"model": format!("{WORD} of {EMAIL}"), "max_tokens": 9, "system": text, "stream": stream,
            "messages": [{"role": "user", "content": text}], "tools": [{"name": WORD, "input_schema": schema}]}),
    ));
    all
}

/// Answers, streams, refusals, failures and wrong requests over HTTP.
async fn over_http(pair: &Pair) -> Outcome {
    let caller = pair
        .caller()
        .with("authorization", &format!("Bearer {API_KEY}"))
        .with("user-agent", WORD)
        .with("x-bauta-session", EMAIL);
    for stream in [false, true] {
        for text in [LETTER, API_KEY] {
            for (path, body) in bodies(text, stream) {
                caller.post(path, &body).await?;
            }
        }
    }
    for surface in Surface::RICH {
        let path = surface.path();
        caller
            .send(Method::POST, path, format!("{{\"{EMAIL}\": {LETTER} {WORD}"))
            .await?;
        for path in [format!("{path}?to={EMAIL}&{WORD}=1"), format!("/{WORD}/{EMAIL}")] {
            caller.post(&path, &surface.ask(LETTER, false)).await?;
        }
        pair.fake.script([
            Reply {
                end: End::Cut(600),
                ..Reply::parts([Part::tool(WORD, "{\"a\":\"{{EMAIL}}\"}")])
            },
            Reply::fault(429, &format!("{WORD}: {{{{EMAIL}}}} exceeded its quota")),
            Reply::raw("{\"broken\": \"{{EMAIL}}"),
            Reply::text(&format!("{WORD} {{{{PERSON}}}} {{{{EMAIL}}}}")),
        ]);
        // How these end is not the point here.
        for stream in [true, false, false, true] {
            let _ = caller.post(path, &surface.ask(LETTER, stream)).await;
        }
    }
    Ok(())
}

/// The same over sockets, before a provider with and one without them.
async fn over_sockets(pair: &Pair) -> Outcome {
    for refuse_sockets in [None, Some(Reply::fault(404, "no sockets here"))] {
        pair.fake.set(Settings {
            refuse_sockets,
            strict_ids: true,
        });
        let mut socket = open(pair).await?;
        for text in [LETTER, WORD, API_KEY] {
            let mut create = create(&format!("{text} {WORD}"), None);
            create["instructions"] = json!(LETTER);
            create["metadata"] = json!({WORD: EMAIL});
            socket.turn(&create).await?;
        }
        pair.fake.script([
            Reply::text(&format!("{WORD} {{{{PERSON}}}} {{{{EMAIL}}}}")),
            Reply::fault(500, &format!("{WORD}: trouble with {{{{EMAIL}}}}")),
        ]);
        for _ in 0..2 {
            socket.turn(&create(LETTER, None)).await?;
        }
        let broken = format!("{{\"{EMAIL}\": {LETTER} {WORD}");
        socket.message(Message::text(broken)).await?;
        socket.event().await?;
        let previous = create(LETTER, Some(&format!("{WORD}-{EMAIL}")));
        socket.turn(&previous).await?;
        socket.close(1000, WORD).await?;
        socket.closed().await?;
        handshake(pair).with("originator", EMAIL).refused().await?;
    }
    Ok(())
}

/// Somebody who writes private things to the control plane itself.
async fn at_the_console(operator: &Operator) -> Outcome {
    let caller = &operator.caller;
    let encoded = EMAIL.replace('@', "%40");
    for (username, password) in [(EMAIL, API_KEY), (WORD, LETTER), (LETTER, WORD)] {
        let body = json!({"username": username, "password": password, "totp": WORD});
        caller.post("/api/v1/session", &body).await?;
    }
    for path in [
        format!("/api/v1/{WORD}/{encoded}"),
        format!("/{WORD}/{encoded}"),
        format!("/api/v1/events?{WORD}={encoded}"),
        format!("/api/v1/events?model={encoded}&upstream={WORD}&code={WORD}"),
        format!("/api/v1/events/{WORD}"),
        format!("/api/v1/events/export?format={WORD}"),
    ] {
        caller.fetch(&path).await?;
    }
    let body = json!({"username": LETTER, "password": LETTER, "role": WORD});
    for (method, path) in [
        (Method::POST, "/api/v1/operators"),
        (Method::PUT, "/api/v1/session/password"),
        (Method::POST, "/api/v1/session/totp"),
    ] {
        caller.send(method, path, body.to_string()).await?;
    }
    Ok(())
}

/// What `/live` has said so far.
struct Live(Arc<Mutex<Vec<u8>>>);

impl Live {
    async fn open(operator: &Operator) -> anyhow::Result<Self> {
        let answer = operator.caller.open(Method::GET, "/api/v1/live", "").await?;
        anyhow::ensure!(answer.status() == 200, "{}", answer.status());
        let said = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&said);
        let mut body = answer.into_body();
        tokio::spawn(async move {
            while let Some(Ok(frame)) = body.frame().await {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(frame.data_ref().map(AsRef::as_ref).unwrap_or_default());
            }
        });
        Ok(Self(said))
    }

    fn said(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn has(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.said()).contains(text)
    }
}

/// Every answer that the API's own description promises to whoever only reads; gives how many there were.
async fn search_api(operator: &Operator) -> anyhow::Result<usize> {
    let document: Value = serde_json::from_str(&operator.get("/openapi.json").await?)?;
    let events: Value = serde_json::from_str(&operator.get("/events?limit=500").await?)?;
    let items = events["items"].as_array().context("events")?;
    let mut paths = vec!["/openapi.json".to_owned(), "/events/export?format=csv".to_owned()];
    let described = document["paths"].as_object().context("paths")?;
    for (path, methods) in described {
        let path = path.trim_start_matches("/api/v1");
        match path {
            _ if methods["get"].is_null() => {}
            // A stream, and what leads elsewhere.
            "/live" | "/oidc/start" | "/oidc/callback" => {}
            "/events/{id}" => {
                let ids = items.iter().filter_map(|item| item["event_id"].as_str());
                paths.extend(ids.map(|id| format!("/events/{id}")));
            }
            "/events" => paths.push("/events?limit=500".to_owned()),
            "/events/export" => paths.push("/events/export?format=jsonl".to_owned()),
            "/access-log" => paths.push("/access-log?limit=500".to_owned()),
            "/series" => {
                for by in ["surface", "upstream", "model", "outcome", "caller", "instance"] {
                    paths.push(format!("/series?metric=requests&by={by}"));
                }
                for by in ["entity_type", "action"] {
                    paths.push(format!("/series?metric=detections&by={by}"));
                }
            }
            _ => {
                anyhow::ensure!(!path.contains('{'), "nobody knows what {path} needs");
                paths.push(path.to_owned());
            }
        }
    }
    for path in &paths {
        let answer = operator.get(path).await?;
        anyhow::ensure!(!answer.is_empty(), "{path}");
        search(path, answer.as_bytes());
        // Nor what signs anybody in.
        let secret = operator.cookie.split_once('=').context("a cookie")?.1;
        assert_none_in(path, answer.as_bytes(), &[PASSWORD, SECRET, secret, "argon2id"]);
    }
    Ok(paths.len())
}

fn search_files(directory: &Path) -> anyhow::Result<usize> {
    let mut searched = 0;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            searched += search_files(&path)?;
        } else if let Ok(bytes) = std::fs::read(&path) {
            // A segment that was delivered in between is gone.
            search(&path.display().to_string(), &bytes);
            searched += 1;
        }
    }
    Ok(searched)
}

/// Every row of every table, by the programs of the databases: in a file, a value may be cut by the end of a page.
async fn dump(place: &Place) -> anyhow::Result<Vec<u8>> {
    const TABLES: &str = "import sqlite3, sys\n\
        database = sqlite3.connect(sys.argv[1])\n\
        for line in database.iterdump(): print(line)\n";
    let mut command = if place.database().starts_with("sqlite:") {
        let mut python = Command::new("python3");
        python.args(["-c", TABLES]).arg(place.path().join("admin.db"));
        python
    } else {
        let mut program = Command::new("pg_dump");
        program.arg(format!("--dbname={}", place.database()));
        program
    };
    let output = command.stdin(Stdio::null()).output().await.context("no dump")?;
    anyhow::ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for table in [
        "events",
        "rollups",
        "latencies",
        "instances",
        "operators",
        "sessions",
        "access_log",
    ] {
        let text = String::from_utf8_lossy(&output.stdout);
        anyhow::ensure!(text.contains(table), "{table} is not in the dump");
    }
    Ok(output.stdout)
}

async fn search_database(place: &Place, operator: &Operator) -> Outcome {
    let dump = dump(place).await?;
    search("the database", &dump);
    let secret = operator.cookie.split_once('=').context("a cookie")?.1;
    assert_none_in("the database", &dump, &[PASSWORD, SECRET, secret]);
    // A value would have been found.
    assert!(e2e::canary::occurs(&dump, "EMAIL:mask"), "types are counted");
    Ok(())
}

async fn search_metrics(pair: &Pair, admin: &Admin) -> Outcome {
    for page in [pair.gateway.metrics().await?, admin.metrics().await?] {
        assert!(page.contains("# TYPE"), "{page}");
        search("the metrics", page.as_bytes());
        assert_none_in("the metrics", page.as_bytes(), &[PASSWORD, SECRET]);
    }
    Ok(())
}

async fn nothing_is_left(place: Place) -> Outcome {
    let (junction, collector) = (Junction::start().await?, Collector::start().await?);
    place.add_operator().await?;
    let fake = FakeProvider::start().await?;
    let setup = place.gateway(&fake, &junction.url());
    let setup = setup
        .set("TELEMETRY__OTLP_ENDPOINT", &collector.url())
        .set("TELEMETRY__SAMPLE_RATIO", "1.0");
    let gateway = setup.start().await?;
    let pair = Pair { fake, gateway };
    // Nobody takes the events yet: they lie in the spool.
    over_http(&pair).await?;
    over_sockets(&pair).await?;
    let waiting = number(&pair.gateway.metrics().await?, WAITING);
    assert!(waiting > 50, "{waiting} events");
    assert!(search_files(&place.spool())? > 0);

    let admin = place.start().await?;
    junction.lead_to(admin.ingest());
    delivered(&pair.gateway).await?;
    let operator = admin.sign_in().await?;
    let live = Live::open(&operator).await?;
    until("a tick", async || Ok(live.has("event: tick"))).await?;
    // News are told while they are new.
    for (path, body) in bodies(LETTER, false) {
        pair.caller().post(path, &body).await?;
    }
    turns(&pair.gateway, 3).await?;
    until("an event of /live", async || Ok(live.has("event: event"))).await?;
    at_the_console(&operator).await?;
    delivered(&pair.gateway).await?;
    search("/live", &live.said());
    let answers = search_api(&operator).await?;
    assert!(answers > 80, "{answers} answers");
    search_metrics(&pair, &admin).await?;
    search_database(&place, &operator).await?;
    search_files(place.path())?;

    let stored = operator.events().await?.len() as u64;
    assert!(stored > waiting, "{stored} events");
    let stopped = pair.gateway.stop().await?;
    assert!(stopped.status.success(), "{}", stopped.status);
    let log = admin.stop().await?;
    search_files(place.path())?;
    for (name, log) in [
        ("the gateway's log", stopped.output),
        ("the control plane's log", log),
    ] {
        assert!(log.contains("DEBUG") || log.contains("is ready"), "{name}: {log}");
        search(name, log.as_bytes());
        let secret = operator.cookie.split_once('=').context("a cookie")?.1;
        assert_none_in(name, log.as_bytes(), &[PASSWORD, SECRET, secret]);
    }
    let traces = collector.received();
    assert!(traces.windows(6).any(|part| part == b"gen_ai"), "spans arrive");
    search("the traces", &traces);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l19_nothing_of_a_request_is_left_in_both_planes_on_sqlite() -> Outcome {
    nothing_is_left(Place::new()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn l19_nothing_of_a_request_is_left_in_both_planes_on_postgres() -> Outcome {
    let server = Postgres::start();
    nothing_is_left(Place::with_database(&server.database("canary"))?).await
}

/// What nobody would find proves nothing: each place is searched for something that is there.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_searched_holds_what_it_should() -> Outcome {
    let place = Place::new()?;
    place.add_operator().await?;
    let admin = place.start().await?;
    let answer = Caller::new(admin.url()).fetch("/api/v1/session").await?;
    assert_eq!(answer.status, 401);
    let dump = dump(&place).await?;
    assert!(e2e::canary::occurs(&dump, OPERATOR) && e2e::canary::occurs(&dump, "argon2id"));
    Ok(())
}
