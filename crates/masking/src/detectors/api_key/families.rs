//! The table of key families: provider and shape, grouped by what the provider does. Facts only; [`super`] does the work.

mod ai;
mod cloud;
mod code;
mod messages;
mod money;
mod work;

/// Keys of one provider and one form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    /// Names the detector: `api_key.PROVIDER`.
    pub(super) provider: &'static str,
    /// What a key looks like, in the language of [`Shape`](super::Shape).
    pub(super) shape: &'static str,
    /// What the secret looks like that stands beside a key id of this family.
    pub(super) companion: Option<&'static str>,
}

/// Keys of `provider` that look like `shape`.
const fn key(provider: &'static str, shape: &'static str) -> Family {
    Family {
        provider,
        shape,
        companion: None,
    }
}

/// Key ids of `provider`, with the secrets that stand beside them.
const fn pair(provider: &'static str, shape: &'static str, companion: &'static str) -> Family {
    Family {
        provider,
        shape,
        companion: Some(companion),
    }
}

/// Families whose fixed part is too short or too common to be looked for: they are tried on every whole word that mixes
/// letters and digits.
pub(super) const WORDS: &[Family] = &[
    // discord.com/developers/docs: the bot's id in base64, a time, a signature.
    key("discord", "{n:23-28}.{u:6}.{u:27-45}"),
    key("twilio", "SK{h:32}"),
    key("airtable", "pat{n:14}.{h:64}"),
    key("crates_io", "cio{n:32}"),
];

/// All other families. Where several share their anchor, the longest key is found; of equals, the first.
pub(super) const FAMILIES: &[&[Family]] = &[
    ai::FAMILIES,
    cloud::FAMILIES,
    code::FAMILIES,
    messages::FAMILIES,
    money::FAMILIES,
    work::FAMILIES,
];
