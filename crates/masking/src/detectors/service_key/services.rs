//! The table of services whose keys have no mark of their own.

/// A service, what it is called, and what its keys look like.
#[derive(Debug)]
pub(super) struct Service {
    /// Names the detector: `api_key.PROVIDER`.
    pub(super) provider: &'static str,
    /// ASCII lower-case names that wake the rule.
    pub(super) names: &'static [&'static str],
    /// What a key looks like, in the language of [`Shape`](super::Shape).
    pub(super) shapes: &'static [&'static str],
}

const fn service(
    provider: &'static str,
    names: &'static [&'static str],
    shapes: &'static [&'static str],
) -> Service {
    Service {
        provider,
        names,
        shapes,
    }
}

pub(super) const SERVICES: &[Service] = &[
    // Models and search.
    service("mistral", &["mistral"], &["{n:32}"]),
    service("cohere", &["cohere", "co_api_key"], &["{n:40}"]),
    service(
        "together",
        &["togetherai", "together.ai", "together_api"],
        &["{h:64}"],
    ),
    service("ai21", &["ai21"], &["{n:32}"]),
    service("voyage", &["voyage"], &["pa-{u:43}", "al-{u:43}"]),
    service(
        "zhipu",
        &["zhipu", "bigmodel", "chatglm", "zai_api"],
        &["{h:32}.{n:16}"],
    ),
    service("elevenlabs", &["elevenlabs", "eleven_api"], &["{h:32}"]),
    service("deepgram", &["deepgram"], &["{h:40}"]),
    service("assemblyai", &["assemblyai"], &["{h:32}"]),
    service("weights_and_biases", &["wandb", "weights & biases"], &["{h:40}"]),
    service("baseten", &["baseten"], &["{n:8}.{n:32}"]),
    service("modal", &["modal"], &["ak-{n:22}", "as-{n:22}"]),
    service("serpapi", &["serpapi"], &["{h:64}"]),
    service("serper", &["serper"], &["{h:40}"]),
    service("exa", &["exa_api"], &["{uuid}"]),
    service("sambanova", &["sambanova"], &["{uuid}"]),
    // Clouds and networks.
    service("azure", &["azure", "cognitive services"], &["{h:32}", "{n:84}"]),
    service("cloudflare", &["cloudflare", "cf_api"], &["{u:40}", "{h:37}"]),
    service("linode", &["linode"], &["{h:64}"]),
    service("vultr", &["vultr"], &["{A:36}"]),
    service("hetzner", &["hetzner", "hcloud"], &["{n:64}"]),
    service("heroku", &["heroku"], &["{uuid}"]),
    service("railway", &["railway"], &["{uuid}"]),
    service("netlify", &["netlify"], &["{u:43}"]),
    service("fastly", &["fastly"], &["{u:32}"]),
    service("ngrok", &["ngrok"], &["{n:27}_{n:21}"]),
    service("okta", &["okta"], &["00{u:40}"]),
    service("auth0", &["auth0"], &["{u:64}"]),
    service("infisical", &["infisical"], &["st.{h:24}.{h:32}.{h:32}"]),
    service("launchdarkly", &["launchdarkly"], &["api-{uuid}", "sdk-{uuid}"]),
    // Monitoring.
    service("datadog", &["datadog", "dd_api", "dd_app"], &["{h:32}", "{h:40}"]),
    service("rollbar", &["rollbar"], &["{h:32}"]),
    service("sentry", &["sentry"], &["{h:64}"]),
    service("new_relic", &["newrelic", "new relic", "new_relic"], &["{h:40}"]),
    service("sumologic", &["sumologic", "sumo logic"], &["{n:64}"]),
    service("pagerduty", &["pagerduty"], &["{u:20}"]),
    service("opsgenie", &["opsgenie"], &["{uuid}"]),
    // Code.
    service("bitbucket", &["bitbucket"], &["{n:32}"]),
    service("travis", &["travis"], &["{n:22}"]),
    service("circleci", &["circleci"], &["{h:40}"]),
    service("codecov", &["codecov"], &["{uuid}", "{h:32}"]),
    service("snyk", &["snyk"], &["{uuid}"]),
    service("artifactory", &["artifactory", "jfrog"], &["{n:64}", "{n:73}"]),
    // Messages.
    service("twilio", &["twilio"], &["{h:32}", "SK{h:32}"]),
    service("mailgun", &["mailgun"], &["{h:32}-{h:8}-{h:8}", "{h:32}"]),
    service("resend", &["resend"], &["re_{n:8}_{n:24}"]),
    service("mandrill", &["mandrill"], &["md-{u:22}", "{u:22}"]),
    service("postmark", &["postmark"], &["{uuid}"]),
    service("vonage", &["vonage", "nexmo"], &["{n:16}"]),
    service("messagebird", &["messagebird"], &["{n:25}"]),
    service("sendbird", &["sendbird"], &["{h:40}"]),
    service("mattermost", &["mattermost"], &["{a:26}"]),
    service("twitter", &["twitter"], &["{n:25}", "{n:45}", "{n:50}"]),
    service("twitch", &["twitch"], &["{a:30}"]),
    service("spotify", &["spotify"], &["{h:32}"]),
    service("discord", &["discord"], &["{u:32}"]),
    // Work.
    service(
        "asana",
        &["asana"],
        &["{d:1}/{d:13-19}:{h:32}", "{d:1}/{d:13-19}/{d:13-19}:{h:32}"],
    ),
    service("airtable", &["airtable"], &["pat{n:14}.{h:64}", "key{n:14}"]),
    service("trello", &["trello"], &["{h:32}", "{h:64}"]),
    service("clickup", &["clickup"], &["pk_{d:7-9}_{A:32}"]),
    service("zendesk", &["zendesk"], &["{n:40}"]),
    service("dropbox", &["dropbox"], &["{a:15}"]),
    service("contentful", &["contentful"], &["{u:43}"]),
    service("algolia", &["algolia"], &["{h:32}"]),
    service("amplitude", &["amplitude"], &["{h:32}"]),
    service("mixpanel", &["mixpanel"], &["{h:32}"]),
    service("looker", &["looker"], &["{n:24}"]),
    service("rapidapi", &["rapidapi"], &["{n:50}"]),
    service("cloudinary", &["cloudinary"], &["{u:27}"]),
    service("pusher", &["pusher"], &["{h:20}"]),
    // Money.
    service("plaid", &["plaid"], &["{h:30}"]),
    service("woocommerce", &["woocommerce"], &["ck_{h:40}", "cs_{h:40}"]),
    service("binance", &["binance"], &["{n:64}"]),
    service("kraken", &["kraken"], &["{b:86}=="]),
    service("coinbase", &["coinbase"], &["{n:64}", "{n:16}"]),
    service("etherscan", &["etherscan"], &["{A:34}"]),
    service("infura", &["infura"], &["{h:32}"]),
    service("alchemy", &["alchemy_api", "alchemyapi"], &["{u:32}"]),
    // Data.
    service("openweather", &["openweather"], &["{h:32}"]),
    service("newsapi", &["newsapi"], &["{h:32}"]),
    service("finnhub", &["finnhub"], &["{a:20}"]),
    service("shodan", &["shodan"], &["{n:32}"]),
    service("virustotal", &["virustotal"], &["{h:64}"]),
    service("pexels", &["pexels"], &["{n:56}"]),
    service("unsplash", &["unsplash"], &["{u:43}"]),
];
