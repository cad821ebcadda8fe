//! What an onlooker is shown of turns, and that nobody waits for it.

use std::sync::Arc;

use proxy_api::dangerous::{EndedTurn, Excerpt, MaskedTurn, Piece, Sight, Sights};
use serde_json::json;

use crate::support::{Gateway, Upstream, assistant, chat, event_stream, whole};

const ADDRESS: &str = "ann.lee@corp.example";
const KEY: &str = "sk-proj-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6";

async fn masked(sights: &mut Sights) -> MaskedTurn {
    match sights.next().await.unwrap() {
        Sight::Masked(masked) => masked,
        Sight::Ended(ended) => panic!("it has ended: {ended:?}"),
    }
}

async fn ended(sights: &mut Sights) -> EndedTurn {
    match sights.next().await.unwrap() {
        Sight::Ended(ended) => ended,
        Sight::Masked(masked) => panic!("another one: {masked:?}"),
    }
}

/// Values as the caller has them.
fn read(excerpt: &Excerpt) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Gap => "…".to_owned(),
        Piece::Value { value, .. } => format!("[{}]", value.as_str()),
    };
    excerpt.expose_pieces().iter().map(piece).collect()
}

fn placeholder(excerpt: &Excerpt) -> String {
    let pieces = excerpt.expose_pieces().iter();
    let mut placeholders = pieces.filter_map(|piece| match piece {
        Piece::Value { placeholder, .. } => Some(placeholder.as_str().to_owned()),
        _ => None,
    });
    placeholders.next().unwrap()
}

#[tokio::test]
async fn a_turn_is_shown_as_it_leaves_and_as_it_comes_back() {
    let upstream = Upstream::start().await;
    let (gateway, mut sights) = Gateway::watched(&upstream).await;
    let body = json!({"model": "gpt-5", "messages": [
        {"role": "system", "content": format!("Of {ADDRESS}")},
        {"role": "user", "content": format!("Mail {ADDRESS} and\n{ADDRESS}!")},
    ]});
    for streams in [false, true] {
        let mut body = body.clone();
        body["stream"] = streams.into();
        // The upstream's answer needs the placeholder: the first turn tells it.
        gateway.chat(&body).await;
        let first = masked(&mut sights).await;
        ended(&mut sights).await;
        let stand_in = placeholder(&first.texts[0].excerpt);
        let answer = format!("Dear {stand_in}, hello {stand_in}.");
        upstream.answer(if streams {
            let (one, two) = answer.split_at(9);
            let event = |text: &str| {
                let delta = json!({"choices": [{"index": 0, "delta": {"content": text}}]});
                format!("data: {delta}\n\n")
            };
            event_stream(whole(format!("{}{}data: [DONE]\n\n", event(one), event(two))))
        } else {
            assistant(&answer)
        });
        gateway.chat(&body).await;
        let sent = masked(&mut sights).await;
        assert_eq!(
            (&*sent.turn.upstream, sent.turn.path.as_str()),
            ("openai", "/chat/completions")
        );
        assert_eq!((sent.model.as_str(), sent.messages), ("gpt-5", 2));
        let texts: Vec<_> = sent
            .texts
            .iter()
            .map(|text| (text.scope, text.is_newest))
            .collect();
        assert_eq!(texts, [("system", false), ("user", true)]);
        assert_eq!(
            read(&sent.texts[1].excerpt),
            format!("Mail [{ADDRESS}] and\n[{ADDRESS}]!")
        );
        let back = ended(&mut sights).await;
        assert!(Arc::ptr_eq(&back.turn, &sent.turn));
        assert_eq!((back.status, back.restored, back.outcome), (200, 2, "masked"));
        let texts: Vec<String> = back.texts.iter().map(read).collect();
        assert_eq!(texts, [format!("Dear [{ADDRESS}], hello [{ADDRESS}].")]);
    }
    gateway.stopped().await;
    assert!(sights.next().await.is_none());
}

#[tokio::test]
async fn what_is_blocked_is_shown_by_its_type_alone() {
    let upstream = Upstream::start().await;
    let (gateway, mut sights) = Gateway::watched(&upstream).await;
    let answer = gateway.chat(&chat(&format!("{KEY} of {ADDRESS}"))).await;
    assert_eq!(answer.code(), "privacy_blocked");
    let masked = masked(&mut sights).await;
    let blocked: Vec<_> = masked
        .blocked
        .iter()
        .map(|(entity, path)| (entity.to_string(), path.as_str()))
        .collect();
    assert_eq!(blocked, [("API_KEY".to_owned(), "messages[].content")]);
    assert!(masked.texts.is_empty());
    let ended = ended(&mut sights).await;
    assert_eq!((ended.status, ended.outcome), (400, "blocked"));
    assert!(ended.refusal.unwrap().contains("1 API_KEY"));
}

#[tokio::test]
async fn nothing_of_it_can_be_printed() {
    let upstream = Upstream::start().await;
    let (gateway, mut sights) = Gateway::watched(&upstream).await;
    gateway.chat(&chat(&format!("Mail {ADDRESS}"))).await;
    let debug = format!("{:?} {:?}", masked(&mut sights).await, ended(&mut sights).await);
    assert!(
        debug.contains("withheld") && !debug.contains("ann.lee"),
        "{debug}"
    );
}

#[tokio::test]
async fn no_turn_waits_for_somebody_who_looks_away() {
    let upstream = Upstream::start().await;
    let (gateway, mut sights) = Gateway::watched(&upstream).await;
    let turns = 100;
    for number in 0..turns {
        let answer = gateway.chat(&chat(&format!("Mail {ADDRESS}, {number}"))).await;
        assert_eq!(answer.status, 200);
    }
    gateway.stopped().await;
    let mut begun = 0;
    let mut seen = 0;
    while let Some(sight) = sights.next().await {
        seen += 1;
        begun += u64::from(matches!(sight, Sight::Masked(_)));
    }
    assert!(seen < turns, "{seen}");
    // Whoever missed the beginning of a turn is not told its end.
    assert_eq!(sights.missed(), turns - begun);
}
