use std::convert::Infallible;

use http_body_util::BodyExt as _;
use http_body_util::channel::Channel;

use super::*;

/// Lower-cases, holds the last byte back, and counts its ends.
#[derive(Default)]
struct Holding {
    held: Option<u8>,
    ends: u32,
}

impl Transform for Holding {
    fn push(&mut self, piece: Bytes) -> (Bytes, Option<AnswerCut>) {
        if piece.contains(&b'!') {
            return (Bytes::from_static(b"."), Some(AnswerCut::Unreadable));
        }
        let mut out: Vec<u8> = self.held.take().into_iter().collect();
        out.extend_from_slice(&piece.to_ascii_lowercase());
        self.held = out.pop();
        (out.into(), None)
    }

    fn end(&mut self, cut: Option<AnswerCut>) -> (Bytes, Option<AnswerCut>) {
        self.ends += 1;
        assert_eq!(self.ends, 1);
        (self.held.take().into_iter().collect::<Vec<_>>().into(), cut)
    }
}

type Sender = http_body_util::channel::Sender<Bytes, Infallible>;

fn body(deadline: Option<Duration>) -> (Sender, impl Body<Data = Bytes, Error = AnswerCut> + Unpin) {
    let (sender, upstream) = Channel::<Bytes, Infallible>::new(8);
    let deadline = deadline.map(|after| Instant::now() + after);
    (
        sender,
        Transformed::new(upstream, Holding::default(), Duration::from_secs(300), deadline),
    )
}

async fn read(mut body: impl Body<Data = Bytes, Error = AnswerCut> + Unpin) -> (String, Option<AnswerCut>) {
    let mut text = String::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap()),
            Err(cut) => return (text, Some(cut)),
        }
    }
    (text, None)
}

async fn send(sender: &mut Sender, text: &'static str) {
    sender
        .send_data(Bytes::from_static(text.as_bytes()))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_clean_end_brings_the_held_back_tail() {
    let (mut sender, body) = body(None);
    send(&mut sender, "AB").await;
    send(&mut sender, "CD").await;
    drop(sender);
    assert_eq!(read(body).await, ("abcd".to_owned(), None));
}

#[tokio::test]
async fn a_cut_stays_a_cut_after_the_tail() {
    let (mut sender, body) = body(None);
    send(&mut sender, "AB").await;
    send(&mut sender, "!").await;
    drop(sender);
    assert_eq!(read(body).await, ("a.b".to_owned(), Some(AnswerCut::Unreadable)));

    let failing = http_body_util::StreamBody::new(futures_util::stream::iter([
        Ok(Frame::data(Bytes::from_static(b"AB"))),
        Err("the connection broke"),
    ]));
    let body = Transformed::new(failing, Holding::default(), Duration::from_secs(300), None);
    assert_eq!(read(body).await, ("ab".to_owned(), Some(AnswerCut::Upstream)));
}

#[tokio::test(start_paused = true)]
async fn silence_and_the_deadline_cut() {
    let (mut sender, quiet) = body(None);
    send(&mut sender, "AB").await;
    assert_eq!(read(quiet).await, ("ab".to_owned(), Some(AnswerCut::Idle)));

    let (_sender, late) = body(Some(Duration::from_secs(10)));
    assert_eq!(read(late).await, (String::new(), Some(AnswerCut::Deadline)));
}

#[tokio::test(start_paused = true)]
async fn each_piece_starts_the_wait_anew() {
    let (mut sender, body) = body(None);
    let feeding = tokio::spawn(async move {
        for _ in 0..3 {
            tokio::time::advance(Duration::from_secs(200)).await;
            send(&mut sender, "A").await;
        }
    });
    assert_eq!(read(body).await, ("aaa".to_owned(), None));
    feeding.await.unwrap();
}

#[tokio::test]
async fn an_end_that_is_there_comes_before_the_last_piece_is_given_out() {
    for first in ["", "x"] {
        let (mut sender, upstream) = Channel::<Bytes, Infallible>::new(8);
        send(&mut sender, "AB").await;
        drop(sender);
        let whole = Transformed::new(upstream, Holding::default(), Duration::from_secs(300), None);
        let mut body = whole.beginning_with(Bytes::from_static(first.as_bytes()));
        let mut text = Vec::new();
        while !body.is_end_stream() {
            text.extend(body.frame().await.unwrap().unwrap().into_data().unwrap());
        }
        assert_eq!(
            (text, body.transform.ends),
            (format!("{first}ab").into_bytes(), 1)
        );
    }
}
