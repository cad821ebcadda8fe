//! The words that surface tables are written in, and the table of each surface.
//!
//! A table only ever *exempts*: what it does not name is text. A key that a table names at its path is structure
//! and is not inspected itself; any other key is a leaf.

mod chat;
mod completions;
mod embeddings;
mod messages;
mod responses;
mod schema;

use crate::Surface;
use crate::credential::Credential;
use crate::leaf::{OpaqueKind, TextScope};

/// How the strings at a path are treated. Each exemption holds only while the value has the form it claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strings {
    Text,
    /// Text of the conversation: it may continue the text before it.
    Prose,
    Enumeration,
    Model,
    Identifier,
    /// Text that the API restricts to an identifier grammar.
    Name,
    /// Bytes that the provider made and checks.
    Sealed,
    /// The model's text, sealed when its object has a `signature`.
    Signed,
    /// `data:` URLs of the kind; other URLs are text.
    DataUrl(OpaqueKind),
    /// Base64, bare or as a `data:` URL.
    Base64(OpaqueKind),
}

/// How whatever stands at a path is treated.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) strings: Strings,
    /// Numbers here are settings.
    pub(crate) setting: bool,
    /// Lists of numbers here are token ids.
    pub(crate) tokens: bool,
    pub(crate) object: Option<&'static Shape>,
    pub(crate) list: Option<List>,
    /// The scope of everything below, where it differs from that above.
    pub(crate) scope: Option<TextScope>,
    /// Read after the list that its object stands in, so that it does not come between two pieces of text.
    pub(crate) aside: bool,
    /// The provider may be meant to use a secret here.
    pub(crate) credential: Option<Credential>,
}

/// What an array at a path holds.
#[derive(Clone, Copy)]
pub(crate) struct List {
    pub(crate) strings: Strings,
    pub(crate) object: Option<&'static Shape>,
}

pub(crate) type Field = (&'static str, Rule);

/// The keys that an object at a path is known to have.
pub(crate) struct Shape {
    /// Fields of every object here.
    pub(crate) fields: &'static [Field],
    /// Further fields, by the value of the object's `type`. With two `type` keys nothing of the object is known.
    pub(crate) types: &'static [Case],
    /// The object's `role` gives the scope.
    pub(crate) roles: bool,
    /// How values under unknown keys are treated; those keys stay text.
    pub(crate) others: Option<&'static Rule>,
    /// Unknown keys here are restricted names.
    pub(crate) restricted_keys: bool,
    /// A shape whose fields these objects have too.
    pub(crate) base: Option<&'static Self>,
    /// Files stand in these objects: what is not known of them may be one.
    pub(crate) holds_files: bool,
    /// In a list of these objects, a text may stand for any of them.
    pub(crate) is_part: bool,
}

/// What the objects of some types have in common.
pub(crate) struct Case {
    pub(crate) names: &'static [&'static str],
    pub(crate) scope: Option<TextScope>,
    pub(crate) fields: &'static [Field],
}

impl Shape {
    const EMPTY: Self = Self {
        fields: &[],
        types: &[],
        roles: false,
        others: None,
        restricted_keys: false,
        base: None,
        holds_files: false,
        is_part: false,
    };

    const FILES: Self = Self {
        holds_files: true,
        ..Self::EMPTY
    };

    const PARTS: Self = Self {
        is_part: true,
        ..Self::FILES
    };

    /// The case of a `type`.
    pub(crate) fn case(&self, name: &str) -> Option<&'static Case> {
        self.types.iter().find(|case| case.names.contains(&name))
    }

    /// The field of a key; the case's fields come before the shape's.
    pub(crate) fn field(&self, case: Option<&'static Case>, key: &str) -> Option<&'static Field> {
        let of_case = case.map_or(&[] as &[Field], |case| case.fields);
        find(of_case, key)
            .or_else(|| find(self.fields, key))
            .or_else(|| self.base.and_then(|base| base.field(None, key)))
    }
}

fn find(fields: &'static [Field], key: &str) -> Option<&'static Field> {
    fields.iter().find(|(name, _)| *name == key)
}

impl Case {
    const fn new(names: &'static [&'static str], fields: &'static [Field]) -> Self {
        Self {
            names,
            scope: None,
            fields,
        }
    }

    const fn scoped(scope: TextScope, names: &'static [&'static str], fields: &'static [Field]) -> Self {
        Self {
            names,
            scope: Some(scope),
            fields,
        }
    }
}

