//! Sign-in at an OpenID Connect provider: code flow with PKCE, state and nonce. What somebody may do is what a claim of
//! the verified id token comes to by a table.

mod http_client;

use std::sync::Arc;

use admin_types::Role;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Mutex;

use self::http_client::HttpClient;
use crate::clock::{Clock, Moment};
use crate::settings::Oidc;

/// Keys and addresses of the provider are asked for again after this.
const KNOWN_FOR: std::time::Duration = std::time::Duration::from_secs(600);

/// All claims of an id token that the standard does not name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Others {
    #[serde(flatten)]
    claims: serde_json::Map<String, serde_json::Value>,
}

impl AdditionalClaims for Others {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Others,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type RoleClient = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a sign-in at the provider does not succeed. What the provider says is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum OidcError {
    #[error("the identity provider does not answer, or not as it should")]
    Provider,
    #[error("the identity provider does not take the code")]
    Code,
    #[error("the id token is missing or not valid")]
    Token,
}

/// A sign-in that begins.
pub(crate) struct Start {
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// Who came back.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Issuer and subject: the only name that the provider promises never to give to somebody else.
    pub(crate) external_id: String,
    /// What it would like to be called.
    pub(crate) name: Option<String>,
    /// None gets in without.
    pub(crate) role: Option<Role>,
}

/// The provider, as configured and as discovered.
pub(crate) struct Provider {
    settings: Oidc,
    redirect: RedirectUrl,
    http: HttpClient,
    known: Mutex<Option<(Moment, Arc<CoreProviderMetadata>)>>,
}

impl Provider {
    /// `url` is the origin that browsers use.
    pub(crate) fn new(settings: Oidc, url: &str) -> Result<Self, OidcError> {
        let redirect =
            RedirectUrl::new(format!("{url}/api/v1/oidc/callback")).map_err(|_| OidcError::Provider)?;
        Ok(Self {
            settings,
            redirect,
            http: HttpClient::new(),
            known: Mutex::new(None),
        })
    }

    /// Where to send the browser, and what has to be the same when it comes back.
    pub(crate) async fn start(&self, clock: Clock) -> Result<Start, OidcError> {
        let client = self.client(clock.now()).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Start {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Who the provider says came back with this code.
    pub(crate) async fn finish(
        &self,
        code: String,
        nonce: String,
        verifier: String,
        clock: Clock,
    ) -> Result<Identity, OidcError> {
        let client = self.client(clock.now()).await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| OidcError::Provider)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.http)
            .await
            .map_err(|_| OidcError::Code)?;
        let token = tokens.id_token().ok_or(OidcError::Token)?;
        let claims = token
            .claims(&client.id_token_verifier(), &Nonce::new(nonce))
            .map_err(|_| OidcError::Token)?;
        let claim = claims.additional_claims().claims.get(&self.settings.roles_claim);
        let name = claims.preferred_username().map(|name| name.to_string());
        Ok(Identity {
            external_id: format!("{} {}", claims.issuer().as_str(), claims.subject().as_str()),
            name: name.or_else(|| claims.email().map(|email| email.to_string())),
            role: self.role(claim),
        })
    }

    /// The highest that a value of the claim comes to.
    fn role(&self, claim: Option<&serde_json::Value>) -> Option<Role> {
        let one = std::slice::from_ref(claim?);
        let values = claim?.as_array().map_or(one, Vec::as_slice);
        let texts = values.iter().filter_map(|value| value.as_str());
        texts
            .filter_map(|text| self.settings.roles.get(text).copied())
            .max()
    }

    async fn client(&self, now: Moment) -> Result<RoleClient, OidcError> {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_text().to_owned()));
        let metadata = self.metadata(now).await?;
        let id = ClientId::new(self.settings.client_id.clone());
        let client: RoleClient = Client::from_provider_metadata((*metadata).clone(), id, secret);
        Ok(client.set_redirect_uri(self.redirect.clone()))
    }

    /// One asks, the others wait for its answer.
    async fn metadata(&self, now: Moment) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((asked, metadata)) = &*known
            && now < asked.plus(KNOWN_FOR)
        {
            return Ok(Arc::clone(metadata));
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|_| OidcError::Provider)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|_| OidcError::Provider)?;
        let metadata = Arc::new(metadata);
        *known = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_highest_role_counts_and_none_is_none() {
        let settings = Oidc {
            issuer: "https://id.example".to_owned(),
            client_id: "bauta".to_owned(),
            client_secret: None,
            roles_claim: "groups".to_owned(),
            roles: [("ops", Role::Operator), ("admins", Role::Admin)]
                .map(|(name, role)| (name.to_owned(), role))
                .into(),
        };
        let provider = Provider::new(settings, "https://console.example").unwrap();
        let role = |claim| provider.role(Some(&claim));
        assert_eq!(role(json!("ops")), Some(Role::Operator));
        assert_eq!(role(json!(["other", "ops", "admins"])), Some(Role::Admin));
        for none in [
            json!([]),
            json!("Admins"),
            json!(1),
            json!({"admins": true}),
            json!([["admins"]]),
        ] {
            assert_eq!(role(none.clone()), None, "{none}");
        }
        assert_eq!(provider.role(None), None);
    }
}
