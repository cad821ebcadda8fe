//! Whom to talk to: the upstream, the model and the key, from options, configuration and the usual variables.

use anyhow::{Context as _, Result, bail};
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use proxy_api::config::{Api, LOCAL, Secret, Upstream};

use super::api;

/// The providers whose keys are looked for where none is named, and a model of theirs that answers quickly.
const USUAL: [(&str, &str); 2] = [("openai", "gpt-5-mini"), ("anthropic", "claude-haiku-4-5")];

/// Whom to talk to.
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) api: Api,
    pub(crate) model: String,
    /// The header with the key; none where the upstream asks for none.
    pub(crate) key: Option<(HeaderName, HeaderValue)>,
}

impl Provider {
    /// `variable` reads one of the environment.
    ///
    /// # Errors
    /// Says which option or variable is missing.
    pub(crate) fn choose(
        upstreams: &[Upstream],
        name: Option<&str>,
        model: Option<&str>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let key_of = |name: &str| variable(&variable_of(name)).filter(|key| !key.trim().is_empty());
        let name = match name {
            Some(name) => name,
            None => USUAL
                .iter()
                .map(|(name, _)| *name)
                .find(|name| key_of(name).is_some())
                .context(
                    "no key to talk with: set OPENAI_API_KEY or ANTHROPIC_API_KEY, or name another \
                     upstream with --provider",
                )?,
        };
        // Of one with both APIs, OpenAI's.
        let Some(upstream) = upstreams.iter().find(|upstream| upstream.name == name) else {
            let mut known: Vec<&str> = upstreams.iter().map(|upstream| upstream.name.as_str()).collect();
            known.dedup();
            bail!(
                "there is no upstream of that name; there are {}",
                known.join(", ")
            );
        };
        let usual = USUAL
            .iter()
            .find(|(usual, _)| *usual == name)
            .map(|(_, model)| *model);
        let model = model
            .or(usual)
            .with_context(|| format!("say which model of {name} to talk to: --model NAME"))?;
        let held = upstream
            .api_key
            .as_ref()
            .map(Secret::expose_text)
            .map(str::to_owned);
        let key = held.or_else(|| key_of(name));
        if key.is_none() && name != LOCAL {
            bail!("no key for {name}: set {}", variable_of(name));
        }
        Ok(Self {
            name: name.to_owned(),
            api: upstream.api,
            model: model.to_owned(),
            key: key.map(|key| header(upstream, &key)).transpose()?,
        })
    }
}

/// Where SDKs look for a provider's key.
fn variable_of(name: &str) -> String {
    format!("{}_API_KEY", name.to_uppercase().replace(['-', '.'], "_"))
}

fn header(upstream: &Upstream, key: &str) -> Result<(HeaderName, HeaderValue)> {
    let name = api::key_header(upstream);
    let key = key.trim();
    let text = if name == AUTHORIZATION {
        format!("Bearer {key}")
    } else {
        key.to_owned()
    };
    // The error of the library would not show the key either, but ours says where it is.
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        anyhow::anyhow!(
            "the key in {} has characters that no key has; is it quoted, or of several lines?",
            variable_of(&upstream.name)
        )
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use proxy_api::config::{Config, Profiles};

    use super::*;

    fn choose(name: Option<&str>, model: Option<&str>, set: &[(&str, &str)]) -> Result<Provider> {
        let added = [
            "east=https://east.openai.azure.com".to_owned(),
            "mine=https://openrouter.ai;path_prefix=/api;adapter=anthropic".to_owned(),
        ];
        let config = Config::load_with(Profiles::default(), None, [], &added).unwrap();
        let variable = |name: &str| {
            let of_name = set.iter().find(|(key, _)| *key == name);
            of_name.map(|(_, value)| (*value).to_owned())
        };
        Provider::choose(&config.upstreams, name, model, &variable)
    }

    fn shown(provider: Provider) -> [String; 2] {
        let (name, value) = provider.key.unwrap();
        [name.to_string(), value.to_str().unwrap().to_owned()]
    }

    fn problem(name: Option<&str>, model: Option<&str>, set: &[(&str, &str)]) -> String {
        format!("{:#}", choose(name, model, set).err().unwrap())
    }

    #[test]
    fn the_key_that_is_set_says_whom_to_talk_to() {
        let anthropic = choose(
            None,
            None,
            &[("OPENAI_API_KEY", " "), ("ANTHROPIC_API_KEY", "sk-ant\n")],
        )
        .unwrap();
        assert_eq!(
            (anthropic.name.as_str(), anthropic.api),
            ("anthropic", Api::Anthropic)
        );
        assert_eq!(shown(anthropic), ["x-api-key", "sk-ant"]);
        let both = [("OPENAI_API_KEY", "sk-o"), ("ANTHROPIC_API_KEY", "sk-a")];
        let openai = choose(None, Some("m"), &both).unwrap();
        assert_eq!((openai.name.as_str(), openai.model.as_str()), ("openai", "m"));
        assert_eq!(shown(openai), ["authorization", "Bearer sk-o"]);
        let named = choose(Some("anthropic"), None, &both).unwrap();
        assert_eq!(shown(named), ["x-api-key", "sk-a"]);
    }

    #[test]
    fn upstreams_of_the_command_line_are_talked_to_in_their_api() {
        for (name, set, api, header) in [
            ("east", ("EAST_API_KEY", "k"), Api::Openai, ["api-key", "k"]),
            ("mine", ("MINE_API_KEY", "k"), Api::Anthropic, ["x-api-key", "k"]),
            (
                "zai",
                ("ZAI_API_KEY", "k"),
                Api::Openai,
                ["authorization", "Bearer k"],
            ),
        ] {
            let provider = choose(Some(name), Some("m"), &[set]).unwrap();
            assert_eq!((provider.name.as_str(), provider.api), (name, api));
            assert_eq!(shown(provider), header, "{name}");
        }
        let known = problem(Some("nobody"), None, &[]);
        assert_eq!(known.matches("zai").count(), 1, "{known}");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(problem(None, None, &[]).contains("set OPENAI_API_KEY or ANTHROPIC_API_KEY"));
        assert!(problem(Some("openai"), None, &[]).contains("set OPENAI_API_KEY"));
        assert!(problem(Some("groq"), Some("m"), &[]).contains("set GROQ_API_KEY"));
        assert!(problem(Some("groq"), None, &[("GROQ_API_KEY", "k")]).contains("--model"));
        assert!(problem(Some("nobody"), None, &[]).contains("there are anthropic,"));
        let quoted = problem(None, None, &[("OPENAI_API_KEY", "sk-\u{7}secret")]);
        assert!(
            quoted.contains("OPENAI_API_KEY") && !quoted.contains("secret"),
            "{quoted}"
        );
    }
}