impl Rule {
    const fn of(strings: Strings) -> Self {
        Self {
            strings,
            setting: false,
            tokens: false,
            object: None,
            list: None,
            scope: None,
            aside: false,
            credential: None,
        }
    }

    const fn or_object(self, shape: &'static Shape) -> Self {
        Self {
            object: Some(shape),
            ..self
        }
    }

    /// Strings in the list are treated like a string in its place.
    const fn or_list(self, shape: &'static Shape) -> Self {
        Self {
            list: Some(List {
                strings: self.strings,
                object: Some(shape),
            }),
            ..self
        }
    }

    const fn scoped(self, scope: TextScope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    const fn aside(self) -> Self {
        Self { aside: true, ..self }
    }

    const fn for_provider(self, credential: Credential) -> Self {
        Self {
            credential: Some(credential),
            ..self
        }
    }

    /// The rule for the elements of an array here.
    pub(crate) fn element(&self) -> Self {
        let (strings, object) = self
            .list
            .map_or((Strings::Text, None), |list| (list.strings, list.object));
        Self {
            object,
            setting: self.setting,
            ..Self::of(strings)
        }
    }
}

/// Anything, all of it inspected.
pub(crate) const TEXT: Rule = Rule::of(Strings::Text);
const PROSE: Rule = Rule::of(Strings::Prose);
const ENUMERATION: Rule = Rule::of(Strings::Enumeration);
const ENUMERATIONS: Rule = list_of(Strings::Enumeration);
const ENUMERATION_OR_LIST: Rule = Rule {
    strings: Strings::Enumeration,
    ..ENUMERATIONS
};
const MODEL: Rule = Rule::of(Strings::Model);
const IDENTIFIER: Rule = Rule::of(Strings::Identifier);
const IDENTIFIERS: Rule = list_of(Strings::Identifier);
const NAME: Rule = Rule::of(Strings::Name);
const NAMES: Rule = list_of(Strings::Name);
const SEALED: Rule = Rule::of(Strings::Sealed);
const SIGNED: Rule = Rule::of(Strings::Signed);
/// Text, a list of texts, token ids or a list of lists of them.
const TEXT_OR_TOKENS: Rule = Rule { tokens: true, ..TEXT };
/// Numbers that set something, at any depth of arrays.
const SETTING: Rule = Rule {
    setting: true,
    ..TEXT
};
const IMAGE_URL: Rule = Rule::of(Strings::DataUrl(OpaqueKind::Image)).for_provider(Credential::ImageUrl);
/// Where the provider fetches something.
const FETCHED_IMAGE: Rule = TEXT.for_provider(Credential::ImageUrl);
const FETCHED_FILE: Rule = TEXT.for_provider(Credential::FileUrl);
const MCP_URL: Rule = TEXT.for_provider(Credential::McpUrl);
const MCP_AUTHORIZATION: Rule = TEXT.for_provider(Credential::McpAuthorization);
const MCP_HEADERS: Rule = object(&MCP_HEADER_LIST);
static MCP_HEADER: Rule = TEXT.for_provider(Credential::McpHeaders);
static MCP_HEADER_LIST: Shape = Shape {
    others: Some(&MCP_HEADER),
    ..Shape::EMPTY
};
const IMAGE: Rule = Rule::of(Strings::Base64(OpaqueKind::Image));
const AUDIO: Rule = Rule::of(Strings::Base64(OpaqueKind::Audio));
const FILE: Rule = Rule::of(Strings::Base64(OpaqueKind::File));

const fn object(shape: &'static Shape) -> Rule {
    TEXT.or_object(shape)
}

const fn list(shape: &'static Shape) -> Rule {
    TEXT.or_list(shape)
}

const fn list_of(strings: Strings) -> Rule {
    let mut rule = TEXT;
    rule.list = Some(List {
        strings,
        object: None,
    });
    rule
}

/// The shape of a surface's request.
pub(crate) fn request(surface: Surface) -> &'static Shape {
    match surface {
        Surface::OpenAiChat => &chat::REQUEST,
        Surface::OpenAiResponses => &responses::REQUEST,
        Surface::AnthropicMessages => &messages::REQUEST,
        Surface::OpenAiEmbeddings => &embeddings::REQUEST,
        Surface::OpenAiCompletions => &completions::REQUEST,
    }
}

/// An object of which nothing is known.
pub(crate) static UNKNOWN: Shape = Shape::EMPTY;
