//! Waits for the first bytes of an answer that tell what it is. They are kept: nothing is lost and nothing is read twice.

use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use llm_wire::{AnswerForm, FormLook};
use tokio::time::{Instant, timeout_at};

use crate::body::coding::Decoder;
use crate::body::read::{Pieces, piece};
use crate::error::GatewayError;

/// An answer whose beginning has been looked at.
pub(crate) struct Looked {
    pub(crate) form: AnswerForm,
    /// What has come of it, as it came.
    pub(crate) encoded: Pieces,
    /// The same, decoded.
    pub(crate) decoded: Bytes,
    /// Decodes what is to come.
    pub(crate) decoder: Option<Decoder>,
    /// Nothing is to come.
    pub(crate) over: bool,
}

/// How long an answer is looked at.
pub(crate) struct Patience {
    pub(crate) limit: usize,
    /// For each wait for more.
    pub(crate) idle: Duration,
    /// For all of them together, where the label says that the answer is a stream: then it is taken for one.
    pub(crate) stream_after: Option<Duration>,
}

/// Reads from `body` until its form is known. Only white space, which some upstreams send to keep a connection alive
/// while they work, can make that more than the first few bytes.
pub(crate) async fn look<B>(
    body: &mut B,
    decoder: Option<Decoder>,
    patience: &Patience,
) -> Result<Looked, GatewayError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut looking = Looking {
        look: FormLook::default(),
        encoded: Pieces::default(),
        decoded: Pieces::default(),
        decoder,
    };
    let begun = Instant::now();
    loop {
        let next = piece(body, patience.idle);
        let next = match patience.stream_after {
            None => next.await,
            Some(wait) => match timeout_at(begun + wait, next).await {
                Ok(next) => next,
                Err(_) => return Ok(looking.into_looked(AnswerForm::EventStream, false)),
            },
        };
        let Some(piece) = next? else {
            let form = looking.end()?;
            return Ok(looking.into_looked(form, true));
        };
        if let Some(form) = looking.push(piece)? {
            return Ok(looking.into_looked(form, body.is_end_stream()));
        }
        if looking.encoded.len().max(looking.decoded.len()) > patience.limit {
            return Err(GatewayError::UpstreamAnswer);
        }
    }
}

struct Looking {
    look: FormLook,
    encoded: Pieces,
    decoded: Pieces,
    decoder: Option<Decoder>,
}

impl Looking {
    fn push(&mut self, piece: Bytes) -> Result<Option<AnswerForm>, GatewayError> {
        let decoded = match &mut self.decoder {
            None => piece.clone(),
            Some(decoder) => decoder
                .push(&piece)
                .map_err(|_| GatewayError::UpstreamAnswer)?
                .into(),
        };
        self.encoded.push(piece, 0);
        Ok(self.take(decoded))
    }

    fn end(&mut self) -> Result<AnswerForm, GatewayError> {
        let spent = self.decoder.take();
        if let Some(mut decoder) = spent.filter(|_| self.encoded.len() > 0) {
            let decoded = decoder.finish().map_err(|_| GatewayError::UpstreamAnswer)?;
            if let Some(form) = self.take(decoded.into()) {
                return Ok(form);
            }
        }
        Ok(self.look.finish())
    }

    fn take(&mut self, decoded: Bytes) -> Option<AnswerForm> {
        let told = self.look.push(&decoded);
        self.decoded.push(decoded, 0);
        told
    }

