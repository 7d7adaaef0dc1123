//! Why a message cannot be read from JSON, and where.

use serde::de::{self, Expected, Unexpected};
use std::fmt;

/// Why a message cannot be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    pub kind: ReadErrorKind,
    /// Path of what is at fault, as `actions[2].option.duration`. Empty: the message as a whole.
    pub path: String,
    /// What is expected there.
    pub message: String,
}

/// What part of a message is at fault.
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
        ReadError { kind: ReadErrorKind::Body, path: String::new(), message: message.into() }
    }

    /// The same fault, seen from the object that holds it under `key`.
    pub(super) fn under_key(mut self, key: &str) -> ReadError {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, &format!("{key}{dot}"));
        self
    }

    /// The same fault, seen from the list that holds it.
    pub(super) fn at_index(mut self, index: usize) -> ReadError {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, &format!("[{index}]{dot}"));
        self
    }

    /// The same fault, seen from the action that has it: what is wrong with an action has a kind of its own.
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

/// serde's faults, in plain words: "expected an integer" and not "invalid type: string "x", expected i32".
impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> ReadError {
        ReadError::new(message.to_string())
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> ReadError {
        let expected = match expected.to_string().as_str() {
            "i32" | "i64" => "an integer".to_owned(),
            "f64" => "a number".to_owned(),
            "a boolean" => "true or false".to_owned(),
            "a sequence" => "a list".to_owned(),
            "a map" => "an object".to_owned(),
            other => other.to_owned(),
        };
        ReadError::new(format!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> ReadError {
        let expected = match expected.to_string().as_str() {
            "i32" => format!("an integer from {} to {}", i32::MIN, i32::MAX),
            "i64" => format!("an integer from {} to {}", i64::MIN, i64::MAX),
            other => other.to_owned(),
        };
        ReadError::new(format!("expected {expected}"))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> ReadError {
        // The path ends with the key: the reader puts it there.
        match known {
            [] => ReadError::new("unknown key; no key is expected here"),
            known => ReadError::new(format!("unknown key; expected one of: {}", known.join(", "))),
        }
    }
}
