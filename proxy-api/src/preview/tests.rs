use super::*;

fn preview(settings: &[(&str, &str)]) -> Preview {
    let variables = settings
        .iter()
        .map(|(key, value)| (format!("BAUTA_{key}"), (*value).to_owned()));
    Preview::new(&Config::load(None, variables).unwrap()).unwrap()
}

fn types(shown: &Shown) -> Vec<String> {
    shown.rows.iter().map(|row| row.entity.to_string()).collect()
}

#[test]
fn a_value_found_once_is_masked_everywhere() {
    // Only the first line says that it is a person.
    let text = "Customer: Maren Tilsiter\n\nmaren tilsiter called. Tell Maren Tilsiter's office.\n";
    let shown = preview(&[]).text(text).unwrap();
    assert_eq!(shown.fate, Fate::Leaves);
    assert!(
        !shown.masked.to_lowercase().contains("tilsiter"),
        "{}",
        shown.masked
    );
    assert!(shown.masked.ends_with("'s office.\n"), "{}", shown.masked);
    let places: Vec<&str> = shown.rows.iter().map(|row| row.place.as_str()).collect();
    assert_eq!(places, ["1:11", "3:1", "3:29"]);
}

#[test]
fn a_text_keeps_every_byte_that_is_not_private() {
    let preview = preview(&[]);
    for text in [
        "",
        " \t\r\n",
        "a \"b\" \\n \u{1} é 日本 \u{1f600}\n\n",
        "{\"a\": [1.50, \"\\u00e9\"]} \n",
    ] {
        assert_eq!(preview.text(text).unwrap().masked, text);
    }
}

#[test]
fn json_in_a_text_stays_json() {
    let text = "{\"note\": \"call \\\"Ann\\\" at ann.lee@corp.example\"}\n";
    let shown = preview(&[]).text(text).unwrap();
    let json: Value = serde_json::from_str(&shown.masked).unwrap();
    assert!(
        json["note"]
            .as_str()
            .unwrap()
            .starts_with("call \"Ann\" at <EMAIL_"),
        "{json}"
    );
    assert_eq!(shown.rows[0].place, "*");
}

#[test]
fn a_request_is_shown_as_it_would_leave() {
    let body = r#"{"model": "gpt-5",  "messages": [{"role": "user", "content": "Mail ann.lee@corp.example"}], "n": 1.0}"#;
    let shown = preview(&[]).request(Surface::OpenAiChat, body).unwrap();
    // With the explanation, and everything else as it was written.
    assert!(
        shown.masked.contains("replaced by placeholders"),
        "{}",
        shown.masked
    );
    assert!(
        shown.masked.starts_with(r#"{"model": "gpt-5",  "messages": ["#),
        "{}",
        shown.masked
    );
    assert!(shown.masked.ends_with(r#"], "n": 1.0}"#), "{}", shown.masked);
    assert_eq!(types(&shown), ["EMAIL"]);
    assert_eq!(shown.rows[0].place, "messages[].content");
    let placeholder = shown.rows[0].placeholder.as_deref().unwrap();
    assert!(shown.masked.contains(placeholder));
}

#[test]
fn a_refusal_is_the_gateways_and_shows_no_secret() {
    let key = "sk-proj-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6";
    let shown = preview(&[]).text(&format!("My key is {key}.")).unwrap();
    assert_eq!(shown.fate, Fate::Refused("privacy_blocked"));
    assert!(shown.refusal.unwrap().contains("1 API_KEY"));
    assert!(
        shown.masked.starts_with("My key is <API_KEY_"),
        "{}",
        shown.masked
    );
    let pdf = r#"{"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjQKJeLjz9MKMSAwIG9iago="}}]}]}"#;
    let shown = preview(&[]).request(Surface::OpenAiChat, pdf).unwrap();
    assert_eq!(shown.fate, Fate::Refused("opaque_content_blocked"));
}

#[test]
fn policy_and_observing_count() {
    let text = "Mail ann.lee@corp.example";
    let allowed = preview(&[("POLICY__ACTIONS__EMAIL", "allow")])
        .text(text)
        .unwrap();
    assert_eq!(
        (allowed.masked.as_str(), allowed.rows[0].action),
        (text, Action::Allow)
    );
    let observed = preview(&[("DANGEROUS__OBSERVE", "true")]).text(text).unwrap();
    assert_eq!(
        (observed.masked.as_str(), observed.rows[0].action),
        (text, Action::Mask)
    );
    assert_eq!(observed.rows[0].placeholder, None);
    let local = preview(&[("POLICY__ACTIONS__EMAIL", "route_local")])
        .text(text)
        .unwrap();
    assert_eq!(local.fate, Fate::Refused("no_local_route"));
}

#[test]
fn what_the_gateway_could_not_read_is_an_error() {
    let result = preview(&[]).request(Surface::OpenAiChat, "{\"messages\": [");
    assert!(result.err().unwrap().to_string().contains("cannot be inspected"));
}
