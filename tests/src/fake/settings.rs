//! What a test sets for the fake provider as a whole, at any time, and what it makes open sockets do.

use serde::{Deserialize, Serialize};

use super::script::Reply;

/// How the provider behaves until told otherwise.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Answers every handshake instead of the upgrade, e.g. `Reply::fault(404, "no sockets")`.
    pub refuse_sockets: Option<Reply>,
    /// An unknown `previous_response_id` is an error over HTTP too, as it always is over a socket.
    pub strict_ids: bool,
}

/// What the provider does on all open sockets, besides answering.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketCommand {
    /// Sends a ping; [`super::FakeProvider::wait_for_pongs`] waits for the answers.
    Ping,
    /// Sends this text as a frame of its own.
    Send(String),
    /// Closes with this code, in the middle of a turn too.
    Close(u16),
    /// Ends the TCP connection without a close frame.
    Abort,
}
