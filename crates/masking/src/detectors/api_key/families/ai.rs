//! Model providers and the tools around them.

use super::{Family, key};

pub(super) const FAMILIES: &[Family] = &[
    // platform.openai.com: project, service account, admin and older keys; the last hold `T3BlbkFJ` in the middle.
    key("openai", "sk-proj-{u:20-250}"),
    key("openai", "sk-svcacct-{u:20-250}"),
    key("openai", "sk-admin-{u:20-250}"),
    key("openai", "sk-None-{u:20-250}"),
    key("openai", "sess-{n:40}"),
    // console.anthropic.com: keys, admin keys, OAuth access and refresh tokens, sessions.
    key("anthropic", "sk-ant-api03-{u:20-130}"),
    key("anthropic", "sk-ant-admin01-{u:20-130}"),
    key("anthropic", "sk-ant-oat01-{u:20-130}"),
    key("anthropic", "sk-ant-ort01-{u:20-130}"),
    key("anthropic", "sk-ant-sid01-{u:20-130}"),
    key("anthropic", "sk-ant-{u:24-140}"),
    // Routers and observers that write `sk-` before their own name.
    key("openrouter", "sk-or-v1-{h:40-64}"),
    key("langfuse", "sk-lf-{uuid}"),
    key("helicone", "sk-helicone-{u:20-80}"),
    key("letta", "sk-let-{u:40-200}"),
    // DeepSeek and Alibaba's model studio use 32 hex digits, OpenAI's first keys 48 characters, Moonshot, Stability and
    // SiliconFlow 48 to 51, LiteLLM 22.
    key("deepseek", "sk-{h:32}"),
    key("openai", "sk-{n:20-64}"),
    key("litellm", "sk-{u:22}"),
    key("groq", "gsk_{n:48-60}"),
    key("xai", "xai-{n:60-100}"),
    key("perplexity", "pplx-{n:32-64}"),
    key("replicate", "r8_{n:37-40}"),
    key("huggingface", "hf_{n:30-40}"),
    key("huggingface", "api_org_{n:30-40}"),
    key("nvidia", "nvapi-{u:50-80}"),
    key("cerebras", "csk-{a:40-64}"),
    key("fireworks", "fw_{n:20-30}"),
    key("together", "tgp_v1_{u:40-50}"),
    key("elevenlabs", "sk_{h:48}"),
    key("anyscale", "esecret_{n:20-60}"),
    key("friendli", "flp_{n:40-64}"),
    key("runpod", "rpa_{n:38-50}"),
    key("e2b", "e2b_{h:40}"),
    key("mem0", "m0-{n:40}"),
    key("cursor", "key_{h:64}"),
    key("browserbase", "bb_live_{u:20-50}"),
    // Search and retrieval for agents.
    key("tavily", "tvly-{u:20-60}"),
    key("jina", "jina_{u:40-70}"),
    key("firecrawl", "fc-{h:32}"),
    key("brave", "BSA{u:27}"),
    key("pinecone", "pcsk_{w:50-90}"),
    // Traces and experiments.
    key("langsmith", "lsv2_pt_{h:32}_{h:10}"),
    key("langsmith", "lsv2_sk_{h:32}_{h:10}"),
    key("langsmith", "ls__{h:32}"),
    key("weights_and_biases", "wandb_v1_{w:40-100}"),
];
