//! Responses over WebSocket: a caller's socket, its turns one after the other, its upstream's socket or stream.
//!
//! `handshake.rs` answers the upgrade, `conversation.rs` decides, `socket.rs` does; a turn itself is in `turn/socket.rs`.

mod conversation;
pub(crate) mod event;
mod handshake;
mod places;
mod request;
mod room;
mod socket;
mod wire;

use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

pub(crate) use conversation::{End, Keep, Left, Link, Plan};
pub(crate) use handshake::accept;
pub(crate) use places::Places;
pub(crate) use room::Room;

/// One text frame.
pub(crate) type Text = tungstenite::Utf8Bytes;

/// Why the gateway closes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseReason {
    /// Binary frame.
    Binary,
    /// A frame over the limit.
    TooLarge,
    /// All sockets together hold too much of unfinished frames.
    NoRoom,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Not WebSocket as RFC 6455 has it.
    Protocol,
    /// The caller does not take what it is sent.
    TooSlow,
    /// The caller does not send as fast as it has to.
    TooSlowly,
    /// A new socket needs the place of one that does nothing.
    Crowded,
    /// Nothing was heard of the caller.
    NoPong,
    /// No turn for a while.
    Idle,
    TooManyErrors,
    /// The gateway stops.
    Restart,
}

impl CloseReason {
    /// RFC 6455, 7.4.1, and the registry it founded.
    fn code(self) -> CloseCode {
        match self {
            Self::Binary => CloseCode::Unsupported,
            Self::TooLarge => CloseCode::Size,
            Self::NotUtf8 => CloseCode::Invalid,
            Self::Protocol => CloseCode::Protocol,
            Self::TooSlow | Self::TooSlowly | Self::NoRoom | Self::Crowded => CloseCode::Again,
            Self::NoPong => CloseCode::Error,
            Self::Idle => CloseCode::Away,
            Self::TooManyErrors => CloseCode::Policy,
            Self::Restart => CloseCode::Restart,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Binary => "only text frames are read",
            Self::TooLarge => "the frame is too large",
            Self::NoRoom => "too much is being sent at once",
            Self::NotUtf8 => "text frames are UTF-8",
            Self::Protocol => "not a WebSocket frame",
            Self::TooSlow => "the caller does not read",
            Self::TooSlowly => "the frame comes too slowly",
            Self::Crowded => "others need the place of an idle socket",
            Self::NoPong => "no pong",
            Self::Idle => "no turn for a while",
            Self::TooManyErrors => "too many errors",
            Self::Restart => "the gateway is stopping",
        }
    }
}
