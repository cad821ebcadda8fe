//! Why a request could not be read or rewritten. Positions and kinds only, never a byte of the payload.

use thiserror::Error;

/// A request body that must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WireError {
    /// Not JSON as RFC 8259 defines it.
    #[error("malformed JSON at byte {at}: {kind}")]
    Malformed {
        /// Offset in bytes.
        at: usize,
        /// What is wrong there.
        kind: Malformed,
    },
    /// Objects and arrays, JSON inside strings included, stand too deep inside each other.
    #[error("JSON is nested deeper than {limit} levels")]
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// One string or number is too long.
    #[error("a value at byte {at} is longer than {limit} bytes")]
    LeafTooLarge {
        /// Offset in bytes, in the text that holds the value.
        at: usize,
        /// The limit in bytes, as written.
        limit: usize,
    },
    /// More values and keys than the limit.
    #[error("the document has more than {limit} values and keys")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// The whole document is too long.
    #[error("the document is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// What is wrong at a position of malformed JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Malformed {
    /// Not UTF-8, the only encoding of JSON between systems (RFC 8259, 8.1).
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// A byte order mark stands before the document.
    #[error("a byte order mark")]
    ByteOrderMark,
    /// A byte that cannot stand here.
    #[error("an unexpected byte")]
    UnexpectedByte,
    /// The document is cut off.
    #[error("an unexpected end")]
    UnexpectedEnd,
    /// Something follows the document.
    #[error("bytes after the document")]
    TrailingBytes,
    /// A control character inside a string must be escaped.
    #[error("a control character in a string")]
    ControlCharacter,
    /// An escape that JSON does not have.
    #[error("an invalid escape")]
    BadEscape,
    /// Half of a surrogate pair.
    #[error("a lone surrogate")]
    LoneSurrogate,
}

/// Edits that cannot be applied: a fault of the caller, never of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpliceError {
    /// An edit names a leaf that does not exist.
    #[error("edit {edit} names a leaf that does not exist")]
    NoSuchLeaf {
        /// Index of the edit.
        edit: usize,
    },
    /// An edit's span is not inside its leaf or cuts a character.
    #[error("edit {edit} has a span outside its leaf or inside a character")]
    BadSpan {
        /// Index of the edit.
        edit: usize,
    },
    /// Edits are not sorted by leaf and start, or overlap.
    #[error("edit {edit} overlaps the one before it or is out of order")]
    OutOfOrder {
        /// Index of the edit.
        edit: usize,
    },
}
