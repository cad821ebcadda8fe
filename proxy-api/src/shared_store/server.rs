//! A real server for tests: on a socket in a folder of its own, gone with the test.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::config::Secret;

/// `redis-server` or `valkey-server`, running.
pub(crate) struct Server {
    folder: TempDir,
    process: Option<Child>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            process: None,
        };
        server.restart();
        server
    }

    pub(crate) fn url(&self) -> Secret {
        Secret::new(format!("unix://{}", self.socket().display()))
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Empty: nothing is kept over a restart.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let process = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(self.socket())
            .arg("--dir")
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("tests/setup installs redis-server");
        self.process = Some(process);
        let started = Instant::now();
        while self.client().get_connection().is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "redis-server does not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// For looking around.
    pub(crate) fn connection(&self) -> redis::Connection {
        self.client().get_connection().unwrap()
    }

    /// Everything in it: keys, and what stands under them.
    pub(crate) fn everything(&self) -> Vec<u8> {
        let mut connection = self.connection();
        let keys: Vec<Vec<u8>> = redis::cmd("KEYS").arg("*").query(&mut connection).unwrap();
        let mut all = Vec::new();
        for key in keys {
            let kind: String = redis::cmd("TYPE").arg(&key).query(&mut connection).unwrap();
            let mut read = match &*kind {
                "string" => redis::cmd("GET"),
                "hash" => redis::cmd("HGETALL"),
                "zset" => redis::cmd("ZRANGE"),
                other => panic!("a {other} is not expected"),
            };
            read.arg(&key);
            if kind == "zset" {
                read.arg(0).arg(-1);
            }
            let value: redis::Value = read.query(&mut connection).unwrap();
            all.extend_from_slice(&key);
            append(&value, &mut all);
        }
        all
    }

    fn client(&self) -> redis::Client {
        redis::Client::open(self.url().expose_text()).unwrap()
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }
}

fn append(value: &redis::Value, all: &mut Vec<u8>) {
    match value {
        redis::Value::BulkString(bytes) => all.extend_from_slice(bytes),
        redis::Value::Array(values) => values.iter().for_each(|value| append(value, all)),
        redis::Value::SimpleString(text) => all.extend_from_slice(text.as_bytes()),
        other => panic!("{other:?} is not expected"),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
