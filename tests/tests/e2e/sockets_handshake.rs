//! The request for a socket: who gets one, what of it leaves, what of the provider's answer comes back.

use e2e::{
    canary::{self, API_KEY, EMAIL},
    fake::{FakeProvider, Reply},
    gateway::Gateway,
    socket::{Handshake, said},
};

use crate::{
    leaks_wire::raw,
    sockets::{PATH, Side, create, handshake, open, turns},
    support::{Outcome, Pair, error_of},
};

const KEY: &str = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const VERSION: &str = "sec-websocket-version: 13\r\n";
const UPGRADE: &str = "upgrade: websocket\r\nconnection: Upgrade, close\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn l21_what_is_no_handshake_is_refused_over_http() -> Outcome {
    let pair = Pair::new().await?;
    let close = "connection: close\r\n";
    for (version, headers, expected) in [
        ("1.1", close.to_owned(), "426 websocket_upgrade_required"),
        (
            "1.1",
            format!("{close}{KEY}{VERSION}"),
            "426 websocket_upgrade_required",
        ),
        (
            "1.1",
            format!("{close}upgrade: h2c\r\n{KEY}{VERSION}"),
            "426 websocket_upgrade_required",
        ),
        (
            "1.1",
            format!("{UPGRADE}{KEY}"),
            "426 unsupported_websocket_version",
        ),
        (
            "1.1",
            format!("{UPGRADE}{KEY}sec-websocket-version: 8\r\n"),
            "426 unsupported_websocket_version",
        ),
        (
            "1.1",
            format!("{UPGRADE}{VERSION}"),
            "400 bad_websocket_handshake",
        ),
        (
            "1.1",
            format!("{UPGRADE}{VERSION}{KEY}{KEY}"),
            "400 bad_websocket_handshake",
        ),
        (
            "1.1",
            format!("{UPGRADE}{VERSION}sec-websocket-key: c2hvcnQ=\r\n"),
            "400 bad_websocket_handshake",
        ),
        (
            "1.1",
            format!("{UPGRADE}{VERSION}sec-websocket-key: {EMAIL}\r\n"),
            "400 bad_websocket_handshake",
        ),
        (
            "1.0",
            format!("{UPGRADE}{VERSION}{KEY}"),
            "400 bad_websocket_handshake",
        ),
    ] {
        for path in [PATH, "/openai/v1/responses"] {
            let answer = raw(
                &pair,
                &format!("GET {path} HTTP/{version}\r\nhost: x\r\n{headers}\r\n"),
            )
            .await?;
            let (status, code) = expected.split_once(' ').unwrap_or_default();
            assert!(
                answer.get(9..12) == Some(status) && answer.contains(code),
                "{headers}: {answer}"
            );
            if code == "unsupported_websocket_version" {
                let answer = answer.to_lowercase();
                assert!(answer.contains("sec-websocket-version: 13"), "{answer}");
            }
        }
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_sockets_says_so() -> Outcome {
    let pair = Pair::with(|setup| setup.set("WEBSOCKET__ENABLED", "false")).await?;
    let refused = handshake(&pair).refused().await?;
    error_of(&refused, PATH, 426);
    assert_eq!(refused.json()["error"]["code"], "websocket_not_served");
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_and_routes_are_checked_before_the_upgrade() -> Outcome {
    let fake = FakeProvider::start().await?;
    let gateway = Gateway::before(&fake)
        .set("SERVER__AUTH", "gateway_keys")
        .set("GATEWAY_KEYS__ANNA", &"0".repeat(64))
        .set("UPSTREAMS__OPENAI__API_KEY", "held-openai-key")
        .start()
        .await?;
    let refused = Handshake::new(gateway.url(), PATH).refused().await?;
    error_of(&refused, PATH, 401);
    let pair = Pair::new().await?;
    for path in [
        "/nowhere/v1/responses",
        "/v1/chat/completions",
        "/v1/responses/resp_1",
    ] {
        let refused = Handshake::new(pair.gateway.url(), path).refused().await?;
        assert!(refused.status.is_client_error(), "{path}: {}", refused.status);
    }
    let refused = Handshake::new(pair.gateway.url(), "/nowhere/v1/responses");
    assert_eq!(refused.refused().await?.status.as_u16(), 404);
    assert!(fake.handshakes().is_empty() && pair.fake.handshakes().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l21_extensions_and_sub_protocols_are_declined() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let ask = handshake(&pair)
            .with(
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits",
            )
            .with(
                "sec-websocket-protocol",
                "realtime, openai-insecure-api-key.sk-secret",
            );
        let mut socket = ask.open().await?;
        for name in ["sec-websocket-extensions", "sec-websocket-protocol"] {
            assert_eq!(socket.header(name), None, "{side:?}");
        }
        assert_eq!(said(&socket.turn(&create("hello", None)).await?), "hello");
        for request in pair.fake.requests() {
            assert_eq!(request.header("sec-websocket-protocol"), None, "{side:?}");
            assert_eq!(request.header("sec-websocket-extensions"), None, "{side:?}");
        }
        canary::assert_none_reached(&pair.fake, &["sk-secret"]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l13_headers_of_a_handshake_leave_by_an_allow_list() -> Outcome {
    let stay = [
        "cookie",
        "baggage",
        "traceparent",
        "x-codex-turn-metadata",
        "x-codex-turn-state",
        "x-stainless-os",
        "x-forwarded-for",
        "referer",
        "x-anything",
    ];
    let leave = [
        ("authorization", "Bearer test-credential"),
        ("openai-organization", "org-1"),
        ("openai-project", "proj-1"),
        ("originator", "codex_cli_rs"),
        ("session-id", "0199-aa"),
        ("thread-id", "0199-bb"),
        ("x-responsesapi-include-timing-metrics", "true"),
        ("user-agent", "codex/1.0"),
    ];
    for side in Side::BOTH {
        let pair = side.pair().await?;
        let mut ask = stay
            .iter()
            .fold(handshake(&pair), |ask, name| ask.with(name, "stays.here"));
        for (name, value) in leave {
            ask = ask.with(name, value);
        }
        let mut socket = ask.open().await?;
        socket.turn(&create("hello", None)).await?;
        let requests = pair.fake.requests();
        assert!(requests.len() >= 2, "{side:?}");
        for request in &requests {
            for name in stay {
                assert_eq!(request.header(name), None, "{side:?}: {} {name}", request.method);
            }
            for (name, value) in leave {
                assert_eq!(
                    request.header(name),
                    Some(value),
                    "{side:?}: {} {name}",
                    request.method
                );
            }
        }
        let betas: Vec<_> = requests
            .iter()
            .map(|request| request.header("openai-beta"))
            .collect();
        assert_eq!(betas[0], Some("responses_websockets=2026-02-06"));
        // It means nothing over HTTP.
        let last = betas.last().copied().flatten();
        assert_eq!(last.is_some(), side == Side::Socket, "{side:?}: {last:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l13_l14_a_private_value_in_a_handshake_refuses_it() -> Outcome {
    for side in Side::BOTH {
        let pair = side.pair().await?;
        if side == Side::Stream {
            // From then on the upstream is known to have no sockets.
            open(&pair).await?;
        }
        let before = pair.fake.requests().len();
        for value in [EMAIL, API_KEY] {
            for name in ["openai-organization", "openai-beta", "originator", "user-agent"] {
                let refused = handshake(&pair)
                    .with(name, &format!("a {value}"))
                    .refused()
                    .await?;
                let message = error_of(&refused, PATH, 400);
                canary::assert_none_in("a refusal", message.as_bytes(), &[value]);
            }
            let path = format!("{PATH}?to={}", value.replace('@', "%40"));
            let refused = Handshake::new(pair.gateway.url(), &path).refused().await?;
            error_of(&refused, PATH, 400);
        }
        assert_eq!(pair.fake.requests().len(), before, "{side:?}");
        canary::assert_none_reached(&pair.fake, &[EMAIL, API_KEY]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l20_headers_of_the_upgrade_come_back_by_a_list() -> Outcome {
    let pair = Side::Socket.pair().await?;
    let socket = open(&pair).await?;
    for (name, value) in [("openai-model", "gpt-fake"), ("x-reasoning-included", "true")] {
        assert_eq!(socket.header(name), Some(value), "{name}");
    }
    for name in ["x-models-etag", "x-request-id", "x-ratelimit-remaining-requests"] {
        assert!(socket.header(name).is_some(), "{name}: {:?}", socket.headers());
    }
    for name in [
        "set-cookie",
        "via",
        "server",
        "cf-ray",
        "content-type",
        "location",
    ] {
        assert_eq!(socket.header(name), None, "{name}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_refusal_of_the_caller_is_passed_on() -> Outcome {
    for status in [401, 429] {
        let pair = Pair::new().await?;
        pair.fake.refuse_sockets(Reply::fault(status, "not for you"));
        let refused = handshake(&pair).refused().await?;
        assert_eq!(error_of(&refused, PATH, status), "not for you");
        assert_eq!(refused.header("retry-after").is_some(), status == 429);
        for name in ["set-cookie", "x-codex-turn-state", "via"] {
            assert_eq!(refused.header(name), None, "{name}");
        }
        // It says nothing about sockets.
        pair.fake.set(e2e::fake::Settings::default());
        let mut socket = open(&pair).await?;
        socket.turn(&create("hello", None)).await?;
        assert_eq!(pair.fake.frames().len(), 1);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_side_is_chosen_as_configured_and_remembered() -> Outcome {
    let rule = |rule: &'static str| {
        move |setup: e2e::gateway::Setup| setup.set("UPSTREAMS__OPENAI__WEBSOCKET", rule)
    };
    // A provider in trouble is asked again, one without sockets is not.
    for (status, attempts) in [(404, 1), (426, 1), (501, 1), (503, 2)] {
        let pair = Pair::new().await?;
        pair.fake.refuse_sockets(Reply::fault(status, "no sockets here"));
        for _ in 0..2 {
            let mut socket = open(&pair).await?;
            assert_eq!(said(&socket.turn(&create("hello", None)).await?), "hello");
        }
        assert_eq!(pair.fake.handshakes().len(), attempts, "{status}");
        assert_eq!(
            turns(&pair).iter().filter(|turn| turn.method == "POST").count(),
            2
        );
    }
    let pair = Pair::with(rule("never")).await?;
    let mut socket = open(&pair).await?;
    socket.turn(&create("hello", None)).await?;
    assert_eq!((pair.fake.handshakes().len(), turns(&pair).len()), (0, 1));
    let pair = Pair::with(rule("always")).await?;
    pair.fake.refuse_sockets(Reply::fault(404, "no sockets here"));
    for attempts in 1..3 {
        let refused = handshake(&pair).refused().await?;
        assert_eq!(error_of(&refused, PATH, 404), "no sockets here");
        assert_eq!(pair.fake.handshakes().len(), attempts);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_alias_and_other_upstreams_serve_sockets() -> Outcome {
    let fake = FakeProvider::start().await?;
    let gateway = Gateway::before(&fake)
        .set("UPSTREAMS__OWN__BASE_URL", &format!("{}/own/v1", fake.url()))
        .set("UPSTREAMS__OWN__API", "openai")
        .start()
        .await?;
    for (path, target) in [
        ("/v1/responses", "/v1/responses"),
        ("/openai/v1/responses", "/v1/responses"),
        ("/own/v1/responses", "/own/v1/responses"),
        ("/own/v1/responses?a=1", "/own/v1/responses?a=1"),
    ] {
        let mut socket = Handshake::new(gateway.url(), path).open().await?;
        let events = socket.turn(&create(EMAIL, None)).await?;
        assert_eq!(said(&events), EMAIL, "{path}: {events:?}");
        let frame = fake.frames().pop();
        assert_eq!(frame.map(|frame| frame.target).as_deref(), Some(target), "{path}");
    }
    canary::assert_none_reached(&fake, &[EMAIL]);
    Ok(())
}
