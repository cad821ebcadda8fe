//! Where the heads of a connection's requests begin and end, as a strict reader sees it (RFC 9112). What a lenient one
//! reads in another way is told, to be refused: two readers in a row must not disagree on where a request ends.

use memchr::memchr;

/// More of a line is not kept: no line that decides about lengths is longer.
const LINE_BYTES: usize = 128;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadFraming {
    /// A line of a head ends in a line feed without a carriage return.
    BareLineFeed,
    /// A head gives a length and announces chunks.
    LengthAndChunks,
    /// The length is no plain number.
    Length,
}

impl BadFraming {
    /// In words of ours.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::BareLineFeed => "a line of its head ends in a bare line feed",
            Self::LengthAndChunks => "its head has both Content-Length and Transfer-Encoding",
            Self::Length => "its Content-Length is not one plain number",
        }
    }
}

/// Follows the bytes of one connection.
#[derive(Default)]
pub(super) struct Framing {
    state: State,
    line: Vec<u8>,
    head: Head,
    bad: Option<BadFraming>,
}

#[derive(Default)]
enum State {
    #[default]
    Head,
    /// So many bytes follow that are no head.
    Body(u64),
    ChunkSize,
    /// With the line end behind it.
    Chunk(u64),
    Trailers,
    /// What follows cannot be told from what has been seen.
    Lost,
}

/// What of a head decides how long its body is.
#[derive(Default)]
struct Head {
    begun: bool,
    length: Option<u64>,
    chunks: bool,
}

impl Framing {
    /// Takes what came next; tells the first thing that is wrong, from then on.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Option<BadFraming> {
        while !bytes.is_empty() && self.bad.is_none() {
            bytes = match &mut self.state {
                State::Lost => return self.bad,
                State::Body(left) | State::Chunk(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= taken as u64;
                    if *left == 0 {
                        self.state = match self.state {
                            State::Chunk(_) => State::ChunkSize,
                            _ => State::Head,
                        };
                    }
                    &bytes[taken..]
                }
                State::Head | State::ChunkSize | State::Trailers => self.take_line(bytes),
            };
        }
        self.bad
    }

    fn take_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = memchr(b'\n', bytes);
        let part = &bytes[..end.unwrap_or(bytes.len())];
        // The last byte tells whether the line feed is bare, wherever the line is cut.
        let room = LINE_BYTES.saturating_sub(self.line.len());
        match part.split_at_checked(room) {
            Some((kept, [.., last])) => {
                self.line.extend_from_slice(kept);
                self.line.truncate(LINE_BYTES - 1);
                self.line.push(*last);
            }
            _ => self.line.extend_from_slice(part),
        }
        let Some(end) = end else { return &[] };
        let mut line = std::mem::take(&mut self.line);
        self.end_line(&line);
        line.clear();
        self.line = line;
        &bytes[end + 1..]
    }

    fn end_line(&mut self, line: &[u8]) {
        let Some(line) = line.strip_suffix(b"\r") else {
            self.bad = Some(BadFraming::BareLineFeed);
            return;
        };
        match self.state {
            State::Head if line.is_empty() => self.end_head(),
            State::Head => self.head_line(line),
            State::ChunkSize => {
                let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                let size = std::str::from_utf8(&line[..digits]).ok();
                self.state = match size.and_then(|size| u64::from_str_radix(size, 16).ok()) {
                    Some(0) => State::Trailers,
                    Some(size) => State::Chunk(size.saturating_add(2)),
                    None => State::Lost,
                };
            }
            State::Trailers if line.is_empty() => self.state = State::Head,
            State::Trailers | State::Body(_) | State::Chunk(_) | State::Lost => {}
        }
    }

    fn head_line(&mut self, line: &[u8]) {
        self.head.begun = true;
        let Some(colon) = memchr(b':', line) else { return };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.head.chunks = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(value).ok().filter(|_| is_number);
            match number.and_then(|number| number.parse().ok()) {
                Some(number) if self.head.length.is_none_or(|length| length == number) => {
                    self.head.length = Some(number);
                }
                _ => self.bad = Some(BadFraming::Length),
            }
        }
    }

    fn end_head(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.state = match head.length {
            // Empty lines before a request line are nothing.
            _ if !head.begun => State::Head,
            Some(_) if head.chunks => {
                self.bad = Some(BadFraming::LengthAndChunks);
                State::Lost
            }
            None if head.chunks => State::ChunkSize,
            None | Some(0) => State::Head,
            Some(length) => State::Body(length),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong, however the bytes are cut.
    fn bad(text: &str) -> Option<BadFraming> {
        let whole = Framing::default().push(text.as_bytes());
        for size in [1, 2, 3, 7] {
            let mut framing = Framing::default();
            let mut last = None;
            for piece in text.as_bytes().chunks(size) {
                last = framing.push(piece);
            }
            assert_eq!(last, whole, "{text} in pieces of {size}");
        }
        whole
    }

    const GET: &str = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";

    #[test]
    fn ordinary_requests_follow_one_another() {
        for text in [
            GET.to_owned(),
            format!("\r\n{GET}{GET}"),
            format!("POST / HTTP/1.1\r\ncontent-length: 6\r\n\r\na\n\nb\n\n{GET}"),
            format!("POST / HTTP/1.1\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\n\n\n{GET}"),
            format!(
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\n\n\n\n\n\r\n0\r\nx: y\r\n\r\n{GET}"
            ),
            format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n{GET}", "y".repeat(5000)),
        ] {
            assert_eq!(bad(&text), None, "{text}");
        }
    }

    #[test]
    fn what_two_readers_may_read_differently_is_told() {
        for (text, why) in [
            ("GET / HTTP/1.1\n\n".to_owned(), BadFraming::BareLineFeed),
            (
                "GET / HTTP/1.1\r\nx: y\n\r\n".to_owned(),
                BadFraming::BareLineFeed,
            ),
            (
                format!("GET / HTTP/1.1\r\nx: {}\n", "y".repeat(5000)),
                BadFraming::BareLineFeed,
            ),
            (format!("{GET}\n{GET}"), BadFraming::BareLineFeed),
            (
                "POST / HTTP/1.1\r\ncontent-length: 3\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
                BadFraming::LengthAndChunks,
            ),
            (
                "POST / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\ncontent-length: 0\r\n\r\n".to_owned(),
                BadFraming::LengthAndChunks,
            ),
            (
                "POST / HTTP/1.1\r\ncontent-length: +3\r\n".to_owned(),
                BadFraming::Length,
            ),
            (
                "POST / HTTP/1.1\r\ncontent-length: 3, 3\r\n".to_owned(),
                BadFraming::Length,
            ),
            (
                "POST / HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n".to_owned(),
                BadFraming::Length,
            ),
            // After a body, and after chunks.
            (
                "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcGET / HTTP/1.1\n".to_owned(),
                BadFraming::BareLineFeed,
            ),
            (
                "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\n"
                    .to_owned(),
                BadFraming::BareLineFeed,
            ),
        ] {
            assert_eq!(bad(&text), Some(why), "{text}");
        }
    }
}
