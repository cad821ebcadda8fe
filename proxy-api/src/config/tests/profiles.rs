//! Profiles, actions by scope, and exceptions by place: what holds before what, and what does not exist.

use ::masking::{Action, EntityType, PolicyRule, Profile, TextScope};
use llm_wire::Credential;

use super::{problem, with};
use crate::config::{Config, OpaqueAction, Profiles};

const AGENT: (&str, &str) = ("BAUTA_POLICY__PROFILE", "agent");

/// What happens to API keys in a scope.
fn action(config: &Config, scope: TextScope) -> Action {
    let key = EntityType::ApiKey;
    let shipped = PolicyRule::shipped_for(&key, config.policy.profile);
    config.policy.rules.get(&key).unwrap_or(&shipped).action_in(scope)
}

#[test]
fn scopes_come_before_actions_and_actions_before_the_profile() {
    use TextScope::{ToolInput, ToolOutput, User};

    let all = ("BAUTA_POLICY__ACTIONS__API_KEY", "block");
    let input = ("BAUTA_POLICY__SCOPES__TOOL_INPUT__API_KEY", "route_local");
    for (variables, expected) in [
        (&[][..], [Action::Block, Action::Block, Action::Block]),
        (&[AGENT], [Action::Block, Action::Mask, Action::Mask]),
        (&[AGENT, all], [Action::Block, Action::Block, Action::Block]),
        (&[AGENT, input], [Action::Block, Action::RouteLocal, Action::Mask]),
        (
            &[AGENT, all, input],
            [Action::Block, Action::RouteLocal, Action::Block],
        ),
    ] {
        let config = with(variables).unwrap();
        let actions = [User, ToolInput, ToolOutput].map(|scope| action(&config, scope));
        assert_eq!(actions, expected, "{variables:?}");
    }
}

#[test]
fn a_threshold_of_ones_own_leaves_the_profile_its_actions() {
    let config = with(&[AGENT, ("BAUTA_POLICY__THRESHOLDS__API_KEY", "90")]).unwrap();
    assert_eq!(action(&config, TextScope::ToolOutput), Action::Mask);
}

#[test]
fn an_agents_files_are_withheld_and_its_local_tools_restored_unless_somebody_says_otherwise() {
    let of = |variables: &[(&str, &str)]| {
        let config = with(variables).unwrap();
        (config.policy.opaque_content.file, config.rehydrate.tools)
    };
    let presets = || vec!["claude-code".to_owned(), "codex".to_owned()];
    assert_eq!(of(&[]), (OpaqueAction::Block, vec![]));
    assert_eq!(of(&[AGENT]), (OpaqueAction::Withhold, presets()));
    let file = ("BAUTA_POLICY__OPAQUE_CONTENT__FILE", "block");
    assert_eq!(of(&[AGENT, file]), (OpaqueAction::Block, presets()));
    for (list, tools) in [("[\"Read\"]", vec!["Read".to_owned()]), ("[]", vec![])] {
        let own = ("BAUTA_REHYDRATE__TOOLS", list);
        assert_eq!(of(&[AGENT, own]), (OpaqueAction::Withhold, tools));
    }
}

#[test]
fn whoever_starts_the_program_has_the_last_word_and_it_the_first() {
    let of = |asked, written: &[(&str, &str)]| {
        let usual = Profile::Agent;
        let variables = written.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let config = Config::load_with(Profiles { asked, usual }, None, variables, &[]).unwrap();
        config.policy.profile
    };
    let strict = [("BAUTA_POLICY__PROFILE", "strict")];
    assert_eq!(of(None, &[]), Profile::Agent);
    assert_eq!(of(None, &strict), Profile::Strict);
    assert_eq!(of(Some(Profile::Agent), &strict), Profile::Agent);
    assert_eq!(with(&[]).unwrap().policy.profile, Profile::Strict);
}

#[test]
fn places_of_credentials_are_named() {
    let places = "[\"mcp.authorization\", \"image.url\"]";
    let config = with(&[("BAUTA_POLICY__PROVIDER_CREDENTIALS", places)]).unwrap();
    let named: Vec<_> = config.policy.provider_credentials.into_iter().collect();
    assert_eq!(named, [Credential::McpAuthorization, Credential::ImageUrl]);
}

#[test]
fn what_does_not_exist_stops_the_start_with_a_sentence_that_names_it() {
    for (name, value, sentence) in [
        (
            "PROFILE",
            "lenient",
            "policy.profile (from environment variable BAUTA_POLICY__PROFILE): unknown value; allowed: strict, agent",
        ),
        (
            "SCOPES__TOOL_OUTPUTS__API_KEY",
            "mask",
            "policy.scopes.tool_outputs (from environment variable BAUTA_POLICY__SCOPES__TOOL_OUTPUTS__...): \
             not a text scope; allowed: system, user,",
        ),
        (
            "SCOPES__USER__API_KEYS",
            "mask",
            "policy.scopes.user.api_keys (from environment variable BAUTA_POLICY__SCOPES__USER__API_KEYS): \
             not an entity type",
        ),
        ("SCOPES__USER__API_KEY", "hide", "policy.scopes.user.api_key ("),
        ("SCOPES__USER__API_KEY", "allow", "dangerous.allow_secrets"),
        (
            "PROVIDER_CREDENTIALS",
            "[\"mcp.url\", \"mcp.token\"]",
            "policy.provider_credentials (from environment variable BAUTA_POLICY__PROVIDER_CREDENTIALS): \
             entry 2: no place of a credential; allowed: mcp.authorization, mcp.headers,",
        ),
        (
            "PUBLIC_ADDRESSES",
            "block",
            "policy.public_addresses (from environment variable BAUTA_POLICY__PUBLIC_ADDRESSES): unknown value; \
             allowed: allow, mask",
        ),
    ] {
        let told = problem(&[(&format!("BAUTA_POLICY__{name}"), value)]);
        assert!(told.contains(sentence), "{told}");
    }
    let told = Profiles::by_name("lenient").unwrap_err().to_string();
    assert!(told.contains("strict, agent"), "{told}");
}
