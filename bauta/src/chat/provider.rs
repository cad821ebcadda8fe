//! Whom to talk to: the upstream, the model and the key, from options, configuration and the usual variables.

use anyhow::{Context as _, Result, bail};
use http::HeaderValue;
use proxy_api::config::{Api, LOCAL, Secret, Upstream};

/// The providers whose keys are looked for where none is named, and a model of theirs that answers quickly.
const USUAL: [(&str, &str); 2] = [("openai", "gpt-5-mini"), ("anthropic", "claude-haiku-4-5")];

/// Whom to talk to.
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) api: Api,
    pub(crate) model: String,
    /// None where the upstream asks for none.
    pub(crate) key: Option<HeaderValue>,
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
                    "no key to talk with: set OPENAI_API_KEY or ANTHROPIC_API_KEY, or name an upstream of the \
                     configuration with --provider",
                )?,
        };
        let Some(upstream) = upstreams.iter().find(|upstream| upstream.name == name) else {
            let known: Vec<&str> = upstreams.iter().map(|upstream| upstream.name.as_str()).collect();
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
            key: key.map(|key| header(upstream.api, &key, name)).transpose()?,
        })
    }
}

/// Where SDKs look for a provider's key.
fn variable_of(name: &str) -> String {
    format!("{}_API_KEY", name.to_uppercase().replace(['-', '.'], "_"))
}

fn header(api: Api, key: &str, name: &str) -> Result<HeaderValue> {
    let key = key.trim();
    let text = match api {
        Api::Openai => format!("Bearer {key}"),
        Api::Anthropic => key.to_owned(),
    };
    // The error of the library would not show the key either, but ours says where it is.
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        anyhow::anyhow!(
            "the key in {} has characters that no key has; is it quoted, or of several lines?",
            variable_of(name)
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use proxy_api::config::Config;

    use super::*;

    fn choose(name: Option<&str>, model: Option<&str>, set: &[(&str, &str)]) -> Result<Provider> {
        let config = Config::load(None, []).unwrap();
        let variable = |name: &str| {
            let of_name = set.iter().find(|(key, _)| *key == name);
            of_name.map(|(_, value)| (*value).to_owned())
        };
        Provider::choose(&config.upstreams, name, model, &variable)
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
        assert_eq!(anthropic.key.unwrap(), "sk-ant");
        let both = [("OPENAI_API_KEY", "sk-o"), ("ANTHROPIC_API_KEY", "sk-a")];
        let openai = choose(None, Some("m"), &both).unwrap();
        assert_eq!((openai.name.as_str(), openai.model.as_str()), ("openai", "m"));
        assert_eq!(openai.key.unwrap(), "Bearer sk-o");
        assert_eq!(
            choose(Some("anthropic"), None, &both).unwrap().key.unwrap(),
            "sk-a"
        );
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
