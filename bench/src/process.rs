//! Children of the harness: started, read, and gone when dropped.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long a server may take to say that it listens.
const START: Duration = Duration::from_secs(30);

/// A running server.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    /// Starts `command`; with a `marker`, waits for the line that holds it and returns what follows.
    pub(crate) fn start(mut command: Command, marker: Option<&str>) -> Result<(Self, String)> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(if marker.is_some() {
                Stdio::piped()
            } else {
                Stdio::inherit()
            });
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .with_context(|| format!("{name} does not start"))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let server = Self { child };
        let Some(marker) = marker else {
            return Ok((server, String::new()));
        };
        let (send, receive) = mpsc::channel();
        if let (Some(stdout), Some(stderr)) = (stdout, stderr) {
            read_lines(stdout, marker, send.clone());
            read_lines(stderr, marker, send);
        }
        let Ok(rest) = receive.recv_timeout(START) else {
            bail!("{name} did not print a line with {marker:?}");
        };
        Ok((server, rest))
    }

    /// Processor time of the process and its children, in seconds.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        self.family()
            .iter()
            .filter_map(|pid| cpu_ticks(*pid))
            .sum::<f64>()
            / 100.0
    }

    /// The same by the scheduler's clock, which is finer; threads that have ended do not count.
    pub(crate) fn cpu_of_threads(&self) -> f64 {
        self.family().iter().map(|pid| thread_nanos(*pid)).sum::<f64>() / 1e9
    }

    /// The largest resident memory that the process itself ever had, in MiB.
    pub(crate) fn peak_mib(&self) -> f64 {
        memory_kib(self.child.id(), "VmHWM:").unwrap_or_default() / 1024.0
    }

    /// Resident memory of the process and its children, in MiB.
    pub(crate) fn rss_mib(&self) -> f64 {
        self.family()
            .iter()
            .filter_map(|pid| memory_kib(*pid, "VmRSS:"))
            .sum::<f64>()
            / 1024.0
    }

    fn family(&self) -> Vec<u32> {
        let mut pids = vec![self.child.id()];
        let mut next = 0;
        while let Some(pid) = pids.get(next) {
            let children = PathBuf::from(format!("/proc/{pid}/task/{pid}/children"));
            let listed = std::fs::read_to_string(children).unwrap_or_default();
            pids.extend(
                listed
                    .split_whitespace()
                    .filter_map(|pid| pid.parse::<u32>().ok()),
            );
            next += 1;
        }
        pids
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for pid in self.family().into_iter().skip(1) {
            // The parent's end does not end its workers.
            drop(
                Command::new("kill")
                    .arg(pid.to_string())
                    .stderr(Stdio::null())
                    .status(),
            );
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends what follows the marker in a line; keeps the pipe drained for as long as the process writes.
fn read_lines(pipe: impl Read + Send + 'static, marker: &str, send: mpsc::Sender<String>) {
    let marker = marker.to_owned();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once(&marker) {
                drop(send.send(rest.trim().to_owned()));
            }
        }
    });
}

/// User and system time (proc(5), fields 14 and 15), in ticks of 10 ms.
fn cpu_ticks(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
}

/// Time on a processor (proc(5), `schedstat`), in nanoseconds.
fn thread_nanos(pid: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task"));
    let of_thread = |thread: std::fs::DirEntry| {
        let statistics = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        statistics.split(' ').next()?.parse::<f64>().ok()
    };
    threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(of_thread)
        .sum()
}

fn memory_kib(pid: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
