//! A stand-in for OpenAI's and Anthropic's APIs: it answers as they do, misbehaves on request, and records every
//! byte that it receives. Not a model: what it says is scripted, or the user's last text.

mod answer;
mod chat;
mod control;
mod deliver;
mod frames;
mod head;
mod kept;
mod logprobs;
mod memory;
mod messages;
mod other;
mod prompt;
mod record;
mod responses;
mod script;
mod serve;
mod settings;
mod socket;
mod state;
mod upgrade;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};

pub use record::{Outcome, Recorded};
pub use script::{Encoding, End, Fault, Part, Reply, SseStyle, When};
use serde_json::Value;
pub use settings::{Settings, SocketCommand};
use state::State;

/// How long a test waits for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running fake provider; it stops when dropped.
pub struct FakeProvider {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl FakeProvider {
    /// Starts on a free port of the loopback interface.
    pub async fn start() -> anyhow::Result<Self> {
        Self::listen("127.0.0.1:0".parse()?, true).await
    }

    /// Starts on `address`; `record` keeps every received byte (off for load tests).
    pub async fn listen(address: SocketAddr, record: bool) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(record));
        let task = tokio::spawn(serve::accept(listener, Arc::clone(&state)));
        Ok(Self { address, state, task })
    }

    /// The bound address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Queues replies. A request is answered by the first queued reply that matches it, else by an echo.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.script(replies);
    }

    /// Everything asked so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.requests()
    }

    /// The bytes that every connection so far has carried to the provider.
    pub fn wire(&self) -> Vec<Vec<u8>> {
        self.state.wire()
    }

    /// Lets one reply that holds ([`End::Hold`]) go on.
    pub fn release(&self) {
        self.state.release();
    }

    /// Waits until `condition` holds of the recorded requests.
    ///
    /// # Errors
    /// When it does not within [`PATIENCE`].
    pub async fn wait_until(
        &self,
        what: &str,
        condition: impl Fn(&[Recorded]) -> bool,
    ) -> anyhow::Result<Vec<Recorded>> {
        let look = |state: &State| Some(state.requests()).filter(|requests| condition(requests));
        tokio::time::timeout(PATIENCE, self.state.wait_for(look))
            .await
            .map_err(|_| anyhow::anyhow!("waited in vain for the fake provider to see {what}"))
    }

    /// Changes how it behaves from now on.
    pub fn set(&self, settings: Settings) {
        self.state.set(settings);
    }

    /// Answers every handshake with `reply`, e.g. `Reply::fault(404, "no sockets")`, until [`Self::set`] again.
    pub fn refuse_sockets(&self, reply: Reply) {
        let refuse_sockets = Some(reply);
        let settings = self.state.settings();
        self.state.set(Settings {
            refuse_sockets,
            ..settings
        });
    }

    /// Makes every open socket do something.
    pub fn command(&self, command: SocketCommand) {
        self.state.command(command);
    }

    /// Waits until `count` pongs have come, over all sockets so far.
    ///
    /// # Errors
    /// When they do not within [`PATIENCE`].
    pub async fn wait_for_pongs(&self, count: usize) -> anyhow::Result<()> {
        let look = |state: &State| (state.pongs() >= count).then_some(());
        tokio::time::timeout(PATIENCE, self.state.wait_for(look))
            .await
            .map_err(|_| anyhow::anyhow!("waited in vain for {count} pongs"))
    }

    /// The frames among [`Self::requests`].
    pub fn frames(&self) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(Recorded::is_frame);
        requests
    }

    /// The handshakes of sockets among [`Self::requests`], refused ones too.
    pub fn handshakes(&self) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(Recorded::is_handshake);
        requests
    }

    /// The input and output items of the conversation that ended with a response, whether it still resolves or not.
    pub fn context(&self, response: &str) -> Option<Vec<Value>> {
        self.state.any_context(response).map(|context| context.items())
    }

    /// Runs until the listener fails.
    pub async fn run(mut self) -> anyhow::Result<()> {
        (&mut self.task).await?;
        Ok(())
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}
