//! Either side is killed in the middle of its work.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use super::{Place, are_all, gateway, id_of, secret, turns};
use crate::admin::{Admin, Conduct};
use crate::support::{Answer, Upstream, chat, post, whole};

#[tokio::test(flavor = "multi_thread")]
async fn ten_deaths_of_admin_api_lose_and_double_nothing() {
    let (upstream, admin, place) = (
        Upstream::start().await,
        Admin::start(secret()).await,
        Place::new(),
    );
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let mut done = HashSet::new();
    for death in 0..10 {
        // Half of the times it dies between storing and saying so: those events come again.
        admin.conduct(if death % 2 == 0 {
            Conduct::StoreSilently
        } else {
            Conduct::Store
        });
        let before = admin.look(|seen| seen.batches);
        let (more, ()) = tokio::join!(turns(&gateway, 40), async {
            admin
                .until("a batch", |seen| (seen.batches > before).then_some(()))
                .await;
            admin.kill();
        });
        done.extend(more);
        admin.run();
    }
    admin.conduct(Conduct::Store);
    admin.has(400).await;
    admin.look(|seen| {
        assert!(are_all(seen, &done));
        assert!(
            seen.repeated > 0,
            "nothing was lost between storing and saying so"
        );
    });
    gateway.stopped().await;
}

/// The real binary, in a process that can be killed.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(upstream: &Upstream, settings: &[(&'static str, String)], wrapper: Option<&str>) -> Self {
        let binary = env!("CARGO_BIN_EXE_proxy-api");
        let mut command = match wrapper {
            None => Command::new(binary),
            Some(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", script, "sh", binary]);
                shell
            }
        };
        let base = format!("http://{}", upstream.address);
        command
            .env_clear()
            .env("BAUTA_SERVER__LISTEN", "127.0.0.1:0")
            .env("BAUTA_OPS__LISTEN", "127.0.0.1:0")
            .env("BAUTA_UPSTREAMS__OPENAI__BASE_URL", format!("{base}/v1"))
            .env("BAUTA_DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true")
            .env("BAUTA_DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        for (key, value) in settings {
            command.env(format!("BAUTA_{key}"), value);
        }
        let mut child = command.spawn().unwrap();
        let mut log = std::io::BufReader::new(child.stderr.take().unwrap());
        let address = address_in(&mut log);
        // Else the process would wait for somebody to read its log.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address }
    }

    /// As `kill -9` does.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A turn, unless the process dies before its answer is there.
    async fn turn(address: SocketAddr, number: usize) -> Option<Vec<u8>> {
        use http_body_util::BodyExt as _;
        let stream = tokio::net::TcpStream::connect(address).await.ok()?;
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.ok()?;
        tokio::spawn(connection);
        let body = chat(&format!("write to ann{number}@corp-mail.com")).to_string();
        let request = post("/v1/chat/completions").body(whole(body)).unwrap();
        let (head, body) = sender.send_request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            body: Ok(body),
        };
        Some(id_of(&answer))
    }
}

fn address_in(log: &mut impl std::io::BufRead) -> SocketAddr {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        assert!(
            log.read_line(&mut line).unwrap() > 0,
            "it does not listen: {said}"
        );
        if let Some((before, rest)) = line.split_once("listening on http://")
            && !before.contains("ops")
        {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || ".:".contains(c)));
            return rest[..end.unwrap_or(rest.len())].parse().unwrap();
        }
        said.push_str(&line);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_deaths_of_proxy_api_lose_no_finished_turn() {
    let (upstream, admin, place) = (
        Upstream::start().await,
        Admin::start(secret()).await,
        Place::new(),
    );
    let settings = place.settings(&admin, &[]);
    let mut done = HashSet::new();
    for death in 0..5 {
        // Now with somebody who takes the events, now without.
        if death % 2 == 1 {
            admin.kill();
        }
        let process = Process::start(&upstream, &settings, None);
        let address = process.address;
        let mut running = tokio::task::JoinSet::new();
        for number in 0..60 {
            running.spawn(Process::turn(address, number));
        }
        for _ in 0..20 {
            done.extend(running.join_next().await.unwrap().unwrap());
        }
        // The others are anywhere in their turns.
        process.kill();
        while let Some(turn) = running.join_next().await {
            done.extend(turn.unwrap());
        }
        if death % 2 == 1 {
            admin.run();
        }
    }
    let last = Process::start(&upstream, &settings, None);
    let all = |seen: &crate::admin::Seen| done.iter().all(|id| seen.events.contains_key(id)).then_some(());
    admin.until("every finished turn", all).await;
    assert!(done.len() >= 100);
    last.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_file_loses_nothing_while_the_process_lives() {
    // Files of no byte, and of a few events; what a signal would do to other programs is an error here.
    for limit in ["0", "8"] {
        let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$1\"");
        let process = Process::start(&upstream, &place.settings(&admin, &[]), Some(&script));
        let mut done = HashSet::new();
        for number in 0..40 {
            done.extend(Process::turn(process.address, number).await);
        }
        assert_eq!(done.len(), 40);
        admin.run();
        admin.has(40).await;
        assert!(admin.look(|seen| are_all(seen, &done)), "limit {limit}");
        process.kill();
    }
}

#[tokio::test]
async fn a_directory_serves_one_process() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let settings = place.settings(&admin, &[]);
    let first = gateway(&upstream, &settings).await;
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let error = crate::support::refused(&upstream, &settings).await;
    assert!(
        error.contains("audit.spool_dir: another process uses this directory"),
        "{error}"
    );
    first.stopped().await;
}
