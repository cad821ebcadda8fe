//! Content codings as push decoders: bytes in, decoded bytes out, bounded.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use thiserror::Error;
use zstd::stream::raw::{self, Operation as _};

use crate::budget::{Budget, Held, NoRoom};

/// More codings on one body than anybody has a use for are an attack.
const MAX_CODINGS: usize = 2;
/// zstd windows larger than 8 MiB must not be used for HTTP (RFC 9659, 3).
const ZSTD_WINDOW_LOG: u32 = 23;
/// What a decoder hands over at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// A body that cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CodingError {
    #[error("unknown content encoding, or more than two")]
    Unsupported,
    #[error("the bytes are not in the announced encoding")]
    Broken,
    #[error("the decoded body is too large")]
    TooLarge,
    #[error("there is no room for the decoded body")]
    NoRoom,
}

/// Collects decoded bytes, at most a fixed number over the life of a body.
struct Bounded {
    bytes: Vec<u8>,
    left: usize,
    /// The room that they take, where that is counted.
    held: Option<Held>,
    refused: Option<CodingError>,
}

impl Bounded {
    fn refuse(&mut self, why: CodingError) -> io::Result<usize> {
        self.refused = Some(why);
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.len() > self.left {
            return self.refuse(CodingError::TooLarge);
        }
        self.left -= data.len();
        self.bytes.extend_from_slice(data);
        let length = self.bytes.len();
        let grown = self.held.as_mut().map_or(Ok(()), |held| held.grow(length));
        match grown {
            Ok(()) => Ok(data.len()),
            Err(NoRoom) => self.refuse(CodingError::NoRoom),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Coding {
    Gzip(Box<MultiGzDecoder<Bounded>>),
    Brotli(Box<brotli::DecompressorWriter<Bounded>>),
    Zstd(Box<Zstd>),
}

struct Zstd {
    decoder: raw::Decoder<'static>,
    out: Bounded,
    buffer: Vec<u8>,
    /// Whether a frame is open that has not seen its end.
    inside_frame: bool,
}

impl Zstd {
    fn new(out: Bounded) -> io::Result<Self> {
        let mut decoder = raw::Decoder::new()?;
        decoder.set_parameter(raw::DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
        Ok(Self {
            decoder,
            out,
            buffer: vec![0; CHUNK_BYTES],
            inside_frame: false,
        })
    }

    fn write(&mut self, mut data: &[u8]) -> io::Result<()> {
        loop {
            let status = self.decoder.run_on_buffers(data, &mut self.buffer)?;
            self.out.write_all(&self.buffer[..status.bytes_written])?;
            data = &data[status.bytes_read..];
            self.inside_frame = status.remaining != 0;
            let buffer_was_full = status.bytes_written == self.buffer.len();
            if data.is_empty() && !(buffer_was_full && self.inside_frame) {
                return Ok(());
            }
        }
    }
}

impl Coding {
    fn new(name: &str, limit: usize) -> Result<Self, CodingError> {
        let out = Bounded {
            bytes: Vec::new(),
            left: limit,
            held: None,
            refused: None,
        };
        Ok(match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Self::Gzip(Box::new(MultiGzDecoder::new(out))),
            "br" => Self::Brotli(Box::new(brotli::DecompressorWriter::new(out, CHUNK_BYTES))),
            "zstd" => Self::Zstd(Box::new(Zstd::new(out).map_err(|_| CodingError::Broken)?)),
            _ => return Err(CodingError::Unsupported),
        })
    }

    fn push(&mut self, data: &[u8]) -> Result<Vec<u8>, CodingError> {
        let written = match self {
            _ if data.is_empty() => Ok(()),
            Self::Gzip(decoder) => decoder.write_all(data).and_then(|()| decoder.flush()),
            Self::Brotli(decoder) => decoder.write_all(data),
            Self::Zstd(decoder) => decoder.write(data),
        };
        self.taken(written)
    }

    /// Everything was pushed: an unfinished stream is an error.
    fn finish(&mut self) -> Result<Vec<u8>, CodingError> {
        let ended = match self {
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Brotli(decoder) => decoder.close(),
            Self::Zstd(decoder) if decoder.inside_frame => Err(io::ErrorKind::UnexpectedEof.into()),
            Self::Zstd(_) => Ok(()),
        };
        self.taken(ended)
    }

    fn taken(&mut self, result: io::Result<()>) -> Result<Vec<u8>, CodingError> {
        let out = self.out();
        match result {
            Ok(()) => Ok(std::mem::take(&mut out.bytes)),
            Err(_) => Err(out.refused.unwrap_or(CodingError::Broken)),
        }
    }

    fn out(&mut self) -> &mut Bounded {
        match self {
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Brotli(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => &mut decoder.out,
        }
    }
}

/// Undoes up to two content codings; decoded bytes come out as soon as they are known.
pub(crate) struct Decoder(Vec<Coding>);

impl Decoder {
    /// `applied` in the order of the `Content-Encoding` header; every stage yields at most `limit` bytes.
    pub(crate) fn new(applied: &[&str], limit: usize) -> Result<Self, CodingError> {
        if applied.len() > MAX_CODINGS {
            return Err(CodingError::Unsupported);
        }
        let stages = applied.iter().rev().map(|name| Coding::new(name, limit));
        stages.collect::<Result<_, _>>().map(Self)
    }

    /// As [`new`](Self::new); what each stage yields is in room of the budget.
    fn within(applied: &[&str], limit: usize, budget: &Arc<Budget>) -> Result<Self, CodingError> {
        let mut decoder = Self::new(applied, limit)?;
        for stage in &mut decoder.0 {
            let out = stage.out();
            out.held = Some(budget.hold());
            // As a vector that grows, it would be there twice when it moves. What is not written takes no memory.
            out.bytes.reserve_exact(limit);
        }
        Ok(decoder)
    }

    /// Decodes one more piece.
    pub(crate) fn push(&mut self, data: &[u8]) -> Result<Vec<u8>, CodingError> {
        let mut stages = self.0.iter_mut();
        let Some(first) = stages.next() else {
            return Ok(data.to_vec());
        };
        let decoded = first.push(data)?;
        stages.try_fold(decoded, |bytes, stage| stage.push(&bytes))
    }

    /// The encoded bytes ended.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, CodingError> {
        let mut carried = Vec::new();
        for stage in &mut self.0 {
            let mut bytes = stage.push(&carried)?;
            bytes.extend(stage.finish()?);
            carried = bytes;
        }
        Ok(carried)
    }
}

/// Decodes a whole body.
pub(crate) fn decode(applied: &[&str], body: &[u8], limit: usize) -> Result<Vec<u8>, CodingError> {
    decode_with(Decoder::new(applied, limit)?, body)
}

/// As [`decode`], in room of the budget.
pub(crate) fn decode_within(
    applied: &[&str],
    body: &[u8],
    limit: usize,
    budget: &Arc<Budget>,
) -> Result<Bytes, CodingError> {
    let mut decoded = decode_with(Decoder::within(applied, limit, budget)?, body)?;
    if decoded.len() < limit / 2 {
        decoded.shrink_to_fit();
    }
    budget
        .filled(decoded.into())
        .map_err(|NoRoom| CodingError::NoRoom)
}

fn decode_with(mut decoder: Decoder, body: &[u8]) -> Result<Vec<u8>, CodingError> {
    let mut decoded = decoder.push(body)?;
    let rest = decoder.finish()?;
    if decoded.is_empty() {
        return Ok(rest);
    }
    decoded.extend(rest);
    Ok(decoded)
}

#[cfg(test)]
mod tests;
