//! `bauta mask`: the prompt, and the input of a pipe.

use super::pty::Terminal;
use super::{KEY, bauta, piped, text};

#[test]
fn a_terminal_gets_a_prompt_that_masks_line_by_line() {
    let mut terminal = Terminal::start(&mut bauta(&["mask"]), None);
    let greeting = terminal.shows("mask>", 1);
    assert!(
        greeting.contains("Type a line") && greeting.contains("Ctrl-D ends"),
        "{greeting}"
    );
    terminal.types("Mail ann.lee@corp.example twice\r");
    let shown = terminal.shows("EMAIL (", 1);
    assert!(shown.contains("\x1b[33m<EMAIL_"), "{shown:?}");
    terminal.types(&format!("My key is {KEY}\r"));
    terminal.shows("Refused:", 1);
    terminal.types("\r");
    terminal.types("nothing here\r");
    terminal.ends_at("Nothing detected", "mask>");
    let (status, screen) = terminal.ends();
    assert!(status.success(), "{screen}");
}

#[test]
fn no_color_is_heard() {
    let mut command = bauta(&["mask"]);
    let mut terminal = Terminal::start(command.env("NO_COLOR", "1"), None);
    terminal.shows("mask>", 1);
    terminal.types("Mail ann.lee@corp.example\r");
    let shown = terminal.shows("EMAIL (", 1);
    assert!(shown.contains("  Mail <EMAIL_"), "{shown:?}");
    assert!(
        !shown.contains("\x1b[33m") && !shown.contains("\x1b[1m"),
        "{shown:?}"
    );
    terminal.ends_at("EMAIL (", "mask>");
    assert!(terminal.ends().0.success());
}

#[test]
fn a_pipe_gets_plain_text_to_the_byte() {
    let input = "\u{1b}[1mCustomer\u{1b}[0m: Maren Tilsiter\r\n\tmaren tilsiter called \u{1}";
    let output = piped(bauta(&["mask", "--quiet"]), input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let masked = text(&output.stdout);
    let (head, rest) = masked.split_once('<').unwrap();
    assert_eq!(head, "\u{1b}[1mCustomer\u{1b}[0m: ");
    assert!(
        rest.starts_with("PERSON_") && rest.contains(">\r\n\t<PERSON_"),
        "{masked:?}"
    );
    assert!(rest.ends_with("> called \u{1}"), "{masked:?}");
}

#[test]
fn a_body_is_shown_as_the_api_that_is_named() {
    let body = r#"{"system": "Mail ann.lee@corp.example", "messages": [{"role": "user", "content": "hi"}]}"#;
    let output = piped(bauta(&["mask", "--as", "messages", "--json"]), body);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["detections"][0]["place"], "system");
    let leaves: serde_json::Value = serde_json::from_str(shown["masked"].as_str().unwrap()).unwrap();
    assert!(
        leaves["system"].to_string().contains("replaced by placeholders"),
        "{leaves}"
    );
    let wrong = piped(bauta(&["mask", "--as", "chat"]), "{\"messages\": ");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("cannot be inspected"));
}

#[test]
fn what_the_gateway_refuses_exits_with_2_and_shows_no_secret() {
    let output = piped(bauta(&["mask"]), &format!("My key is {KEY}."));
    assert_eq!(output.status.code(), Some(2));
    let shown = text(&output.stdout);
    assert!(
        shown.contains("My key is <API_KEY_") && shown.contains("Refused:"),
        "{shown}"
    );
    assert!(!shown.contains(KEY), "{shown}");
}
