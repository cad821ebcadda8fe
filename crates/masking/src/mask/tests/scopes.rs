//! What one value comes to that stands in texts of several scopes.

use super::*;
use crate::{PolicyRule, Profile};

const KEY: &str = "sk-secret-1";

fn in_scope(text: &str, scope: TextScope) -> TextLeaf<'_> {
    TextLeaf { scope, ..leaf(text) }
}

fn masked_by(masker: &Masker, leaves: &[TextLeaf<'_>]) -> (Verdict, Vec<String>) {
    let masked = masker.mask(leaves, &mut map(), &NoDeadline).unwrap();
    (masked.verdict, apply(leaves, &masked))
}

#[test]
fn the_memo_keeps_scopes_apart() {
    let (masker, seen) = masker(Policy::default().with_profile(Profile::Agent));
    let text = format!("{KEY} {}", "and much more that is remembered ".repeat(4));
    let mut looked_at = Vec::new();
    for _ in 0..2 {
        for (scope, verdict) in [
            (TextScope::ToolOutput, Verdict::Forward),
            (TextScope::User, Verdict::Block),
            (TextScope::Assistant, Verdict::Forward),
            (TextScope::System, Verdict::Block),
        ] {
            let (made, texts) = masked_by(&masker, &[in_scope(&text, scope)]);
            assert_eq!(made, verdict, "{scope:?}");
            assert_eq!(
                texts[0].contains("<API_KEY_"),
                verdict == Verdict::Forward,
                "{scope:?}"
            );
        }
        looked_at.push(seen.load(Ordering::Relaxed));
    }
    assert_eq!(looked_at[0], looked_at[1], "the second time all are remembered");
}

#[test]
fn a_secret_that_a_person_wrote_is_refused_whatever_else_holds_it() {
    let (masker, _) = masker(Policy::default().with_profile(Profile::Agent));
    let both = [
        in_scope(KEY, TextScope::ToolOutput),
        in_scope(KEY, TextScope::User),
    ];
    assert_eq!(masked_by(&masker, &both).0, Verdict::Block);
}

#[test]
fn a_secret_that_is_known_only_from_a_tools_output_refuses_nothing() {
    let (masker, _) = masker(Policy::default().with_profile(Profile::Agent));
    // No detector finds the capitals.
    let again = "it reads SK-SECRET-1 there";
    for scope in [TextScope::User, TextScope::System, TextScope::ToolDefinition] {
        let leaves = [in_scope(KEY, TextScope::ToolOutput), in_scope(again, scope)];
        let (verdict, texts) = masked_by(&masker, &leaves);
        assert_eq!(verdict, Verdict::Forward, "{scope:?}");
        assert!(texts[1].starts_with("it reads <API_KEY_"), "{}", texts[1]);
    }
    let leaves = [in_scope(KEY, TextScope::User), in_scope(again, TextScope::System)];
    let masked = masker.mask(&leaves, &mut map(), &NoDeadline).unwrap();
    let blocked = |leaf| {
        let mut touched = masked.touched.iter();
        touched.any(|touched| touched.leaf == leaf && touched.action == Action::Block)
    };
    assert!(blocked(0) && blocked(1), "a refusal names all places of a value");
}

#[test]
fn what_is_masked_in_one_scope_does_not_pass_in_another() {
    let rule = PolicyRule::shipped(&EntityType::Email).with_action_in(TextScope::ToolOutput, Action::Allow);
    let (masker, _) = masker(Policy::default().with_rule(EntityType::Email, rule));
    let output = in_scope("alice@corp.com", TextScope::ToolOutput);
    assert_eq!(masked_by(&masker, &[output]).1, ["alice@corp.com"]);
    let both = [output, in_scope("alice@corp.com", TextScope::User)];
    let (verdict, texts) = masked_by(&masker, &both);
    assert_eq!(verdict, Verdict::Forward);
    assert!(texts.iter().all(|text| text.starts_with("<EMAIL_")), "{texts:?}");
}

#[test]
fn a_credential_that_is_meant_to_leave_stays_whole_where_it_is_meant() {
    let (masker, _) = masker(Policy::default().with_profile(Profile::Agent));
    let meant = TextLeaf {
        class: LeafClass::Credential,
        ..in_scope("sk-secret-1 of alice@corp.com", TextScope::ToolDefinition)
    };
    let leaves = [meant, in_scope(KEY, TextScope::ToolOutput)];
    let (verdict, texts) = masked_by(&masker, &leaves);
    assert_eq!(verdict, Verdict::Forward);
    assert!(texts[0].starts_with("sk-secret-1 of <EMAIL_"), "{}", texts[0]);
    assert!(texts[1].starts_with("<API_KEY_"), "{}", texts[1]);
}
