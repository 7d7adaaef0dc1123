//! Why a message cannot be read from JSON, and where.

use serde::de::{self, Expected, Unexpected};
use std::fmt;

/// Why a message cannot be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    pub kind: ReadErrorKind,
    /// The path of the invalid part, such as `actions[2].option.duration`. Empty: the message as a whole.
    pub path: String,
    /// What is expected there.
    pub message: String,
    /// The positions of the entries and items that lead to the fault, the innermost first.
    pub(super) place: Vec<usize>,
}

/// All faults found in a message, in the message's order. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<ReadError>);

impl Faults {
    pub(super) fn each(self, change: impl FnMut(ReadError) -> ReadError) -> Faults {
        Faults(self.0.into_iter().map(change).collect())
    }
}

impl From<ReadError> for Faults {
    fn from(read_error: ReadError) -> Faults {
        Faults(vec![read_error])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => one.fmt(f),
            [first, rest @ ..] => write!(f, "{first} (and {} more)", rest.len()),
        }
    }
}

impl std::error::Error for Faults {}

/// The part of a message that is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// The JSON of the request.
    Body,
    /// The type of an action.
    ActionType,
    /// The option of an action.
    ActionOption,
}

impl ReadError {
    pub(super) fn new(message: impl Into<String>) -> ReadError {
        ReadError { kind: ReadErrorKind::Body, path: String::new(), message: message.into(), place: Vec::new() }
    }

    /// Prefixes the path with the `key` of the object that holds the fault, whose entry is at this position.
    pub(super) fn under_key(mut self, at: usize, key: &str) -> ReadError {
        self.place.push(at);
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, &format!("{key}{dot}"));
        self
    }

    /// Prefixes the path with the index of the list item that holds the fault.
    pub(super) fn at_index(mut self, index: usize) -> ReadError {
        self.place.push(index);
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, &format!("[{index}]{dot}"));
        self
    }

    /// Gives a fault inside an action its own kind.
    pub(super) fn in_action(mut self) -> ReadError {
        self.kind = match (self.kind, self.path.split(['.', '[']).next()) {
            (ReadErrorKind::Body, Some("type")) => ReadErrorKind::ActionType,
            (ReadErrorKind::Body, Some("option")) => ReadErrorKind::ActionOption,
            (kind, _) => kind,
        };
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "{}", self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for ReadError {}

/// Rewords serde's errors: "expected an integer" instead of "invalid type: string "x", expected i32".
impl de::Error for Faults {
    fn custom<T: fmt::Display>(message: T) -> Faults {
        ReadError::new(message.to_string()).into()
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Faults {
        let expected = match expected.to_string().as_str() {
            "i32" | "i64" => "an integer".to_owned(),
            "f64" => "a number".to_owned(),
            "a boolean" => "true or false".to_owned(),
            "a sequence" => "a list".to_owned(),
            "a map" => "an object".to_owned(),
            other => other.to_owned(),
        };
        ReadError::new(format!("expected {expected}")).into()
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Faults {
        let expected = match expected.to_string().as_str() {
            "i32" => format!("an integer from {} to {}", i32::MIN, i32::MAX),
            "i64" => format!("an integer from {} to {}", i64::MIN, i64::MAX),
            other => other.to_owned(),
        };
        ReadError::new(format!("expected {expected}")).into()
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Faults {
        // The path ends with the key, which the reader adds.
        let read_error = match known {
            [] => ReadError::new("unknown key; no key is expected here"),
            known => ReadError::new(format!("unknown key; expected one of: {}", known.join(", "))),
        };
        read_error.into()
    }
}
