//! Listens in on a caller and a server, for suites whose caller is a program; breaks their connection when told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use memchr::memmem;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use crate::socket::Frame;

/// A running tap; dropped, it takes no more connections.
pub struct Tap {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    spoken: Vec<Spoken>,
    cut: Option<String>,
}

/// What went over one TCP connection, of which only the first request is told apart.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    asked: Vec<u8>,
    answered: Vec<u8>,
}

/// Which way bytes go.
#[derive(Clone, Copy)]
enum Way {
    Out,
    Back,
}

impl Tap {
    /// Stands before the server at `target`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(target: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(relay(near, target, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, state, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks the next connection whose server says `text`, once that has been passed on.
    pub fn cut_after(&self, text: &str) {
        lock(&self.state).cut = Some(text.to_owned());
    }

    /// Every connection so far.
    pub fn spoken(&self) -> Vec<Spoken> {
        lock(&self.state).spoken.clone()
    }

    /// The connections that became sockets.
    pub fn sockets(&self) -> Vec<Spoken> {
        let mut spoken = self.spoken();
        spoken.retain(Spoken::is_socket);
        spoken
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Spoken {
    /// The head of the first request.
    pub fn head(&self) -> String {
        String::from_utf8_lossy(halves(&self.asked).0).into_owned()
    }

    /// The head of the first answer.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(halves(&self.answered).0).into_owned()
    }

    /// Whether it became a socket.
    pub fn is_socket(&self) -> bool {
        self.answered.starts_with(b"HTTP/1.1 101 ")
    }

    /// The caller's events.
    pub fn sent(&self) -> Vec<Value> {
        self.events(&self.asked)
    }

    /// The server's events.
    pub fn heard(&self) -> Vec<Value> {
        self.events(&self.answered)
    }

    fn events(&self, bytes: &[u8]) -> Vec<Value> {
        if !self.is_socket() {
            return Vec::new();
        }
        let frames = Frame::read_all(halves(bytes).1);
        let texts = frames.iter().filter(|frame| frame.opcode == 1);
        texts
            .filter_map(|frame| serde_json::from_slice(&frame.payload).ok())
            .collect()
    }
}

/// A head and what follows it.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memmem::find(bytes, b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    bytes.split_at(end)
}

async fn relay(near: TcpStream, target: SocketAddr, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let far = TcpStream::connect(target).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let at = {
        let mut state = lock(&state);
        state.spoken.push(Spoken::default());
        state.spoken.len() - 1
    };
    let (near, far) = (near.into_split(), far.into_split());
    let out = copy(near.0, far.1, &state, at, Way::Out);
    let back = copy(far.0, near.1, &state, at, Way::Back);
    tokio::try_join!(out, back)?;
    Ok(())
}

/// Copies to the end, or to where the connection is to break: an error, which drops both halves of both.
async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &Mutex<State>,
    at: usize,
    way: Way,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        // Written down first: what a caller has acted on is there to be looked at.
        let breaks = lock(state).hears(at, way, &buffer[..length]);
        to.write_all(&buffer[..length]).await?;
        if breaks {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
    }
}

impl State {
    /// Writes bytes down; whether the connection breaks after them.
    fn hears(&mut self, at: usize, way: Way, bytes: &[u8]) -> bool {
        let Some(spoken) = self.spoken.get_mut(at) else {
            return false;
        };
        match way {
            Way::Out => {
                spoken.asked.extend_from_slice(bytes);
                false
            }
            Way::Back => {
                let before = spoken.answered.len();
                spoken.answered.extend_from_slice(bytes);
                let cut = self.cut.take_if(|text| {
                    let from = before.saturating_sub(text.len());
                    memmem::find(&spoken.answered[from..], text.as_bytes()).is_some()
                });
                cut.is_some()
            }
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
