//! Routes to what the provider keeps.

use super::*;

#[test]
fn what_is_kept_is_asked_for_by_id() {
    for (method, target, path, deed) in [
        ("GET", "/v1/responses/resp_1", "/responses/resp_1", Deed::Read),
        (
            "DELETE",
            "/openai/v1/responses/resp_1",
            "/responses/resp_1",
            Deed::Forget,
        ),
        (
            "POST",
            "/groq/v1/responses/resp_1/cancel",
            "/responses/resp_1/cancel",
            Deed::Cancel,
        ),
        ("POST", "/v1/conversations", "/conversations", Deed::Begin),
        (
            "POST",
            "/v1/conversations/conv_1/items",
            "/conversations/conv_1/items",
            Deed::Add,
        ),
        (
            "DELETE",
            "/v1/conversations/conv_1/items/msg_1",
            "/conversations/conv_1/items/msg_1",
            Deed::Remove,
        ),
    ] {
        let route = go(method, target).unwrap_or_else(|_| panic!("{target}"));
        assert_eq!(
            (route.handling, &*route.target.path),
            (Handling::Kept(deed), path),
            "{target}"
        );
    }
    assert_eq!(refusal("PUT", "/v1/responses/resp_1").1, 405);
    assert_eq!(refusal("GET", "/v1/conversations").1, 405);
    assert_eq!(refusal("GET", "/anthropic/v1/responses/resp_1").1, 404);
}

#[test]
fn a_stream_that_goes_on_is_asked_for_from_its_beginning() {
    for (query, sent, had) in [
        ("stream=true&starting_after=7", Some("stream=true"), Some(7)),
        ("starting_after=0", None, Some(0)),
        ("starting%5fafter=3&include=a", Some("include=a"), Some(3)),
        ("include=a", Some("include=a"), None),
    ] {
        let route = go("GET", &format!("/v1/responses/resp_1?{query}")).unwrap_or_else(|_| panic!("{query}"));
        assert_eq!(
            (route.target.query.as_deref(), route.named.had),
            (sent, had),
            "{query}"
        );
    }
}
