//! One address that leads to whichever server there is at the time, and can lose what it answers.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::Notify,
    task::JoinHandle,
};

/// A running junction; dropped, it takes no more connections.
pub struct Junction {
    address: SocketAddr,
    lead: Arc<Lead>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Lead {
    target: Mutex<Option<SocketAddr>>,
    loses_answers: AtomicBool,
    cut: Notify,
}

impl Junction {
    /// Leads nowhere yet: connections end at once.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let lead = Arc::<Lead>::default();
        let shared = Arc::clone(&lead);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(relay(near, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, lead, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// New connections lead to `target` from now on, and its answers arrive.
    pub fn lead_to(&self, target: SocketAddr) {
        self.lead.loses_answers.store(false, Ordering::SeqCst);
        *self.target() = Some(target);
    }

    /// New connections lead nowhere from now on.
    pub fn lead_nowhere(&self) {
        *self.target() = None;
    }

    /// Whatever the server says from now on gets lost, until [`Self::lead_to`].
    pub fn lose_answers(&self) {
        self.lead.loses_answers.store(true, Ordering::SeqCst);
    }

    /// Ends every connection.
    pub fn cut(&self) {
        self.lead.cut.notify_waiters();
    }

    fn target(&self) -> std::sync::MutexGuard<'_, Option<SocketAddr>> {
        self.lead.target.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Junction {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(near: TcpStream, lead: Arc<Lead>) -> std::io::Result<()> {
    let cut = lead.cut.notified();
    let target = *lead.target.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(target) = target else { return Ok(()) };
    let far = TcpStream::connect(target).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let ((mut asked, answer), (answers, mut ask)) = (near.into_split(), far.into_split());
    // Whichever side ends, the connection does: a server that was killed says nothing more.
    tokio::select! {
        ended = copy(&mut asked, &mut ask) => ended.map(drop),
        ended = back(answers, answer, &lead) => ended,
        () = cut => Ok(()),
    }
}

async fn back(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, lead: &Lead) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        if !lead.loses_answers.load(Ordering::SeqCst) {
            to.write_all(&buffer[..length]).await?;
        }
    }
}
