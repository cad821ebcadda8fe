//! Providers that are known without configuration, and the hosts that belong to providers.

use super::Api;

/// A provider that needs no configuration.
pub(in crate::config) struct BuiltIn {
    pub(in crate::config) name: &'static str,
    pub(in crate::config) api: Api,
    pub(in crate::config) base_url: &'static str,
    /// Its own hosts: a base URL under this name stays on them.
    hosts: &'static [&'static str],
}

/// Base URLs as the providers document them for OpenAI- or Anthropic-compatible clients.
pub(in crate::config) const BUILT_IN: [BuiltIn; 5] = [
    BuiltIn {
        name: "openai",
        api: Api::Openai,
        base_url: "https://api.openai.com/v1",
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
        api: Api::Anthropic,
        base_url: "https://api.anthropic.com",
        hosts: &["api.anthropic.com"],
    },
    BuiltIn {
        name: "zai",
        api: Api::Openai,
        base_url: "https://api.z.ai/api/paas/v4",
        hosts: &["api.z.ai", "open.bigmodel.cn"],
    },
    BuiltIn {
        name: "groq",
        api: Api::Openai,
        base_url: "https://api.groq.com/openai/v1",
        hosts: &["api.groq.com"],
    },
    BuiltIn {
        name: "google",
        api: Api::Openai,
        base_url: "https://generativelanguage.googleapis.com/v1beta/openai",
        hosts: &["generativelanguage.googleapis.com"],
    },
];

/// Hosts of other providers that an upstream of the operator's own may name without a dangerous switch.
const OTHER_OFFICIAL: [&str; 14] = [
    "api.cerebras.ai",
    "api.cohere.ai",
    "api.deepseek.com",
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

/// Whether `host` belongs to the provider `name`, or to any known provider when the name is not built in.
pub(in crate::config) fn is_official(name: &str, host: &str) -> bool {
    match BUILT_IN.iter().find(|provider| provider.name == name) {
        Some(provider) => provider.hosts.contains(&host),
        None => {
            BUILT_IN.iter().any(|provider| provider.hosts.contains(&host)) || OTHER_OFFICIAL.contains(&host)
        }
    }
}
