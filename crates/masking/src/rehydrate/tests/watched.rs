//! Excerpts for a person who watches.

use super::*;
use crate::dangerous::Piece;

/// Pieces as they are, values with their placeholders.
fn shown(excerpt: &Excerpt) -> String {
    let pieces = excerpt.expose_pieces().iter();
    pieces
        .map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Gap => "[..]".to_owned(),
            Piece::Value { value, placeholder } => format!("[{}={}]", placeholder.as_str(), value.as_str()),
        })
        .collect()
}

#[test]
fn a_watched_channel_shows_the_text_with_both_sides() {
    let fixture = fixture();
    let (placeholder, original) = &fixture.known[0];
    let text = format!("Dear {placeholder}, see https://h.example/?q={placeholder} and {placeholder}.");
    for split in (0..text.len()).filter(|split| text.is_char_boundary(*split)) {
        let options = RehydrateOptions::default();
        let mut watched = Rehydrator::new(Arc::clone(&fixture.lexicon), options).dangerously_watched();
        let mut out = String::new();
        watched.push(&text[..split], &mut out);
        watched.push(&text[split..], &mut out);
        watched.finish(&mut out);
        let excerpt = watched.dangerously_take_excerpt().unwrap();
        let both = format!("[{placeholder}={original}]");
        let expected = format!("Dear {both}, see https://h.example/?q={placeholder} and {both}.");
        assert_eq!(shown(&excerpt), expected);
        assert_eq!(out, expected.replace(&both, original));
        // The next text begins anew.
        assert!(!watched.dangerously_take_excerpt().unwrap().has_values());
    }
}

#[test]
fn nobody_watches_by_default() {
    let fixture = fixture();
    let mut rehydrator = Rehydrator::new(Arc::clone(&fixture.lexicon), EVERYWHERE);
    rehydrator.push(&fixture.known[0].0, &mut String::new());
    assert!(rehydrator.dangerously_take_excerpt().is_none());
}
