//! A load balancer over several gateways: each new TCP connection goes to the next of them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::gateway::Gateway;

/// A running balancer; dropped, it takes no more connections.
pub struct Balancer {
    address: SocketAddr,
    taken: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Balancer {
    /// Stands before `gateways`, the first of which gets the first connection.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(gateways: &[&Gateway]) -> anyhow::Result<Self> {
        let targets = gateways.iter().map(|gateway| gateway.authority().parse());
        Self::before(targets.collect::<Result<_, _>>()?).await
    }

    /// Stands before servers at `targets`. A connection to one that is gone ends at once.
    ///
    /// # Errors
    /// When there is none, or no port is free.
    pub async fn before(targets: Vec<SocketAddr>) -> anyhow::Result<Self> {
        anyhow::ensure!(!targets.is_empty(), "nothing to balance");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let target = targets[counter.fetch_add(1, Ordering::Relaxed) % targets.len()];
                tokio::spawn(relay(near, target));
            }
        });
        Ok(Self { address, taken, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The connections taken so far; the next one goes to this number modulo the count of targets.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

async fn relay(mut near: TcpStream, target: SocketAddr) -> std::io::Result<()> {
    let mut far = TcpStream::connect(target).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
