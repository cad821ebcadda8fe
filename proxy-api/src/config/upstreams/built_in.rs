//! Providers that are known without configuration, and the hosts that belong to providers.

use super::{Api, BaseUrl};

/// A provider that needs no configuration.
pub(in crate::config) struct BuiltIn {
    pub(in crate::config) name: &'static str,
    openai: Option<&'static str>,
    anthropic: Option<&'static str>,
    /// Its own hosts: a base URL under this name stays on them.
    hosts: &'static [&'static str],
}

impl BuiltIn {
    /// Where it has an API, if it does.
    pub(in crate::config) fn base_url(&self, api: Api) -> Option<BaseUrl> {
        let text = match api {
            Api::Openai => self.openai,
            Api::Anthropic => self.anthropic,
        };
        text.map(|text| {
            text.to_owned()
                .try_into()
                .expect("built-in base URLs are well-formed")
        })
    }
}

/// Base URLs as the providers document them for OpenAI- or Anthropic-compatible clients.
pub(in crate::config) const BUILT_IN: [BuiltIn; 6] = [
    BuiltIn {
        name: "openai",
        openai: Some("https://api.openai.com/v1"),
        anthropic: None,
        // chatgpt.com serves coding agents that sign in with a ChatGPT account.
        hosts: &[
            "api.openai.com",
            "eu.api.openai.com",
            "us.api.openai.com",
            "chatgpt.com",
        ],
    },
    BuiltIn {
        name: "anthropic",
        openai: None,
        anthropic: Some("https://api.anthropic.com"),
        hosts: &["api.anthropic.com"],
    },
    BuiltIn {
        name: "deepseek",
        openai: Some("https://api.deepseek.com"),
        anthropic: Some("https://api.deepseek.com/anthropic"),
        hosts: &["api.deepseek.com"],
    },
    BuiltIn {
        name: "zai",
        openai: Some("https://api.z.ai/api/paas/v4"),
        anthropic: Some("https://api.z.ai/api/anthropic"),
        hosts: &["api.z.ai", "open.bigmodel.cn"],
    },
    BuiltIn {
        name: "groq",
        openai: Some("https://api.groq.com/openai/v1"),
        anthropic: None,
        hosts: &["api.groq.com"],
    },
    BuiltIn {
        name: "google",
        openai: Some("https://generativelanguage.googleapis.com/v1beta/openai"),
        anthropic: None,
        hosts: &["generativelanguage.googleapis.com"],
    },
];

/// Hosts of other providers that an upstream of the operator's own may name without a dangerous switch.
const OTHER_OFFICIAL: [&str; 13] = [
    "api.cerebras.ai",
    "api.cohere.ai",
    "api.fireworks.ai",
    "api.minimax.io",
    "api.mistral.ai",
    "api.moonshot.ai",
    "api.moonshot.cn",
    "api.perplexity.ai",
    "api.sambanova.ai",
    "api.together.xyz",
    "api.x.ai",
    "dashscope.aliyuncs.com",
    "openrouter.ai",
];

/// The upstream that is on Azure wherever its host is: a private endpoint has a name of its own.
pub(crate) const AZURE: &str = "azure";

/// Every resource on Azure has a host of its own below one of these.
const AZURE_HOSTS: [&str; 3] = [
    ".openai.azure.com",
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
];

/// Whether `host` is a resource's on Azure.
pub(in crate::config) fn is_azure(host: &str) -> bool {
    let resource = AZURE_HOSTS.iter().find_map(|domain| host.strip_suffix(domain));
    resource.is_some_and(|resource| !resource.is_empty())
}

/// Whether `host` belongs to the provider `name`, or to any known provider when the name is not built in.
pub(in crate::config) fn is_official(name: &str, host: &str) -> bool {
    match BUILT_IN.iter().find(|provider| provider.name == name) {
        Some(provider) => provider.hosts.contains(&host),
        None => {
            BUILT_IN.iter().any(|provider| provider.hosts.contains(&host))
                || OTHER_OFFICIAL.contains(&host)
                || is_azure(host)
        }
    }
}
