//! Values with their placeholders, and how an answer with them is restored.

use std::sync::Arc;

use masking::{
    EntityType, Escape, Lexicon, MasterKey, PlaceholderMap, RehydrateCounts, RehydrateOptions, Rehydrator,
    Scope,
};

/// Values as callers have them; the last three are what an attacker might have had masked.
pub(crate) const VALUES: [(EntityType, &str); 10] = [
    (EntityType::Person, "Zoe Quillfeather"),
    (EntityType::Email, "zq.victim@corp.example"),
    (EntityType::Phone, "+1 415 555 2671"),
    (EntityType::Password, "hunter2xyz"),
    (EntityType::CreditCard, "4111 1111 1111 1111"),
    (EntityType::Address, "北京市朝阳区建国路"),
    (EntityType::ApiKey, "sk-live-QQ77WW88EE99"),
    (EntityType::Password, "x](https://evil.example/?q="),
    (EntityType::Password, ".evil.example/x"),
    (EntityType::Email, "taker@evil.example"),
];
/// So many of them are somebody's own.
pub(crate) const PRIVATE: usize = 7;

pub(crate) struct Fixture {
    lexicon: Arc<Lexicon>,
    placeholders: Vec<String>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let mut map = PlaceholderMap::new(&MasterKey::new([3; 32]), &Scope::new("links"));
        let placeholders = VALUES
            .iter()
            .map(|(entity, value)| map.placeholder(entity, value).as_str().to_owned())
            .collect();
        Self {
            lexicon: Arc::new(Lexicon::new(&map)),
            placeholders,
        }
    }

    pub(crate) fn placeholder(&self, index: usize) -> &str {
        &self.placeholders[index]
    }

    pub(crate) fn restored<'a>(
        &self,
        pieces: impl IntoIterator<Item = &'a str>,
    ) -> (String, RehydrateCounts) {
        let options = RehydrateOptions {
            escape: Escape::Auto,
            in_urls: false,
        };
        let mut rehydrator = Rehydrator::new(Arc::clone(&self.lexicon), options);
        let mut out = String::new();
        for piece in pieces {
            rehydrator.push(piece, &mut out);
        }
        rehydrator.finish(&mut out);
        (out, rehydrator.counts())
    }
}
