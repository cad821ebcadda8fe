//! A socket on which a test writes every byte itself: frames that RFC 6455 forbids, and legal ones in odd pieces.

use anyhow::Context as _;
use http::HeaderMap;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::fake::PATIENCE;

/// The masking key of every frame; a constant makes the bytes of a test the same each time.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame as it stands on the wire, whether it is allowed or not (RFC 6455, section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The last frame of its message.
    pub fin: bool,
    /// The three reserved bits, 0 to 7.
    pub reserved: u8,
    /// 0 continues, 1 is text, 2 binary, 8 closes, 9 pings, 10 pongs.
    pub opcode: u8,
    /// Masked, as a caller's frames must be.
    pub masked: bool,
    /// The length in the header, when it is not the payload's.
    pub length: Option<u64>,
    /// What it holds.
    pub payload: Vec<u8>,
}

impl Frame {
    /// A proper frame of a caller.
    pub fn new(opcode: u8, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            fin: true,
            reserved: 0,
            opcode,
            masked: true,
            length: None,
            payload: payload.into(),
        }
    }

    /// A text frame.
    pub fn text(text: &str) -> Self {
        Self::new(1, text)
    }

    /// A close frame; the reason may be anything.
    pub fn close(code: u16, reason: &[u8]) -> Self {
        Self::new(8, [&code.to_be_bytes()[..], reason].concat())
    }

    /// One message in frames of `size` bytes each.
    pub fn fragments(text: &str, size: usize) -> Vec<Self> {
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(size.max(1)).collect();
        let last = pieces.len().saturating_sub(1);
        let frame = |(at, piece): (usize, &&[u8])| Self {
            fin: at == last,
            ..Self::new(u8::from(at == 0), *piece)
        };
        pieces.iter().enumerate().map(frame).collect()
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![u8::from(self.fin) << 7 | (self.reserved & 7) << 4 | self.opcode & 15];
        let masked = u8::from(self.masked) << 7;
        let length = self.length.unwrap_or(self.payload.len() as u64);
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ ..=125), _) => out.push(masked | short),
            (_, Ok(medium)) => {
                out.push(masked | 126);
                out.extend(medium.to_be_bytes());
            }
            _ => {
                out.push(masked | 127);
                out.extend(length.to_be_bytes());
            }
        }
        if self.masked {
            out.extend(MASK);
            let key = MASK.iter().cycle();
            out.extend(self.payload.iter().zip(key).map(|(byte, key)| byte ^ key));
        } else {
            out.extend(&self.payload);
        }
        out
    }

    /// The whole frames in `bytes`, in order, unmasked where they were masked; up to what is none.
    pub fn read_all(mut bytes: &[u8]) -> Vec<Self> {
        let mut frames = Vec::new();
        while let Ok(Some((frame, length))) = read(bytes) {
            frames.push(frame);
            bytes = &bytes[length..];
        }
        frames
    }

    /// The code of a close frame.
    pub fn code(&self) -> Option<u16> {
        let code = self.payload.get(..2)?.try_into().ok()?;
        (self.opcode == 8).then(|| u16::from_be_bytes(code))
    }
}

/// An open socket in bytes.
pub struct RawSocket {
    stream: TcpStream,
    unread: Vec<u8>,
    headers: HeaderMap,
}

impl RawSocket {
    pub(super) fn new(stream: TcpStream, unread: &[u8], headers: HeaderMap) -> Self {
        Self {
            stream,
            unread: unread.to_vec(),
            headers,
        }
    }

    /// The headers of the upgrade answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Writes bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(tokio::time::timeout(PATIENCE, self.stream.write_all(bytes)).await??)
    }

    /// Writes bytes one by one, each in a packet of its own where the system lets it.
    pub async fn dribble(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        for byte in bytes {
            self.write(&[*byte]).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Writes a frame.
    pub async fn send(&mut self, frame: &Frame) -> anyhow::Result<()> {
        self.write(&frame.bytes()).await
    }

    /// Ends the sending half of the TCP connection.
    pub async fn shut(&mut self) -> anyhow::Result<()> {
        Ok(self.stream.shutdown().await?)
    }

    /// The next frame; nothing at the end of the connection.
    pub async fn next(&mut self) -> anyhow::Result<Option<Frame>> {
        loop {
            if let Some((frame, length)) = read(&self.unread)? {
                anyhow::ensure!(!frame.masked, "a server's frame is masked");
                self.unread.drain(..length);
                return Ok(Some(frame));
            }
            let mut buffer = [0; 16 << 10];
            let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut buffer)).await;
            // A reset is an end too: what was written to a closed socket causes one.
            match read.context("nothing comes")? {
                Ok(0) | Err(_) => return Ok(None),
                Ok(length) => self.unread.extend(&buffer[..length]),
            }
        }
    }

    /// Reads to the end of the connection; the code of the close frame, if one comes.
    pub async fn closed(&mut self) -> anyhow::Result<Option<u16>> {
        let mut code = None;
        while let Some(frame) = self.next().await? {
            code = code.or(frame.code());
        }
        Ok(code)
    }
}

/// The first frame of `bytes` and its length there, once it is whole.
fn read(bytes: &[u8]) -> anyhow::Result<Option<(Frame, usize)>> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    let masked = second & 0x80 != 0;
    let width = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let Some((extended, rest)) = rest.split_at_checked(width) else {
        return Ok(None);
    };
    let length = match width {
        0 => u64::from(second & 0x7f),
        _ => extended
            .iter()
            .fold(0, |length, byte| length << 8 | u64::from(*byte)),
    };
    let length = usize::try_from(length)?;
    let key_width = if masked { MASK.len() } else { 0 };
    let Some((key, rest)) = rest.split_at_checked(key_width) else {
        return Ok(None);
    };
    let Some(payload) = rest.get(..length) else {
        return Ok(None);
    };
    let payload = match masked {
        true => payload
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, key)| byte ^ key)
            .collect(),
        false => payload.to_vec(),
    };
    let frame = Frame {
        fin: first & 0x80 != 0,
        reserved: first >> 4 & 7,
        opcode: first & 15,
        masked,
        length: None,
        payload,
    };
    Ok(Some((frame, 2 + width + key_width + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_written_as_the_standard_shows_them() {
        // RFC 6455, section 5.7.
        let hello = Frame::text("Hello");
        assert_eq!(
            hello.bytes(),
            [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        );
        let unmasked = Frame {
            masked: false,
            ..hello
        };
        assert_eq!(unmasked.bytes(), *b"\x81\x05Hello");
        let pieces = Frame::fragments("Hello", 3).into_iter().map(|piece| Frame {
            masked: false,
            ..piece
        });
        assert_eq!(
            pieces.flat_map(|piece| piece.bytes()).collect::<Vec<_>>(),
            *b"\x01\x03Hel\x80\x02lo"
        );
    }

    #[test]
    fn frames_of_every_length_are_read_back() -> anyhow::Result<()> {
        for length in [0, 125, 126, 0xffff, 0x1_0000] {
            for masked in [false, true] {
                let frame = Frame {
                    masked,
                    ..Frame::new(2, vec![7; length])
                };
                let bytes = frame.bytes();
                assert_eq!(read(&bytes[..bytes.len() - 1])?, None);
                assert_eq!(
                    Frame::read_all(&[&bytes[..], &bytes].concat()),
                    [&frame, &frame].map(Frame::clone)
                );
                assert_eq!(read(&bytes)?, Some((frame, bytes.len())));
            }
        }
        Ok(())
    }
}
