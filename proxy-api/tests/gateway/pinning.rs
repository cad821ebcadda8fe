//! Where requests can go: the configured host, whatever the caller says.

use http::Request;

use crate::support::{Gateway, Upstream, chat, post, whole};

#[tokio::test]
async fn the_callers_host_does_not_choose_the_upstream() {
    let upstream = Upstream::start().await;
    let other = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let mut request = post("/v1/chat/completions")
        .body(whole(chat("hello").to_string()))
        .unwrap();
    request
        .headers_mut()
        .insert("host", other.address.to_string().parse().unwrap());
    request
        .headers_mut()
        .append("x-forwarded-host", other.address.to_string().parse().unwrap());
    assert_eq!(gateway.send(request).await.status, 200);
    assert_eq!(upstream.only().headers["host"], upstream.address.to_string());
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let upstream = Upstream::start().await;
    let by_name = |name: &str| format!("http://{name}:{}/v1", upstream.address.port());
    // Most systems resolve names below `localhost` to loopback (RFC 6761, 6.3); where not, nothing is reached either.
    let sneaky = by_name("api.localhost");
    let gateway = Gateway::with(&upstream, &[("UPSTREAMS__OPENAI__BASE_URL", &sneaky)]).await;
    let answer = gateway.chat(&chat("hello")).await;
    assert_eq!(answer.status, 502);
    assert!(["upstream_address_refused", "upstream_unreachable"].contains(&answer.code().as_str()));
    assert!(upstream.seen().is_empty());

    let plain = by_name("localhost");
    let gateway = Gateway::with(&upstream, &[("UPSTREAMS__OPENAI__BASE_URL", &plain)]).await;
    assert_eq!(gateway.chat(&chat("hello")).await.status, 200);
}

#[tokio::test]
async fn only_the_local_upstream_may_not_be_public() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    // No upstream of that name: not even a path leads out.
    for path in [
        "/local/v1/chat/completions",
        "/127.0.0.1:1/v1/chat/completions",
        "/@evil.example/v1/models",
    ] {
        let request = Request::post(path).header("host", "g").body(whole("{}")).unwrap();
        assert_eq!(gateway.send(request).await.status, 404, "{path}");
    }
    assert!(upstream.seen().is_empty());
}
