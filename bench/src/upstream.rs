//! The fake upstream: fixed answers, as fast as it goes, so that what is measured is what stands before it.

use std::convert::Infallible;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

type Body = http_body_util::combinators::BoxBody<Bytes, Infallible>;

/// Deltas of the streamed answer.
pub(crate) const DELTAS: usize = 141;

/// Serves until it is killed; prints `listening on ADDRESS`.
pub(crate) fn serve() -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            println!("listening on {}", listener.local_addr()?);
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let serving = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer));
                tokio::spawn(async move { drop(serving.await) });
            }
        })
}

async fn answer(request: Request<Incoming>) -> Result<Response<Body>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    let (kind, body) = if wants_stream(&body) {
        ("text/event-stream", events())
    } else {
        ("application/json", whole())
    };
    let response = Response::builder().header("content-type", kind).body(body);
    Ok(response.unwrap_or_else(|_| Response::new(whole())))
}

/// Bodies of this harness say so at the start, others (a gateway may reorder keys) anywhere.
fn wants_stream(body: &[u8]) -> bool {
    let asks = |part: &[u8]| part.windows(13).any(|window| window == b"\"stream\":true");
    asks(&body[..body.len().min(200)]) || asks(&body[body.len().saturating_sub(200)..])
}

fn whole() -> Body {
    const ANSWER: &str = r#"{"id":"chatcmpl-bench","object":"chat.completion","created":1760000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"The parcel left the depot this morning and will arrive tomorrow before noon; I have noted the refund of the shipping cost, and the customer gets a message as soon as the carrier confirms it."},"finish_reason":"stop"}],"usage":{"prompt_tokens":512,"completion_tokens":48,"total_tokens":560}}"#;
    Full::new(Bytes::from_static(ANSWER.as_bytes())).boxed()
}

fn events() -> Body {
    let delta = |nth: usize| {
        let text = [
            "The", " parcel", " left", " the", " depot", " this", " morning", ",",
        ][nth % 8];
        format!(
            "data: {{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"gpt-4o-mini\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
        )
    };
    let end = "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let mut chunks: Vec<String> = (0..DELTAS).map(delta).collect();
    chunks.push(end.to_owned());
    // Each chunk is a turn of the event loop, as a model's token is: otherwise one write carries them all.
    StreamBody::new(Paced {
        chunks: chunks.into_iter(),
        yielded: false,
    })
    .boxed()
}

struct Paced {
    chunks: std::vec::IntoIter<String>,
    yielded: bool,
}

impl futures_core::Stream for Paced {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        if !self.yielded {
            self.yielded = true;
            context.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        self.yielded = false;
        std::task::Poll::Ready(
            self.chunks
                .next()
                .map(|chunk| Ok(Frame::data(Bytes::from(chunk)))),
        )
    }
}
