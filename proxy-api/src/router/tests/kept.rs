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

#[test]
fn azure_keeps_below_its_roots() {
    let azure = [(
        "BAUTA_UPSTREAMS__AZURE__BASE_URL".to_owned(),
        "https://r.openai.azure.com".to_owned(),
    )];
    let clients = Clients::new(&Config::load(None, azure).unwrap()).unwrap();
    let go = |target: &str| route(&head("GET", target, &[]), &clients, &Limits::default(), true);
    for (target, root) in [
        ("/azure/openai/v1/responses/resp_1", "/openai/v1"),
        ("/azure/openai/responses/resp_1?api-version=1", "/openai"),
        ("/azure/v1/responses/resp_1", "/openai/v1"),
    ] {
        let route = go(target).unwrap_or_else(|_| panic!("{target}"));
        assert_eq!(route.handling, Handling::Kept(Deed::Read), "{target}");
        assert_eq!(
            (&*route.target.root, &*route.target.path),
            (root, "/responses/resp_1"),
            "{target}"
        );
        assert_eq!(route.named.ids, ["resp_1"], "{target}");
    }
    for target in ["/azure/openai/files", "/azure/openai/v1/files/file_1"] {
        let error = go(target).err().unwrap().error;
        assert!(matches!(error, GatewayError::NotServed(_)), "{target}: {error}");
    }
}
