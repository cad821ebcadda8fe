//! What a field holds, whatever it is called.

/// Names the concepts with the files that list their words.
macro_rules! concepts {
    ($($(#[$doc:meta])* $variant:ident $file:literal),+ $(,)?) => {
        /// What a label says about its value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Concept {
            $($(#[$doc])* $variant),+
        }

        /// The words of each concept, as `lexicon/README.md` describes them.
        pub(super) const FILES: &[(Concept, &str)] =
            &[$((Concept::$variant, include_str!(concat!("../../lexicon/", $file, ".txt")))),+];
    };
}

concepts! {
    /// What a person or a program proves itself with.
    Password "password",
    /// Who somebody is to a machine; nothing private by itself, but what stands beside it may be a password.
    Username "username",
    /// `client_secret`: chosen by a person or made by a machine.
    Secret "secret",
    /// Made by a machine.
    ApiKey "api_key",
    /// Like a key, but code has many harmless tokens.
    Token "token",
    PrivateKey "private_key",
    /// A session's identifier in a cookie.
    Session "session",
    PersonName "person_name",
    GivenName "given_name",
    FamilyName "family_name",
    /// Who somebody is to somebody: a name follows.
    PersonRole "person_role",
    /// Whose name, phone or address a field is; no field by itself.
    Owner "owner",
    /// What has a name too: a `file name` is no person's.
    Thing "thing",
    Organization "organization",
    Street "street",
    Address "address",
    City "city",
    Postcode "postcode",
    Phone "phone",
    Email "email",
    BirthDate "birth_date",
    NationalId "national_id",
    HealthId "health_id",
    TaxId "tax_id",
    Passport "passport",
    DriverLicense "driver_license",
    Account "account",
    Iban "iban",
    Card "card",
    CardCode "card_code",
    Vehicle "vehicle",
    Ip "ip",
    Mac "mac",
}

impl Concept {
    /// Whether it is something that opens doors.
    pub(crate) const fn is_credential(self) -> bool {
        matches!(
            self,
            Self::Password | Self::Secret | Self::ApiKey | Self::Token | Self::PrivateKey | Self::Session
        )
    }

    /// Whether it only says whose a field is, or what it is not.
    pub(crate) const fn is_company(self) -> bool {
        matches!(self, Self::Owner | Self::Thing)
    }

    /// Whether its values are looked for; those of the others show themselves, or are nobody's secret.
    pub(crate) const fn is_sought(self) -> bool {
        !self.is_company() && !matches!(self, Self::City | Self::Postcode | Self::Email | Self::Username)
    }

    /// Whether sentences say its value: `the password is ...`. What people are and where they live is told in other ways.
    pub(crate) const fn is_said(self) -> bool {
        !matches!(
            self,
            Self::PersonRole | Self::Organization | Self::Street | Self::Address
        )
    }

    /// Whether it is a person's name, or a part of one.
    pub(crate) const fn is_name(self) -> bool {
        matches!(
            self,
            Self::PersonName | Self::GivenName | Self::FamilyName | Self::PersonRole
        )
    }

    /// Whether its labels may end in `number`, `no`, `id` and the like.
    pub(crate) const fn is_numbered(self) -> bool {
        matches!(
            self,
            Self::Phone
                | Self::NationalId
                | Self::HealthId
                | Self::TaxId
                | Self::Passport
                | Self::DriverLicense
                | Self::Account
                | Self::Iban
                | Self::Card
                | Self::CardCode
                | Self::Vehicle
        )
    }
}
