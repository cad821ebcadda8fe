mod kept;

use http::Request;
use llm_wire::Surface;

use super::*;
use crate::config::Config;

fn clients() -> Clients {
    let variables = [
        ("BAUTA_UPSTREAMS__MISTRAL__BASE_URL", "https://api.mistral.ai/v1"),
        ("BAUTA_UPSTREAMS__MISTRAL__API", "openai"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Clients::new(&Config::load(None, variables).unwrap()).unwrap()
}

fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn go(method: &str, target: &str) -> Result<Route, NoRoute> {
    route(&head(method, target, &[]), &clients(), &Limits::default(), true)
}

fn leads(method: &str, target: &str) -> (String, String, Option<Surface>) {
    let route = go(method, target).unwrap_or_else(|refused| panic!("{target}: {:?}", refused.error));
    (
        route.upstream.name.to_string(),
        route.target.path,
        route.handling.surface(),
    )
}

fn refusal(method: &str, target: &str) -> (Api, u16) {
    let refused = go(method, target)
        .err()
        .unwrap_or_else(|| panic!("{target} is routed"));
    (refused.api, refused.error.status().as_u16())
}

#[test]
fn every_documented_route_leads_somewhere() {
    use Surface::{AnthropicMessages, OpenAiChat, OpenAiCompletions, OpenAiEmbeddings, OpenAiResponses};
    for (target, upstream, path, surface) in [
        ("/v1/chat/completions", "openai", "/chat/completions", OpenAiChat),
        (
            "/openai/v1/chat/completions",
            "openai",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/openai/chat/completions",
            "openai",
            "/chat/completions",
            OpenAiChat,
        ),
        ("/v1/responses", "openai", "/responses", OpenAiResponses),
        ("/openai/v1/responses", "openai", "/responses", OpenAiResponses),
        (
            "/v1/responses/compact",
            "openai",
            "/responses/compact",
            OpenAiResponses,
        ),
        (
            "/v1/responses/input_tokens",
            "openai",
            "/responses/input_tokens",
            OpenAiResponses,
        ),
        ("/v1/embeddings", "openai", "/embeddings", OpenAiEmbeddings),
        ("/v1/completions", "openai", "/completions", OpenAiCompletions),
        ("/v1/messages", "anthropic", "/v1/messages", AnthropicMessages),
        (
            "/anthropic/v1/messages",
            "anthropic",
            "/v1/messages",
            AnthropicMessages,
        ),
        (
            "/anthropic/v1/messages/count_tokens",
            "anthropic",
            "/v1/messages/count_tokens",
            AnthropicMessages,
        ),
        (
            "/v1/messages/count_tokens",
            "anthropic",
            "/v1/messages/count_tokens",
            AnthropicMessages,
        ),
        ("/zai/v1/messages", "zai", "/v1/messages", AnthropicMessages),
        (
            "/zai/api/anthropic/v1/messages/count_tokens",
            "zai",
            "/v1/messages/count_tokens",
            AnthropicMessages,
        ),
        (
            "/deepseek/v1/chat/completions",
            "deepseek",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/deepseek/anthropic/v1/messages",
            "deepseek",
            "/v1/messages",
            AnthropicMessages,
        ),
        ("/zai/chat/completions", "zai", "/chat/completions", OpenAiChat),
        (
            "/zai/api/paas/v4/chat/completions",
            "zai",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/groq/v1/chat/completions",
            "groq",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/groq/openai/v1/chat/completions",
            "groq",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/google/v1beta/openai/chat/completions",
            "google",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/google/chat/completions",
            "google",
            "/chat/completions",
            OpenAiChat,
        ),
        (
            "/mistral/v1/chat/completions",
            "mistral",
            "/chat/completions",
            OpenAiChat,
        ),
    ] {
        assert_eq!(
            leads("POST", target),
            (upstream.into(), path.into(), Some(surface)),
            "{target}"
        );
    }
}

#[test]
fn an_api_is_met_at_its_own_base() {
    for (target, base) in [
        ("/zai/v1/messages", "/api/anthropic"),
        ("/zai/v1/chat/completions", "/api/paas/v4"),
        ("/deepseek/v1/messages", "/anthropic"),
        ("/deepseek/v1/chat/completions", ""),
    ] {
        let route = go("POST", target).unwrap_or_else(|_| panic!("{target}"));
        assert_eq!(route.upstream.base_path(), base, "{target}");
    }
    for (target, api) in [
        ("/zai/v1/messages/batches", Api::Anthropic),
        ("/zai/v1/files", Api::Openai),
    ] {
        assert_eq!(refusal("POST", target), (api, 404), "{target}");
    }
    assert_eq!(refusal("GET", "/zai/v1/messages"), (Api::Anthropic, 405));
}

#[test]
fn models_pass_through() {
    for (target, upstream, path) in [
        ("/v1/models", "openai", "/models"),
        ("/openai/v1/models/gpt-5.2", "openai", "/models/gpt-5.2"),
        ("/anthropic/v1/models", "anthropic", "/v1/models"),
        (
            "/anthropic/v1/models/claude-x",
            "anthropic",
            "/v1/models/claude-x",
        ),
        ("/groq/models", "groq", "/models"),
    ] {
        assert_eq!(
            leads("GET", target),
            (upstream.into(), path.into(), None),
            "{target}"
        );
    }
    let versioned = head("GET", "/v1/models", &[("anthropic-version", "2023-06-01")]);
    let route = route(&versioned, &clients(), &Limits::default(), true).unwrap_or_else(|_| panic!("routed"));
    assert_eq!(&*route.upstream.name, "anthropic");
}

#[test]
fn everything_else_is_unknown_in_the_providers_shape() {
    for target in [
        "/",
        "/v1",
        "/v1/",
        "/v1/files",
        "/v1/batches",
        "/v1/chat/completions/",
        "/v1/v2/chat/completions",
        "/v1/responses/resp_1/files",
        "/v1/responses/..",
        "/v1/conversations/conv_1/items/msg_1/x",
        "/v1/images/generations",
        "/unknown/v1/chat/completions",
        "/openai",
        "/v1/chat/completions.",
        "/V1/chat/completions",
        "/openai/v1/messages",
        "/v1/audio/speech",
    ] {
        assert_eq!(refusal("POST", target), (Api::Openai, 404), "{target}");
    }
    for target in [
        "/anthropic",
        "/anthropic/v1/complete",
        "/v1/messages/batches",
        "/anthropic/v1/chat/completions",
    ] {
        assert_eq!(refusal("POST", target), (Api::Anthropic, 404), "{target}");
    }
}

#[test]
fn odd_targets_are_refused() {
    for target in [
        "/openai//v1/chat/completions",
        "/openai/v1//chat/completions",
        "/openai/%2e%2e/v1/chat/completions",
        "/openai/v1/chat%2Fcompletions",
        "/v1/models/..%2f..",
        "http://api.openai.com/v1/chat/completions",
        "http://127.0.0.1:1/openai/v1/chat/completions",
    ] {
        assert_eq!(refusal("POST", target).1, 400, "{target}");
    }
    let long = format!("/v1/models?q={}", "a".repeat(5000));
    assert_eq!(refusal("GET", &long).1, 413);
}

#[test]
fn methods_are_exact() {
    for method in ["PUT", "PATCH", "DELETE", "HEAD", "GET"] {
        assert_eq!(refusal(method, "/v1/chat/completions").1, 405, "{method}");
    }
    assert_eq!(refusal("POST", "/v1/models").1, 405);
    assert_eq!(refusal("DELETE", "/v1/models/ft:mine").1, 405);
    assert_eq!(refusal("PUT", "/v1/responses").1, 405);
}

#[test]
fn a_get_of_responses_asks_for_a_socket() {
    for target in ["/v1/responses", "/openai/v1/responses", "/groq/v1/responses"] {
        let route = go("GET", target).unwrap_or_else(|_| panic!("{target}"));
        assert_eq!(route.handling, Handling::Socket, "{target}");
        assert_eq!(route.target.path, "/responses", "{target}");
    }
    let head = head("GET", "/v1/responses", &[]);
    let refused = route(&head, &clients(), &Limits::default(), false).err().unwrap();
    assert_eq!(refused.error, GatewayError::NoWebSocket);
    assert_eq!(refusal("GET", "/anthropic/v1/responses").1, 404);
}

#[test]
fn the_query_string_is_kept() {
    let route = go("POST", "/v1/messages?beta=true").unwrap_or_else(|_| panic!("routed"));
    assert_eq!(route.target.query.as_deref(), Some("beta=true"));
}

#[test]
fn a_base_url_that_is_not_quite_right_is_told_so() {
    let plain = GatewayError::UnknownRoute.to_string();
    for (target, api, told) in [
        (
            "/chat/completions",
            Api::Openai,
            "/v1/chat/completions is one: the base URL has to end in /v1",
        ),
        (
            "/responses",
            Api::Openai,
            "/v1/responses is one: the base URL has to end in /v1",
        ),
        (
            "/embeddings",
            Api::Openai,
            "/v1/embeddings is one: the base URL has to end in /v1",
        ),
        (
            "/models",
            Api::Openai,
            "/v1/models is one: the base URL has to end in /v1",
        ),
        (
            "/models/canary",
            Api::Openai,
            "/v1/models is one: the base URL has to end in /v1",
        ),
        (
            "/messages",
            Api::Anthropic,
            "/v1/messages is one: the base URL has to end in /v1",
        ),
        (
            "/v1/v1/messages",
            Api::Anthropic,
            "/v1/messages is one: /v1 stands in it more than once",
        ),
        (
            "/anthropic/v1/v1/messages",
            Api::Anthropic,
            "/anthropic/v1/messages is one: /v1 stands in it more",
        ),
        (
            "/openai/v1/v1/responses",
            Api::Openai,
            "/openai/v1/responses is one: /v1 stands in it more than once",
        ),
        (
            "/v1/v1/v1/models",
            Api::Openai,
            "/v1/models is one: /v1 stands in it more than once",
        ),
        (
            "/responses/resp_canary/cancel",
            Api::Openai,
            "/v1/responses is one: the base URL has to end in /v1",
        ),
        // Nothing is known about these.
        ("/canary", Api::Openai, plain.as_str()),
        ("/canary/v1/messages", Api::Openai, plain.as_str()),
        ("/v1/canary", Api::Openai, plain.as_str()),
        ("/v1/v1/canary", Api::Openai, plain.as_str()),
        ("/anthropic/v1/canary", Api::Anthropic, plain.as_str()),
        ("/", Api::Openai, plain.as_str()),
    ] {
        let refused = go("POST", target).err().unwrap();
        let message = refused.error.to_string();
        assert!(message.contains(told), "{target}: {message}");
        assert!(!message.contains("canary"), "{message}");
        assert_eq!(
            (refused.api, refused.error.status().as_u16()),
            (api, 404),
            "{target}"
        );
        assert_eq!(refused.error.code(), "unknown_route");
    }
}

#[test]
fn what_is_told_for_a_base_url_leads_somewhere() {
    for api in [Api::Openai, Api::Anthropic] {
        for endpoint in surface::endpoints(api) {
            let method = endpoint.handling.method();
            for target in [endpoint.path.to_owned(), format!("/v1/v1/v1{}", endpoint.path)] {
                let refused = go(method.as_str(), &target).err().unwrap();
                let GatewayError::BaseUrl { route, .. } = refused.error else {
                    panic!("{target}: {}", refused.error);
                };
                assert!(go(method.as_str(), &route).is_ok(), "{route}");
            }
        }
    }
}
