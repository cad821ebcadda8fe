//! `policy.opaque_content`: what happens to content that cannot be inspected, by its kind.

use std::fmt;

use ::masking::Profile;
use llm_wire::OpaqueKind;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What happens to content that cannot be inspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpaqueAction {
    /// It is forwarded.
    Allow,
    /// The request is refused.
    Block,
    /// A text takes its place; where none may stand, the request is refused.
    Withhold,
}

impl OpaqueAction {
    /// As configuration writes it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
            Self::Withhold => "withhold",
        }
    }
}

/// The action for each kind of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpaqueContent {
    /// Pictures in fields for pictures.
    pub image: OpaqueAction,
    /// Recordings in fields for recordings.
    pub audio: OpaqueAction,
    /// Everything else.
    pub file: OpaqueAction,
}

impl OpaqueContent {
    /// The action for a kind. Token ids that cannot be read are text that nobody could look at: never more than that.
    #[must_use]
    pub const fn action(&self, kind: OpaqueKind) -> OpaqueAction {
        match kind {
            OpaqueKind::Image => self.image,
            OpaqueKind::Audio => self.audio,
            OpaqueKind::File => self.file,
            OpaqueKind::Tokens => OpaqueAction::Block,
        }
    }
}

/// What is written of it: one word, which is for all kinds, or a table.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::config) struct WrittenOpaque(Kinds);

/// As a table; `all` is for the kinds that are not named.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinds {
    all: Option<OpaqueAction>,
    image: Option<OpaqueAction>,
    audio: Option<OpaqueAction>,
    file: Option<OpaqueAction>,
}

impl WrittenOpaque {
    /// With what the profile says about kinds that nobody named.
    pub(super) fn finish(self, profile: Profile) -> OpaqueContent {
        let Self(kinds) = self;
        let action = |kind: Option<OpaqueAction>, usual| kind.or(kinds.all).unwrap_or(usual);
        let usual_for_files = match profile {
            Profile::Strict => OpaqueAction::Block,
            Profile::Agent => OpaqueAction::Withhold,
        };
        OpaqueContent {
            image: action(kinds.image, OpaqueAction::Allow),
            audio: action(kinds.audio, OpaqueAction::Allow),
            file: action(kinds.file, usual_for_files),
        }
    }
}

impl<'de> Deserialize<'de> for WrittenOpaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = WrittenOpaque;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`allow`, `block` or `withhold`, or a table of `image`, `audio` and `file`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<WrittenOpaque, E> {
                let all = OpaqueAction::deserialize(StrDeserializer::new(text))?;
                Ok(WrittenOpaque(Kinds {
                    all: Some(all),
                    ..Kinds::default()
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenOpaque, A::Error> {
                Kinds::deserialize(MapAccessDeserializer::new(map)).map(WrittenOpaque)
            }
        }

        deserializer.deserialize_any(Written)
    }
}
