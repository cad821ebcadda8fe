//! The closed list of entity types, and what follows from a type alone.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

/// The name of a type that configuration adds: `[A-Z][A-Z0-9_]{0,31}`, written `CUSTOM:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomName(Arc<str>);

impl CustomName {
    /// The bare name, without `CUSTOM:`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How bad it is to let a value of a type through; orders overlapping detections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Tells where somebody works or lives on a machine; allowed by default.
    Incidental,
    /// Personal data found by form or context.
    Personal,
    /// Personal data that a checksum or a registry confirms, or whose loss costs money.
    Regulated,
    /// Gives access to something.
    Secret,
}

macro_rules! entity_types {
    ($($variant:ident $name:literal $severity:ident),+ $(,)?) => {
        /// What kind of private text a detection is.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntityType {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
            /// `CUSTOM:NAME`, added by configuration.
            Custom(CustomName),
        }

        impl EntityType {
            /// Every built-in type, in the order of the reference.
            pub const BUILT_IN: &'static [Self] = &[$(Self::$variant),+];

            /// How bad it is to let one through.
            #[must_use]
            pub const fn severity(&self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity,)+
                    Self::Custom(_) => Severity::Personal,
                }
            }

            fn built_in_name(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($name),)+
                    Self::Custom(_) => None,
                }
            }
        }
    };
}

entity_types! {
    Email "EMAIL" Personal,
    Phone "PHONE" Personal,
    Person "PERSON" Personal,
    Organization "ORGANIZATION" Personal,
    Address "ADDRESS" Personal,
    DateOfBirth "DATE_OF_BIRTH" Personal,
    IpAddress "IP_ADDRESS" Personal,
    MacAddress "MAC_ADDRESS" Personal,
    UrlCredentials "URL_CREDENTIALS" Secret,
    CreditCard "CREDIT_CARD" Regulated,
    Iban "IBAN" Regulated,
    BankAccount "BANK_ACCOUNT" Regulated,
    NationalId "NATIONAL_ID" Regulated,
    HealthId "HEALTH_ID" Regulated,
    TaxId "TAX_ID" Regulated,
    Passport "PASSPORT" Regulated,
    DriverLicense "DRIVER_LICENSE" Regulated,
    VehicleId "VEHICLE_ID" Personal,
    CryptoWallet "CRYPTO_WALLET" Regulated,
    UsernamePath "USERNAME_PATH" Incidental,
    ApiKey "API_KEY" Secret,
    BearerToken "BEARER_TOKEN" Secret,
    Jwt "JWT" Secret,
    PrivateKey "PRIVATE_KEY" Secret,
    Password "PASSWORD" Secret,
    ConnectionString "CONNECTION_STRING" Secret,
    Opaque "OPAQUE" Personal,
}

impl EntityType {
    /// Whether a value of this type gives access to something.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.severity() == Severity::Secret
    }
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.built_in_name()) {
            (_, Some(name)) => f.write_str(name),
            (Self::Custom(name), None) => write!(f, "CUSTOM:{}", name.as_str()),
            (_, None) => Err(fmt::Error),
        }
    }
}

/// Not the name of an entity type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "not an entity type; use one of the built-in names (EMAIL, PHONE, ...) or CUSTOM:NAME with NAME of 1 to 32 characters A-Z, 0-9 and _, starting with a letter"
)]
pub struct InvalidEntityType;

impl FromStr for EntityType {
    type Err = InvalidEntityType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(name) = text.strip_prefix("CUSTOM:") {
            let bytes = name.as_bytes();
            let well_formed = (1..=32).contains(&bytes.len())
                && bytes[0].is_ascii_uppercase()
                && bytes
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
            return if well_formed {
                Ok(Self::Custom(CustomName(name.into())))
            } else {
                Err(InvalidEntityType)
            };
        }
        Self::BUILT_IN
            .iter()
            .find(|entity| entity.built_in_name() == Some(text))
            .cloned()
            .ok_or(InvalidEntityType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_name_reads_back() {
        for entity in EntityType::BUILT_IN {
            assert_eq!(entity.to_string().parse::<EntityType>().as_ref(), Ok(entity));
        }
    }

    #[test]
    fn custom_names_are_bounded() {
        assert_eq!(
            "CUSTOM:PROJECT".parse::<EntityType>().map(|e| e.to_string()),
            Ok("CUSTOM:PROJECT".into())
        );
        for bad in ["CUSTOM:", "CUSTOM:a", "CUSTOM:1A", "CUSTOM:A B", "email", ""] {
            assert_eq!(bad.parse::<EntityType>(), Err(InvalidEntityType));
        }
    }
}
