//! Where the messages in a stream of WebSocket frames end. RFC 6455, 5.2. It judges nothing: what reads the frames does.

/// The bit of a frame's first byte that says that its message ends with it.
const FINAL: u8 = 0x80;
/// The bit of a frame's first byte that its opcode has when it may stand between the frames of a message.
const CONTROL: u8 = 0x08;
/// The bit of a frame's second byte that says that a key follows.
const MASKED: u8 = 0x80;
const KEY_BYTES: u64 = 4;

/// Follows the frames.
#[derive(Debug, Default)]
pub(super) struct Boundary {
    at: At,
    /// The last frame of the message is still to come.
    continues: bool,
    /// About how much of a message has come that is not whole yet.
    unfinished: usize,
}

/// What the next byte is.
#[derive(Debug, Default)]
enum At {
    #[default]
    Start,
    Length,
    /// Of a length that takes more bytes: how many are to come, what it is so far, and what is beside it.
    LongLength {
        left: u8,
        length: u64,
        key: u64,
    },
    /// Key and payload: how much is to come.
    Payload(u64),
}

impl At {
    const fn payload(bytes: u64) -> Self {
        match bytes {
            0 => Self::Start,
            bytes => Self::Payload(bytes),
        }
    }
}

impl Boundary {
    pub(super) const fn is_between_messages(&self) -> bool {
        matches!(self.at, At::Start) && !self.continues
    }

    pub(super) const fn unfinished(&self) -> usize {
        self.unfinished
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.follow(bytes);
        self.unfinished = if self.is_between_messages() {
            0
        } else {
            self.unfinished + bytes.len()
        };
    }

    fn follow(&mut self, mut bytes: &[u8]) {
        while let Some((&byte, rest)) = bytes.split_first() {
            bytes = rest;
            self.at = match self.at {
                At::Start => {
                    if byte & CONTROL == 0 {
                        self.continues = byte & FINAL == 0;
                    }
                    At::Length
                }
                At::Length => {
                    let key = if byte & MASKED == 0 { 0 } else { KEY_BYTES };
                    let long = |left| At::LongLength { left, length: 0, key };
                    match byte & !MASKED {
                        126 => long(2),
                        127 => long(8),
                        length => At::payload(key + u64::from(length)),
                    }
                }
                At::LongLength { left, length, key } => {
                    let length = length << 8 | u64::from(byte);
                    match left - 1 {
                        0 => At::payload(length.saturating_add(key)),
                        left => At::LongLength { left, length, key },
                    }
                }
                At::Payload(left) => {
                    let more = left - 1;
                    let skipped = more.min(rest.len() as u64);
                    // It is at most the length of a slice.
                    bytes = &rest[skipped as usize..];
                    At::payload(more - skipped)
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

    use super::*;

    fn frame(length: usize, code: OpCode, is_final: bool, masked: bool) -> Vec<u8> {
        let mut frame = Frame::message(vec![b'a'; length], code, is_final);
        frame.header_mut().mask = masked.then_some([1, 2, 3, 4]);
        let mut bytes = Vec::new();
        frame.format(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn frames_of_every_form_end_where_they_end() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            for masked in [false, true] {
                let bytes = frame(length, OpCode::Data(Data::Text), true, masked);
                let whole = {
                    let mut boundary = Boundary::default();
                    boundary.push(&bytes);
                    boundary
                };
                assert!(whole.is_between_messages(), "{length}, {masked}");
                let mut boundary = Boundary::default();
                for (nth, byte) in bytes.iter().enumerate() {
                    boundary.push(&[*byte]);
                    assert_eq!(boundary.is_between_messages(), nth + 1 == bytes.len(), "{length}");
                }
            }
        }
    }

    #[test]
    fn what_has_come_of_a_message_is_counted() {
        let mut boundary = Boundary::default();
        let bytes = frame(1000, OpCode::Data(Data::Text), true, true);
        boundary.push(&bytes[..100]);
        boundary.push(&bytes[100..600]);
        assert_eq!(boundary.unfinished(), 600);
        boundary.push(&bytes[600..]);
        assert_eq!(boundary.unfinished(), 0);
    }

    #[test]
    fn a_message_ends_with_its_last_frame() {
        let mut boundary = Boundary::default();
        let ping = Frame::ping(vec![1, 2, 3]);
        let mut control = Vec::new();
        ping.format(&mut control).unwrap();
        boundary.push(&frame(3, OpCode::Data(Data::Text), false, true));
        assert!(!boundary.is_between_messages());
        boundary.push(&control);
        assert!(!boundary.is_between_messages(), "a ping may stand in between");
        boundary.push(&frame(3, OpCode::Data(Data::Continue), true, true));
        assert!(boundary.is_between_messages());
        boundary.push(&control);
        assert!(boundary.is_between_messages());
    }
}
