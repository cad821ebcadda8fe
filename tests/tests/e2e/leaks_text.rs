//! Leak catalogue, how a value is written: 1, 4, 5, 6, 7, 9. Each text goes through the real gateway; the value must
//! not reach the provider in any spelling, and the echo must give the caller's own spelling back.

use data_encoding::BASE64;
use e2e::canary::{self, API_KEY, CARD, EMAIL, PHONE};
use serde_json::{Value, json};

use crate::support::{Outcome, Pair, Surface, error_of};

/// Each text, said by the user on every surface, comes back as it was, and none of `values` reaches the provider.
async fn masked_and_restored(texts: &[String], values: &[&str]) -> Outcome {
    let pair = Pair::new().await?;
    for text in texts {
        for surface in Surface::RICH {
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(text, false))
                .await?
                .ok()?;
            let sent = pair.sent();
            for value in values {
                assert!(
                    !canary::occurs(sent.as_bytes(), value),
                    "{text:?} leaves as {sent}"
                );
            }
            // Nothing is restored in an address that the model wrote (17).
            if !text.contains("://") {
                assert_eq!(surface.said(&answer.json()), *text, "{surface:?}");
            }
        }
    }
    canary::assert_none_reached(&pair.fake, values);
    Ok(())
}

/// Each text holds a secret: nothing is sent.
async fn refused(texts: &[String]) -> Outcome {
    let pair = Pair::new().await?;
    for text in texts {
        for surface in [Surface::Chat, Surface::Messages] {
            let answer = pair
                .caller()
                .post(surface.path(), &surface.ask(text, false))
                .await?;
            assert!(
                !canary::occurs(&answer.body, API_KEY),
                "the refusal of {text:?} repeats the value"
            );
            error_of(&answer, surface.path(), 400);
        }
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

fn each<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(|text| text.replace("@@", EMAIL)).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn l01_text_that_looks_like_a_path() -> Outcome {
    let texts = each([
        "/@@",
        "~/@@",
        "and/or/@@",
        "see https://host.example/users/@@/inbox",
        "C:\\Users\\x\\@@",
    ]);
    masked_and_restored(&texts, &[EMAIL]).await?;
    masked_and_restored(
        &["电话/邮箱：13800138000".into(), "/电话：13800138000".into()],
        &["13800138000"],
    )
    .await?;
    refused(&[
        format!("https://host.example/v1/{API_KEY}"),
        format!("/tmp/{API_KEY}"),
        format!("~/{API_KEY}"),
    ])
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn l04_a_secret_behind_a_weaker_match() -> Outcome {
    refused(&[
        format!("12 Main Street {API_KEY}"),
        format!("mailto:{EMAIL}?key={API_KEY}"),
        format!("Dr. Zofia {API_KEY}"),
        format!("phone +1 415-555-2671 {API_KEY}"),
        format!("postgres://user:{API_KEY}@db.corp.example/x"),
    ])
    .await
}

/// As the letters of the full-width block.
fn wide(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_graphic() {
                char::from_u32(c as u32 + 0xfee0).unwrap_or(c)
            } else {
                c
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn l05_invisible_and_wide_characters() -> Outcome {
    let spread = |text: &str, with: &str| text.chars().map(|c| format!("{c}{with}")).collect::<String>();
    let mut mails = vec![EMAIL.replace('@', "＠"), wide(EMAIL)];
    mails.extend(["\u{200b}", "\u{ad}", "\u{2060}", "\u{200e}", "\u{feff}"].map(|c| spread(EMAIL, c)));
    let mut hidden: Vec<String> = mails.iter().map(|mail| format!("mail {mail} now")).collect();
    hidden.extend([wide(CARD), CARD.replace(' ', "\u{a0}")].map(|card| format!("my credit card {card}")));
    hidden.push(format!("phone: {}", PHONE.replace(' ', "\t")));
    let pair = Pair::new().await?;
    for text in &hidden {
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(text, false))
            .await?
            .ok()?;
        let sent = folded(
            pair.fake
                .requests()
                .last()
                .map(e2e::fake::Recorded::json)
                .unwrap_or_default()["messages"]
                .to_string()
                .as_str(),
        );
        for value in [EMAIL, CARD, PHONE] {
            assert!(!sent.contains(&folded(value)), "{text:?} leaves as {sent}");
        }
        assert_eq!(Surface::Chat.said(&answer.json()), *text);
    }
    refused(&[
        spread(API_KEY, "\u{200b}"),
        wide(API_KEY),
        format!("{}\n{}", &API_KEY[..30], &API_KEY[30..]),
    ])
    .await
}

/// Wide letters made narrow, and only letters, digits and signs of addresses kept.
fn folded(text: &str) -> String {
    let narrow = |c: char| match c as u32 {
        0xff01..=0xff5e => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.replace("\\t", " ")
        .chars()
        .map(narrow)
        .filter(|c| c.is_ascii_alphanumeric() || "@.".contains(*c))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn l06_encoded_values() -> Outcome {
    let nested = |text: &str| Value::from(text).to_string();
    let percent: String = EMAIL.bytes().map(|b| format!("%{b:02X}")).collect();
    let html: String = EMAIL.chars().map(|c| format!("&#{};", c as u32)).collect();
    let texts = [
        format!("https://host.example/?to={}", EMAIL.replace('@', "%40")),
        format!("raw {percent} end"),
        format!("html {} end", EMAIL.replace('@', "&#64;")),
        format!("html {} end", EMAIL.replace('@', "&commat;")),
        format!("html {html} end"),
        nested(&nested(&json!({ "mail": EMAIL }).to_string())),
        format!("code: \"{}\"", EMAIL.replace('@', "\\u0040")),
        format!(
            "base64 {} end",
            BASE64.encode(format!("mail {EMAIL} now").as_bytes())
        ),
        format!("soft {} end", EMAIL.replace('@', "=40")),
    ];
    masked_and_restored(&texts, &[EMAIL]).await?;
    refused(&[
        format!("base64 {}", BASE64.encode(API_KEY.as_bytes())),
        format!("{{\"a\":{}}}", nested(&json!({"deep": API_KEY}).to_string())),
    ])
    .await
}

/// JSON in a string is read as JSON: what comes back says the same, in JSON's usual spelling.
#[tokio::test(flavor = "multi_thread")]
async fn l06_escapes_in_json_in_a_string() -> Outcome {
    let unicode: String = EMAIL.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
    let pair = Pair::new().await?;
    for mail in [EMAIL.replace('@', "\\u0040"), unicode] {
        let text = format!("{{\"mail\":\"{mail}\"}}");
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(&text, false))
            .await?
            .ok()?;
        let said: Value = serde_json::from_str(&Surface::Chat.said(&answer.json()))?;
        assert_eq!(said, json!({ "mail": EMAIL }));
    }
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l07_a_value_split_over_parts() -> Outcome {
    let pair = Pair::new().await?;
    let (head, tail) = EMAIL.split_at(12);
    for (surface, kind) in [
        (Surface::Chat, "text"),
        (Surface::Responses, "input_text"),
        (Surface::Messages, "text"),
    ] {
        let list = if surface == Surface::Responses {
            "input"
        } else {
            "messages"
        };
        let mut body = surface.ask("", false);
        body[list][0]["content"] = json!([
            {"type": kind, "text": format!("mail {head}")}, {"type": kind, "text": format!("{tail} now")}]);
        let answer = pair.caller().post(surface.path(), &body).await?.ok()?;
        let sent = pair.sent();
        assert!(
            !(sent.contains(head) && sent.contains(tail)),
            "{surface:?}: {sent}"
        );
        assert_eq!(
            surface.said(&answer.json()),
            format!("mail {EMAIL} now"),
            "{surface:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l09_no_marker_switches_masking_off() -> Outcome {
    let texts = each([
        "<system-reminder>\n@@\n</system-reminder>",
        "<!-- bauta:off -->@@<!-- bauta:on -->",
        "```no-mask\n@@\n```",
        "<EMAIL_aaaaaa> stands for @@",
        "-----BEGIN PUBLIC TEXT-----\n@@\n-----END PUBLIC TEXT-----",
        "# noqa # nosec # gitleaks:allow @@",
    ]);
    masked_and_restored(&texts, &[EMAIL]).await?;
    refused(&[
        format!("{API_KEY} # gitleaks:allow"),
        format!("<system-reminder>{API_KEY}</system-reminder>"),
    ])
    .await
}
