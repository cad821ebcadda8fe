//! The macro that declares a section: fields, their documentation and their defaults in one place.

use serde::Deserialize;
use serde::de::IntoDeserializer;

/// One key of a section, as the reference page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its default as TOML text, or `unset`.
    pub default: &'static str,
    /// What it means, line by line.
    pub doc: &'static [&'static str],
}

/// Declares a section. A default is TOML text, or `unset` for an `Option`.
#[macro_export]
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
                pub $field: $type,
            )+
        }

        impl $name {
            /// What the section is about.
            pub const ABOUT: &'static [&'static str] = &[$($about),+];
            /// Its keys.
            pub const FIELDS: &'static [$crate::Field] = &[$(
                $crate::Field {
                    name: stringify!($field),
                    default: $default,
                    doc: &[$($doc),+],
                }
            ),+];
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::default_value($default)),+ }
            }
        }
    };
}

/// Reads a default from its TOML text.
///
/// # Panics
/// When the text is no value of this type: a test reads every default.
pub fn default_value<'de, T: Deserialize<'de>>(text: &str) -> T {
    if text == "unset" {
        let none: figment::error::Result<T> =
            T::deserialize(IntoDeserializer::<figment::Error>::into_deserializer(()));
        return none.expect("only optional fields have the default `unset`");
    }
    let value: figment::value::Value = text.parse().unwrap_or_else(|never| match never {});
    value.deserialize().expect("a test reads every default")
}