    fn into_looked(self, form: AnswerForm, over: bool) -> Looked {
        Looked {
            form,
            encoded: self.encoded,
            decoded: self.decoded.into_bytes(),
            decoder: self.decoder,
            over,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Write as _;

    use http_body::Frame;
    use http_body_util::channel::Channel;

    use super::*;
    use crate::body::read;

    const WAIT: Duration = Duration::from_secs(30);
    const LIMIT: usize = 1 << 20;
    const PATIENCE: Patience = Patience {
        limit: LIMIT,
        idle: WAIT,
        stream_after: None,
    };

    fn body(pieces: Vec<Vec<u8>>) -> Channel<Bytes, Infallible> {
        let (mut sender, body) = Channel::new(1);
        tokio::spawn(async move {
            for piece in pieces {
                let _ = sender.send(Frame::data(piece.into())).await;
            }
        });
        body
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        coder.write_all(text).unwrap();
        coder.finish().unwrap()
    }

    fn decoder(codings: &[&str]) -> Option<Decoder> {
        (!codings.is_empty()).then(|| Decoder::new(codings, usize::MAX).unwrap())
    }

    #[tokio::test]
    async fn nothing_is_lost_at_any_split() {
        let answers = [
            (&b"\xef\xbb\xbf\n {\"a\":1}"[..], AnswerForm::Json),
            (b"\r\nevent: a\r\ndata: {}\r\n\r\n", AnswerForm::EventStream),
            (b": ping\n\ndata: {}\n\n", AnswerForm::EventStream),
            (b" \n", AnswerForm::Empty),
            (b"", AnswerForm::Empty),
            (b"<html>", AnswerForm::Unreadable),
        ];
        for (plain, form) in answers {
            for codings in [&[][..], &["gzip"]] {
                let sent = if codings.is_empty() {
                    plain.to_vec()
                } else {
                    gzip(plain)
                };
                for size in 1..=sent.len().max(1) {
                    let pieces = sent.chunks(size).map(<[u8]>::to_vec).collect();
                    let mut body = body(pieces);
                    let looked = look(&mut body, decoder(codings), &PATIENCE).await.unwrap();
                    assert_eq!(looked.form, form, "{}", plain.escape_ascii());
                    let decoded = looked.decoded.to_vec();
                    let all = if looked.over {
                        looked.encoded.into_bytes()
                    } else {
                        read::rest(looked.encoded, body, LIMIT, WAIT).await.unwrap()
                    };
                    assert_eq!(all, sent, "{}", plain.escape_ascii());
                    assert!(plain.starts_with(&decoded), "{}", plain.escape_ascii());
                }
            }
        }
    }

    #[tokio::test]
    async fn it_waits_for_no_more_than_it_needs() {
        let (mut sender, mut body) = Channel::<Bytes, Infallible>::new(4);
        for piece in ["\n", "da", "ta:"] {
            sender.send(Frame::data(piece.into())).await.unwrap();
        }
        let looked = look(&mut body, None, &PATIENCE).await.unwrap();
        assert_eq!(
            (looked.form, &looked.decoded[..]),
            (AnswerForm::EventStream, &b"\ndata:"[..])
        );
        drop(sender);
    }

    #[tokio::test]
    async fn endless_white_space_and_broken_codings_are_no_answer() {
        let blank = vec![b"\n".repeat(LIMIT / 4); 5];
        let packed = vec![gzip(&blank.concat()), b"{}".to_vec()];
        for (pieces, codings) in [
            (blank, &[][..]),
            (packed, &["gzip"]),
            (vec![b"{}".to_vec()], &["gzip"]),
            (vec![gzip(b"{}")[..9].to_vec()], &["gzip"]),
        ] {
            let looked = look(&mut body(pieces), decoder(codings), &PATIENCE).await;
            assert_eq!(looked.err(), Some(GatewayError::UpstreamAnswer));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_upstream_ends_the_wait() {
        let (_sender, mut body) = Channel::<Bytes, Infallible>::new(1);
        let looked = look(&mut body, None, &PATIENCE).await;
        assert_eq!(looked.err(), Some(GatewayError::UpstreamTimeout));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_by_its_label_is_not_waited_for() {
        let (mut sender, mut body) = Channel::<Bytes, Infallible>::new(1);
        let patience = Patience {
            stream_after: Some(WAIT / 2),
            ..PATIENCE
        };
        sender.send(Frame::data("\n".into())).await.unwrap();
        let looked = look(&mut body, None, &patience).await.unwrap();
        assert_eq!(
            (looked.form, &looked.decoded[..], looked.over),
            (AnswerForm::EventStream, &b"\n"[..], false)
        );
    }
}
