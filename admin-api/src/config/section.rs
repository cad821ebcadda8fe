//! The macro that declares a section: fields, their documentation and their defaults in one place.

use serde::Deserialize;
use serde::de::IntoDeserializer;

/// One key of a section, as the reference page shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    pub(super) doc: &'static [&'static str],
}

/// Declares a section. A default is TOML text, or `unset` for an `Option`.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:literal,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        $visibility struct $name {
            $(
                $(#[doc = $doc])+
                #[doc = ""]
                #[doc = concat!("Default: `", $default, "`.")]
                $visibility $field: $type,
            )+
        }

        impl $name {
            pub(super) const ABOUT: &'static [&'static str] = &[$($about),+];
            pub(super) const FIELDS: &'static [crate::config::section::Field] = &[$(
                crate::config::section::Field {
                    name: stringify!($field),
                    default: $default,
                    doc: &[$($doc),+],
                }
            ),+];
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: crate::config::section::default_value($default)),+ }
            }
        }
    };
}

pub(super) use section;

/// Reads a default from its TOML text.
pub(super) fn default_value<'de, T: Deserialize<'de>>(text: &str) -> T {
    if text == "unset" {
        let none: figment::error::Result<T> =
            T::deserialize(IntoDeserializer::<figment::Error>::into_deserializer(()));
        return none.expect("only optional fields have the default `unset`");
    }
    let value: figment::value::Value = text.parse().unwrap_or_else(|never| match never {});
    value.deserialize().expect("a test reads every default")
}
