//! A terminal: types, and reads what is on it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

const PATIENCE: Duration = Duration::from_secs(60);
/// What Ctrl-D types.
const END: &str = "\x04";

/// A program at a terminal.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    screen: Arc<Screen>,
}

#[derive(Default)]
struct Screen {
    written: Mutex<Written>,
    more: Condvar,
}

#[derive(Default)]
struct Written {
    text: String,
    over: bool,
}

impl Terminal {
    /// Starts it with the terminal as its input and output; its standard error too unless `command` leads it elsewhere.
    pub(crate) fn start(command: &mut Command, errors: Option<File>) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize {
            ws_row: 40,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let errors = errors.unwrap_or_else(|| slave.try_clone().unwrap());
        let child = command
            .stdin(slave.try_clone().unwrap())
            .stdout(slave)
            .stderr(errors)
            .spawn()
            .unwrap();
        // Or this process would hold the terminal open.
        command.stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        let keys = File::from(master);
        let screen = Arc::<Screen>::default();
        let (mut reads, writes) = (keys.try_clone().unwrap(), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            let mut bytes = Vec::new();
            // The end of a terminal is an error on Linux.
            while let Ok(count @ 1..) = reads.read(&mut piece) {
                bytes.extend_from_slice(&piece[..count]);
                let mut written = writes.written.lock().unwrap();
                written.text = String::from_utf8_lossy(&bytes).into_owned();
                writes.more.notify_all();
            }
            writes.written.lock().unwrap().over = true;
            writes.more.notify_all();
        });
        Self { child, keys, screen }
    }

    /// Types; a line ends in `\r`.
    pub(crate) fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until `text` stands on the screen `times` times, and gives all that does.
    pub(crate) fn shows(&self, text: &str, times: usize) -> String {
        self.waits(text, |screen| screen.matches(text).count() >= times)
    }

    /// Types Ctrl-D where `prompt` asks again behind `text`: before it does, a terminal takes the key for itself.
    pub(crate) fn ends_at(&mut self, text: &str, prompt: &str) {
        self.waits(text, |screen| {
            screen
                .rsplit_once(text)
                .is_some_and(|(_, behind)| behind.contains(prompt))
        });
        self.types(END);
    }

    fn waits(&self, text: &str, is_there: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut written = self.screen.written.lock().unwrap();
        while !is_there(&written.text) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !written.over && !left.is_zero(),
                "{text:?} does not come; the screen has:\n{}",
                written.text
            );
            written = self.screen.more.wait_timeout(written, left).unwrap().0;
        }
        written.text.clone()
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn stop(&self) {
        let process = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &process]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end; gives how, and all that was on the screen.
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        let mut written = self.screen.written.lock().unwrap();
        while !written.over {
            let (guard, waited) = self.screen.more.wait_timeout(written, PATIENCE).unwrap();
            written = guard;
            assert!(!waited.timed_out(), "somebody holds the terminal open");
        }
        (status, written.text.clone())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
