//! What goes wrong at the provider reaches the caller as it is, with values restored and never as a clean end.

use e2e::{
    caller::events,
    canary::{self, EMAIL, LETTER},
    fake::{End, FakeProvider, Fault, Reply},
    gateway::Gateway,
};
use http::Method;
use http_body_util::BodyExt;

use crate::support::{Outcome, Pair, Surface, error_of};

#[tokio::test(flavor = "multi_thread")]
async fn provider_errors_pass_with_their_status_and_headers() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for stream in [false, true] {
            for status in [400, 401, 403, 404, 422, 429, 500, 503, 529] {
                pair.fake
                    .script([Reply::fault(status, "cannot write to {{EMAIL}}")]);
                let answer = pair
                    .caller()
                    .post(surface.path(), &surface.ask(EMAIL, stream))
                    .await?;
                assert_eq!(
                    error_of(&answer, surface.path(), status),
                    format!("cannot write to {EMAIL}")
                );
                if status == 429 {
                    assert_eq!(answer.header("retry-after"), Some("1"));
                }
                let id = if surface == Surface::Messages {
                    "request-id"
                } else {
                    "x-request-id"
                };
                assert!(
                    answer.header(id).is_some_and(|id| id.starts_with("req_")),
                    "{surface:?} {status}"
                );
            }
        }
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_does_not_retry() -> Outcome {
    let pair = Pair::new().await?;
    for (count, status) in [408, 409, 429, 500, 502, 503].into_iter().enumerate() {
        pair.fake.script([Reply::fault(status, "later")]);
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask("hi", false))
            .await?;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(pair.fake.requests().len(), count + 1);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_inside_a_stream_is_passed_on() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::RICH {
        let fault = Some(Fault {
            message: "overloaded for {{EMAIL}}".into(),
            ..Fault::default()
        });
        pair.fake.script([Reply {
            end: End::Error(8),
            piece: 2,
            fault,
            ..Reply::default()
        }]);
        let events = pair
            .caller()
            .post(surface.path(), &surface.ask(LETTER, true))
            .await?
            .ok()?
            .events();
        let last = events.last().expect("an event");
        assert!(
            last.data.contains(&format!("overloaded for {EMAIL}")),
            "{surface:?}: {}",
            last.data
        );
        assert!(!surface.is_complete(&events), "{surface:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_is_never_a_clean_end() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for stream in [false, true] {
            for cut in [0, 1, 150, 700] {
                pair.fake.script([Reply {
                    end: End::Cut(cut),
                    piece: 2,
                    ..Reply::text("{{user}} {{user}}")
                }]);
                let body = surface.ask(LETTER, stream).to_string();
                let Ok(answer) = pair.caller().open(Method::POST, surface.path(), body).await else {
                    continue;
                };
                let status = answer.status();
                let whole = answer
                    .into_body()
                    .collect()
                    .await
                    .map(http_body_util::Collected::to_bytes);
                let failed = match &whole {
                    Err(_) => true,
                    Ok(body) if stream && status.is_success() => {
                        let events = events(&String::from_utf8_lossy(body));
                        !surface.is_complete(&events)
                            && events.last().is_some_and(|event| event.data.contains("error"))
                    }
                    Ok(_) => status.is_server_error(),
                };
                assert!(failed, "{surface:?} {stream} {cut}: {status} {whole:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_what_it_says_is_not_made_good() -> Outcome {
    let pair = Pair::new().await?;
    for body in ["{\"choices\":[", "not json at all", "\u{feff}{}"] {
        pair.fake.script([Reply::raw(body)]);
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(EMAIL, false))
            .await?;
        let expected = if body.ends_with("{}") {
            (200, "{}")
        } else {
            (502, "")
        };
        assert_eq!(answer.status.as_u16(), expected.0, "{body}");
        assert!(answer.text().starts_with(expected.1), "{}", answer.text());
    }
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let headers = vec![("content-encoding".into(), coding.into())];
        pair.fake.script([Reply {
            headers,
            ..Reply::raw("{\"plain\": \"json\"}")
        }]);
        let body = Surface::Chat.ask("hi", false).to_string();
        let answer = pair
            .caller()
            .open(Method::POST, Surface::Chat.path(), body)
            .await?;
        let (status, body) = (answer.status(), answer.into_body().collect().await);
        assert!(status.is_server_error() || body.is_err(), "{coding}: {status}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_not_there_is_said_to_be() -> Outcome {
    let gone = FakeProvider::start().await?;
    let gateway = {
        // Bound and dropped: nobody listens on this port any more.
        let unused = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let setup = Gateway::before(&gone).set("UPSTREAMS__OPENAI__BASE_URL", &format!("http://{unused}/v1"));
        setup
            .set("UPSTREAMS__ANTHROPIC__BASE_URL", &format!("http://{unused}"))
            .start()
            .await?
    };
    for surface in Surface::ALL {
        let answer = gateway
            .caller()
            .post(surface.path(), &surface.ask(LETTER, false))
            .await?;
        let message = error_of(&answer, surface.path(), 502);
        assert!(!canary::occurs(message.as_bytes(), EMAIL), "{message}");
    }
    Ok(())
}
