//! Where an upstream has which API: as written, and as built in.

use super::egress::Checking;
use crate::config::upstreams::{AZURE, BUILT_IN, BaseApi, WrittenUpstream, is_azure};
use crate::config::{Api, BaseUrl, ConfigError};

/// An API's address, and the key that says it.
pub(super) struct Place {
    pub(super) api: Api,
    pub(super) is_azure: bool,
    pub(super) base_url: BaseUrl,
    pub(super) key: &'static str,
}

const MISSING: &str = "missing; expected https://host[:port][/path]";

impl Checking<'_> {
    /// Every API of the upstream, OpenAI's first.
    pub(super) fn places(&self, entry: &WrittenUpstream) -> Result<Vec<Place>, ConfigError> {
        let built_in = BUILT_IN.iter().find(|provider| provider.name == self.name);
        let known = |api| built_in.and_then(|provider| provider.base_url(api));
        let said = match entry.api {
            Some(BaseApi::Anthropic) => Api::Anthropic,
            Some(BaseApi::Openai | BaseApi::Azure) => Api::Openai,
            None if built_in.is_some() && known(Api::Openai).is_none() => Api::Anthropic,
            None => Api::Openai,
        };
        if entry.api.is_some() && entry.base_url.is_none() && known(said).is_none() {
            return self.fail("base_url", MISSING);
        }
        let (openai, anthropic) = match (said, &entry.base_url, &entry.anthropic_base_url) {
            (Api::Anthropic, Some(_), Some(_)) => {
                let problem =
                    "given twice: `base_url` is the address of the Anthropic API here already; leave one out";
                return self.fail("anthropic_base_url", problem);
            }
            (Api::Anthropic, Some(base_url), None) => (None, Some((base_url, "base_url"))),
            (_, base_url, anthropic) => (
                base_url.as_ref().map(|url| (url, "base_url")),
                anthropic.as_ref().map(|url| (url, "anthropic_base_url")),
            ),
        };
        let mut places = Vec::new();
        for (api, written, other) in [
            (Api::Openai, openai, anthropic),
            (Api::Anthropic, anthropic, openai),
        ] {
            // Whoever takes one API elsewhere does not mean the other to stay where the provider has it.
            let stays = |url: &BaseUrl| other.is_none_or(|(other, _)| other.authority() == url.authority());
            let built_in = || known(api).filter(stays).map(|url| (url, "base_url"));
            let written = written.map(|(url, key)| (url.clone(), key));
            if let Some((base_url, key)) = written.or_else(built_in) {
                places.push(self.place(entry, api, base_url, key)?);
            }
        }
        if places.is_empty() {
            return self.fail("base_url", MISSING);
        }
        Ok(places)
    }

    fn place(
        &self,
        entry: &WrittenUpstream,
        api: Api,
        base_url: BaseUrl,
        key: &'static str,
    ) -> Result<Place, ConfigError> {
        if api == Api::Anthropic && base_url.path().ends_with("/v1") {
            return self.fail(key, "ends in /v1; an anthropic base URL goes without it");
        }
        let is_azure = api == Api::Openai
            && match entry.api {
                Some(said) => said == BaseApi::Azure,
                None => self.name == AZURE || is_azure(&base_url.host()),
            };
        // Its paths begin with these, whatever the caller writes.
        let base_url = if is_azure {
            base_url.above("/openai/v1").above("/openai")
        } else {
            base_url
        };
        Ok(Place {
            api,
            is_azure,
            base_url,
            key,
        })
    }
}
